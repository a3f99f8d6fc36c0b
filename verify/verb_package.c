#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/json.h"
#include "evidence/process.h"
#include "evidence/tar.h"
#include "evidence/words.h"

#include "verify/arguments.h"
#include "verify/extract.h"
#include "verify/group_judge.h"
#include "verify/secret_list.h"
#include "verify/subject.h"
#include "verify/verb.h"
#include "verify/verdict.h"

/* What is open while packages are judged. */
struct run {
	struct arguments a;
	struct trust * trust;
	struct age_identities * identities;
	struct subject * subjects;
	size_t n;                      /* Of them that were opened. */
	struct group_member * members; /* Those that are of a group. */
	size_t n_members;
	struct secret_list secrets;
	int out; /* The folder of --extract or --salvage, or -1. */
	enum sandbox_level sandbox;
	int64_t now;
	int jobs;
	int64_t codes[3]; /* How many packages had each exit code. */
	int exit_code;
};

/* Open everything the command line names. */
static int
open_all(struct run * run, struct err * e)
{
	const struct arguments * a = &run->a;
	const char * out = (a->extract != NULL) ? a->extract : a->salvage;

	run->trust = trust_new(e);
	if (run->trust == NULL)
		return -1;
	for (size_t i = 0; i < a->n_trust; i++)
		if (trust_add(run->trust, &a->trust[i], e) != 0)
			return -1;
	if (a->identity != NULL) {
		run->identities = age_identities_load(a->identity, e);
		if (run->identities == NULL)
			return -1;
	}
	run->subjects = calloc(a->n_paths, sizeof(*run->subjects));
	run->members = calloc(a->n_paths, sizeof(*run->members));
	if ((run->subjects == NULL) || (run->members == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	for (; run->n < a->n_paths; run->n++)
		if (subject_open(&run->subjects[run->n], a->paths[run->n],
			a->scratch, e) != 0) {
			subject_close(&run->subjects[run->n]);
			err_in(e, "%s", a->paths[run->n]);
			return -1;
		}
	for (size_t i = 0; i < run->n; i++)
		if (run->subjects[i].is_folder &&
		    ((out != NULL) || a->has_expected))
			return words_refuse(e,
			    "an unpacked folder has neither a digest nor "
			    "anything to unpack: ",
			    a->paths[i]);
	if (out != NULL) {
		run->out = io_open_dir(out, e);
		if (run->out < 0) {
			err_in(e, "%s", out);
			return -1;
		}
	}
	if (receipts_open(&run->a.receipts, e) != 0)
		return -1;
	if ((a->secrets != NULL) &&
	    (secret_list_open(&run->secrets, a->secrets, e) != 0))
		return -1;
	run->now = clock_now();
	run->jobs = (a->jobs > 0) ? a->jobs : process_cores();
	return tar_start(e);
}

/* Give up every right that is not needed any more. */
static int
shut_in(struct run * run, struct err * e)
{
	int dirs[2 * ARGUMENTS_MAX_PATHS + RECEIPTS_MAX];
	struct sandbox_rules rules = { .read_dirs = dirs,
		.write_dirs = &run->out,
		.n_write_dirs = (run->out >= 0) ? 1 : 0 };

	for (size_t i = 0; i < run->n; i++) {
		const struct subject * s = &run->subjects[i];

		if (s->ledger >= 0)
			dirs[rules.n_read_dirs++] = s->ledger;
		if (s->is_folder)
			dirs[rules.n_read_dirs++] = s->fd;
	}
	for (size_t i = 0; i < run->a.receipts.open; i++)
		dirs[rules.n_read_dirs++] = run->a.receipts.dirs[i];
	return sandbox_enter(&rules, &run->sandbox, e);
}

/* Who is told while one package is judged. */
struct listener {
	struct buf findings;
	const struct secret_list * secrets;
};

static void
note(void * context, const struct package_finding * finding)
{
	struct listener * to = context;
	struct err ignored;

	/* Without memory a finding is not shown; the verdicts stay right. */
	err_init(&ignored);
	(void)verdict_note(&to->findings, finding, &ignored);
}

static int
note_secrets(void * context, const char * member,
    const struct secret_counts * counts, struct err * e)
{
	const struct listener * to = context;

	return secret_list_add(to->secrets, member, counts, e);
}

/* Write what was made to standard output. */
static int
put(const struct buf * text, struct err * e)
{
	if (io_write_all(STDOUT_FILENO, buf_text(text), text->len, e) != 0) {
		err_in(e, "writing the report");
		return -1;
	}
	return 0;
}

/* A member that keeps its stored name. */
static void
note_name(void * context, const char * member, const char * why)
{
	struct package_finding finding = { .question = PACKAGE_INTEGRITY,
		.weight = PACKAGE_PASS,
		.code = "stored-name",
		.member = member,
		.text = why };

	note(context, &finding);
}

/* Say how many members have which name. */
static void
note_names(const struct extract_rules * rules)
{
	char text[128];

	if (!rules->is_true)
		return;
	(void)snprintf(text, sizeof(text),
	    "unpacked: %lld members under true names, %lld under stored ones",
	    (long long)rules->true_names, (long long)rules->stored_names);
	note_name(rules->context, "", text);
}

/* Unpack, if that was asked for and may be. */
static int
unpack(struct run * run, int fd, struct verdict * v, struct listener * to,
    struct err * e)
{
	struct extract_rules rules = { .is_true = run->a.is_true_names,
		.report = note_name,
		.context = to };
	const char * folder = NULL;
	int rc = 0;

	if ((run->a.extract != NULL) &&
	    (v->result->verdict[PACKAGE_INTEGRITY] == PACKAGE_PASS) &&
	    (v->exit_code != 1)) {
		folder = run->a.extract;
		rc = extract_all(
		    fd, v->result, run->out, &rules, &v->written_members, e);
		note_names(&rules);
	} else if ((run->a.salvage != NULL) && v->result->is_salvageable) {
		folder = run->a.salvage;
		rc = extract_intact(
		    fd, v->result, run->out, &v->written_members, e);
	}
	v->written = folder;
	return rc;
}

/* Judge one package and say so. */
static int
judge(struct run * run, const struct subject * s, struct err * e)
{
	struct listener to = { .secrets = &run->secrets };
	struct buf text = { 0 };
	struct package_result result;
	struct package_check_options options = { .trust = run->trust,
		.now = run->now,
		.need_revocation = run->a.need_revocation,
		.has_ledger = (s->ledger >= 0),
		.ledger_dir = s->ledger,
		.receipts = run->a.receipts.list,
		.n_receipts = run->a.receipts.open,
		.has_expected = run->a.has_expected,
		.checksum = s->has_checksum ? buf_text(&s->checksum) : NULL,
		.checksum_len = s->checksum.len,
		.threads = run->jobs,
		.report = note,
		.secrets = (run->a.secrets != NULL) ? note_secrets : NULL,
		.context = &to };
	struct verdict v = { .subject = s,
		.trust = run->trust,
		.result = &result,
		.findings = &to.findings,
		.secrets = run->a.secrets,
		.sandbox = run->sandbox,
		.require = run->a.require };
	int rc = -1;
	int fd = subject_decrypt(s, run->identities, e);

	if (fd < 0)
		goto out;
	memcpy(options.expected_sha256, run->a.expected_sha256,
	    sizeof(options.expected_sha256));
	if (package_check(fd, &options, &result, e) != 0)
		goto out;
	v.exit_code = package_exit_code(&result, run->a.require);
	if (group_judge_take(&run->members[run->n_members], &result))
		run->n_members++;
	if ((run->a.secrets != NULL) &&
	    (secret_list_end(&run->secrets, &result, e) != 0))
		goto out;
	if (unpack(run, fd, &v, &to, e) != 0)
		goto out;
	run->codes[v.exit_code]++;
	rc = run->a.is_json ? verdict_json(&v, &text, e)
			    : verdict_text(&v, &text, e);
	if (rc == 0)
		rc = put(&text, e);

out:
	if (rc != 0)
		err_in(e, "%s", s->path);
	buf_free(&to.findings);
	buf_free(&text);
	return rc;
}

/* The last line of --json, about all packages. */
static int
put_summary(const struct run * run, struct err * e)
{
	struct buf text = { 0 };
	struct json_out j;
	int rc;

	json_begin(&j, &text, e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "summary");
	json_put_integer(&j, "packages", (int64_t)run->n);
	json_put_integer(&j, "verified", run->codes[0]);
	json_put_integer(&j, "failed", run->codes[1]);
	json_put_integer(&j, "undecided", run->codes[2]);
	json_put_integer(&j, "exit_code", run->exit_code);
	json_close_object(&j);
	rc = json_end(&j, true);
	if (rc == 0)
		rc = put(&text, e);
	buf_free(&text);
	return rc;
}

/* Judge the groups that the packages belong to. */
static int
judge_groups(struct run * run, int * code, struct err * e)
{
	struct buf text = { 0 };
	int rc = group_judge(
	    run->members, run->n_members, run->a.is_json, &text, code, e);

	if (rc == 0)
		rc = put(&text, e);
	buf_free(&text);
	return rc;
}

/* Judge all; a failure outweighs what is undecided. */
static int
judge_all(struct run * run, struct err * e)
{
	int code = 0;

	for (size_t i = 0; i < run->n; i++)
		if (judge(run, &run->subjects[i], e) != 0)
			return -1;
	if (judge_groups(run, &code, e) != 0)
		return -1;
	run->exit_code = ((run->codes[1] > 0) || (code == 1)) ? 1
	    : (run->codes[2] > 0)                             ? 2
							      : code;
	return run->a.is_json ? put_summary(run, e) : 0;
}

static void
close_all(struct run * run)
{
	for (size_t i = 0; i < run->n; i++)
		subject_close(&run->subjects[i]);
	free(run->subjects);
	free(run->members);
	trust_free(run->trust);
	age_identities_free(run->identities);
	receipts_close(&run->a.receipts);
	secret_list_close(&run->secrets);
	io_drop(run->out);
}

static int
run_package(int argc, char ** argv, int * exit_code, struct err * e)
{
	struct run run = { .out = -1, .secrets = { .fd = -1 } };
	int rc = -1;

	if (arguments_parse(argc, argv, &run.a, e) != 0)
		return -1;
	if ((open_all(&run, e) == 0) && (shut_in(&run, e) == 0))
		rc = judge_all(&run, e);
	*exit_code = run.exit_code;
	close_all(&run);
	return rc;
}

const struct verb verb_package = {
	"package", run_package,
	"  package PATH...       judge sealed evidence packages; the word may be left\n"
	"                        out.  PATH is a NAME.tar.zst or NAME.tar, or the\n"
	"                        folder NAME it was unpacked into; NAME.custody and\n"
	"                        NAME.tar.zst.sha256 beside it are read as well.\n"
	"                        Packages of one group are judged together, too\n"
	"    --trust KEY.pub     a public key you have from its owner, not from the\n"
	"                        package; may be repeated (default: none, so that\n"
	"                        authenticity stays undecided)\n"
	"    --trust-file F      whose key or certificate may sign in which role,\n"
	"                        from when to when, and how many must (JSON,\n"
	"                        azcustody/trust/1)\n"
	"    --ca ROOTS          certificates that those who sign with one must\n"
	"                        descend from, PEM or DER; may be repeated\n"
	"    --tsa-ca ROOTS      the same for time-stamping authorities\n"
	"    --crl FILE          revocation lists or OCSP answers; may be repeated\n"
	"    --expect-sha256 HEX the SHA-256 the one file must have\n"
	"    --require LIST      of time, custody, all: these must pass as well; and\n"
	"                        revocation: a certificate of which nothing says\n"
	"                        whether it is revoked will not do (default: none)\n"
	"    --json              findings and verdicts as JSON, one object a line\n"
	"    --extract DIR       unpack into the new folder DIR/NAME, if the package\n"
	"                        is intact and nothing fails\n"
	"    --names WHICH       stored: each file as it is called in the package\n"
	"                        (default); true: as the service called it, below\n"
	"                        data/SOURCE/, where no system takes that for\n"
	"                        another file; those that stay stored are named\n"
	"    --salvage DIR       write the payload members that are provably intact\n"
	"                        into the new folder DIR/NAME\n"
	"    --receipt FILE      a head receipt for the ledger of the one package,\n"
	"                        its signatures beside it; may be repeated\n"
	"    --identity F        the keys to an encrypted package NAME.age, as "
	"age\n"
	"                        makes them: a file, - or fd:N\n"
	"    --scratch DIR       where it is decrypted to, into a file without a\n"
	"                        name (default: the folder it is in)\n"
	"    --secrets FILE      look for account keys, signatures, and tokens in the\n"
	"                        payload, count them, and write the objects that hold\n"
	"                        some to the new file FILE, the list for\n"
	"                        azcustody-ledger disclose --exclude-secrets\n"
	"    --jobs N            threads for decompressing, hashing, and parsing beside\n"
	"                        the one that judges, 1 to 8 (default: one a\n"
	"                        processor); what is found does not depend on it\n"
};
