#include <stdio.h>
#include <string.h>

#include "evidence/json.h"
#include "evidence/text.h"

#include "verify/revisit_report.h"

static const char * const link_words[] = { [REVISIT_LINK_NONE] = "none",
	[REVISIT_LINK_NAMED] = "named",
	[REVISIT_LINK_ANOTHER] = "another" };

static const char * const link_texts[] = {
	[REVISIT_LINK_NONE] = "the later seal does not name the earlier one",
	[REVISIT_LINK_NAMED] = "the later seal names the earlier one",
	[REVISIT_LINK_ANOTHER] =
	    "the later seal names another package than the earlier one",
};

enum revisit_link
revisit_report_link(
    const struct package_result * earlier, const struct package_result * later)
{
	if (!later->has_previous)
		return REVISIT_LINK_NONE;
	if ((strcmp(later->previous, earlier->package) == 0) &&
	    (memcmp(later->previous_seal, earlier->seal_sha256,
		 DIGEST_SHA256_LEN) == 0))
		return REVISIT_LINK_NAMED;
	return REVISIT_LINK_ANOTHER;
}

static bool
is_read(const struct revisit_line * line)
{
	return (line->state != REVISIT_VANISHED) &&
	    (line->state != REVISIT_UNREAD);
}

static int
line_json(const struct revisit_line * line, const char * name_pct,
    struct buf * out, struct err * e)
{
	const struct object * o = line->earlier;
	struct json_out j;

	json_begin(&j, out, e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "revisited");
	json_put_text(&j, "state", revisit_state_text(line->state));
	json_put_text(&j, "why", line->why);
	json_put_text(&j, "account", line->source->account);
	json_put_text(&j, "container", line->source->container);
	json_put_text(&j, "name_pct", name_pct);
	json_put_text(&j, "version_id", o->version_id);
	json_put_text(&j, "snapshot", o->snapshot);
	json_put_integer(&j, "earlier_seq", o->seq);
	json_put_integer(&j, "earlier_size", o->size);
	json_put_hex(&j, "earlier_sha256", o->sha256, DIGEST_SHA256_LEN);
	if (is_read(line)) {
		json_put_integer(&j, "later_seq", line->later_seq);
		json_put_integer(&j, "later_size", line->later_size);
		json_put_hex(
		    &j, "later_sha256", line->later_sha256, DIGEST_SHA256_LEN);
		json_put_integer(&j, "needed", line->needed);
		json_put_integer(&j, "compared", line->compared);
		json_put_hex(
		    &j, "front_sha256", line->front_sha256, DIGEST_SHA256_LEN);
	}
	json_close_object(&j);
	return json_end(&j, true);
}

/* STATE  ACCOUNT/CONTAINER/NAME, then the facts on a line of their own. */
static int
line_text(const struct revisit_line * line, const char * name_pct,
    struct buf * out, struct err * e)
{
	const struct object * o = line->earlier;
	const char * container = line->source->container;
	char hex[DIGEST_SHA256_HEX];

	if ((buf_addf(out, e, "%-10s ", revisit_state_text(line->state)) !=
		0) ||
	    (text_escape(out, line->source->account,
		 strlen(line->source->account), e) != 0) ||
	    (buf_add_text(out, "/", e) != 0) ||
	    ((container != NULL) &&
		(text_escape(out, container, strlen(container), e) != 0)) ||
	    (buf_addf(out, e, "/%s\n", name_pct) != 0))
		return -1;
	if (!is_read(line))
		return buf_addf(out, e, "           was %lld bytes: %s\n",
		    (long long)o->size, line->why);
	text_hex_encode(line->front_sha256, DIGEST_SHA256_LEN, hex);
	return buf_addf(out, e,
	    "           was %lld bytes, now %lld; the first %lld are the "
	    "same, %lld must be\n"
	    "           SHA-256 of those %s\n",
	    (long long)o->size, (long long)line->later_size,
	    (long long)line->compared, (long long)line->needed, hex);
}

int
revisit_report_line(const struct revisit_line * line, bool is_json,
    struct buf * out, struct err * e)
{
	const struct object * o = line->earlier;
	struct buf name = { 0 };
	int rc = -1;

	if (text_percent_encode(&name, o->name, o->name_len, "/", e) == 0)
		rc = is_json ? line_json(line, buf_text(&name), out, e)
			     : line_text(line, buf_text(&name), out, e);
	buf_free(&name);
	return rc;
}

/* What speaks against the earlier package or the source. */
static int64_t
broken(const struct revisit_report * r)
{
	return r->counts[REVISIT_REWRITTEN] + r->counts[REVISIT_SHORTER] +
	    r->counts[REVISIT_VANISHED];
}

static int64_t
proved(const struct revisit_report * r)
{
	return r->counts[REVISIT_SAME] + r->counts[REVISIT_PREFIX];
}

static int64_t
total(const struct revisit_report * r)
{
	return broken(r) + proved(r) + r->counts[REVISIT_UNREAD];
}

void
revisit_report_judge(struct revisit_report * r)
{
	bool is_open = !r->is_compared || (total(r) == 0) ||
	    (r->counts[REVISIT_UNREAD] > 0);

	if (broken(r) > 0)
		r->exit_code = 1;
	else if (is_open && (r->exit_code == 0))
		r->exit_code = 2;
}

/* A package by its name and its verdicts. */
static int
package_text(const struct package_result * p, const char * label,
    struct buf * out, struct err * e)
{
	if (buf_addf(out, e, "%-10s %s:", label,
		p->is_sealed ? p->package : "(no seal)") != 0)
		return -1;
	for (int q = 0; q < PACKAGE_QUESTIONS; q++)
		if (buf_addf(out, e, "%s %s %s", (q == 0) ? "" : ",",
			package_question_text((enum package_question)q),
			package_verdict_text(p->verdict[q])) != 0)
			return -1;
	return buf_add_text(out, "\n", e);
}

static int
end_text(const struct revisit_report * r, struct buf * out, struct err * e)
{
	if ((package_text(r->earlier, "earlier", out, e) != 0) ||
	    (package_text(r->later, "later", out, e) != 0) ||
	    (buf_addf(out, e, "link       %s\n", link_texts[r->link]) != 0))
		return -1;
	if (!r->is_compared)
		return buf_add_text(out,
		    "NOT COMPARED: one of them is not intact; verify it "
		    "alone\n",
		    e);
	if (total(r) == 0)
		return buf_add_text(out,
		    "NOTHING TO PROVE: no hour was open in the earlier "
		    "package\n",
		    e);
	return buf_addf(out, e,
	    "%lld of %lld open hours proved as prefixes (%lld unchanged), "
	    "%lld rewritten, %lld shorter, %lld vanished, %lld not taken "
	    "again\n",
	    (long long)proved(r), (long long)total(r),
	    (long long)r->counts[REVISIT_SAME],
	    (long long)r->counts[REVISIT_REWRITTEN],
	    (long long)r->counts[REVISIT_SHORTER],
	    (long long)r->counts[REVISIT_VANISHED],
	    (long long)r->counts[REVISIT_UNREAD]);
}

static void
package_json(
    struct json_out * j, const char * key, const struct package_result * p)
{
	json_open_object(j, key);
	json_put_text(j, "package", p->is_sealed ? p->package : NULL);
	for (int q = 0; q < PACKAGE_QUESTIONS; q++)
		json_put_text(j,
		    package_question_text((enum package_question)q),
		    package_verdict_text(p->verdict[q]));
	json_close_object(j);
}

static int
end_json(const struct revisit_report * r, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin(&j, out, e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "revisit");
	package_json(&j, "earlier", r->earlier);
	package_json(&j, "later", r->later);
	json_put_text(&j, "link", link_words[r->link]);
	json_put_bool(&j, "compared", r->is_compared);
	for (int i = 0; i < REVISIT_STATES; i++)
		json_put_integer(&j, revisit_state_text((enum revisit_state)i),
		    r->counts[i]);
	json_put_integer(&j, "exit_code", r->exit_code);
	json_close_object(&j);
	return json_end(&j, true);
}

int
revisit_report_end(
    const struct revisit_report * r, struct buf * out, struct err * e)
{
	return r->is_json ? end_json(r, out, e) : end_text(r, out, e);
}
