#include <inttypes.h>
#include <string.h>

#include "evidence/text.h"
#include "timeline/html.h"
#include "timeline/report_parts.h"

#include "timeline/report.h"

/* legal.md, section 5, in the words that every report prints. */
static const char * const limitations[] = {
	"Logging of storage requests is best effort by the provider: "
	"completeness and timeliness are not guaranteed, some failed anonymous "
	"requests are never logged, and nothing is logged before logging was "
	"enabled.",
	"Absence of records is not absence of activity.",
	"Flow logs add up an interval and name neither processes nor users. "
	"Their bytes hold headers and are no file sizes. Address translation, "
	"private endpoints, and copies inside the service can move data without "
	"any flow of a machine.",
	"Address and agent string of a request can be chosen or relayed by the "
	"client. &ldquo;In the manner of Storage Explorer&rdquo; describes a "
	"string and a pattern; it identifies neither a program nor a person.",
	"The activity log shows that a principal listed keys. A later use of "
	"the key carries only the key&rsquo;s hash, not a user.",
	"Whoever could write to the container of the logs could alter them "
	"before they were collected. What was seen of versions, ETags, and "
	"immutability stands in the package&rsquo;s catalogue.",
	"Times are those of the services that wrote them, in UTC, with the "
	"resolution of each source: 100 ns in storage and activity logs, 1 ms "
	"or 1 s in flow logs. The order of events within one unit of "
	"resolution is unknown. No record was shifted.",
	"The seal shows that the package is what its signer sealed; whether the "
	"time of sealing is proved independently is said under the verdict.",
};

static const char * const glossary[][2] = {
	{ "account key",
	    "One of two secrets of a storage account; whoever "
	    "holds it can do everything with its data." },
	{ "SAS",
	    "Shared access signature: a link that carries its own "
	    "permission, signed with a key. Signing leaves no record." },
	{ "key listing",
	    "A request to the resource manager for the keys of an "
	    "account; the activity log names who asked." },
	{ "flow",
	    "A connection as the network logs it, in tuples that begin, "
	    "continue, and end it, with bytes each way." },
	{ "network card",
	    "Named by its MAC address, since private addresses "
	    "recur in several networks." },
	{ "thread",
	    "Requests to one account that hang together by a SAS or an "
	    "address the account had not seen before." },
	{ "baseline", "The span in which everything counts as usual." },
	{ "deviation",
	    "Something a rule asks for that the baseline does not "
	    "hold; each is stated." },
	{ "strong, moderate, weak",
	    "Strong: two logs agree on a value that others rarely share. "
	    "Moderate: one log, and a value not in the baseline. Weak: order in "
	    "time only." },
	{ "gap",
	    "Something that was listed or asked for and is not in the "
	    "package, with the reason." },
	{ "seal",
	    "The signed statement that binds every byte of the package." },
};

static void
put_head(struct html * h, const struct report_input * input)
{
	html_raw(h,
	    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src ");
	html_file_hash(h, "report.css");
	html_raw(h, "; script-src ");
	html_file_hash(h, "report.js");
	html_raw(h,
	    "; base-uri 'none'; form-action 'none'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n<title>Timeline");
	for (size_t i = 0; i < input->feed_count; i++) {
		html_raw(h, " ");
		html_text(h, feed_head(input->feeds[i])->package);
	}
	html_raw(h, "</title>\n<style>");
	html_file(h, "report.css");
	html_raw(h,
	    "</style></head><body>\n<header><h1>Timeline of Azure resource "
	    "logs</h1><p>Made by ");
	html_text(h, input->program);
	html_raw(h,
	    ". Prepared to support an examination; it states what records "
	    "say and, apart from that, what rules infer.</p>\n"
	    "<nav aria-label=\"Contents\"><a href=\"#summary\">Summary</a>"
	    "<a href=\"#verdict\">Packages</a><a href=\"#chain\">Chain</a>"
	    "<a href=\"#charts\">Charts</a><a href=\"#findings\">Findings</a>"
	    "<a href=\"#rows\">Rows</a><a href=\"#coverage\">Coverage</a>"
	    "<a href=\"#limits\">Limitations</a><a href=\"#recheck\">Re-check"
	    "</a><a href=\"#glossary\">Glossary</a></nav></header>\n");
	if (input->warning[0] == '\0')
		return;
	html_raw(h, "<p class=\"notice\" role=\"note\">");
	html_text(h, input->warning);
	html_raw(h, "</p>\n");
}

static void
put_count(struct html * h, const char * name, int64_t n)
{
	html_rawf(
	    h, "<tr><th scope=\"row\">%s</th><td class=\"number\">", name);
	html_number(h, n);
	html_raw(h, "</td></tr>\n");
}

/* From when to when, and the baseline. */
static int
put_span(void * cookie, const struct store_row * row, struct err * e)
{
	struct html * h = cookie;
	const struct store_value * v = row->values;

	(void)e;
	if (v[0].kind != STORE_INTEGER) {
		html_raw(h, "<p>No dated event.</p>\n");
		return 0;
	}
	html_raw(h, "<p>The records span ");
	html_time(h, v[0].integer);
	html_raw(h, " to ");
	html_time(h, v[1].integer);
	if (v[4].integer != 0) {
		html_raw(h, ". Baseline, as given: ");
		html_time(h, v[2].integer);
		html_raw(h, " to ");
		html_time(h, v[3].integer);
		html_raw(h, ".</p>\n");
		return 0;
	}
	html_raw(h,
	    ". Baseline: everything before the first event of each "
	    "finding; what was seen before ");
	html_time(h, v[3].integer);
	html_raw(h, " counts as known.</p>\n");
	return 0;
}

static int
put_summary(struct html * h, struct store * s,
    const struct report_input * input, struct err * e)
{
	const struct load_counts * c = input->counts;
	int64_t chains = 0;

	if (store_run(s,
		"SELECT COUNT(DISTINCT finding) FROM finding_fact"
		" WHERE rule = 'chain'",
		store_take_integer, &chains, e) != 0)
		return -1;
	html_raw(h, "<section id=\"summary\"><h2>Summary</h2>\n");
	if (store_run(s,
		"SELECT first_time, last_time, from_time, to_time, explicit"
		" FROM w_base",
		put_span, h, e) != 0)
		return -1;
	html_raw(h,
	    "<table class=\"narrow\"><caption>What was read</caption><tbody>");
	put_count(h, "log files", c->members);
	put_count(h, "records read", c->records);
	put_count(h, "events in them", c->events);
	put_count(h, "of these flow tuples", c->flows);
	put_count(
	    h, "of these without a readable time (undated.jsonl)", c->undated);
	put_count(h,
	    "records that an earlier file holds as well: kept, marked, and "
	    "counted once",
	    input->duplicates);
	put_count(h, "spans of bytes that are no record (undated.jsonl)",
	    c->quarantined);
	put_count(h, "gaps declared by the packages", c->gaps);
	put_count(h, "chains found", chains);
	html_raw(h, "</tbody></table></section>\n");
	return 0;
}

static void
put_pair(struct html * h, const char * name, const char * text)
{
	html_rawf(h, "<tr><th scope=\"row\">%s</th><td>", name);
	html_text(h, text);
	html_raw(h, "</td></tr>\n");
}

static const char *
verdict_words(const struct feed_head * head)
{
	switch (head->verdict) {
	case FEED_INTACT:
		return "authentic and intact";
	case FEED_UNDECIDED:
		return "undecided: nothing fails, something could not be judged";
	case FEED_ALTERED:
		return "altered, forged, or damaged";
	}
	return "";
}

static void
put_package(struct html * h, const struct feed_head * head)
{
	char hex[DIGEST_SHA256_HEX] = "none";

	if (head->is_sealed)
		text_hex_encode(head->seal, sizeof(head->seal), hex);
	html_raw(h, "<table><caption>Package ");
	html_text(h, head->package);
	html_raw(h, "</caption><tbody>");
	put_pair(h, "verdict", verdict_words(head));
	put_pair(h, "the five questions", head->words);
	if (head->first_failure[0] != '\0')
		put_pair(h, "first failure", head->first_failure);
	if (head->is_received)
		put_pair(h, "acquisition", "received, not acquired");
	put_pair(h, "case", head->case_number);
	put_pair(h, "exhibit", head->exhibit);
	put_pair(h, "SHA-256 of seal.json", hex);
	html_raw(h, "<tr><th scope=\"row\">sealed at</th><td>");
	html_time(h, head->sealed_at);
	html_raw(h, "</td></tr>");
	put_count(h, "listed", head->listed);
	put_count(h, "taken", head->taken);
	put_count(h, "declared gaps", head->gaps);
	put_count(h, "of these asked for and missing", head->lost);
	put_count(h, "files proved intact", head->intact);
	html_raw(h, "</tbody></table>\n");
}

static void
put_verdicts(struct html * h, const struct report_input * input)
{
	html_raw(h,
	    "<section id=\"verdict\"><h2>The packages and their verdict</h2>\n"
	    "<p>Each package was judged before anything was read from it, with "
	    "the keys the examiner named.</p>\n");
	for (size_t i = 0; i < input->feed_count; i++)
		put_package(h, feed_head(input->feeds[i]));
	html_raw(h, "</section>\n");
}

static void
put_tail(struct html * h, const struct report_input * input)
{
	html_raw(h, "<section id=\"limits\"><h2>Limitations</h2><ul>\n");
	for (size_t i = 0; i < sizeof(limitations) / sizeof(limitations[0]);
	     i++) {
		html_raw(h, "<li>");
		html_raw(h, limitations[i]);
		html_raw(h, "</li>\n");
	}
	html_raw(h,
	    "</ul></section>\n<section id=\"recheck\"><h2>How to re-check a row"
	    "</h2><p>Every row names the bytes it was made from: package, "
	    "member, offset, length, SHA-256. No program of ours is needed to "
	    "look at them:</p>\n<pre>tar --zstd -xf PACKAGE.tar.zst\n"
	    "dd if=PACKAGE/MEMBER bs=1 skip=OFFSET count=LENGTH status=none | "
	    "sha256sum\n</pre><p>The digest must be the row&rsquo;s "
	    "record_sha256; without <code>| sha256sum</code> the record itself "
	    "is shown. <code>azcustody-timeline show EVENT_ID --package "
	    "PACKAGE.tar.zst</code> does the same. For a flow, tuple_index "
	    "counts the tuples of its record from 0. manifest-sha256.txt "
	    "in the folder above lists the digests of all outputs for "
	    "<code>sha256sum -c</code>; derived.json there names the seals "
	    "they were made from.</p></section>\n"
	    "<section id=\"glossary\"><h2>Glossary</h2><dl>\n");
	for (size_t i = 0; i < sizeof(glossary) / sizeof(glossary[0]); i++) {
		html_raw(h, "<dt>");
		html_text(h, glossary[i][0]);
		html_raw(h, "</dt><dd>");
		html_text(h, glossary[i][1]);
		html_raw(h, "</dd>");
	}
	html_raw(h, "</dl></section>\n<footer>");
	for (size_t i = 0; i < input->feed_count; i++) {
		const struct feed_head * head = feed_head(input->feeds[i]);
		char hex[DIGEST_SHA256_HEX];

		text_hex_encode(head->seal, sizeof(head->seal), hex);
		html_raw(h, "<p class=\"wrap\">");
		html_text(h, head->package);
		html_rawf(h, ", seal %s</p>", head->is_sealed ? hex : "none");
	}
	html_raw(h, "</footer>\n<script>");
	html_file(h, "report.js");
	html_raw(h, "</script></body></html>\n");
}

/* Hand what was written so far to the file, so that memory stays flat. */
static int
move(struct html * h, struct output_file * f)
{
	if (h->failed)
		return -1;
	return output_put_buf(f, &h->out, h->e);
}

int
report_write(struct store * s, const struct report_input * input,
    struct output * o, struct err * e)
{
	struct html h = { { 0 }, e, 0 };
	struct output_file * f;
	int rc = -1;

	f = output_open(o, "report.html", e);
	if (f == NULL)
		return -1;
	put_head(&h, input);
	if ((put_summary(&h, s, input, e) != 0) || (move(&h, f) != 0))
		goto out;
	put_verdicts(&h, input);
	if ((report_chains(&h, s, input->rules, e) != 0) || (move(&h, f) != 0))
		goto out;
	if ((report_charts(&h, s, e) != 0) || (move(&h, f) != 0))
		goto out;
	if ((report_findings(&h, s, input->rules, e) != 0) ||
	    (move(&h, f) != 0))
		goto out;
	if ((report_rows(&h, s, input->rules, input->display, e) != 0) ||
	    (move(&h, f) != 0))
		goto out;
	if ((report_coverage(&h, s, e) != 0) ||
	    (report_traffic(&h, s, e) != 0) ||
	    (report_enrichment(&h, s, input->enrich, e) != 0))
		goto out;
	put_tail(&h, input);
	rc = move(&h, f);

out:
	if (output_close(f, e) != 0)
		rc = -1;
	buf_free(&h.out);
	return rc;
}
