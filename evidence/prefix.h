#ifndef EVIDENCE_PREFIX_H
#define EVIDENCE_PREFIX_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/package_walk.h"

/*
 * How far two members of two packages agree, read side by side from their
 * first bytes on.  What is read is held to the digest that the catalogue of its
 * package says, so that nothing is claimed of other bytes.
 *
 * A log blob only ever grows: an append blob at its end, and a flow log, which
 * is a block blob with one JSON document, in front of the "]}" that closes it.
 * So the earlier state must be found again at the front of the later one, whole
 * or but for its two last bytes.
 */
#define PREFIX_CLOSING "]}" /* Ends a flow log; not part of what must stay. */
#define PREFIX_CLOSING_LEN 2

/* A member and what its package's catalogue says of it. */
struct prefix_member {
	struct package_walk * walk; /* Of its package. */
	int64_t offset;
	int64_t size;
	const uint8_t * sha256;
	bool is_append; /* An append blob: its end must stay as well. */
};

struct prefix_result {
	bool is_prefix;   /* All that must stay did, and more came. */
	int64_t needed;   /* Bytes of the earlier state that must stay. */
	int64_t compared; /* Bytes at the front that are the same: needed, if
			   * it is a prefix. */
	uint8_t sha256[DIGEST_SHA256_LEN]; /* Of those. */
};

/**
 * prefix_compare(earlier, later, result, e):
 * Compare the front of ${later} with ${earlier} into ${result}.  Return 0, or -1
 * with ${e} set (ERR_FORGED if either is not what its catalogue says).
 */
int prefix_compare(const struct prefix_member * earlier,
    const struct prefix_member * later, struct prefix_result * result,
    struct err * e);

#endif
