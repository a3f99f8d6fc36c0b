#ifndef EVIDENCE_FOOTPRINT_H
#define EVIDENCE_FOOTPRINT_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/document.h"
#include "evidence/err.h"

/*
 * meta/footprint.json: how to find this collection's own lines in the target's
 * logs, so that nobody takes them for the intruder's, or the other way round.
 */
#define FOOTPRINT_MAX ((size_t)1 << 20) /* Bytes. */
#define FOOTPRINT_MAX_LIST 256
#define FOOTPRINT_LISTS 3

struct footprint {
	const char * user_agent;
	const char * client_request_prefix; /* Of x-ms-client-request-id. */
	int64_t first_request_at;           /* CLOCK_UNKNOWN: none was sent. */
	int64_t last_request_at;
	int64_t requests;              /* As many as lines of requests.jsonl. */
	int64_t bytes;                 /* Bodies received. */
	const char * const * accounts; /* Whose logs show them. */
	size_t n_accounts;
	const char * const * addresses; /* Local addresses of the sockets. */
	size_t n_addresses;
	const char * const * log_hashes; /* "SasSignature(...)" and the like. */
	size_t n_log_hashes;

	/* Owned by a parsed one. */
	struct document doc;
	const char ** own_lists[FOOTPRINT_LISTS];
};

/**
 * footprint_format(footprint, out, e):
 * Append the document of ${footprint} to ${out}.  Return 0, or -1 with ${e}
 * set.
 */
int footprint_format(
    const struct footprint * footprint, struct buf * out, struct err * e);

/**
 * footprint_parse(bytes, len, footprint, e):
 * Parse the document into ${footprint}.  Return 0, and footprint_free releases
 * it, or -1 with ${e} set and ${footprint} empty.
 */
int footprint_parse(const void * bytes, size_t len,
    struct footprint * footprint, struct err * e);

/**
 * footprint_free(footprint):
 * Release what a parsed ${footprint} owns and make it zeros.
 */
void footprint_free(struct footprint * footprint);

#endif
