#ifndef TIMELINE_LOT_H
#define TIMELINE_LOT_H

#include "evidence/err.h"
#include "timeline/event.h"

/*
 * What was read of a member, kept until it is its turn: records, events, and
 * quarantined spans, in their order.  A worker fills a lot; it is replayed where
 * order matters.
 *
 * Package, seal, and member of the origins are borrowed until lot_clear; all
 * other texts are copied.
 */
struct lot;

/**
 * lot_new(e):
 * Return an empty lot, which the caller frees with lot_free, or NULL with ${e}
 * set.
 */
struct lot * lot_new(struct err * e);

/**
 * lot_free(lot):
 * Release ${lot}; NULL is fine.
 */
void lot_free(struct lot * lot);

/**
 * lot_sink(lot):
 * Return the sink that keeps what it takes in ${lot}.
 */
struct event_sink lot_sink(struct lot * lot);

/**
 * lot_replay(lot, sink, e):
 * Hand out to ${sink} what ${lot} holds.  Return 0, or -1 with ${e} set.
 */
int lot_replay(
    const struct lot * lot, const struct event_sink * sink, struct err * e);

/**
 * lot_clear(lot):
 * Forget what ${lot} holds.
 */
void lot_clear(struct lot * lot);

#endif
