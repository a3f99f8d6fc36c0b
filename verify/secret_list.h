#ifndef VERIFY_SECRET_LIST_H
#define VERIFY_SECRET_LIST_H

#include "evidence/err.h"
#include "evidence/package_check.h"
#include "evidence/secret_scan.h"

/*
 * The list of the objects that hold secrets, as azcustody-ledger disclose
 * --exclude-secrets reads it: a line an object, its stored path, behind a line
 * that begins with # and says what was found and where.  It is written as the
 * package passes by; no secret is in it.
 */
struct secret_list {
	int fd; /* -1: none is asked for. */
	const char * path;
};

/**
 * secret_list_open(list, path, e):
 * Make the new file ${path} (borrowed) for ${list}.  Return 0, or -1 with ${e}
 * set; secret_list_close follows either.
 */
int secret_list_open(
    struct secret_list * list, const char * path, struct err * e);

/**
 * secret_list_add(list, member, counts, e):
 * Add the object ${member}, which holds what ${counts} says.  Return 0, or -1
 * with ${e} set.
 */
int secret_list_add(const struct secret_list * list, const char * member,
    const struct secret_counts * counts, struct err * e);

/**
 * secret_list_end(list, result, e):
 * Write the last line, which says of what it is the list, and make it durable.
 * Return 0, or -1 with ${e} set.
 */
int secret_list_end(const struct secret_list * list,
    const struct package_result * result, struct err * e);

/**
 * secret_list_close(list):
 * Close what ${list} holds.
 */
void secret_list_close(struct secret_list * list);

#endif
