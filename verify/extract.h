#ifndef VERIFY_EXTRACT_H
#define VERIFY_EXTRACT_H

#include <stdint.h>

#include "evidence/err.h"
#include "evidence/package_check.h"

/*
 * Writing members of a judged package into files.  Names are those of the
 * format, checked by it; nothing that exists is touched; each file is compared
 * with the proved digest while it is written.
 */

/**
 * extract_all(fd, result, out, members, e):
 * Write all members of the package in ${fd}, whose integrity ${result} proves,
 * below the new folder NAME in the directory ${out}, and put their number into
 * ${members}.  The folder has another name until all is there.  Return 0, or -1
 * with ${e} set.
 */
int extract_all(int fd, const struct package_result * result, int out,
    int64_t * members, struct err * e);

/**
 * extract_intact(fd, result, out, members, e):
 * As extract_all, for the payload members alone that are intact, whatever
 * happened to the rest.
 */
int extract_intact(int fd, const struct package_result * result, int out,
    int64_t * members, struct err * e);

#endif
