#ifndef EVIDENCE_CMS_SIGN_H
#define EVIDENCE_CMS_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/secret.h"

/*
 * Signing with a certificate: detached CMS in DER, as cms_verify accepts it.
 * This signs: the verifier does not link it.
 */
#define CMS_PROVIDER_MAX 32                 /* Bytes of a module's name. */
#define CMS_SIGN_FILE_MAX ((size_t)1 << 20) /* Bytes of a key file. */

struct cms_key; /* A private key, its certificate, and the chain above it. */

/* Where key and certificate are; what is absent is NULL. */
struct cms_key_source {
	const char * certificate; /* PEM or DER: its own first, chain behind. */
	const char * key;         /* A PEM, DER or PKCS#12 file, or a store URI
			   * ("pkcs11:...", "file:..."). */
	const char * provider;    /* A module of OpenSSL's that reads the key,
				* "pkcs11"; NULL: none is needed. */
	const struct secret * password; /* Of the key, or NULL. */
	bool may_ask; /* For the password, on the terminal, if one is needed. */
};

/**
 * cms_key_path(key):
 * Return the path in ${key}, a file's name or a URI "file:...", borrowed from
 * it, or NULL if it is the URI of another store.
 */
const char * cms_key_path(const char * key);

/**
 * cms_load_key(source, e):
 * Load the key of ${source}, by its provider alone if it has one: a name of
 * letters, digits, "-" and "_" in the folder of OpenSSL's modules.  A PKCS#12 file brings its certificates itself,
 * so that source->certificate may be NULL.  Refuse a key file that its group or
 * others may use, a key of an algorithm or size that FORMAT.md does not allow,
 * and a certificate that is another key's.  Return it, which the caller frees
 * with cms_free_key, or NULL with ${e} set: ERR_DENIED for a wrong or missing
 * password.
 */
struct cms_key * cms_load_key(
    const struct cms_key_source * source, struct err * e);

/**
 * cms_certificate_sha256(key, sha256):
 * Write the identity of ${key}, the SHA-256 of its certificate's DER, to
 * ${sha256}.
 */
void cms_certificate_sha256(
    const struct cms_key * key, uint8_t sha256[DIGEST_SHA256_LEN]);

/**
 * cms_certificate_name(key):
 * Return the subject of the certificate of ${key}, printable, borrowed until
 * cms_free_key.
 */
const char * cms_certificate_name(const struct cms_key * key);

/**
 * cms_sign(key, bytes, len, out, e):
 * Append the signature file of ${key} over the ${len} ${bytes} to ${out}.
 * Return 0, or -1 with ${e} set.
 */
int cms_sign(const struct cms_key * key, const void * bytes, size_t len,
    struct buf * out, struct err * e);

/**
 * cms_free_key(key):
 * Wipe and release ${key}; NULL is fine.
 */
void cms_free_key(struct cms_key * key);

#endif
