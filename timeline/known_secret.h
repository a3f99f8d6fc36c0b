#ifndef TIMELINE_KNOWN_SECRET_H
#define TIMELINE_KNOWN_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "timeline/store.h"

/*
 * Secrets that somebody lost, of which only hashes are kept: the logs print the
 * SHA-256 of a SAS's signature and of an account key.  What is hashed, the text
 * or the bytes that the base64 stands for, no document says for keys, so that
 * both are tried, and a finding says which one matched.
 *
 * A file holds one secret a line:
 *
 *	a SAS, or any URL or connection string with sig=...
 *	a connection string with AccountKey=...
 *	an account key: base64 of 64 bytes
 *
 * Empty lines and lines that begin with "#" are passed over.
 */
#define KNOWN_SECRETS_MAX 64
#define KNOWN_SECRET_LINE_MAX 8192 /* Bytes. */
#define KNOWN_KEY_LEN 64           /* Bytes of an account key. */

/* Hashes in upper-case hex, as the store has those of the logs. */
struct known_secret {
	int64_t line; /* From 1. */
	bool is_key;  /* Else a SAS. */
	char of_text[DIGEST_SHA256_HEX];
	char of_bytes[DIGEST_SHA256_HEX]; /* "" if the text is no base64. */
};

struct known_secrets {
	struct known_secret list[KNOWN_SECRETS_MAX];
	size_t count;
};

/**
 * known_secrets_load(source, known, e):
 * Read the secrets of ${source}, as secret_load takes it, into ${known}, and
 * forget them again.  Return 0, or -1 with ${e} set, which never quotes a line.
 */
int known_secrets_load(
    const char * source, struct known_secrets * known, struct err * e);

/**
 * known_secrets_put(known, s, e):
 * Put the hashes into the table known_secret of ${s}.  Return 0, or -1 with
 * ${e} set.
 */
int known_secrets_put(
    const struct known_secrets * known, struct store * s, struct err * e);

#endif
