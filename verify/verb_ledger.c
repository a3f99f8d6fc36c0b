/*
 * The verb ledger: a custody ledger judged on its own, without its package.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/json.h"
#include "evidence/ledger_verdict.h"
#include "evidence/sandbox.h"
#include "evidence/text.h"
#include "evidence/version.h"
#include "evidence/words.h"

#include "verify/receipts.h"
#include "verify/subject.h"
#include "verify/verb.h"

struct judging {
	struct trust * trust;
	struct receipts receipts;
	const char * path; /* As given, */
	struct buf beside; /* and of the ledger, if that is a package. */
	bool is_json;
	int dir;
	struct ledger * ledger;
	struct ledger_verdict verdict;
	enum sandbox_level sandbox;
	int exit_code;
};

enum ledger_word {
	WORD_RECEIPT = TRUST_WORDS,
	WORD_JSON
};

static const struct word words[] = {
	TRUST_WORD_LIST,
	{ "receipt", true, true },
	{ "json", false, false },
	{ NULL, false, false },
};

static int
take(void * context, int word, const char * value, struct err * e)
{
	struct judging * x = context;

	if (word == WORDS_OPERAND) {
		if (x->path != NULL)
			return words_refuse(e, "one ledger, not also ", value);
		x->path = value;
		return 0;
	}
	if (word < TRUST_WORDS)
		return trust_take(x->trust, word, value, e);
	switch ((enum ledger_word)word) {
	case WORD_RECEIPT:
		return receipts_take(&x->receipts, value, e);
	case WORD_JSON:
		x->is_json = true;
		return 0;
	}
	return -1;
}

/* A file is taken for the package: its ledger stands beside it. */
static int
open_ledger(struct judging * x, struct err * e)
{
	struct io_facts facts;

	x->dir = io_open_any(x->path, &facts, e);
	if ((x->dir < 0) || (facts.sort == IO_FOLDER))
		return x->dir;
	io_drop(x->dir);
	x->dir = -1;
	if (subject_ledger_path(x->path, &x->beside, e) == 0)
		x->dir = io_open_dir(buf_text(&x->beside), e);
	return x->dir;
}

/* Open everything, then give up the right to open more. */
static int
open_all(struct judging * x, struct err * e)
{
	int dirs[RECEIPTS_MAX + 1];
	struct sandbox_rules rules = { .read_dirs = dirs };

	if ((open_ledger(x, e) < 0) || (receipts_open(&x->receipts, e) != 0))
		return -1;
	dirs[rules.n_read_dirs++] = x->dir;
	for (size_t i = 0; i < x->receipts.open; i++)
		dirs[rules.n_read_dirs++] = x->receipts.dirs[i];
	return sandbox_enter(&rules, &x->sandbox, e);
}

/* "PASS", "FAIL" or "UNDECIDED" for what weighs on ${one}, or on all. */
static const char *
word_of(const struct judging * x, const struct ledger_entry * one)
{
	enum ledger_weight weight = LEDGER_UNDECIDED;

	if (one == NULL)
		return (x->verdict.wrong > 0)    ? "FAIL"
		    : (x->verdict.undecided > 0) ? "UNDECIDED"
						 : "PASS";
	if (!ledger_verdict_of(&x->verdict, one, &weight))
		return "PASS";
	return (weight == LEDGER_WRONG) ? "FAIL" : "UNDECIDED";
}

static int
add_escaped(struct buf * out, const char * text, struct err * e)
{
	return text_escape(out, (text == NULL) ? "" : text,
	    (text == NULL) ? 0 : strlen(text), e);
}

static int
add_head(const struct judging * x, struct buf * out, struct err * e)
{
	static const char * const all[] = { "VERIFIED", "NOT VERIFIED",
		"UNDECIDED" };

	if ((buf_addf(out, e, "%s: ", all[x->exit_code]) != 0) ||
	    (add_escaped(out, x->path, e) != 0))
		return -1;
	return buf_addf(out, e,
	    ": custody %s, %zu entries, %zu findings wrong, %zu undecided\n",
	    word_of(x, NULL), x->ledger->n_entries, x->verdict.wrong,
	    x->verdict.undecided);
}

/* One line an entry: number, time, event, who, and what became of it. */
static int
add_entry(const struct judging * x, const struct ledger_entry * one,
    struct buf * out, struct err * e)
{
	const struct custody_entry * entry = &one->entry;
	char at[CLOCK_TEXT_SIZE] = "unknown";

	clock_format(entry->at, at);
	if ((buf_addf(out, e, "  %06lld  %s  %-11s  %-9s  by ",
		 (long long)entry->seq, at, custody_event_text(entry->event),
		 word_of(x, one)) != 0) ||
	    (add_escaped(out, entry->by.name, e) != 0))
		return -1;
	if ((entry->to.name != NULL) &&
	    ((buf_add_text(out, " to ", e) != 0) ||
		(add_escaped(out, entry->to.name, e) != 0)))
		return -1;
	for (size_t i = 0; i < entry->n_signers; i++)
		if (buf_addf(out, e, "%s%s", (i == 0) ? ", signed by " : ", ",
			entry->signers[i].role) != 0)
			return -1;
	return buf_add_text(out, "\n", e);
}

static int
add_text(const struct judging * x, struct buf * out, struct err * e)
{
	char end[256];

	if (add_head(x, out, e) != 0)
		return -1;
	if ((x->beside.len > 0) &&
	    ((buf_add_text(out, "  note [ledger] of that package: ", e) != 0) ||
		(add_escaped(out, buf_text(&x->beside), e) != 0) ||
		(buf_add_text(out, "\n", e) != 0)))
		return -1;
	for (size_t i = 0; i < x->ledger->n_entries; i++)
		if (add_entry(x, &x->ledger->entries[i], out, e) != 0)
			return -1;
	for (size_t i = 0; i < x->verdict.n; i++) {
		const struct ledger_finding * f = &x->verdict.findings[i];

		if ((buf_addf(out, e, "  %s [%s] ",
			 (f->weight == LEDGER_WRONG) ? "FAIL" : "UNDECIDED",
			 ledger_problem_code(f->problem)) != 0) ||
		    (add_escaped(out, f->file, e) != 0) ||
		    (buf_add_text(out, ": ", e) != 0) ||
		    (add_escaped(out, f->why, e) != 0) ||
		    (buf_add_text(out, "\n", e) != 0))
			return -1;
	}
	ledger_verdict_end(&x->verdict.proof, end, sizeof(end));
	if (buf_addf(out, e,
		"  note [end] %s\n"
		"not checked: the package itself; bring it to "
		"azcustody-verify package\n"
		"  trusted keys given: %zu; receipts: %zu; sandbox: %s\n"
		"  by azcustody-verify %s (%s)\n",
		end, trust_count(x->trust), x->receipts.n,
		sandbox_level_text(x->sandbox), version_number(),
		version_commit()) != 0)
		return -1;
	return add_head(x, out, e);
}

static void
begin(struct json_out * j, struct buf * out, const char * type, struct err * e)
{
	json_begin(j, out, e);
	json_open_object(j, NULL);
	json_put_text(j, "type", type);
}

static int
end_line(struct json_out * j)
{
	json_close_object(j);
	return json_end(j, true);
}

static int
add_json_entry(const struct judging * x, const struct ledger_entry * one,
    struct buf * out, struct err * e)
{
	const struct custody_entry * entry = &one->entry;
	struct json_out j;

	begin(&j, out, "entry", e);
	json_put_text(&j, "file", one->file->name);
	json_put_hex(&j, "sha256", one->file->sha256, DIGEST_SHA256_LEN);
	json_put_integer(&j, "seq", entry->seq);
	json_put_time(&j, "at", entry->at);
	json_put_text(&j, "event", custody_event_text(entry->event));
	document_put_nullable(&j, "by", entry->by.name);
	document_put_nullable(&j, "to", entry->to.name);
	json_put_text(&j, "verdict", word_of(x, one));
	return end_line(&j);
}

static int
add_json(const struct judging * x, struct buf * out, struct err * e)
{
	struct json_out j;
	char end[256];

	for (size_t i = 0; i < x->ledger->n_entries; i++)
		if (add_json_entry(x, &x->ledger->entries[i], out, e) != 0)
			return -1;
	for (size_t i = 0; i < x->verdict.n; i++) {
		const struct ledger_finding * f = &x->verdict.findings[i];

		begin(&j, out, "finding", e);
		json_put_text(&j, "weight",
		    (f->weight == LEDGER_WRONG) ? "FAIL" : "UNDECIDED");
		json_put_text(&j, "code", ledger_problem_code(f->problem));
		document_put_nullable(&j, "file", f->file);
		document_put_nullable(&j, "text", f->why);
		if (end_line(&j) != 0)
			return -1;
	}
	ledger_verdict_end(&x->verdict.proof, end, sizeof(end));
	begin(&j, out, "summary", e);
	document_put_nullable(&j, "path", x->path);
	if (x->beside.len > 0)
		document_put_nullable(&j, "ledger", buf_text(&x->beside));
	json_put_text(&j, "custody", word_of(x, NULL));
	json_put_integer(&j, "entries", (int64_t)x->ledger->n_entries);
	json_put_integer(&j, "wrong", (int64_t)x->verdict.wrong);
	json_put_integer(&j, "undecided", (int64_t)x->verdict.undecided);
	json_put_integer(&j, "proved_up_to", x->verdict.proof.seq);
	json_put_text(&j, "end", end);
	json_put_integer(&j, "trusted_keys", (int64_t)trust_count(x->trust));
	json_put_integer(&j, "receipts", (int64_t)x->receipts.n);
	json_put_text(&j, "verifier", version_number());
	json_put_integer(&j, "exit_code", x->exit_code);
	return end_line(&j);
}

static int
judge(struct judging * x, struct err * e)
{
	struct ledger_expect expect = { .trust = x->trust };
	struct buf out = { 0 };
	int rc = -1;

	x->ledger = ledger_load(x->dir, e);
	if ((x->ledger == NULL) ||
	    (ledger_judge(x->ledger, &expect, x->receipts.list,
		 x->receipts.open, &x->verdict, e) != 0))
		goto out;
	x->exit_code = (x->verdict.wrong > 0) ? 1
	    : (x->verdict.undecided > 0)      ? 2
					      : 0;
	rc = x->is_json ? add_json(x, &out, e) : add_text(x, &out, e);
	if (rc == 0)
		rc = io_write_all(STDOUT_FILENO, buf_text(&out), out.len, e);

out:
	buf_free(&out);
	return rc;
}

static int
run(int argc, char ** argv, int * exit_code, struct err * e)
{
	struct judging x = { .dir = -1, .trust = trust_new(e) };
	int rc = -1;

	if (x.trust == NULL)
		return -1;
	if (words_parse(argc, argv, words, take, &x, e) != 0)
		goto out;
	if (x.path == NULL) {
		(void)words_refuse(e, "no ledger was named", "");
		goto out;
	}
	if (open_all(&x, e) == 0)
		rc = judge(&x, e);
	if (rc != 0)
		err_in(e, "%s", x.path);
	*exit_code = x.exit_code;

out:
	buf_free(&x.beside);
	ledger_verdict_free(&x.verdict);
	ledger_free(x.ledger);
	receipts_close(&x.receipts);
	trust_free(x.trust);
	io_drop(x.dir);
	return rc;
}

const struct verb verb_ledger = { "ledger", run,
	"  ledger DIR|PACKAGE    judge a custody ledger on its own, that of "
	"PACKAGE if\n"
	"                        it is a file: its chain, its signatures, its\n"
	"                        hand-overs\n"
	"    --trust KEY.pub     a public key you have from its owner; may be\n"
	"                        repeated\n"
	"    --trust-file F, --ca ROOTS, --tsa-ca ROOTS, --crl FILE\n"
	"                        as for a package\n"
	"    --receipt FILE      a head receipt that somebody kept, its "
	"signatures\n"
	"                        beside it; may be repeated\n"
	"    --json              entries and findings as JSON, one object a "
	"line\n" };
