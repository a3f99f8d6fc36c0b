#ifndef TIMELINE_OWN_H
#define TIMELINE_OWN_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "timeline/feed.h"
#include "timeline/store.h"

/*
 * The collector's own requests in the logs it collected.  What proves one is the
 * id that the service gave it, which stands both in requests.jsonl of the sealed
 * package and in the log, and which no client can choose.  A request that was
 * never answered has none: it is known by the client's id, together with the hash
 * of the collector's credential and the time between sending and giving up, five
 * minutes more on either side for two clocks that differ.
 *
 * An event's collector_footprint is 1 if it is proved so, and 0 if it used the
 * collector's credential though no request of the collector answers to it; else
 * it is absent.  An agent string says nothing: anyone can send it.
 */

/**
 * own_mark(s, feeds, count, e):
 * Put the requests of the ${count} packages ${feeds} into the table own_request
 * of ${s}, which holds all events, and mark those events that are theirs.
 * Return 0, or -1 with ${e} set.
 */
int own_mark(struct store * s, struct feed * const * feeds, size_t count,
    struct err * e);

#endif
