#ifndef COLLECT_OPTIONS_WORD_H
#define COLLECT_OPTIONS_WORD_H

#include <stdbool.h>

#include "evidence/err.h"

#include "collect/options.h"

/*
 * The words of the command line, one by one: what each may hold and where it
 * goes.  Only options.c uses this.
 */
#define OPTIONS_ADVICE "try --help"

/* What getopt_long gives back for a word; 'q' and 'v' stand for themselves. */
enum options_word {
	WORD_CASE = 256,
	WORD_EXHIBIT,
	WORD_EXAMINER,
	WORD_ORGANISATION,
	WORD_AUTHORITY,
	WORD_PURPOSE,
	WORD_PREVIOUS,
	WORD_REVISIT,
	WORD_OUT,
	WORD_TSA_OPTIONAL,
	WORD_TLS_CA,
	WORD_LOGS,
	WORD_INCLUDE,
	WORD_FOLDER,
	WORD_FROM,
	WORD_TO,
	WORD_COMPRESS,
	WORD_MAX_PACKAGE,
	WORD_JOBS,
	WORD_TRIES,
	WORD_TIMEOUT,
	WORD_ACCEPT,
	WORD_ACCEPT_SPACE,
	WORD_PROVE,
	WORD_PROXY,
	WORD_PROXY_LOGIN,
	WORD_CAP,
	WORD_CONFIG,
	WORD_JSON,
	WORD_VERSION,
	WORD_ONCE, /* From here on words that may be repeated. */
	WORD_ACCOUNT,
	WORD_ENDPOINT,
	WORD_CLOUD,
	WORD_KEY,
	WORD_SAS,
	WORD_CONTAINER,
	WORD_PREFIX,
	WORD_PIN,
	WORD_TSA,
	WORD_SIGN,
	WORD_PASSWORD_FILE,
	WORD_CMS_KEY,
	WORD_CMS_CERT,
	WORD_CMS_PASSWORD,
	WORD_CMS_PROVIDER,
	WORD_CMS_ROLE,
	WORD_CMS_CHAIN,
	WORD_CMS_CRL,
	WORD_CMS_OCSP,
	WORD_ATTACH,
	WORD_ENCRYPT_TO
};

/**
 * options_add_prefix(o, prefix, e):
 * Add ${prefix} to those of ${o}.  Return 0, or -1 with ${e} set if it cannot be
 * one, or overlaps with another: then blobs would be listed twice.
 */
int options_add_prefix(struct options * o, const char * prefix, struct err * e);

/**
 * options_add_attach(o, path, e):
 * Add the file ${path} to those of ${o}.  Return 0, or -1 with ${e} set.
 */
int options_add_attach(struct options * o, const char * path, struct err * e);

/**
 * options_check_local(o, e):
 * Check that ${o} asks for a folder alone, if it asks for one.  Return 0, or -1
 * with ${e} set.
 */
int options_check_local(const struct options * o, struct err * e);

/**
 * options_set_word(o, word, value, e):
 * Put ${value} (NULL if it has none) of ${word} into ${o}.  Return 0, or -1
 * with ${e} set if it may not stand there.
 */
int options_set_word(
    struct options * o, int word, const char * value, struct err * e);

/**
 * options_has_word(o, word):
 * Return whether the command line that ${o} came from has ${word}, once or
 * several times.
 */
bool options_has_word(const struct options * o, int word);

/**
 * options_note_word(o, word):
 * Let options_has_word say of ${o} that it has ${word}, where that is not seen
 * by what it holds.
 */
void options_note_word(struct options * o, int word);

#endif
