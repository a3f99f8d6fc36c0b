#ifndef EVIDENCE_CHECK_START_H
#define EVIDENCE_CHECK_START_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/journal.h"
#include "evidence/timestamp_verify.h"

/*
 * The part of check.h that judges meta/start.tsr: a time stamp over case.json
 * that was had before the first request.  Nobody could know it earlier than it
 * was made, and the journal holds its digest before all that it tells of the
 * collection: so all of that came later.
 */
struct check;

struct check_start {
	struct buf case_bytes;
	struct buf token; /* Empty: there is none. */
	uint8_t sha256[DIGEST_SHA256_LEN];
	bool is_told;      /* The journal names it. */
	bool is_under_way; /* It has told of something that was taken. */
};

/**
 * check_start_token(c, bytes, len):
 * Keep the token until all that speaks of it is read.
 */
void check_start_token(struct check * c, const uint8_t * bytes, size_t len);

/**
 * check_start_told(c, line):
 * Take the journal's ${line}: one that names the token, or tells that something
 * was taken.
 */
void check_start_told(struct check * c, const struct journal_line * line);

/**
 * check_start_end(c):
 * At the end of the journal: the token that is here is the one it tells of.
 */
void check_start_end(struct check * c);

/**
 * check_stamp_rules(c):
 * Return by which rules ${c} judges a time stamp: borrowed from its options.
 */
struct timestamp_rules check_stamp_rules(const struct check * c);

/**
 * check_start_time(c, untrusted):
 * Judge when the token was made; count it in ${untrusted} if no given root
 * vouches for it.
 */
void check_start_time(struct check * c, size_t * untrusted);

#endif
