#ifndef EVIDENCE_TEXT_H
#define EVIDENCE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"

/*
 * Text as it comes from outside and as it may be shown: UTF-8, escapes, hex,
 * base64 and percent-encoding.  No locale is ever used.
 */

/**
 * text_is_utf8(bytes, len):
 * Return whether ${len} ${bytes} are well-formed UTF-8 (RFC 3629: no
 * surrogates, no overlong forms, nothing over U+10FFFF).  NUL is allowed.
 */
bool text_is_utf8(const void * bytes, size_t len);

/**
 * text_escape(out, bytes, len, e):
 * Append ${bytes} to ${out} so that they are safe on a terminal and in a log
 * line: printable ASCII as it is (a backslash doubled), printable non-ASCII
 * UTF-8 as it is, everything else (controls, C1, bidirectional and zero-width
 * characters, U+2028, U+2029, noncharacters, broken UTF-8) as \x{NN} or
 * \u{NNNN}.  Return 0, or -1 with ${e} set.
 */
int text_escape(
    struct buf * out, const void * bytes, size_t len, struct err * e);

/**
 * text_hidden(bytes, len, code):
 * If ${bytes} begin with a UTF-8 character that text_escape does not show as it
 * is (a control, something invisible, what reorders text), put it into ${code}
 * and return its length; else return 0.
 */
size_t text_hidden(const void * bytes, size_t len, uint32_t * code);

/**
 * text_hex_encode(bytes, len, hex):
 * Write 2 * ${len} lower-case digits and a NUL to ${hex}.
 */
void text_hex_encode(const uint8_t * bytes, size_t len, char * hex);

/**
 * text_hex_decode(hex, bytes, len):
 * Read exactly 2 * ${len} lower-case digits that end the string ${hex}.
 * Return 0, or -1 with ${bytes} in any state.
 */
int text_hex_decode(const char * hex, uint8_t * bytes, size_t len);

/**
 * text_base64_encode(out, bytes, len, e):
 * Append standard base64 (RFC 4648 section 4, padded) to ${out}.  Return 0,
 * or -1 with ${e} set.
 */
int text_base64_encode(
    struct buf * out, const uint8_t * bytes, size_t len, struct err * e);

/**
 * text_base64_decode(out, text, len, e):
 * Append the bytes of ${len} characters of canonical padded base64 to ${out}.
 * Refuse white space, missing padding and stray bits.  Return 0, or -1 with
 * ${e} set.
 */
int text_base64_decode(
    struct buf * out, const char * text, size_t len, struct err * e);

/**
 * text_percent_encode(out, bytes, len, keep, e):
 * Append ${bytes} to ${out}, each byte that is neither unreserved (RFC 3986:
 * letters, digits, "-._~") nor in the string ${keep} as %XX in upper case.
 * Return 0, or -1 with ${e} set.
 */
int text_percent_encode(struct buf * out, const void * bytes, size_t len,
    const char * keep, struct err * e);

/**
 * text_percent_decode(out, text, len, e):
 * Append the bytes that ${len} characters of ${text} stand for; "+" stays "+".
 * Return 0, or -1 with ${e} set when a % has no two hex digits behind it.
 */
int text_percent_decode(
    struct buf * out, const char * text, size_t len, struct err * e);

/**
 * text_parse_integer(text, len, value):
 * Read ${len} characters as a decimal integer: an optional "-", then 1 to 18
 * digits without a leading zero.  Return 0, or -1 with ${value} untouched.
 */
int text_parse_integer(const char * text, size_t len, int64_t * value);

/**
 * text_compare_nocase(a, b):
 * Order two strings with ASCII letters folded, as strcasecmp does in the C
 * locale.  Return <0, 0 or >0.
 */
int text_compare_nocase(const char * a, const char * b);

/**
 * text_has_prefix(text, prefix):
 * Return whether ${text} begins with ${prefix}.
 */
bool text_has_prefix(const char * text, const char * prefix);

/**
 * text_copy(text, e):
 * Return a copy of the string ${text} that the caller frees with free, or NULL
 * with ${e} set.
 */
char * text_copy(const char * text, struct err * e);

#endif
