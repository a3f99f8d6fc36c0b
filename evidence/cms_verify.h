#ifndef EVIDENCE_CMS_VERIFY_H
#define EVIDENCE_CMS_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/proof.h"
#include "evidence/x509.h"

/*
 * Verifying a detached CMS signature (RFC 5652) in DER.  Nothing here can sign.
 * FORMAT.md, "CMS", says what is accepted: one signer, signed attributes, the
 * signer's certificate named among them, and few algorithms.
 */
#define CMS_MAX ((size_t)256 << 10) /* Bytes of a signature file. */
#define CMS_TEXT_SIZE 256

/* By what a signature is judged; all borrowed, sets may be NULL. */
struct cms_rules {
	const struct x509_set * roots;       /* From the examiner. */
	const struct x509_set * revocations; /* From the examiner. */
	const struct x509_set * carried;     /* Came with the signature. */
	const uint8_t *
	    certificate_sha256; /* It must be this one's; or NULL. */
	bool is_pinned;         /* That certificate is trusted itself. */
	int64_t at;             /* The moment it must have been good at. */
	int64_t now;
	/* By when what is judged is proved to have existed; NULL: by nothing. */
	const int64_t * proved_at;
	bool need_revocation; /* A status that is not known is a failure. */
	bool is_foreign; /* Not ours: RSA of 2048 bits, no signing-certificate
			  * attribute, and unsigned attributes will do. */
};

/* What was learnt, as far as it came; text is printable. */
struct cms_facts {
	char subject[CMS_TEXT_SIZE]; /* "" if no certificate was found. */
	uint8_t certificate_sha256[DIGEST_SHA256_LEN];
	int64_t not_before;
	int64_t not_after;
	char algorithm[CMS_TEXT_SIZE]; /* "ECDSA P-256 with SHA-256" */
	int64_t claimed_at;         /* The signer's word, or CLOCK_UNKNOWN. */
	char anchor[CMS_TEXT_SIZE]; /* What was trusted; "" if nothing was. */
	uint8_t anchor_sha256[DIGEST_SHA256_LEN];
	bool is_revocation_known;
	bool is_revoked_later;
};

/**
 * cms_verify(rules, file, file_len, bytes, len, facts, e):
 * Judge the signature ${file} over the ${len} ${bytes} by ${rules}; fill
 * ${facts}.  Return PROOF_GOOD, or the first reason why not with ${e} set.  If
 * that is PROOF_UNTRUSTED or a later one of a certificate, the signature itself
 * verifies by the certificate in ${facts}.
 */
enum proof cms_verify(const struct cms_rules * rules, const void * file,
    size_t file_len, const void * bytes, size_t len, struct cms_facts * facts,
    struct err * e);

#endif
