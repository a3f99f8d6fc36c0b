#include <assert.h>
#include <openssl/err.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/cms_parts.h"
#include "evidence/cms_verify.h"
#include "evidence/x509_parts.h"

static_assert(CMS_TEXT_SIZE == X509_NAME_SIZE, "names are copied whole");

/* Copy what was learnt about the signer's certificate. */
static void
fill(struct cms_facts * facts, const struct x509_facts * from)
{
	memcpy(facts->subject, from->subject, sizeof(facts->subject));
	memcpy(facts->certificate_sha256, from->sha256, DIGEST_SHA256_LEN);
	facts->not_before = from->not_before;
	facts->not_after = from->not_after;
	memcpy(facts->anchor, from->anchor, sizeof(facts->anchor));
	memcpy(facts->anchor_sha256, from->anchor_sha256, DIGEST_SHA256_LEN);
	facts->is_revocation_known = from->is_revocation_known;
	facts->is_revoked_later = from->is_revoked_later;
}

/* The signer's own word on when, or CLOCK_UNKNOWN. */
static int64_t
claimed_at(const CMS_SignerInfo * signer)
{
	int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
	const ASN1_TYPE * value;

	if (at < 0)
		return CLOCK_UNKNOWN;
	value = X509_ATTRIBUTE_get0_type(CMS_signed_get_attr(signer, at), 0);
	return (value->type == V_ASN1_UTCTIME)
	    ? x509_time(value->value.utctime)
	    : x509_time(value->value.generalizedtime);
}

/* Is it the certificate that is declared? */
static enum proof
check_declared(const struct cms_rules * rules, const struct cms_facts * facts,
    struct err * e)
{
	if ((rules->certificate_sha256 == NULL) ||
	    (memcmp(rules->certificate_sha256, facts->certificate_sha256,
		 DIGEST_SHA256_LEN) == 0))
		return PROOF_GOOD;
	err_set(e, ERR_FORGED, NULL,
	    "another certificate signed it than the one declared");
	return PROOF_SIGNATURE;
}

/* Judge the signer's certificate. */
static enum proof
check_signer(const struct cms_rules * rules, const struct cms * cms,
    struct cms_facts * facts, struct err * e)
{
	STACK_OF(X509) * chain = NULL;
	struct x509_set pin = { 0 };
	struct x509_facts learnt;
	struct x509_rules x509 = { .roots = rules->roots,
		.revocations = rules->revocations,
		.carried = rules->carried,
		.embedded = cms->certificates,
		.embedded_lists = cms->lists,
		.use = X509_USE_SIGN,
		.at = rules->at,
		.proved_at = rules->proved_at,
		.now = rules->now,
		.need_revocation = rules->need_revocation };
	enum proof proof;

	if (rules->is_pinned) {
		pin.certificates = sk_X509_new_null();
		if ((pin.certificates == NULL) ||
		    (sk_X509_push(pin.certificates, cms->certificate) <= 0)) {
			sk_X509_free(pin.certificates);
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			return PROOF_UNKNOWN;
		}
		x509.roots = &pin;
	}
	proof = x509_check(&x509, cms->certificate, &chain, &learnt, e);
	fill(facts, &learnt);
	sk_X509_pop_free(chain, X509_free);
	sk_X509_free(pin.certificates);
	return proof;
}

/* All but the chain. */
static enum proof
check_signature(const struct cms_rules * rules, struct cms * cms,
    const void * bytes, size_t len, struct cms_facts * facts, struct err * e)
{
	const struct cms_shape shape = { .is_strict = !rules->is_foreign };
	STACK_OF(X509) * more[] = {
		(rules->carried == NULL) ? NULL : rules->carried->certificates,
		(rules->roots == NULL) ? NULL : rules->roots->certificates
	};
	struct x509_facts learnt = { 0 };
	enum proof proof = cms_find_signer(cms, more, 2, e);

	if (proof != PROOF_GOOD)
		return proof;
	if (x509_describe(cms->certificate, &learnt) != 0) {
		bool lacks = x509_lacks_memory();

		err_set(e, lacks ? ERR_SYSTEM : ERR_FORGED, NULL, "%s",
		    lacks ? "out of memory" : "its certificate has no times");
		return lacks ? PROOF_UNKNOWN : PROOF_CHAIN;
	}
	fill(facts, &learnt);
	facts->claimed_at = claimed_at(cms->signer);
	proof = check_declared(rules, facts, e);
	if (proof == PROOF_GOOD)
		proof = cms_check_algorithm(
		    cms, &shape, facts->algorithm, sizeof(facts->algorithm), e);
	if (proof == PROOF_GOOD)
		proof = cms_check_signature(cms, bytes, len, e);
	if (proof == PROOF_GOOD)
		proof = cms_check_certificate_name(
		    cms, more, 2, !rules->is_foreign, e);
	return proof;
}

enum proof
cms_verify(const struct cms_rules * rules, const void * file, size_t file_len,
    const void * bytes, size_t len, struct cms_facts * facts, struct err * e)
{
	const struct cms_shape shape = { .content = NID_pkcs7_data,
		.is_detached = true,
		.is_strict = !rules->is_foreign };
	struct cms cms = { 0 };
	enum proof proof;

	memset(facts, 0, sizeof(*facts));
	facts->claimed_at = CLOCK_UNKNOWN;
	if ((file_len > CMS_MAX) || (len > INT32_MAX)) {
		err_set(e, ERR_LIMIT, NULL, "it is larger than the limit");
		return PROOF_ENCODING;
	}
	proof = cms_open(&cms, file, file_len, &shape, e);
	if (proof == PROOF_GOOD)
		proof = check_signature(rules, &cms, bytes, len, facts, e);
	if (proof == PROOF_GOOD)
		proof = check_signer(rules, &cms, facts, e);
	cms_close(&cms);
	return proof;
}
