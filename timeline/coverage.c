#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/text.h"
#include "timeline/export.h"

#include "timeline/coverage.h"

/* An hour in ticks, as the statements below write it. */
#define HOUR "36000000000"

/* Read "KEY=" and ${digits} digits at ${at}; return the value or -1. */
static int
part(const char * at, const char * key, size_t digits)
{
	int value = 0;

	if (!text_has_prefix(at, key))
		return -1;
	at += strlen(key);
	for (size_t i = 0; i < digits; i++) {
		if ((at[i] < '0') || (at[i] > '9'))
			return -1;
		value = 10 * value + (at[i] - '0');
	}
	return value;
}

/* The hour that "/y=2026/m=07/d=13/h=22/m=00" says; "m=" stands in it twice. */
static int64_t
hour_of(const char * at)
{
	struct clock_date date = { 0, 0, 0, 0, 0, 0, 0 };
	struct err ignored;
	int64_t hour;

	err_init(&ignored);
	date.year = part(at, "/y=", 4);
	if (date.year < 0)
		return CLOCK_UNKNOWN;
	date.month = part(at + 7, "/m=", 2);
	if (date.month < 0)
		return CLOCK_UNKNOWN;
	date.day = part(at + 12, "/d=", 2);
	if (date.day < 0)
		return CLOCK_UNKNOWN;
	date.hour = part(at + 17, "/h=", 2);
	if ((date.hour < 0) || (clock_from_date(&date, &hour, &ignored) != 0))
		return CLOCK_UNKNOWN;
	return hour;
}

int
coverage_place(
    const char * name, struct buf * resource, int64_t * hour, struct err * e)
{
	const char * date = strstr(name, "/y=");
	const char * rest;
	const char * last;

	*hour = CLOCK_UNKNOWN;
	if (date == NULL)
		return buf_add_text(resource, name, e);
	*hour = hour_of(date);
	if (buf_add(resource, name, (size_t)(date - name), e) != 0)
		return -1;
	/* A flow log has its network card behind the date. */
	rest = strstr(date, "/macAddress=");
	last = strrchr(date, '/');
	if ((rest == NULL) || (last == NULL) || (last <= rest))
		return 0;
	return buf_add(resource, rest, (size_t)(last - rest), e);
}

int
coverage_make(struct store * s, struct err * e)
{
	return store_run(s,
	    /* Where the catalogue does not say what a file logs, its events do. */
	    "CREATE TEMP TABLE v_event AS SELECT r.member AS member,"
	    " v.time - v.time % " HOUR " AS hour, MIN(v.source) AS source,"
	    " SUM(v.counted) AS events, COUNT(*) AS seen FROM ("
	    "SELECT record, time, source, 1 AS counted FROM event"
	    " WHERE time IS NOT NULL UNION ALL SELECT f.record, f.time,"
	    " h.source, 1 FROM flow f JOIN flow_head h ON h.id = f.head"
	    " WHERE f.time IS NOT NULL UNION ALL"
	    " SELECT record, time, source, 0 FROM event_again"
	    " WHERE time IS NOT NULL UNION ALL SELECT f.record, f.time,"
	    " h.source, 0 FROM flow_again f JOIN flow_head h ON h.id = f.head"
	    " WHERE f.time IS NOT NULL) AS v JOIN record r ON r.id = v.record"
	    " GROUP BY r.member, v.time - v.time % " HOUR ";"
	    "CREATE TEMP TABLE v_member AS SELECT m.id AS id,"
	    " CASE WHEN m.kind IS NULL OR m.kind IN ('other', 'local')"
	    " THEN COALESCE(s.source, 'not known') ELSE m.kind END AS kind,"
	    " m.resource AS resource, m.hour AS hour FROM member m"
	    " LEFT JOIN (SELECT member, MIN(source) AS source FROM v_event"
	    " GROUP BY member) AS s ON s.member = m.id;"
	    "CREATE TEMP TABLE v_hit AS SELECT m.kind AS kind,"
	    " m.resource AS resource, t.hour AS hour,"
	    /* What stands here only as a copy is here all the same. */
	    " CASE WHEN SUM(t.events) > 0 THEN SUM(t.events)"
	    " ELSE SUM(t.seen) END AS events"
	    " FROM v_event t JOIN v_member m ON m.id = t.member"
	    " GROUP BY m.kind, m.resource, t.hour;"
	    "CREATE TEMP TABLE v_file AS"
	    " SELECT kind, resource, hour, COUNT(*) AS files FROM v_member"
	    " WHERE hour IS NOT NULL GROUP BY kind, resource, hour;"
	    "CREATE TEMP TABLE v_gap AS SELECT resource, hour,"
	    " MIN(reason) AS reason FROM gap WHERE hour IS NOT NULL"
	    " GROUP BY resource, hour;"
	    /* All hours of the package, from those that have anything. */
	    "CREATE TEMP TABLE v_hour AS SELECT hour FROM v_hit"
	    " UNION SELECT hour FROM v_file UNION SELECT hour FROM v_gap;"
	    "CREATE TEMP TABLE v_thing AS SELECT kind, resource FROM v_member"
	    " WHERE resource IS NOT NULL GROUP BY kind, resource;"
	    "CREATE TABLE coverage AS SELECT n.kind AS kind,"
	    " n.resource AS resource, h.hour AS hour,"
	    " CASE WHEN v.events IS NOT NULL THEN 'present'"
	    " WHEN g.reason IS NOT NULL THEN g.reason"
	    " WHEN f.files IS NOT NULL THEN 'empty' ELSE 'missing' END AS state,"
	    " COALESCE(v.events, 0) AS events, COALESCE(f.files, 0) AS files"
	    " FROM v_thing n CROSS JOIN v_hour h"
	    " LEFT JOIN v_hit v ON v.kind = n.kind AND v.resource = n.resource"
	    " AND v.hour = h.hour"
	    " LEFT JOIN v_file f ON f.kind = n.kind AND f.resource = n.resource"
	    " AND f.hour = h.hour"
	    " LEFT JOIN v_gap g ON g.resource = n.resource AND g.hour = h.hour;",
	    NULL, NULL, e);
}

struct writer {
	struct output_file * out;
	struct buf line;
};

static const char *
words_of(const char * state)
{
	if (strcmp(state, "present") == 0)
		return "events of this hour are there";
	if (strcmp(state, "empty") == 0)
		return "a log file of this hour is there, without events of it";
	if (strcmp(state, "missing") == 0)
		return "no log file: idle, disabled, filtered or deleted, the "
		       "logs cannot tell";
	return "declared by the package as a gap";
}

static int
put_line(void * cookie, const struct store_row * got, struct err * e)
{
	struct writer * w = cookie;
	const struct store_value * v = got->values;
	const char * state = v[3].bytes;
	char hour[CLOCK_TEXT_SIZE];

	clock_format(v[2].integer, hour);
	if ((export_csv_cell(&w->line, v[0].bytes, e) != 0) ||
	    (buf_add_text(&w->line, ",", e) != 0) ||
	    (export_csv_cell(&w->line, v[1].bytes, e) != 0) ||
	    (buf_addf(&w->line, e, ",%s,", hour) != 0) ||
	    (export_csv_cell(&w->line, state, e) != 0) ||
	    (buf_addf(&w->line, e, ",%" PRId64 ",%" PRId64 ",\"%s\",",
		 v[4].integer, v[5].integer, words_of(state)) != 0) ||
	    (export_csv_cell(&w->line, v[6].bytes, e) != 0) ||
	    (buf_add_text(&w->line, "\n", e) != 0))
		return -1;
	return output_put_buf(w->out, &w->line, e);
}

int
coverage_export(struct store * s, struct output * o, struct err * e)
{
	static const char head[] =
	    "source,resource,hour,state,events,files,meaning,packages\n";
	struct writer w = { NULL, { 0 } };
	int rc = -1;

	w.out = output_open(o, "coverage.csv", e);
	if (w.out == NULL)
		return -1;
	if (output_put(w.out, head, sizeof(head) - 1, e) != 0)
		goto out;
	rc = store_run(s,
	    /* The worst word of all packages, as verdict_word says it. */
	    "SELECT kind, resource, hour, state, events, files, (SELECT"
	    " CASE WHEN MIN(verdict) LIKE 'altered%' THEN 'altered or damaged'"
	    " WHEN MAX(verdict) LIKE 'undecided%' THEN 'undecided'"
	    " ELSE 'intact' END || CASE WHEN COUNT(CASE WHEN verdict LIKE"
	    " '%; received, not acquired' THEN 1 END) > 0"
	    " THEN '; received, not acquired' ELSE '' END FROM package)"
	    " AS verdict FROM coverage ORDER BY kind, resource, hour",
	    put_line, &w, e);

out:
	if (output_close(w.out, e) != 0)
		rc = -1;
	buf_free(&w.line);
	return rc;
}
