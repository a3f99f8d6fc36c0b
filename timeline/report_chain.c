#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/text.h"

#include "timeline/report_parts.h"

#define LINKS_MAX 16
#define FACTS_MAX 32

struct fact {
	char * name;
	char * text; /* NULL: the number. */
	int64_t number;
};

struct link {
	char * name;
	struct fact facts[FACTS_MAX];
	size_t count;
	int64_t rows[3]; /* basis, counter, context */
	int64_t first_row;
	int64_t last_row;
};

/* One chain, small enough to hold. */
struct chain {
	int64_t finding;
	struct link links[LINKS_MAX];
	size_t count;
};

static void
chain_free(struct chain * c)
{
	for (size_t i = 0; i < c->count; i++) {
		for (size_t n = 0; n < c->links[i].count; n++) {
			free(c->links[i].facts[n].name);
			free(c->links[i].facts[n].text);
		}
		free(c->links[i].name);
	}
	c->count = 0;
}

/* The link ${name} of ${c}, made if it is not there; NULL if there is no room. */
static struct link *
link_of(struct chain * c, const char * name, struct err * e)
{
	static const struct link nothing;

	for (size_t i = 0; i < c->count; i++) {
		if (strcmp(c->links[i].name, name) == 0)
			return &c->links[i];
	}
	if (c->count == LINKS_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a chain of more than %d links",
		    LINKS_MAX);
		return NULL;
	}
	c->links[c->count] = nothing;
	c->links[c->count].name = text_copy(name, e);
	if (c->links[c->count].name == NULL)
		return NULL;
	return &c->links[c->count++];
}

/* A row of the first query below: link, name, number, text. */
static int
take_fact(void * cookie, const struct store_row * row, struct err * e)
{
	struct chain * c = cookie;
	const struct store_value * v = row->values;
	struct link * link = link_of(c, v[0].bytes, e);
	struct fact * fact;

	if (link == NULL)
		return -1;
	if (link->count == FACTS_MAX)
		return 0;
	fact = &link->facts[link->count];
	fact->name = text_copy(v[1].bytes, e);
	if (fact->name == NULL)
		return -1;
	link->count++;
	fact->text = NULL;
	fact->number = v[2].integer;
	if (v[3].kind != STORE_TEXT)
		return 0;
	fact->text = text_copy(v[3].bytes, e);
	return (fact->text != NULL) ? 0 : -1;
}

/* A row of the second: link, role, rows, first and last time. */
static int
take_rows(void * cookie, const struct store_row * row, struct err * e)
{
	static const char * const roles[] = { "basis", "counter", "context" };
	struct chain * c = cookie;
	const struct store_value * v = row->values;
	struct link * link = link_of(c, v[0].bytes, e);

	if (link == NULL)
		return -1;
	for (size_t i = 0; i < 3; i++) {
		if (strcmp(v[1].bytes, roles[i]) == 0)
			link->rows[i] += v[2].integer;
	}
	if (strcmp(v[1].bytes, "basis") == 0) {
		link->first_row = v[3].integer;
		link->last_row = v[4].integer;
	}
	return 0;
}

static int
load_chain(struct chain * c, struct store * s, struct err * e)
{
	struct buf sql = { 0 };
	int rc = -1;

	if (buf_addf(&sql, e,
		"SELECT f.link AS link, f.name AS name, f.number AS number,"
		" f.text AS text FROM finding_fact f WHERE f.rule = 'chain'"
		" AND f.finding = %" PRId64 " ORDER BY f.seq",
		c->finding) != 0)
		goto out;
	if (store_run(s, buf_text(&sql), take_fact, c, e) != 0)
		goto out;
	buf_clear(&sql);
	if (buf_addf(&sql, e,
		"SELECT w.link AS link, w.role AS role, COUNT(*) AS count,"
		" MIN(v.time) AS first_time, MAX(v.time) AS last_time"
		" FROM finding_row w JOIN (SELECT id, time FROM event UNION ALL"
		" SELECT id, time FROM flow) AS v ON v.id = w.event"
		" WHERE w.rule = 'chain' AND w.finding = %" PRId64
		" GROUP BY w.link, w.role ORDER BY MIN(v.time), w.link, w.role",
		c->finding) != 0)
		goto out;
	rc = store_run(s, buf_text(&sql), take_rows, c, e);

out:
	buf_free(&sql);
	return rc;
}

static const char *
text_fact(const struct link * link, const char * name)
{
	for (size_t i = 0; i < link->count; i++) {
		if (strcmp(link->facts[i].name, name) == 0)
			return link->facts[i].text;
	}
	return NULL;
}

/* The links that have records, drawn from top to bottom. */
static void
draw_chain(struct html * h, const struct chain * c)
{
	int y = 10;
	int boxes = 0;

	for (size_t i = 0; i < c->count; i++)
		boxes += (c->links[i].rows[0] > 0) ? 1 : 0;
	html_rawf(h,
	    "<svg class=\"chain\" viewBox=\"0 0 720 %d\" role=\"img\" "
	    "aria-label=\"The links of the chain in order; the table below "
	    "says the same\">",
	    boxes * 76 + 4);
	for (size_t i = 0; i < c->count; i++) {
		const struct link * link = &c->links[i];
		const char * strength = text_fact(link, "strength");
		char from[CLOCK_TEXT_SIZE];

		if (link->rows[0] == 0)
			continue;
		if (y > 10)
			html_rawf(h,
			    "<path class=\"edge\" d=\"M60 %d v20 m-5 -7 l5 7 l5 "
			    "-7\"/>",
			    y - 24);
		clock_format(link->first_row, from);
		html_rawf(h,
		    "<rect class=\"box\" x=\"10\" y=\"%d\" width=\"700\" "
		    "height=\"50\" rx=\"4\"/><text class=\"name\" x=\"24\" "
		    "y=\"%d\">",
		    y, y + 21);
		html_text(h, link->name);
		html_rawf(h,
		    "</text><text x=\"24\" y=\"%d\">%.19sZ, %" PRId64
		    " records",
		    y + 40, from, link->rows[0]);
		if (strength != NULL) {
			html_raw(h, ", link: ");
			html_text(h, strength);
		}
		html_raw(h, "</text>");
		y += 76;
	}
	html_raw(h, "</svg>\n");
}

/* What the rule's head says of the link ${name}. */
static void
put_link_words(struct html * h, const struct rule * r, const char * name)
{
	size_t len = strlen(name);

	for (size_t n = 0; (r != NULL) && (rule_value(r, "link", n) != NULL);
	     n++) {
		const char * text = rule_value(r, "link", n);

		if ((strncmp(text, name, len) == 0) && (text[len] == ':')) {
			html_text(h, text + len + 1);
			return;
		}
	}
}

static void
put_link_row(struct html * h, const struct rule * r, const struct link * link)
{
	html_raw(h, "<tr><th scope=\"row\">");
	html_text(h, link->name);
	html_raw(h, "</th><td>");
	put_link_words(h, r, link->name);
	html_raw(h, "</td><td>");
	if (link->rows[0] > 0) {
		html_time(h, link->first_row);
		html_raw(h, "<br>to ");
		html_time(h, link->last_row);
	}
	html_raw(h, "</td><td class=\"number\">");
	html_number(h, link->rows[0]);
	html_raw(h, "</td><td class=\"number\">");
	html_number(h, link->rows[1]);
	html_raw(h, "</td><td><dl>");
	for (size_t i = 0; i < link->count; i++) {
		html_raw(h, "<dt>");
		report_name(h, link->facts[i].name);
		html_raw(h, "</dt><dd>");
		if (link->facts[i].text != NULL)
			html_text(h, link->facts[i].text);
		else
			report_number(
			    h, link->facts[i].name, link->facts[i].number);
		html_raw(h, "</dd>");
	}
	html_raw(h, "</dl></td></tr>\n");
}

struct chains {
	struct html * h;
	struct store * s;
	const struct rule * rule;
	int64_t count;
};

static int
put_chain(void * cookie, const struct store_row * row, struct err * e)
{
	struct chains * all = cookie;
	struct html * h = all->h;
	struct chain c = { .finding = row->values[0].integer, .count = 0 };
	int rc = -1;

	if (load_chain(&c, all->s, e) != 0)
		goto out;
	all->count++;
	html_rawf(h, "<h3>Chain %" PRId64 " (finding %" PRId64 ")</h3>\n",
	    all->count, c.finding);
	draw_chain(h, &c);
	html_raw(h,
	    "<table><caption>Link by link: an inference, not an observation. "
	    "Its records are marked <em>chain</em> in timeline.csv and "
	    "named in findings.json.</caption><thead><tr>"
	    "<th scope=\"col\">Link</th><th scope=\"col\">Says</th>"
	    "<th scope=\"col\">When</th><th scope=\"col\">Records</th>"
	    "<th scope=\"col\">Speaking against</th>"
	    "<th scope=\"col\">Facts</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < c.count; i++)
		put_link_row(h, all->rule, &c.links[i]);
	html_raw(h, "</tbody></table>\n");
	rc = 0;

out:
	chain_free(&c);
	return rc;
}

int
report_chains(struct html * h, struct store * s, const struct rule_set * set,
    struct err * e)
{
	struct chains all = { h, s, rule_set_get(set, "chain"), 0 };

	html_raw(h, "<section id=\"chain\"><h2>The chain</h2>\n");
	if (store_run(s,
		"SELECT DISTINCT finding FROM finding_fact WHERE rule = 'chain'"
		" ORDER BY finding",
		put_chain, &all, e) != 0)
		return -1;
	if (all.count == 0)
		html_raw(h,
		    "<p>No sequence of listing, use, reading, and outbound "
		    "flows meets what the rule asks for. That is no statement "
		    "that nothing happened: see the coverage and the "
		    "limitations.</p>\n");
	report_rule_words(h, all.rule);
	html_raw(h, "</section>\n");
	return h->failed ? -1 : 0;
}
