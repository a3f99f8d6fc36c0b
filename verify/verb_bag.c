
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/json.h"
#include "evidence/sandbox.h"
#include "evidence/words.h"

#include "verify/bag_report.h"
#include "verify/verb.h"
#include "verify/verdict.h"

#define PATHS_MAX 256

enum {
	WORD_JSON
};

static const struct word words[] = {
	[WORD_JSON] = { "json", false, false },
	{ NULL, false, false },
};

struct run {
	const char * paths[PATHS_MAX];
	int fds[PATHS_MAX];
	int dirs[PATHS_MAX]; /* Those of fds that are directories. */
	int n, n_open, n_dirs;
	bool is_json;
	enum sandbox_level sandbox;
	int64_t codes[3];
};

static int
take(void * context, int word, const char * value, struct err * e)
{
	struct run * run = context;

	if (word == WORD_JSON) {
		run->is_json = true;
		return 0;
	}
	if (run->n == PATHS_MAX)
		return words_refuse(e, "too many bags: ", value);
	run->paths[run->n++] = value;
	return 0;
}

/* Open a directory, or a regular file without waiting for it. */
static int
open_one(struct run * run, const char * path, struct err * e)
{
	struct io_facts facts;
	int fd = io_open_any(path, &facts, e);

	if (fd < 0)
		return -1;
	run->fds[run->n_open++] = fd;
	if (facts.sort == IO_FOLDER)
		run->dirs[run->n_dirs++] = fd;
	return 0;
}

static void
note(void * context, const struct package_finding * finding)
{
	struct err ignored;

	err_init(&ignored);
	(void)verdict_note(context, finding, &ignored);
}

static int
judge(struct run * run, int i, struct err * e)
{
	struct buf findings = { 0 }, text = { 0 };
	struct bag_result result;
	struct bag_report report = { .path = run->paths[i],
		.result = &result,
		.findings = &findings,
		.sandbox = run->sandbox };
	int rc = bag_check(run->fds[i], note, &findings, &result, e);

	if (rc == 0) {
		run->codes[bag_exit_code(&result)]++;
		rc = run->is_json ? bag_report_json(&report, &text, e)
				  : bag_report_text(&report, &text, e);
	}
	if (rc == 0)
		rc = io_write_all(STDOUT_FILENO, buf_text(&text), text.len, e);
	if (rc != 0)
		err_in(e, "%s", run->paths[i]);
	buf_free(&findings);
	buf_free(&text);
	return rc;
}

static int
put_summary(const struct run * run, int exit_code, struct err * e)
{
	struct buf text = { 0 };
	struct json_out j;
	int rc;

	json_begin(&j, &text, e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "summary");
	json_put_integer(&j, "bags", run->n);
	json_put_integer(&j, "valid", run->codes[0]);
	json_put_integer(&j, "not_valid", run->codes[1]);
	json_put_integer(&j, "undecided", run->codes[2]);
	json_put_integer(&j, "exit_code", exit_code);
	json_close_object(&j);
	rc = json_end(&j, true);
	if (rc == 0)
		rc = io_write_all(STDOUT_FILENO, buf_text(&text), text.len, e);
	buf_free(&text);
	return rc;
}

/* Open all, give up every other right, judge all. */
static int
judge_all(struct run * run, int * exit_code, struct err * e)
{
	struct sandbox_rules rules = { .read_dirs = run->dirs };

	for (int i = 0; i < run->n; i++)
		if (open_one(run, run->paths[i], e) != 0)
			return -1;
	rules.n_read_dirs = run->n_dirs;
	if (sandbox_enter(&rules, &run->sandbox, e) != 0)
		return -1;
	for (int i = 0; i < run->n; i++)
		if (judge(run, i, e) != 0)
			return -1;
	*exit_code = (run->codes[1] > 0) ? 1 : (run->codes[2] > 0) ? 2 : 0;
	return run->is_json ? put_summary(run, *exit_code, e) : 0;
}

static int
run_bag(int argc, char ** argv, int * exit_code, struct err * e)
{
	struct run run = { .n = 0 };
	int rc = words_parse(argc, argv, words, take, &run, e);

	if ((rc == 0) && (run.n == 0))
		rc = words_refuse(e, "no bag was named", "");
	if (rc == 0)
		rc = judge_all(&run, exit_code, e);
	for (int i = 0; i < run.n_open; i++)
		io_drop(run.fds[i]);
	return rc;
}

const struct verb verb_bag = {
	"bag", run_bag,
	"  bag PATH...           judge BagIt bags of anybody, 0.93 to 1.0, complete\n"
	"                        and valid or not; PATH is a directory, a .tar or a\n"
	"                        .tar.zst.  Nothing is fetched.  Exit 0: valid\n"
	"    --json              findings and verdicts as JSON, one object a line\n"
};
