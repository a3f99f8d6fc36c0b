#ifndef EVIDENCE_OBJECT_H
#define EVIDENCE_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/block_list.h"
#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/document.h"
#include "evidence/err.h"

/*
 * A line of the catalogue, meta/objects.jsonl: one payload member, where it
 * came from and all that the service said about it.
 */
#define OBJECT_LINE_MAX ((size_t)1 << 20) /* Bytes of one line. */
#define OBJECT_MAX_ATTEMPTS 64
#define OBJECT_MAX_METADATA 256
#define OBJECT_NAME_MAX 4096 /* Bytes of a real name. */

/* Response headers kept as text; object_header gives their names. */
enum object_header {
	OBJECT_ETAG,
	OBJECT_LAST_MODIFIED,
	OBJECT_CONTENT_TYPE,
	OBJECT_CONTENT_ENCODING,
	OBJECT_CONTENT_MD5,
	OBJECT_BLOB_CONTENT_MD5,
	OBJECT_CRC64,
	OBJECT_CREATION_TIME,
	OBJECT_REQUEST_ID,
	OBJECT_CLIENT_REQUEST_ID,
	OBJECT_DATE,
	OBJECT_SERVER,
	OBJECT_VERSION,
	OBJECT_TIER,
	OBJECT_IMMUTABILITY,
	OBJECT_LEGAL_HOLD,
	OBJECT_LEASE,
	OBJECT_VERSION_ID
};
#define OBJECT_HEADER_COUNT 18

enum object_digest_check {
	OBJECT_DIGEST_ABSENT, /* The service gave none for the whole body. */
	OBJECT_DIGEST_MATCHED,
	OBJECT_DIGEST_MISMATCHED
};

struct object_pair {
	const char * name;
	const char * value;
};

struct object_attempt {
	int64_t at;
	int64_t status;      /* 0 if there was no answer. */
	const char * error;  /* NULL for the one that succeeded. */
	const char * pinned; /* The ETag that was asked for; NULL: none. */
	const char * etag;   /* That of the answer; NULL: none. */
};

/* The last look at an append blob that was read in several requests. */
struct object_look {
	bool is_there;
	int64_t at;
	const char * etag;
	const char * request_id;
	int64_t content_length;
	int64_t committed_block_count; /* -1 for unsaid. */
};

struct object_listed {
	bool is_listed; /* false: taken without having been listed. */
	const char * etag;
	int64_t size; /* -1 if the listing did not say. */
	const char * last_modified;
};

struct object {
	int64_t seq;       /* From 1. */
	const char * path; /* Stored, top folder included. */
	int64_t offset;    /* Of its tar header in the uncompressed stream. */
	int64_t size;
	uint8_t sha256[DIGEST_SHA256_LEN];
	bool has_sha512;
	uint8_t sha512[DIGEST_MAX_LEN];
	int64_t source;       /* Index into sources.json. */
	const uint8_t * name; /* The real one, raw bytes. */
	size_t name_len;
	const char * blob_type;
	const char * version_id; /* As listed; answers are in header[]. */
	const char * snapshot;
	bool deleted;
	const char * request_url; /* Signature removed. */
	int64_t status;           /* 0: it came in no answer. */
	int64_t content_length;   /* As the service said it; -1 for unsaid. */
	int64_t committed_block_count; /* -1 for unsaid. */
	const char * header[OBJECT_HEADER_COUNT];
	const struct object_pair * metadata;
	size_t n_metadata;
	enum object_digest_check digest_check;
	struct object_listed listed;
	bool changed_since_listing;
	bool open_hour; /* The hour it is about was not over. */
	int64_t requested_at;
	int64_t completed_at;
	bool has_skew;
	int64_t skew_lo_ms; /* Our clock minus the service's. */
	int64_t skew_hi_ms;
	bool has_tls;
	uint8_t tls[DIGEST_SHA256_LEN]; /* Of the peer's certificate. */
	const struct object_attempt * attempts;
	size_t n_attempts;
	struct object_look look;
	const struct block_list * block_list; /* NULL: not asked for. */

	/* Owned by a parsed one. */
	struct document doc;
	struct buf name_bytes;
	struct object_pair * own_metadata;
	struct object_attempt * own_attempts;
	struct block_list * own_block_list;
};

/**
 * object_header_member(header):
 * Return the name of ${header} in the catalogue, such as "blob_content_md5".
 */
const char * object_header_member(enum object_header header);

/**
 * object_header_http(header):
 * Return the name of ${header} in HTTP, such as "x-ms-blob-content-md5".
 */
const char * object_header_http(enum object_header header);

/**
 * object_format(object, out, e):
 * Append the catalogue line of ${object}, with its LF, to ${out}.  Return 0,
 * or -1 with ${e} set.
 */
int object_format(
    const struct object * object, struct buf * out, struct err * e);

/**
 * object_parse(bytes, len, object, e):
 * Parse a line without its LF into ${object}.  Return 0, and object_free
 * releases it, or -1 with ${e} set and ${object} empty.
 */
int object_parse(
    const void * bytes, size_t len, struct object * object, struct err * e);

/**
 * object_free(object):
 * Release what a parsed ${object} owns and make it zeros.
 */
void object_free(struct object * object);

#endif
