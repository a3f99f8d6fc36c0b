#ifndef COLLECT_DONE_H
#define COLLECT_DONE_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * Which entries of the plan are settled, taken or declared a gap: a bit each
 * in memory (125 KB for a million), and the file done.bin of the work folder,
 * which holds their numbers, 8 bytes each, little end first, in the order in
 * which they were settled.  A resumed run cuts the file back to the count that
 * the last checkpoint knew.
 */
#define DONE_FILE "done.bin"

struct done;

/**
 * done_open(dir, entries, count, e):
 * Take up the file in the work folder ${dir}, made if it is not there, for a
 * plan of ${entries}, cut to ${count} numbers.  Return it (the caller frees it
 * with done_free), or NULL with ${e} set: too short, or a number not in the
 * plan, or one twice.
 */
struct done * done_open(
    int dir, int64_t entries, int64_t count, struct err * e);

/**
 * done_add(d, number, e):
 * Note that entry ${number}, not settled so far, is.  Return 0, or -1 with
 * ${e} set.
 */
int done_add(struct done * d, int64_t number, struct err * e);

/**
 * done_has(d, number):
 * Return whether entry ${number} was settled when ${d} was opened.  This may be
 * asked by one thread while another one calls done_add.
 */
bool done_has(const struct done * d, int64_t number);

/**
 * done_sync(d, e):
 * Make all that was added durable.  Return 0, or -1 with ${e} set.
 */
int done_sync(struct done * d, struct err * e);

/**
 * done_count(d):
 * Return how many entries are settled.
 */
int64_t done_count(const struct done * d);

/**
 * done_free(d):
 * Release ${d}; NULL is fine.
 */
void done_free(struct done * d);

#endif
