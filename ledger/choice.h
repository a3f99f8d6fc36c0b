#ifndef LEDGER_CHOICE_H
#define LEDGER_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/package_check.h"

/*
 * Which objects of a package are chosen: a list, a line an object, its number
 * or its stored path ("data/0001-.../000000012-..."); lines that begin with a
 * # and empty ones say nothing.
 */
#define CHOICE_FILE_MAX ((size_t)128 << 20) /* Bytes. */

struct choice {
	int64_t * seq; /* Ascending, each once. */
	size_t n;
	bool is_exclusion; /* Chosen is what is not in the list. */
	char * last;       /* The last line of the list, without its LF. */
};

/**
 * choice_load(choice, path, e):
 * Read the list ${path} into ${choice}, which choice_free releases.  Return 0,
 * or -1 with ${e} set.
 */
int choice_load(struct choice * choice, const char * path, struct err * e);

/**
 * choice_check_whole(choice, result, path, e):
 * Check that the list ${path}, loaded into ${choice}, is a whole list of objects
 * that hold secrets of the package of ${result}, by its last line.  Return 0, or
 * -1 with ${e} set.
 */
int choice_check_whole(const struct choice * choice,
    const struct package_result * result, const char * path, struct err * e);

/**
 * choice_has(choice, seq):
 * Return whether object ${seq} is chosen.
 */
bool choice_has(const struct choice * choice, int64_t seq);

/**
 * choice_free(choice):
 * Release what ${choice} owns.
 */
void choice_free(struct choice * choice);

#endif
