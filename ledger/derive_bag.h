#ifndef LEDGER_DERIVE_BAG_H
#define LEDGER_DERIVE_BAG_H

#include <stdint.h>

#include "evidence/derived.h"
#include "evidence/digest.h"
#include "evidence/err.h"

/*
 * The bag that is about to be signed as derived evidence: every file in it is
 * hashed before, so that nothing is signed that is not what its manifests say.
 */
#define DERIVE_BAG_LIST_MAX ((size_t)1 << 20) /* Bytes of a manifest. */

struct derive_bag {
	int dir;
	uint8_t tagmanifest_sha256[DIGEST_SHA256_LEN];
	struct derived derived;
	int64_t files; /* That were hashed. */
};

/**
 * derive_bag_open(bag, path, e):
 * Open the bag in the folder ${path} into ${bag} and hash all of it: each file
 * is named by a manifest and is as it says, and each file that one names is
 * there.  Return 0, or -1 with ${e} set (ERR_USAGE if it was signed already);
 * derive_bag_close follows either.
 */
int derive_bag_open(struct derive_bag * bag, const char * path, struct err * e);

/**
 * derive_bag_close(bag):
 * Release what ${bag} holds.
 */
void derive_bag_close(struct derive_bag * bag);

#endif
