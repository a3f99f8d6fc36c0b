#include <string.h>

#include "evidence/ed25519_verify.h"
#include "evidence/signer_verify.h"

static enum signer_verdict
verify_ed25519(const struct signer * signer, const struct signer_claim * claim,
    const struct trust * trust, struct err * why)
{
	const struct trust_key * key = trust_find(trust, signer->key_sha256);
	struct ed25519_signature sig;

	if (ed25519_parse_signature(
		claim->signature, claim->signature_len, &sig, why) != 0)
		return SIGNER_BAD;
	/* What it was made for can be read without any key. */
	if (strcmp(sig.comment, claim->comment) != 0) {
		err_set(
		    why, ERR_FORGED, NULL, "it was made for something else");
		return SIGNER_BAD;
	}
	if (key == NULL)
		return SIGNER_UNTRUSTED;
	if (ed25519_verify(&key->key, &sig, claim->comment, claim->bytes,
		claim->len, why) != 0)
		return SIGNER_BAD;
	return SIGNER_GOOD;
}

enum signer_verdict
signer_verify(const struct signer * signer, const struct signer_claim * claim,
    const struct trust * trust, struct err * why)
{
	switch (signer->kind) {
	case SIGNER_ED25519:
		return verify_ed25519(signer, claim, trust, why);
	case SIGNER_CMS:
		err_set(why, ERR_INPUT, "use a newer azcustody",
		    "a kind of signature that is not known");
		return SIGNER_BAD;
	}
	return SIGNER_BAD;
}
