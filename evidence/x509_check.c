/*
 * Judging a certificate at a moment (x509_parts.h).  The rules are RFC 5280's
 * as OpenSSL has them, made strict: policies, complete revocation of the whole
 * chain where there is anything to tell it by, 112 bits of security.
 *
 * Revocation is looked at with the eyes of today and judged at the moment of
 * the signature: a list from after that moment knows more, not less.
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/x509_parts.h"

#define SECURITY_LEVEL 2 /* RSA of 2048 bits, SHA-256 */
#define DEPTH_MAX 16
#define FLAGS                                                          \
	(X509_V_FLAG_POLICY_CHECK | X509_V_FLAG_EXTENDED_CRL_SUPPORT | \
	    X509_V_FLAG_USE_DELTAS | X509_V_FLAG_X509_STRICT |         \
	    X509_V_FLAG_PARTIAL_CHAIN)
#define OID_DOCUMENT_SIGNING "1.3.6.1.5.5.7.3.36" /* RFC 9336 */

/* A check under way, for the call back. */
struct check {
	const struct x509_rules * rules;
	struct x509_facts * facts;
	int error;         /* The first one that counts, or X509_V_OK. */
	bool is_uncovered; /* Some certificate has nothing to tell it by. */
};

/*
 * Can the key have been somebody else's, and what it signed have been dated back?
 * That the key of a time-stamping authority was not is believed only where the
 * reason says so (RFC 3161, 4).
 */
static bool
is_compromise(
    const struct x509_rules * rules, const struct x509_revocation * revocation)
{
	switch (revocation->reason) {
	case CRL_REASON_KEY_COMPROMISE:
	case CRL_REASON_CA_COMPROMISE:
	case CRL_REASON_AA_COMPROMISE:
		return true;
	case CRL_REASON_UNSPECIFIED:
	case CRL_REASON_AFFILIATION_CHANGED:
	case CRL_REASON_SUPERSEDED:
	case CRL_REASON_CESSATION_OF_OPERATION:
		return false;
	default:
		return (rules->use == X509_USE_STAMP) && revocation->is_own;
	}
}

bool
x509_is_fatal(
    const struct x509_rules * rules, const struct x509_revocation * revocation)
{
	if (revocation->at == CLOCK_UNKNOWN)
		return true;
	if (is_compromise(rules, revocation))
		return (rules->proved_at == NULL) ||
		    (*rules->proved_at >= revocation->at);
	return revocation->at <= rules->at;
}

/* Read what the revocation list at hand says of the certificate at hand. */
static bool
is_listing_fatal(const struct check * c, X509_STORE_CTX * ctx)
{
	X509_CRL * list = X509_STORE_CTX_get0_current_crl(ctx);
	X509 * certificate = X509_STORE_CTX_get_current_cert(ctx);
	struct x509_revocation revocation = { .reason = -1,
		.is_own = X509_STORE_CTX_get_error_depth(ctx) == 0 };
	ASN1_ENUMERATED * reason = NULL;
	ASN1_GENERALIZEDTIME * invalid = NULL;
	X509_REVOKED * entry = NULL;

	if ((list == NULL) || (certificate == NULL) ||
	    (X509_CRL_get0_by_cert(list, &entry, certificate) != 1))
		return true;
	revocation.at = x509_time(X509_REVOKED_get0_revocationDate(entry));
	reason = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
	if (reason != NULL)
		revocation.reason = (int)ASN1_ENUMERATED_get(reason);
	invalid =
	    X509_REVOKED_get_ext_d2i(entry, NID_invalidity_date, NULL, NULL);
	if ((invalid != NULL) && (x509_time(invalid) < revocation.at))
		revocation.at = x509_time(invalid);
	ASN1_ENUMERATED_free(reason);
	ASN1_GENERALIZEDTIME_free(invalid);
	return x509_is_fatal(c->rules, &revocation);
}

/* Ask the OCSP answers about the certificate at hand. */
static enum x509_status
ask(const struct check * c, X509_STORE_CTX * ctx,
    struct x509_revocation * revocation)
{
	STACK_OF(X509) * chain = X509_STORE_CTX_get0_chain(ctx);
	int depth = X509_STORE_CTX_get_error_depth(ctx);
	int issuer = (depth + 1 < sk_X509_num(chain)) ? depth + 1 : depth;

	return x509_ask_answers(c->rules, sk_X509_value(chain, depth),
	    sk_X509_value(chain, issuer), revocation);
}

/* No list covers the certificate at hand: may it pass all the same? */
static bool
is_uncovered_fine(struct check * c, X509_STORE_CTX * ctx)
{
	struct x509_revocation revocation;

	switch (ask(c, ctx, &revocation)) {
	case X509_STATUS_GOOD:
	case X509_STATUS_REVOKED: /* check_answers says from when. */
		return true;
	case X509_STATUS_NONE:
		break;
	}
	c->is_uncovered = true;
	return !c->rules->need_revocation;
}

/* OpenSSL found something: does it count?  0: it does. */
static int
judge_error(int ok, X509_STORE_CTX * ctx)
{
	struct check * c = X509_STORE_CTX_get_ex_data(ctx, 0);
	int error = X509_STORE_CTX_get_error(ctx);
	X509_CRL * list;

	/* The way to the signer of a list has a context of its own. */
	if ((ok == 1) || (c == NULL))
		return ok;
	switch (error) {
	case X509_V_ERR_UNABLE_TO_GET_CRL:
	case X509_V_ERR_CRL_HAS_EXPIRED:
		if (is_uncovered_fine(c, ctx))
			return 1;
		break;
	case X509_V_ERR_CRL_NOT_YET_VALID:
		list = X509_STORE_CTX_get0_current_crl(ctx);
		if ((list != NULL) &&
		    (x509_time(X509_CRL_get0_lastUpdate(list)) <=
			c->rules->now))
			return 1;
		break;
	case X509_V_ERR_CERT_REVOKED:
		if (!is_listing_fatal(c, ctx)) {
			c->facts->is_revoked_later = true;
			return 1;
		}
		break;
	default:
		break;
	}
	if (c->error == X509_V_OK)
		c->error = error;
	return 0;
}

/* What an error of OpenSSL's means to us. */
static enum proof
proof_of(int error)
{
	switch (error) {
	case X509_V_OK:
		return PROOF_GOOD;
	case X509_V_ERR_OUT_OF_MEM:
	case X509_V_ERR_UNSPECIFIED:
		return PROOF_UNKNOWN;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return PROOF_EXPIRED;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return PROOF_NOT_YET;
	case X509_V_ERR_CERT_REVOKED:
		return PROOF_REVOKED;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_CERT_UNTRUSTED:
	case X509_V_ERR_CERT_REJECTED:
		return PROOF_UNTRUSTED;
	case X509_V_ERR_INVALID_PURPOSE:
		return PROOF_PURPOSE;
	case X509_V_ERR_EE_KEY_TOO_SMALL:
	case X509_V_ERR_CA_KEY_TOO_SMALL:
	case X509_V_ERR_CA_MD_TOO_WEAK:
		return PROOF_ALGORITHM;
	case X509_V_ERR_UNABLE_TO_GET_CRL:
	case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
	case X509_V_ERR_CRL_SIGNATURE_FAILURE:
	case X509_V_ERR_CRL_NOT_YET_VALID:
	case X509_V_ERR_CRL_HAS_EXPIRED:
	case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
	case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
	case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
	case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
	case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
	case X509_V_ERR_DIFFERENT_CRL_SCOPE:
	case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
		return PROOF_REVOCATION;
	default:
		return PROOF_CHAIN;
	}
}

/* May a certificate with these extended uses sign documents? */
static bool
may_sign(const EXTENDED_KEY_USAGE * uses)
{
	char oid[64];

	for (int i = 0; i < sk_ASN1_OBJECT_num(uses); i++) {
		const ASN1_OBJECT * use = sk_ASN1_OBJECT_value(uses, i);
		int nid = OBJ_obj2nid(use);

		if ((nid == NID_email_protect) ||
		    (nid == NID_anyExtendedKeyUsage))
			return true;
		if ((OBJ_obj2txt(oid, sizeof(oid), use, 1) > 0) &&
		    (strcmp(oid, OID_DOCUMENT_SIGNING) == 0))
			return true;
	}
	return false;
}

/* RFC 3161, 2.3: for time stamping only, and critical. */
static bool
may_only_stamp(X509 * leaf, const EXTENDED_KEY_USAGE * uses, int critical)
{
	(void)leaf;
	return (critical == 1) && (sk_ASN1_OBJECT_num(uses) == 1) &&
	    (OBJ_obj2nid(sk_ASN1_OBJECT_value(uses, 0)) == NID_time_stamp);
}

/* Is the leaf for this use?  OpenSSL's own purposes fit neither. */
static bool
is_for_use(const struct x509_rules * rules, X509 * leaf)
{
	int critical = -1;
	EXTENDED_KEY_USAGE * uses =
	    X509_get_ext_d2i(leaf, NID_ext_key_usage, &critical, NULL);
	uint32_t usage = X509_get_key_usage(leaf);
	bool fits;

	if ((uses == NULL) && (critical != -1))
		return false; /* Twice, or not readable. */
	if (rules->use == X509_USE_STAMP)
		fits = (uses != NULL) && may_only_stamp(leaf, uses, critical);
	else
		fits = (uses == NULL) || may_sign(uses);
	sk_ASN1_OBJECT_pop_free(uses, ASN1_OBJECT_free);
	/* UINT32_MAX: no such extension. */
	return fits &&
	    ((usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0);
}

static int
add_certificates(STACK_OF(X509) * to, STACK_OF(X509) * from)
{
	for (int i = 0; i < sk_X509_num(from); i++)
		if (sk_X509_push(to, sk_X509_value(from, i)) <= 0)
			return -1;
	return 0;
}

static int
add_lists(STACK_OF(X509_CRL) * to, STACK_OF(X509_CRL) * from)
{
	for (int i = 0; i < sk_X509_CRL_num(from); i++)
		if (sk_X509_CRL_push(to, sk_X509_CRL_value(from, i)) <= 0)
			return -1;
	return 0;
}

/* Put all that may help, trusted or not, in a row; nothing is owned. */
static int
gather(const struct x509_rules * rules, STACK_OF(X509) * certificates,
    STACK_OF(X509_CRL) * lists)
{
	const struct x509_set * sets[] = { rules->revocations, rules->carried,
		rules->roots };

	if ((certificates == NULL) || (lists == NULL) ||
	    (add_certificates(certificates, rules->embedded) != 0) ||
	    (add_lists(lists, rules->embedded_lists) != 0))
		return -1;
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		if ((sets[i] != NULL) &&
		    ((add_certificates(certificates, sets[i]->certificates) !=
			 0) ||
			(add_lists(lists, sets[i]->lists) != 0)))
			return -1;
	return 0;
}

/* A store of the roots, which alone are trusted. */
static X509_STORE *
new_store(const struct x509_set * roots)
{
	X509_STORE * store = X509_STORE_new();

	if (store == NULL)
		return NULL;
	for (size_t i = 0; i < x509_certificates(roots); i++)
		if (X509_STORE_add_cert(store,
			sk_X509_value(roots->certificates, (int)i)) != 1) {
			X509_STORE_free(store);
			return NULL;
		}
	return store;
}

/* Set ${ctx} up to judge ${leaf}. */
static int
prepare(X509_STORE_CTX * ctx, X509_STORE * store, X509 * leaf,
    STACK_OF(X509) * certificates, STACK_OF(X509_CRL) * lists, struct check * c)
{
	unsigned long flags = FLAGS;
	X509_VERIFY_PARAM * param;
	ASN1_OBJECT * any;

	if (X509_STORE_CTX_init(ctx, store, leaf, certificates) != 1)
		return -1;
	X509_STORE_CTX_set0_crls(ctx, lists);
	X509_STORE_CTX_set_verify_cb(ctx, judge_error);
	if (X509_STORE_CTX_set_ex_data(ctx, 0, c) != 1)
		return -1;
	param = X509_STORE_CTX_get0_param(ctx);
	if (c->rules->need_revocation || (sk_X509_CRL_num(lists) > 0) ||
	    (x509_revocations(c->rules->revocations) > 0) ||
	    (x509_revocations(c->rules->carried) > 0))
		flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
	else
		c->is_uncovered = true;
	/* Any policy will do, but where a CA asks for one there must be one. */
	any = OBJ_dup(OBJ_nid2obj(NID_any_policy));
	if ((any == NULL) || (X509_VERIFY_PARAM_add0_policy(param, any) != 1)) {
		ASN1_OBJECT_free(any);
		return -1;
	}
	X509_VERIFY_PARAM_set_time(param, x509_posix(c->rules->at));
	X509_VERIFY_PARAM_set_depth(param, DEPTH_MAX);
	X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
	return (X509_VERIFY_PARAM_set_flags(param, flags) == 1) ? 0 : -1;
}

/* Does an OCSP answer revoke any certificate of the chain? */
static int
check_answers(struct check * c, STACK_OF(X509) * chain)
{
	int n = sk_X509_num(chain);

	for (int i = 0; i + 1 < n; i++) {
		struct x509_revocation revocation;

		if (x509_ask_answers(c->rules, sk_X509_value(chain, i),
			sk_X509_value(chain, i + 1),
			&revocation) != X509_STATUS_REVOKED)
			continue;
		revocation.is_own = (i == 0);
		if (x509_is_fatal(c->rules, &revocation))
			return X509_V_ERR_CERT_REVOKED;
		c->facts->is_revoked_later = true;
	}
	return X509_V_OK;
}

/* Judge what OpenSSL has built. */
static enum proof
conclude(struct check * c, X509_STORE_CTX * ctx, int verified, struct err * e)
{
	STACK_OF(X509) * chain = X509_STORE_CTX_get0_chain(ctx);
	struct x509_facts anchor;
	enum proof proof;
	int error =
	    (c->error != X509_V_OK) ? c->error : X509_STORE_CTX_get_error(ctx);

	if (verified == 1)
		error = check_answers(c, chain);
	else if (error == X509_V_OK)
		error = X509_V_ERR_UNSPECIFIED;
	proof = proof_of(error);
	if ((proof != PROOF_GOOD) && x509_lacks_memory()) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return PROOF_UNKNOWN;
	}
	if (proof != PROOF_GOOD) {
		err_set(e, (proof == PROOF_UNKNOWN) ? ERR_SYSTEM : ERR_FORGED,
		    NULL, "certificate of %s: %s", c->facts->subject,
		    X509_verify_cert_error_string(error));
		return proof;
	}
	if (x509_describe(
		sk_X509_value(chain, sk_X509_num(chain) - 1), &anchor) != 0) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return PROOF_UNKNOWN;
	}
	memcpy(c->facts->anchor, anchor.subject, sizeof(anchor.subject));
	memcpy(c->facts->anchor_sha256, anchor.sha256, DIGEST_SHA256_LEN);
	c->facts->is_revocation_known = !c->is_uncovered;
	return PROOF_GOOD;
}

enum proof
x509_check(const struct x509_rules * rules, X509 * leaf,
    STACK_OF(X509) * *chain, struct x509_facts * facts, struct err * e)
{
	struct check c = { .rules = rules, .facts = facts };
	STACK_OF(X509) * certificates = sk_X509_new_null();
	STACK_OF(X509_CRL) * lists = sk_X509_CRL_new_null();
	X509_STORE_CTX * ctx = X509_STORE_CTX_new();
	X509_STORE * store = new_store(rules->roots);
	enum proof proof = PROOF_UNKNOWN;

	*chain = NULL;
	memset(facts, 0, sizeof(*facts));
	if ((ctx == NULL) || (store == NULL) ||
	    (gather(rules, certificates, lists) != 0) ||
	    (x509_describe(leaf, facts) != 0) ||
	    (prepare(ctx, store, leaf, certificates, lists, &c) != 0)) {
		err_set(e, ERR_SYSTEM, NULL, "a certificate cannot be read");
		goto out;
	}
	if (!is_for_use(rules, leaf)) {
		if (x509_lacks_memory()) {
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			goto out;
		}
		err_set(e, ERR_FORGED, NULL,
		    "certificate of %s: it is not for %s", facts->subject,
		    (rules->use == X509_USE_STAMP) ? "time stamping alone"
						   : "signing documents");
		proof = PROOF_PURPOSE;
		goto out;
	}
	proof = conclude(&c, ctx, X509_verify_cert(ctx), e);
	if (proof != PROOF_GOOD)
		goto out;
	*chain = X509_STORE_CTX_get1_chain(ctx);
	if (*chain == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		proof = PROOF_UNKNOWN;
	}

out:
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	sk_X509_free(certificates);
	sk_X509_CRL_free(lists);
	ERR_clear_error();
	return proof;
}
