#ifndef EVIDENCE_CHECK_GROUP_H
#define EVIDENCE_CHECK_GROUP_H

#include "evidence/check.h"

/* One package of several: for the files check_*.c only. */

/**
 * check_own_name(c):
 * Return the name by which the package's own documents call it, borrowed.
 */
const char * check_own_name(const struct check * c);

/**
 * check_group(c):
 * At the end: is it one package of a group, and do the parts that say so agree?
 */
void check_group(struct check * c);

#endif
