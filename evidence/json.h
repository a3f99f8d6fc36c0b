#ifndef EVIDENCE_JSON_H
#define EVIDENCE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"

/*
 * Our own JSON documents (never the provider's logs): written by a small
 * emitter, read by cJSON behind a strict check.  FORMAT.md, "JSON in the
 * package": UTF-8, unique keys, no U+0000, integers up to 2^53 and no other
 * numbers, at most JSON_MAX_DEPTH deep, nothing behind the value but one LF.
 * The number of values is limited because each costs cJSON about 100 bytes,
 * fifty times what it may take in the text.
 */
#define JSON_MAX_DEPTH 16
#define JSON_MAX_VALUES 16384
#define JSON_MAX_VALUES_LARGE 131072 /* Over JSON_LARGE bytes. */
#define JSON_LARGE ((size_t)1 << 20)
#define JSON_MAX_INTEGER INT64_C(9007199254740992)
#define JSON_MAX_DOCUMENT ((size_t)64 << 20) /* Bytes of one document. */

struct json; /* A value of a parsed document; borrowed from its document. */

/**
 * json_check(bytes, len, e):
 * Compare ${bytes} with the rules above.  Return 0, or -1 with ${e} set to the
 * reason and the byte offset.
 */
int json_check(const void * bytes, size_t len, struct err * e);

/**
 * json_parse(bytes, len, e):
 * Check and parse one value.  Return its root, which the caller frees with
 * json_free, or NULL with ${e} set.
 */
struct json * json_parse(const void * bytes, size_t len, struct err * e);

/**
 * json_parse_document(bytes, len, type, e):
 * As json_parse, for an object whose first bytes must be
 * {"format":"azcustody/TYPE/1", with ${type} as TYPE.
 */
struct json * json_parse_document(
    const void * bytes, size_t len, const char * type, struct err * e);

/**
 * json_free(root):
 * Release a parsed document; NULL is fine.
 */
void json_free(struct json * root);

/**
 * json_get(object, key):
 * Return the member ${key} (case matters), or NULL if ${object} is no object or
 * has none.
 */
const struct json * json_get(const struct json * object, const char * key);

/**
 * json_text(value):
 * Return the string of ${value}, or NULL if it is NULL or no string.
 */
const char * json_text(const struct json * value);

/**
 * json_integer(value, n):
 * Put the integer of ${value} into ${n}.  Return 0, or -1 with ${n} untouched
 * if it is NULL or no integer.
 */
int json_integer(const struct json * value, int64_t * n);

/**
 * json_is_true(value):
 * Return whether ${value} is the literal true.
 */
bool json_is_true(const struct json * value);

/**
 * json_is_null(value):
 * Return whether ${value} is there and the literal null.
 */
bool json_is_null(const struct json * value);

/**
 * json_is_object(value):
 * Return whether ${value} is an object.
 */
bool json_is_object(const struct json * value);

/**
 * json_is_array(value):
 * Return whether ${value} is an array.
 */
bool json_is_array(const struct json * value);

/**
 * json_first(value):
 * Return the first element or member of an array or object, or NULL.
 */
const struct json * json_first(const struct json * value);

/**
 * json_next(value):
 * Return the element or member behind ${value} in its array or object, or NULL.
 */
const struct json * json_next(const struct json * value);

/**
 * json_key(value):
 * Return the name under which ${value} stands in its object, or NULL.
 */
const char * json_key(const struct json * value);

/*
 * The emitter appends to a buffer, without white space, in the order of the
 * calls.  The first failure is kept and json_end reports it.  A key of NULL
 * puts the value as an array's element.
 */
struct json_out {
	struct buf * out;
	struct err * e;
	bool failed;
	bool comma; /* A value stands before the next one on this level. */
};

/**
 * json_begin(j, out, e):
 * Start emitting into ${out}; both are borrowed until json_end.
 */
void json_begin(struct json_out * j, struct buf * out, struct err * e);

/**
 * json_begin_document(j, out, type, e):
 * json_begin, then open the object and put its format: azcustody/TYPE/1.
 */
void json_begin_document(
    struct json_out * j, struct buf * out, const char * type, struct err * e);

/**
 * json_open_object(j, key):
 * Open an object as a member or element.
 */
void json_open_object(struct json_out * j, const char * key);

/**
 * json_close_object(j):
 * Close the innermost object.
 */
void json_close_object(struct json_out * j);

/**
 * json_open_array(j, key):
 * Open an array as a member or element.
 */
void json_open_array(struct json_out * j, const char * key);

/**
 * json_close_array(j):
 * Close the innermost array.
 */
void json_close_array(struct json_out * j);

/**
 * json_put_text(j, key, text):
 * Put a string; NULL becomes null.  Bytes that are no UTF-8 are a failure
 * (ERR_BUG): foreign bytes go through json_put_bytes.
 */
void json_put_text(struct json_out * j, const char * key, const char * text);

/**
 * json_put_bytes(j, key, bytes, len):
 * Put foreign bytes as a string that is always valid and safe: NUL, and bytes
 * that are no UTF-8, become U+FFFD.  (The exact bytes belong beside it,
 * percent-encoded.)
 */
void json_put_bytes(
    struct json_out * j, const char * key, const void * bytes, size_t len);

/**
 * json_put_integer(j, key, n):
 * Put an integer; one beyond 2^53 is a failure (ERR_BUG).
 */
void json_put_integer(struct json_out * j, const char * key, int64_t n);

/**
 * json_put_bool(j, key, truth):
 * Put true or false.
 */
void json_put_bool(struct json_out * j, const char * key, bool truth);

/**
 * json_put_null(j, key):
 * Put the literal null.
 */
void json_put_null(struct json_out * j, const char * key);

/**
 * json_put_time(j, key, at):
 * Put a moment as clock_format writes it; CLOCK_UNKNOWN becomes null.
 */
void json_put_time(struct json_out * j, const char * key, int64_t at);

/**
 * json_put_hex(j, key, bytes, len):
 * Put ${len} bytes, a digest for example, as lower-case hex.
 */
void json_put_hex(
    struct json_out * j, const char * key, const uint8_t * bytes, size_t len);

/**
 * json_put_name(j, name, len):
 * Put the ${len} bytes of ${name}, a key as it stands in the text: in quotes,
 * and with the colon.  What is put next, with a key of NULL, is its value.
 */
void json_put_name(struct json_out * j, const char * name, size_t len);

/**
 * json_put_members(j, text, len):
 * Put the ${len} bytes of ${text}: members that an emitter made before, with the
 * comma that stands before the first of them.
 */
void json_put_members(struct json_out * j, const void * text, size_t len);

/**
 * json_end(j, line):
 * End the text, with an LF if ${line}.  Return 0, or -1 with the error of
 * json_begin set to the first failure.
 */
int json_end(struct json_out * j, bool line);

/**
 * json_end_document(j):
 * Close the object of json_begin_document and end the text with an LF.  Return
 * as json_end.
 */
int json_end_document(struct json_out * j);

#endif
