#ifndef TIMELINE_BUILD_LOAD_H
#define TIMELINE_BUILD_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/err.h"
#include "timeline/feed.h"
#include "timeline/load.h"
#include "timeline/reader.h"
#include "timeline/store.h"

/*
 * The loading of all packages of a case, one behind the other.
 */
struct build_load {
	struct feed * const * feeds; /* In order of package. */
	size_t feed_count;
	bool accept_damaged;
	int workers; /* crew.h */
	struct store * store;
	struct load_counts counts; /* What was loaded, set at the end. */
	struct reader_counts read;
};

/**
 * build_load(b, e):
 * Read every member of every package of ${b} into its store, and check that all
 * that was read is there.  Return 0, or -1 with ${e} set.
 */
int build_load(struct build_load * b, struct err * e);

#endif
