#ifndef TIMELINE_TALLY_H
#define TIMELINE_TALLY_H

#include "evidence/err.h"
#include "timeline/load.h"
#include "timeline/reader.h"
#include "timeline/store.h"

/*
 * Records in, rows out: what was read of the packages must stand in the store,
 * no more and no less, before anything is said about it.
 */

/**
 * tally_check(read, loaded, s, e):
 * Compare the counts of what was ${read} with what was ${loaded} and with the
 * rows that the tables of ${s} hold.  Return 0 if all of them agree, or -1 with
 * ${e} set (ERR_BUG where rows were lost or made).
 */
int tally_check(const struct reader_counts * read,
    const struct load_counts * loaded, struct store * s, struct err * e);

#endif
