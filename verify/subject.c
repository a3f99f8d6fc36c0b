#include <string.h>

#include "evidence/io.h"

#include "verify/subject.h"

#define CHECKSUM_MAX 4096

/* Length of ${s}'s path without the .age of an encrypted file. */
static size_t
file_len(const struct subject * s)
{
	size_t len = strlen(s->path);

	if (s->is_encrypted && (len > 4) &&
	    (strcmp(s->path + len - 4, ".age") == 0))
		return len - 4;
	return len;
}

/* Length of the path without .tar, .tar.zst, or the slash of a folder. */
static size_t
stem_len(const struct subject * s)
{
	static const char * const ends[] = { ".tar.zst", ".tar" };
	size_t len = file_len(s);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i]);

		if ((len > n) && (strncmp(s->path + len - n, ends[i], n) == 0))
			return len - n;
	}
	/* The separator behind a folder. */
	return ((len > 1) && (*io_path_last(s->path) == '\0')) ? len - 1 : len;
}

int
subject_ledger_path(const char * path, struct buf * out, struct err * e)
{
	const struct subject s = { .path = path, .is_encrypted = true };

	if (buf_add(out, path, stem_len(&s), e) != 0)
		return -1;
	return buf_add_text(out, ".custody", e);
}

/* Open the ledger, if there is one. */
static int
open_ledger(struct subject * s, struct err * e)
{
	struct buf path = { 0 };
	struct io_facts facts;
	int rc = -1;

	if ((buf_add(&path, s->path, stem_len(s), e) != 0) ||
	    (buf_add_text(&path, ".custody", e) != 0))
		goto out;
	rc = io_find(IO_PATH, buf_text(&path), &facts, e);
	if (rc != 1)
		goto out;
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
	struct io_facts facts;
	int rc = -1;

	if ((buf_add(&path, s->path, file_len(s), e) != 0) ||
	    (buf_add_text(&path, ".sha256", e) != 0))
		goto out;
	rc = io_find(IO_PATH, buf_text(&path), &facts, e);
	if (rc != 1)
		goto out;
	s->has_checksum = true;
	rc = io_load(IO_PATH, buf_text(&path), CHECKSUM_MAX, &s->checksum, e);

out:
	buf_free(&path);
	return rc;
}

/* Where the content of an encrypted file goes. */
static int
open_clear(struct subject * s, const char * scratch, struct err * e)
{
	const char * last;
	/* The folder the file is in, unless another is named. */
	int dir = (scratch == NULL) ? io_open_dir_of(s->path, &last, e)
				    : io_open_dir(scratch, e);

	if (dir >= 0)
		s->clear = io_create_unnamed(dir, e);
	if (s->clear < 0)
		err_in(e, "room for the decrypted package (--scratch DIR)");
	io_drop(dir);
	return (s->clear < 0) ? -1 : 0;
}

int
subject_open(
    struct subject * s, const char * path, const char * scratch, struct err * e)
{
	struct io_facts facts;

	memset(s, 0, sizeof(*s));
	s->path = path;
	s->ledger = -1;
	s->out = -1;
	s->clear = -1;
	s->fd = -1;
	s->fd = io_open_any(path, &facts, e);
	s->is_folder = (s->fd >= 0) && (facts.sort == IO_FOLDER);
	s->is_encrypted =
	    (s->fd >= 0) && !s->is_folder && age_is_encrypted(s->fd);
	if (s->is_encrypted && (open_clear(s, scratch, e) != 0))
		return -1;
	if ((s->fd < 0) || (open_ledger(s, e) != 0))
		return -1;
	return s->is_folder ? 0 : load_checksum(s, e);
}

int
subject_decrypt(const struct subject * s,
    const struct age_identities * identities, struct err * e)
{
	if (!s->is_encrypted)
		return s->fd;
	if (identities == NULL) {
		err_set(e, ERR_DENIED, "bring the key by --identity FILE",
		    "it is encrypted");
		return -1;
	}
	return (age_decrypt(s->fd, identities, s->clear, e) == 0) ? s->clear
								  : -1;
}

void
subject_close(struct subject * s)
{
	io_drop(s->fd);
	io_drop(s->ledger);
	io_drop(s->out);
	io_drop(s->clear);
	buf_free(&s->checksum);
	s->fd = -1;
	s->ledger = -1;
	s->out = -1;
	s->clear = -1;
}
