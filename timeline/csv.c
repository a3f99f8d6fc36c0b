#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/buf.h"
#include "evidence/text.h"
#include "timeline/fold.h"

#include "timeline/csv.h"

#define WHY_SIZE 96
#define CUT_BAD (-1)    /* What cut returns: it is no row, */
#define CUT_FAILED (-2) /* or there is no memory. */

/* What the scanner is in. */
enum {
	BEGIN,  /* At the first byte of a cell. */
	PLAIN,  /* In a cell without quotes. */
	QUOTED, /* Between the quotes of a cell. */
	CLOSED, /* Behind a quote: the cell's last one, or the first of two. */
	RETURN  /* Behind a CR that only an LF may follow. */
};

struct csv {
	struct buf header; /* As it stands. */
	struct buf names;  /* Its cells, each with a NUL. */
	struct buf cells;  /* The row read last, likewise. */
	const char * columns[CSV_MAX_COLUMNS];
	size_t count;
	char delimiter;
	char why[WHY_SIZE];
};

/* ---- Where a row ends ---------------------------------------------------- */

void
csv_scan_begin(struct csv_scan * s, char delimiter)
{
	s->state = BEGIN;
	s->delimiter = delimiter;
}

bool
csv_scan_can_end(const struct csv_scan * s)
{
	return s->state != QUOTED;
}

/* One byte; return false if it cannot stand there. */
static bool
step(struct csv_scan * s, uint8_t c)
{
	if (s->state == QUOTED) {
		if (c == '"')
			s->state = CLOSED;
		return true;
	}
	if ((c == '"') && ((s->state == BEGIN) || (s->state == CLOSED))) {
		s->state = QUOTED;
		return true;
	}
	if (s->state == RETURN)
		return false;
	if (c == (uint8_t)s->delimiter) {
		s->state = BEGIN;
		return true;
	}
	if (c == '\r') {
		s->state = RETURN;
		return true;
	}
	if ((s->state == CLOSED) || (c == '"') || ((c < 0x20) && (c != '\t')))
		return false;
	s->state = PLAIN;
	return true;
}

enum csv_result
csv_scan_feed(
    struct csv_scan * s, const uint8_t * bytes, size_t len, size_t * used)
{
	const uint8_t * quote;
	size_t i = 0;

	while (i < len) {
		if (s->state == QUOTED) {
			quote = memchr(bytes + i, '"', len - i);
			if (quote == NULL)
				break;
			i = (size_t)(quote - bytes);
		} else if (bytes[i] == '\n') {
			*used = i;
			return CSV_DONE;
		}
		if (!step(s, bytes[i])) {
			*used = i;
			return CSV_BAD;
		}
		i++;
	}
	*used = len;
	return CSV_MORE;
}

/* ---- Cells --------------------------------------------------------------- */

/*
 * Append the cell at bytes[*at] without its quotes, and a NUL, to ${out}, which
 * has room for it, and step behind it.  Return whether it is a cell: one that
 * the end of the row or a delimiter follows.
 */
static bool
take_cell(const uint8_t * bytes, size_t len, size_t * at, char delimiter,
    struct buf * out)
{
	bool quoted = (*at < len) && (bytes[*at] == '"');
	size_t i = *at + (quoted ? 1 : 0);

	for (; i < len; i++) {
		if (quoted && (bytes[i] == '"')) {
			if ((i + 1 == len) || (bytes[i + 1] != '"'))
				break;
			i++;
		} else if (!quoted &&
		    ((bytes[i] == (uint8_t)delimiter) || (bytes[i] == '"'))) {
			break;
		}
		out->bytes[out->len++] = bytes[i];
	}
	out->bytes[out->len++] = '\0';
	if (quoted && (i++ == len))
		return false;
	*at = i;
	return (i == len) || (bytes[i] == (uint8_t)delimiter);
}

/*
 * Cut a row into ${out} and put the place of each cell into ${places}.  Return
 * how many there are, CUT_BAD if it is no row, or CUT_FAILED with ${e} set.
 */
static int
cut(const uint8_t * bytes, size_t len, char delimiter, struct buf * out,
    size_t places[CSV_MAX_COLUMNS], struct err * e)
{
	size_t count = 0;
	size_t at = 0;

	buf_clear(out);
	if (buf_reserve(out, len + CSV_MAX_COLUMNS + 1, e) != 0)
		return CUT_FAILED;
	for (;;) {
		if (count == CSV_MAX_COLUMNS)
			return CUT_BAD;
		places[count++] = out->len;
		if (!take_cell(bytes, len, &at, delimiter, out))
			return CUT_BAD;
		if (at == len)
			return (int)count;
		at++;
	}
}

/* Names that exports of the logs we read give their columns. */
static bool
is_known_name(const char * name)
{
	static const char * const known[] = { "Caller", "CallerIpAddress",
		"CorrelationId", "Correlation id", "EventTimestamp",
		"Event initiated by", "FlowType", "FlowType_s", "OperationName",
		"Operation name", "OperationNameValue", "Status", "StatusCode",
		"SubType_s", "Time stamp", "Type", "ResourceId", "_ResourceId",
		"Resource group", "Uri", "time" };

	if (fold_begins(name, "TimeGenerated"))
		return true;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (fold_is(name, known[i]))
			return true;
	}
	return false;
}

int
csv_find_delimiter(
    const uint8_t * bytes, size_t len, char * delimiter, struct err * e)
{
	static const char delimiters[] = { ',', ';', '\t' };
	size_t places[CSV_MAX_COLUMNS];
	struct buf names = { 0 };
	int count = 0;
	int known;

	*delimiter = 0;
	if (!text_is_utf8(bytes, len) || (memchr(bytes, '\0', len) != NULL))
		return 0;
	for (size_t i = 0; (i < sizeof(delimiters)) && (*delimiter == 0) &&
	     (count != CUT_FAILED);
	     i++) {
		count = cut(bytes, len, delimiters[i], &names, places, e);
		known = 0;
		for (int k = 0; k < count; k++)
			known += is_known_name(
			    (const char *)names.bytes + places[k]);
		if ((count >= 2) && (known >= 2))
			*delimiter = delimiters[i];
	}
	buf_free(&names);
	return (count == CUT_FAILED) ? -1 : 0;
}

struct csv *
csv_new(struct err * e)
{
	struct csv * c = calloc(1, sizeof(*c));

	if (c == NULL)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	return c;
}

void
csv_free(struct csv * c)
{
	if (c == NULL)
		return;
	buf_free(&c->header);
	buf_free(&c->names);
	buf_free(&c->cells);
	free(c);
}

int
csv_set_header(
    struct csv * c, const uint8_t * bytes, size_t len, struct err * e)
{
	char delimiter;

	if (csv_find_delimiter(bytes, len, &delimiter, e) != 0)
		return -1;
	return csv_set_columns(c, delimiter, bytes, len, e);
}

int
csv_set_columns(struct csv * c, char delimiter, const uint8_t * bytes,
    size_t len, struct err * e)
{
	size_t places[CSV_MAX_COLUMNS];
	int count;

	c->delimiter = delimiter;
	c->count = 0;
	buf_clear(&c->header);
	if (buf_add(&c->header, bytes, len, e) != 0)
		return -1;
	count = cut(bytes, len, c->delimiter, &c->names, places, e);
	if (count == CUT_FAILED)
		return -1;
	for (int i = 0; i < count; i++)
		c->columns[c->count++] =
		    (const char *)c->names.bytes + places[i];
	return 0;
}

bool
csv_is_header(const struct csv * c, const uint8_t * bytes, size_t len)
{
	return (len == c->header.len) &&
	    (memcmp(bytes, c->header.bytes, len) == 0);
}

/* Why the ${count} cells of a row are none of this table, or NULL. */
static const char *
refuse(struct csv * c, const uint8_t * bytes, size_t len, int count)
{
	if (!text_is_utf8(bytes, len))
		return "not UTF-8";
	if (memchr(bytes, '\0', len) != NULL)
		return "a NUL in a row of a table";
	if (count < 0)
		return "not a row of cells";
	if ((size_t)count == c->count)
		return NULL;
	(void)snprintf(c->why, sizeof(c->why),
	    "a row of %d cells under a header of %zu", count, c->count);
	return c->why;
}

int
csv_read(struct csv * c, const uint8_t * bytes, size_t len, struct record * r,
    const char ** why, struct err * e)
{
	size_t places[CSV_MAX_COLUMNS];
	const char * text;
	int count;

	count = cut(bytes, len, c->delimiter, &c->cells, places, e);
	if ((count == CUT_FAILED) || (record_begin_row(r, e) != 0))
		return -1;
	*why = refuse(c, bytes, len, count);
	for (int i = 0; (*why == NULL) && (i < count); i++) {
		text = (const char *)c->cells.bytes + places[i];
		if ((*text != '\0') &&
		    (record_add_cell(r, c->columns[i], text, strlen(text), e) !=
			0))
			return -1;
	}
	return record_end_row(r, e);
}
