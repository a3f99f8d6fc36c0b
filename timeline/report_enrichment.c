#include <string.h>

#include "evidence/text.h"

#include "timeline/report_parts.h"

/* What each kind says, for the captions. */
static const char *
title_of(enum enrich_kind kind)
{
	switch (kind) {
	case ENRICH_SERVICE_TAGS:
		return "Networks of Azure's services";
	case ENRICH_GEOIP:
		return "Countries and autonomous systems";
	case ENRICH_INDICATORS:
		return "Indicators that records match";
	case ENRICH_INVENTORY:
		return "Machines of the owner";
	}
	return "";
}

static void
put_files(struct html * h, const struct enrich * en)
{
	char hex[DIGEST_SHA256_HEX];

	html_raw(h,
	    "<table class=\"wide\"><caption>Files that were brought</caption>"
	    "<thead><tr><th scope=\"col\">Kind</th><th scope=\"col\">What it "
	    "says of itself</th><th scope=\"col\">Entries used</th>"
	    "<th scope=\"col\">Not used</th><th scope=\"col\">SHA-256</th></tr>"
	    "</thead><tbody>\n");
	for (size_t i = 0; i < enrich_count(en); i++) {
		const struct enrich_file * f = enrich_file(en, i);

		text_hex_encode(f->sha256, sizeof(f->sha256), hex);
		html_rawf(h, "<tr><td>%s</td><td>", enrich_option(f->kind));
		html_text(h, f->about);
		html_raw(h, "</td><td class=\"number\">");
		if (f->entries >= 0)
			html_number(h, f->entries);
		else
			html_raw(h, "not counted");
		html_raw(h, "</td><td class=\"number\">");
		html_number(h, f->unused);
		html_rawf(h, "</td><td class=\"wrap\">%s</td></tr>\n", hex);
	}
	html_raw(h, "</tbody></table>\n");
}

/* subject, matched, name, detail, events, first, last */
static int
put_mark(void * cookie, const struct store_row * row, struct err * e)
{
	struct html * h = cookie;
	const struct store_value * v = row->values;

	(void)e;
	html_raw(h, "<tr>");
	for (size_t i = 0; i < 4; i++) {
		html_raw(h, "<td class=\"wrap\">");
		if (v[i].kind == STORE_TEXT)
			html_text(h, v[i].bytes);
		html_raw(h, "</td>");
	}
	html_raw(h, "<td class=\"number\">");
	html_number(h, v[4].integer);
	html_raw(h, "</td>");
	for (size_t i = 5; i < 7; i++) {
		html_raw(h, "<td>");
		if (v[i].kind == STORE_INTEGER)
			html_time(h, v[i].integer);
		html_raw(h, "</td>");
	}
	html_raw(h, "</tr>\n");
	return h->failed ? -1 : 0;
}

/* The marks of one kind, the most frequent first. */
static int
put_kind(
    struct html * h, struct store * s, enum enrich_kind kind, struct err * e)
{
	struct buf sql = { 0 };
	int64_t all = 0;
	int rc = -1;

	if (buf_addf(&sql, e,
		"SELECT COUNT(*) FROM mark AS m JOIN enrichment AS f"
		" ON f.id = m.enrichment WHERE f.kind = '%s'",
		enrich_option(kind)) != 0)
		goto out;
	if (store_run(s, buf_text(&sql), store_take_integer, &all, e) != 0)
		goto out;
	html_rawf(h, "<table class=\"wide\"><caption>%s: ", title_of(kind));
	html_number(h, (all < REPORT_MARKS_MAX) ? all : REPORT_MARKS_MAX);
	html_raw(h, " of ");
	html_number(h, all);
	html_raw(h,
	    " shown, those of most rows first; all are in enrichment.csv"
	    "</caption><thead><tr><th scope=\"col\">In the records</th>"
	    "<th scope=\"col\">In the file</th><th scope=\"col\">Name</th>"
	    "<th scope=\"col\">More</th><th scope=\"col\">Rows</th>"
	    "<th scope=\"col\">First</th><th scope=\"col\">Last</th></tr>"
	    "</thead><tbody>\n");
	buf_clear(&sql);
	if (buf_addf(&sql, e,
		"SELECT m.subject AS subject, m.matched AS matched,"
		" m.name AS name, m.detail AS detail, t.events AS events,"
		" t.first_time AS first_time, t.last_time AS last_time"
		" FROM mark AS m JOIN enrichment AS f ON f.id = m.enrichment"
		" JOIN mark_sight AS t ON t.mark = m.id WHERE f.kind = '%s'"
		" ORDER BY t.events DESC, m.id LIMIT %d",
		enrich_option(kind), REPORT_MARKS_MAX) != 0)
		goto out;
	if (store_run(s, buf_text(&sql), put_mark, h, e) != 0)
		goto out;
	html_raw(h, "</tbody></table>\n");
	rc = 0;

out:
	buf_free(&sql);
	return rc;
}

int
report_enrichment(
    struct html * h, struct store * s, const struct enrich * en, struct err * e)
{
	bool has[ENRICH_KINDS] = { false };

	if (enrich_count(en) == 0)
		return 0;
	html_raw(h,
	    "<section id=\"enrichment\"><h2>What files say of addresses and "
	    "machines</h2><p>Nothing here is out of the evidence, and no "
	    "record was changed by it. A file says what was so when it was "
	    "made, which may not be when a record was. A service&rsquo;s "
	    "network is shared by all of its customers and names none; a "
	    "country is where an address is registered or was estimated to be; "
	    "an address that several machines have is each one&rsquo;s.</p>\n");
	put_files(h, en);
	for (size_t i = 0; i < enrich_count(en); i++)
		has[enrich_file(en, i)->kind] = true;
	for (size_t i = 0; i < ENRICH_KINDS; i++) {
		if (has[i] && (put_kind(h, s, (enum enrich_kind)i, e) != 0))
			return -1;
	}
	html_raw(h, "</section>\n");
	return h->failed ? -1 : 0;
}
