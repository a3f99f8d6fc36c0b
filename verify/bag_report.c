#include <string.h>

#include "evidence/json.h"
#include "evidence/text.h"
#include "evidence/version.h"

#include "verify/bag_report.h"
#include "verify/verdict.h"

static const char * const verdicts[] = { "VALID", "NOT VALID", "UNDECIDED" };

static const char *
weight_text(enum package_verdict weight)
{
	return (weight == PACKAGE_PASS) ? "warning"
					: package_verdict_text(weight);
}

/* The line that stands first and last. */
static int
add_verdict(const struct bag_report * report, struct buf * out, struct err * e)
{
	const struct bag_result * r = report->result;

	if ((buf_addf(out, e, "%s: ", verdicts[bag_exit_code(r)]) != 0) ||
	    (text_escape(out, report->path, strlen(report->path), e) != 0))
		return -1;
	return buf_addf(out, e,
	    ": BagIt %s, %lld payload files of %lld bytes, digests %s; "
	    "%lld failures, %lld warnings\n",
	    (r->version[0] != '\0') ? r->version : "of no known version",
	    (long long)r->objects, (long long)r->bytes,
	    (r->digests[0] != '\0') ? r->digests : "none", (long long)r->fails,
	    (long long)r->warnings);
}

int
bag_report_text(
    const struct bag_report * report, struct buf * out, struct err * e)
{
	const struct bag_result * r = report->result;
	struct package_finding f;
	size_t at = 0;

	if ((add_verdict(report, out, e) != 0) ||
	    (buf_addf(out, e,
		 "  intact: %lld of %lld payload files have every digest that "
		 "is listed\n",
		 (long long)r->objects_intact, (long long)r->objects) != 0))
		return -1;
	while (verdict_read(report->findings, &at, &f))
		if (buf_addf(out, e, "  %s [%s] %s%s%s\n",
			weight_text(f.weight), f.code, f.member,
			(f.member[0] == '\0') ? "" : ": ", f.text) != 0)
			return -1;
	if (buf_addf(out, e,
		"checked: bagit.txt, every path, every manifest line, every "
		"digest, what is\n"
		"  missing and what is not listed, Payload-Oxum\n"
		"not checked: who made the bag and when; nothing in it is "
		"signed, and nothing\n"
		"  was fetched\n"
		"  sandbox: %s\n"
		"  by azcustody-verify %s (%s)\n",
		sandbox_level_text(report->sandbox), version_number(),
		version_commit()) != 0)
		return -1;
	return add_verdict(report, out, e);
}

static void
begin(struct json_out * j, const struct bag_report * report, struct buf * out,
    const char * type, struct err * e)
{
	json_begin(j, out, e);
	json_open_object(j, NULL);
	json_put_text(j, "type", type);
	json_put_bytes(j, "path", report->path, strlen(report->path));
}

static int
add_finding(const struct bag_report * report, const struct package_finding * f,
    struct buf * out, struct err * e)
{
	struct json_out j;

	begin(&j, report, out, "finding", e);
	json_put_text(&j, "question", "bag");
	json_put_text(&j, "weight", weight_text(f->weight));
	json_put_text(&j, "code", f->code);
	json_put_bytes(&j, "member", f->member, strlen(f->member));
	json_put_bytes(&j, "text", f->text, strlen(f->text));
	json_close_object(&j);
	return json_end(&j, true);
}

int
bag_report_json(
    const struct bag_report * report, struct buf * out, struct err * e)
{
	const struct bag_result * r = report->result;
	struct package_finding f;
	struct json_out j;
	size_t at = 0;

	while (verdict_read(report->findings, &at, &f))
		if (add_finding(report, &f, out, e) != 0)
			return -1;
	begin(&j, report, out, "bag", e);
	json_put_text(&j, "verdict", verdicts[bag_exit_code(r)]);
	json_put_text(&j, "version", r->version);
	json_put_text(&j, "encoding", r->encoding);
	json_put_text(&j, "digests", r->digests);
	json_put_integer(&j, "objects", r->objects);
	json_put_integer(&j, "object_bytes", r->bytes);
	json_put_integer(&j, "objects_intact", r->objects_intact);
	json_put_integer(&j, "tag_files", r->tag_files);
	json_put_integer(&j, "failures", r->fails);
	json_put_integer(&j, "warnings", r->warnings);
	json_put_text(&j, "sandbox", sandbox_level_text(report->sandbox));
	json_put_text(&j, "verifier", version_number());
	json_put_integer(&j, "exit_code", bag_exit_code(r));
	json_close_object(&j);
	return json_end(&j, true);
}
