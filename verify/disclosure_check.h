#ifndef VERIFY_DISCLOSURE_CHECK_H
#define VERIFY_DISCLOSURE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/name.h"
#include "evidence/trust.h"

/*
 * Judging a disclosure (FORMAT.md, "Disclosure"): every object in it is proved,
 * line by line, under the seal of the package it was taken from, and nothing
 * else is in the folder.
 */
struct disclosure_result {
	bool is_known; /* What follows was read. */
	char package[NAME_SIZE];
	uint8_t seal_sha256[DIGEST_SHA256_LEN];
	int64_t objects; /* Disclosed and proved. */
	int64_t bytes;
	int64_t all; /* Objects of the package, by its seal. */
	int64_t all_bytes;
	size_t seal_trusted;      /* Its signers whose keys were brought. */
	size_t discloser_trusted; /* And the disclosure's. */
	int64_t stamped_at;       /* By when a trusted time stamp shows the seal
			     * existed, or CLOCK_UNKNOWN. */
	int64_t wrong, undecided; /* Findings. */
};

/* Told each finding; texts hold foreign text. */
typedef void disclosure_report(void * context, bool is_wrong, const char * code,
    const char * file, const char * why);

/**
 * disclosure_check(dir, trust, result, report, context, e):
 * Judge the disclosure in the directory ${dir} by ${trust} into ${result} and
 * hand each finding with ${context} to ${report}.  Return 0 if it was judged,
 * or -1 with ${e} set if it could not be (I/O, memory).
 */
int disclosure_check(int dir, const struct trust * trust,
    struct disclosure_result * result, disclosure_report * report,
    void * context, struct err * e);

#endif
