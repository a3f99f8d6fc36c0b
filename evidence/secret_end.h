#ifndef EVIDENCE_SECRET_END_H
#define EVIDENCE_SECRET_END_H

#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/package_check.h"

/*
 * The last line of a list of objects that hold secrets: who writes the list ends
 * it so, and who leaves out what it names asks for it.  Without it the list may
 * have been cut, or be another package's, and what it lacks would be disclosed.
 */
#define SECRET_END "# end: " /* How it begins. */

/**
 * secret_end_format(result, objects, out, e):
 * Append the line, LF included, that ends a list of ${objects} objects of the
 * package that ${result} is about to ${out}.  Return 0, or -1 with ${e} set.
 */
int secret_end_format(const struct package_result * result, int64_t objects,
    struct buf * out, struct err * e);

#endif
