/*
 * The verb form: the custody ledger as a sheet that can be printed and signed.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/package_check.h"
#include "evidence/package_read.h"
#include "evidence/words.h"

#include "ledger/form_parts.h"
#include "ledger/place.h"
#include "ledger/verb.h"

enum form_word {
	WORD_LEDGER = TRUST_WORDS,
	WORD_OUT
};

static const struct word words[] = {
	TRUST_WORD_LIST,
	{ "ledger", true, false },
	{ "out", true, false },
	{ NULL, false, false },
};

struct forming {
	struct trust * trust;
	struct trust_word trusted[TRUST_WORDS_MAX];
	size_t n_trusted;
	const char * path;
	const char * folder; /* The ledger, if it is said. */
	const char * out;

	int fd; /* The package; -1: none. */
	int dir;
	struct ledger * ledger;
	struct ledger_verdict verdict;
	struct package_result result;
	struct case_file case_file;
	bool has_case;
	struct buf clock;
};

static int
take_trust(struct forming * x, int word, const char * path, struct err * e)
{
	if (x->n_trusted == TRUST_WORDS_MAX)
		return words_refuse(e, "too many things to trust: ", path);
	x->trusted[x->n_trusted].word = words[word].name;
	x->trusted[x->n_trusted++].path = path;
	return trust_take(x->trust, word, path, e);
}

static int
take(void * context, int word, const char * value, struct err * e)
{
	struct forming * x = context;

	if (word == WORDS_OPERAND) {
		if (x->path != NULL)
			return words_refuse(
			    e, "one package or ledger, not also ", value);
		x->path = value;
		return 0;
	}
	if (word < TRUST_WORDS)
		return take_trust(x, word, value, e);
	if (word == WORD_LEDGER)
		x->folder = value;
	else
		x->out = value;
	return 0;
}

/* Read meta/case.json, which was proved, where the package has it. */
static int
load_case(struct forming * x, struct err * e)
{
	struct package_read * r =
	    package_read_open_place(x->fd, &x->result.index.case_file, e);
	struct package_item item;
	struct buf text = { 0 };
	const uint8_t * bytes;
	int64_t n = 0;
	int rc = -1;

	if ((r == NULL) || (package_read_next(r, &item, e) != 1))
		goto out;
	while (text.len <= CASE_FILE_MAX) {
		n = package_read_data(r, &bytes, e);
		if (n <= 0)
			break;
		if (buf_add(&text, bytes, (size_t)n, e) != 0)
			goto out;
	}
	if ((n < 0) ||
	    (case_file_parse(text.bytes, text.len, &x->case_file, e) != 0))
		goto out;
	x->has_case = true;
	rc = 0;

out:
	buf_free(&text);
	package_read_close(r);
	return rc;
}

/* Judge the package in full; only what is intact is quoted. */
static int
judge_package(struct forming * x, struct err * e)
{
	struct package_check_options options = { .trust = x->trust };

	if (package_check(x->fd, &options, &x->result, e) != 0)
		return -1;
	return x->result.has_index ? load_case(x, e) : 0;
}

static int
load_ledger(struct forming * x, struct err * e)
{
	struct buf folder = { 0 };
	const char * said =
	    ((x->folder == NULL) && (x->fd < 0)) ? x->path : x->folder;
	int rc = place_name_ledger(x->path, said, &folder, e);

	if (rc == 0)
		x->dir = io_open_dir(buf_text(&folder), e);
	if (x->dir >= 0)
		x->ledger = ledger_load(x->dir, e);
	if ((x->ledger != NULL) && (x->ledger->n_entries == 0))
		err_set(e, ERR_INPUT, NULL, "it holds no entry");
	if (e->kind != ERR_NONE) {
		err_in(e, "%s", buf_text(&folder));
		rc = -1;
	}
	buf_free(&folder);
	return rc;
}

static int
judge_ledger(struct forming * x, struct err * e)
{
	struct ledger_expect expect = { .trust = x->trust };

	if (x->fd >= 0) {
		if (x->result.is_sealed) {
			expect.package = x->result.package;
			expect.seal_sha256 = x->result.seal_sha256;
		}
		if (x->result.has_archive_digest) {
			expect.archive_sha256 = x->result.archive_sha256;
			expect.archive_size = x->result.archive_bytes;
		}
	}
	return ledger_judge(x->ledger, &expect, NULL, 0, &x->verdict, e);
}

/* Put the page where it was asked for. */
static int
save(const struct forming * x, const struct buf * page, struct err * e)
{
	const char * slash;
	struct buf folder = { 0 };
	int dir = -1;
	int rc = -1;

	if (x->out == NULL)
		return io_write_all(STDOUT_FILENO, page->bytes, page->len, e);
	slash = strrchr(x->out, '/');
	rc = (slash == NULL)
	    ? buf_add_text(&folder, ".", e)
	    : buf_add(&folder, x->out, (size_t)(slash - x->out) + 1, e);
	if (rc == 0)
		dir = io_open_dir(buf_text(&folder), e);
	buf_free(&folder);
	if (dir < 0)
		return -1;
	rc = io_save_new(dir, (slash == NULL) ? x->out : slash + 1, page->bytes,
	    page->len, 0644, e);
	(void)close(dir);
	return rc;
}

static int
form(struct forming * x, struct err * e)
{
	struct form f = { .path = x->path,
		.verdict = &x->verdict,
		.trust = x->trust,
		.trusted = x->trusted,
		.n_trusted = x->n_trusted,
		.made_at = clock_now() };
	struct buf page = { 0 };
	int rc = -1;

	if (place_is_package(x->path)) {
		x->fd = io_open_read(IO_PATH, x->path, e);
		if ((x->fd < 0) || (judge_package(x, e) != 0)) {
			err_in(e, "%s", x->path);
			return -1;
		}
		f.package = &x->result;
		f.case_file = x->has_case ? &x->case_file : NULL;
	}
	if ((load_ledger(x, e) != 0) || (judge_ledger(x, e) != 0) ||
	    (place_describe_clock(&x->clock, e) != 0))
		return -1;
	f.ledger = x->ledger;
	f.clock = buf_text(&x->clock);
	if (form_write(&f, &page, e) == 0)
		rc = save(x, &page, e);
	buf_free(&page);
	return rc;
}

static int
run(int argc, char ** argv, struct err * e)
{
	struct forming * x = calloc(1, sizeof(*x));
	int rc = -1;

	if (x == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	x->fd = x->dir = -1;
	x->trust = trust_new(e);
	if ((x->trust != NULL) &&
	    (words_parse(argc, argv, words, take, x, e) == 0)) {
		if (x->path == NULL)
			rc = words_refuse(
			    e, "no package or ledger was named", "");
		else
			rc = form(x, e);
	}
	if (x->has_case)
		case_file_free(&x->case_file);
	ledger_verdict_free(&x->verdict);
	ledger_free(x->ledger);
	buf_free(&x->clock);
	trust_free(x->trust);
	if (x->fd >= 0)
		(void)close(x->fd);
	if (x->dir >= 0)
		(void)close(x->dir);
	free(x);
	return rc;
}

const struct verb verb_form = { "form", run,
	"  form PACKAGE|LEDGER   the ledger as a chain-of-custody form to print "
	"and\n"
	"                        sign: one HTML page for A4, with what could "
	"and\n"
	"                        could not be verified\n"
	"    --out FILE          where to write it (default: standard output)\n"
	"    --trust KEY.pub     a public key you have from its owner; may be\n"
	"                        repeated\n"
	"    --trust-file F, --ca ROOTS, --tsa-ca ROOTS, --crl FILE\n"
	"                        as azcustody-verify takes them\n"
	"    --ledger DIR        the ledger (default: NAME.custody beside the\n"
	"                        package)\n",
	false };
