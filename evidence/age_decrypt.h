#ifndef EVIDENCE_AGE_DECRYPT_H
#define EVIDENCE_AGE_DECRYPT_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/age.h"
#include "evidence/err.h"

/*
 * Decrypting a file of age.  Nothing is written but what its tag proved.
 */
#define AGE_HEADER_MAX ((size_t)64 << 10) /* Bytes. */
#define AGE_STANZAS_MAX 256
#define AGE_IDENTITIES_MAX 64

struct age_identities; /* Secret keys. */

/**
 * age_identities_load(source, e):
 * Read the secret keys "AGE-SECRET-KEY-1...", one a line, of ${source} (a file
 * that only its owner can read, "-", or "fd:N"); empty lines and those that
 * begin with "#" are passed over.  Return them, and the caller frees them with
 * age_identities_free, or NULL with ${e} set.
 */
struct age_identities * age_identities_load(
    const char * source, struct err * e);

/**
 * age_identities_free(identities):
 * Wipe and release ${identities}; NULL is fine.
 */
void age_identities_free(struct age_identities * identities);

/**
 * age_is_encrypted(in):
 * Return whether the regular file ${in} begins as a file of age does.
 */
bool age_is_encrypted(int in);

/**
 * age_decrypt(in, identities, out, e):
 * Decrypt the regular file ${in}, which one of ${identities} must be able to
 * open, and write its content to ${out}.  Return 0, or -1 with ${e} set:
 * ERR_DENIED if no key fits, ERR_FORGED if a MAC or tag is wrong or the end is
 * missing, ERR_INPUT if it is not well-formed.  What is in ${out} then was
 * proved, but is not all.
 */
int age_decrypt(
    int in, const struct age_identities * identities, int out, struct err * e);

#endif
