#ifndef EVIDENCE_JOURNAL_H
#define EVIDENCE_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/document.h"
#include "evidence/err.h"
#include "evidence/json.h"

/*
 * meta/journal.jsonl: what the collector did, each line holding the SHA-256 of
 * the line before it, LF included; line 1 holds that of meta/case.json.
 */
#define JOURNAL_LINE_MAX ((size_t)64 << 10) /* Bytes of one line. */

enum journal_event {
	JOURNAL_STARTED,
	JOURNAL_CREDENTIAL_DESCRIBED,
	JOURNAL_CLOCK_SAMPLED,
	JOURNAL_LISTED,
	JOURNAL_OBJECTS_COMMITTED,
	JOURNAL_RETRY,
	JOURNAL_GAP,
	JOURNAL_INTERRUPTED,
	JOURNAL_RESUMED,
	JOURNAL_CREDENTIAL_RENEWED,
	JOURNAL_ANSWERED,
	JOURNAL_STAMPED, /* A token over case.json. */
	JOURNAL_SEALING
};
#define JOURNAL_EVENT_COUNT 13

/* Where the chain stands: plain bytes, for a checkpoint. */
struct journal {
	int64_t seq; /* Of the last line; 0 before the first. */
	uint8_t last[DIGEST_SHA256_LEN]; /* The next line's prev. */
};

struct journal_line {
	int64_t seq;
	int64_t at;
	enum journal_event event;
	const struct json * facts; /* An object. */
	uint8_t prev[DIGEST_SHA256_LEN];
	struct document doc; /* Owned by a parsed one. */
};

/**
 * journal_start(journal, case_sha256):
 * Make ${journal} the state before line 1 of the package whose meta/case.json
 * has the digest ${case_sha256}.
 */
void journal_start(
    struct journal * journal, const uint8_t case_sha256[DIGEST_SHA256_LEN]);

/**
 * journal_begin(journal, j, out, event, at, e):
 * Empty ${out} and begin the line behind ${journal} in it, ready for its facts:
 * the caller puts members with ${j}, then calls journal_end.  ${out} and ${e}
 * are borrowed until then.
 */
void journal_begin(const struct journal * journal, struct json_out * j,
    struct buf * out, enum journal_event event, int64_t at, struct err * e);

/**
 * journal_end(journal, j, e):
 * End the line of journal_begin, LF included, and move ${journal} behind it.
 * Return 0, or -1 with ${e} set and ${journal} untouched.
 */
int journal_end(struct journal * journal, struct json_out * j, struct err * e);

/**
 * journal_event_text(event):
 * Return the word of ${event} in the journal.
 */
const char * journal_event_text(enum journal_event event);

/**
 * journal_check(journal, bytes, len, line, e):
 * Parse a line without its LF into ${line} and check that it continues
 * ${journal}, which moves behind it.  Return 0, and journal_free_line releases
 * ${line}, or -1 with ${e} set (ERR_INPUT: not a journal line; ERR_FORGED: it
 * does not continue the chain), ${line} empty and ${journal} moved behind the
 * line all the same, so that the walk can go on.
 */
int journal_check(struct journal * journal, const void * bytes, size_t len,
    struct journal_line * line, struct err * e);

/**
 * journal_free_line(line):
 * Release what a parsed ${line} owns and make it zeros.
 */
void journal_free_line(struct journal_line * line);

#endif
