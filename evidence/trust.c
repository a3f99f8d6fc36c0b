#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/text.h"
#include "evidence/trust.h"

struct trust {
	struct trust_key keys[TRUST_MAX_KEYS];
	size_t n;
};

struct trust *
trust_new(struct err * e)
{
	struct trust * trust = calloc(1, sizeof(*trust));

	if (trust == NULL)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	return trust;
}

int
trust_add_file(struct trust * trust, const char * path, struct err * e)
{
	struct trust_key key = { 0 };

	if (ed25519_load_public(path, &key.key, e) != 0) {
		err_in(e, "trusted key");
		return -1;
	}
	ed25519_digest_public(&key.key, key.sha256);
	if (trust_find(trust, key.sha256) != NULL)
		return 0;
	if (trust->n == TRUST_MAX_KEYS) {
		err_set(e, ERR_LIMIT, NULL, "more than %d trusted keys",
		    TRUST_MAX_KEYS);
		return -1;
	}
	key.name = text_copy(path, e);
	if (key.name == NULL)
		return -1;
	trust->keys[trust->n++] = key;
	return 0;
}

size_t
trust_count(const struct trust * trust)
{
	return (trust == NULL) ? 0 : trust->n;
}

const struct trust_key *
trust_get(const struct trust * trust, size_t i)
{
	assert(i < trust->n);
	return &trust->keys[i];
}

const struct trust_key *
trust_find(const struct trust * trust, const uint8_t sha256[DIGEST_SHA256_LEN])
{
	for (size_t i = 0; i < trust_count(trust); i++) {
		if (memcmp(trust->keys[i].sha256, sha256, DIGEST_SHA256_LEN) ==
		    0)
			return &trust->keys[i];
	}
	return NULL;
}

void
trust_free(struct trust * trust)
{
	if (trust == NULL)
		return;
	for (size_t i = 0; i < trust->n; i++)
		free(trust->keys[i].name);
	free(trust);
}
