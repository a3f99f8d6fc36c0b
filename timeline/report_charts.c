#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/text.h"

#include "timeline/report_parts.h"

#define HOUR (INT64_C(3600) * CLOCK_TICKS_PER_SECOND)
#define BARS_MAX 240 /* More hours than that share a bar. */
#define WIDTH 720
#define HEIGHT 90

/* A series of hours: one chart. */
struct series {
	struct html * h;
	char * name;
	int64_t first;   /* Hour of the first bar. */
	int64_t per_bar; /* Hours in one. */
	int64_t bars[BARS_MAX];
	size_t count;
	const char * unit;
};

/* The grid that all charts share. */
struct span {
	int64_t first;
	int64_t last;
};

static int
take_span(void * cookie, const struct store_row * row, struct err * e)
{
	struct span * span = cookie;

	(void)e;
	if (row->values[0].kind == STORE_INTEGER) {
		span->first = row->values[0].integer;
		span->last = row->values[1].integer;
	}
	return 0;
}

static void
put_bars(const struct series * s, int64_t most)
{
	double step = (double)WIDTH / (double)s->count;

	for (size_t i = 0; i < s->count; i++) {
		int64_t tall;

		if (s->bars[i] == 0)
			continue;
		tall = (most > HEIGHT) ? s->bars[i] / (most / HEIGHT)
				       : s->bars[i] * HEIGHT / most;
		if (tall > HEIGHT)
			tall = HEIGHT;
		if (tall < 1)
			tall = 1;
		html_rawf(s->h,
		    "<rect class=\"bar\" x=\"%.2f\" y=\"%" PRId64
		    "\" width=\"%.2f\" height=\"%" PRId64 "\"/>",
		    40 + (double)i * step, HEIGHT + 12 - tall,
		    (step > 2) ? step - 0.8 : step, tall);
	}
}

/* A tick and a date at each midnight, as many as there is room for. */
static void
put_axis(const struct series * s)
{
	double step = (double)WIDTH / (double)s->count;
	int64_t days = (int64_t)s->count * s->per_bar / 24 + 1;
	int64_t every = (days > 10) ? days / 10 : 1;
	int64_t day = 0;

	for (size_t i = 0; i < s->count; i++) {
		int64_t at = s->first + (int64_t)i * s->per_bar * HOUR;
		int64_t into = at % (24 * HOUR);
		char text[CLOCK_TEXT_SIZE];

		if (into >= s->per_bar * HOUR)
			continue;
		if (day++ % every != 0)
			continue;
		clock_format(at - into, text);
		html_rawf(s->h,
		    "<path class=\"axis\" d=\"M%.2f %d v4\"/>"
		    "<text class=\"small\" x=\"%.2f\" y=\"%d\">%.5s</text>",
		    40 + (double)i * step, HEIGHT + 12, 40 + (double)i * step,
		    HEIGHT + 28, text + 5);
	}
}

/* The numbers behind the bars, for those who cannot or will not see them. */
static void
put_numbers(const struct series * s)
{
	html_rawf(s->h,
	    "<details><summary>Numbers</summary><table class=\"narrow\">"
	    "<thead><tr><th scope=\"col\">From (UTC)</th><th scope=\"col\">%s"
	    "</th></tr></thead><tbody>",
	    s->unit);
	for (size_t i = 0; i < s->count; i++) {
		if (s->bars[i] == 0)
			continue;
		html_raw(s->h, "<tr><td>");
		html_time(s->h, s->first + (int64_t)i * s->per_bar * HOUR);
		html_raw(s->h, "</td><td class=\"number\">");
		html_number(s->h, s->bars[i]);
		html_raw(s->h, "</td></tr>");
	}
	html_raw(s->h, "</tbody></table></details>\n");
}

static void
put_series(struct series * s)
{
	int64_t most = 0;

	if (s->name == NULL)
		return;
	for (size_t i = 0; i < s->count; i++) {
		if (s->bars[i] > most)
			most = s->bars[i];
	}
	if (most > 0) {
		html_raw(s->h, "<figure><figcaption>");
		html_text(s->h, s->name);
		html_rawf(s->h, ", %s in %" PRId64 " h, at most ", s->unit,
		    s->per_bar);
		html_number(s->h, most);
		html_rawf(s->h,
		    "</figcaption><svg viewBox=\"0 0 780 %d\" role=\"img\" "
		    "aria-label=\"Bar chart; its numbers stand below\">"
		    "<path class=\"axis\" d=\"M40 %d h%d\"/>",
		    HEIGHT + 34, HEIGHT + 12, WIDTH);
		put_bars(s, most);
		put_axis(s);
		html_raw(s->h, "</svg>");
		put_numbers(s);
		html_raw(s->h, "</figure>\n");
	}
	memset(s->bars, 0, sizeof(s->bars));
	free(s->name);
	s->name = NULL;
}

/* A row: name of the series, hour, value. */
static int
take_hour(void * cookie, const struct store_row * row, struct err * e)
{
	struct series * s = cookie;
	const struct store_value * v = row->values;
	int64_t at;

	if ((s->name == NULL) || (strcmp(s->name, v[0].bytes) != 0)) {
		put_series(s);
		s->name = text_copy(v[0].bytes, e);
		if (s->name == NULL)
			return -1;
	}
	at = (v[1].integer - s->first) / (s->per_bar * HOUR);
	if ((at >= 0) && (at < (int64_t)s->count))
		s->bars[at] += v[2].integer;
	return 0;
}

static int
put_group(struct html * h, struct store * s, const struct span * span,
    const char * unit, const char * sql, struct err * e)
{
	int64_t hours = (span->last - span->first) / HOUR + 1;
	struct series series = { .h = h, .unit = unit, .first = span->first };
	int rc;

	series.per_bar = (hours + BARS_MAX - 1) / BARS_MAX;
	series.count = (size_t)((hours + series.per_bar - 1) / series.per_bar);
	rc = store_run(s, sql, take_hour, &series, e);
	put_series(&series);
	return rc;
}

int
report_charts(struct html * h, struct store * s, struct err * e)
{
	struct span span = { CLOCK_UNKNOWN, CLOCK_UNKNOWN };

	html_raw(
	    h, "<section id=\"charts\"><h2>What was recorded, by hour</h2>\n");
	if (store_run(s,
		"SELECT MIN(hour), MAX(hour) FROM coverage"
		" WHERE events > 0",
		take_span, &span, e) != 0)
		return -1;
	if (span.first == CLOCK_UNKNOWN) {
		html_raw(h, "<p>No dated event.</p></section>\n");
		return 0;
	}
	if (put_group(h, s, &span, "events",
		"SELECT COALESCE(kind, 'log') AS name, hour,"
		" SUM(events) AS value FROM coverage WHERE events > 0"
		" GROUP BY COALESCE(kind, 'log'), hour ORDER BY 1, 2",
		e) != 0)
		return -1;
	if (put_group(h, s, &span, "bytes",
		"SELECT 'Bytes of answers in the storage logs, account '"
		" || account AS name, time - time % 36000000000 AS hour,"
		" SUM(bytes_read) AS value FROM event WHERE bytes_read > 0"
		" AND account IS NOT NULL AND time IS NOT NULL"
		" GROUP BY 1, 2 ORDER BY 1, 2",
		e) != 0)
		return -1;
	if (put_group(h, s, &span, "bytes",
		"SELECT 'Bytes sent to the internet, by network card '"
		" || COALESCE(g.mac, g.target, '?') AS name, f.time - f.time %"
		" 36000000000 AS hour, SUM(CASE WHEN f.direction = 2"
		" THEN COALESCE(f.bytes_sd, 0) ELSE COALESCE(f.bytes_ds, 0) END)"
		" AS value FROM flow f JOIN flow_head g ON g.id = f.head"
		" JOIN address a ON a.id = CASE WHEN f.direction = 2 THEN f.dst"
		" ELSE f.src END JOIN (SELECT mac, MIN(source) AS source"
		" FROM flow_head GROUP BY mac) AS p ON p.mac = g.mac"
		" AND p.source = g.source WHERE a.scope = 0"
		" AND f.time IS NOT NULL GROUP BY 1, 2"
		" HAVING SUM(CASE WHEN f.direction = 2 THEN"
		" COALESCE(f.bytes_sd, 0) ELSE COALESCE(f.bytes_ds, 0) END) > 0"
		" ORDER BY 1, 2",
		e) != 0)
		return -1;
	html_raw(h,
	    "<p>A flow that several places logged is counted at one of them. "
	    "Flow bytes hold headers and are no file sizes.</p></section>\n");
	return h->failed ? -1 : 0;
}
