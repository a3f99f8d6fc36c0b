#ifndef EVIDENCE_TIMESTAMP_VERIFY_H
#define EVIDENCE_TIMESTAMP_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/proof.h"
#include "evidence/timestamp_query.h"
#include "evidence/x509.h"

/*
 * Verifying a time stamp (RFC 3161, TimeStampResp, in DER).  FORMAT.md, "Time
 * stamps", says what is accepted.  Nothing here can sign.
 */
#define TIMESTAMP_MAX ((size_t)256 << 10) /* Bytes of a token file. */
#define TIMESTAMP_TEXT_SIZE 256

/* By what a token is judged; all borrowed, sets may be NULL. */
struct timestamp_rules {
	const struct x509_set * roots;        /* From the examiner. */
	const struct x509_set * revocations;  /* From the examiner. */
	const struct x509_set * carried;      /* Came with the token. */
	const struct timestamp_query * query; /* What was asked; NULL: not
					       * known. */
	int64_t at;  /* Judge its certificate then; CLOCK_UNKNOWN: genTime. */
	int64_t now; /* It cannot be from later. */
	/* By when what is judged is proved to have existed; NULL: by nothing. */
	const int64_t * proved_at;
	bool need_revocation;
};

/* What was learnt, as far as it came; text is printable. */
struct timestamp_facts {
	int64_t at; /* genTime, or CLOCK_UNKNOWN.  Only a good one counts. */
	int64_t accuracy; /* Ticks it may be off either way; -1: not said. */
	bool is_ordered;  /* The authority orders its tokens. */
	char policy[TIMESTAMP_POLICY_SIZE];
	char serial[TIMESTAMP_TEXT_SIZE];
	char subject[TIMESTAMP_TEXT_SIZE]; /* Of the certificate that signed. */
	uint8_t certificate_sha256[DIGEST_SHA256_LEN];
	int64_t not_before;
	int64_t not_after;
	char algorithm[TIMESTAMP_TEXT_SIZE];
	char anchor[TIMESTAMP_TEXT_SIZE];
	uint8_t anchor_sha256[DIGEST_SHA256_LEN];
	bool is_revocation_known;
	bool is_revoked_later;
};

/**
 * timestamp_verify(rules, token, token_len, bytes, len, facts, e):
 * Judge the answer ${token} over the ${len} ${bytes} by ${rules}; fill
 * ${facts}.  ${bytes} may be NULL if the rules have a query: then its imprint
 * is what the token must be over.  Return PROOF_GOOD, or the first reason why not with ${e} set.  If
 * that is PROOF_UNTRUSTED or a later one of a certificate, all else is good.
 */
enum proof timestamp_verify(const struct timestamp_rules * rules,
    const void * token, size_t token_len, const void * bytes, size_t len,
    struct timestamp_facts * facts, struct err * e);

#endif
