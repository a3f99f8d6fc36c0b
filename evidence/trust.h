#ifndef EVIDENCE_TRUST_H
#define EVIDENCE_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/ed25519_verify.h"
#include "evidence/err.h"
#include "evidence/signer.h"
#include "evidence/x509.h"

/*
 * What the examiner trusts, all of it brought from outside, never taken out of
 * the package: public keys and certificates, each for a role and a time if a
 * trust file says so; roots of certificates; roots of time-stamping
 * authorities; revocation lists and OCSP answers.
 */
#define TRUST_MAX_KEYS 256
#define TRUST_MAX_ROLES 16
#define TRUST_FILE_MAX ((size_t)1 << 20)

struct trust;

/* Whose key or certificate may sign what. */
struct trust_key {
	char * name; /* The path it was loaded from, or a person's. */
	enum signer_kind kind;
	struct ed25519_public key;         /* If it is one. */
	uint8_t sha256[DIGEST_SHA256_LEN]; /* As struct signer has it. */
	char * roles[TRUST_MAX_ROLES];
	size_t n_roles; /* 0: any. */
	int64_t from;   /* CLOCK_UNKNOWN: no bound. */
	int64_t to;     /* The first moment that is not in it. */
	/* From then on it is no longer its owner's alone; CLOCK_UNKNOWN. */
	int64_t revoked;
	bool is_bounded; /* A trust file named it, and may say less than all. */
};

/* So many signers of a seal, each in one of these roles, must be trusted. */
#define TRUST_MAX_DEMANDS 16
struct trust_demand {
	char * roles[TRUST_MAX_ROLES];
	size_t n_roles; /* 0: any. */
	int64_t count;
};
#define TRUST_TEXT_SIZE 512

/**
 * trust_new(e):
 * Return an empty set, which the caller frees with trust_free, or NULL with
 * ${e} set.
 */
struct trust * trust_new(struct err * e);

/**
 * trust_add_file(trust, path, e):
 * Load the minisign public key file ${path} and add it, for any role and time;
 * a key that is there already so is added once.  Return 0, or -1 with ${e} set
 * and ${trust} untouched (ERR_LIMIT over TRUST_MAX_KEYS).
 */
int trust_add_file(struct trust * trust, const char * path, struct err * e);

/**
 * trust_add_document(trust, path, e):
 * Add what the trust file ${path} (azcustody/trust/1) says; a member that nobody
 * knows is refused: it may be a bound that was misspelt.  Return 0, or -1 with
 * ${e} set.
 */
int trust_add_document(struct trust * trust, const char * path, struct err * e);

/**
 * trust_parse(trust, bytes, len, unknown, e):
 * Add what the document in ${bytes} says; append the names of members that
 * nobody knows, with an LF each, to ${unknown}.  Return 0, or -1 with ${e} set.
 */
int trust_parse(struct trust * trust, const void * bytes, size_t len,
    struct buf * unknown, struct err * e);

/**
 * trust_add_key(trust, key, e):
 * Add a copy of ${key}, its texts too.  Return 0, or -1 with ${e} set.
 */
int trust_add_key(
    struct trust * trust, const struct trust_key * key, struct err * e);

/**
 * trust_revoked_at(trust, signer):
 * Return the first moment from which any entry for the key of ${signer} calls
 * it revoked, whatever its role, or CLOCK_UNKNOWN.
 */
int64_t trust_revoked_at(
    const struct trust * trust, const struct signer * signer);

/**
 * trust_add_demand(trust, demand, e):
 * Add a copy of ${demand}, its texts too.  Return 0, or -1 with ${e} set.
 */
int trust_add_demand(
    struct trust * trust, const struct trust_demand * demand, struct err * e);

/**
 * trust_demands(trust):
 * Return how many demands ${trust} makes; 0 for NULL.
 */
size_t trust_demands(const struct trust * trust);

/**
 * trust_demand_get(trust, i):
 * Return demand ${i}, counted from 0, borrowed until trust_free.
 */
const struct trust_demand * trust_demand_get(
    const struct trust * trust, size_t i);

/**
 * trust_demand_has(demand, role):
 * Return whether a signer in ${role} is one that ${demand} is about.
 */
bool trust_demand_has(const struct trust_demand * demand, const char * role);

/**
 * trust_demand_text(demand, text):
 * Write what ${demand} demands to ${text}, for people, cut if it is too long.
 */
void trust_demand_text(
    const struct trust_demand * demand, char text[TRUST_TEXT_SIZE]);

/**
 * trust_key_text(key, text):
 * Write whose ${key} is and what a trust file says it is good for to ${text},
 * for people, cut if it is too long.
 */
void trust_key_text(const struct trust_key * key, char text[TRUST_TEXT_SIZE]);

/* The sets of certificates and lists. */
enum trust_set {
	TRUST_ROOTS,       /* Roots of those who sign. */
	TRUST_STAMP_ROOTS, /* Roots of time-stamping authorities. */
	TRUST_REVOCATIONS  /* Revocation lists and OCSP answers. */
};
#define TRUST_SETS 3

/**
 * trust_add_set(trust, which, path, e):
 * Add the file ${path} of certificates or lists to the set ${which}.  Return 0,
 * or -1 with ${e} set.
 */
int trust_add_set(struct trust * trust, enum trust_set which, const char * path,
    struct err * e);

/* One option that brings trust, and its file. */
struct trust_word {
	const char * word; /* "trust", "trust-file", "ca", "tsa-ca", "crl" */
	const char * path;
};
#define TRUST_WORDS_MAX 256

/* All options that bring trust, and how a table of words has them. */
#define TRUST_WORDS 5
#define TRUST_WORD_LIST                                        \
	{ "trust", true, true }, { "trust-file", true, true }, \
	    { "ca", true, true }, { "tsa-ca", true, true },    \
	{                                                      \
		"crl", true, true                              \
	}

/**
 * trust_add(trust, word, e):
 * Add the file of ${word} as its option says.  Return 0, or -1 with ${e} set.
 */
int trust_add(
    struct trust * trust, const struct trust_word * word, struct err * e);

/**
 * trust_take(trust, word, path, e):
 * As trust_add, for the option at index ${word} of TRUST_WORD_LIST.
 */
int trust_take(
    struct trust * trust, int word, const char * path, struct err * e);

/**
 * trust_set(trust, which):
 * Return the set ${which}, borrowed until trust_free, or NULL if nothing was
 * added to it.
 */
const struct x509_set * trust_set(
    const struct trust * trust, enum trust_set which);

/**
 * trust_count(trust):
 * Return how many keys, pinned certificates and roots of signers ${trust}
 * holds; 0 for NULL: then no signer can be trusted.
 */
size_t trust_count(const struct trust * trust);

/**
 * trust_keys(trust):
 * Return how many keys and pinned certificates ${trust} holds.
 */
size_t trust_keys(const struct trust * trust);

/**
 * trust_get(trust, i):
 * Return key ${i}, counted from 0, borrowed until trust_free.
 */
const struct trust_key * trust_get(const struct trust * trust, size_t i);

/**
 * trust_find(trust, sha256):
 * Return the first key whose identity is ${sha256}, borrowed until trust_free,
 * or NULL if none is trusted.
 */
const struct trust_key * trust_find(
    const struct trust * trust, const uint8_t sha256[DIGEST_SHA256_LEN]);

/**
 * trust_find_signer(trust, signer, at, e):
 * Return the key by which ${signer} may sign in its role at the moment ${at},
 * borrowed until trust_free; NULL if there is none, with ${e} set if the key is
 * trusted, but for another role or time.
 */
const struct trust_key * trust_find_signer(const struct trust * trust,
    const struct signer * signer, int64_t at, struct err * e);

/**
 * trust_free(trust):
 * Release ${trust}; NULL is fine.
 */
void trust_free(struct trust * trust);

#endif
