#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/io.h"
#include "evidence/merkle.h"
#include "evidence/merkle_path.h"

#define BLOCK_HASHES 2048 /* Written at once. */

struct merkle_nodes {
	int fd; /* Borrowed. */
	struct digest * d;
	struct merkle tree; /* What merkle_add keeps: the right edge. */
	uint8_t block[BLOCK_HASHES][DIGEST_SHA256_LEN];
	size_t n; /* Of block. */
};

/* Hashes in front of leaf ${m}. */
static uint64_t
place_of(uint64_t m)
{
	uint64_t bits = 0;

	for (uint64_t rest = m; rest != 0; rest &= rest - 1)
		bits++;
	return 2 * m - bits;
}

/* The largest power of two below ${n}, which is at least 2. */
static uint64_t
split(uint64_t n)
{
	uint64_t k = 1;

	while (k < n - k)
		k <<= 1;
	return k;
}

struct merkle_nodes *
merkle_nodes_new(int fd, struct err * e)
{
	struct merkle_nodes * nodes = calloc(1, sizeof(*nodes));

	if (nodes == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	nodes->fd = fd;
	merkle_start(&nodes->tree);
	nodes->d = digest_new(DIGEST_SHA256, e);
	if (nodes->d == NULL) {
		merkle_nodes_free(nodes);
		return NULL;
	}
	return nodes;
}

static int
flush(struct merkle_nodes * nodes, struct err * e)
{
	size_t len = nodes->n * DIGEST_SHA256_LEN;

	if ((len > 0) && (io_write_all(nodes->fd, nodes->block, len, e) != 0))
		return -1;
	nodes->n = 0;
	return 0;
}

static int
put(struct merkle_nodes * nodes, const uint8_t hash[DIGEST_SHA256_LEN],
    struct err * e)
{
	memcpy(nodes->block[nodes->n++], hash, DIGEST_SHA256_LEN);
	return (nodes->n == BLOCK_HASHES) ? flush(nodes, e) : 0;
}

int
merkle_nodes_add(
    struct merkle_nodes * nodes, const void * leaf, size_t len, struct err * e)
{
	struct merkle * tree = &nodes->tree;
	uint8_t hash[DIGEST_SHA256_LEN];

	merkle_leaf(nodes->d, leaf, len, hash);
	if (put(nodes, hash, e) != 0)
		return -1;
	for (int k = 0; ((tree->size >> k) & 1) != 0; k++) {
		merkle_pair(nodes->d, tree->node[k], hash, hash);
		if (put(nodes, hash, e) != 0)
			return -1;
	}
	merkle_add(tree, nodes->d, leaf, len);
	return 0;
}

int
merkle_nodes_root(struct merkle_nodes * nodes, uint8_t root[DIGEST_SHA256_LEN],
    struct err * e)
{
	if (flush(nodes, e) != 0)
		return -1;
	merkle_root(&nodes->tree, nodes->d, root);
	return 0;
}

/* Read the hash of the full subtree of 2^${level} leaves from ${first} on. */
static int
read_node(struct merkle_nodes * nodes, unsigned level, uint64_t first,
    uint8_t hash[DIGEST_SHA256_LEN], struct err * e)
{
	uint64_t last = first + (UINT64_C(1) << level) - 1;
	uint64_t place = place_of(last) + level;
	ssize_t n = io_read_at(nodes->fd, hash, DIGEST_SHA256_LEN,
	    (int64_t)(place * DIGEST_SHA256_LEN), e);

	if (n == DIGEST_SHA256_LEN)
		return 0;
	if (n >= 0)
		err_set(e, ERR_BUG, NULL, "a hash of the tree is missing");
	return -1;
}

/*
 * The hash of the leaves from ${first} up to ${end}, one at least: the full subtrees that
 * they are made of, largest first, joined from the right.
 */
static int
read_range(struct merkle_nodes * nodes, uint64_t first, uint64_t end,
    uint8_t hash[DIGEST_SHA256_LEN], struct err * e)
{
	uint8_t part[64][DIGEST_SHA256_LEN];
	size_t n = 0;

	do {
		unsigned level = 0;

		while (((UINT64_C(2) << level) <= end - first) && (level < 62))
			level++;
		if (read_node(nodes, level, first, part[n], e) != 0)
			return -1;
		n++;
		first += UINT64_C(1) << level;
	} while (first < end);
	memcpy(hash, part[n - 1], DIGEST_SHA256_LEN);
	for (size_t i = n - 1; i > 0; i--)
		merkle_pair(nodes->d, part[i - 1], hash, hash);
	return 0;
}

int
merkle_nodes_path(struct merkle_nodes * nodes, uint64_t index,
    struct merkle_path * path, struct err * e)
{
	uint64_t first = 0, end = nodes->tree.size;
	size_t n = 0;

	if (index >= end) {
		err_set(e, ERR_BUG, NULL, "a leaf that the tree does not have");
		return -1;
	}
	if (flush(nodes, e) != 0)
		return -1;
	/* From the root down; the path is told from the leaf up. */
	while (end - first > 1) {
		uint64_t middle = first + split(end - first);
		bool is_left = index < middle;

		memmove(path->hash[1], path->hash[0], n * DIGEST_SHA256_LEN);
		if (read_range(nodes, is_left ? middle : first,
			is_left ? end : middle, path->hash[0], e) != 0)
			return -1;
		n++;
		if (is_left)
			end = middle;
		else
			first = middle;
	}
	path->n = n;
	return 0;
}

void
merkle_nodes_free(struct merkle_nodes * nodes)
{
	if (nodes == NULL)
		return;
	digest_free(nodes->d);
	free(nodes);
}

/* RFC 9162, 2.1.3.2, with its names. */
int
merkle_path_check(const struct merkle_path * path, uint64_t size,
    uint64_t index, const uint8_t leaf[DIGEST_SHA256_LEN],
    const uint8_t root[DIGEST_SHA256_LEN], struct digest * d)
{
	uint8_t r[DIGEST_SHA256_LEN];
	uint64_t fn = index;
	uint64_t sn = size - 1;

	if (index >= size)
		return -1;
	memcpy(r, leaf, sizeof(r));
	for (size_t i = 0; i < path->n; i++) {
		if (sn == 0)
			return -1;
		if (((fn & 1) != 0) || (fn == sn)) {
			merkle_pair(d, path->hash[i], r, r);
			while (((fn & 1) == 0) && (fn != 0)) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			merkle_pair(d, r, path->hash[i], r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return ((sn == 0) && (memcmp(r, root, sizeof(r)) == 0)) ? 0 : -1;
}
