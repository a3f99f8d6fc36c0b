#include <stdbool.h>
#include <string.h>

#include "evidence/buf.h"
#include "evidence/text.h"
#include "timeline/csv.h"
#include "timeline/network.h"

#include "timeline/enrich_rows.h"

struct table {
	struct csv * csv;
	struct record * record;
	const char * const * names;
	enrich_row_fn * fn;
	void * cookie;
	char delimiter;
	bool has_header;
};

static char
guess_delimiter(const uint8_t * row, size_t len)
{
	static const char delimiters[] = { ',', ';', '\t' };

	for (size_t i = 0; i < sizeof(delimiters); i++) {
		if (memchr(row, delimiters[i], len) != NULL)
			return delimiters[i];
	}
	return ',';
}

/* Whether the row begins with a network, in quotes or not. */
static bool
begins_with_network(const uint8_t * row, size_t len, char delimiter)
{
	char text[NETWORK_TEXT_SIZE];
	struct network network;
	size_t n = 0;

	for (size_t i = 0; (i < len) && (row[i] != (uint8_t)delimiter); i++) {
		if (row[i] == '"')
			continue;
		if (n + 1 == sizeof(text))
			return false;
		text[n++] = (char)row[i];
	}
	text[n] = '\0';
	return network_parse(text, &network) == NULL;
}

/* As many of the names as the row has cells. */
static int
assume_header(struct table * t, const uint8_t * row, size_t len, struct err * e)
{
	struct buf header = { 0 };
	const char * why = "";
	int rc = 0;

	for (size_t i = 0; (rc == 0) && (why != NULL) && (t->names[i] != NULL);
	     i++) {
		if (buf_addf(&header, e, "%.*s%s", (i > 0) ? 1 : 0,
			&t->delimiter, t->names[i]) != 0)
			rc = -1;
		else if ((csv_set_columns(t->csv, t->delimiter, header.bytes,
			      header.len, e) != 0) ||
		    (csv_read(t->csv, row, len, t->record, &why, e) != 0))
			rc = -1;
	}
	if ((rc == 0) && (why != NULL)) {
		err_set(
		    e, ERR_INPUT, NULL, "a table without a header: %s", why);
		rc = -1;
	}
	buf_free(&header);
	return rc;
}

static int
take_first(struct table * t, const uint8_t * row, size_t len, bool * is_data,
    struct err * e)
{
	const char * why;

	t->delimiter = guess_delimiter(row, len);
	t->has_header = true;
	*is_data =
	    (t->names != NULL) && begins_with_network(row, len, t->delimiter);
	if (*is_data)
		return assume_header(t, row, len, e);
	if ((csv_set_columns(t->csv, t->delimiter, row, len, e) != 0) ||
	    (csv_read(t->csv, row, len, t->record, &why, e) != 0))
		return -1;
	if ((why != NULL) || (record_conflict(t->record) != NULL)) {
		err_set(e, ERR_INPUT, NULL, "no header of a table%s%s",
		    (why != NULL) ? ": " : ": a column is there twice",
		    (why != NULL) ? why : "");
		return -1;
	}
	return 0;
}

static int
take_row(struct table * t, const uint8_t * row, size_t len, struct err * e)
{
	const char * why;
	bool is_data = true;

	if ((len > 0) && (row[len - 1] == '\r'))
		len--;
	if ((len == 0) || (row[0] == '#'))
		return 0;
	if (!t->has_header && (take_first(t, row, len, &is_data, e) != 0))
		return -1;
	if (!is_data)
		return 0;
	if (csv_read(t->csv, row, len, t->record, &why, e) != 0)
		return -1;
	if (why != NULL) {
		err_set(e, ERR_INPUT, NULL, "%s", why);
		return -1;
	}
	return t->fn(t->cookie, record_root(t->record), e);
}

/* Where the row at ${at} ends: at its LF, or at the end of the table. */
static int
find_end(const struct table * t, const uint8_t * bytes, size_t len, size_t at,
    size_t * end, struct err * e)
{
	struct csv_scan scan;
	size_t used = 0;
	enum csv_result got;

	/* What is no row is a line, whatever quotes it has. */
	if (bytes[at] == '#') {
		const uint8_t * lf = memchr(bytes + at, '\n', len - at);

		*end = (lf != NULL) ? (size_t)(lf - bytes) : len;
		return 0;
	}
	csv_scan_begin(&scan,
	    t->has_header ? t->delimiter
			  : guess_delimiter(bytes + at, len - at));
	got = csv_scan_feed(&scan, bytes + at, len - at, &used);
	*end = at + used;
	if ((got == CSV_DONE) || ((got == CSV_MORE) && csv_scan_can_end(&scan)))
		return 0;
	err_set(e, ERR_INPUT, NULL, "no row of a table");
	return -1;
}

static int
take_rows(struct table * t, const uint8_t * bytes, size_t len, struct err * e)
{
	size_t line = 1;
	size_t end;

	for (size_t at = 0; at < len; at = end + 1) {
		if ((find_end(t, bytes, len, at, &end, e) != 0) ||
		    (take_row(t, bytes + at, end - at, e) != 0)) {
			err_in(e, "line %zu", line);
			return -1;
		}
		for (size_t i = at; i <= end; i++)
			line += ((i < len) && (bytes[i] == '\n')) ? 1 : 0;
	}
	return 0;
}

int
enrich_rows(const void * bytes, size_t len, const char * const * names,
    enrich_row_fn * fn, void * cookie, struct err * e)
{
	struct table t = { csv_new(e), record_new(e), names, fn, cookie, ',',
		false };
	int rc = -1;

	if ((t.csv == NULL) || (t.record == NULL))
		goto out;
	if (!text_is_utf8(bytes, len)) {
		err_set(e, ERR_INPUT, NULL, "not UTF-8");
		goto out;
	}
	rc = take_rows(&t, bytes, len, e);

out:
	csv_free(t.csv);
	record_free(t.record);
	return rc;
}
