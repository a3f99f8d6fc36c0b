#ifndef TIMELINE_SKEW_H
#define TIMELINE_SKEW_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/err.h"
#include "timeline/feed.h"

/*
 * What a package knows about the clocks of its services: the widest interval of
 * the collecting machine's clock less theirs, over all answers with a Date.  It
 * was measured while collecting, and says nothing about the hour of a record.
 *
 * A row's clock_lo and clock_hi are its time as that machine's clock would have
 * had it, at the earliest and at the latest: time + lo, and time + resolution +
 * hi.  The time itself is what the record says, and is not moved.
 */
struct skew {
	bool is_known;
	int64_t lo_ms;
	int64_t hi_ms;
};

/**
 * skew_read(f, skew, e):
 * Put what the package of ${f} knows into ${skew}; nothing if it is not proved.
 * Return 0, or -1 with ${e} set.
 */
int skew_read(struct feed * f, struct skew * skew, struct err * e);

#endif
