#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/ts.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "evidence/der.h"
#include "evidence/secret.h"
#include "evidence/timestamp_query.h"

/* The imprint of ${query} as OpenSSL has it, or NULL. */
static TS_MSG_IMPRINT *
new_imprint(const struct timestamp_query * query)
{
	TS_MSG_IMPRINT * imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR * algorithm = X509_ALGOR_new();
	uint8_t bytes[DIGEST_MAX_LEN];
	bool good = (imprint != NULL) && (algorithm != NULL);

	memcpy(bytes, query->imprint, sizeof(bytes));
	good = good &&
	    (X509_ALGOR_set0(
		 algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1) &&
	    (TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1) &&
	    (TS_MSG_IMPRINT_set_msg(imprint, bytes, (int)query->imprint_len) ==
		1);
	X509_ALGOR_free(algorithm);
	if (good)
		return imprint;
	TS_MSG_IMPRINT_free(imprint);
	return NULL;
}

/* The nonce of ${query} as a positive integer, or NULL. */
static ASN1_INTEGER *
new_nonce(const struct timestamp_query * query)
{
	ASN1_INTEGER * nonce = ASN1_INTEGER_new();

	if ((nonce != NULL) &&
	    (ASN1_STRING_set(nonce, query->nonce, (int)query->nonce_len) == 1))
		return nonce;
	ASN1_INTEGER_free(nonce);
	return NULL;
}

/* Put what ${query} asks into ${request}. */
static bool
fill(TS_REQ * request, const struct timestamp_query * query)
{
	TS_MSG_IMPRINT * imprint = new_imprint(query);
	ASN1_INTEGER * nonce = new_nonce(query);
	ASN1_OBJECT * policy = NULL;
	bool good = (imprint != NULL) && (nonce != NULL) &&
	    (TS_REQ_set_version(request, 1) == 1) &&
	    (TS_REQ_set_msg_imprint(request, imprint) == 1) &&
	    (TS_REQ_set_nonce(request, nonce) == 1) &&
	    (TS_REQ_set_cert_req(request, 1) == 1);

	if (query->policy[0] != '\0') {
		policy = OBJ_txt2obj(query->policy, 1);
		good = good && (policy != NULL) &&
		    (TS_REQ_set_policy_id(request, policy) == 1);
	}
	TS_MSG_IMPRINT_free(imprint);
	ASN1_INTEGER_free(nonce);
	ASN1_OBJECT_free(policy);
	return good;
}

int
timestamp_make_query(const void * bytes, size_t len, const char * policy,
    struct timestamp_query * query, struct buf * out, struct err * e)
{
	TS_REQ * request = NULL;
	unsigned char * der = NULL;
	int n = -1;
	int rc = -1;

	memset(query, 0, sizeof(*query));
	digest_sha256(bytes, len, query->imprint);
	query->imprint_len = DIGEST_SHA256_LEN;
	query->nonce_len = TIMESTAMP_NONCE_LEN;
	secret_random(query->nonce, query->nonce_len);
	/* Positive, and in its shortest form. */
	query->nonce[0] = (uint8_t)((query->nonce[0] & 0x3f) | 0x40);
	if (policy != NULL) {
		ASN1_OBJECT * oid = OBJ_txt2obj(policy, 1);

		ASN1_OBJECT_free(oid);
		if ((oid == NULL) ||
		    (strlen(policy) >= TIMESTAMP_POLICY_SIZE)) {
			err_set(e, ERR_USAGE, NULL,
			    "not an object identifier: %.100s", policy);
			ERR_clear_error();
			return -1;
		}
		(void)snprintf(
		    query->policy, sizeof(query->policy), "%s", policy);
	}
	request = TS_REQ_new();
	if ((request != NULL) && fill(request, query))
		n = i2d_TS_REQ(request, &der);
	if (n > 0)
		rc = buf_add(out, der, (size_t)n, e);
	else
		err_set(e, ERR_SYSTEM, NULL, "no request could be made");
	OPENSSL_free(der);
	TS_REQ_free(request);
	ERR_clear_error();
	return rc;
}

/* Copy what ${request} asks; 0 if it is all there and of a known sort. */
static int
read_request(TS_REQ * request, struct timestamp_query * query)
{
	TS_MSG_IMPRINT * imprint = TS_REQ_get_msg_imprint(request);
	const ASN1_OCTET_STRING * digest = TS_MSG_IMPRINT_get_msg(imprint);
	const ASN1_INTEGER * nonce = TS_REQ_get_nonce(request);
	const ASN1_OBJECT * policy = TS_REQ_get_policy_id(request);
	const ASN1_OBJECT * algorithm = NULL;
	size_t len = (size_t)ASN1_STRING_length(digest);

	X509_ALGOR_get0(
	    &algorithm, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
	switch (OBJ_obj2nid(algorithm)) {
	case NID_sha256:
		query->imprint_len = 32;
		break;
	case NID_sha384:
		query->imprint_len = 48;
		break;
	case NID_sha512:
		query->imprint_len = 64;
		break;
	default:
		return -1;
	}
	if (len != query->imprint_len)
		return -1;
	memcpy(query->imprint, ASN1_STRING_get0_data(digest), len);
	if (nonce != NULL) {
		len = (size_t)ASN1_STRING_length(nonce);
		if ((len > TIMESTAMP_NONCE_MAX) ||
		    (ASN1_STRING_type(nonce) != V_ASN1_INTEGER))
			return -1;
		memcpy(query->nonce, ASN1_STRING_get0_data(nonce), len);
		query->nonce_len = len;
	}
	return ((policy == NULL) ||
		   (OBJ_obj2txt(query->policy, sizeof(query->policy), policy,
			1) < (int)sizeof(query->policy)))
	    ? 0
	    : -1;
}

int
timestamp_parse_query(const void * bytes, size_t len,
    struct timestamp_query * query, struct err * e)
{
	const unsigned char * p = bytes;
	TS_REQ * request = NULL;
	int rc = -1;

	memset(query, 0, sizeof(*query));
	if ((len <= TIMESTAMP_QUERY_MAX) && (der_check(bytes, len, e) == 0))
		request = d2i_TS_REQ(NULL, &p, (long)len);
	if ((request != NULL) && (read_request(request, query) == 0))
		rc = 0;
	else
		err_set(e, ERR_INPUT, NULL,
		    "not a request for a time stamp over SHA-256, 384 or 512");
	TS_REQ_free(request);
	ERR_clear_error();
	return rc;
}
