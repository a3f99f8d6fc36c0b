#ifndef COLLECT_WAY_H
#define COLLECT_WAY_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/secret.h"

#include "collect/http.h"
#include "collect/options.h"

/*
 * The way to a service as the words say it: which certificates and keys are
 * trusted, and through which proxy.  Requests borrow its http: it is not to be
 * moved while one is in flight.
 */
struct way {
	struct http_way http; /* Points at what is below, and at the words. */
	uint8_t pins[OPTIONS_MAX_PINS][DIGEST_SHA256_LEN];
	struct secret * login; /* Of the proxy; NULL: none. */
};

/**
 * way_has_own(own):
 * Return whether the words ${own} of an account (NULL: none) say anything about
 * the way to it.
 */
bool way_has_own(const struct options * own);

/**
 * way_new(o, own, e):
 * Return the way that the words ${o} say and, in their place, those of one
 * account ${own} (NULL: none), from which it borrows.  The login is read here,
 * once.  The caller frees it with way_free; NULL with ${e} set.
 */
struct way * way_new(
    const struct options * o, const struct options * own, struct err * e);

/**
 * way_free(w):
 * Wipe and release ${w}; NULL is fine.
 */
void way_free(struct way * w);

#endif
