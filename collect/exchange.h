#ifndef COLLECT_EXCHANGE_H
#define COLLECT_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/request.h"

#include "collect/azure.h"
#include "collect/certificates.h"
#include "collect/connection.h"
#include "collect/crc64.h"
#include "collect/http.h"
#include "collect/pace.h"
#include "collect/response_check.h"
#include "collect/response_headers.h"
#include "collect/sent.h"

/*
 * One question to the service and its answer, judged: the request, the header
 * block, the body in memory, when, through which certificate, how far the
 * clocks are apart, and the verdict of response_check.  An exchange is made on
 * the network's thread and may then be handed to another one, which frees it.
 */
#define EXCHANGE_ERROR_BODY_MAX 65536 /* Bytes of an error's body, skipped. */

struct exchange;

/* Everything that exchanges of a run share; borrowed by each. */
struct exchange_line {
	struct http * http;
	struct certificates * certificates;
	struct connections * connections; /* NULL: nobody wants to know. */
	struct pace * pace;               /* NULL: as fast as it goes. */
	struct sent * sent;               /* NULL: nothing is noted. */
	/* The answer is there and judged; ${x} now belongs to the callee. */
	void (*done)(void * cookie, struct exchange * x);
	void * cookie;
	struct err * e;   /* The first failure that is not about an answer. */
	int64_t received; /* Bytes of bodies. */
	uint64_t got;     /* A bit for each account that gave something. */
	int * refused;    /* Gets the account, + 1, whose credential is at its
			   * end; NULL: nobody asks. */
};

struct exchange {
	struct exchange * next; /* For whoever owns it. */
	struct exchange_line * line;
	void * owner; /* The asker's own. */

	/* The question; the texts in it are borrowed until it is answered. */
	struct response_asked asked;
	int64_t body_max; /* Bytes of body that may come. */
	int64_t source;   /* Index into sources.json, or -1. */
	int service;      /* Index of the account. */
	bool is_head;
	char * url; /* Without the signature. */
	char client_request_id[AZURE_RUN_ID_MAX + 24];
	struct http_call * call; /* While it is in flight. */
	int64_t sent_file;       /* Where it is noted: sent.h; 0: nowhere. */

	/* The answer. */
	enum http_fault fault; /* On the way, as the transport saw it. */
	struct response_verdict verdict;
	struct response_headers headers;
	bool has_headers;
	bool is_judged; /* By its headers: the body is skipped. */
	int status;
	struct buf body;
	struct buf head;     /* RESPONSE_ABOUT: status line and headers, raw. */
	struct digest * md5; /* If the answer announces one. */
	struct crc64 * crc64; /* The same. */
	int64_t received;     /* Bytes of body, skipped ones too. */
	int64_t sent_at;
	int64_t sent_monotonic_ms; /* By a clock that is never set. */
	int64_t done_at;
	bool has_skew;
	int64_t skew_lo_ms;
	int64_t skew_hi_ms;
	bool has_tls;
	uint8_t tls[DIGEST_SHA256_LEN]; /* Of the peer's own certificate. */
	char host[HTTP_ORIGIN_MAX];
	char local[64];                 /* Our own address. */
	struct connection * connection; /* It came over; NULL: none. */
	int64_t wait_ms; /* Until it is asked again; -1: it is not. */
	int64_t weight;  /* Bytes it was allowed; for whoever counts them. */
};

/**
 * exchange_may_start(line):
 * Return whether one more may be started now: the transport has room, and the
 * pace allows it.
 */
bool exchange_may_start(const struct exchange_line * line);

/**
 * exchange_start(line, request, asked, body_max, e):
 * Send ${request} (its body_max is replaced; the caller still frees it) as the
 * question ${asked}, whose answer may have ${body_max} bytes.  Return the
 * exchange, which ${line} hands to its done when it is answered, or NULL with
 * ${e} set.
 */
struct exchange * exchange_start(struct exchange_line * line,
    struct azure_request * request, const struct response_asked * asked,
    int64_t body_max, struct err * e);

/**
 * exchange_stop(x):
 * Give up the exchange ${x}, which is in flight: it counts as answered and
 * interrupted, ${x} belongs to the caller, and done is not called.
 */
void exchange_stop(struct exchange * x);

/**
 * exchange_is_in_flight(x):
 * Return whether ${x} has not been handed to done.
 */
bool exchange_is_in_flight(const struct exchange * x);

/**
 * exchange_describe(x, request):
 * Fill the line ${request} for requests.jsonl, but for its seq; its texts
 * borrow from ${x}.
 */
void exchange_describe(const struct exchange * x, struct request * request);

/**
 * exchange_free(x):
 * Release the answered exchange ${x}; NULL is fine.
 */
void exchange_free(struct exchange * x);

#endif
