#ifndef TIMELINE_CSV_H
#define TIMELINE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "timeline/record.h"

/*
 * Tables as RFC 4180 writes them, which portals export: rows end with LF or
 * CRLF, cells that hold the delimiter, a quote or a line end are quoted, and a
 * quote in them stands twice.
 *
 *	row  = cell *( delimiter cell ) [ CR ] LF
 *	cell = %x22 *( any-but-quote / 2%x22 ) %x22 / *plain
 *	plain is anything but the delimiter, a quote, and controls other than TAB
 *
 * The delimiter is a comma, or what a spreadsheet makes of it elsewhere: a
 * semicolon or a tab.  The header's own text says which.
 */
#define CSV_MAX_HEADER ((size_t)64 << 10) /* Bytes of the first row. */
#define CSV_MAX_COLUMNS 512

/* ---- Where a row ends ---------------------------------------------------- */

enum csv_result {
	CSV_MORE, /* All bytes used, the row goes on. */
	CSV_DONE, /* The byte behind those used is the LF that ends the row. */
	CSV_BAD   /* The byte behind those used cannot stand there. */
};

struct csv_scan {
	int state;
	char delimiter;
};

/**
 * csv_scan_begin(s, delimiter):
 * Start ${s} at the beginning of a row.
 */
void csv_scan_begin(struct csv_scan * s, char delimiter);

/**
 * csv_scan_feed(s, bytes, len, used):
 * Scan on in ${len} ${bytes} and put into ${used} how many were used.
 */
enum csv_result csv_scan_feed(
    struct csv_scan * s, const uint8_t * bytes, size_t len, size_t * used);

/**
 * csv_scan_can_end(s):
 * Return whether the member may end here: not inside of quotes.
 */
bool csv_scan_can_end(const struct csv_scan * s);

/* ---- What a row holds ---------------------------------------------------- */

struct csv;

/**
 * csv_new(e):
 * Return a reader of tables without a header, which the caller frees with
 * csv_free, or NULL with ${e} set.
 */
struct csv * csv_new(struct err * e);

/**
 * csv_free(c):
 * Release ${c}; NULL is fine.
 */
void csv_free(struct csv * c);

/**
 * csv_find_delimiter(bytes, len, delimiter, e):
 * Put the delimiter of the header ${bytes}, a row without its line end, into
 * ${delimiter}, or 0 if it is none of a log that is known: that has two columns
 * at least, of which two have names that exports of logs use.  Return 0, or -1
 * with ${e} set (no memory).
 */
int csv_find_delimiter(
    const uint8_t * bytes, size_t len, char * delimiter, struct err * e);

/**
 * csv_set_header(c, bytes, len, e):
 * Take the row ${bytes} for the names of the columns.  Return 0, or -1 with
 * ${e} set (no memory).
 */
int csv_set_header(
    struct csv * c, const uint8_t * bytes, size_t len, struct err * e);

/**
 * csv_set_columns(c, delimiter, bytes, len, e):
 * As csv_set_header for a table whose ${delimiter} is known, whatever it names
 * its columns.
 */
int csv_set_columns(struct csv * c, char delimiter, const uint8_t * bytes,
    size_t len, struct err * e);

/**
 * csv_is_header(c, bytes, len):
 * Return whether the row ${bytes} is the header once more, as where exports
 * were put one behind the other.
 */
bool csv_is_header(const struct csv * c, const uint8_t * bytes, size_t len);

/**
 * csv_read(c, bytes, len, r, why, e):
 * Make ${r} an object of the cells of the row ${bytes}: each under the name of
 * its column, empty ones absent.  The texts are borrowed from ${c} until it
 * reads again.  Return 0 with ${why} NULL; or with ${why} set (a text that ${c}
 * keeps as long) if it is no row of this table; or -1 with ${e} set.
 */
int csv_read(struct csv * c, const uint8_t * bytes, size_t len,
    struct record * r, const char ** why, struct err * e);

#endif
