/* Reading the files of a disclosure (disclosure_parts.h). */
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/tar.h"

#include "verify/disclosure_parts.h"

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
	int dir = dup(c->dir);
	const char * base = path;
	int fd;

	while ((dir >= 0) && (strchr(base, '/') != NULL)) {
		size_t len = strcspn(base, "/");
		char part[TAR_PATH_MAX + 1];
		int next;

		(void)snprintf(part, sizeof(part), "%.*s", (int)len, base);
		next = openat(
		    dir, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		(void)close(dir);
		dir = next;
		base += len + 1;
	}
	if (dir < 0) {
		err_set(why, ERR_NOINPUT, NULL, "it is not here");
		return -1;
	}
	fd = io_open_read(dir, base, why);
	(void)close(dir);
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
	if (fd >= 0)
		(void)close(fd);
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
	if (fd >= 0)
		(void)close(fd);
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
	if (f->fd >= 0)
		(void)close(f->fd);
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

/* Count all files below ${fd}, which it closes; -1 for what may not be. */
static int64_t
count_files(int fd, int depth)
{
	DIR * list = fdopendir(fd);
	const struct dirent * one;
	int64_t n = 0;

	if (list == NULL) {
		(void)close(fd);
		return -1;
	}
	for (one = readdir(list); (one != NULL) && (n >= 0);
	     one = readdir(list)) {
		int64_t below;
		int next;

		if ((strcmp(one->d_name, ".") == 0) ||
		    (strcmp(one->d_name, "..") == 0))
			continue;
		next = openat(dirfd(list), one->d_name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0) {
			n++;
			continue;
		}
		below = (depth < 3) ? count_files(next, depth + 1) : -1;
		if (depth >= 3)
			(void)close(next);
		n = (below < 0) ? -1 : n + below;
	}
	(void)closedir(list);
	return n;
}

/* Nothing may be in the folder but what was judged. */
void
disclosure_check_strays(struct disclosure_check * c)
{
	/* The tag manifest, disclosure.json, and its signatures. */
	int64_t want = c->files + 2 + (int64_t)c->disclosure.n_signers;
	int fd = openat(c->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int64_t have = (fd < 0) ? -1 : count_files(fd, 0);

	if (have != want)
		disclosure_find(c, true, "stray", "",
		    "%lld files are here, and %lld belong here",
		    (long long)have, (long long)want);
}
