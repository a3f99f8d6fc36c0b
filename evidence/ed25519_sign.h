#ifndef EVIDENCE_ED25519_SIGN_H
#define EVIDENCE_ED25519_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/ed25519_verify.h"
#include "evidence/err.h"
#include "evidence/secret.h"

/*
 * Secret keys in minisign's file format and signing with them.  Nothing here
 * verifies, and azcustody-verify does not link it.
 */
#define ED25519_KDF_OPSLIMIT (UINT64_C(1) << 22)     /* scrypt, of our keys. */
#define ED25519_KDF_MEMLIMIT (UINT64_C(128) << 20)   /* bytes */
#define ED25519_KDF_OPSLIMIT_MAX (UINT64_C(1) << 26) /* Accepted. */
#define ED25519_KDF_MEMLIMIT_MAX (UINT64_C(1) << 30) /* minisign's own. */

struct ed25519_seckey {
	struct ed25519_public pub;
	struct secret * sk; /* Seed and public key, as libsodium has them. */
};

/**
 * ed25519_new_seckey(e):
 * Make a key pair from the system's random source.  Return it (the caller
 * frees it with ed25519_free_seckey), or NULL with ${e} set.
 */
struct ed25519_seckey * ed25519_new_seckey(struct err * e);

/**
 * ed25519_load_seckey(path, password, e):
 * Load the secret key file ${path}, decrypting it with ${password}, which may
 * be NULL for a key without one.  Refuse a file that its group or others may
 * use and a key derivation over the limits above.
 * Return the key (the caller frees it), or NULL with ${e} set: ERR_DENIED for
 * a wrong or missing password.
 */
struct ed25519_seckey * ed25519_load_seckey(
    const char * path, const struct secret * password, struct err * e);

/**
 * ed25519_is_encrypted(path, encrypted, e):
 * Put into ${encrypted} whether the secret key file ${path} needs a password.
 * Return 0, or -1 with ${e} set as ed25519_load_seckey does.
 */
int ed25519_is_encrypted(const char * path, bool * encrypted, struct err * e);

/**
 * ed25519_check_place(path, dir, e):
 * Check that the secret key file ${path} does not lie in the directory ${dir}
 * or anywhere below it: a key beside what it signs goes where the package
 * goes.  Return 0, or -1 with ${e} set (ERR_USAGE).
 */
int ed25519_check_place(const char * path, int dir, struct err * e);

/**
 * ed25519_save_seckey(dir, name, key, password, e):
 * Write ${key} to the new file ${name} (mode 0600) in ${dir}, encrypted with
 * ${password}, or in the clear if that is NULL.  Return 0, or -1 with ${e} set
 * and no file made.
 */
int ed25519_save_seckey(int dir, const char * name,
    const struct ed25519_seckey * key, const struct secret * password,
    struct err * e);

/**
 * ed25519_save_public(dir, name, key, owner, e):
 * Write the public half of ${key} to the new file ${name} (mode 0644) in
 * ${dir}, with ${owner} (UTF-8 without controls, at most 200 bytes; NULL for
 * none) in its comment.  Return 0, or -1 with ${e} set and no file made.
 */
int ed25519_save_public(int dir, const char * name,
    const struct ed25519_seckey * key, const char * owner, struct err * e);

/**
 * ed25519_sign(key, comment, bytes, len, out, e):
 * Append the signature file of ${key} over the ${len} ${bytes} with the
 * trusted comment ${comment} (printable ASCII) to ${out}.  Return 0, or -1
 * with ${e} set.
 */
int ed25519_sign(const struct ed25519_seckey * key, const char * comment,
    const void * bytes, size_t len, struct buf * out, struct err * e);

/**
 * ed25519_free_seckey(key):
 * Wipe and release ${key}; NULL is fine.
 */
void ed25519_free_seckey(struct ed25519_seckey * key);

#endif
