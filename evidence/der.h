#ifndef EVIDENCE_DER_H
#define EVIDENCE_DER_H

#include <stddef.h>

#include "evidence/err.h"

/*
 * Is this one value in DER, and nothing else?  Libraries read BER, ignore what
 * stands behind a value, and so let one signature have many files; this does
 * not.  The order inside a SET OF is not looked at: time-stamping authorities
 * do not keep to it, and what is signed is compared by the library.
 */
#define DER_MAX_DEPTH 64
#define DER_MAX ((size_t)1 << 20) /* Bytes. */

/**
 * der_check(bytes, len, e):
 * Check that ${len} ${bytes} are exactly one value of definite and shortest
 * lengths, its strings in one piece, its booleans and integers in their one
 * form, all the way down.  Return 0, or -1 with ${e} set.
 */
int der_check(const void * bytes, size_t len, struct err * e);

#endif
