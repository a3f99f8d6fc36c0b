#ifndef TESTS_RESPONSE_ROWS_H
#define TESTS_RESPONSE_ROWS_H

#include <string.h>

#include "collect/response_check.h"
#include "evidence/clock.h"

/*
 * Each row: what was asked (a preset), what came, and what it must mean.  The
 * presets: a listing page, a HEAD, a HEAD with pins, a whole blob of 50 bytes,
 * bytes 100-199 of a pinned block blob of 1000, and the same of an append blob
 * that may grow, has 7 committed blocks, and is of known birth; the block list
 * of a pinned flow log of 1000 bytes.
 */
enum preset {
	LIST,
	HEAD,
	PINNED_HEAD,
	WHOLE,
	RANGE,
	GROWING,
	BLOCKS,
	PRESETS
};

#define SERVICE                                               \
	"x-ms-request-id: r1\r\nx-ms-version: 2021-12-02\r\n" \
	"Date: Sun, 01 Nov 2026 12:00:00 GMT\r\n"
#define BLOB SERVICE "ETag: \"0x1\"\r\nx-ms-blob-type: BlockBlob\r\n"
#define APPEND                                                    \
	SERVICE "ETag: \"0x9\"\r\nx-ms-blob-type: AppendBlob\r\n" \
		"x-ms-blob-committed-block-count: 8\r\n"
#define LENGTH(n) "Content-Length: " #n "\r\n"
#define BYTES(text) "Content-Range: bytes " text "\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"
#define BORN(text) "x-ms-creation-time: " text "\r\n"
#define FIRST_BIRTH "Sun, 01 Nov 2026 00:00:00 GMT"
#define CRC_ZERO "x-ms-content-crc64: AAAAAAAAAAA=\r\n"
#define CRC_OTHER "x-ms-content-crc64: DtjZpL9/o8c=\r\n"
#define LIST_OF_BLOCKS SERVICE "ETag: \"0x1\"\r\n"
#define MD5_ZERO "Content-MD5: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
#define MD5_OTHER "Content-MD5: BAAAAAAAAAAAAAAAAAAAAA==\r\n"
#define GOOD_RANGE BLOB LENGTH(100) BYTES("100-199/1000")
#define GOOD_GROWN APPEND LENGTH(100) BYTES("100-199/1100")

static const int64_t noon = INT64_C(17935344000000000);

static void
ask(enum preset preset, struct response_asked * asked)
{
	static const enum response_operation operations[PRESETS] = {
		RESPONSE_LIST, RESPONSE_PROPERTIES, RESPONSE_PROPERTIES,
		RESPONSE_WHOLE, RESPONSE_RANGE, RESPONSE_RANGE, RESPONSE_BLOCKS
	};

	memset(asked, 0, sizeof(*asked));
	asked->operation = operations[preset];
	asked->total = -1;
	asked->committed_blocks = -1;
	asked->credential_ends = CLOCK_UNKNOWN;
	asked->now = noon;
	asked->client_request_id = "mine-1";
	asked->first = 100;
	asked->last = 199;
	switch (preset) {
	case LIST:
	case HEAD:
	case PRESETS:
		break;
	case WHOLE:
		asked->total = 50;
		asked->etag = "\"0x1\"";
		break;
	case PINNED_HEAD:
	case RANGE:
		asked->total = 1000;
		asked->etag = "0x1"; /* As in a listing, without quotes. */
		asked->blob_type = "BlockBlob";
		break;
	case BLOCKS:
		asked->total = 1000;
		asked->etag = "\"0x1\"";
		break;
	case GROWING:
		asked->total = 1000;
		asked->blob_type = "AppendBlob";
		asked->committed_blocks = 7;
		asked->creation_time = FIRST_BIRTH;
		asked->may_grow = true;
		break;
	}
}

struct row {
	const char * name;
	enum preset preset;
	int status;
	const char * headers;
	int64_t body_len;
	/* Our own digests: 0 none, '0' MD5 of zeros, 'c' CRC64 of zeros, 'b'
	 * both of zeros. */
	char digests;
	enum http_fault fault;
	enum response_outcome outcome;
	enum response_reason reason;
};

/* clang-format off */
#define OK RESPONSE_OK, RESPONSE_FINE
#define RETRY(reason) RESPONSE_RETRY, RESPONSE_##reason
#define CHANGED(reason) RESPONSE_CHANGED, RESPONSE_##reason
#define GAP(reason) RESPONSE_GAP, RESPONSE_##reason
static const struct row rows[] = {
/* Right answers. */
{ "list with a length", LIST, 200, SERVICE LENGTH(10), 10, 0, HTTP_FINE, OK },
{ "list in chunks", LIST, 200, SERVICE CHUNKED, 10, 0, HTTP_FINE, OK },
{ "empty list in chunks", LIST, 200, SERVICE CHUNKED, 0, 0, HTTP_FINE, OK },
{ "list, chunked in capitals", LIST, 200, SERVICE "Transfer-Encoding: CHUNKED\r\n", 9, 0, HTTP_FINE, OK },
{ "list, id echoed", LIST, 200, SERVICE LENGTH(10) "x-ms-client-request-id: mine-1\r\n", 10, 0, HTTP_FINE, OK },
{ "head", HEAD, 200, BLOB LENGTH(1000), 0, 0, HTTP_FINE, OK },
{ "head of an empty blob", HEAD, 200, BLOB LENGTH(0), 0, 0, HTTP_FINE, OK },
{ "head, pinned", PINNED_HEAD, 200, BLOB LENGTH(1000), 0, 0, HTTP_FINE, OK },
{ "head, with the stored MD5", HEAD, 200, BLOB LENGTH(5) MD5_OTHER, 0, 0, HTTP_FINE, OK },
{ "whole", WHOLE, 200, BLOB LENGTH(50), 50, '0', HTTP_FINE, OK },
{ "whole, header names in capitals", WHOLE, 200, BLOB "CONTENT-LENGTH: 50\r\n", 50, '0', HTTP_FINE, OK },
{ "whole, MD5 matches", WHOLE, 200, BLOB LENGTH(50) MD5_ZERO, 50, '0', HTTP_FINE, OK },
{ "whole, gzip as it is", WHOLE, 200, BLOB LENGTH(50) "Content-Encoding: gzip\r\n", 50, '0', HTTP_FINE, OK },
{ "range", RANGE, 206, GOOD_RANGE, 100, '0', HTTP_FINE, OK },
{ "range, MD5 matches", RANGE, 206, GOOD_RANGE MD5_ZERO, 100, '0', HTTP_FINE, OK },
{ "range, gzip as it is", RANGE, 206, GOOD_RANGE "Content-Encoding: gzip\r\n", 100, '0', HTTP_FINE, OK },
{ "range, no space behind the colon", RANGE, 206, BLOB "Content-Length:100\r\n" BYTES("100-199/1000"), 100, '0', HTTP_FINE, OK },
{ "range of a grown blob", GROWING, 206, GOOD_GROWN, 100, '0', HTTP_FINE, OK },
{ "range of one that did not grow", GROWING, 206, APPEND LENGTH(100) BYTES("100-199/1000"), 100, '0', HTTP_FINE, OK },

/* The ten wrong answers that libcurl calls a success. */
{ "length shorter than the body", RANGE, 206, BLOB LENGTH(50) BYTES("100-199/1000"), 50, '0', HTTP_FINE, RETRY(WRONG_LENGTH) },
{ "no length, closed early", RANGE, 206, BLOB BYTES("100-199/1000"), 60, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "no length, closed in time", RANGE, 206, BLOB BYTES("100-199/1000"), 100, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "whole, no length", WHOLE, 200, BLOB, 50, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "list, no length", LIST, 200, SERVICE, 50, 0, HTTP_FINE, RETRY(BAD_FRAMING) },
{ "length and chunks", RANGE, 206, GOOD_RANGE CHUNKED, 100, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "list, length and chunks", LIST, 200, SERVICE LENGTH(10) CHUNKED, 10, 0, HTTP_FINE, RETRY(BAD_FRAMING) },
{ "two lengths", RANGE, 206, GOOD_RANGE LENGTH(10), 10, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "two equal lengths", RANGE, 206, GOOD_RANGE LENGTH(100), 100, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "two lengths in one line", RANGE, 206, BLOB "Content-Length: 100, 100\r\n" BYTES("100-199/1000"), 100, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "302 elsewhere", RANGE, 302, SERVICE LENGTH(0) "Location: http://169.254.169.254/\r\n", 0, 0, HTTP_FINE, GAP(REDIRECT) },
{ "200 for a range", RANGE, 200, BLOB LENGTH(1000), 1000, '0', HTTP_FINE, RETRY(WRONG_STATUS) },
{ "200 for a range, of its length", RANGE, 200, BLOB LENGTH(100), 100, '0', HTTP_FINE, RETRY(WRONG_STATUS) },
{ "206 of other bytes", RANGE, 206, BLOB LENGTH(100) BYTES("0-99/1000"), 100, '0', HTTP_FINE, RETRY(BAD_RANGE) },
{ "206 of fewer bytes", RANGE, 206, BLOB LENGTH(99) BYTES("100-198/1000"), 99, '0', HTTP_FINE, RETRY(BAD_RANGE) },
{ "206 of more bytes", RANGE, 206, BLOB LENGTH(101) BYTES("100-200/1000"), 101, '0', HTTP_FINE, RETRY(BAD_RANGE) },
{ "TLS cut, no length", WHOLE, 200, BLOB, 20, '0', HTTP_FINE, RETRY(BAD_FRAMING) },

/* Statuses that are a success of another kind. */
{ "206 for a whole", WHOLE, 206, BLOB LENGTH(50) BYTES("0-49/50"), 50, '0', HTTP_FINE, RETRY(WRONG_STATUS) },
{ "206 for a list", LIST, 206, SERVICE LENGTH(10), 10, 0, HTTP_FINE, RETRY(WRONG_STATUS) },
{ "206 for a head", HEAD, 206, BLOB LENGTH(10), 0, 0, HTTP_FINE, RETRY(WRONG_STATUS) },
{ "204 for a list", LIST, 204, SERVICE, 0, 0, HTTP_FINE, RETRY(WRONG_STATUS) },
{ "203 for a whole", WHOLE, 203, BLOB LENGTH(50), 50, '0', HTTP_FINE, RETRY(WRONG_STATUS) },
{ "100 and no more", WHOLE, 100, "", 0, 0, HTTP_FINE, RETRY(WRONG_STATUS) },
{ "status 999", WHOLE, 999, BLOB LENGTH(50), 50, '0', HTTP_FINE, RETRY(WRONG_STATUS) },

/* Ranges. */
{ "no Content-Range", RANGE, 206, BLOB LENGTH(100), 100, '0', HTTP_FINE, RETRY(BAD_RANGE) },
{ "two Content-Range", RANGE, 206, GOOD_RANGE BYTES("100-199/1000"), 100, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "Content-Range in items", RANGE, 206, BLOB LENGTH(100) "Content-Range: items 100-199/1000\r\n", 100, '0', HTTP_FINE, RETRY(BAD_RANGE) },
{ "Content-Range without a total", RANGE, 206, BLOB LENGTH(100) BYTES("100-199/*"), 100, '0', HTTP_FINE, RETRY(BAD_RANGE) },
{ "Content-Range without bytes", RANGE, 206, BLOB LENGTH(100) BYTES("*/1000"), 100, '0', HTTP_FINE, RETRY(BAD_RANGE) },
{ "Content-Range backwards", RANGE, 206, BLOB LENGTH(100) BYTES("199-100/1000"), 100, '0', HTTP_FINE, RETRY(BAD_RANGE) },
{ "Content-Range beyond its total", RANGE, 206, BLOB LENGTH(100) BYTES("100-199/150"), 100, '0', HTTP_FINE, RETRY(BAD_RANGE) },
{ "Content-Range negative", RANGE, 206, BLOB LENGTH(100) BYTES("-100-199/1000"), 100, '0', HTTP_FINE, RETRY(BAD_RANGE) },
{ "Content-Range over 2^63", RANGE, 206, BLOB LENGTH(100) BYTES("100-199/18446744073709552616"), 100, '0', HTTP_FINE, RETRY(BAD_RANGE) },
{ "Content-Range with blanks", RANGE, 206, BLOB LENGTH(100) BYTES("100 - 199 / 1000"), 100, '0', HTTP_FINE, RETRY(BAD_RANGE) },
{ "Content-Range with more behind", RANGE, 206, BLOB LENGTH(100) BYTES("100-199/1000 x"), 100, '0', HTTP_FINE, RETRY(BAD_RANGE) },
{ "empty Content-Range", RANGE, 206, BLOB LENGTH(100) "Content-Range:\r\n", 100, '0', HTTP_FINE, RETRY(BAD_RANGE) },
{ "multipart ranges", RANGE, 206, BLOB LENGTH(100) "Content-Type: multipart/byteranges; boundary=x\r\n", 100, '0', HTTP_FINE, RETRY(BAD_RANGE) },
{ "another total under one ETag", RANGE, 206, BLOB LENGTH(100) BYTES("100-199/1001"), 100, '0', HTTP_FINE, CHANGED(WRONG_LENGTH) },
{ "a smaller total under one ETag", RANGE, 206, BLOB LENGTH(100) BYTES("100-199/999"), 100, '0', HTTP_FINE, CHANGED(WRONG_LENGTH) },
{ "a growing blob shrank", GROWING, 206, APPEND LENGTH(100) BYTES("100-199/999"), 100, '0', HTTP_FINE, CHANGED(SHRUNK) },
{ "Content-Range in a whole", WHOLE, 200, BLOB LENGTH(50) BYTES("0-49/50"), 50, '0', HTTP_FINE, RETRY(BAD_RANGE) },
{ "Content-Range in a list", LIST, 200, SERVICE LENGTH(10) BYTES("0-9/10"), 10, 0, HTTP_FINE, RETRY(BAD_RANGE) },

/* Lengths. */
{ "body short of the length", RANGE, 206, GOOD_RANGE, 99, '0', HTTP_FINE, RETRY(SHORT_BODY) },
{ "body over the length", RANGE, 206, GOOD_RANGE, 101, '0', HTTP_FINE, RETRY(WRONG_LENGTH) },
{ "no body at all", RANGE, 206, GOOD_RANGE, 0, '0', HTTP_FINE, RETRY(SHORT_BODY) },
{ "whole, short", WHOLE, 200, BLOB LENGTH(50), 49, '0', HTTP_FINE, RETRY(SHORT_BODY) },
{ "whole, length not as pinned", WHOLE, 200, BLOB LENGTH(49), 49, '0', HTTP_FINE, CHANGED(WRONG_LENGTH) },
{ "whole, longer than pinned", WHOLE, 200, BLOB LENGTH(51), 51, '0', HTTP_FINE, CHANGED(WRONG_LENGTH) },
{ "list, short", LIST, 200, SERVICE LENGTH(10), 9, 0, HTTP_FINE, RETRY(SHORT_BODY) },
{ "head with a body", HEAD, 200, BLOB LENGTH(10), 10, 0, HTTP_FINE, RETRY(WRONG_LENGTH) },
{ "head without a length", HEAD, 200, BLOB, 0, 0, HTTP_FINE, RETRY(BAD_FRAMING) },
{ "pinned head, another length", PINNED_HEAD, 200, BLOB LENGTH(999), 0, 0, HTTP_FINE, CHANGED(WRONG_LENGTH) },
{ "negative length", WHOLE, 200, BLOB "Content-Length: -1\r\n", 0, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "empty length", WHOLE, 200, BLOB "Content-Length:\r\n", 0, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "length with a sign", WHOLE, 200, BLOB "Content-Length: +50\r\n", 50, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "length in hex", WHOLE, 200, BLOB "Content-Length: 0x32\r\n", 50, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "length with a zero before", WHOLE, 200, BLOB "Content-Length: 050\r\n", 50, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "length over 2^63", WHOLE, 200, BLOB "Content-Length: 18446744073709551666\r\n", 50, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "blob chunked", WHOLE, 200, BLOB CHUNKED, 50, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "range chunked", RANGE, 206, BLOB CHUNKED BYTES("100-199/1000"), 100, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "gzip as a transfer", LIST, 200, SERVICE "Transfer-Encoding: gzip, chunked\r\n", 50, 0, HTTP_FINE, RETRY(BAD_FRAMING) },
{ "identity as a transfer", LIST, 200, SERVICE "Transfer-Encoding: identity\r\n", 50, 0, HTTP_FINE, RETRY(BAD_FRAMING) },
{ "two Transfer-Encoding", LIST, 200, SERVICE CHUNKED CHUNKED, 50, 0, HTTP_FINE, RETRY(BAD_FRAMING) },
{ "blob length elsewhere differs", RANGE, 206, GOOD_RANGE "x-ms-blob-content-length: 1001\r\n", 100, '0', HTTP_FINE, CHANGED(WRONG_LENGTH) },
{ "blob length elsewhere agrees", RANGE, 206, GOOD_RANGE "x-ms-blob-content-length: 1000\r\n", 100, '0', HTTP_FINE, OK },

/* The header block itself. */
{ "no request id", RANGE, 206, "x-ms-version: 2021-12-02\r\nETag: \"0x1\"\r\nx-ms-blob-type: BlockBlob\r\n" LENGTH(100) BYTES("100-199/1000"), 100, '0', HTTP_FINE, RETRY(BAD_HEADER) },
{ "no version", RANGE, 206, "x-ms-request-id: r\r\nETag: \"0x1\"\r\nx-ms-blob-type: BlockBlob\r\n" LENGTH(100) BYTES("100-199/1000"), 100, '0', HTTP_FINE, RETRY(BAD_HEADER) },
{ "a captive portal", LIST, 200, "Server: portal\r\n" LENGTH(20), 20, 0, HTTP_FINE, RETRY(BAD_HEADER) },
{ "no ETag", RANGE, 206, SERVICE "x-ms-blob-type: BlockBlob\r\n" LENGTH(100) BYTES("100-199/1000"), 100, '0', HTTP_FINE, RETRY(BAD_HEADER) },
{ "no ETag in a head", HEAD, 200, SERVICE "x-ms-blob-type: BlockBlob\r\n" LENGTH(100), 0, 0, HTTP_FINE, RETRY(BAD_HEADER) },
{ "no blob type", RANGE, 206, SERVICE "ETag: \"0x1\"\r\n" LENGTH(100) BYTES("100-199/1000"), 100, '0', HTTP_FINE, RETRY(BAD_HEADER) },
{ "two ETag", RANGE, 206, GOOD_RANGE "ETag: \"0x2\"\r\n", 100, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "two equal ETag", RANGE, 206, GOOD_RANGE "etag: \"0x1\"\r\n", 100, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "two Content-MD5", RANGE, 206, GOOD_RANGE MD5_ZERO MD5_ZERO, 100, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "two blob types", RANGE, 206, GOOD_RANGE "x-ms-blob-type: PageBlob\r\n", 100, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "two metadata lines are fine", RANGE, 206, GOOD_RANGE "x-ms-meta-a: 1\r\nx-ms-meta-a: 2\r\n", 100, '0', HTTP_FINE, OK },
{ "two Vary are fine", RANGE, 206, GOOD_RANGE "Vary: Origin\r\nVary: Accept\r\n", 100, '0', HTTP_FINE, OK },
{ "a folded line", RANGE, 206, GOOD_RANGE "x-ms-meta-a: 1\r\n 2\r\n", 100, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "a line without a colon", RANGE, 206, GOOD_RANGE "nonsense\r\n", 100, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "a blank before the colon", RANGE, 206, GOOD_RANGE "Content-Length : 10\r\n", 100, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "a name of no bytes", RANGE, 206, GOOD_RANGE ": 10\r\n", 100, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "two block counts", GROWING, 206, GOOD_GROWN "x-ms-blob-committed-block-count: 8\r\n", 100, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "another request's answer", RANGE, 206, GOOD_RANGE "x-ms-client-request-id: mine-2\r\n", 100, '0', HTTP_FINE, RETRY(CROSSED) },
{ "another request's refusal", RANGE, 404, SERVICE "x-ms-client-request-id: mine-2\r\n" LENGTH(0), 0, 0, HTTP_FINE, RETRY(CROSSED) },

/* What was pinned. */
{ "another ETag", RANGE, 206, SERVICE "ETag: \"0x2\"\r\nx-ms-blob-type: BlockBlob\r\n" LENGTH(100) BYTES("100-199/1000"), 100, '0', HTTP_FINE, CHANGED(PRECONDITION) },
{ "a weak ETag", RANGE, 206, SERVICE "ETag: W/\"0x1\"\r\nx-ms-blob-type: BlockBlob\r\n" LENGTH(100) BYTES("100-199/1000"), 100, '0', HTTP_FINE, CHANGED(PRECONDITION) },
{ "another ETag in a head", PINNED_HEAD, 200, SERVICE "ETag: \"0x2\"\r\nx-ms-blob-type: BlockBlob\r\n" LENGTH(1000), 0, 0, HTTP_FINE, CHANGED(PRECONDITION) },
{ "another ETag of a whole", WHOLE, 200, SERVICE "ETag: \"0x2\"\r\nx-ms-blob-type: BlockBlob\r\n" LENGTH(50), 50, '0', HTTP_FINE, CHANGED(PRECONDITION) },
{ "another type", RANGE, 206, SERVICE "ETag: \"0x1\"\r\nx-ms-blob-type: PageBlob\r\n" LENGTH(100) BYTES("100-199/1000"), 100, '0', HTTP_FINE, CHANGED(WRONG_TYPE) },
{ "made anew with fewer blocks", GROWING, 206, SERVICE "ETag: \"0x9\"\r\nx-ms-blob-type: AppendBlob\r\nx-ms-blob-committed-block-count: 6\r\n" LENGTH(100) BYTES("100-199/1100"), 100, '0', HTTP_FINE, CHANGED(SHRUNK) },
{ "block count gone", GROWING, 206, SERVICE "ETag: \"0x9\"\r\nx-ms-blob-type: AppendBlob\r\n" LENGTH(100) BYTES("100-199/1100"), 100, '0', HTTP_FINE, CHANGED(SHRUNK) },
{ "append blob became a block blob", GROWING, 206, GOOD_RANGE, 100, '0', HTTP_FINE, CHANGED(WRONG_TYPE) },

/* Digests. */
{ "range, MD5 of something else", RANGE, 206, GOOD_RANGE MD5_OTHER, 100, '0', HTTP_FINE, RETRY(BAD_DIGEST) },
{ "whole, MD5 of something else", WHOLE, 200, BLOB LENGTH(50) MD5_OTHER, 50, '0', HTTP_FINE, RETRY(BAD_DIGEST) },
{ "MD5 in hex", RANGE, 206, GOOD_RANGE "Content-MD5: 00000000000000000000000000000000\r\n", 100, '0', HTTP_FINE, RETRY(BAD_DIGEST) },
{ "MD5 without padding", RANGE, 206, GOOD_RANGE "Content-MD5: AAAAAAAAAAAAAAAAAAAAAA\r\n", 100, '0', HTTP_FINE, RETRY(BAD_DIGEST) },
{ "MD5 there and not computed", RANGE, 206, GOOD_RANGE MD5_ZERO, 100, 0, HTTP_FINE, RETRY(BAD_DIGEST) },
{ "MD5 absent and not computed", RANGE, 206, GOOD_RANGE, 100, 0, HTTP_FINE, OK },
{ "list, MD5 of something else", LIST, 200, SERVICE LENGTH(10) MD5_OTHER, 10, '0', HTTP_FINE, RETRY(BAD_DIGEST) },

/* The service's CRC64, and both digests at once. */
{ "range, CRC64 matches", RANGE, 206, GOOD_RANGE CRC_ZERO, 100, 'c', HTTP_FINE, OK },
{ "range, CRC64 of something else", RANGE, 206, GOOD_RANGE CRC_OTHER, 100, 'c', HTTP_FINE, RETRY(BAD_DIGEST) },
{ "range, CRC64 there and not computed", RANGE, 206, GOOD_RANGE CRC_ZERO, 100, 0, HTTP_FINE, RETRY(BAD_DIGEST) },
{ "range, both match", RANGE, 206, GOOD_RANGE MD5_ZERO CRC_ZERO, 100, 'b', HTTP_FINE, OK },
{ "range, MD5 matches and CRC64 does not", RANGE, 206, GOOD_RANGE MD5_ZERO CRC_OTHER, 100, 'b', HTTP_FINE, RETRY(BAD_DIGEST) },
{ "range, CRC64 matches and MD5 does not", RANGE, 206, GOOD_RANGE MD5_OTHER CRC_ZERO, 100, 'b', HTTP_FINE, RETRY(BAD_DIGEST) },
{ "CRC64 in hex", RANGE, 206, GOOD_RANGE "x-ms-content-crc64: 0000000000000000\r\n", 100, 'c', HTTP_FINE, RETRY(BAD_DIGEST) },
{ "CRC64 with the high byte first", RANGE, 206, GOOD_RANGE "x-ms-content-crc64: AAAAAAAAAAE=\r\n", 100, 'c', HTTP_FINE, RETRY(BAD_DIGEST) },
{ "CRC64 of four bytes", RANGE, 206, GOOD_RANGE "x-ms-content-crc64: AAAAAA==\r\n", 100, 'c', HTTP_FINE, RETRY(BAD_DIGEST) },
{ "two CRC64", RANGE, 206, GOOD_RANGE CRC_ZERO CRC_ZERO, 100, 'c', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "CRC64 in a head says nothing of a body", HEAD, 200, BLOB LENGTH(1000) CRC_OTHER, 0, 0, HTTP_FINE, OK },
{ "grown blob, CRC64 matches", GROWING, 206, GOOD_GROWN CRC_ZERO, 100, 'c', HTTP_FINE, OK },
{ "whole, the stored MD5 matches", WHOLE, 200, BLOB LENGTH(50) "x-ms-blob-content-md5: AAAAAAAAAAAAAAAAAAAAAA==\r\n", 50, '0', HTTP_FINE, OK },
{ "whole, the stored MD5 does not", WHOLE, 200, BLOB LENGTH(50) "x-ms-blob-content-md5: BAAAAAAAAAAAAAAAAAAAAA==\r\n", 50, '0', HTTP_FINE, RETRY(BAD_DIGEST) },
{ "a part, the stored MD5 is not about it", RANGE, 206, GOOD_RANGE "x-ms-blob-content-md5: BAAAAAAAAAAAAAAAAAAAAA==\r\n", 100, '0', HTTP_FINE, OK },

/* Birth: a blob that was deleted and made anew under its name. */
{ "same birth", GROWING, 206, GOOD_GROWN BORN(FIRST_BIRTH), 100, '0', HTTP_FINE, OK },
{ "another birth", GROWING, 206, GOOD_GROWN BORN("Sun, 01 Nov 2026 00:00:01 GMT"), 100, '0', HTTP_FINE, CHANGED(PRECONDITION) },
{ "two births", GROWING, 206, GOOD_GROWN BORN(FIRST_BIRTH) BORN(FIRST_BIRTH), 100, '0', HTTP_FINE, RETRY(BAD_FRAMING) },
{ "made anew, longer, with more blocks", GROWING, 206, SERVICE "ETag: \"0xA\"\r\nx-ms-blob-type: AppendBlob\r\nx-ms-blob-committed-block-count: 90\r\n" LENGTH(100) BYTES("100-199/9000") BORN("Mon, 02 Nov 2026 00:00:00 GMT"), 100, '0', HTTP_FINE, CHANGED(PRECONDITION) },

/* Lists of blocks. */
{ "block list", BLOCKS, 200, LIST_OF_BLOCKS LENGTH(300), 300, 0, HTTP_FINE, OK },
{ "block list in chunks", BLOCKS, 200, LIST_OF_BLOCKS CHUNKED, 300, 0, HTTP_FINE, OK },
{ "block list, blob length agrees", BLOCKS, 200, LIST_OF_BLOCKS LENGTH(300) "x-ms-blob-content-length: 1000\r\n", 300, 0, HTTP_FINE, OK },
{ "block list, another blob length", BLOCKS, 200, LIST_OF_BLOCKS LENGTH(300) "x-ms-blob-content-length: 1001\r\n", 300, 0, HTTP_FINE, CHANGED(WRONG_LENGTH) },
{ "block list of another state", BLOCKS, 200, SERVICE "ETag: \"0x2\"\r\n" LENGTH(300), 300, 0, HTTP_FINE, CHANGED(PRECONDITION) },
{ "block list without an ETag", BLOCKS, 200, SERVICE LENGTH(300), 300, 0, HTTP_FINE, RETRY(BAD_HEADER) },
{ "block list, short", BLOCKS, 200, LIST_OF_BLOCKS LENGTH(300), 299, 0, HTTP_FINE, RETRY(SHORT_BODY) },
{ "block list, no end", BLOCKS, 200, LIST_OF_BLOCKS, 300, 0, HTTP_FINE, RETRY(BAD_FRAMING) },
{ "block list, length and chunks", BLOCKS, 200, LIST_OF_BLOCKS LENGTH(300) CHUNKED, 300, 0, HTTP_FINE, RETRY(BAD_FRAMING) },
{ "block list as a range", BLOCKS, 206, LIST_OF_BLOCKS LENGTH(300) BYTES("0-299/300"), 300, 0, HTTP_FINE, RETRY(WRONG_STATUS) },
{ "block list from a portal", BLOCKS, 200, "ETag: \"0x1\"\r\n" LENGTH(300), 300, 0, HTTP_FINE, RETRY(BAD_HEADER) },
{ "block list, another request's", BLOCKS, 200, LIST_OF_BLOCKS LENGTH(300) "x-ms-client-request-id: mine-2\r\n", 300, 0, HTTP_FINE, RETRY(CROSSED) },
{ "block list over our limit", BLOCKS, 200, LIST_OF_BLOCKS CHUNKED, 300, 0, HTTP_LIMIT, RETRY(LIMIT) },
{ "block list, MD5 of something else", BLOCKS, 200, LIST_OF_BLOCKS LENGTH(300) MD5_OTHER, 300, '0', HTTP_FINE, RETRY(BAD_DIGEST) },

/* HTTP versions, trailers, faults. */
{ "refused", RANGE, 0, NULL, 0, 0, HTTP_NO_CONNECT, RETRY(NETWORK) },
{ "no such host", RANGE, 0, NULL, 0, 0, HTTP_NO_HOST, RETRY(NETWORK) },
{ "timed out connecting", RANGE, 0, NULL, 0, 0, HTTP_TIMEOUT, RETRY(TIMEOUT) },
{ "reset before a status", RANGE, 0, NULL, 0, 0, HTTP_BROKEN, RETRY(NETWORK) },
{ "HTTP/0.9", RANGE, 0, NULL, 0, 0, HTTP_GARBLED, RETRY(BAD_FRAMING) },
{ "handshake failed", RANGE, 0, NULL, 0, 0, HTTP_TLS, RETRY(TLS) },
{ "not who it must be", RANGE, 0, NULL, 0, 0, HTTP_CERTIFICATE, RESPONSE_STOP, RESPONSE_CERTIFICATE },
{ "headers without end", RANGE, 0, NULL, 0, 0, HTTP_LIMIT, RETRY(LIMIT) },
{ "no memory here", RANGE, 0, NULL, 0, 0, HTTP_LOCAL, RETRY(LOCAL) },
{ "stopped by us", RANGE, 206, GOOD_RANGE, 10, '0', HTTP_STOPPED, RETRY(INTERRUPTED) },
{ "fine, and no status", RANGE, 0, NULL, 0, 0, HTTP_FINE, RETRY(BAD_FRAMING) },
{ "cut in the body", RANGE, 206, GOOD_RANGE, 50, '0', HTTP_SHORT, RETRY(SHORT_BODY) },
{ "reset in the body", RANGE, 206, GOOD_RANGE, 50, '0', HTTP_BROKEN, RETRY(NETWORK) },
{ "reset with all bytes there", RANGE, 206, GOOD_RANGE, 100, '0', HTTP_BROKEN, RETRY(NETWORK) },
{ "stalled in the body", RANGE, 206, GOOD_RANGE, 50, '0', HTTP_TIMEOUT, RETRY(TIMEOUT) },
{ "last chunk missing", LIST, 200, SERVICE CHUNKED, 50, 0, HTTP_SHORT, RETRY(SHORT_BODY) },
{ "list over our limit", LIST, 200, SERVICE CHUNKED, 50, 0, HTTP_LIMIT, RETRY(LIMIT) },
{ "200 for a range, over our limit", RANGE, 200, BLOB LENGTH(1000), 100, '0', HTTP_LIMIT, RETRY(WRONG_STATUS) },
{ "503 cut in its body", RANGE, 503, SERVICE LENGTH(100), 5, 0, HTTP_SHORT, RETRY(BUSY) },
{ "404 cut in its body", RANGE, 404, SERVICE LENGTH(100), 5, 0, HTTP_SHORT, GAP(NOT_FOUND) },
{ "412 with a body over the limit", RANGE, 412, SERVICE LENGTH(100), 5, 0, HTTP_LIMIT, CHANGED(PRECONDITION) },
{ "two lengths in a 404", RANGE, 404, SERVICE LENGTH(0) LENGTH(5), 0, 0, HTTP_FINE, RETRY(BAD_FRAMING) },
};

/* Errors: the same whatever was asked. */
static const struct {
	int status;
	const char * code; /* x-ms-error-code; NULL: none. */
	enum response_outcome outcome;
	enum response_reason reason;
} errors[] = {
{ 301, NULL, GAP(REDIRECT) },
{ 302, NULL, GAP(REDIRECT) },
{ 303, NULL, GAP(REDIRECT) },
{ 304, NULL, RETRY(WRONG_STATUS) },
{ 307, NULL, GAP(REDIRECT) },
{ 308, NULL, GAP(REDIRECT) },
{ 400, "InvalidHeaderValue", GAP(BAD_REQUEST) },
{ 400, "InvalidAuthenticationInfo", RESPONSE_DENIED, RESPONSE_NOT_ALLOWED },
{ 400, NULL, GAP(BAD_REQUEST) },
{ 401, "NoAuthenticationInformation", RESPONSE_DENIED, RESPONSE_NOT_ALLOWED },
{ 402, NULL, GAP(BAD_REQUEST) },
{ 403, "AuthenticationFailed", RESPONSE_DENIED, RESPONSE_NOT_ALLOWED },
{ 403, "AuthorizationFailure", RESPONSE_DENIED, RESPONSE_NOT_ALLOWED },
{ 403, "AuthorizationPermissionMismatch", RESPONSE_DENIED, RESPONSE_NOT_ALLOWED },
{ 403, "AccountIsDisabled", RESPONSE_DENIED, RESPONSE_NOT_ALLOWED },
{ 403, "KeyVaultEncryptionKeyNotFound", GAP(KEY_REVOKED) },
{ 403, "KeyVaultAccessTokenCannotBeAcquired", GAP(KEY_REVOKED) },
{ 404, "BlobNotFound", GAP(NOT_FOUND) },
{ 404, "ContainerNotFound", GAP(NOT_FOUND) },
{ 404, NULL, GAP(NOT_FOUND) },
{ 405, NULL, GAP(BAD_REQUEST) },
{ 408, NULL, RETRY(BUSY) },
{ 409, "BlobArchived", GAP(ARCHIVED) },
{ 409, "BlobBeingRehydrated", GAP(ARCHIVED) },
{ 409, "BlobUsesCustomerSpecifiedEncryption", GAP(KEY_REVOKED) },
{ 409, "LeaseIdMissing", GAP(LEASED) },
{ 409, "PublicAccessNotPermitted", RESPONSE_DENIED, RESPONSE_NOT_ALLOWED },
{ 409, "ContainerBeingDeleted", GAP(GONE) },
{ 409, "KeyVaultKeyNotFound", GAP(KEY_REVOKED) },
{ 409, "LeaseLost", GAP(LEASED) },
{ 409, "SnapshotsPresent", GAP(CONFLICT) },
{ 409, "SomethingNew", GAP(CONFLICT) },
{ 410, "ResourceGone", GAP(GONE) },
{ 410, NULL, GAP(GONE) },
{ 411, NULL, GAP(BAD_REQUEST) },
{ 412, "ConditionNotMet", CHANGED(PRECONDITION) },
{ 412, "LeaseIdMismatchWithBlobOperation", GAP(LEASED) },
{ 412, NULL, CHANGED(PRECONDITION) },
{ 414, NULL, GAP(BAD_REQUEST) },
{ 416, "InvalidRange", CHANGED(SHRUNK) },
{ 418, NULL, GAP(BAD_REQUEST) },
{ 429, NULL, RETRY(BUSY) },
{ 431, NULL, GAP(BAD_REQUEST) },
{ 500, "InternalError", RETRY(SERVER_ERROR) },
{ 500, "OperationTimedOut", RETRY(SERVER_ERROR) },
{ 501, "NotImplemented", GAP(BAD_REQUEST) },
{ 502, NULL, RETRY(SERVER_ERROR) },
{ 503, "ServerBusy", RETRY(BUSY) },
{ 504, NULL, RETRY(SERVER_ERROR) },
{ 505, NULL, GAP(BAD_REQUEST) },
{ 599, NULL, RETRY(SERVER_ERROR) },
};
/* clang-format on */

#endif
