#ifndef EVIDENCE_SECRET_H
#define EVIDENCE_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * Memory for tokens, passwords and private keys: guarded pages, not swapped,
 * not in a core, wiped when freed (libsodium).  main calls secret_start first.
 */
struct secret {
	uint8_t * bytes; /* A NUL stands behind them. */
	size_t len;
};

#define SECRET_MAX 65536 /* Bytes; longer input is refused. */

/**
 * secret_start(e):
 * Start libsodium.  Return 0, or -1 with ${e} set.
 */
int secret_start(struct err * e);

/**
 * secret_new(len, e):
 * Return a secret of ${len} zero bytes that the caller frees with secret_free,
 * or NULL with ${e} set.
 */
struct secret * secret_new(size_t len, struct err * e);

/**
 * secret_load(source, e):
 * Read a secret from ${source}: a file's path, "-" for standard input or
 * "fd:N" for an inherited descriptor; one trailing LF or CRLF is cut.  Refuse a
 * file that others than its owner can read, an empty secret and one longer
 * than SECRET_MAX.  Return it (the caller frees it), or NULL with ${e} set.
 */
struct secret * secret_load(const char * source, struct err * e);

/**
 * secret_ask(prompt, e):
 * Ask on the controlling terminal, without echo.  Return the answer (the
 * caller frees it), or NULL with ${e} set when there is no terminal or a stop
 * signal came (ERR_STOPPED).
 */
struct secret * secret_ask(const char * prompt, struct err * e);

/**
 * secret_ask_optional(prompt, e):
 * As secret_ask, but an empty answer is a secret of no bytes.
 */
struct secret * secret_ask_optional(const char * prompt, struct err * e);

/**
 * secret_from_env(name, e):
 * Take the environment variable ${name} and wipe its value in the process's
 * environment.  Return it (the caller frees it); NULL with ${e} unset if there
 * is none; NULL with ${e} set on failure.
 */
struct secret * secret_from_env(const char * name, struct err * e);

/**
 * secret_equal(a, b):
 * Return 1 if both hold the same bytes, else 0, in constant time for a length.
 */
int secret_equal(const struct secret * a, const struct secret * b);

/**
 * secret_random(bytes, len):
 * Fill ${bytes} from the system's random source.
 */
void secret_random(void * bytes, size_t len);

/**
 * secret_wipe(bytes, len):
 * Overwrite ${bytes} so that the compiler cannot leave it out.
 */
void secret_wipe(void * bytes, size_t len);

/**
 * secret_free(s):
 * Wipe and release ${s}; NULL is fine.
 */
void secret_free(struct secret * s);

#endif
