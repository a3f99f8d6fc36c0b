#ifndef VERIFY_TIMELINE_SIGNED_H
#define VERIFY_TIMELINE_SIGNED_H

#include <stdint.h>

#include "evidence/derived.h"
#include "evidence/digest.h"
#include "evidence/err.h"

#include "verify/timeline_check.h"

/*
 * Who signed the bag of a timeline as derived evidence, and what the ledgers of
 * its packages say about that.
 */

/**
 * timeline_signed_check(c, derived, tagmanifest_sha256, e):
 * Judge derivation.json in the bag of ${c}, if there is one, against ${derived}
 * and the digest of the bag's tag manifest, and the entries in the ledgers of
 * the packages that were brought.  Return 0, or -1 with ${e} set if that could
 * not be done.
 */
int timeline_signed_check(struct timeline_check * c,
    const struct derived * derived,
    const uint8_t tagmanifest_sha256[DIGEST_SHA256_LEN], struct err * e);

#endif
