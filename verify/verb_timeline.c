/*
 * The verb timeline: the bag of a timeline, judged against its packages.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/json.h"
#include "evidence/sandbox.h"
#include "evidence/tar.h"
#include "evidence/text.h"
#include "evidence/version.h"
#include "evidence/words.h"

#include "verify/timeline_check.h"
#include "verify/verb.h"

struct run {
	const char * path; /* Of the bag. */
	const char * packages[TIMELINE_CHECK_PACKAGES_MAX];
	size_t n_packages;
	struct trust * trust;
	bool is_json;
	struct timeline_check check;
	size_t opened;
	enum sandbox_level sandbox;
	struct buf findings;
	struct err * e;
};

enum timeline_word {
	WORD_TRUST,
	WORD_PACKAGE = WORD_TRUST + TRUST_WORDS,
	WORD_JSON
};

static const struct word words[] = {
	TRUST_WORD_LIST,
	{ "package", true, true },
	{ "json", false, false },
	{ NULL, false, false },
};

static int
take(void * context, int word, const char * value, struct err * e)
{
	struct run * run = context;

	if ((word >= WORD_TRUST) && (word < WORD_PACKAGE))
		return trust_take(run->trust, word - WORD_TRUST, value, e);
	switch (word) {
	case WORD_PACKAGE:
		if (run->n_packages == TIMELINE_CHECK_PACKAGES_MAX)
			return words_refuse(e, "too many packages: ", value);
		run->packages[run->n_packages++] = value;
		return 0;
	case WORD_JSON:
		run->is_json = true;
		return 0;
	}
	if (run->path != NULL)
		return words_refuse(e, "one folder, not also ", value);
	run->path = value;
	return 0;
}

static void
add_escaped(struct run * run, const char * text)
{
	(void)text_escape(&run->findings, text, strlen(text), run->e);
}

/* Keep a finding; without memory the verdict stays right. */
static void
note(void * context, bool is_wrong, const char * code, const char * where,
    const char * text)
{
	struct run * run = context;
	const char * weight = is_wrong ? "FAIL" : "UNDECIDED";
	struct json_out j;

	if (!run->is_json) {
		(void)buf_addf(
		    &run->findings, run->e, "  %s [%s] ", weight, code);
		add_escaped(run, where);
		(void)buf_add_text(
		    &run->findings, (where[0] != '\0') ? ": " : "", run->e);
		add_escaped(run, text);
		(void)buf_add_text(&run->findings, "\n", run->e);
		return;
	}
	json_begin(&j, &run->findings, run->e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "finding");
	json_put_text(&j, "weight", weight);
	json_put_text(&j, "code", code);
	json_put_bytes(&j, "where", where, strlen(where));
	json_put_bytes(&j, "text", text, strlen(text));
	json_close_object(&j);
	(void)json_end(&j, true);
}

/* Open all that was named, then give up every other right. */
static int
open_all(struct run * run, struct err * e)
{
	int dirs[2 * TIMELINE_CHECK_PACKAGES_MAX + 1];
	struct sandbox_rules rules = { .read_dirs = dirs };

	run->check.bag = io_open_dir(run->path, e);
	if (run->check.bag < 0) {
		err_in(e, "%s", run->path);
		return -1;
	}
	dirs[rules.n_read_dirs++] = run->check.bag;
	for (size_t i = 0; i < run->n_packages; i++) {
		struct subject * s = &run->check.packages[i].subject;
		int rc = subject_open(s, run->packages[i], NULL, e);

		run->opened++;
		if (rc != 0) {
			err_in(e, "%s", run->packages[i]);
			return -1;
		}
		if (s->is_folder || s->is_encrypted)
			return words_refuse(e,
			    "rows are read in a package's one clear file, not "
			    "in ",
			    run->packages[i]);
		if (s->ledger >= 0)
			dirs[rules.n_read_dirs++] = s->ledger;
	}
	if (tar_start(e) != 0)
		return -1;
	return sandbox_enter(&rules, &run->sandbox, e);
}

/* The line that stands first and last. */
static int
add_head(const struct run * run, struct buf * out, struct err * e)
{
	static const char * const all[] = { "VERIFIED", "NOT VERIFIED",
		"UNDECIDED" };
	const struct timeline_check * c = &run->check;

	if ((buf_addf(out, e, "%s: ", all[timeline_check_exit(c)]) != 0) ||
	    (text_escape(out, run->path, strlen(run->path), e) != 0))
		return -1;
	if (!c->is_counted)
		return buf_add_text(out, ": its rows were not read\n", e);
	return buf_addf(out, e,
	    ": %lld of %lld rows resolve to their bytes, in %zu of %zu "
	    "packages, and %lld of %lld without a time; findings name "
	    "%lld of %lld as they are\n",
	    (long long)c->rows.resolved, (long long)c->rows.rows, c->bound,
	    c->named, (long long)c->undated_rows.resolved,
	    (long long)c->undated_rows.rows, (long long)c->findings.matched,
	    (long long)c->findings.rows);
}

/* Who answers for the whole of it. */
static int
add_signed(const struct timeline_check * c, struct buf * out, struct err * e)
{
	if (!c->is_signed)
		return buf_add_text(out,
		    "  not signed as derived evidence: rows that were left out "
		    "cannot be seen\n",
		    e);
	return buf_addf(out, e,
	    "  signed as derived evidence by %zu, of whom %zu are trusted; "
	    "entered in\n  %zu of the ledgers that were brought\n",
	    c->signers, c->signers_trusted, c->entered);
}

static int
add_text(const struct run * run, struct buf * out, struct err * e)
{
	const struct timeline_check * c = &run->check;

	if ((add_head(run, out, e) != 0) ||
	    (buf_add(out, buf_text(&run->findings), run->findings.len, e) != 0))
		return -1;
	if ((c->wrong > TIMELINE_CHECK_REPORT_MAX) &&
	    (buf_addf(out, e,
		 "  failures in all: %lld; rows beyond %d are "
		 "not told one by one\n",
		 (long long)c->wrong, TIMELINE_CHECK_REPORT_MAX) != 0))
		return -1;
	if ((add_signed(c, out, e) != 0) ||
	    buf_addf(out, e,
		"checked: the bag, every digest in it; the packages, as the "
		"verb package\n"
		"  does; that derived.json names their seals; for every line "
		"of\n"
		"  data/timeline.jsonl and data/undated.jsonl that its bytes "
		"in the package\n"
		"  have its digest; that every row named in "
		"data/findings.json is that row of\n"
		"  data/timeline.jsonl\n"
		"not checked: what the other files say, what a row says of "
		"its bytes, and what\n"
		"  a finding says of its rows:\n"
		"  building the timeline again gives the same files\n"
		"  sandbox: %s\n"
		"  by azcustody-verify %s (%s)\n",
		sandbox_level_text(run->sandbox), version_number(),
		version_commit()) != 0)
		return -1;
	return add_head(run, out, e);
}

static int
add_json(const struct run * run, struct buf * out, struct err * e)
{
	const struct timeline_check * c = &run->check;
	struct json_out j;

	if (buf_add(out, buf_text(&run->findings), run->findings.len, e) != 0)
		return -1;
	json_begin(&j, out, e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "summary");
	json_put_bytes(&j, "path", run->path, strlen(run->path));
	json_put_integer(&j, "packages", (int64_t)c->named);
	json_put_integer(&j, "packages_bound", (int64_t)c->bound);
	json_put_bool(&j, "signed", c->is_signed);
	json_put_integer(&j, "signers", (int64_t)c->signers);
	json_put_integer(&j, "signers_trusted", (int64_t)c->signers_trusted);
	json_put_integer(&j, "ledgers_entered", (int64_t)c->entered);
	json_put_bool(&j, "rows_read", c->is_counted);
	json_put_integer(&j, "rows", c->rows.rows);
	json_put_integer(&j, "rows_resolved", c->rows.resolved);
	json_put_integer(&j, "rows_unchecked", c->rows.unchecked);
	json_put_integer(&j, "undated", c->undated_rows.rows);
	json_put_integer(&j, "undated_resolved", c->undated_rows.resolved);
	json_put_integer(&j, "named", c->findings.rows);
	json_put_integer(&j, "named_matched", c->findings.matched);
	json_put_integer(&j, "failures", c->wrong);
	json_put_integer(&j, "undecided", c->undecided);
	json_put_text(&j, "sandbox", sandbox_level_text(run->sandbox));
	json_put_text(&j, "verifier", version_number());
	json_put_integer(&j, "exit_code", timeline_check_exit(c));
	json_close_object(&j);
	return json_end(&j, true);
}

static int
judge(struct run * run, struct err * e)
{
	struct buf out = { 0 };
	int rc;

	if ((open_all(run, e) != 0) || (timeline_check(&run->check, e) != 0))
		return -1;
	rc = run->is_json ? add_json(run, &out, e) : add_text(run, &out, e);
	if (rc == 0)
		rc = io_write_all(STDOUT_FILENO, buf_text(&out), out.len, e);
	buf_free(&out);
	return rc;
}

static int
run_timeline(int argc, char ** argv, int * exit_code, struct err * e)
{
	struct err lost;
	struct run run = { .check = { .bag = -1, .note = note }, .e = &lost };
	int rc = -1;

	err_init(&lost);
	run.check.context = &run;
	run.trust = trust_new(e);
	run.check.packages =
	    calloc(TIMELINE_CHECK_PACKAGES_MAX, sizeof(*run.check.packages));
	if ((run.trust == NULL) || (run.check.packages == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	run.check.trust = run.trust;
	rc = words_parse(argc, argv, words, take, &run, e);
	if ((rc == 0) && (run.path == NULL))
		rc = words_refuse(e, "no folder of a timeline was named", "");
	if ((rc == 0) && (run.n_packages == 0))
		rc = words_refuse(e, "--package is missing", "");
	run.check.n_packages = run.n_packages;
	if (rc == 0)
		rc = judge(&run, e);
	*exit_code = timeline_check_exit(&run.check);

out:
	for (size_t i = 0; i < run.opened; i++)
		subject_close(&run.check.packages[i].subject);
	free(run.check.packages);
	io_drop(run.check.bag);
	trust_free(run.trust);
	buf_free(&run.findings);
	return rc;
}

const struct verb verb_timeline = { "timeline", run_timeline,
	"  timeline DIR          judge the timeline in the folder DIR: that it is a\n"
	"                        valid bag, bound to the seals of its packages, and\n"
	"                        that every row is bytes of them\n"
	"    --package P         a package it was made from; may be repeated\n"
	"    --trust KEY.pub, --trust-file F, --ca ROOTS, --tsa-ca ROOTS, --crl "
	"FILE\n"
	"                        as for package\n"
	"    --json              findings and the verdict as JSON, one object a\n"
	"                        line\n" };
