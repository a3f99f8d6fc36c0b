#ifndef EVIDENCE_CHECK_PAGE_H
#define EVIDENCE_CHECK_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/frames_notes.h"
#include "evidence/listing.h"

/*
 * A raw page of a listing, read down to digests of what it lists.  That depends
 * on the bytes of the page and on nothing else, so that any thread may do it;
 * check_listing.c judges what comes of it.
 */
struct check_page {
	struct listing * reader; /* NULL until the kind is known. */
	enum listing_kind kind;
	struct buf head;    /* What came before that. */
	struct buf entries; /* A digest for each blob. */
	struct buf folders; /* And for each folder. */
	struct digest * d;
	struct err why; /* Why it is no listing. */
	bool is_other;  /* No listing: service properties. */
	bool is_bad;    /* That was said. */
};

/* What a listing says about a blob; absent texts are NULL or "". */
struct check_listed {
	const void * name;
	size_t name_len;
	const char * snapshot;
	const char * version_id;
	const char * etag;
	int64_t size; /* -1: it does not say. */
};

/* What threads make of members, beside their digests: pages are read. */
extern const struct frames_noting check_page_noting;

/**
 * check_page_new(e):
 * Return a page of which nothing is read yet, which the caller frees with
 * check_page_free, or NULL with ${e} set.
 */
struct check_page * check_page_new(struct err * e);

/**
 * check_page_feed(page, bytes, len):
 * Read the next ${len} ${bytes} of ${page}; nothing after a failure, which its
 * why tells.
 */
void check_page_feed(
    struct check_page * page, const uint8_t * bytes, size_t len);

/**
 * check_page_end(page):
 * Say that nothing follows.  Return whether ${page} lists blobs, read without a
 * failure.
 */
bool check_page_end(struct check_page * page);

/**
 * check_page_free(page):
 * Release ${page}; NULL is fine.
 */
void check_page_free(struct check_page * page);

/*
 * Digests, each written to ${sha256} wherever it is left for later; ${d} is a
 * SHA-256 to compute with.
 */

/**
 * check_page_hash_listed(d, listed, sha256):
 * Of what was ${listed}.
 */
void check_page_hash_listed(struct digest * d,
    const struct check_listed * listed, uint8_t sha256[DIGEST_SHA256_LEN]);

/**
 * check_page_hash_name(d, name, len, sha256):
 * Of the ${name} of ${len} bytes.
 */
void check_page_hash_name(struct digest * d, const void * name, size_t len,
    uint8_t sha256[DIGEST_SHA256_LEN]);

/**
 * check_page_hash_place(d, endpoint, container, marker, sha256):
 * Of such a digest, ${sha256}, bound to its place and to a ${marker} there.
 */
void check_page_hash_place(struct digest * d, const char * endpoint,
    const char * container, const char * marker,
    uint8_t sha256[DIGEST_SHA256_LEN]);

#endif
