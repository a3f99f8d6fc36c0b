/* OCSP answers about a certificate (x509_parts.h). */
#include <openssl/err.h>

#include "evidence/clock.h"
#include "evidence/x509_parts.h"

/* A store that trusts the roots and judges at ${at}. */
static X509_STORE *
new_store(const struct x509_rules * rules, int64_t at)
{
	X509_STORE * store = X509_STORE_new();
	X509_VERIFY_PARAM * param;

	if (store == NULL)
		return NULL;
	param = X509_STORE_get0_param(store);
	X509_VERIFY_PARAM_set_time(param, x509_posix(at));
	X509_VERIFY_PARAM_set_auth_level(param, 2);
	for (size_t i = 0; i < x509_certificates(rules->roots); i++)
		if (X509_STORE_add_cert(store,
			sk_X509_value(rules->roots->certificates, (int)i)) !=
		    1) {
			X509_STORE_free(store);
			return NULL;
		}
	return store;
}

/* Was ${basic} made by who may answer for its certificates? */
static bool
is_signed(const struct x509_rules * rules, OCSP_BASICRESP * basic)
{
	int64_t made = x509_time(OCSP_resp_get0_produced_at(basic));
	STACK_OF(X509) * helpers = sk_X509_new_null();
	X509_STORE * store = NULL;
	const struct x509_set * sets[] = { rules->carried, rules->revocations };
	bool good = helpers != NULL;

	if ((made == CLOCK_UNKNOWN) || (made > rules->now))
		good = false;
	for (size_t i = 0; good && (i < 2); i++)
		for (size_t k = 0; k < x509_certificates(sets[i]); k++)
			good &= sk_X509_push(helpers,
				    sk_X509_value(
					sets[i]->certificates, (int)k)) > 0;
	for (int i = 0; good && (i < sk_X509_num(rules->embedded)); i++)
		good &= sk_X509_push(
			    helpers, sk_X509_value(rules->embedded, i)) > 0;
	if (good)
		store = new_store(rules, made);
	good = (store != NULL) &&
	    (OCSP_basic_verify(basic, helpers, store, 0) == 1);
	X509_STORE_free(store);
	sk_X509_free(helpers);
	return good;
}

/* Is ${single} about ${certificate}, issued by ${issuer}? */
static bool
is_about(const OCSP_SINGLERESP * single, X509 * certificate, X509 * issuer)
{
	const OCSP_CERTID * theirs = OCSP_SINGLERESP_get0_id(single);
	ASN1_OBJECT * algorithm = NULL;
	OCSP_CERTID * ours = NULL;
	const EVP_MD * md;
	bool same = false;

	/* The getter takes no const and changes nothing. */
	if (OCSP_id_get0_info(NULL, &algorithm, NULL, NULL,
		(OCSP_CERTID *)(uintptr_t)theirs) != 1)
		return false;
	md = EVP_get_digestbyobj(algorithm);
	if (md != NULL)
		ours = OCSP_cert_to_id(md, certificate, issuer);
	if (ours != NULL)
		same = OCSP_id_cmp(theirs, ours) == 0;
	OCSP_CERTID_free(ours);
	return same;
}

static enum x509_status
read_single(const struct x509_rules * rules, OCSP_SINGLERESP * single,
    struct x509_revocation * revocation)
{
	ASN1_GENERALIZEDTIME * revoked = NULL;
	ASN1_GENERALIZEDTIME * next = NULL;
	int reason = -1;
	int status =
	    OCSP_single_get0_status(single, &reason, &revoked, NULL, &next);

	if (status == V_OCSP_CERTSTATUS_REVOKED) {
		revocation->reason = reason;
		revocation->at = x509_time(revoked);
		return X509_STATUS_REVOKED;
	}
	if ((status != V_OCSP_CERTSTATUS_GOOD) ||
	    ((next != NULL) && (x509_time(next) < rules->at)))
		return X509_STATUS_NONE;
	return X509_STATUS_GOOD;
}

/* What one answer says. */
static enum x509_status
ask_one(const struct x509_rules * rules, OCSP_RESPONSE * answer,
    X509 * certificate, X509 * issuer, struct x509_revocation * revocation)
{
	enum x509_status status = X509_STATUS_NONE;
	OCSP_BASICRESP * basic = NULL;

	if (OCSP_response_status(answer) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
		return X509_STATUS_NONE;
	basic = OCSP_response_get1_basic(answer);
	if (basic == NULL)
		return X509_STATUS_NONE;
	for (int i = 0; i < OCSP_resp_count(basic); i++) {
		OCSP_SINGLERESP * single = OCSP_resp_get0(basic, i);

		if (!is_about(single, certificate, issuer) ||
		    !is_signed(rules, basic))
			continue;
		status = read_single(rules, single, revocation);
		if (status == X509_STATUS_REVOKED)
			break;
	}
	OCSP_BASICRESP_free(basic);
	return status;
}

enum x509_status
x509_ask_answers(const struct x509_rules * rules, X509 * certificate,
    X509 * issuer, struct x509_revocation * revocation)
{
	const struct x509_set * sets[] = { rules->revocations, rules->carried };
	enum x509_status worst = X509_STATUS_NONE;

	for (size_t i = 0; i < 2; i++) {
		if (sets[i] == NULL)
			continue;
		for (size_t k = 0; k < sets[i]->n_answers; k++) {
			struct x509_revocation one;
			enum x509_status status = ask_one(rules,
			    sets[i]->answers[k], certificate, issuer, &one);

			if (status <= worst)
				continue;
			worst = status;
			*revocation = one;
		}
	}
	ERR_clear_error();
	return worst;
}
