#ifndef EVIDENCE_SIGNER_VERIFY_H
#define EVIDENCE_SIGNER_VERIFY_H

#include <stddef.h>

#include "evidence/err.h"
#include "evidence/signer.h"
#include "evidence/trust.h"

/*
 * Judging the signature of one declared signer over a document, whatever its
 * kind, by what the examiner trusts.  Nothing here signs.
 */
enum signer_verdict {
	SIGNER_GOOD,      /* A trusted key made it over these bytes. */
	SIGNER_UNTRUSTED, /* It may be right: its key was not brought. */
	SIGNER_BAD        /* It is no such signature. */
};

/* What was signed, and the signature; all borrowed. */
struct signer_claim {
	const char * comment; /* The trusted comment that it must have. */
	const void * bytes;   /* The document, as stored. */
	size_t len;
	const void * signature; /* The file. */
	size_t signature_len;
};

/**
 * signer_verify(signer, claim, trust, why):
 * Judge by ${trust} (NULL: nothing is trusted) whether ${signer} signed
 * ${claim}.  Return the verdict; SIGNER_BAD sets ${why}.
 */
enum signer_verdict signer_verify(const struct signer * signer,
    const struct signer_claim * claim, const struct trust * trust,
    struct err * why);

#endif
