#ifndef TIMELINE_FEED_H
#define TIMELINE_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/name.h"
#include "evidence/trust.h"

/*
 * Where a timeline's bytes come from: the payload of one package, judged first,
 * then member by member, in the order of the archive.
 *
 *	f = feed_open(path, trust, &e);
 *	while ((rc = feed_next(f, &member, &e)) == 1)
 *		while ((n = feed_data(f, &bytes, &e)) > 0)
 *			...;
 *	feed_close(f);
 *
 * A member of a package whose integrity passed ends only if its digest is right.
 * Of one whose integrity failed nothing is proved, and the catalogue is not used:
 * members have their stored path alone.
 */
enum feed_verdict {
	FEED_INTACT,    /* The verifier's exit 0. */
	FEED_UNDECIDED, /* 2: nothing fails, something could not be judged. */
	FEED_ALTERED    /* 1: altered, forged, or damaged. */
};

#define FEED_WORDS_SIZE 512

struct feed_head {
	char
	    package[NAME_SIZE]; /* "unsealed" if there is no seal to name it. */
	bool is_sealed;
	bool is_received; /* By case.json: files somebody handed over. */
	uint8_t seal[DIGEST_SHA256_LEN];
	bool has_archive_digest;
	uint8_t archive_sha256[DIGEST_SHA256_LEN]; /* Of the whole file. */
	char case_number[256];
	char exhibit[256];
	int64_t sealed_at;
	char group[NAME_SIZE]; /* Of packages, whose id; "" for none. */
	enum feed_verdict verdict;
	char words[FEED_WORDS_SIZE]; /* "integrity PASS, authenticity ..." */
	char first_failure[FEED_WORDS_SIZE]; /* "" if nothing failed. */
	int64_t listed;
	int64_t taken;
	int64_t gaps;
	int64_t lost; /* Of the gaps, what was asked for. */
	int64_t intact;
	bool is_proved; /* Integrity passed: bytes are checked as they come. */
};

struct feed_member {
	const char * path; /* Below the top folder: "data/...". */
	const char * kind; /* The catalogue's word, or NULL. */
	const char * name; /* Of the blob, as text, or NULL. */
	const char * account;
	const char * container;
	int64_t size;
	const uint8_t * sha256; /* As the catalogue says, or NULL. */
};

/* A gap that the package declares. */
struct feed_gap {
	const char * reason; /* The code. */
	const char * name;   /* Of the blob, as text, or NULL. */
};

struct feed;

/* Called for each line, without its LF; return 0, or -1 with ${e} set to stop. */
typedef int feed_line_fn(
    void * cookie, const uint8_t * line, size_t len, struct err * e);

/* Called for each gap; return 0, or -1 with ${e} set to stop. */
typedef int feed_gap_fn(
    void * cookie, const struct feed_gap * gap, struct err * e);

/**
 * feed_open(path, trust, e):
 * Open the package ${path}, with its ledger if PACKAGE.custody stands beside it,
 * and judge it by ${trust}, which is borrowed.  Return the feed, which the
 * caller closes with feed_close, or NULL with ${e} set if it could not be
 * judged.
 */
struct feed * feed_open(
    const char * path, const struct trust * trust, struct err * e);

/**
 * feed_head(f):
 * Return what was found about the package, borrowed until feed_close.
 */
const struct feed_head * feed_head(const struct feed * f);

/**
 * feed_is_own(f, sas_hash):
 * Return whether ${sas_hash}, in the form the storage logs print, is of a
 * credential that this collection itself used.
 */
bool feed_is_own(const struct feed * f, const char * sas_hash);

/**
 * feed_next(f, member, e):
 * Go to the next payload member and describe it in ${member}, borrowed until the
 * next call.  Return 1; 0 at the end; or -1 with ${e} set.
 */
int feed_next(struct feed * f, struct feed_member * member, struct err * e);

/**
 * feed_data(f, bytes, e):
 * Put a pointer to the next bytes of the member into ${bytes}, valid until the
 * next call.  Return how many there are, 0 at its end, or -1 with ${e} set.
 */
int64_t feed_data(struct feed * f, const uint8_t ** bytes, struct err * e);

/**
 * feed_gaps(f, feeds, n, fn, cookie, e):
 * Call ${fn} for every gap that the package declares.  What another package of
 * its group has is a gap only if that is none of the ${n} ${feeds}, all that are
 * read; the first of the group tells it.  Return 0, or -1 with ${e} set.
 */
int feed_gaps(struct feed * f, struct feed * const * feeds, size_t n,
    feed_gap_fn * fn, void * cookie, struct err * e);

/**
 * feed_requests(f, fn, cookie, e):
 * Call ${fn} for every line of the package's requests.jsonl; there is none if
 * the package is not proved.  Return 0, or -1 with ${e} set.
 */
int feed_requests(
    struct feed * f, feed_line_fn * fn, void * cookie, struct err * e);

/**
 * feed_clock(f, fn, cookie, e):
 * As feed_requests for the package's clock.jsonl.
 */
int feed_clock(
    struct feed * f, feed_line_fn * fn, void * cookie, struct err * e);

/**
 * feed_close(f):
 * Release ${f}; NULL is fine.
 */
void feed_close(struct feed * f);

#endif
