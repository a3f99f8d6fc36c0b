#include <inttypes.h>
#include <string.h>

#include "evidence/json.h"
#include "evidence/text.h"
#include "timeline/row.h"

#include "timeline/report_parts.h"

/* A resource: kind, resource, hours in each state, first, last, resources. */
static int
put_coverage(void * cookie, const struct store_row * row, struct err * e)
{
	struct html * h = cookie;
	const struct store_value * v = row->values;

	(void)e;
	html_raw(h, "<tr><td>");
	html_text(h, (v[0].kind == STORE_TEXT) ? v[0].bytes : "by record");
	html_raw(h, "</td><td class=\"wrap\">");
	html_text(h, v[1].bytes);
	html_raw(h, "</td>");
	for (size_t i = 2; i < 6; i++) {
		html_raw(h, "<td class=\"number\">");
		html_number(h, v[i].integer);
		html_raw(h, "</td>");
	}
	html_raw(h, "<td>");
	html_time(h, v[6].integer);
	html_raw(h, "</td><td>");
	html_time(h, v[7].integer);
	html_raw(h, "</td></tr>\n");
	return h->failed ? -1 : 0;
}

/* account, service, records by category, changes of settings, the last */
static int
put_logged(void * cookie, const struct store_row * row, struct err * e)
{
	struct html * h = cookie;
	const struct store_value * v = row->values;

	(void)e;
	html_raw(h, "<tr><td class=\"wrap\">");
	html_text(h, v[0].bytes);
	html_raw(h, "</td><td>");
	html_text(h, v[1].bytes);
	html_raw(h, "</td>");
	for (size_t i = 2; i < 6; i++) {
		html_raw(h, "<td class=\"number\">");
		if ((i < 5) && (v[i].integer == 0))
			html_raw(h, "no record");
		else
			html_number(h, v[i].integer);
		html_raw(h, "</td>");
	}
	html_raw(h, "<td>");
	if (v[6].kind == STORE_INTEGER)
		html_time(h, v[6].integer);
	html_raw(h, "</td></tr>\n");
	return h->failed ? -1 : 0;
}

/* Which requests were logged, by account and service. */
static int
put_logging(struct html * h, struct store * s, struct err * e)
{
	struct buf sql = { 0 };
	int64_t all = 0;
	int rc = -1;

	if (store_run(s,
		"SELECT COUNT(*) FROM (SELECT DISTINCT account, service"
		" FROM logging) AS t",
		store_take_integer, &all, e) != 0)
		return -1;
	if (all == 0)
		return 0;
	html_raw(h, "<table class=\"wide\"><caption>Logged requests: ");
	html_number(h, (all < REPORT_COVERAGE_MAX) ? all : REPORT_COVERAGE_MAX);
	html_raw(h, " of ");
	html_number(h, all);
	html_raw(h,
	    " services of accounts that a record names. Records show that "
	    "requests were logged when they were; no record is: not enabled, "
	    "idle, filtered or deleted, the logs cannot tell. All stand in "
	    "logging.csv; policy-*.json are proposals to log from now on."
	    "</caption><thead><tr><th scope=\"col\">Account</th>"
	    "<th scope=\"col\">Service</th><th scope=\"col\">Reads</th>"
	    "<th scope=\"col\">Writes</th><th scope=\"col\">Deletions</th>"
	    "<th scope=\"col\">Changes of settings</th><th scope=\"col\">"
	    "Last change</th></tr></thead><tbody>\n");
	if (buf_addf(&sql, e,
		"SELECT account, service,"
		" SUM(CASE category WHEN 'StorageRead' THEN records ELSE 0"
		" END) AS r, SUM(CASE category WHEN 'StorageWrite' THEN"
		" records ELSE 0 END) AS w, SUM(CASE category WHEN"
		" 'StorageDelete' THEN records ELSE 0 END) AS d,"
		" MAX(changes) AS c, MAX(last_change_time) AS l FROM logging"
		" GROUP BY account, service ORDER BY account, service LIMIT %d",
		REPORT_COVERAGE_MAX) != 0)
		goto out;
	if (store_run(s, buf_text(&sql), put_logged, h, e) != 0)
		goto out;
	html_raw(h, "</tbody></table>\n");
	rc = 0;

out:
	buf_free(&sql);
	return rc;
}

int
report_coverage(struct html * h, struct store * s, struct err * e)
{
	struct buf sql = { 0 };
	int64_t all = 0;
	int rc = -1;

	if (store_run(s,
		"SELECT COUNT(*) FROM (SELECT DISTINCT kind, resource"
		" FROM coverage) AS t",
		store_take_integer, &all, e) != 0)
		return -1;
	html_raw(h,
	    "<section id=\"coverage\"><h2>Coverage</h2><p>Absence of records "
	    "is not absence of activity. An hour without a log file is idle, "
	    "disabled, filtered or deleted: the logs cannot tell. Every hour "
	    "stands in coverage.csv.</p><table class=\"wide\"><caption>Hours by "
	    "state, for ");
	html_number(h, (all < REPORT_COVERAGE_MAX) ? all : REPORT_COVERAGE_MAX);
	html_raw(h, " of ");
	html_number(h, all);
	html_raw(h,
	    " logged resources</caption><thead><tr><th scope=\"col\">Log</th>"
	    "<th scope=\"col\">Resource</th><th scope=\"col\">Present</th>"
	    "<th scope=\"col\">Empty</th><th scope=\"col\">Missing</th>"
	    "<th scope=\"col\">Declared gap</th><th scope=\"col\">First hour"
	    "</th><th scope=\"col\">Last hour</th></tr></thead><tbody>\n");
	if (buf_addf(&sql, e,
		"SELECT kind, resource,"
		" SUM(CASE WHEN state = 'present' THEN 1 ELSE 0 END) AS a,"
		" SUM(CASE WHEN state = 'empty' THEN 1 ELSE 0 END) AS b,"
		" SUM(CASE WHEN state = 'missing' THEN 1 ELSE 0 END) AS c,"
		" SUM(CASE WHEN state NOT IN ('present', 'empty', 'missing')"
		" THEN 1 ELSE 0 END) AS d, MIN(CASE WHEN events > 0 THEN hour"
		" END) AS f, MAX(CASE WHEN events > 0 THEN hour END) AS l"
		" FROM coverage GROUP BY kind, resource ORDER BY kind, resource"
		" LIMIT %d",
		REPORT_COVERAGE_MAX) != 0)
		goto out;
	if (store_run(s, buf_text(&sql), put_coverage, h, e) != 0)
		goto out;
	html_raw(h, "</tbody></table>\n");
	if (put_logging(h, s, e) != 0)
		goto out;
	html_raw(h, "</section>\n");
	rc = h->failed ? -1 : 0;

out:
	buf_free(&sql);
	return rc;
}

struct rows {
	struct buf json;
	struct buf shown;
	const struct rule_set * set;
	const struct display * display;
	struct json_out j;
	struct err * e;
};

/* Foreign text, made visible, as a string. */
static int
put_shown(struct rows * r, const char * text)
{
	buf_clear(&r->shown);
	if ((text != NULL) &&
	    (text_escape(&r->shown, text, strlen(text), r->e) != 0))
		return -1;
	json_put_bytes(&r->j, NULL, buf_text(&r->shown), r->shown.len);
	return 0;
}

static int
put_rules_of(struct rows * r, const struct row * row)
{
	struct buf names = { 0 };
	int rc = -1;

	for (size_t i = 0; (i < r->set->count) && (i < 62); i++) {
		if ((row->rules & ((int64_t)1 << i)) == 0)
			continue;
		if (buf_addf(&names, r->e, "%s%s", (names.len > 0) ? " " : "",
			rule_value(r->set->rules[i], "id", 0)) != 0)
			goto out;
	}
	json_put_text(&r->j, NULL, buf_text(&names));
	rc = 0;

out:
	buf_free(&names);
	return rc;
}

/* [row, time, tied, source, message, rules, package, member, offset, length, sha256, local] */
static int
put_row(void * cookie, const struct row * row, struct err * e)
{
	struct rows * r = cookie;
	char local[DISPLAY_TEXT_SIZE];
	struct buf message = { 0 };
	int rc = -1;

	json_open_array(&r->j, NULL);
	json_put_integer(&r->j, NULL, row->number);
	json_put_time(&r->j, NULL, row_integer(row, ROW_TIME));
	json_put_integer(&r->j, NULL, row->is_tied ? 1 : 0);
	json_put_text(&r->j, NULL, row_text(row, ROW_SOURCE));
	if (row_message(row, &message, e) != 0)
		goto out;
	if (put_shown(r, buf_text(&message)) != 0)
		goto out;
	if (put_rules_of(r, row) != 0)
		goto out;
	if (put_shown(r, row->package) != 0)
		goto out;
	if (put_shown(r, row->member) != 0)
		goto out;
	json_put_integer(&r->j, NULL, row->offset);
	json_put_integer(&r->j, NULL, row->length);
	json_put_text(&r->j, NULL, row->sha256);
	display_local(r->display, row_integer(row, ROW_TIME), local);
	json_put_text(&r->j, NULL, local);
	json_close_array(&r->j);
	rc = 0;

out:
	buf_free(&message);
	return rc;
}

/*
 * The rows of the table: those of the chain first, then those of the other
 * rules, until the table is full.
 */
static int
pick_rows(struct store * s, const struct display * display, int64_t * picked,
    struct err * e)
{
	struct buf until = { 0 };
	struct buf sql = { 0 };
	int rc = -1;

	/* Places are in order of time: those before it are counted. */
	if (display->has_as_of &&
	    (buf_addf(&until, e,
		 " WHERE p.id <= (SELECT COUNT(*) FROM event WHERE time <="
		 " %" PRId64 ") + (SELECT COUNT(*) FROM flow WHERE time <="
		 " %" PRId64 ") + (SELECT COUNT(*) FROM event_again WHERE time"
		 " <= %" PRId64 ") + (SELECT COUNT(*) FROM flow_again WHERE"
		 " time <= %" PRId64 ")",
		 display->as_of, display->as_of, display->as_of,
		 display->as_of) != 0))
		goto out;
	if (buf_addf(&sql, e,
		"CREATE TEMP TABLE v_pick AS SELECT t.event AS event"
		" FROM (SELECT event, MIN(CASE WHEN rule = 'chain' THEN 0"
		" ELSE 1 END) AS other FROM finding_row GROUP BY event) AS t"
		" JOIN place p ON p.event = t.event"
		"%s ORDER BY t.other, t.event LIMIT %d;"
		"CREATE INDEX v_pick_event ON v_pick (event);",
		buf_text(&until), REPORT_ROWS_MAX) != 0)
		goto out;
	if (store_run(s, buf_text(&sql), NULL, NULL, e) != 0)
		goto out;
	rc = store_run(
	    s, "SELECT COUNT(*) FROM v_pick", store_take_integer, picked, e);

out:
	buf_free(&until);
	buf_free(&sql);
	return rc;
}

/* How the rows are shown, where it is not as they stand. */
static void
put_display(struct html * h, const struct display * display)
{
	if (display->has_as_of) {
		html_raw(h, "<p class=\"notice\">Display only: rows up to ");
		html_time(h, display->as_of);
		html_raw(h,
		    " are shown here; findings, and every other output, rest "
		    "on all of them.</p>\n");
	}
	if (display->zone != NULL) {
		html_raw(h,
		    "<p class=\"notice\">Display only: beside UTC in "
		    "the time of the zone ");
		html_text(h, display->zone);
		html_raw(h, ".</p>\n");
	}
}

static void
put_rows_frame(struct html * h, int64_t picked, int64_t all)
{
	html_raw(h,
	    "<section id=\"rows\"><h2>Rows</h2><p>Selected: the rows that "
	    "findings name, those of the chain first: ");
	html_number(h, picked);
	html_raw(h, " of ");
	html_number(h, all);
	html_raw(h,
	    " rows of the timeline. All of them stand in timeline.csv and "
	    "timeline.jsonl. Times are UTC; rows marked = share their tick "
	    "with another, and their order within it is unknown.</p>\n"
	    "<div class=\"tools\"><label>Search <input id=\"find\" "
	    "type=\"search\"></label> <button type=\"button\" id=\"back\">"
	    "Back</button> <button type=\"button\" id=\"on\">On</button> "
	    "<span id=\"shown\" role=\"status\"></span></div>\n"
	    "<noscript><p>The table needs the script of this file; "
	    "timeline.csv holds the same.</p></noscript>\n"
	    "<table class=\"wide\" id=\"table\"><caption>Selected rows"
	    "</caption><thead><tr>"
	    "<th scope=\"col\" aria-sort=\"ascending\"><button type=\"button\" "
	    "data-column=\"0\">Row</button></th>"
	    "<th scope=\"col\" aria-sort=\"none\"><button type=\"button\" "
	    "data-column=\"1\">Time (UTC)</button></th>"
	    "<th scope=\"col\" aria-sort=\"none\"><button type=\"button\" "
	    "data-column=\"3\">Source</button></th>"
	    "<th scope=\"col\">What is recorded</th>"
	    "<th scope=\"col\" aria-sort=\"none\"><button type=\"button\" "
	    "data-column=\"5\">Named by</button></th>"
	    "<th scope=\"col\">Bytes of the record</th></tr></thead>"
	    "<tbody id=\"body\"></tbody></table>\n");
}

int
report_rows(struct html * h, struct store * s, const struct rule_set * set,
    const struct display * display, struct err * e)
{
	struct rows rows = { .set = set, .display = display, .e = e };
	int64_t picked = 0;
	int64_t all = 0;
	int rc = -1;

	if ((pick_rows(s, display, &picked, e) != 0) ||
	    (row_count(s, &all, e) != 0))
		return -1;
	put_rows_frame(h, picked, all);
	put_display(h, display);
	json_begin(&rows.j, &rows.json, e);
	json_open_array(&rows.j, NULL);
	/* Not IN: that list would be read whole for every batch of rows. */
	if (row_each(s,
		"EXISTS (SELECT 1 FROM v_pick AS v WHERE v.event = p.event)",
		put_row, &rows, e) != 0)
		goto out;
	json_close_array(&rows.j);
	if (json_end(&rows.j, false) != 0)
		goto out;
	html_raw(h, "<script type=\"application/json\" id=\"data\">");
	html_json(h, rows.json.bytes, rows.json.len);
	html_raw(h, "</script></section>\n");
	rc = h->failed ? -1 : 0;

out:
	buf_free(&rows.json);
	buf_free(&rows.shown);
	return rc;
}
