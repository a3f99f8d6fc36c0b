#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/text.h"
#include "evidence/trust.h"

struct trust {
	struct trust_key keys[TRUST_MAX_KEYS];
	size_t n;
	struct trust_demand demands[TRUST_MAX_DEMANDS];
	size_t n_demands;
	struct x509_set * sets[TRUST_SETS];
};

struct trust *
trust_new(struct err * e)
{
	struct trust * trust = calloc(1, sizeof(*trust));

	if (trust == NULL)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	return trust;
}

static void
free_key(struct trust_key * key)
{
	free(key->name);
	for (size_t i = 0; i < key->n_roles; i++)
		free(key->roles[i]);
	memset(key, 0, sizeof(*key));
}

/* Copy ${n} roles; those that were copied are counted in ${done}. */
static int
copy_roles(
    char * const * from, size_t n, char ** to, size_t * done, struct err * e)
{
	for (*done = 0; *done < n; (*done)++) {
		to[*done] = text_copy(from[*done], e);
		if (to[*done] == NULL)
			return -1;
	}
	return 0;
}

int
trust_add_key(
    struct trust * trust, const struct trust_key * key, struct err * e)
{
	struct trust_key copy = *key;

	if (trust->n == TRUST_MAX_KEYS) {
		err_set(e, ERR_LIMIT, NULL, "more than %d trusted keys",
		    TRUST_MAX_KEYS);
		return -1;
	}
	copy.n_roles = 0;
	copy.name = text_copy(key->name, e);
	if ((copy.name == NULL) ||
	    (copy_roles(key->roles, key->n_roles, copy.roles, &copy.n_roles,
		 e) != 0)) {
		free_key(&copy);
		return -1;
	}
	trust->keys[trust->n++] = copy;
	return 0;
}

static void
free_demand(struct trust_demand * demand)
{
	for (size_t i = 0; i < demand->n_roles; i++)
		free(demand->roles[i]);
	memset(demand, 0, sizeof(*demand));
}

int
trust_add_demand(
    struct trust * trust, const struct trust_demand * demand, struct err * e)
{
	struct trust_demand copy = *demand;

	if (trust->n_demands == TRUST_MAX_DEMANDS) {
		err_set(e, ERR_LIMIT, NULL, "more than %d demands",
		    TRUST_MAX_DEMANDS);
		return -1;
	}
	if (copy_roles(demand->roles, demand->n_roles, copy.roles,
		&copy.n_roles, e) != 0) {
		free_demand(&copy);
		return -1;
	}
	trust->demands[trust->n_demands++] = copy;
	return 0;
}

/* Is the key of ${sha256} trusted for any role and time? */
static bool
is_free(const struct trust * trust, const uint8_t sha256[DIGEST_SHA256_LEN])
{
	for (size_t i = 0; i < trust->n; i++) {
		const struct trust_key * key = &trust->keys[i];

		if (!key->is_bounded &&
		    (memcmp(key->sha256, sha256, DIGEST_SHA256_LEN) == 0))
			return true;
	}
	return false;
}

int
trust_add_file(struct trust * trust, const char * path, struct err * e)
{
	struct trust_key key = { .kind = SIGNER_ED25519,
		.from = CLOCK_UNKNOWN,
		.to = CLOCK_UNKNOWN,
		.revoked = CLOCK_UNKNOWN };
	char * name = NULL;
	int rc = -1;

	if (ed25519_load_public(path, &key.key, e) != 0) {
		err_in(e, "trusted key");
		return -1;
	}
	ed25519_digest_public(&key.key, key.sha256);
	if (is_free(trust, key.sha256))
		return 0;
	name = text_copy(path, e);
	key.name = name;
	if (name != NULL)
		rc = trust_add_key(trust, &key, e);
	free(name);
	return rc;
}

int
trust_add_set(struct trust * trust, enum trust_set which, const char * path,
    struct err * e)
{
	if (trust->sets[which] == NULL)
		trust->sets[which] = x509_new(e);
	if (trust->sets[which] == NULL)
		return -1;
	return x509_add_file(trust->sets[which], path, e);
}

int
trust_add(struct trust * trust, const struct trust_word * word, struct err * e)
{
	static const char * const sets[TRUST_SETS] = { "ca", "tsa-ca", "crl" };

	if (strcmp(word->word, "trust") == 0)
		return trust_add_file(trust, word->path, e);
	if (strcmp(word->word, "trust-file") == 0)
		return trust_add_document(trust, word->path, e);
	for (int i = 0; i < TRUST_SETS; i++) {
		if (strcmp(word->word, sets[i]) != 0)
			continue;
		if (trust_add_set(trust, (enum trust_set)i, word->path, e) == 0)
			return 0;
		err_in(e, "--%s", sets[i]);
		return -1;
	}
	err_set(e, ERR_BUG, NULL, "no option brings trust: %s", word->word);
	return -1;
}

int
trust_take(struct trust * trust, int word, const char * path, struct err * e)
{
	static const char * const words[TRUST_WORDS] = { "trust", "trust-file",
		"ca", "tsa-ca", "crl" };
	struct trust_word one = { NULL, path };

	assert((word >= 0) && (word < TRUST_WORDS));
	one.word = words[word];
	return trust_add(trust, &one, e);
}

const struct x509_set *
trust_set(const struct trust * trust, enum trust_set which)
{
	return (trust == NULL) ? NULL : trust->sets[which];
}

size_t
trust_count(const struct trust * trust)
{
	return (trust == NULL)
	    ? 0
	    : trust->n + x509_certificates(trust->sets[TRUST_ROOTS]);
}

size_t
trust_keys(const struct trust * trust)
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
	for (size_t i = 0; (trust != NULL) && (i < trust->n); i++) {
		if (memcmp(trust->keys[i].sha256, sha256, DIGEST_SHA256_LEN) ==
		    0)
			return &trust->keys[i];
	}
	return NULL;
}

static bool
is_among(char * const * roles, size_t n, const char * role)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(roles[i], role) == 0)
			return true;
	return n == 0;
}

static bool
has_role(const struct trust_key * key, const char * role)
{
	return is_among(key->roles, key->n_roles, role);
}

static bool
has_moment(const struct trust_key * key, int64_t at)
{
	if ((key->from == CLOCK_UNKNOWN) && (key->to == CLOCK_UNKNOWN))
		return true;
	return (at != CLOCK_UNKNOWN) &&
	    ((key->from == CLOCK_UNKNOWN) || (at >= key->from)) &&
	    ((key->to == CLOCK_UNKNOWN) || (at < key->to));
}

int64_t
trust_revoked_at(const struct trust * trust, const struct signer * signer)
{
	int64_t first = CLOCK_UNKNOWN;

	for (size_t i = 0; (trust != NULL) && (i < trust->n); i++) {
		const struct trust_key * key = &trust->keys[i];

		if ((key->kind != signer->kind) ||
		    (key->revoked == CLOCK_UNKNOWN) ||
		    (memcmp(key->sha256, signer->key_sha256,
			 DIGEST_SHA256_LEN) != 0))
			continue;
		if ((first == CLOCK_UNKNOWN) || (key->revoked < first))
			first = key->revoked;
	}
	return first;
}

const struct trust_key *
trust_find_signer(const struct trust * trust, const struct signer * signer,
    int64_t at, struct err * e)
{
	const struct trust_key * near = NULL;

	for (size_t i = 0; (trust != NULL) && (i < trust->n); i++) {
		const struct trust_key * key = &trust->keys[i];

		if ((key->kind != signer->kind) ||
		    (memcmp(key->sha256, signer->key_sha256,
			 DIGEST_SHA256_LEN) != 0))
			continue;
		if (has_role(key, signer->role) && has_moment(key, at))
			return key;
		near = key;
	}
	if (near != NULL)
		err_set(e, ERR_FORGED, NULL,
		    "the key of %s is not trusted %s%s", near->name,
		    has_role(near, signer->role) ? "at that time"
						 : "in the role ",
		    has_role(near, signer->role) ? "" : signer->role);
	return NULL;
}

size_t
trust_demands(const struct trust * trust)
{
	return (trust == NULL) ? 0 : trust->n_demands;
}

const struct trust_demand *
trust_demand_get(const struct trust * trust, size_t i)
{
	assert(i < trust->n_demands);
	return &trust->demands[i];
}

bool
trust_demand_has(const struct trust_demand * demand, const char * role)
{
	return is_among(demand->roles, demand->n_roles, role);
}

void
trust_free(struct trust * trust)
{
	if (trust == NULL)
		return;
	for (size_t i = 0; i < trust->n; i++)
		free_key(&trust->keys[i]);
	for (size_t i = 0; i < trust->n_demands; i++)
		free_demand(&trust->demands[i]);
	for (size_t i = 0; i < TRUST_SETS; i++)
		x509_free(trust->sets[i]);
	free(trust);
}
