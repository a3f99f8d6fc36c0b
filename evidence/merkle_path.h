#ifndef EVIDENCE_MERKLE_PATH_H
#define EVIDENCE_MERKLE_PATH_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"

/*
 * Audit paths of a Merkle tree (RFC 9162, 2.1.3): that one leaf stands at its
 * place under a root, without any other leaf.  To make paths, the hashes of
 * all full subtrees are kept in a file in the order in which merkle_add
 * completes them, which gives each a place that can be computed: memory is
 * flat, whatever the size of the tree.
 *
 *	Before leaf m (from 0) the file holds 2m - popcount(m) hashes; behind
 *	them come the leaf's own hash, then that of each subtree it completes.
 */
#define MERKLE_PATH_MAX 63 /* Hashes of one path. */

struct merkle_path {
	uint8_t hash[MERKLE_PATH_MAX][DIGEST_SHA256_LEN]; /* Bottom up. */
	size_t n;
};

struct merkle_nodes; /* The file of hashes. */

/**
 * merkle_nodes_new(fd, e):
 * Start an empty tree whose hashes go to the empty file ${fd} (borrowed, read
 * and write).  Return what merkle_nodes_free ends, or NULL with ${e} set.
 */
struct merkle_nodes * merkle_nodes_new(int fd, struct err * e);

/**
 * merkle_nodes_add(nodes, leaf, len, e):
 * Append the ${len} bytes of ${leaf}, a catalogue line with its LF.  Return 0,
 * or -1 with ${e} set.
 */
int merkle_nodes_add(
    struct merkle_nodes * nodes, const void * leaf, size_t len, struct err * e);

/**
 * merkle_nodes_root(nodes, root, e):
 * Write the hash of the whole tree to ${root}.  Return 0, or -1 with ${e} set.
 */
int merkle_nodes_root(struct merkle_nodes * nodes,
    uint8_t root[DIGEST_SHA256_LEN], struct err * e);

/**
 * merkle_nodes_path(nodes, index, path, e):
 * Put the path of leaf ${index}, counted from 0, into ${path}.  Return 0, or -1
 * with ${e} set.
 */
int merkle_nodes_path(struct merkle_nodes * nodes, uint64_t index,
    struct merkle_path * path, struct err * e);

/**
 * merkle_nodes_free(nodes):
 * Release ${nodes}; NULL is fine.
 */
void merkle_nodes_free(struct merkle_nodes * nodes);

/**
 * merkle_path_check(path, size, index, leaf, root, d):
 * Check by ${path} that the leaf whose hash is ${leaf} is leaf ${index} of the
 * ${size} leaves under ${root}; ${d} is a SHA-256 to compute with.  Return 0,
 * or -1 if it is not.
 */
int merkle_path_check(const struct merkle_path * path, uint64_t size,
    uint64_t index, const uint8_t leaf[DIGEST_SHA256_LEN],
    const uint8_t root[DIGEST_SHA256_LEN], struct digest * d);

#endif
