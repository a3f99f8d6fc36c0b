#ifndef EVIDENCE_SIGNER_H
#define EVIDENCE_SIGNER_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/document.h"
#include "evidence/err.h"

/*
 * Who signs a document: the "signers" array that a seal and a custody entry
 * have in common.  Each signer has a role and a signature file of its own,
 * whose name follows from what is signed (the stem), the role and the kind.
 */
#define SIGNER_MAX 16
#define SIGNER_FILE_SIZE 64 /* "NNNNNN-EVENT.ROLE.minisig" and a NUL. */

enum signer_kind {
	SIGNER_ED25519, /* ROLE.minisig, minisign's format */
	SIGNER_CMS      /* ROLE.p7s, CMS SignedData, detached, DER */
};
#define SIGNER_KINDS 2

struct signer {
	const char * role; /* name_check_role */
	const char * name; /* For people, or NULL. */
	enum signer_kind kind;
	/* Ed25519: of the 32 bytes of the key; CMS: of the certificate's DER. */
	uint8_t key_sha256[DIGEST_SHA256_LEN];
	const char * file;
};

/**
 * signer_kind_text(kind):
 * Return the word of ${kind} ("ed25519").
 */
const char * signer_kind_text(enum signer_kind kind);

/**
 * signer_file(stem, role, kind, file):
 * Write the name of a signature file to ${file}: ${stem} ("seal/" or
 * "NNNNNN-EVENT."), ${role} and the ending of ${kind}.
 */
void signer_file(const char * stem, const char * role, enum signer_kind kind,
    char file[SIGNER_FILE_SIZE]);

/**
 * signer_put(j, signers, n):
 * Put the ${n} ${signers} as the member "signers".
 */
void signer_put(struct json_out * j, const struct signer * signers, size_t n);

/**
 * signer_parse(doc, stem, signers, n, e):
 * Read the member "signers" of ${doc}, which has one, into ${signers} and their
 * number into ${n}; text is borrowed from ${doc}.  Roles and keys are unique,
 * and the files are those signer_file gives for ${stem}.  Return 0, or -1 with
 * ${e} set (ERR_LIMIT over SIGNER_MAX).
 */
int signer_parse(struct document * doc, const char * stem,
    struct signer signers[SIGNER_MAX], size_t * n, struct err * e);

/**
 * signer_find(signers, n, file):
 * Return the one of the ${n} ${signers} whose signature is ${file}, or NULL.
 */
const struct signer * signer_find(
    const struct signer * signers, size_t n, const char * file);

#endif
