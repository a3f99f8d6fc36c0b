#ifndef TIMELINE_SHOW_H
#define TIMELINE_SHOW_H

#include "evidence/err.h"

/*
 * The verb show: the exact bytes of one record, out of the package.
 *
 * A row is named by its event_id (32 hex digits), which stands in every output
 * and is found again by reading the package; or by MEMBER:OFFSET:LENGTH, which
 * needs no search.  The rows of a record share its bytes.
 */
extern const char show_usage[]; /* For verb.usage. */

/**
 * show_run(argc, argv, exit_code, e):
 * The verb, as verb.h says.
 */
int show_run(int argc, char ** argv, int * exit_code, struct err * e);

#endif
