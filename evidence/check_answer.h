#ifndef EVIDENCE_CHECK_ANSWER_H
#define EVIDENCE_CHECK_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/journal.h"

/*
 * The part of check.h that judges the answers about accounts, meta/answer/: the
 * form of each, and that they are those the journal tells of.
 */
struct check;

/* The answers that are here, and those that the journal names. */
struct check_answers {
	struct buf head; /* Of the one at hand, up to its empty line. */
	int64_t here, told;
	uint8_t here_sum[DIGEST_SHA256_LEN];
	uint8_t told_sum[DIGEST_SHA256_LEN];
};

/**
 * check_answer_begin(c):
 * Begin an answer about an account.
 */
void check_answer_begin(struct check * c);

/**
 * check_answer_data(c, bytes, len):
 * Read further ${bytes} of the answer.
 */
void check_answer_data(struct check * c, const uint8_t * bytes, size_t len);

/**
 * check_answer_end(c):
 * Judge the form of the answer, read to its end, and note it.
 */
void check_answer_end(struct check * c);

/**
 * check_answer_told(c, line):
 * Note the answer that the journal's ${line} tells of.
 */
void check_answer_told(struct check * c, const struct journal_line * line);

/**
 * check_answers(c):
 * At the end of the journal: are the answers here those it tells of?
 */
void check_answers(struct check * c);

#endif
