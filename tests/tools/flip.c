/*
 * flip: judge a package with one bit flipped, for every byte of it.
 *
 *	flip PACKAGE [--trust KEY.pub] [--ledger DIR] [--bits 1|8] [--part I/N]
 *	     [--from AT] [--cut] [--scratch DIR]
 *
 * Each altered copy must be judged 1, with a finding that says why.  Without a
 * ledger a flip may go unnoticed only if not one byte of what the frames hold
 * has changed; those are listed.  --cut: judge the package cut to every length
 * instead.  --part takes every N-th byte, from I on; --from begins at byte AT.
 * The last line counts what was judged.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/frames_read.h"
#include "evidence/io.h"
#include "evidence/package_check.h"
#include "evidence/process.h"
#include "evidence/tar.h"

struct flip {
	struct buf bytes;
	int fd; /* The copy that is altered. */
	struct trust * trust;
	int ledger;
	int bits;
	long part, parts;
	size_t from;
	int is_cutting;
	uint8_t content[DIGEST_SHA256_LEN]; /* Of the intact stream. */
	long judged, unnoticed, bad;
	long failed[PACKAGE_QUESTIONS];
};

static void
listen_to(void * context, const struct package_finding * f)
{
	int * reasons = context;

	if ((f->weight == PACKAGE_FAIL) && (f->text[0] != '\0'))
		(*reasons)++;
}

/* Digest of what all frames hold; -1 if they cannot be read. */
static int
read_content(struct flip * f, uint8_t sha256[DIGEST_SHA256_LEN])
{
	struct err e;
	struct frames_frame frame;
	struct frames_read * r = NULL;
	struct digest * d = NULL;
	int rc = -1;

	err_init(&e);
	d = digest_new(DIGEST_SHA256, &e);
	r = frames_read_open(f->fd, 0, &e);
	if ((d == NULL) || (r == NULL))
		goto out;
	for (;;) {
		rc = frames_read_next(r, &frame, &e);
		if (rc != 1)
			break;
		digest_update(d, frame.bytes, frame.len);
	}
	digest_finish(d, sha256);

out:
	digest_free(d);
	frames_read_close(r);
	return rc;
}

/* Judge the copy as it is now.  Return the exit code, -1 for none. */
static int
judge(struct flip * f, int * reasons)
{
	struct package_result result;
	struct package_check_options options = { .trust = f->trust,
		.has_ledger = (f->ledger >= 0),
		.ledger_dir = f->ledger,
		.threads = -1,
		.report = listen_to,
		.context = reasons };
	struct err e;

	err_init(&e);
	*reasons = 0;
	if (package_check(f->fd, &options, &result, &e) != 0) {
		(void)printf("# not judged: %s\n", e.text);
		return -1;
	}
	for (int i = 0; i < PACKAGE_QUESTIONS; i++)
		if (result.verdict[i] == PACKAGE_FAIL)
			f->failed[i]++;
	return package_exit_code(&result, 0);
}

/* Judge one altered copy. */
static void
judge_altered(struct flip * f, const char * what, size_t at, int bit)
{
	uint8_t content[DIGEST_SHA256_LEN];
	int reasons;
	int code = judge(f, &reasons);

	f->judged++;
	if ((code == 1) && (reasons > 0))
		return;
	if (((code == 0) || (code == 2)) && (f->ledger < 0) && !f->is_cutting &&
	    (read_content(f, content) == 0) &&
	    (memcmp(content, f->content, sizeof(content)) == 0)) {
		f->unnoticed++;
		(void)printf(
		    "# %s %zu bit %d: not noticed, and no content changed\n",
		    what, at, bit);
		return;
	}
	f->bad++;
	(void)printf("# %s %zu bit %d: exit %d, %d reasons\n", what, at, bit,
	    code, reasons);
}

static int
flip_all(struct flip * f, struct err * e)
{
	for (size_t at = f->from + (size_t)f->part; at < f->bytes.len;
	     at += (size_t)f->parts) {
		for (int bit = 0; bit < f->bits; bit++) {
			int which = (f->bits == 8) ? bit : (int)(at * 5 % 8);
			uint8_t byte =
			    (uint8_t)(f->bytes.bytes[at] ^ (1 << which));

			if (pwrite(f->fd, &byte, 1, (off_t)at) != 1)
				goto fail;
			judge_altered(f, "byte", at, which);
		}
		if (pwrite(f->fd, f->bytes.bytes + at, 1, (off_t)at) != 1)
			goto fail;
	}
	return 0;

fail:
	err_set(e, ERR_SYSTEM, NULL, "writing the copy failed");
	return -1;
}

static int
cut_all(struct flip * f, struct err * e)
{
	for (long len = (long)f->bytes.len - 1 - f->part; len >= 0;
	     len -= f->parts) {
		if (ftruncate(f->fd, (off_t)len) != 0) {
			err_set(e, ERR_SYSTEM, NULL, "cutting the copy failed");
			return -1;
		}
		judge_altered(f, "length", (size_t)len, 0);
	}
	return 0;
}

/* Load the package and make the copy. */
static int
load(struct flip * f, const char * path, const char * scratch, struct err * e)
{
	char name[256];
	int reasons, code;

	(void)snprintf(name, sizeof(name), "%s/flip.XXXXXX", scratch);
	f->fd = mkstemp(name);
	if (f->fd < 0) {
		err_set(e, ERR_SYSTEM, NULL, "no copy can be made");
		return -1;
	}
	(void)unlink(name);
	if ((io_load(IO_PATH, path, (size_t)64 << 20, &f->bytes, e) != 0) ||
	    (io_write_all(f->fd, f->bytes.bytes, f->bytes.len, e) != 0))
		return -1;
	code = judge(f, &reasons);
	(void)printf("# intact: exit %d, %zu bytes\n", code, f->bytes.len);
	memset(f->failed, 0, sizeof(f->failed));
	if ((code == 1) || (code < 0) || (read_content(f, f->content) != 0)) {
		err_set(e, ERR_INPUT, NULL, "the package is not intact");
		return -1;
	}
	return 0;
}

static int
parse(struct flip * f, int argc, char ** argv, const char ** scratch,
    struct err * e)
{
	static const struct option names[] = { { "trust", 1, NULL, 't' },
		{ "ledger", 1, NULL, 'l' }, { "bits", 1, NULL, 'b' },
		{ "part", 1, NULL, 'p' }, { "cut", 0, NULL, 'c' },
		{ "from", 1, NULL, 'f' }, { "scratch", 1, NULL, 's' },
		{ NULL, 0, NULL, 0 } };
	int c;

	for (;;) {
		c = getopt_long(argc, argv, "", names, NULL);
		if (c == -1)
			break;
		if ((c == 't') && (trust_add_file(f->trust, optarg, e) != 0))
			return -1;
		if (c == 'l')
			f->ledger = io_open_dir(optarg, e);
		if ((c == 'l') && (f->ledger < 0))
			return -1;
		if (c == 'b')
			f->bits = (int)strtol(optarg, NULL, 10);
		if (c == 'c')
			f->is_cutting = 1;
		if (c == 'f')
			f->from = strtoul(optarg, NULL, 10);
		if (c == 's')
			*scratch = optarg;
		if (c == 'p') {
			char * end;

			f->part = strtol(optarg, &end, 10);
			f->parts = strtol(end + 1, NULL, 10);
		}
		if (c == '?')
			return -1;
	}
	return ((optind + 1 == argc) && (f->parts > 0)) ? 0 : -1;
}

int
main(int argc, char ** argv)
{
	struct flip f = { .fd = -1, .ledger = -1, .bits = 1, .parts = 1 };
	const char * scratch = "/tmp";
	struct err e;

	err_init(&e);
	if ((process_start(&e) != 0) || (tar_start(&e) != 0))
		goto out;
	f.trust = trust_new(&e);
	if ((f.trust == NULL) || (parse(&f, argc, argv, &scratch, &e) != 0)) {
		err_set(&e, ERR_USAGE, NULL, "wrong arguments");
		goto out;
	}
	if (load(&f, argv[optind], scratch, &e) != 0)
		goto out;
	if ((f.is_cutting ? cut_all(&f, &e) : flip_all(&f, &e)) != 0)
		goto out;
	(void)printf("# failed: integrity %ld, authenticity %ld, completeness "
		     "%ld, custody %ld\n",
	    f.failed[0], f.failed[1], f.failed[2], f.failed[3]);
	(void)printf("judged %ld, unnoticed %ld, wrong %ld\n", f.judged,
	    f.unnoticed, f.bad);

out:
	buf_free(&f.bytes);
	trust_free(f.trust);
	if (e.kind != ERR_NONE)
		err_print("flip", &e);
	return (e.kind == ERR_NONE) ? ((f.bad == 0) ? 0 : 1)
				    : err_exit_code(e.kind);
}
