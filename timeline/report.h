#ifndef TIMELINE_REPORT_H
#define TIMELINE_REPORT_H

#include <stddef.h>

#include "evidence/err.h"
#include "timeline/display.h"
#include "timeline/enrich.h"
#include "timeline/feed.h"
#include "timeline/load.h"
#include "timeline/output.h"
#include "timeline/rule.h"
#include "timeline/store.h"

/*
 * report.html: one file that needs nothing else, for people, on screen and on
 * paper.  Observed rows and inferences stand apart; every number says of how
 * many; everything a court needs to check a row stands in it.
 */
#define REPORT_ROWS_MAX 2000    /* Rows in the searchable table. */
#define REPORT_FINDINGS_MAX 60  /* Findings shown a rule and link. */
#define REPORT_COVERAGE_MAX 200 /* Resources in the table of coverage. */
#define REPORT_MARKS_MAX 100    /* Marks of each kind. */

struct report_input {
	const char * program;
	const char * warning; /* "" if nothing has to be said. */
	const struct rule_set * rules;
	struct feed * const * feeds;
	size_t feed_count;
	const struct enrich * enrich;
	const struct load_counts * counts;
	const struct display * display;
	int64_t duplicates; /* Records that stand in an earlier file too. */
};

/**
 * report_write(s, input, o, e):
 * Write report.html into ${o}.  Return 0, or -1 with ${e} set.
 */
int report_write(struct store * s, const struct report_input * input,
    struct output * o, struct err * e);

#endif
