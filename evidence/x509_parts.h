#ifndef EVIDENCE_X509_PARTS_H
#define EVIDENCE_X509_PARTS_H

#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/proof.h"
#include "evidence/x509.h"

/*
 * The inside of certificates, in OpenSSL's types, for the modules that verify
 * only.
 */
#define X509_NAME_SIZE 256

struct x509_set {
	STACK_OF(X509) * certificates;
	STACK_OF(X509_CRL) * lists;
	OCSP_RESPONSE ** answers;
	size_t n_answers;
};

enum x509_use {
	X509_USE_SIGN, /* Sign documents. */
	X509_USE_STAMP /* Time stamping, and nothing else. */
};

/* By what a certificate is judged.  All borrowed; sets may be NULL. */
struct x509_rules {
	const struct x509_set * roots; /* From the examiner. */
	const struct x509_set * revocations;
	const struct x509_set * carried; /* Came with what is judged. */
	STACK_OF(X509) * embedded;       /* Certificates in the signature. */
	STACK_OF(X509_CRL) * embedded_lists;
	enum x509_use use;
	int64_t at; /* The moment it must have been good at. */
	/* By when what is signed is proved to have existed; NULL: by nothing. */
	const int64_t * proved_at;
	int64_t now;          /* Lists from after it are refused. */
	bool need_revocation; /* Unknown whether revoked is not good. */
};

/* What a certificate is; printable. */
struct x509_facts {
	char subject[X509_NAME_SIZE];
	char issuer[X509_NAME_SIZE];
	uint8_t sha256[DIGEST_SHA256_LEN];
	int64_t not_before;
	int64_t not_after;
	char anchor[X509_NAME_SIZE]; /* Where its chain ends; "" for nowhere. */
	uint8_t anchor_sha256[DIGEST_SHA256_LEN];
	bool is_revocation_known; /* Of every certificate of the chain. */
	bool is_revoked_later;    /* Too late to spoil anything. */
};

/**
 * x509_forget_errors():
 * Clear the library's errors, and errno: something begins.
 */
void x509_forget_errors(void);

/**
 * x509_lacks_memory():
 * Return whether the library wanted for memory since x509_forget_errors, which
 * not all of it says, and forget it: what it refused then may be sound.
 */
bool x509_lacks_memory(void);

/**
 * x509_describe(certificate, facts):
 * Fill ${facts}, its anchor aside, from ${certificate}.  Return 0, or -1 for a
 * certificate whose times cannot be read or without memory.
 */
int x509_describe(const X509 * certificate, struct x509_facts * facts);

/**
 * x509_check(rules, leaf, chain, facts, e):
 * Judge ${leaf} by ${rules}.  Put what was learnt into ${facts} and, if it is
 * good, its chain, which the caller frees, into ${chain}.  Return PROOF_GOOD,
 * or the reason with ${e} set and ${chain} NULL.
 */
enum proof x509_check(const struct x509_rules * rules, X509 * leaf,
    STACK_OF(X509) * *chain, struct x509_facts * facts, struct err * e);

/* What an answer says about a certificate, or a list. */
enum x509_status {
	X509_STATUS_NONE,
	X509_STATUS_GOOD,
	X509_STATUS_REVOKED
};

struct x509_revocation {
	int reason; /* As in RFC 5280, -1 for none. */
	int64_t at;
	bool is_own; /* Of the certificate that signed, not of an issuer. */
};

/**
 * x509_ask_answers(rules, certificate, issuer, revocation):
 * Look for ${certificate}, issued by ${issuer}, in the OCSP answers of
 * ${rules}, each of which counts only with its own signature.  Return what they
 * say; the worst wins, and ${revocation} is filled for X509_STATUS_REVOKED.
 */
enum x509_status x509_ask_answers(const struct x509_rules * rules,
    X509 * certificate, X509 * issuer, struct x509_revocation * revocation);

/**
 * x509_is_fatal(rules, revocation):
 * Return whether ${revocation} spoils what was signed at the moment of
 * ${rules}: if it came before; or, where the key may have been somebody else's,
 * unless what is signed is proved to have existed before.
 */
bool x509_is_fatal(
    const struct x509_rules * rules, const struct x509_revocation * revocation);

/**
 * x509_time(time):
 * Return the moment of ${time}, or CLOCK_UNKNOWN.
 */
int64_t x509_time(const ASN1_TIME * time);

/**
 * x509_posix(at):
 * Return ${at} in seconds, for OpenSSL.
 */
time_t x509_posix(int64_t at);

#endif
