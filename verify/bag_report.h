#ifndef VERIFY_BAG_REPORT_H
#define VERIFY_BAG_REPORT_H

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/sandbox.h"

#include "verify/bag_check.h"

/*
 * What is said about one bag, for people and for programs.
 */
struct bag_report {
	const char * path;
	const struct bag_result * result;
	const struct buf * findings; /* As verdict_note keeps them. */
	enum sandbox_level sandbox;
};

/**
 * bag_report_text(report, out, e):
 * Append the report, whose first and last line are the verdict, to ${out}.
 * Return 0, or -1 with ${e} set.
 */
int bag_report_text(
    const struct bag_report * report, struct buf * out, struct err * e);

/**
 * bag_report_json(report, out, e):
 * Append the findings and the bag as JSON, one object a line, to ${out}.
 * Return as bag_report_text.
 */
int bag_report_json(
    const struct bag_report * report, struct buf * out, struct err * e);

#endif
