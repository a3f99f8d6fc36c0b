#ifndef EVIDENCE_GAP_H
#define EVIDENCE_GAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/document.h"
#include "evidence/err.h"

/*
 * A line of meta/gaps.jsonl: what was listed or asked for and is not here, and
 * why.  The reasons are a closed table.
 */
#define GAP_LINE_MAX ((size_t)64 << 10) /* Bytes of one line. */

enum gap_reason {
	GAP_OUT_OF_SCOPE, /* Listed, but not asked for: no loss. */
	GAP_GONE,         /* Listed, then 404. */
	GAP_CHANGED,      /* Changed under every attempt (412, ETag). */
	GAP_DENIED,       /* 401 or 403. */
	GAP_ARCHIVED,     /* In the archive tier; rehydrating would alter it. */
	GAP_CUSTOMER_KEY, /* Encrypted with a key that was not given. */
	GAP_LENGTH,       /* The body was never as long as announced. */
	GAP_DIGEST,       /* The service's own digest never matched. */
	GAP_ANSWER,       /* The answers broke the rules of the protocol. */
	GAP_UNREACHABLE,  /* No complete answer after all attempts. */
	GAP_TOO_LARGE,    /* Over a stated limit. */
	GAP_DELETED,      /* Listed as soft-deleted: not readable. */
	GAP_NO_CONTAINER, /* A container that was asked for is not there. */
	GAP_LISTING,      /* A listing failed: what it would name is unknown. */
	GAP_STOPPED,      /* The collection was ended before it. */
	GAP_UNREADABLE,   /* A local file that could not be read. */
	GAP_LEASED,       /* Somebody's lease forbids it (409, 412). */
	GAP_REMOVED,      /* Listed, then removed for good (410). */
	GAP_ELSEWHERE     /* In another package of the group: no loss. */
};
#define GAP_REASON_COUNT 19

/* What is missing. */
enum gap_what {
	GAP_OBJECT,
	GAP_CONTAINER,
	GAP_ACCOUNT,
	GAP_FOLDER /* All below it; out of scope by its name. */
};

struct gap {
	int64_t seq; /* From 1. */
	enum gap_what what;
	enum gap_reason reason;
	int64_t source;         /* Index into sources.json, or -1. */
	const char * container; /* NULL if ${source} says it. */
	const uint8_t * name;   /* Of object or folder, raw bytes; else NULL. */
	size_t name_len;
	const char * version_id;
	const char * snapshot;
	const char * etag;          /* As listed. */
	int64_t size;               /* As listed; -1 for unknown. */
	const char * last_modified; /* As listed. */
	int64_t status;             /* Of the last answer; 0 for none. */
	const char * error;         /* The service's code or our words. */
	int64_t attempts;
	const char * package; /* Of GAP_ELSEWHERE: which; else NULL. */
	int64_t at;

	/* Owned by a parsed one. */
	struct document doc;
	struct buf name_bytes;
};

/**
 * gap_reason_code(reason):
 * Return the word of ${reason} in documents ("customer-key").
 */
const char * gap_reason_code(enum gap_reason reason);

/**
 * gap_reason_words(reason):
 * Return one phrase for people about ${reason}.
 */
const char * gap_reason_words(enum gap_reason reason);

/**
 * gap_reason_parse(code, reason):
 * Put the reason whose word is ${code} into ${reason}.  Return 0, or -1 with
 * ${reason} untouched.
 */
int gap_reason_parse(const char * code, enum gap_reason * reason);

/**
 * gap_is_loss(reason):
 * Return whether ${reason} means that something asked for is missing
 * (everything but GAP_OUT_OF_SCOPE and GAP_ELSEWHERE).
 */
bool gap_is_loss(enum gap_reason reason);

/**
 * gap_format(gap, out, e):
 * Append the line of ${gap}, with its LF, to ${out}.  Return 0, or -1 with
 * ${e} set.
 */
int gap_format(const struct gap * gap, struct buf * out, struct err * e);

/**
 * gap_parse(bytes, len, gap, e):
 * Parse a line without its LF into ${gap}.  Return 0, and gap_free releases
 * it, or -1 with ${e} set and ${gap} empty.
 */
int gap_parse(const void * bytes, size_t len, struct gap * gap, struct err * e);

/**
 * gap_free(gap):
 * Release what a parsed ${gap} owns and make it zeros.
 */
void gap_free(struct gap * gap);

#endif
