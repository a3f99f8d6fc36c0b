/* The form of a CMS signature, and its arithmetic (cms_parts.h). */
#include <openssl/err.h>
#include <openssl/ess.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <stdio.h>
#include <string.h>

#include "evidence/cms_parts.h"
#include "evidence/der.h"
#include "evidence/x509_parts.h"

#define RSA_BITS_STRICT 3072
#define RSA_BITS_FOREIGN 2048
#define RSA_BITS_MAX 16384

static enum proof
refuse(enum proof proof, struct err * e, const char * why)
{
	/* What could not be read for want of memory may be sound. */
	if (x509_lacks_memory()) {
		proof = PROOF_UNKNOWN;
		why = "out of memory";
	}
	err_set(e, (proof == PROOF_UNKNOWN) ? ERR_SYSTEM : ERR_FORGED, NULL,
	    "%s", why);
	return proof;
}

/* How many signed attributes of ${nid} there are. */
static int
count_signed(const CMS_SignerInfo * signer, int nid)
{
	int at = -1;
	int n = 0;

	for (;;) {
		at = CMS_signed_get_attr_by_NID(signer, nid, at);
		if (at < 0)
			return n;
		n++;
	}
}

/* The one value of the one signed attribute ${nid}, or NULL. */
static const ASN1_TYPE *
signed_value(const CMS_SignerInfo * signer, int nid)
{
	int at = CMS_signed_get_attr_by_NID(signer, nid, -1);
	X509_ATTRIBUTE * attribute;

	if ((at < 0) || (count_signed(signer, nid) != 1))
		return NULL;
	attribute = CMS_signed_get_attr(signer, at);
	if ((attribute == NULL) || (X509_ATTRIBUTE_count(attribute) != 1))
		return NULL;
	return X509_ATTRIBUTE_get0_type(attribute, 0);
}

/* A signing time, if there is one, is one, and a time. */
static bool
is_signing_time_good(const CMS_SignerInfo * signer)
{
	const ASN1_TYPE * value;
	struct tm tm;

	if (count_signed(signer, NID_pkcs9_signingTime) == 0)
		return true;
	value = signed_value(signer, NID_pkcs9_signingTime);
	return (value != NULL) &&
	    (((value->type == V_ASN1_UTCTIME) &&
		 (ASN1_TIME_to_tm(value->value.utctime, &tm) == 1)) ||
		((value->type == V_ASN1_GENERALIZEDTIME) &&
		    (ASN1_TIME_to_tm(value->value.generalizedtime, &tm) == 1)));
}

static enum proof
check_attributes(const CMS_SignerInfo * signer, const struct cms_shape * shape,
    struct err * e)
{
	const ASN1_TYPE * type = signed_value(signer, NID_pkcs9_contentType);
	const ASN1_TYPE * digest =
	    signed_value(signer, NID_pkcs9_messageDigest);

	if (CMS_signed_get_attr_count(signer) < 1)
		return refuse(
		    PROOF_ATTRIBUTES, e, "it has no signed attributes");
	if ((type == NULL) || (type->type != V_ASN1_OBJECT) ||
	    (OBJ_obj2nid(type->value.object) != shape->content))
		return refuse(PROOF_ATTRIBUTES, e,
		    "its signed attributes do not say once what it is over");
	if ((digest == NULL) || (digest->type != V_ASN1_OCTET_STRING))
		return refuse(PROOF_ATTRIBUTES, e,
		    "its signed attributes do not have one digest");
	if (!is_signing_time_good(signer))
		return refuse(
		    PROOF_ATTRIBUTES, e, "its signing time is not one time");
	if (shape->is_strict && (CMS_unsigned_get_attr_count(signer) > 0))
		return refuse(PROOF_ATTRIBUTES, e,
		    "it has attributes that nobody signed");
	return PROOF_GOOD;
}

static enum proof
check_shape(struct cms * cms, const struct cms_shape * shape, struct err * e)
{
	STACK_OF(CMS_SignerInfo) * signers;
	ASN1_OCTET_STRING ** content;

	if (OBJ_obj2nid(CMS_get0_type(cms->info)) != NID_pkcs7_signed)
		return refuse(PROOF_CONTENT, e, "it is no signature");
	if (OBJ_obj2nid(CMS_get0_eContentType(cms->info)) != shape->content)
		return refuse(
		    PROOF_CONTENT, e, "it is over another type of content");
	content = CMS_get0_content(cms->info);
	if ((content == NULL) || ((*content == NULL) != shape->is_detached))
		return refuse(PROOF_CONTENT, e,
		    shape->is_detached ? "its content is in it, not beside it"
				       : "its content is not in it");
	signers = CMS_get0_SignerInfos(cms->info);
	if (sk_CMS_SignerInfo_num(signers) != 1)
		return refuse(PROOF_SIGNERS, e, "it does not have one signer");
	cms->signer = sk_CMS_SignerInfo_value(signers, 0);
	return check_attributes(cms->signer, shape, e);
}

enum proof
cms_open(struct cms * cms, const void * file, size_t len,
    const struct cms_shape * shape, struct err * e)
{
	const uint8_t * p = file;

	x509_forget_errors();
	if (der_check(file, len, e) != 0)
		return PROOF_ENCODING;
	cms->info = d2i_CMS_ContentInfo(NULL, &p, (long)len);
	if ((cms->info == NULL) || (p != (const uint8_t *)file + len))
		return refuse(PROOF_ENCODING, e, "it is no CMS object");
	/* NULL for none, too. */
	cms->certificates = CMS_get1_certs(cms->info);
	cms->lists = CMS_get1_crls(cms->info);
	if (x509_lacks_memory())
		return refuse(PROOF_UNKNOWN, e, "out of memory");
	return check_shape(cms, shape, e);
}

/* Is one of ${certificates} the signer's? */
static bool
find_in(struct cms * cms, STACK_OF(X509) * certificates)
{
	for (int i = 0; i < sk_X509_num(certificates); i++) {
		X509 * one = sk_X509_value(certificates, i);

		if (CMS_SignerInfo_cert_cmp(cms->signer, one) == 0) {
			cms->certificate = one;
			return true;
		}
	}
	return false;
}

enum proof
cms_find_signer(struct cms * cms, STACK_OF(X509) * const * more, size_t n_more,
    struct err * e)
{
	if (find_in(cms, cms->certificates))
		return PROOF_GOOD;
	for (size_t i = 0; i < n_more; i++)
		if ((more[i] != NULL) && find_in(cms, more[i]))
			return PROOF_GOOD;
	return refuse(
	    PROOF_NO_CERTIFICATE, e, "the signer's certificate is not here");
}

/* Curves, and the one digest that we pair each with. */
static const struct {
	const char * group;
	const char * text;
	int digest;
	bool is_ours;
} curves[] = {
	{ "prime256v1", "P-256", NID_sha256, true },
	{ "secp384r1", "P-384", NID_sha384, true },
	{ "secp521r1", "P-521", NID_sha512, false },
};

static const struct {
	int nid;
	const char * text;
} digests[] = {
	{ NID_sha256, "SHA-256" },
	{ NID_sha384, "SHA-384" },
	{ NID_sha512, "SHA-512" },
};

/* The name of an allowed digest, or NULL. */
static const char *
digest_text(int nid)
{
	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++)
		if (digests[i].nid == nid)
			return digests[i].text;
	return NULL;
}

/* May this elliptic key sign over ${digest}?  Write its name to ${text}. */
static bool
is_curve_good(EVP_PKEY * key, int digest, bool is_strict, char text[64])
{
	char group[32] = "";
	size_t len;

	if (EVP_PKEY_get_group_name(key, group, sizeof(group), &len) != 1)
		return false;
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		if (strcmp(curves[i].group, group) != 0)
			continue;
		(void)snprintf(text, 64, "ECDSA %s", curves[i].text);
		return !is_strict ||
		    (curves[i].is_ours && (curves[i].digest == digest));
	}
	(void)snprintf(text, 64, "ECDSA %.30s", group);
	return false;
}

/* Is the algorithm of the signature the plain one for this key and digest? */
static bool
is_algorithm_good(
    EVP_PKEY * key, int digest, int algorithm, bool is_strict, char text[64])
{
	int signature_digest = NID_undef;
	int pkey = NID_undef;
	int bits;

	if (EVP_PKEY_is_a(key, "EC") == 1)
		return is_curve_good(key, digest, is_strict, text) &&
		    (OBJ_find_sigid_algs(algorithm, &signature_digest, &pkey) ==
			1) &&
		    (pkey == NID_X9_62_id_ecPublicKey) &&
		    (signature_digest == digest);
	if (EVP_PKEY_is_a(key, "RSA") != 1) {
		(void)snprintf(text, 64, "another sort of key");
		return false;
	}
	bits = EVP_PKEY_get_bits(key);
	(void)snprintf(text, 64, "RSA-%d", bits);
	if ((bits < (is_strict ? RSA_BITS_STRICT : RSA_BITS_FOREIGN)) ||
	    (bits > RSA_BITS_MAX))
		return false;
	if (algorithm == NID_rsaEncryption)
		return true; /* PKCS#1 v1.5 with the digest said beside it. */
	(void)snprintf(text, 64, "RSA-%d in another form", bits);
	return (OBJ_find_sigid_algs(algorithm, &signature_digest, &pkey) ==
		   1) &&
	    (pkey == NID_rsaEncryption) && (signature_digest == digest) &&
	    (snprintf(text, 64, "RSA-%d", bits) > 0);
}

enum proof
cms_check_algorithm(const struct cms * cms, const struct cms_shape * shape,
    char * text, size_t size, struct err * e)
{
	X509_ALGOR * digest = NULL;
	X509_ALGOR * signature = NULL;
	const ASN1_OBJECT * digest_id = NULL;
	const ASN1_OBJECT * signature_id = NULL;
	EVP_PKEY * key = X509_get0_pubkey(cms->certificate);
	const char * name;
	char sort[64] = "";
	int nid;

	CMS_SignerInfo_get0_algs(cms->signer, NULL, NULL, &digest, &signature);
	X509_ALGOR_get0(&digest_id, NULL, NULL, digest);
	X509_ALGOR_get0(&signature_id, NULL, NULL, signature);
	nid = OBJ_obj2nid(digest_id);
	name = digest_text(nid);
	if (key == NULL)
		return refuse(PROOF_ALGORITHM, e, "its key cannot be used");
	if (name == NULL) {
		err_set(e, ERR_FORGED, NULL, "the digest %s is not allowed",
		    (nid == NID_undef) ? "(unknown)" : OBJ_nid2sn(nid));
		return PROOF_ALGORITHM;
	}
	if (!is_algorithm_good(
		key, nid, OBJ_obj2nid(signature_id), shape->is_strict, sort)) {
		if (x509_lacks_memory())
			return refuse(PROOF_UNKNOWN, e, "out of memory");
		err_set(e, ERR_FORGED, NULL, "%s with %s is not allowed", sort,
		    name);
		return PROOF_ALGORITHM;
	}
	(void)snprintf(text, size, "%s with %s", sort, name);
	return PROOF_GOOD;
}

/*
 * Whether every digest that the signature announces is known.  CMS_verify loses
 * a BIO of its own where one is not, so it is not asked then.
 */
static bool
is_digestible(CMS_ContentInfo * info)
{
	BIO * in = BIO_new_mem_buf("", 0);
	BIO * chain = (in == NULL) ? NULL : CMS_dataInit(info, in);

	if (chain == NULL)
		BIO_free(in);
	BIO_free_all(chain);
	return chain != NULL;
}

enum proof
cms_check_signature(
    struct cms * cms, const void * bytes, size_t len, struct err * e)
{
	/* The chain is judged by x509_check, at the right moment. */
	unsigned flags = CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY | CMS_NOINTERN |
	    ((bytes != NULL) ? CMS_DETACHED : 0U);
	STACK_OF(X509) * one = sk_X509_new_null();
	BIO * data = NULL;
	enum proof proof = PROOF_UNKNOWN;

	x509_forget_errors();
	if (bytes != NULL)
		data = BIO_new_mem_buf(bytes, (int)len);
	if ((one == NULL) || (sk_X509_push(one, cms->certificate) <= 0) ||
	    ((bytes != NULL) && (data == NULL)))
		(void)refuse(PROOF_UNKNOWN, e, "out of memory");
	else if (is_digestible(cms->info) &&
	    (CMS_verify(cms->info, one, NULL, data, NULL, flags) == 1))
		proof = PROOF_GOOD;
	else
		proof =
		    refuse(PROOF_SIGNATURE, e, "the signature does not verify");
	BIO_free(data);
	sk_X509_free(one);
	ERR_clear_error();
	return proof;
}

/* The names of certificates in their old form, by SHA-1, and in the new. */
static ESS_SIGNING_CERT *
first_name(const CMS_SignerInfo * signer, int * given)
{
	const ASN1_TYPE * value =
	    signed_value(signer, NID_id_smime_aa_signingCertificate);
	const uint8_t * p;

	*given += count_signed(signer, NID_id_smime_aa_signingCertificate);
	if ((value == NULL) || (value->type != V_ASN1_SEQUENCE))
		return NULL;
	p = value->value.sequence->data;
	return d2i_ESS_SIGNING_CERT(NULL, &p, value->value.sequence->length);
}

static ESS_SIGNING_CERT_V2 *
second_name(const CMS_SignerInfo * signer, int * given)
{
	const ASN1_TYPE * value =
	    signed_value(signer, NID_id_smime_aa_signingCertificateV2);
	const uint8_t * p;

	*given += count_signed(signer, NID_id_smime_aa_signingCertificateV2);
	if ((value == NULL) || (value->type != V_ASN1_SEQUENCE))
		return NULL;
	p = value->value.sequence->data;
	return d2i_ESS_SIGNING_CERT_V2(NULL, &p, value->value.sequence->length);
}

/* All certificates at hand, the signer's first. */
static STACK_OF(X509) *
    signer_first(
	const struct cms * cms, STACK_OF(X509) * const * more, size_t n_more)
{
	STACK_OF(X509) * all = sk_X509_new_null();
	bool good = (all != NULL) && (sk_X509_push(all, cms->certificate) > 0);

	for (int k = 0; good && (k < sk_X509_num(cms->certificates)); k++)
		good =
		    sk_X509_push(all, sk_X509_value(cms->certificates, k)) > 0;
	for (size_t i = 0; i < n_more; i++)
		for (int k = 0; good && (k < sk_X509_num(more[i])); k++)
			good = sk_X509_push(all, sk_X509_value(more[i], k)) > 0;
	if (good)
		return all;
	sk_X509_free(all);
	return NULL;
}

enum proof
cms_check_certificate_name(const struct cms * cms,
    STACK_OF(X509) * const * more, size_t n_more, bool is_needed,
    struct err * e)
{
	int given = 0;
	ESS_SIGNING_CERT * first = first_name(cms->signer, &given);
	ESS_SIGNING_CERT_V2 * second = second_name(cms->signer, &given);
	int found = ((first != NULL) ? 1 : 0) + ((second != NULL) ? 1 : 0);
	STACK_OF(X509) * all = signer_first(cms, more, n_more);
	enum proof proof = PROOF_GOOD;

	if (all == NULL)
		proof = refuse(PROOF_UNKNOWN, e, "out of memory");
	else if ((given == 0) && is_needed)
		proof = refuse(PROOF_ATTRIBUTES, e,
		    "its signed attributes do not name the certificate that "
		    "signed");
	else if ((given > 0) &&
	    ((found != given) ||
		(OSSL_ESS_check_signing_certs(first, second, all, 1) != 1)))
		proof = refuse(PROOF_ATTRIBUTES, e,
		    "its signed attributes name another certificate than the "
		    "one that signed");
	ESS_SIGNING_CERT_free(first);
	ESS_SIGNING_CERT_V2_free(second);
	sk_X509_free(all);
	ERR_clear_error();
	return proof;
}

void
cms_close(struct cms * cms)
{
	CMS_ContentInfo_free(cms->info);
	sk_X509_pop_free(cms->certificates, X509_free);
	sk_X509_CRL_pop_free(cms->lists, X509_CRL_free);
	memset(cms, 0, sizeof(*cms));
}
