#ifndef EVIDENCE_LEDGER_H
#define EVIDENCE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/custody.h"
#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/proof.h"
#include "evidence/trust.h"

/*
 * A custody ledger, the directory PACKAGE.custody: read whole, then checked as
 * a chain.  Nothing here signs or writes.
 */
#define LEDGER_MAX_ENTRIES 10000
#define LEDGER_MAX_FILES 60000
#define LEDGER_MAX_BYTES ((size_t)32 << 20) /* Of all files. */

/* A file of the directory. */
struct ledger_file {
	char * name;
	uint8_t * bytes;
	size_t len;
	uint8_t sha256[DIGEST_SHA256_LEN];
	bool is_claimed; /* An entry, or a signature that one declares. */
};

struct ledger_entry {
	struct custody_entry entry;
	const struct ledger_file * file;

	/* What ledger_stamp_prove finds. */
	enum proof stamp;   /* Of the time stamp that it brings, if it does. */
	int64_t proved_at;  /* By when trusted time stamps over it or over what
			     * follows it prove that it existed, */
	int64_t stamped_at; /* and its signatures did: or CLOCK_UNKNOWN. */
};

struct ledger {
	struct ledger_file * files; /* In the order of their names. */
	size_t n_files;
	struct ledger_entry * entries; /* Well-formed ones, by file name. */
	size_t n_entries;
};

/* What can be wrong, or must be said. */
enum ledger_problem {
	LEDGER_EMPTY,     /* No entry at all. */
	LEDGER_ENTRY,     /* A file that is no well-formed entry. */
	LEDGER_STRAY,     /* A file that no entry declares. */
	LEDGER_ORDER,     /* A sequence number is missing or doubled. */
	LEDGER_CHAIN,     /* prev or prev_sigs is not what stands there. */
	LEDGER_FORK,      /* Two entries with one prev. */
	LEDGER_OTHER,     /* An entry about another package or seal. */
	LEDGER_UNSIGNED,  /* A declared signature is missing, or none is. */
	LEDGER_SIGNATURE, /* A signature does not verify. */
	LEDGER_UNTRUSTED, /* Nobody whose key was brought signed an entry. */
	LEDGER_ARCHIVE,   /* A digest or size is not the archive's. */
	LEDGER_TIME,      /* An entry is dated before the one it follows. */
	LEDGER_SIGNER,    /* Some of an entry's signers cannot be judged. */
	LEDGER_PAIR,      /* Two halves of a hand-over that do not fit. */
	LEDGER_OPEN,      /* One half of a hand-over alone. */
	LEDGER_AFTER,     /* Something happened to what was destroyed. */
	LEDGER_GAP,       /* A time of which nothing is said. */
	LEDGER_RECEIPT,   /* A receipt says otherwise, or is none. */
	LEDGER_TOKEN      /* A time stamp is not what its entry says. */
};
#define LEDGER_PROBLEM_COUNT 19

/* What a finding means for the verdict. */
enum ledger_weight {
	LEDGER_UNDECIDED, /* Something could not be judged. */
	LEDGER_WRONG
};

/* What the ledger is compared with; all borrowed. */
struct ledger_expect {
	const char * package;
	const uint8_t * seal_sha256;    /* Of seal/seal.json; NULL: unknown. */
	const uint8_t * archive_sha256; /* Of the whole file; NULL: unknown. */
	int64_t archive_size;           /* With archive_sha256. */
	const struct trust * trust;     /* NULL: none was brought. */
};

/* Told each finding: in which file, and why. */
typedef void ledger_report(void * context, enum ledger_problem problem,
    const char * file, const char * why);

/**
 * ledger_load(dir, e):
 * Read all of the directory ${dir} (a descriptor, borrowed).  Return the
 * ledger, which the caller frees with ledger_free, or NULL with ${e} set: it
 * could not be read, is over a limit, or holds something that is no regular
 * file.  A file that is no entry is not a failure but a finding of
 * ledger_check.
 */
struct ledger * ledger_load(int dir, struct err * e);

/**
 * ledger_check(ledger, expect, report, context):
 * Check ${ledger} in full and hand each finding with ${context} to ${report}.
 * Return the number of findings, those that are no more than
 * undecided included.  The texts of findings hold foreign text.
 */
int ledger_check(struct ledger * ledger, const struct ledger_expect * expect,
    ledger_report * report, void * context);

/**
 * ledger_head(ledger):
 * Return the entry that none follows (the one with the highest file name among
 * several), or NULL if ${ledger} has none.
 */
const struct ledger_entry * ledger_head(const struct ledger * ledger);

/**
 * ledger_previous(ledger, one):
 * Return the entry that ${one} follows, by the digest that it names, or NULL if
 * it is not in ${ledger}.
 */
struct ledger_entry * ledger_previous(
    const struct ledger * ledger, const struct ledger_entry * one);

/**
 * ledger_find_file(ledger, name):
 * Return the file ${name}, borrowed until ledger_free, or NULL.
 */
struct ledger_file * ledger_find_file(
    const struct ledger * ledger, const char * name);

/**
 * ledger_problem_code(problem):
 * Return a word for ${problem} that programs can match ("fork").
 */
const char * ledger_problem_code(enum ledger_problem problem);

/**
 * ledger_problem_weight(problem, trust):
 * Return what ${problem} weighs when ${trust} was brought (NULL: nothing).
 */
enum ledger_weight ledger_problem_weight(
    enum ledger_problem problem, const struct trust * trust);

/**
 * ledger_free(ledger):
 * Release ${ledger}; NULL is fine.
 */
void ledger_free(struct ledger * ledger);

#endif
