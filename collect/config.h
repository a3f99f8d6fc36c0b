#ifndef COLLECT_CONFIG_H
#define COLLECT_CONFIG_H

#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/json.h"

#include "collect/options.h"

/*
 * A file that says what the command line would: the case, many accounts, each
 * with its endpoint and where its credential can be read
 * (schemas/config.schema.json).  A member is named as the option is, with "_"
 * for "-"; what it may hold is what the option may hold.  No secret stands in
 * it: a text with a signature, or one that looks like a key, is refused.
 */
#define CONFIG_MAX ((size_t)1 << 20) /* Bytes of the file. */
#define CONFIG_KEY_LEN 80 /* So much base64 before a "=" is taken for a key. */

struct config {
	struct json * root;                /* What the options borrow from. */
	uint8_t sha256[DIGEST_SHA256_LEN]; /* Of the file. */
	char sha256_text[DIGEST_SHA256_HEX];
	struct options * own[OPTIONS_MAX_ACCOUNTS]; /* What accounts borrow. */
	size_t own_count;
};

/**
 * config_load(path, c, e):
 * Read the file ${path} into ${c}, which config_free releases.  Return 0, or -1
 * with ${e} set (ERR_DENIED if it holds a secret) and ${c} empty.
 */
int config_load(const char * path, struct config * c, struct err * e);

/**
 * config_parse(bytes, len, c, e):
 * As config_load, for the ${len} ${bytes} of a file.
 */
int config_parse(
    const void * bytes, size_t len, struct config * c, struct err * e);

/**
 * config_apply(c, o, e):
 * Put what ${c} says and the words of the command line do not into ${o}, which
 * then borrows from ${c}: an account that is in both is that of the command
 * line, and a word of the command line stands in place of all in the file, those
 * of single accounts too.  Return 0, or -1 with ${e} set, naming the member that is not known or
 * not right.
 */
int config_apply(struct config * c, struct options * o, struct err * e);

/**
 * config_free(c):
 * Release what ${c} owns and make it empty.
 */
void config_free(struct config * c);

#endif
