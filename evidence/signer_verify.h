#ifndef EVIDENCE_SIGNER_VERIFY_H
#define EVIDENCE_SIGNER_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/proof.h"
#include "evidence/signer.h"
#include "evidence/trust.h"
#include "evidence/x509.h"

/*
 * Judging the signature of one declared signer over a document, whatever its
 * kind, by what the examiner trusts.  Nothing here signs.
 */
#define SIGNER_BY_SIZE 640

enum signer_verdict {
	SIGNER_GOOD,      /* A trusted key made it over these bytes. */
	SIGNER_UNTRUSTED, /* It may be right: its key was not brought. */
	SIGNER_UNTIMED,   /* It was right when it was made, if it was made when
			   * it says; nothing shows that. */
	SIGNER_BAD        /* It is no such signature. */
};

/* What was signed, and the signature; all borrowed. */
struct signer_claim {
	const char * comment; /* The trusted comment that it must have. */
	const void * bytes;   /* The document, as stored. */
	size_t len;
	const void * signature; /* The file. */
	size_t signature_len;
	const struct x509_set * carried; /* Came with it; NULL: nothing. */
	int64_t claimed_at;              /* When, by the word of who signed. */
	int64_t now;                     /* 0: by the clock. */
	int64_t stamped_at;   /* By a trusted time stamp; CLOCK_UNKNOWN. */
	bool need_revocation; /* A status that is not known is a failure. */
};

/* What it was trusted by; printable. */
struct signer_proof {
	enum proof proof; /* PROOF_GOOD unless a certificate was judged. */
	char by[SIGNER_BY_SIZE];  /* "R. Meyer (trusted key a.pub)" */
	bool is_revocation_known; /* Of a certificate's whole chain. */
	bool is_revoked_later;
	int64_t not_after; /* Of its certificate, or CLOCK_UNKNOWN. */
};

/**
 * signer_verify(signer, claim, trust, proof, why):
 * Judge by ${trust} (NULL: nothing is trusted) whether ${signer} signed
 * ${claim}, and fill ${proof}.  Return the verdict; any but SIGNER_GOOD sets
 * ${why}.
 */
enum signer_verdict signer_verify(const struct signer * signer,
    const struct signer_claim * claim, const struct trust * trust,
    struct signer_proof * proof, struct err * why);

#endif
