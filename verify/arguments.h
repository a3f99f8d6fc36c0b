#ifndef VERIFY_ARGUMENTS_H
#define VERIFY_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/trust.h"

#include "verify/receipts.h"

/*
 * The command line of the verb "package", taken apart without a look at
 * anything but the words themselves.
 */
#define ARGUMENTS_MAX_PATHS 256
#define ARGUMENTS_MAX_JOBS 8

/* All words; every pointer borrows from argv. */
struct arguments {
	const char * paths[ARGUMENTS_MAX_PATHS];
	size_t n_paths;
	struct trust_word trust[TRUST_WORDS_MAX];
	size_t n_trust;
	bool has_expected;
	uint8_t expected_sha256[DIGEST_SHA256_LEN];
	unsigned require; /* Bits (1 << enum package_question). */
	bool need_revocation;
	bool is_json;
	const char * extract; /* A folder; NULL: none. */
	const char * salvage;
	bool has_names;     /* --names was given, and asks for */
	bool is_true_names; /* true ones. */
	const char *
	    identity;         /* Keys of age: a file, "-" or "fd:N"; or NULL. */
	const char * scratch; /* Where to decrypt; NULL: beside the file. */
	struct receipts receipts; /* Noted, not opened. */
	const char * secrets;     /* A new file; NULL: not looked for. */
	int jobs;                 /* 0: by the processors. */
};

/**
 * arguments_parse(argc, argv, a, e):
 * Take the command line apart into ${a}.  Return 0, or -1 with ${e} set
 * (ERR_USAGE).
 */
int arguments_parse(
    int argc, char ** argv, struct arguments * a, struct err * e);

#endif
