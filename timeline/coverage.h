#ifndef TIMELINE_COVERAGE_H
#define TIMELINE_COVERAGE_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "timeline/output.h"
#include "timeline/store.h"

/*
 * What could be seen and what not: one line a kind of log, resource, and hour,
 * over the whole span of the package for every resource that has any log.
 *
 *	present	     events of that hour are there
 *	empty	     a log file of that hour is there and holds no event of it
 *	missing	     neither: idle, disabled, filtered, or deleted, the logs
 *		     cannot tell
 *	REASON	     the package declares a gap there, with the collector's word
 */

/**
 * coverage_place(name, resource, hour, e):
 * Take the name of a log blob apart: append to ${resource} what it logs (all but
 * the date and the file) and put its hour into ${hour}, or CLOCK_UNKNOWN if the
 * name has none.  Return 0, or -1 with ${e} set (no memory).
 */
int coverage_place(
    const char * name, struct buf * resource, int64_t * hour, struct err * e);

/**
 * coverage_make(s, e):
 * Fill the table coverage of ${s} from events, members, and gaps.  Return 0, or
 * -1 with ${e} set.
 */
int coverage_make(struct store * s, struct err * e);

/**
 * coverage_export(s, o, e):
 * Write coverage.csv into ${o}.  Return 0, or -1 with ${e} set.
 */
int coverage_export(struct store * s, struct output * o, struct err * e);

#endif
