#ifndef EVIDENCE_PACKAGE_CHECK_H
#define EVIDENCE_PACKAGE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/clock.h"
#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/gap.h"
#include "evidence/group.h"
#include "evidence/name.h"
#include "evidence/package_read.h"
#include "evidence/receipt_check.h"
#include "evidence/secret_scan.h"
#include "evidence/trust.h"

/*
 * Judging a package: five questions, each answered with a verdict and with
 * findings.  Everything is checked, not only until the first failure.  Nothing
 * is trusted but the keys that the examiner brought.
 */
enum package_question {
	PACKAGE_INTEGRITY,    /* Is every byte accounted for? */
	PACKAGE_AUTHENTICITY, /* Did a trusted key sign this seal? */
	PACKAGE_COMPLETENESS, /* Is what was listed here or a declared gap? */
	PACKAGE_CUSTODY,      /* Does the ledger hold together? */
	PACKAGE_TIME          /* Did it exist by then, independently? */
};
#define PACKAGE_QUESTIONS 5

enum package_verdict {
	PACKAGE_PASS,
	PACKAGE_UNDECIDED, /* Not judged: a finding says why. */
	PACKAGE_FAIL
};

/* One thing found. */
struct package_finding {
	enum package_question question;
	enum package_verdict weight; /* PASS: only to be said. */
	const char * code;           /* A word for programs, "manifest". */
	const char * member; /* Path or file it is about; "" for none. */
	const char * text;   /* Printable: it passed text_escape. */
};

/* Told each finding as it is made; texts are borrowed for the call. */
typedef void package_report(
    void * context, const struct package_finding * finding);

/*
 * Told of each object, with its path below the top folder, that holds secrets.
 * Returns 0, or -1 with ${e} set, which ends the judging.
 */
typedef int package_secrets(void * context, const char * member,
    const struct secret_counts * counts, struct err * e);

/* What to judge with; zeros and NULL for none. */
struct package_check_options {
	const struct trust * trust; /* From outside; NULL: nothing. */
	int64_t now;                /* 0: by the clock. */
	bool need_revocation;       /* Unknown whether revoked is a failure. */
	bool has_ledger;
	int ledger_dir; /* The directory PACKAGE.custody, if has_ledger. */
	const struct receipt_place * receipts; /* For the ledger. */
	size_t n_receipts;
	bool has_expected;
	uint8_t expected_sha256[DIGEST_SHA256_LEN]; /* Of the whole file. */
	const char * checksum; /* Text of the .sha256 file; NULL: none. */
	size_t checksum_len;
	int threads;               /* 0: by the processors. */
	package_report * report;   /* NULL: nobody listens. */
	package_secrets * secrets; /* NULL: they are not looked for. */
	void * context;
};

/* A multiset of names as sums of their digests, in either order the same. */
struct package_set {
	int64_t count;
	uint64_t sum[4];
};

/* Secrets in the payload, if they were looked for. */
struct package_secrets_found {
	int64_t listed;  /* Objects that were told: those that hold any, */
	int64_t closed;  /* or could not be looked into, or both. */
	int64_t objects; /* That hold any. */
	int64_t records; /* Lines in them. */
	int64_t all;
	int64_t of[SECRET_SORTS];
};

/* What was found; valid whatever the verdicts are, as far as it was read. */
struct package_result {
	enum package_verdict verdict[PACKAGE_QUESTIONS];
	int64_t findings[PACKAGE_QUESTIONS]; /* That are not PASS. */
	bool is_folder; /* It was unpacked: what is said of a file is void. */
	bool is_sealed; /* A well-formed seal was found: what follows holds. */
	char package[NAME_SIZE];
	char case_number[256]; /* As the seal says; printable. */
	char exhibit[256];
	int64_t sealed_at;
	uint8_t seal_sha256[DIGEST_SHA256_LEN];   /* Of seal/seal.json. */
	bool has_previous;                        /* It continues a package, */
	char previous[NAME_SIZE];                 /* this one, */
	uint8_t previous_seal[DIGEST_SHA256_LEN]; /* with this seal.json. */
	bool has_group; /* It is one of several packages: */
	struct group group;
	struct package_set group_own;    /* What it has, or why not, */
	struct package_set group_whole;  /* and which has what, as it says, */
	struct package_set group_listed; /* of what the pages list. */
	bool has_archive_digest;
	uint8_t archive_sha256[DIGEST_SHA256_LEN]; /* Of the whole file. */
	int64_t archive_bytes;
	int64_t stream_bytes; /* Uncompressed, as far as it was read. */
	int64_t members;      /* Read to their end. */
	int64_t objects;      /* Payload members among them. */
	int64_t object_bytes;
	struct package_secrets_found secrets;
	int64_t objects_intact; /* Proved by manifest and catalogue. */
	int64_t listed;         /* As sealed: listed = taken + gaps. */
	int64_t taken;
	int64_t gaps[GAP_REASON_COUNT];
	int64_t gaps_lost;     /* Of them, what was asked for and is missing. */
	int64_t gaps_unlisted; /* Containers and accounts: never listed. */
	bool is_received;      /* Somebody else's files, by its case.json. */
	int64_t listing_pages; /* Raw pages that were compared. */
	int64_t ledger_entries;
	size_t signers;      /* Declared by the seal. */
	size_t signers_good; /* Their signatures verify. */
	size_t signers_trusted;
	bool is_salvageable; /* Manifest and catalogue are the sealed ones. */
	bool has_index;      /* Integrity passed: it can be read again. */
	struct package_index index;
};

/**
 * package_check(fd, options, result, e):
 * Judge the package in the regular file ${fd} (borrowed; read by offset only),
 * or unpacked in the directory ${fd}, its top folder, by ${options} into ${result}.  Return 0 if it was judged, whatever the
 * verdicts, or -1 with ${e} set if it could not be (I/O, memory).
 */
int package_check(int fd, const struct package_check_options * options,
    struct package_result * result, struct err * e);

/**
 * package_exit_code(result, require):
 * Return the exit code of ${result}: 0 if integrity, authenticity, and
 * completeness pass and nothing fails, 1 if something fails, else 2.  The
 * questions whose bits (1 << question) stand in ${require} must pass as well.
 */
int package_exit_code(const struct package_result * result, unsigned require);

/**
 * package_question_text(question):
 * Return the word for ${question} ("integrity").
 */
const char * package_question_text(enum package_question question);

/**
 * package_verdict_text(verdict):
 * Return "PASS", "UNDECIDED" or "FAIL".
 */
const char * package_verdict_text(enum package_verdict verdict);

/**
 * package_is_complete(result):
 * Return whether nothing that was asked for is missing: completeness passed and
 * no declared gap is a loss.
 */
bool package_is_complete(const struct package_result * result);

#endif
