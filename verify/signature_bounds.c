#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/text.h"

#include "verify/signature_bounds.h"

/* How the trusted comments of our documents begin, and which word is the role. */
static const struct {
	const char * begin;
	int role;
} comments[] = {
	{ "azcustody/seal/1 ", 2 },
	{ "azcustody/custody/1 ", 3 },
	{ "azcustody/receipt/1 ", 3 },
	{ "azcustody/disclosure/1 ", 2 },
	{ "azcustody/derivation/1 ", 2 },
};

void
signature_bounds_role(const char * comment, char role[SIGNER_FILE_SIZE])
{
	role[0] = '\0';
	for (size_t i = 0; i < sizeof(comments) / sizeof(comments[0]); i++) {
		const char * at = comment;

		if (!text_has_prefix(comment, comments[i].begin))
			continue;
		for (int n = 0; (n < comments[i].role) && (*at != '\0'); n++) {
			at += strcspn(at, " ");
			at += (*at == ' ') ? 1 : 0;
		}
		(void)snprintf(
		    role, SIGNER_FILE_SIZE, "%.*s", (int)strcspn(at, " "), at);
	}
}

/* A key that may sign then in a role of its own, whichever; or NULL. */
static const struct trust_key *
find_any_role(
    const struct trust * trust, const struct signer * signer, int64_t at)
{
	for (size_t i = 0; i < trust_keys(trust); i++) {
		const struct trust_key * key = trust_get(trust, i);
		struct signer one = *signer;
		struct err ignored;

		err_init(&ignored);
		if ((key->n_roles == 0) ||
		    (memcmp(key->sha256, signer->key_sha256,
			 DIGEST_SHA256_LEN) != 0))
			continue;
		one.role = key->roles[0];
		if (trust_find_signer(trust, &one, at, &ignored) != NULL)
			return key;
	}
	return NULL;
}

enum signature_bounds
signature_bounds_check(const struct trust * trust, const struct signer * signer,
    int64_t at, const struct trust_key ** key, struct err * why)
{
	int64_t revoked = trust_revoked_at(trust, signer);
	char stamp[CLOCK_TEXT_SIZE];

	*key = trust_find_signer(trust, signer, at, why);
	if ((*key == NULL) && (why->kind == ERR_NONE))
		return SIGNATURE_NOT_NAMED;
	if ((*key != NULL) && ((revoked == CLOCK_UNKNOWN) || (at < revoked)))
		return SIGNATURE_FITS;
	if (*key != NULL) {
		clock_format(revoked, stamp);
		err_set(why, ERR_FORGED, NULL,
		    "the trust file calls its key revoked from %s", stamp);
		return SIGNATURE_OUTSIDE;
	}
	if ((signer->role[0] == '\0') &&
	    (find_any_role(trust, signer, at) != NULL)) {
		err_init(why);
		err_set(why, ERR_INPUT, NULL,
		    "the trust file names roles for its key, and which one "
		    "this is in is not known: say --role");
		return SIGNATURE_ROLELESS;
	}
	if (signer->role[0] == '\0') {
		err_init(why);
		err_set(why, ERR_FORGED, NULL,
		    "the trust file does not trust its key at that time");
	}
	return SIGNATURE_OUTSIDE;
}
