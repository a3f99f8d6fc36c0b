/*
 * The verb disclosure: some objects of a package, judged under its seal.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/json.h"
#include "evidence/sandbox.h"
#include "evidence/text.h"
#include "evidence/version.h"
#include "evidence/words.h"

#include "verify/disclosure_check.h"
#include "verify/verb.h"

struct judging {
	struct trust * trust;
	const char * path;
	bool is_json;
	int dir;
	struct disclosure_result result;
	struct buf findings;
	struct err * e;
	int exit_code;
};

enum disclosure_word {
	WORD_TRUST,
	WORD_JSON = WORD_TRUST + TRUST_WORDS
};

static const struct word words[] = {
	TRUST_WORD_LIST,
	{ "json", false, false },
	{ NULL, false, false },
};

static int
take(void * context, int word, const char * value, struct err * e)
{
	struct judging * x = context;

	if ((word >= WORD_TRUST) && (word < WORD_JSON))
		return trust_take(x->trust, word - WORD_TRUST, value, e);
	if (word == WORD_JSON) {
		x->is_json = true;
		return 0;
	}
	if (x->path != NULL)
		return words_refuse(e, "one folder, not also ", value);
	x->path = value;
	return 0;
}

static void
add_escaped(struct judging * x, const char * text)
{
	(void)text_escape(&x->findings, text, strlen(text), x->e);
}

static void
note(void * context, bool is_wrong, const char * code, const char * file,
    const char * why)
{
	struct judging * x = context;
	struct json_out j;

	if (!x->is_json) {
		(void)buf_addf(&x->findings, x->e, "  %s [%s] ",
		    is_wrong ? "FAIL" : "UNDECIDED", code);
		add_escaped(x, file);
		(void)buf_add_text(&x->findings, ": ", x->e);
		add_escaped(x, why);
		(void)buf_add_text(&x->findings, "\n", x->e);
		return;
	}
	json_begin(&j, &x->findings, x->e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "finding");
	json_put_text(&j, "weight", is_wrong ? "FAIL" : "UNDECIDED");
	json_put_text(&j, "code", code);
	json_put_bytes(&j, "file", file, strlen(file));
	json_put_bytes(&j, "text", why, strlen(why));
	json_close_object(&j);
	(void)json_end(&j, true);
}

/* The one line that stands first and last. */
static int
add_head(struct judging * x, struct buf * out)
{
	static const char * const all[] = { "VERIFIED", "NOT VERIFIED",
		"UNDECIDED" };
	const struct disclosure_result * r = &x->result;
	char hex[DIGEST_SHA256_HEX];

	if ((buf_addf(out, x->e, "%s: ", all[x->exit_code]) != 0) ||
	    (text_escape(out, x->path, strlen(x->path), x->e) != 0))
		return -1;
	if (!r->is_known)
		return buf_add_text(out, ": no disclosure\n", x->e);
	text_hex_encode(r->seal_sha256, DIGEST_SHA256_LEN, hex);
	return buf_addf(out, x->e,
	    ": %lld of %lld objects disclosed, %lld of %lld bytes; proved "
	    "under seal %s of %s, signed by %zu trusted\n",
	    (long long)r->objects, (long long)r->all, (long long)r->bytes,
	    (long long)r->all_bytes, hex, r->package, r->seal_trusted);
}

static int
add_json(struct judging * x, struct buf * out)
{
	const struct disclosure_result * r = &x->result;
	struct json_out j;

	json_begin(&j, out, x->e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "summary");
	json_put_bytes(&j, "path", x->path, strlen(x->path));
	if (r->is_known) {
		json_put_text(&j, "package", r->package);
		json_put_hex(
		    &j, "seal_sha256", r->seal_sha256, DIGEST_SHA256_LEN);
	}
	json_put_integer(&j, "objects", r->objects);
	json_put_integer(&j, "bytes", r->bytes);
	json_put_integer(&j, "withheld_objects", r->all - r->objects);
	json_put_integer(&j, "withheld_bytes", r->all_bytes - r->bytes);
	json_put_integer(&j, "seal_trusted", (int64_t)r->seal_trusted);
	json_put_integer(
	    &j, "discloser_trusted", (int64_t)r->discloser_trusted);
	if (r->stamped_at != CLOCK_UNKNOWN)
		json_put_time(&j, "stamped_at", r->stamped_at);
	json_put_integer(&j, "wrong", r->wrong);
	json_put_integer(&j, "undecided", r->undecided);
	json_put_text(&j, "verifier", version_number());
	json_put_integer(&j, "exit_code", x->exit_code);
	json_close_object(&j);
	return json_end(&j, true);
}

static int
add_report(struct judging * x, enum sandbox_level sandbox, struct buf * out)
{
	if (!x->is_json && (add_head(x, out) != 0))
		return -1;
	if (buf_add(out, buf_text(&x->findings), x->findings.len, x->e) != 0)
		return -1;
	if (x->is_json)
		return add_json(x, out);
	if (x->result.stamped_at != CLOCK_UNKNOWN) {
		char at[CLOCK_TEXT_SIZE];

		clock_format(x->result.stamped_at, at);
		if (buf_addf(out, x->e,
			"  note [stamped] the seal existed at %s, by a trusted "
			"time stamp\n",
			at) != 0)
			return -1;
	}
	if (buf_addf(out, x->e,
		"not checked: why these objects were chosen, and what is in "
		"the others\n"
		"  trusted keys given: %zu; sandbox: %s\n"
		"  by azcustody-verify %s (%s)\n",
		trust_count(x->trust), sandbox_level_text(sandbox),
		version_number(), version_commit()) != 0)
		return -1;
	return add_head(x, out);
}

static int
judge(struct judging * x, struct err * e)
{
	enum sandbox_level sandbox = SANDBOX_NONE;
	struct sandbox_rules rules = { .read_dirs = &x->dir, .n_read_dirs = 1 };
	struct buf out = { 0 };
	int rc = -1;

	x->dir = io_open_dir(x->path, e);
	if ((x->dir < 0) || (sandbox_enter(&rules, &sandbox, e) != 0) ||
	    (disclosure_check(x->dir, x->trust, &x->result, note, x, e) != 0))
		goto out;
	x->exit_code = (x->result.wrong > 0) ? 1
	    : (x->result.undecided > 0)      ? 2
					     : 0;
	if (add_report(x, sandbox, &out) == 0)
		rc = io_write_all(STDOUT_FILENO, buf_text(&out), out.len, e);

out:
	if (rc != 0)
		err_in(e, "%s", x->path);
	io_drop(x->dir);
	buf_free(&out);
	return rc;
}

static int
run(int argc, char ** argv, int * exit_code, struct err * e)
{
	struct judging x = { .dir = -1, .trust = trust_new(e), .e = e };
	int rc = -1;

	if (x.trust == NULL)
		return -1;
	if (words_parse(argc, argv, words, take, &x, e) == 0) {
		if (x.path == NULL)
			rc = words_refuse(e, "no folder was named", "");
		else
			rc = judge(&x, e);
	}
	*exit_code = x.exit_code;
	buf_free(&x.findings);
	trust_free(x.trust);
	return rc;
}

const struct verb verb_disclosure = { "disclosure", run,
	"  disclosure DIR        judge some objects of a package that somebody\n"
	"                        disclosed: each is proved under the package's "
	"seal\n"
	"    --trust KEY.pub     the sealer's public key, and the discloser's;\n"
	"                        --trust-file, --ca, --tsa-ca, and --crl as for "
	"package\n"
	"    --json              findings and numbers as JSON, one object a "
	"line\n" };
