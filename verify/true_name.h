#ifndef VERIFY_TRUE_NAME_H
#define VERIFY_TRUE_NAME_H

#include "evidence/err.h"
#include "evidence/name.h"
#include "evidence/package_read.h"

#include "verify/path_policy.h"

/*
 * Under which name a payload member is unpacked when true names are asked for:
 * the one the service has, below the folder of its source, where no system
 * could take it for another file or lead it elsewhere; else its stored name.
 */
#define TRUE_NAME_SIZE (NAME_SIZE + PATH_POLICY_MAX + 1)

struct true_names;

/**
 * true_names_open(fd, index, e):
 * Read the catalogue that ${index} knows in ${fd} (both borrowed) and remember
 * what names it has, at 16 bytes a name and a folder.  Return what
 * true_names_close ends, or NULL with ${e} set.
 */
struct true_names * true_names_open(
    int fd, const struct package_index * index, struct err * e);

/**
 * true_names_next(t, stored, path, why, e):
 * Write the path of the next payload member, which is stored as ${stored}, to
 * ${path}.  If that is ${stored} itself ${why} says why, else it is NULL.
 * Return 0, or -1 with ${e} set (ERR_FORGED: the catalogue has another next).
 */
int true_names_next(struct true_names * t, const char * stored,
    char path[TRUE_NAME_SIZE], const char ** why, struct err * e);

/**
 * true_names_close(t):
 * Release ${t}; NULL is fine.
 */
void true_names_close(struct true_names * t);

#endif
