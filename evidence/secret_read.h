#ifndef EVIDENCE_SECRET_READ_H
#define EVIDENCE_SECRET_READ_H

#include <stdbool.h>

#include "evidence/secret.h"

/* Reading secrets, for the files of secret.h alone. */

/**
 * secret_read(fd, is_line, e):
 * Read ${fd} to its end, or to the first LF if ${is_line}, straight into
 * guarded memory.  Return the secret (the caller frees it), or NULL with ${e}
 * set.
 */
struct secret * secret_read(int fd, bool is_line, struct err * e);

/**
 * secret_check(s, e):
 * Return ${s}; or NULL with ${e} set, and ${s} freed, if it is empty; NULL is
 * returned as it is.
 */
struct secret * secret_check(struct secret * s, struct err * e);

#endif
