#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/cms_verify.h"
#include "evidence/ed25519_verify.h"
#include "evidence/signer_verify.h"

/* The moment at which a key must be trusted: proved, or else claimed. */
static int64_t
moment_of(const struct signer_claim * claim)
{
	return (claim->stamped_at != CLOCK_UNKNOWN) ? claim->stamped_at
						    : claim->claimed_at;
}

/* The present moment, by whoever asks or by the clock. */
static int64_t
now_of(const struct signer_claim * claim)
{
	return (claim->now != 0) ? claim->now : clock_now();
}

/*
 * A signature that verifies, by a key that the trust file calls revoked: only a
 * time stamp from before shows that its owner made it.
 */
static enum signer_verdict
check_revoked(const struct signer * signer, const struct signer_claim * claim,
    const struct trust * trust, struct err * why)
{
	int64_t revoked = trust_revoked_at(trust, signer);
	int64_t at = moment_of(claim);
	char stamp[CLOCK_TEXT_SIZE];

	if (revoked == CLOCK_UNKNOWN)
		return SIGNER_GOOD;
	clock_format(revoked, stamp);
	if ((at == CLOCK_UNKNOWN) || (at >= revoked)) {
		err_set(why, ERR_FORGED, NULL,
		    "the trust file calls its key revoked from %s", stamp);
		return SIGNER_BAD;
	}
	if (claim->stamped_at != CLOCK_UNKNOWN)
		return SIGNER_GOOD;
	err_set(why, ERR_FORGED, NULL,
	    "the trust file calls its key revoked from %s, which is later",
	    stamp);
	return SIGNER_UNTIMED;
}

static enum signer_verdict
verify_ed25519(const struct signer * signer, const struct signer_claim * claim,
    const struct trust * trust, struct signer_proof * proof, struct err * why)
{
	const struct trust_key * key = NULL;
	struct ed25519_signature sig;
	char who[TRUST_TEXT_SIZE];

	if (ed25519_parse_signature(
		claim->signature, claim->signature_len, &sig, why) != 0)
		return SIGNER_BAD;
	/* What it was made for can be read without any key. */
	if (strcmp(sig.comment, claim->comment) != 0) {
		err_set(
		    why, ERR_FORGED, NULL, "it was made for something else");
		return SIGNER_BAD;
	}
	key = trust_find_signer(trust, signer, moment_of(claim), why);
	if (key == NULL) {
		if (why->kind != ERR_NONE)
			return SIGNER_BAD;
		err_set(why, ERR_FORGED, NULL, "its key was not given");
		return SIGNER_UNTRUSTED;
	}
	if (ed25519_verify(&key->key, &sig, claim->comment, claim->bytes,
		claim->len, why) != 0)
		return SIGNER_BAD;
	trust_key_text(key, who);
	(void)snprintf(proof->by, sizeof(proof->by), "trusted key of %s", who);
	return check_revoked(signer, claim, trust, why);
}

/* Judge the certificate at ${at}. */
static enum proof
verify_at(const struct signer * signer, const struct signer_claim * claim,
    const struct trust * trust, int64_t at, bool is_pinned,
    struct cms_facts * facts, struct err * why)
{
	struct cms_rules rules = { .roots = trust_set(trust, TRUST_ROOTS),
		.revocations = trust_set(trust, TRUST_REVOCATIONS),
		.carried = claim->carried,
		.certificate_sha256 = signer->key_sha256,
		.is_pinned = is_pinned,
		.at = at,
		.proved_at = (claim->stamped_at != CLOCK_UNKNOWN)
		    ? &claim->stamped_at
		    : NULL,
		.now = now_of(claim),
		.need_revocation = claim->need_revocation };

	err_init(why);
	return cms_verify(&rules, claim->signature, claim->signature_len,
	    claim->bytes, claim->len, facts, why);
}

static enum signer_verdict
verify_cms(const struct signer * signer, const struct signer_claim * claim,
    const struct trust * trust, struct signer_proof * proof, struct err * why)
{
	const struct trust_key * pin = NULL;
	char who[TRUST_TEXT_SIZE];
	struct cms_facts facts;
	struct err later, role;
	int64_t at = (claim->stamped_at != CLOCK_UNKNOWN) ? claim->stamped_at
							  : now_of(claim);

	err_init(&role);
	pin = trust_find_signer(trust, signer, moment_of(claim), &role);
	proof->proof =
	    verify_at(signer, claim, trust, at, pin != NULL, &facts, why);
	proof->is_revocation_known = facts.is_revocation_known;
	proof->is_revoked_later = facts.is_revoked_later;
	proof->not_after = facts.not_after;
	if (pin != NULL)
		trust_key_text(pin, who);
	(void)snprintf(proof->by, sizeof(proof->by),
	    "%.250s, certificate %s %.350s", facts.subject,
	    (pin != NULL) ? "pinned as that of" : "under",
	    (pin != NULL) ? who : facts.anchor);
	if (role.kind != ERR_NONE) {
		*why = role; /* Named, and not for this. */
		return SIGNER_BAD;
	}
	switch (proof->proof) {
	case PROOF_GOOD:
		return check_revoked(signer, claim, trust, why);
	case PROOF_UNTRUSTED:
		return SIGNER_UNTRUSTED;
	case PROOF_EXPIRED:
		/* It may have been made while it was valid. */
		if ((claim->stamped_at == CLOCK_UNKNOWN) &&
		    (claim->claimed_at != CLOCK_UNKNOWN) &&
		    (verify_at(signer, claim, trust, claim->claimed_at,
			 pin != NULL, &facts, &later) == PROOF_GOOD))
			return SIGNER_UNTIMED;
		return SIGNER_BAD;
	default:
		return SIGNER_BAD;
	}
}

enum signer_verdict
signer_verify(const struct signer * signer, const struct signer_claim * claim,
    const struct trust * trust, struct signer_proof * proof, struct err * why)
{
	memset(proof, 0, sizeof(*proof));
	proof->not_after = CLOCK_UNKNOWN;
	switch (signer->kind) {
	case SIGNER_ED25519:
		return verify_ed25519(signer, claim, trust, proof, why);
	case SIGNER_CMS:
		return verify_cms(signer, claim, trust, proof, why);
	}
	return SIGNER_BAD;
}
