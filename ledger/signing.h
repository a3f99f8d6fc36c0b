#ifndef LEDGER_SIGNING_H
#define LEDGER_SIGNING_H

#include "evidence/ed25519_sign.h"
#include "evidence/err.h"
#include "evidence/signer_sign.h"
#include "evidence/words.h"

/*
 * Who signs, as the command line says it: --sign KEY for each signer, and
 * behind it what is about that one.
 */
enum signing_word {
	SIGNING_SIGN,
	SIGNING_ROLE,
	SIGNING_SIGNER,
	SIGNING_PASSWORD
};
#define SIGNING_WORDS_COUNT 4

/* The options, in that order, for a verb's table of words. */
#define SIGNING_WORDS                                   \
	{ "sign", true, true }, { "role", true, true }, \
	    { "signer", true, true },                   \
	{                                               \
		"password-file", true, true             \
	}

struct signing_one {
	const char * path;
	const char * role;
	const char * name;
	const char * password_source;
	struct ed25519_seckey * key;
};

struct signing {
	struct signing_one list[SIGNER_MAX];
	struct signer_key keys[SIGNER_MAX]; /* As signing_load fills them. */
	size_t n;
};

/**
 * signing_take(signing, word, value, e):
 * Note the option ${word} with its ${value}, borrowed from argv.  Return 0, or
 * -1 with ${e} set (ERR_USAGE).
 */
int signing_take(struct signing * signing, enum signing_word word,
    const char * value, struct err * e);

/**
 * signing_load(signing, dir, role, name, e):
 * Load all keys, none of which may lie in the directory ${dir} or below it,
 * asking for passwords that no file gives.  The first signer is called ${name}
 * and has ${role} unless the command line says otherwise; each further one says
 * its role.  Return 0, or -1 with ${e} set.
 */
int signing_load(struct signing * signing, int dir, const char * role,
    const char * name, struct err * e);

/**
 * signing_free(signing):
 * Wipe and release the keys of ${signing}.
 */
void signing_free(struct signing * signing);

#endif
