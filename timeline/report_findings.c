#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/text.h"

#include "timeline/report_parts.h"

void
report_name(struct html * h, const char * name)
{
	char words[128];
	size_t len = strlen(name);

	if (len >= sizeof(words))
		len = sizeof(words) - 1;
	for (size_t i = 0; i < len; i++)
		words[i] = (name[i] == '_') ? ' ' : name[i];
	words[len] = '\0';
	html_text(h, words);
}

static bool
ends_in(const char * text, const char * end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return (len > end_len) && (strcmp(text + len - end_len, end) == 0);
}

/* A span of time in the unit a person would use. */
static void
put_span(struct html * h, int64_t ticks)
{
	int64_t seconds = ticks / CLOCK_TICKS_PER_SECOND;

	if (seconds < 120)
		html_rawf(h, "%" PRId64 " s", seconds);
	else if (seconds < 7200)
		html_rawf(h, "%" PRId64 " min", seconds / 60);
	else
		html_rawf(h, "%" PRId64 " h %" PRId64 " min", seconds / 3600,
		    seconds / 60 % 60);
}

void
report_number(struct html * h, const char * name, int64_t number)
{
	if (ends_in(name, "_time"))
		html_time(h, number);
	else if (text_has_prefix(name, "ticks_"))
		put_span(h, number);
	else
		html_number(h, number);
}

void
report_fact(
    struct html * h, const char * name, const struct store_value * value)
{
	switch (value->kind) {
	case STORE_TEXT:
		html_text(h, value->bytes);
		return;
	case STORE_INTEGER:
		report_number(h, name, value->integer);
		return;
	case STORE_NULL:
	case STORE_BYTES:
		return;
	}
}

static void
put_values(struct html * h, const struct rule * r, const char * key,
    const char * title)
{
	if ((r == NULL) || (rule_value(r, key, 0) == NULL))
		return;
	html_rawf(h, "<h4>%s</h4><ul>", title);
	for (size_t n = 0; rule_value(r, key, n) != NULL; n++) {
		html_raw(h, "<li>");
		html_text(h, rule_value(r, key, n));
		html_raw(h, "</li>");
	}
	html_raw(h, "</ul>\n");
}

void
report_rule_words(struct html * h, const struct rule * r)
{
	put_values(h, r, "rests-on", "What it rests on");
	put_values(h, r, "alternative", "What else could explain it");
	put_values(h, r, "contradiction", "What would contradict it");
}

/* The table of one rule and link: a finding a row. */
struct table {
	struct html * h;
	char * link;
	int64_t finding;
	int64_t shown;
	bool in_row;
	bool in_table;
};

static void
close_row(struct table * t)
{
	if (t->in_row)
		html_raw(t->h, "</dl></td></tr>\n");
	t->in_row = false;
}

static void
close_table(struct table * t)
{
	close_row(t);
	if (t->in_table)
		html_raw(t->h, "</tbody></table>\n");
	t->in_table = false;
}

/* A row of the query below: finding, link, name, number, text, total. */
static int
put_finding_fact(void * cookie, const struct store_row * row, struct err * e)
{
	struct table * t = cookie;
	const struct store_value * v = row->values;
	const struct store_value * value =
	    (v[4].kind == STORE_TEXT) ? &v[4] : &v[3];

	if ((t->link == NULL) || (strcmp(t->link, v[1].bytes) != 0)) {
		close_table(t);
		free(t->link);
		t->link = text_copy(v[1].bytes, e);
		if (t->link == NULL)
			return -1;
		t->finding = INT64_MIN;
		html_raw(t->h, "<table class=\"facts\"><caption>");
		html_text(t->h, t->link);
		html_raw(t->h, ": ");
		html_number(t->h,
		    (v[5].integer < REPORT_FINDINGS_MAX) ? v[5].integer
							 : REPORT_FINDINGS_MAX);
		html_raw(t->h, " of ");
		html_number(t->h, v[5].integer);
		html_raw(t->h,
		    " findings shown, the first by number; all are in "
		    "findings.json</caption><thead><tr><th scope=\"col\">"
		    "Finding</th><th scope=\"col\">Facts</th></tr></thead>"
		    "<tbody>\n");
		t->in_table = true;
	}
	if (t->finding != v[0].integer) {
		close_row(t);
		t->finding = v[0].integer;
		html_rawf(t->h,
		    "<tr><th scope=\"row\">%" PRId64 "</th><td><dl>",
		    t->finding);
		t->in_row = true;
	}
	html_raw(t->h, "<dt>");
	report_name(t->h, v[2].bytes);
	html_raw(t->h, "</dt><dd>");
	report_fact(t->h, v[2].bytes, value);
	html_raw(t->h, "</dd>");
	return 0;
}

static int
put_rule(
    struct html * h, struct store * s, const struct rule * r, struct err * e)
{
	struct table t = { h, NULL, INT64_MIN, 0, false, false };
	struct buf sql = { 0 };
	int rc = -1;

	html_raw(h, "<section><h3>");
	html_text(h, rule_value(r, "title", 0));
	html_raw(h, "</h3><p>");
	html_text(h, rule_value(r, "question", 0));
	html_raw(h, " (rule <code>");
	html_text(h, rule_value(r, "id", 0));
	html_raw(h, "</code>)</p>\n<details><summary>Findings</summary>\n");
	if (buf_addf(&sql, e,
		"SELECT f.finding AS finding, f.link AS link, f.name AS name,"
		" f.number AS number, f.text AS text, c.total AS total"
		" FROM finding_fact f JOIN (SELECT d.link AS link,"
		" COUNT(*) AS total FROM (SELECT DISTINCT link, finding"
		" FROM finding_fact WHERE rule = '%s') AS d GROUP BY d.link)"
		" AS c ON c.link = f.link JOIN (SELECT d.link AS link,"
		" d.finding AS finding, ROW_NUMBER() OVER (PARTITION BY d.link"
		" ORDER BY d.finding) AS place FROM (SELECT DISTINCT link,"
		" finding FROM finding_fact WHERE rule = '%s') AS d) AS n"
		" ON n.link = f.link AND n.finding = f.finding"
		" WHERE f.rule = '%s' AND n.place <= %d"
		" ORDER BY f.link, f.finding, f.seq",
		rule_value(r, "id", 0), rule_value(r, "id", 0),
		rule_value(r, "id", 0), REPORT_FINDINGS_MAX) != 0)
		goto out;
	if (store_run(s, buf_text(&sql), put_finding_fact, &t, e) != 0)
		goto out;
	close_table(&t);
	if (t.link == NULL)
		html_raw(h, "<p>Nothing was found.</p>\n");
	html_raw(h, "</details>\n");
	report_rule_words(h, r);
	html_raw(h, "</section>\n");
	rc = 0;

out:
	free(t.link);
	buf_free(&sql);
	return rc;
}

int
report_findings(struct html * h, struct store * s, const struct rule_set * set,
    struct err * e)
{
	html_raw(h,
	    "<section id=\"findings\"><h2>Findings by rule</h2>\n"
	    "<p>Each is an inference by the rule named, with what else could "
	    "explain it. A rule names what was recorded, not what somebody "
	    "did.</p>\n");
	for (size_t i = 0; i < set->count; i++) {
		const struct rule * r = set->rules[i];

		if ((rule_value(r, "work", 0) != NULL) ||
		    (strcmp(rule_value(r, "id", 0), "chain") == 0))
			continue;
		if (put_rule(h, s, r, e) != 0)
			return -1;
	}
	html_raw(h, "</section>\n");
	return h->failed ? -1 : 0;
}
