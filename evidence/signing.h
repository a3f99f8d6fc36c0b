#ifndef EVIDENCE_SIGNING_H
#define EVIDENCE_SIGNING_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/cms_sign.h"
#include "evidence/ed25519_sign.h"
#include "evidence/err.h"
#include "evidence/name.h"
#include "evidence/signer_sign.h"
#include "evidence/words.h"

/*
 * Who signs, as a command line says it: --sign [ROLE=]KEY for each key of
 * minisign's, --cms-key [ROLE=]KEY for each key with a certificate, and with
 * each of them what is about it.  What is about a kind of which none was named
 * yet is about the first that will be, so that one signer's words may stand in
 * any order.  This signs: the verifier does not link it.
 */
enum signing_word {
	SIGNING_SIGN,
	SIGNING_ROLE,   /* Of the signer before it, of either kind. */
	SIGNING_SIGNER, /* Its name: as SIGNING_ROLE. */
	SIGNING_PASSWORD,
	SIGNING_CMS_KEY,
	SIGNING_CMS_CERT,
	SIGNING_CMS_PASSWORD,
	SIGNING_CMS_PROVIDER,
	SIGNING_CMS_ROLE
};

/* The first of them as options, in that order, for a verb's table of words. */
#define SIGNING_WORDS_COUNT 8
#define SIGNING_WORDS                                                  \
	{ "sign", true, true }, { "role", true, true },                \
	    { "signer", true, true }, { "password-file", true, true }, \
	    { "cms-key", true, true }, { "cms-cert", true, true },     \
	    { "cms-password-file", true, true },                       \
	{                                                              \
		"cms-provider", true, true                             \
	}

/* One signer; what is absent is NULL or "". */
struct signing_one {
	enum signer_kind kind;
	const char * given; /* "[ROLE=]KEY"; NULL: not named yet. */
	const char * path;  /* KEY in it. */
	char role[NAME_ROLE_MAX + 1];
	const char * name;
	const char * password_source; /* A file, "-" or "fd:N". */
	const char * certificate;     /* Of CMS alone, */
	const char * provider;        /* as this. */
	struct ed25519_seckey * ed25519;
	struct cms_key * cms;
};

struct signing {
	struct signing_one list[SIGNER_MAX];
	size_t n;
};

/* What a signer is that does not say so. */
struct signing_defaults {
	const char * role;     /* Of the first signer, */
	const char * cms_role; /* unless it is of CMS and this is not NULL. */
	const char * name;     /* Of the first signer, if it is of Ed25519. */
};

/**
 * signing_take(signing, word, value, e):
 * Note the option ${word} with its ${value}, borrowed from argv.  Return 0, or
 * -1 with ${e} set (ERR_USAGE).
 */
int signing_take(struct signing * signing, enum signing_word word,
    const char * value, struct err * e);

/**
 * signing_check(signing, defaults, e):
 * Give each signer that says no role its one of ${defaults}, and check that
 * there is somebody, that each has a key and a role, and that no role has two.
 * Return 0, or -1 with ${e} set (ERR_USAGE).
 */
int signing_check(struct signing * signing,
    const struct signing_defaults * defaults, struct err * e);

/**
 * signing_load(signing, dir, defaults, e):
 * As signing_check; then load all keys, none of which may lie in the directory
 * ${dir} or below it, asking for passwords that no file gives.  A certificate's
 * key that says no name has its certificate's subject.  Return 0, or -1 with
 * ${e} set.
 */
int signing_load(struct signing * signing, int dir,
    const struct signing_defaults * defaults, struct err * e);

/**
 * signing_keys(signing, keys):
 * Fill ${keys}, which borrow from the loaded ${signing}, in the order of the
 * names of their signature files, and return how many there are.
 */
size_t signing_keys(
    const struct signing * signing, struct signer_key keys[SIGNER_MAX]);

/**
 * signing_move(to, from):
 * Give all of ${from} to ${to}, which owns nothing; ${from} is empty then.
 */
void signing_move(struct signing * to, struct signing * from);

/**
 * signing_free(signing):
 * Wipe and release the keys of ${signing}.
 */
void signing_free(struct signing * signing);

#endif
