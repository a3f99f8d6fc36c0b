#ifndef EVIDENCE_ED25519_VERIFY_H
#define EVIDENCE_ED25519_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"

/*
 * Public keys and signatures in the file formats of minisign, and their
 * verification by libsodium.  Nothing here can sign.  FORMAT.md, "Ed25519",
 * has the grammar; it is stricter than minisign's own reader.
 */
#define ED25519_ID_LEN 8
#define ED25519_PUBLIC_LEN 32
#define ED25519_SIGNATURE_LEN 64
#define ED25519_COMMENT_MAX 1024 /* Bytes of a trusted comment. */
#define ED25519_FILE_MAX 4096    /* Bytes of a key or signature file. */
#define ED25519_ID_TEXT 17       /* 16 digits as minisign prints, and a NUL. */

/* Line 1 of every signature of ours, behind "untrusted comment: ".  It is not
 * signed, so it is fixed: what is not signed may not vary. */
#define ED25519_UNTRUSTED_COMMENT "azcustody signature"

struct ed25519_public {
	uint8_t id[ED25519_ID_LEN];
	uint8_t key[ED25519_PUBLIC_LEN];
};

struct ed25519_signature {
	uint8_t
	    id[ED25519_ID_LEN]; /* Of the key that is said to have signed. */
	uint8_t bytes[ED25519_SIGNATURE_LEN];  /* Over BLAKE2b-512 of it. */
	uint8_t global[ED25519_SIGNATURE_LEN]; /* Over bytes and comment. */
	char comment[ED25519_COMMENT_MAX + 1]; /* The trusted one. */
	bool is_ours; /* The untrusted one is ED25519_UNTRUSTED_COMMENT. */
};

/**
 * ed25519_parse_public(bytes, len, key, e):
 * Parse a minisign public key file (two LF lines, the final LF may be absent)
 * into ${key}.  Return 0, or -1 with ${e} set and ${key} untouched.
 */
int ed25519_parse_public(const void * bytes, size_t len,
    struct ed25519_public * key, struct err * e);

/**
 * ed25519_load_public(path, key, e):
 * As ed25519_parse_public, from the regular file ${path}.
 */
int ed25519_load_public(
    const char * path, struct ed25519_public * key, struct err * e);

/**
 * ed25519_format_id(id, text):
 * Write the key id as minisign prints it: 16 upper-case digits, last byte
 * first.
 */
void ed25519_format_id(
    const uint8_t id[ED25519_ID_LEN], char text[ED25519_ID_TEXT]);

/**
 * ed25519_digest_public(key, sha256):
 * Write the identity of ${key}, the SHA-256 of its 32 bytes, to ${sha256}.
 */
void ed25519_digest_public(
    const struct ed25519_public * key, uint8_t sha256[DIGEST_SHA256_LEN]);

/**
 * ed25519_parse_signature(bytes, len, sig, e):
 * Parse a signature file: exactly four LF lines, canonical base64, algorithm
 * "ED" (prehashed) and no other, comments in UTF-8 without controls.  Return 0, or -1 with
 * ${e} set (ERR_FORGED) and ${sig} in any state.
 */
int ed25519_parse_signature(const void * bytes, size_t len,
    struct ed25519_signature * sig, struct err * e);

/**
 * ed25519_verify(key, sig, comment, bytes, len, e):
 * Verify that ${key} made ${sig} over the ${len} ${bytes} and over exactly the
 * trusted comment ${comment}, under the fixed untrusted comment (NULL accepts
 * any of both, for files that are not ours).
 * Return 0, or -1 with ${e} set (ERR_FORGED): another key's id, another
 * comment, a signature that does not verify.
 */
int ed25519_verify(const struct ed25519_public * key,
    const struct ed25519_signature * sig, const char * comment,
    const void * bytes, size_t len, struct err * e);

/**
 * ed25519_verify_raw(key, signature, bytes, len):
 * Verify a bare Ed25519 signature of ${len} ${bytes}, without prehashing.
 * Return 0 if it verifies, else -1.
 */
int ed25519_verify_raw(const uint8_t key[ED25519_PUBLIC_LEN],
    const uint8_t signature[ED25519_SIGNATURE_LEN], const void * bytes,
    size_t len);

#endif
