#ifndef COLLECT_STAMPING_H
#define COLLECT_STAMPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/seal.h"
#include "evidence/secret.h"

/*
 * Time stamps (RFC 3161) from the authorities that the operator named.  The
 * requests for them are the only ones of this program with a body, and go to
 * these URLs alone.  What they send is a digest, a nonce and nothing else.
 *
 * An answer is kept only if it was granted as asked, over this digest, with
 * this nonce, and its signature verifies by the certificate that it brings;
 * whether that authority is trusted, the examiner says later.
 */
#define STAMPING_MAX SEAL_MAX_STAMPS /* Authorities. */
#define STAMPING_TRIES 5             /* Unless --tries says otherwise. */
#define STAMPING_WHY_SIZE 200

/* How to ask; all borrowed for as long as there is a struct stamping. */
struct stamping_rules {
	const char * const * urls; /* stamping_check took them. */
	size_t count;
	bool is_optional;     /* Go on without one that fails. */
	const char * ca_file; /* As in struct http_options. */
	const char * proxy;
	const struct secret * proxy_login;
	int64_t timeout; /* Seconds of silence; 0: the default. */
	int tries;       /* 0: STAMPING_TRIES */
};

struct stamping;

/**
 * stamping_check(url, e):
 * Check that ${url} is "https://HOST[:PORT][/PATH]" or the same with "http://",
 * without a name or password.  Return 0, or -1 with ${e} set.
 */
int stamping_check(const char * url, struct err * e);

/**
 * stamping_new(rules, e):
 * Return what asks as ${rules} say, which the caller frees with stamping_free,
 * or NULL with ${e} set.
 */
struct stamping * stamping_new(
    const struct stamping_rules * rules, struct err * e);

/**
 * stamping_count(s):
 * Return how many authorities there are that were not left out; 0 for NULL.
 */
size_t stamping_count(const struct stamping * s);

/**
 * stamping_url(s, i):
 * Return the URL of authority ${i} of those that were not left out.
 */
const char * stamping_url(const struct stamping * s, size_t i);

/**
 * stamping_ask(s, i, bytes, len, out, e):
 * Have authority ${i} of those that were not left out stamp the ${len}
 * ${bytes}, trying again as often as the rules say, and append its answer to
 * ${out}.  Return 0; 1 if it failed and is left out from now on; or -1 with
 * ${e} set (ERR_AGAIN: it could not be reached, ERR_REMOTE: it gave another
 * answer).
 */
int stamping_ask(struct stamping * s, size_t i, const void * bytes, size_t len,
    struct buf * out, struct err * e);

/**
 * stamping_describe(s, out, e):
 * Append one line for people to ${out}: who stamped and when, who was left out
 * and why.  Return 0, or -1 with ${e} set.
 */
int stamping_describe(
    const struct stamping * s, struct buf * out, struct err * e);

/**
 * stamping_free(s):
 * Release ${s}; NULL is fine.
 */
void stamping_free(struct stamping * s);

#endif
