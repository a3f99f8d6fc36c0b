#ifndef EVIDENCE_TIMESTAMP_QUERY_H
#define EVIDENCE_TIMESTAMP_QUERY_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/err.h"

/*
 * A request for a time stamp (RFC 3161, TimeStampReq): made here, sent by
 * somebody else, and read again to compare the answer with it.
 */
#define TIMESTAMP_NONCE_LEN 16 /* Bytes of ours; the first is 1 to 127. */
#define TIMESTAMP_NONCE_MAX 32
#define TIMESTAMP_POLICY_SIZE 128 /* Of an OID in digits and points. */
#define TIMESTAMP_QUERY_MAX 4096  /* Bytes of a request. */

struct timestamp_query {
	uint8_t imprint[DIGEST_MAX_LEN];
	size_t imprint_len; /* 32, 48 or 64: which SHA-2 it is. */
	uint8_t nonce[TIMESTAMP_NONCE_MAX];
	size_t nonce_len;                   /* 0: none. */
	char policy[TIMESTAMP_POLICY_SIZE]; /* "": any. */
};

/**
 * timestamp_make_query(bytes, len, policy, query, out, e):
 * Make a request over the SHA-256 of ${len} ${bytes} under ${policy} (NULL for
 * any), with a fresh nonce, and asking for the certificate.  Fill ${query} and
 * append the request to ${out}.  Return 0, or -1 with ${e} set.
 */
int timestamp_make_query(const void * bytes, size_t len, const char * policy,
    struct timestamp_query * query, struct buf * out, struct err * e);

/**
 * timestamp_parse_query(bytes, len, query, e):
 * Read a request into ${query}.  Return 0, or -1 with ${e} set.
 */
int timestamp_parse_query(const void * bytes, size_t len,
    struct timestamp_query * query, struct err * e);

#endif
