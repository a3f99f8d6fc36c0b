#ifndef TIMELINE_ENRICH_ROWS_H
#define TIMELINE_ENRICH_ROWS_H

#include <stddef.h>

#include "evidence/err.h"
#include "timeline/record.h"

/*
 * The tables that analysts bring: CSV with a comma, a semicolon, or a tab, whose
 * first row names the columns.  Empty lines, and lines that begin with "#", are
 * no rows.
 */

/* Called for each row; return 0, or -1 with ${e} set. */
typedef int enrich_row_fn(
    void * cookie, const struct record_value * row, struct err * e);

/**
 * enrich_rows(bytes, len, names, fn, cookie, e):
 * Call ${fn} with ${cookie} for every row of the table ${bytes}.  If the first
 * row begins with a network it is no header; then the columns are ${names}, of
 * which a row may have the first only, and NULL allows no such table.  Return 0,
 * or -1 with ${e} set to the line and why it cannot be read.
 */
int enrich_rows(const void * bytes, size_t len, const char * const * names,
    enrich_row_fn * fn, void * cookie, struct err * e);

#endif
