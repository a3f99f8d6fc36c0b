#ifndef TIMELINE_PLACE_H
#define TIMELINE_PLACE_H

#include "evidence/err.h"
#include "timeline/store.h"

/*
 * The order of all dated rows, in the table place (schema.h): by time, then by
 * event number.  A row is tied where one before or behind it has the same tick,
 * among those that are counted, or among those that stand in an earlier file as
 * well (timeline/twin.h).
 */

/**
 * place_make(s, e):
 * Fill place and make the view timeline, once all events are in and twin_mark
 * was called.  Return 0, or -1 with ${e} set.
 */
int place_make(struct store * s, struct err * e);

#endif
