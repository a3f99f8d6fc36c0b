/* Reading the files of a disclosure (disclosure_parts.h). */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/io.h"

#include "verify/disclosure_parts.h"

#define COUNT_DEPTH_MAX 3 /* Folders in folders. */

void
disclosure_find(struct disclosure_check * c, bool is_wrong, const char * code,
    const char * file, const char * fmt, ...)
{
	char why[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	if (is_wrong)
		c->r->wrong++;
	else
		c->r->undecided++;
	if (c->r->wrong + c->r->undecided <= DISCLOSURE_REPORT_MAX)
		c->report(c->context, is_wrong, code, file, why);
}

/* As find, unless ${why} is about us or the machine. */
void
disclosure_find_err(struct disclosure_check * c, const char * code,
    const char * file, const struct err * why)
{
	if ((why->kind == ERR_SYSTEM) || (why->kind == ERR_BUG)) {
		c->is_failed = true;
		err_set(c->e, why->kind, NULL, "%s", why->text);
		return;
	}
	disclosure_find(c, true, code, file, "%s", why->text);
}

/* Open the file ${path} below the folder; no part of it may be a link. */
static int
open_file(struct disclosure_check * c, const char * path, struct err * why)
{
	struct io_facts facts;
	int fd;

	if (io_open_below(c->dir, path, &fd, &facts, why) == 0)
		err_set(why, ERR_NOINPUT, NULL, "it is not here");
	return fd;
}

int
disclosure_load(struct disclosure_check * c, const char * path, size_t max,
    struct buf * out)
{
	struct err why;
	int64_t size = 0;
	int rc = -1;
	int fd;

	err_init(&why);
	fd = open_file(c, path, &why);
	if ((fd < 0) || (io_size(fd, &size, &why) != 0))
		goto out;
	if ((uint64_t)size > max) {
		err_set(&why, ERR_LIMIT, NULL, "it is too large");
		goto out;
	}
	if ((buf_reserve(out, (size_t)size + 1, &why) != 0) ||
	    (io_read_at(fd, out->bytes, (size_t)size, 0, &why) != size))
		goto out;
	out->len = (size_t)size;
	out->bytes[size] = '\0';
	rc = 0;

out:
	if (rc != 0)
		disclosure_find_err(c, "file", path, &why);
	io_drop(fd);
	return rc;
}

/* Hash the file ${path}.  Return its size, or -1 and it is reported. */
int64_t
disclosure_hash(struct disclosure_check * c, const char * path,
    uint8_t sha256[DIGEST_SHA256_LEN])
{
	struct err why;
	int64_t at = 0;
	ssize_t n = -1;
	int fd;

	err_init(&why);
	fd = open_file(c, path, &why);
	digest_restart(c->d);
	while (fd >= 0) {
		n = io_read_at(fd, c->block, DISCLOSURE_BLOCK, at, &why);
		if (n <= 0)
			break;
		digest_update(c->d, c->block, (size_t)n);
		at += n;
	}
	io_drop(fd);
	if (n < 0) {
		disclosure_find_err(c, "file", path, &why);
		return -1;
	}
	digest_finish(c->d, sha256);
	return at;
}

int
disclosure_open_text(struct disclosure_check * c, struct disclosure_text * f,
    const char * name, size_t max)
{
	struct err why;

	err_init(&why);
	memset(f, 0, sizeof(*f));
	f->name = name;
	lines_start(&f->lines, max);
	f->fd = open_file(c, name, &why);
	f->block = malloc(DISCLOSURE_BLOCK);
	if (f->block == NULL)
		err_set(&why, ERR_SYSTEM, NULL, "out of memory");
	if ((f->fd >= 0) && (f->block != NULL))
		return 0;
	disclosure_find_err(c, "file", name, &why);
	return -1;
}

void
disclosure_close_text(struct disclosure_text * f)
{
	io_drop(f->fd);
	free(f->block);
	lines_free(&f->lines);
}

/* As lines_next over the whole file; -1 is reported. */
int
disclosure_next_line(struct disclosure_check * c, struct disclosure_text * f,
    const uint8_t ** line, size_t * len)
{
	struct err why;
	ssize_t n;
	int rc;

	err_init(&why);
	for (;;) {
		rc = lines_next(&f->lines, &f->bytes, &f->len, line, len, &why);
		if (rc != 0)
			break;
		n = io_read_at(f->fd, f->block, DISCLOSURE_BLOCK, f->at, &why);
		if (n == 0) {
			rc = (lines_finish(&f->lines, &why) == 0) ? 0 : -1;
			break;
		}
		if (n < 0) {
			rc = -1;
			break;
		}
		f->at += n;
		f->bytes = f->block;
		f->len = (size_t)n;
	}
	if (rc < 0)
		disclosure_find_err(c, "lines", f->name, &why);
	return rc;
}

/* Count all files below the folder ${name} of ${dir}; -1 if it cannot be. */
static int64_t
count_files(int dir, const char * name, int depth)
{
	struct io_list * list = NULL;
	struct io_facts facts;
	struct err ignored;
	int64_t n = 0;
	int rc = -1;

	err_init(&ignored);
	if (depth <= COUNT_DEPTH_MAX)
		list = io_list_open(dir, name, &ignored);
	while (list != NULL) {
		int64_t here = 1;

		rc = io_list_next(list, &name, &ignored);
		if (rc != 1)
			break;
		dir = io_list_dir(list);
		rc = io_find(dir, name, &facts, &ignored);
		if ((rc == 1) && (facts.sort == IO_FOLDER))
			here = count_files(dir, name, depth + 1);
		if ((rc < 0) || (here < 0)) {
			rc = -1;
			break;
		}
		n += here;
	}
	io_list_close(list);
	return (rc == 0) ? n : -1;
}

/* Nothing may be in the folder but what was judged. */
void
disclosure_check_strays(struct disclosure_check * c)
{
	/* The tag manifest, disclosure.json, and its signatures. */
	int64_t want = c->files + 2 + (int64_t)c->disclosure.n_signers;
	int64_t have = count_files(c->dir, ".", 0);

	if (have != want)
		disclosure_find(c, true, "stray", "",
		    "%lld files are here, and %lld belong here",
		    (long long)have, (long long)want);
}
