#ifndef TIMELINE_FINDINGS_H
#define TIMELINE_FINDINGS_H

#include <stdint.h>

#include "evidence/err.h"
#include "timeline/known_secret.h"
#include "timeline/rule.h"
#include "timeline/store.h"

/*
 * The running of the rules: their parameters into the table param, their rows
 * into finding_fact and finding_row, from which every output is made.
 */

/* What the user asked for; moments are CLOCK_UNKNOWN where not given. */
struct findings_wishes {
	int64_t baseline_from; /* Both or neither. */
	int64_t baseline_to;
	const char * const * responders;
	size_t responder_count;
	const struct known_secrets * known;
};

/**
 * findings_make(s, set, wishes, e):
 * Run every rule of ${set} in ${s}, whose events are all loaded.  Return 0, or
 * -1 with ${e} set (ERR_USAGE and the rule's name if its result is not as
 * rule.h says).
 */
int findings_make(struct store * s, const struct rule_set * set,
    const struct findings_wishes * wishes, struct err * e);

#endif
