#ifndef COLLECT_RESPONSE_HEADERS_H
#define COLLECT_RESPONSE_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"

/*
 * The raw header block of an answer taken apart.  What stands here is only
 * read: the raw lines stay what was received.
 *
 * A header that may stand once and stands twice makes the whole block
 * ambiguous; so does a folded line, a line without a colon, a name with a
 * blank, or a NUL.  Text values are "" where absent; a pointer is valid until
 * response_headers_free.
 */
struct response_headers {
	int length_count;       /* Lines named Content-Length. */
	int64_t content_length; /* -1: absent, or not a number. */
	int encoding_count;     /* Lines named Transfer-Encoding. */
	bool is_chunked;        /* Its value is exactly "chunked". */
	bool has_range;         /* Content-Range is there. */
	bool is_range_good;     /* "bytes FIRST-LAST/TOTAL", in order. */
	int64_t range_first, range_last, range_total;
	int64_t committed_blocks; /* -1: absent. */
	int64_t blob_length;      /* x-ms-blob-content-length; -1: absent. */
	bool is_ambiguous;
	const char * ambiguity; /* What is, a name of ours; "" if nothing. */

	const char * etag;
	const char * last_modified;
	const char * date;
	const char * server;
	const char * content_type;
	const char * content_encoding;
	const char * content_md5;
	const char * retry_after;
	const char * location;
	const char * request_id; /* x-ms-...: */
	const char * client_request_id;
	const char * version;
	const char * error_code;
	const char * blob_type;
	const char * blob_content_md5;
	const char * content_crc64;
	const char * creation_time;
	const char * access_tier;
	const char * archive_status;
	const char * version_id;
	const char * lease_state;
	const char * lease_status;
	const char * legal_hold;
	const char * immutability_until;
	const char * immutability_mode;
	const char * sealed;
	const char * server_encrypted;

	struct buf lines; /* Name NUL value NUL ..., in the order received. */
};

/**
 * response_headers_parse(raw, len, h, e):
 * Take the ${len} bytes ${raw}, a status line and header lines, apart into
 * ${h}, which the caller frees with response_headers_free.  Oddities are noted
 * in ${h} and are no failure.  Return 0, or -1 with ${e} set (no memory) and
 * ${h} freed.
 */
int response_headers_parse(
    const char * raw, size_t len, struct response_headers * h, struct err * e);

/**
 * response_headers_next(h, at, name, value):
 * Step through the header lines of ${h}: ${at} starts as 0; ${name} (as
 * received) and ${value} (without blanks around it) are valid until ${h} is
 * freed.  Return 1 for a line, or 0 after the last.
 */
int response_headers_next(const struct response_headers * h, size_t * at,
    const char ** name, const char ** value);

/**
 * response_headers_free(h):
 * Release what ${h} owns.
 */
void response_headers_free(struct response_headers * h);

#endif
