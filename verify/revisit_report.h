#ifndef VERIFY_REVISIT_REPORT_H
#define VERIFY_REVISIT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/package_check.h"
#include "evidence/revisit.h"

/*
 * What is said about two packages of one source: a line a blob, and an end, for
 * people or as JSON, one object a line.
 */

/* What the later seal says of the earlier package. */
enum revisit_link {
	REVISIT_LINK_NONE,   /* Nothing: it was not collected to continue it. */
	REVISIT_LINK_NAMED,  /* It continues this very package. */
	REVISIT_LINK_ANOTHER /* It continues another one. */
};

struct revisit_report {
	const struct package_result * earlier;
	const struct package_result * later;
	bool is_json;
	enum revisit_link link;
	bool is_compared; /* Both are intact: the counts hold. */
	int64_t counts[REVISIT_STATES];
	int exit_code; /* Of the two packages; then of all. */
};

/**
 * revisit_report_link(earlier, later):
 * Return what the seal of ${later} says of ${earlier}.
 */
enum revisit_link revisit_report_link(
    const struct package_result * earlier, const struct package_result * later);

/**
 * revisit_report_line(line, is_json, out, e):
 * Append what became of one blob to ${out}.  Return 0, or -1 with ${e} set.
 */
int revisit_report_line(const struct revisit_line * line, bool is_json,
    struct buf * out, struct err * e);

/**
 * revisit_report_judge(r):
 * Let what was counted make the exit code of ${r} worse: 1 if something does not
 * stand any more, 2 if something is not proved or nothing was there to prove.
 */
void revisit_report_judge(struct revisit_report * r);

/**
 * revisit_report_end(r, out, e):
 * Append the end of ${r} to ${out}.  Return 0, or -1 with ${e} set.
 */
int revisit_report_end(
    const struct revisit_report * r, struct buf * out, struct err * e);

#endif
