#ifndef COLLECT_PROBE_H
#define COLLECT_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/err.h"

#include "collect/azure.h"
#include "collect/http.h"
#include "collect/response_check.h"
#include "collect/response_headers.h"

/*
 * One question of the smallest size and its answer, with what the connection
 * says about the service: outside of any collection, and recorded nowhere.
 */
#define PROBE_BODY_MAX ((int64_t)4 << 20)
#define PROBE_TRIES 3 /* Where the service asks for another try. */

struct probe {
	enum http_fault fault;
	struct response_verdict verdict;
	int status;
	bool has_headers;
	struct response_headers headers; /* Freed by probe_clear. */
	struct buf body;
	int64_t took_ms;
	bool has_skew; /* Our clock minus theirs. */
	int64_t skew_lo_ms;
	int64_t skew_hi_ms;
	char protocol[16]; /* "" without TLS, and below. */
	char cipher[64];
	bool has_certificate;
	uint8_t certificate[DIGEST_SHA256_LEN]; /* Of the peer's own. */
	size_t chain_len;
};

/**
 * probe_send(http, request, asked, p, e):
 * Send ${request} through ${http}, wait for the answer and judge it as one to
 * ${asked}; ${p}, which probe_clear releases, is filled whatever came.  Return
 * 0, or -1 with ${e} set (ERR_STOPPED after a signal) if nothing can be said.
 */
int probe_send(struct http * http, const struct azure_request * request,
    const struct response_asked * asked, struct probe * p, struct err * e);

/**
 * probe_clear(p):
 * Release what ${p} owns and make it empty.
 */
void probe_clear(struct probe * p);

#endif
