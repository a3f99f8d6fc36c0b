#ifndef TIMELINE_TWIN_H
#define TIMELINE_TWIN_H

#include <stdint.h>

#include "evidence/err.h"
#include "timeline/store.h"

/*
 * Records that stand in several files, as where a case has packages that
 * overlap, or a log went to one place twice.
 *
 * 1. Two records are one if their bytes are (SHA-256) and they stand in
 *    different files; within one file equal records are each their own, since
 *    logs do write equal lines of different things.  So the n-th of equal ones in
 *    a file is the same as the n-th in every other.
 * 2. The first in the order of packages, members, and offsets counts; all others are
 *    kept, marked, and counted nowhere.
 *
 * The tables event and flow, which rules read, hold what counts; event_again and
 * flow_again, with the same columns, hold the rest; duplicate says of which
 * record each is a copy.
 */

/**
 * twin_mark(s, count, e):
 * Find such records in ${s}, whose events are in, move what they say from event
 * and flow to event_again and flow_again, and put how many records there are
 * into ${count}.  Return 0, or -1 with ${e} set.
 */
int twin_mark(struct store * s, int64_t * count, struct err * e);

#endif
