#ifndef EVIDENCE_PROOF_H
#define EVIDENCE_PROOF_H

/*
 * What a check of a signature, a certificate or a time stamp came to: good, or
 * the one reason why not.  Words, so that programs can tell reasons apart; what
 * exactly was wrong is in the struct err beside it.
 */
enum proof {
	PROOF_GOOD,
	PROOF_ENCODING,       /* It is not the one DER form of anything. */
	PROOF_CONTENT,        /* It holds, or is over, another sort of thing. */
	PROOF_SIGNERS,        /* It does not have exactly one signer. */
	PROOF_ATTRIBUTES,     /* Signed attributes are missing or contradict. */
	PROOF_ALGORITHM,      /* An algorithm or key size is not allowed. */
	PROOF_NO_CERTIFICATE, /* The signer's certificate is not here. */
	PROOF_SIGNATURE,      /* The signature does not verify. */
	PROOF_UNTRUSTED,      /* No chain leads to what the examiner brought. */
	PROOF_CHAIN,          /* A chain leads there and breaks a rule. */
	PROOF_PURPOSE,        /* A certificate is not for this use. */
	PROOF_EXPIRED,        /* A certificate was not valid any more. */
	PROOF_NOT_YET,        /* A certificate was not valid yet. */
	PROOF_REVOKED,        /* A certificate is revoked. */
	PROOF_REVOCATION,     /* Whether it is revoked could not be told. */
	PROOF_STATUS,         /* The authority did not grant the time stamp. */
	PROOF_IMPRINT,        /* The time stamp is over something else. */
	PROOF_NONCE,          /* It answers another request. */
	PROOF_POLICY,         /* It was made under another policy. */
	PROOF_TIME,           /* Its moment cannot be true. */
	PROOF_UNKNOWN         /* It could not be judged: memory, a bug. */
};
#define PROOF_COUNT 21

/**
 * proof_code(proof):
 * Return the word for ${proof} ("good", "imprint").
 */
const char * proof_code(enum proof proof);

#endif
