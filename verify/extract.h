#ifndef VERIFY_EXTRACT_H
#define VERIFY_EXTRACT_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/package_check.h"

/*
 * Writing members of a judged package into files.  Names are those of the
 * format, checked by it; nothing that exists is touched; each file is compared
 * with the proved digest while it is written.
 */

#define EXTRACT_REPORT_MAX 1000 /* Members named one by one. */

/* How names are chosen, and what came of it. */
struct extract_rules {
	bool is_true; /* True names where they are safe (true_name.h). */
	void (*report)(void * context, const char * member, const char * why);
	void * context;
	int64_t true_names;   /* Payload members that have theirs. */
	int64_t stored_names; /* Those that do not, though it was asked for. */
};

/**
 * extract_all(fd, result, out, rules, members, e):
 * Write all members of the package in ${fd}, whose integrity ${result} proves,
 * below the new folder NAME in the directory ${out}, and put their number into
 * ${members}.  Nothing is made if there is no room for all.  The folder has
 * another name until all is there.  Where ${rules} ask for true names, each
 * member that keeps its stored one is reported with the reason.  Return 0, or
 * -1 with ${e} set.
 */
int extract_all(int fd, const struct package_result * result, int out,
    struct extract_rules * rules, int64_t * members, struct err * e);

/**
 * extract_intact(fd, result, out, members, e):
 * As extract_all, for the payload members alone that are intact, whatever
 * happened to the rest.
 */
int extract_intact(int fd, const struct package_result * result, int out,
    int64_t * members, struct err * e);

#endif
