#ifndef EVIDENCE_DOCUMENT_H
#define EVIDENCE_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/json.h"

/*
 * What all documents of the package share: a table of the members an object
 * may have, and reading them after one strict check against it.  A member the
 * table does not have is reported, and refused only if the document's
 * "critical" names it.
 *
 * In every parsed document struct, text is borrowed from the document it was
 * parsed from and lives until that struct's free; in one that is to be
 * formatted, text belongs to the caller.  NULL text is a null or no member.
 */
#define DOCUMENT_TEXT_MAX 65536   /* Bytes of one string. */
#define DOCUMENT_ARRAY_MAX 100000 /* Elements of one array. */
#define DOCUMENT_TABLE_MAX 64     /* Members that a table knows. */

enum document_type {
	DOCUMENT_TEXT,
	DOCUMENT_INTEGER, /* 0 or more */
	DOCUMENT_SIGNED,
	DOCUMENT_BOOL,
	DOCUMENT_TIME,   /* YYYY-MM-DDThh:mm:ss.fffffffZ */
	DOCUMENT_SHA256, /* 64 lower-case digits */
	DOCUMENT_SHA512,
	DOCUMENT_OBJECT,
	DOCUMENT_ARRAY
};

enum document_need {
	DOCUMENT_REQUIRED, /* There, and not null. */
	DOCUMENT_NULLABLE, /* There, may be null. */
	DOCUMENT_OPTIONAL  /* May be absent; not null. */
};

struct document_member {
	const char * name;
	enum document_type type;
	enum document_need need;
};

/* A parsed document: its tree and what was in it that nobody knows. */
struct document {
	struct json * root;
	struct buf unknown; /* "place.name" and an LF each; empty for none. */
};

/**
 * document_parse(doc, bytes, len, type, members, n, e):
 * Parse the document of ${type} in ${bytes} into ${doc}, which is zeros, and
 * check its root against the ${n} ${members} ("format" and "critical" are known
 * to it).  Return 0, or -1 with ${e} set and ${doc} empty; document_free ends
 * it.
 */
int document_parse(struct document * doc, const void * bytes, size_t len,
    const char * type, const struct document_member * members, size_t n,
    struct err * e);

/**
 * document_parse_file(doc, bytes, len, type, members, n, e):
 * As document_parse, for a document that is a file of its own and not a line
 * of one: it ends with an LF.
 */
int document_parse_file(struct document * doc, const void * bytes, size_t len,
    const char * type, const struct document_member * members, size_t n,
    struct err * e);

/**
 * document_check(doc, object, place, members, n, e):
 * Check the nested ${object} of ${doc} against the ${n} ${members}; unknown
 * ones are added to ${doc} under ${place}.  Return 0, or -1 with ${e} set.
 */
int document_check(struct document * doc, const struct json * object,
    const char * place, const struct document_member * members, size_t n,
    struct err * e);

/*
 * The getters below are for members that document_check or document_parse has
 * passed: they cannot fail.  An absent or null member reads as NULL, ${absent},
 * false, CLOCK_UNKNOWN or zeros.
 */

/**
 * document_text(object, name):
 * Return the text of the member ${name}, or NULL.
 */
const char * document_text(const struct json * object, const char * name);

/**
 * document_integer(object, name, absent):
 * Return the integer of the member ${name}, or ${absent}.
 */
int64_t document_integer(
    const struct json * object, const char * name, int64_t absent);

/**
 * document_bool(object, name):
 * Return whether the member ${name} is true.
 */
bool document_bool(const struct json * object, const char * name);

/**
 * document_time(object, name):
 * Return the moment of the member ${name}, or CLOCK_UNKNOWN.
 */
int64_t document_time(const struct json * object, const char * name);

/**
 * document_digest(object, name, bytes, len):
 * Write the ${len} bytes of the hex member ${name} to ${bytes}, zeros if it is
 * not there.  Return whether it is.
 */
bool document_digest(
    const struct json * object, const char * name, uint8_t * bytes, size_t len);

/**
 * document_count(array):
 * Return the number of elements of ${array}; 0 for NULL.
 */
size_t document_count(const struct json * array);

/**
 * document_put_optional(j, key, text):
 * Put ${text} as foreign bytes, as json_put_bytes does, or nothing if it is
 * NULL.
 */
void document_put_optional(
    struct json_out * j, const char * key, const char * text);

/**
 * document_put_nullable(j, key, text):
 * Put ${text} as foreign bytes, or null if it is NULL.
 */
void document_put_nullable(
    struct json_out * j, const char * key, const char * text);

/**
 * document_texts(array, max, texts, n, e):
 * Put the strings of ${array}, at most ${max}, into a new list ${texts} of
 * ${n}, which the caller frees with free; the strings stay the document's.
 * NULL stands for no element.  Return 0, or -1 with ${e} set, ${texts} NULL and
 * ${n} 0.
 */
int document_texts(const struct json * array, size_t max, const char *** texts,
    size_t * n, struct err * e);

/**
 * document_put_texts(j, key, texts, n):
 * Put an array of the ${n} ${texts}, as foreign bytes.
 */
void document_put_texts(struct json_out * j, const char * key,
    const char * const * texts, size_t n);

/**
 * document_word(word, words, n):
 * Return which of the ${n} ${words} is ${word}, or -1 (also for NULL).
 */
int document_word(const char * word, const char * const * words, size_t n);

/**
 * document_put_interval(j, key, is_known, lo, hi):
 * Put [${lo},${hi}], or null unless ${is_known}.
 */
void document_put_interval(struct json_out * j, const char * key, bool is_known,
    int64_t lo, int64_t hi);

/**
 * document_parse_interval(object, name, is_known, lo, hi, e):
 * Put the two integers of the array member ${name} into ${lo} and ${hi} and
 * whether it is there into ${is_known}; null and no member are not known.
 * Return 0, or -1 with ${e} set: not two integers, or the wrong way round.
 */
int document_parse_interval(const struct json * object, const char * name,
    bool * is_known, int64_t * lo, int64_t * hi, struct err * e);

/**
 * document_put_name(j, name, len, e):
 * Put the ${len} raw bytes of a real ${name} as the members "name" (as text)
 * and "name_pct" (percent-encoded, "/" and unreserved characters plain).
 * Return 0, or -1 with ${e} set.
 */
int document_put_name(
    struct json_out * j, const void * name, size_t len, struct err * e);

/**
 * document_parse_name(object, name, e):
 * Append the raw bytes of the real name in "name_pct" of ${object} to ${name},
 * which is empty, and check that "name" shows the same and that the encoding is
 * the one document_put_name makes.  Return 0, or -1 with ${e} set and ${name}
 * empty.
 */
int document_parse_name(
    const struct json * object, struct buf * name, struct err * e);

/**
 * document_free(doc):
 * Release what ${doc} owns and make it empty.
 */
void document_free(struct document * doc);

#endif
