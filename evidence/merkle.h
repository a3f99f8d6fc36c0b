#ifndef EVIDENCE_MERKLE_H
#define EVIDENCE_MERKLE_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"

/*
 * The Merkle tree hash of RFC 9162 section 2.1 over a list of leaves, one
 * after the other, in O(log n) memory.  The state is plain bytes and may be
 * kept in a checkpoint.
 *
 * Invariant: node[k] for each set bit k of size is the hash of a full subtree
 * of 2^k leaves, the larger ones further left.
 */
struct merkle {
	uint64_t size;
	uint8_t node[64][DIGEST_SHA256_LEN];
};

/**
 * merkle_leaf(d, leaf, len, hash):
 * Write the hash of a ${leaf} of ${len} bytes to ${hash}; ${d} is a SHA-256 to
 * compute with, which is restarted.
 */
void merkle_leaf(struct digest * d, const void * leaf, size_t len,
    uint8_t hash[DIGEST_SHA256_LEN]);

/**
 * merkle_pair(d, left, right, hash):
 * Write the hash of the subtrees ${left} and ${right} to ${hash}, which may be
 * either of them; ${d} as in merkle_leaf.
 */
void merkle_pair(struct digest * d, const uint8_t left[DIGEST_SHA256_LEN],
    const uint8_t right[DIGEST_SHA256_LEN], uint8_t hash[DIGEST_SHA256_LEN]);

/**
 * merkle_start(m):
 * Make ${m} the tree of no leaves.
 */
void merkle_start(struct merkle * m);

/**
 * merkle_add(m, d, leaf, len):
 * Append the ${len} bytes of ${leaf} (a catalogue line with its LF).  ${d} is
 * a SHA-256 to compute with; it is restarted.
 */
void merkle_add(
    struct merkle * m, struct digest * d, const void * leaf, size_t len);

/**
 * merkle_add_leaf(m, d, leaf):
 * As merkle_add, with the hash of the ${leaf} as merkle_leaf gives it.
 */
void merkle_add_leaf(struct merkle * m, struct digest * d,
    const uint8_t leaf[DIGEST_SHA256_LEN]);

/**
 * merkle_root(m, d, root):
 * Write the tree hash of what was added so far to ${root}; SHA-256 of nothing
 * for no leaves.  ${m} can go on.
 */
void merkle_root(const struct merkle * m, struct digest * d,
    uint8_t root[DIGEST_SHA256_LEN]);

#endif
