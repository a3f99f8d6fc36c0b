#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/io.h"

#include "verify/subject.h"

#define CHECKSUM_MAX 4096

/* Length of ${path} without .tar, .tar.zst, or the slash of a folder. */
static size_t
stem_len(const char * path)
{
	static const char * const ends[] = { ".tar.zst", ".tar", "/" };
	size_t len = strlen(path);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i]);

		if ((len > n) && (strcmp(path + len - n, ends[i]) == 0))
			return len - n;
	}
	return len;
}

/* Open the ledger, if there is one. */
static int
open_ledger(struct subject * s, struct err * e)
{
	struct buf path = { 0 };
	struct stat st;
	int rc = -1;

	if ((buf_add(&path, s->path, stem_len(s->path), e) != 0) ||
	    (buf_add_text(&path, ".custody", e) != 0))
		goto out;
	if ((lstat(buf_text(&path), &st) != 0) && (errno == ENOENT)) {
		rc = 0;
		goto out;
	}
	s->ledger = io_open_dir(buf_text(&path), e);
	rc = (s->ledger < 0) ? -1 : 0;

out:
	buf_free(&path);
	return rc;
}

/* Load the checksum file, if there is one. */
static int
load_checksum(struct subject * s, struct err * e)
{
	struct buf path = { 0 };
	struct stat st;
	int rc = -1;

	if ((buf_add_text(&path, s->path, e) != 0) ||
	    (buf_add_text(&path, ".sha256", e) != 0))
		goto out;
	if ((lstat(buf_text(&path), &st) != 0) && (errno == ENOENT)) {
		rc = 0;
		goto out;
	}
	s->has_checksum = true;
	rc = io_load(AT_FDCWD, buf_text(&path), CHECKSUM_MAX, &s->checksum, e);

out:
	buf_free(&path);
	return rc;
}

int
subject_open(struct subject * s, const char * path, struct err * e)
{
	struct stat st;

	memset(s, 0, sizeof(*s));
	s->path = path;
	s->ledger = -1;
	s->out = -1;
	s->fd = -1;
	if ((stat(path, &st) == 0) && S_ISDIR(st.st_mode)) {
		s->is_folder = true;
		s->fd = io_open_dir(path, e);
	} else {
		s->fd = io_open_read(AT_FDCWD, path, e);
	}
	if ((s->fd < 0) || (open_ledger(s, e) != 0))
		return -1;
	return s->is_folder ? 0 : load_checksum(s, e);
}

void
subject_close(struct subject * s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	if (s->ledger >= 0)
		(void)close(s->ledger);
	if (s->out >= 0)
		(void)close(s->out);
	buf_free(&s->checksum);
	s->fd = -1;
	s->ledger = -1;
	s->out = -1;
}
