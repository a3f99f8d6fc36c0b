#include <string.h>

#include "timeline/framing_private.h"

#define TOO_LONG "a line of more than 16 MiB"

bool
framing_is_classic(const uint8_t * bytes, size_t len)
{
	return (len >= 4) &&
	    ((memcmp(bytes, "1.0;", 4) == 0) ||
		(memcmp(bytes, "2.0;", 4) == 0));
}

/* Hand out the bytes up to ${end}, and leave what follows for later. */
static enum framing_step
give_record(
    struct framing * f, size_t end, enum framing_form form, struct err * e)
{
	struct framing_span span;

	/* The line end is no part of it: LF, or CRLF. */
	if ((end > f->start) && (f->pending.bytes[end - 1] == '\r'))
		end--;
	span = framing_span_to(f, end);
	span.form = form;
	f->before = f->pending.bytes[end - 1];
	f->start = end;
	f->pos = end;
	return (f->sink.record(f->sink.cookie, &span, 0, e) == 0)
	    ? framing_end_value(f)
	    : FRAMING_STEP_FAILED;
}

/* A bad span up to the end of the line that pos stands in. */
static enum framing_step
become_bad_line(struct framing * f, enum event_reason reason, const char * text)
{
	f->reason = reason;
	f->text = text;
	return framing_become(f, FRAMING_LINE);
}

enum framing_step
framing_at_classic(struct framing * f, struct err * e)
{
	const uint8_t * bytes = f->pending.bytes;
	const uint8_t * end =
	    memchr(bytes + f->pos, '\n', f->pending.len - f->pos);

	f->pos = (end == NULL) ? f->pending.len : (size_t)(end - bytes);
	if (f->pos - f->start > FRAMING_MAX_RECORD)
		return become_bad_line(f, EVENT_REASON_LIMIT, TOO_LONG);
	if ((end == NULL) && !f->at_end)
		return FRAMING_STEP_WAIT;
	return give_record(f, f->pos, FRAMING_CLASSIC, e);
}

/* ---- Tables -------------------------------------------------------------- */

/* What some programs put before the header: what made the table, and how. */
static bool
is_preamble(const uint8_t * line, size_t len)
{
	return ((len >= 6) && (memcmp(line, "#TYPE ", 6) == 0)) ||
	    ((len >= 4) && (memcmp(line, "sep=", 4) == 0));
}

enum framing_step
framing_at_header(struct framing * f, struct err * e)
{
	const uint8_t * line = f->pending.bytes + f->start;
	const size_t room = f->pending.len - f->start;
	const uint8_t * end = memchr(line, '\n', room);
	struct framing_span span;
	size_t len = (end == NULL) ? room : (size_t)(end - line);

	if ((room > 0) && ((line[0] == '{') || (line[0] == '[')))
		return framing_become(f, FRAMING_BETWEEN);
	if ((end == NULL) && !f->at_end && (len <= CSV_MAX_HEADER))
		return FRAMING_STEP_WAIT;
	if ((len == 0) || (len > CSV_MAX_HEADER))
		return framing_become(f, FRAMING_BETWEEN);
	if ((end != NULL) && is_preamble(line, len))
		return (framing_give_filler(f, f->start + len + 1, e) == 0)
		    ? FRAMING_STEP_ON
		    : FRAMING_STEP_FAILED;
	if (line[len - 1] == '\r')
		len--;
	if (csv_find_delimiter(line, len, &f->row.delimiter, e) != 0)
		return FRAMING_STEP_FAILED;
	if (f->row.delimiter == 0)
		return framing_become(f, FRAMING_BETWEEN);
	span = framing_span_to(f, f->start + len);
	if (((f->sink.header != NULL) &&
		(f->sink.header(f->sink.cookie, &span, e) != 0)) ||
	    (framing_give_filler(f, f->start + len, e) != 0))
		return FRAMING_STEP_FAILED;
	f->rows = true;
	csv_scan_begin(&f->row, f->row.delimiter);
	return framing_become(f, FRAMING_ROWS);
}

/*
 * The row proved none at pos.  It costs its first line: what quotes swallowed
 * behind that is looked at once more.
 */
static enum framing_step
fail_row(struct framing * f, enum event_reason reason, const char * text)
{
	if (framing_may_go_back(f))
		f->pos = f->start;
	return become_bad_line(f, reason, text);
}

/* Step over line ends; a CR is one only before an LF, or at the end. */
static int
skip_line_ends(struct framing * f, struct err * e)
{
	int c = framing_peek(f, f->pos);
	int next = framing_peek(f, f->pos + 1);

	while ((c == '\n') ||
	    ((c == '\r') && ((next == '\n') || ((next < 0) && f->at_end)))) {
		f->pos++;
		c = next;
		next = framing_peek(f, f->pos + 1);
	}
	return framing_give_filler(f, f->pos, e);
}

/* Whether the bytes that came begin a row: a CR alone does not say. */
static bool
begins_row(const struct framing * f)
{
	int c = framing_peek(f, f->pos);

	return (c >= 0) && ((c != '\r') || (framing_peek(f, f->pos + 1) >= 0));
}

enum framing_step
framing_at_row(struct framing * f, struct err * e)
{
	enum csv_result result;
	size_t used;

	if (f->pos == f->start) {
		if (skip_line_ends(f, e) != 0)
			return FRAMING_STEP_FAILED;
		if (!begins_row(f))
			return FRAMING_STEP_WAIT;
		csv_scan_begin(&f->row, f->row.delimiter);
	}
	result = csv_scan_feed(
	    &f->row, f->pending.bytes + f->pos, f->pending.len - f->pos, &used);
	f->pos += used;
	if (f->pos - f->start > FRAMING_MAX_RECORD)
		return fail_row(f, EVENT_REASON_LIMIT, TOO_LONG);
	if (result == CSV_BAD)
		return fail_row(f, EVENT_REASON_SYNTAX,
		    "a quote or a control byte where a row has none");
	if ((result == CSV_MORE) && !f->at_end)
		return FRAMING_STEP_WAIT;
	if ((result == CSV_MORE) && !csv_scan_can_end(&f->row))
		return fail_row(f, EVENT_REASON_TRUNCATED,
		    "the member ends inside of its quotes");
	return give_record(f, f->pos, FRAMING_ROW, e);
}
