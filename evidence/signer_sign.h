#ifndef EVIDENCE_SIGNER_SIGN_H
#define EVIDENCE_SIGNER_SIGN_H

#include <stddef.h>

#include "evidence/buf.h"
#include "evidence/cms_sign.h"
#include "evidence/ed25519_sign.h"
#include "evidence/err.h"
#include "evidence/signer.h"

/*
 * Signing in a role, whatever the kind of key.  This signs: the verifier does
 * not link it.
 */
struct signer_key {
	const char * role;
	const char * name;                     /* For people, or NULL. */
	const struct ed25519_seckey * ed25519; /* This, */
	const struct cms_key * cms;            /* or this. */
};

/**
 * signer_describe(key, stem, file, signer):
 * Fill ${signer} with what ${key} is; its file, named from ${stem}, is written
 * to ${file}, which ${signer} borrows.
 */
void signer_describe(const struct signer_key * key, const char * stem,
    char file[SIGNER_FILE_SIZE], struct signer * signer);

/**
 * signer_sign(key, comment, bytes, len, out, e):
 * Append the signature file of ${key} over the ${len} ${bytes} to ${out}.  The
 * kinds that have a trusted comment carry ${comment}.  Return 0, or -1 with
 * ${e} set.
 */
int signer_sign(const struct signer_key * key, const char * comment,
    const void * bytes, size_t len, struct buf * out, struct err * e);

#endif
