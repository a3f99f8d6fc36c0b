#ifndef TIMELINE_DERIVE_H
#define TIMELINE_DERIVE_H

#include <stddef.h>

#include "evidence/err.h"
#include "timeline/build.h"
#include "timeline/enrich.h"
#include "timeline/feed.h"
#include "timeline/output.h"
#include "timeline/rule.h"

/*
 * What binds the bag of a timeline to the packages it was made from.
 */
struct derive {
	const struct build_options * options;
	const struct rule_set * rules;
	const struct known_secrets * known;
	struct feed * const * feeds; /* In order of package. */
	size_t feed_count;
	const struct enrich * enrich;
	const char * program; /* Name, version, and commit. */
};

/**
 * derive_end(d, o, e):
 * Put derived.json and README.txt beside the payload of ${o} and end it as
 * output_end does.  Return 0, or -1 with ${e} set; ${o} is released in any case.
 */
int derive_end(const struct derive * d, struct output * o, struct err * e);

#endif
