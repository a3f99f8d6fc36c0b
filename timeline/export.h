#ifndef TIMELINE_EXPORT_H
#define TIMELINE_EXPORT_H

#include <stdbool.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "timeline/output.h"
#include "timeline/row.h"
#include "timeline/rule.h"
#include "timeline/store.h"

/*
 * timeline.csv and timeline.jsonl: every dated row, in one order, in the form
 * Timesketch imports: message, datetime, timestamp_desc first, timestamp in
 * microseconds, one type a field, absent fields left out (CSV: empty).
 *
 * JSON Lines are the exact form.  CSV is for reading in other programs: every
 * cell is quoted; what a terminal or a spreadsheet could act on is shown as
 * \x{..} or \u{..} (text_escape); and a "'" stands before any of = + - @ | %
 * and their full-width twins where a cell, or what a spreadsheet with another
 * separator would take for a cell, begins with it.
 *
 * What has no readable time cannot stand in either: undated.jsonl holds it,
 * with the bytes that could not be read as records.
 */

/**
 * export_rows(s, set, marks, workers, o, e):
 * Write timeline.csv, timeline.jsonl, and undated.jsonl into ${o} with ${workers}
 * (crew.h); with ${marks} the CSV has the columns of what files say too.  Return
 * 0, or -1 with ${e} set.
 */
int export_rows(struct store * s, const struct rule_set * set, bool marks,
    int workers, struct output * o, struct err * e);

/**
 * export_csv_cell(out, text, e):
 * Append ${text} (NULL: nothing) to ${out} as one quoted cell by the rule
 * above.  Return 0, or -1 with ${e} set.
 */
int export_csv_cell(struct buf * out, const char * text, struct err * e);

#endif
