#ifndef EVIDENCE_CMS_KEY_H
#define EVIDENCE_CMS_KEY_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdint.h>

#include "evidence/cms_sign.h"
#include "evidence/digest.h"

/*
 * The inside of a key that signs with a certificate, in OpenSSL's types, for
 * the files cms_*sign.c only.
 */
struct cms_key {
	EVP_PKEY * key;
	X509 * certificate;
	STACK_OF(X509) * chain; /* The others that came with it. */
	const EVP_MD * digest;
	uint8_t sha256[DIGEST_SHA256_LEN]; /* Of the certificate's DER. */
	char * name;
};

#endif
