#ifndef COLLECT_ACCESS_PRINT_H
#define COLLECT_ACCESS_PRINT_H

#include "evidence/err.h"

#include "collect/options.h"

/*
 * The verb access as the user sees it.
 */

/**
 * access_print(o, e):
 * Look at each account of the options ${o} and print what it can do on standard
 * output: text, or with --json one object a line, the last one of type
 * "summary".  Return the exit code: 0 fine, 3 usable with limits or in excess
 * of the need, 77 nothing can be collected, 69 not reachable (the worst of all accounts),
 * or that of the failure ${e}, which the caller prints.
 */
int access_print(const struct options * o, struct err * e);

#endif
