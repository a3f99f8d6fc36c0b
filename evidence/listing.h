#ifndef EVIDENCE_LISTING_H
#define EVIDENCE_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * One page of a List Containers or List Blobs answer, read as it comes, in
 * flat memory; the only module that includes <expat.h>.
 *
 * The bytes are hostile.  They must be UTF-8 (a byte order mark is fine), hold
 * no DOCTYPE (hence no entities of their own), nest at most LISTING_DEPTH_MAX
 * deep and end where the document ends.  An entry without exactly one <Name>,
 * a property given twice, a child inside a text element, an entry of a kind
 * that is not known, a number that is none, or a page without exactly one
 * <NextMarker> is an error: a listing that was misunderstood must not look like
 * a short one.  Elements that are merely unknown are passed over, and so are
 * Metadata, Tags and OrMetadata.  A name marked Encoded="true" is
 * percent-decoded once; what is handed out is the true name in bytes.
 */
#define LISTING_DEPTH_MAX 16
#define LISTING_NAME_MAX 4096     /* Bytes of a true name: 1024 characters. */
#define LISTING_VALUE_MAX 2048    /* Bytes of any other text of an entry. */
#define LISTING_MARKER_MAX 16384  /* Bytes of a marker, or of the prefix. */
#define LISTING_TOKEN_MAX 131072  /* Bytes of one tag, comment or the like. */
#define LISTING_ENTRIES_MAX 50000 /* A page: ten times the protocol's cap. */
#define LISTING_PAGE_MAX ((int64_t)256 << 20) /* Bytes of a page. */

/* What a page lists. */
enum listing_kind {
	LISTING_CONTAINERS,
	LISTING_BLOBS
};

/* What one entry is. */
enum listing_entry_kind {
	LISTING_CONTAINER,
	LISTING_BLOB,
	LISTING_PREFIX /* A "folder" of a listing with a delimiter. */
};

/*
 * One entry.  Texts are exactly as sent, NULL where absent ("" where sent
 * empty), without NULs inside, and valid only during the callback.
 */
struct listing_entry {
	enum listing_entry_kind kind;
	const char * name; /* Any bytes, a NUL behind them. */
	size_t name_len;   /* 1 to LISTING_NAME_MAX */
	bool is_encoded;   /* The name came with Encoded="true". */
	bool is_deleted;
	bool is_current_version; /* Only as sent: false when absent. */
	int64_t content_length;  /* -1 when absent. */
	const char * snapshot;
	const char * version_id;
	const char * etag;          /* Without quotes in Azure's XML. */
	const char * last_modified; /* RFC 1123 */
	const char * creation_time;
	const char * blob_type; /* BlockBlob, AppendBlob, PageBlob */
	const char * content_md5;
	const char * content_type;
	const char * content_encoding;
	const char * access_tier;
	const char * archive_status;
	const char * lease_state;
	const char * lease_status;
	const char * sealed;
	const char * legal_hold;
	const char * immutable_until;
	const char * immutable_mode;
	const char * deleted_time;
	const char * remaining_retention_days;
	const char * public_access; /* Containers only. */
	const char * has_immutability_policy;
	const char * has_legal_hold;
};

/* What the page says about itself; "" where it does not say. */
struct listing_page {
	const char * service_endpoint;
	const char * container;
	const char * prefix; /* Any bytes, a NUL behind them. */
	size_t prefix_len;
	const char * delimiter;
	const char * marker;
	const char * next_marker; /* "" on the last page. */
	int64_t entries;
	int64_t bytes;
};

struct listing; /* A page being read. */

/* Called for each entry; returns 0, or -1 with ${e} set to stop reading. */
typedef int listing_found(
    void * cookie, const struct listing_entry * entry, struct err * e);

/**
 * listing_new(kind, found, cookie, e):
 * Return a reader of one page of ${kind} that calls ${found} with ${cookie} for
 * each entry once all of it was read; the caller frees it with listing_free.
 * Return NULL with ${e} set on failure.
 */
struct listing * listing_new(enum listing_kind kind, listing_found * found,
    void * cookie, struct err * e);

/**
 * listing_feed(l, bytes, len, e):
 * Read ${len} further ${bytes} of the page.  Return 0, or -1 with ${e} set
 * (ERR_INPUT, ERR_LIMIT, or what the callback set); nothing but listing_free
 * may follow a failure.
 */
int listing_feed(
    struct listing * l, const void * bytes, size_t len, struct err * e);

/**
 * listing_finish(l, e):
 * Say that the page ends here.  Return 0 if it was complete, or -1 with ${e}
 * set.
 */
int listing_finish(struct listing * l, struct err * e);

/**
 * listing_page(l):
 * Return what the page says about itself, valid until ${l} is freed.  Only
 * after listing_finish returned 0.
 */
const struct listing_page * listing_page(const struct listing * l);

/**
 * listing_free(l):
 * Release ${l}; NULL is fine.
 */
void listing_free(struct listing * l);

#endif
