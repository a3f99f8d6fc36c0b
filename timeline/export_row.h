#ifndef TIMELINE_EXPORT_ROW_H
#define TIMELINE_EXPORT_ROW_H

#include <stdbool.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "timeline/row.h"
#include "timeline/rule.h"

/*
 * One row of the timeline as a line of timeline.csv and of timeline.jsonl, in
 * the form export.h describes.  ${message} is what row_message says of it.
 */

/**
 * export_row_header(out, marks, e):
 * Append the first line of timeline.csv to ${out}, with the columns of what
 * files say if ${marks}.  Return 0, or -1 with ${e} set.
 */
int export_row_header(struct buf * out, bool marks, struct err * e);

/**
 * export_row_csv(out, row, message, set, marks, e):
 * Append ${row} to ${out} as one line of CSV, with those columns if ${marks}.
 * Return 0, or -1 with ${e} set.
 */
int export_row_csv(struct buf * out, const struct row * row,
    const struct buf * message, const struct rule_set * set, bool marks,
    struct err * e);

/**
 * export_row_json(out, row, message, set, e):
 * Append ${row} to ${out} as one line of JSON.  Return 0, or -1 with ${e} set.
 */
int export_row_json(struct buf * out, const struct row * row,
    const struct buf * message, const struct rule_set * set, struct err * e);

#endif
