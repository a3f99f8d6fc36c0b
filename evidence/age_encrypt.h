#ifndef EVIDENCE_AGE_ENCRYPT_H
#define EVIDENCE_AGE_ENCRYPT_H

#include <stddef.h>

#include "evidence/age.h"
#include "evidence/err.h"

/*
 * Encrypting a file to recipients; the age program and age_decrypt read it.
 */

/**
 * age_encrypt(in, out, recipients, n, e):
 * Encrypt the regular file ${in}, from its first byte, to the ${n} (1 to
 * AGE_RECIPIENTS_MAX) ${recipients}, and write the result to ${out}.  Both are
 * borrowed; nothing is synced.  Return 0, or -1 with ${e} set and ${out} in any
 * state.
 */
int age_encrypt(int in, int out, const struct age_recipient * recipients,
    size_t n, struct err * e);

#endif
