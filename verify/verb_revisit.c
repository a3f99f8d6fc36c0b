/* revisit: is what an earlier package took of open hours still what stands? */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/json.h"
#include "evidence/process.h"
#include "evidence/revisit.h"
#include "evidence/sandbox.h"
#include "evidence/tar.h"
#include "evidence/words.h"

#include "verify/revisit_report.h"
#include "verify/subject.h"
#include "verify/verb.h"

enum {
	WORD_TRUST,
	WORD_TRUST_FILE,
	WORD_CA,
	WORD_TSA_CA,
	WORD_CRL,
	WORD_JSON
};

static const struct word words[] = {
	[WORD_TRUST] = { "trust", true, true },
	[WORD_TRUST_FILE] = { "trust-file", true, true },
	[WORD_CA] = { "ca", true, true },
	[WORD_TSA_CA] = { "tsa-ca", true, true },
	[WORD_CRL] = { "crl", true, true },
	[WORD_JSON] = { "json", false, false },
	{ NULL, false, false },
};

#define PACKAGES 2 /* The earlier one and the later one. */

struct run {
	const char * paths[PACKAGES];
	size_t n;
	struct trust * trust;
	bool is_json;
	struct subject subjects[PACKAGES];
	struct package_result results[PACKAGES];
	struct buf out; /* Of the lines, until they are written. */
};

static int
take(void * context, int word, const char * value, struct err * e)
{
	struct run * run = context;
	struct trust_word trust = { NULL, value };

	if (word == WORD_JSON) {
		run->is_json = true;
		return 0;
	}
	if (word != WORDS_OPERAND) {
		trust.word = words[word].name;
		return trust_add(run->trust, &trust, e);
	}
	if (run->n == PACKAGES)
		return words_refuse(e, "one package too many: ", value);
	run->paths[run->n++] = value;
	return 0;
}

/* Open both, then give up every right that is not needed any more. */
static int
open_all(struct run * run, struct err * e)
{
	int dirs[PACKAGES];
	struct sandbox_rules rules = { .read_dirs = dirs };
	enum sandbox_level level;

	for (size_t i = 0; i < PACKAGES; i++) {
		struct subject * s = &run->subjects[i];

		if (subject_open(s, run->paths[i], NULL, e) != 0) {
			err_in(e, "%s", run->paths[i]);
			return -1;
		}
		if (s->is_folder || s->is_encrypted)
			return words_refuse(e,
			    "give the sealed file, not a folder and not "
			    "encrypted: ",
			    run->paths[i]);
		if (s->ledger >= 0)
			dirs[rules.n_read_dirs++] = s->ledger;
	}
	if (tar_start(e) != 0)
		return -1;
	return sandbox_enter(&rules, &level, e);
}

/* Judge both as the verb "package" does; put the worse code into ${code}. */
static int
check_both(struct run * run, int * code, struct err * e)
{
	int codes[PACKAGES];

	for (size_t i = 0; i < PACKAGES; i++) {
		const struct subject * s = &run->subjects[i];
		struct package_check_options options = { .trust = run->trust,
			.now = clock_now(),
			.has_ledger = (s->ledger >= 0),
			.ledger_dir = s->ledger,
			.checksum =
			    s->has_checksum ? buf_text(&s->checksum) : NULL,
			.checksum_len = s->checksum.len,
			.threads = process_cores() };

		if (package_check(s->fd, &options, &run->results[i], e) != 0) {
			err_in(e, "%s", s->path);
			return -1;
		}
		codes[i] = package_exit_code(&run->results[i], 0);
	}
	*code = ((codes[0] == 1) || (codes[1] == 1)) ? 1
	    : (codes[0] > codes[1])                  ? codes[0]
						     : codes[1];
	return 0;
}

static int
flush(struct run * run, struct err * e)
{
	int rc =
	    io_write_all(STDOUT_FILENO, buf_text(&run->out), run->out.len, e);

	run->out.len = 0;
	if (rc != 0)
		err_in(e, "writing the report");
	return rc;
}

static int
put_line(void * context, const struct revisit_line * line, struct err * e)
{
	struct run * run = context;

	if (revisit_report_line(line, run->is_json, &run->out, e) != 0)
		return -1;
	return flush(run, e);
}

static int
judge(struct run * run, int * exit_code, struct err * e)
{
	struct revisit_report r = { .earlier = &run->results[0],
		.later = &run->results[1],
		.is_json = run->is_json };
	struct revisit_package packages[PACKAGES];

	if (check_both(run, &r.exit_code, e) != 0)
		return -1;
	r.link = revisit_report_link(r.earlier, r.later);
	if (r.link == REVISIT_LINK_ANOTHER)
		r.exit_code = 1;
	r.is_compared = r.earlier->has_index && r.later->has_index;
	for (size_t i = 0; i < PACKAGES; i++) {
		packages[i].fd = run->subjects[i].fd;
		packages[i].index = &run->results[i].index;
	}
	if (r.is_compared &&
	    (revisit_compare(
		 &packages[0], &packages[1], put_line, run, r.counts, e) != 0))
		return -1;
	revisit_report_judge(&r);
	*exit_code = r.exit_code;
	if (revisit_report_end(&r, &run->out, e) != 0)
		return -1;
	return flush(run, e);
}

static int
run_revisit(int argc, char ** argv, int * exit_code, struct err * e)
{
	struct run run = { 0 };
	int rc = -1;

	for (size_t i = 0; i < PACKAGES; i++)
		run.subjects[i] = (struct subject){
			.fd = -1, .clear = -1, .ledger = -1, .out = -1
		};
	run.trust = trust_new(e);
	if ((run.trust == NULL) ||
	    (words_parse(argc, argv, words, take, &run, e) != 0))
		goto out;
	if (run.n != PACKAGES) {
		(void)words_refuse(
		    e, "give the earlier package and the later one", "");
		goto out;
	}
	if ((open_all(&run, e) != 0) || (judge(&run, exit_code, e) != 0))
		goto out;
	rc = 0;

out:
	for (size_t i = 0; i < PACKAGES; i++)
		subject_close(&run.subjects[i]);
	trust_free(run.trust);
	buf_free(&run.out);
	return rc;
}

const struct verb verb_revisit = { "revisit", run_revisit,
	"  revisit EARLIER LATER\n"
	"                        judge two packages of one source, and prove of "
	"each\n"
	"                        blob whose hour was open in EARLIER that what "
	"was\n"
	"                        taken then stands at the front of what LATER "
	"took;\n"
	"                        --trust, --trust-file, --ca, --tsa-ca, --crl, "
	"and\n"
	"                        --json as for package.  0: all are proved; 1: "
	"one was\n"
	"                        rewritten, cut, or vanished; 2: one was not "
	"taken again,\n"
	"                        or no hour was open\n" };
