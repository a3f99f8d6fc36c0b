/* Audit paths: every leaf of trees of many sizes, and every lie about them. */
#include <stdlib.h>
#include <unistd.h>

#include "evidence/merkle.h"
#include "evidence/merkle_path.h"
#include "tests/unit/unit.h"

#define SIZES 70

static struct digest * d;

/* A file without a name. */
static int
new_file(void)
{
	char name[] = "/tmp/azcustody-unit.XXXXXX";
	int fd = mkstemp(name);

	(void)unlink(name);
	return fd;
}

static size_t
leaf_of(uint64_t i, char text[32])
{
	return (size_t)snprintf(text, 32, "leaf %llu\n", (unsigned long long)i);
}

static struct merkle_nodes *
tree_of(int fd, uint64_t size, struct err * e)
{
	struct merkle_nodes * nodes = merkle_nodes_new(fd, e);
	char text[32];

	for (uint64_t i = 0; i < size; i++)
		EXPECT(merkle_nodes_add(nodes, text, leaf_of(i, text), e) == 0);
	return nodes;
}

static void
hash_of(uint64_t i, uint8_t hash[DIGEST_SHA256_LEN])
{
	char text[32];

	merkle_leaf(d, text, leaf_of(i, text), hash);
}

static void
every_leaf_of_every_size_proves_under_the_root_that_merkle_root_gives(void)
{
	for (uint64_t size = 1; size <= SIZES; size++) {
		struct merkle plain;
		struct merkle_nodes * nodes;
		uint8_t root[DIGEST_SHA256_LEN], same[DIGEST_SHA256_LEN];
		int fd = new_file();
		struct err e;
		char text[32];

		err_init(&e);
		merkle_start(&plain);
		for (uint64_t i = 0; i < size; i++)
			merkle_add(&plain, d, text, leaf_of(i, text));
		merkle_root(&plain, d, same);
		nodes = tree_of(fd, size, &e);
		EXPECT(merkle_nodes_root(nodes, root, &e) == 0);
		EXPECT(memcmp(root, same, sizeof(root)) == 0);
		for (uint64_t i = 0; i < size; i++) {
			struct merkle_path path;
			uint8_t leaf[DIGEST_SHA256_LEN];

			hash_of(i, leaf);
			EXPECT(merkle_nodes_path(nodes, i, &path, &e) == 0);
			EXPECT(merkle_path_check(
				   &path, size, i, leaf, root, d) == 0);
		}
		merkle_nodes_free(nodes);
		(void)close(fd);
	}
}

static void
another_leaf_place_size_or_path_proves_nothing(void)
{
	struct merkle_path path, other;
	uint8_t root[DIGEST_SHA256_LEN], leaf[DIGEST_SHA256_LEN];
	int fd = new_file();
	struct err e;
	struct merkle_nodes * nodes;

	err_init(&e);
	nodes = tree_of(fd, 11, &e);
	EXPECT(merkle_nodes_root(nodes, root, &e) == 0);
	EXPECT(merkle_nodes_path(nodes, 5, &path, &e) == 0);
	EXPECT(merkle_nodes_path(nodes, 4, &other, &e) == 0);
	hash_of(5, leaf);
	EXPECT(merkle_path_check(&path, 11, 5, leaf, root, d) == 0);
	for (uint64_t i = 0; i < 20; i++)
		EXPECT((merkle_path_check(&path, 11, i, leaf, root, d) == 0) ==
		    (i == 5));
	/* The place of a leaf binds the size only as far as the path does. */
	for (uint64_t size = 0; size < 9; size++)
		EXPECT(merkle_path_check(&path, size, 5, leaf, root, d) == -1);
	EXPECT(merkle_path_check(&path, 17, 5, leaf, root, d) == -1);
	EXPECT(merkle_path_check(&other, 11, 5, leaf, root, d) == -1);
	for (size_t i = 0; i < path.n; i++) {
		path.hash[i][i] ^= 1;
		EXPECT(merkle_path_check(&path, 11, 5, leaf, root, d) == -1);
		path.hash[i][i] ^= 1;
	}
	path.n--;
	EXPECT(merkle_path_check(&path, 11, 5, leaf, root, d) == -1);
	path.n += 2;
	memset(path.hash[path.n - 1], 0, DIGEST_SHA256_LEN);
	EXPECT(merkle_path_check(&path, 11, 5, leaf, root, d) == -1);
	path.n--;
	hash_of(4, leaf);
	EXPECT(merkle_path_check(&path, 11, 5, leaf, root, d) == -1);
	merkle_nodes_free(nodes);
	(void)close(fd);
}

static void
an_inner_node_cannot_pass_for_a_leaf(void)
{
	/* The two hashes below an inner node, shown as a line of 64 bytes. */
	uint8_t pair[2 * DIGEST_SHA256_LEN], root[DIGEST_SHA256_LEN];
	uint8_t leaf[DIGEST_SHA256_LEN];
	struct merkle_path path;
	int fd = new_file();
	struct err e;
	struct merkle_nodes * nodes;

	err_init(&e);
	nodes = tree_of(fd, 4, &e);
	EXPECT(merkle_nodes_root(nodes, root, &e) == 0);
	EXPECT(merkle_nodes_path(nodes, 0, &path, &e) == 0);
	hash_of(0, pair);
	hash_of(1, pair + DIGEST_SHA256_LEN);
	merkle_leaf(d, pair, sizeof(pair), leaf);
	memcpy(path.hash[0], path.hash[1], DIGEST_SHA256_LEN);
	path.n = 1;
	EXPECT(merkle_path_check(&path, 2, 0, leaf, root, d) == -1);
	merkle_nodes_free(nodes);
	(void)close(fd);
}

static void
a_leaf_that_is_not_there_has_no_path(void)
{
	struct merkle_path path;
	int fd = new_file();
	struct err e;
	struct merkle_nodes * nodes;

	err_init(&e);
	nodes = tree_of(fd, 3, &e);
	EXPECT(merkle_nodes_path(nodes, 3, &path, &e) == -1);
	EXPECT(e.kind == ERR_BUG);
	merkle_nodes_free(nodes);
	(void)close(fd);
}

int
main(void)
{
	struct err e;

	err_init(&e);
	d = digest_new(DIGEST_SHA256, &e);
	if (d == NULL)
		return 1;
	RUN(every_leaf_of_every_size_proves_under_the_root_that_merkle_root_gives);
	RUN(another_leaf_place_size_or_path_proves_nothing);
	RUN(an_inner_node_cannot_pass_for_a_leaf);
	RUN(a_leaf_that_is_not_there_has_no_path);
	digest_free(d);
	return unit_failed;
}
