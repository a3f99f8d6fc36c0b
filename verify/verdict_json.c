#include <string.h>

#include "evidence/gap.h"
#include "evidence/json.h"
#include "evidence/version.h"

#include "verify/verdict.h"

/*
 *	{"type":"finding","path":...,"question":...,"weight":...,"code":...,
 *	    "member":...,"text":...}
 *	{"type":"verdict","path":...,"question":...,"verdict":...,
 *	    "findings":N}
 *	{"type":"package","path":...,facts and counts...,"exit_code":N}
 */
static void
begin(struct json_out * j, struct buf * out, const char * type,
    const struct verdict * v, struct err * e)
{
	json_begin(j, out, e);
	json_open_object(j, NULL);
	json_put_text(j, "type", type);
	json_put_bytes(j, "path", v->subject->path, strlen(v->subject->path));
}

static int
end(struct json_out * j)
{
	json_close_object(j);
	return json_end(j, true);
}

static int
add_findings(const struct verdict * v, struct buf * out, struct err * e)
{
	struct package_finding f;
	struct json_out j;
	size_t at = 0;

	while (verdict_read(v->findings, &at, &f)) {
		begin(&j, out, "finding", v, e);
		json_put_text(
		    &j, "question", package_question_text(f.question));
		json_put_text(&j, "weight",
		    (f.weight == PACKAGE_PASS)
			? "note"
			: package_verdict_text(f.weight));
		json_put_text(&j, "code", f.code);
		json_put_bytes(&j, "member", f.member, strlen(f.member));
		json_put_bytes(&j, "text", f.text, strlen(f.text));
		if (end(&j) != 0)
			return -1;
	}
	return 0;
}

static int
add_verdicts(const struct verdict * v, struct buf * out, struct err * e)
{
	struct json_out j;

	for (int q = 0; q < PACKAGE_QUESTIONS; q++) {
		begin(&j, out, "verdict", v, e);
		json_put_text(&j, "question",
		    package_question_text((enum package_question)q));
		json_put_text(
		    &j, "verdict", package_verdict_text(v->result->verdict[q]));
		if (q == PACKAGE_COMPLETENESS)
			json_put_bool(
			    &j, "with_gaps", v->result->gaps_lost > 0);
		json_put_integer(&j, "findings", v->result->findings[q]);
		if (end(&j) != 0)
			return -1;
	}
	return 0;
}

/* What the seal says. */
static void
put_seal(struct json_out * j, const struct package_result * r)
{
	json_put_bytes(j, "package", r->package, strlen(r->package));
	json_put_bytes(j, "case", r->case_number, strlen(r->case_number));
	json_put_bytes(j, "exhibit", r->exhibit, strlen(r->exhibit));
	json_put_time(j, "sealed_at", r->sealed_at);
	json_put_hex(j, "seal_sha256", r->seal_sha256, sizeof(r->seal_sha256));
	if (r->has_group)
		group_put(j, &r->group);
	json_put_integer(j, "signers", (int64_t)r->signers);
	json_put_integer(j, "signers_trusted", (int64_t)r->signers_trusted);
	json_put_integer(j, "listed", r->listed);
	json_put_integer(j, "taken", r->taken);
	json_open_object(j, "gaps");
	for (int i = 0; i < GAP_REASON_COUNT; i++)
		if (r->gaps[i] > 0)
			json_put_integer(
			    j, gap_reason_code((enum gap_reason)i), r->gaps[i]);
	json_close_object(j);
}

/* Other people's secrets in it, by number. */
static void
put_secrets(struct json_out * j, const struct package_secrets_found * found)
{
	json_open_object(j, "secrets");
	json_put_integer(j, "objects", found->objects);
	json_put_integer(j, "closed", found->closed);
	json_put_integer(j, "lines", found->records);
	json_put_integer(j, "all", found->all);
	for (int i = 0; i < SECRET_SORTS; i++)
		json_put_integer(
		    j, secret_sort_text((enum secret_sort)i), found->of[i]);
	json_close_object(j);
}

static int
add_package(const struct verdict * v, struct buf * out, struct err * e)
{
	const struct package_result * r = v->result;
	struct json_out j;

	begin(&j, out, "package", v, e);
	if (r->is_sealed)
		put_seal(&j, r);
	if (r->has_archive_digest)
		json_put_hex(&j, "file_sha256", r->archive_sha256,
		    sizeof(r->archive_sha256));
	json_put_bool(&j, "is_folder", r->is_folder);
	json_put_integer(&j, "file_bytes", r->archive_bytes);
	json_put_integer(&j, "stream_bytes", r->stream_bytes);
	json_put_integer(&j, "members", r->members);
	json_put_integer(&j, "objects", r->objects);
	json_put_integer(&j, "object_bytes", r->object_bytes);
	json_put_integer(&j, "objects_intact", r->objects_intact);
	if (v->secrets != NULL)
		put_secrets(&j, &r->secrets);
	json_put_integer(&j, "gaps_asked_for", r->gaps_lost);
	json_put_integer(&j, "gaps_unlisted", r->gaps_unlisted);
	json_put_bool(&j, "received", r->is_received);
	json_put_integer(&j, "listing_pages", r->listing_pages);
	json_put_integer(&j, "ledger_entries", r->ledger_entries);
	json_put_integer(&j, "trusted_keys", (int64_t)trust_count(v->trust));
	json_put_text(&j, "sandbox", sandbox_level_text(v->sandbox));
	json_put_text(&j, "verifier", version_number());
	json_put_integer(&j, "exit_code", v->exit_code);
	return end(&j);
}

int
verdict_json(const struct verdict * v, struct buf * out, struct err * e)
{
	if ((add_findings(v, out, e) != 0) || (add_verdicts(v, out, e) != 0))
		return -1;
	return add_package(v, out, e);
}
