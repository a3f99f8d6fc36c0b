#include <string.h>

#include "evidence/merkle.h"

/* RFC 9162, 2.1.1: what is hashed in front of a leaf and of a pair. */
static const uint8_t leaf_mark = 0x00;
static const uint8_t pair_mark = 0x01;

void
merkle_leaf(struct digest * d, const void * leaf, size_t len,
    uint8_t hash[DIGEST_SHA256_LEN])
{
	digest_restart(d);
	digest_update(d, &leaf_mark, 1);
	digest_update(d, leaf, len);
	digest_finish(d, hash);
}

void
merkle_pair(struct digest * d, const uint8_t left[DIGEST_SHA256_LEN],
    const uint8_t right[DIGEST_SHA256_LEN], uint8_t hash[DIGEST_SHA256_LEN])
{
	digest_restart(d);
	digest_update(d, &pair_mark, 1);
	digest_update(d, left, DIGEST_SHA256_LEN);
	digest_update(d, right, DIGEST_SHA256_LEN);
	digest_finish(d, hash);
}

void
merkle_start(struct merkle * m)
{
	memset(m, 0, sizeof(*m));
}

void
merkle_add(struct merkle * m, struct digest * d, const void * leaf, size_t len)
{
	uint8_t hash[DIGEST_SHA256_LEN];

	merkle_leaf(d, leaf, len, hash);
	merkle_add_leaf(m, d, hash);
}

void
merkle_add_leaf(
    struct merkle * m, struct digest * d, const uint8_t leaf[DIGEST_SHA256_LEN])
{
	uint8_t hash[DIGEST_SHA256_LEN];
	int k = 0;

	memcpy(hash, leaf, sizeof(hash));
	/* Like adding one to a binary number: full subtrees carry. */
	for (; (k < 63) && (((m->size >> k) & 1) != 0); k++)
		merkle_pair(d, m->node[k], hash, hash);
	memcpy(m->node[k], hash, sizeof(hash));
	m->size++;
}

void
merkle_root(
    const struct merkle * m, struct digest * d, uint8_t root[DIGEST_SHA256_LEN])
{
	int k = 0;

	if (m->size == 0) {
		digest_sha256("", 0, root);
		return;
	}
	while (((m->size >> k) & 1) == 0)
		k++;
	memcpy(root, m->node[k], DIGEST_SHA256_LEN);
	for (k++; k < 64; k++) {
		if (((m->size >> k) & 1) != 0)
			merkle_pair(d, m->node[k], root, root);
	}
}
