#ifndef COLLECT_CONNECTION_H
#define COLLECT_CONNECTION_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/request.h"

#include "collect/certificates.h"
#include "collect/http.h"

/*
 * The connections that requests went over: what each was is written once, with
 * the first line of requests.jsonl that went over it, and by number in every
 * further one.
 *
 * A connection is met on the network's thread and numbered on the one that
 * records, in the order of the lines; each exchange holds it by a count.
 */
struct connection {
	atomic_int refs;
	int64_t number; /* 0 until it is recorded; the recorder's own. */
	char key[160];  /* Both ends, by which it is known again. */
	char peer[64];
	char local[80];
	char protocol[16]; /* "" without TLS. */
	char cipher[64];
	char chain[HTTP_CERTIFICATES_MAX][DIGEST_SHA256_HEX];
	const char * texts[HTTP_CERTIFICATES_MAX]; /* The same. */
	size_t chain_len;
};

/* Those that are open, as far as anybody knows.  Starts as zeros. */
struct connections {
	struct connection * list[HTTP_IN_FLIGHT_MAX];
	size_t next; /* To be replaced, when all have been used. */
};

/**
 * connections_meet(c, result, certificates, connection, e):
 * Find the connection that ${result} came over in ${c}, or note it as a new
 * one, its certificates kept in ${certificates}.  Put it, for connection_drop,
 * into ${connection}; NULL if none came about.  Return 0, or -1 with ${e} set.
 */
int connections_meet(struct connections * c, const struct http_result * result,
    struct certificates * certificates, struct connection ** connection,
    struct err * e);

/**
 * connection_describe(connection, count, request):
 * Fill what ${request}, a line that is about to be written, says of
 * ${connection} (NULL: nothing); a connection without a number takes the next
 * of ${count}.  The texts borrow from ${connection}.
 */
void connection_describe(
    struct connection * connection, int64_t * count, struct request * request);

/**
 * connection_drop(connection):
 * Give back what connections_meet gave; NULL is fine.
 */
void connection_drop(struct connection * connection);

/**
 * connections_clear(c):
 * Forget all of ${c}.
 */
void connections_clear(struct connections * c);

#endif
