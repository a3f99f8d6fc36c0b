#ifndef EVIDENCE_CMS_KEY_H
#define EVIDENCE_CMS_KEY_H

#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/x509.h>
#include <stdint.h>

#include "evidence/cms_sign.h"
#include "evidence/digest.h"

/*
 * The inside of a key that signs with a certificate, in OpenSSL's types, for
 * the files cms_*sign.c only.
 */
struct cms_key {
	/* Of a key that a provider reads: a world of its own, so that nothing but
	 * this key is done by it.  NULL: OpenSSL's own. */
	OSSL_LIB_CTX * world;
	OSSL_PROVIDER * providers[2];
	EVP_PKEY * key;
	X509 * certificate;
	STACK_OF(X509) * chain; /* The others that came with it. */
	const EVP_MD * digest;
	uint8_t sha256[DIGEST_SHA256_LEN]; /* Of the certificate's DER. */
	char * name;
};

#endif
