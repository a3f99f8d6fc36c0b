#ifndef TESTS_UNIT_EVENTS_H
#define TESTS_UNIT_EVENTS_H

#include <stdlib.h>

#include "evidence/buf.h"
#include "evidence/json.h"
#include "timeline/event_json.h"
#include "timeline/reader.h"

#include "tests/unit/unit.h"

/*
 * A log read whole: its events and quarantined rows as one JSON line each, to
 * be asked for by number and member.
 */
static struct buf events_lines;
static struct json * events_row;
static struct event_json events_shared; /* Of the reader at work. */

static int
events_on_event(void * cookie, const struct event * ev, struct err * e)
{
	struct json_out j;

	(void)cookie;
	json_begin(&j, &events_lines, e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "event");
	event_json_put(&events_shared, &j, ev);
	json_close_object(&j);
	return json_end(&j, true);
}

static int
events_on_quarantine(
    void * cookie, const struct event_quarantine * q, struct err * e)
{
	struct json_out j;

	(void)cookie;
	json_begin(&j, &events_lines, e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "quarantine");
	event_json_put_quarantine(&j, q);
	json_close_object(&j);
	return json_end(&j, true);
}

/* Read ${text}, of the catalogue's ${kind} or NULL; return its counts. */
static struct reader_counts
events_read(const char * text, const char * kind)
{
	struct event_sink sink = { NULL, NULL, events_on_event,
		events_on_quarantine, NULL };
	struct event_origin origin = { .package = "p", .member = "m" };
	struct reader_counts counts;
	struct reader * r;
	struct err e;

	err_init(&e);
	event_json_free(&events_shared);
	buf_clear(&events_lines);
	r = reader_new(&sink, &e);
	if (r == NULL)
		abort();
	reader_begin(r, &origin, kind);
	EXPECT(reader_feed(r, text, strlen(text), &e) == 0);
	EXPECT(reader_end(r, &e) == 0);
	counts = *reader_counts(r);
	reader_free(r);
	EXPECT(counts.bytes ==
	    counts.record_bytes + counts.quarantine_bytes +
		counts.filler_bytes);
	return counts;
}

/*
 * Member ${name} of row ${number} as text: "" if it is absent, an array's
 * texts with commas.  Valid until the next call.
 */
static const char *
events_get(int number, const char * name)
{
	static char text[4096];
	const char * line = buf_text(&events_lines);
	const struct json * v;
	struct err e;
	int64_t n;

	err_init(&e);
	json_free(events_row);
	events_row = NULL;
	text[0] = '\0';
	while ((number > 0) && (line != NULL)) {
		line = strchr(line, '\n');
		line = (line == NULL) ? NULL : line + 1;
		number--;
	}
	if ((line == NULL) || (*line == '\0'))
		return "no such row";
	events_row = json_parse(line, strcspn(line, "\n"), &e);
	EXPECT(events_row != NULL);
	v = json_get(events_row, name);
	if (json_text(v) != NULL)
		return json_text(v);
	if (json_integer(v, &n) == 0)
		(void)snprintf(text, sizeof(text), "%lld", (long long)n);
	if (!json_is_array(v))
		return text;
	for (v = json_first(v); v != NULL; v = json_next(v)) {
		(void)strcat(text, (text[0] == '\0') ? "" : ",");
		(void)strcat(text, json_text(v));
	}
	return text;
}

#define EXPECT_GET(number, name, want) \
	EXPECT_TEXT(events_get(number, name), want)

static void
events_free(void)
{
	json_free(events_row);
	buf_free(&events_lines);
}

#endif
