#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/text.h"

#include "ledger/folder.h"

int
folder_begin(struct folder * f, const char * path, struct err * e)
{
	const char * slash = strrchr(path, '/');
	const char * base = (slash == NULL) ? path : slash + 1;
	struct buf around = { 0 };
	struct stat st;
	int rc;

	memset(f, 0, sizeof(*f));
	f->around = f->dir = f->fd = -1;
	if ((base[0] == '\0') || (base[0] == '.') ||
	    (strlen(base) >= sizeof(f->name))) {
		err_set(e, ERR_USAGE, NULL, "%s is no name for a folder", path);
		return -1;
	}
	(void)snprintf(f->name, sizeof(f->name), "%s", base);
	(void)snprintf(f->temporary, sizeof(f->temporary), ".%s.new", f->name);
	rc = (slash == NULL)
	    ? buf_add_text(&around, ".", e)
	    : buf_add(&around, path, (size_t)(slash - path) + 1, e);
	if (rc == 0)
		f->around = io_open_dir(buf_text(&around), e);
	buf_free(&around);
	if (f->around < 0)
		return -1;
	if (fstatat(f->around, f->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		err_set(e, ERR_USAGE,
		    "nothing is ever overwritten: move it away",
		    "%s is there already", path);
		return -1;
	}
	f->digest = digest_new(DIGEST_SHA256, e);
	if (f->digest == NULL)
		return -1;
	f->dir = io_make_dir(f->around, f->temporary, e);
	return (f->dir < 0) ? -1 : 0;
}

/* Open the folder of ${path}, making what is missing; put its rest in base. */
static int
open_below(
    struct folder * f, const char * path, const char ** base, struct err * e)
{
	int dir = dup(f->dir);

	for (*base = path; (dir >= 0) && (strchr(*base, '/') != NULL);) {
		size_t len = strcspn(*base, "/");
		char part[160];
		int next;

		(void)snprintf(part, sizeof(part), "%.*s", (int)len, *base);
		if ((mkdirat(dir, part, 0700) != 0) && (errno != EEXIST)) {
			err_set_errno(e, errno, "%s", path);
			(void)close(dir);
			return -1;
		}
		next = openat(
		    dir, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		(void)close(dir);
		dir = next;
		*base += len + 1;
	}
	if (dir < 0)
		err_set_errno(e, errno, "%s", path);
	return dir;
}

int
folder_open(struct folder * f, const char * path, struct err * e)
{
	const char * base;
	int dir = open_below(f, path, &base, e);

	if (dir < 0)
		return -1;
	f->fd = io_create(dir, base, 0644, e);
	(void)close(dir);
	(void)snprintf(f->path, sizeof(f->path), "%s", path);
	f->size = 0;
	digest_restart(f->digest);
	return (f->fd < 0) ? -1 : 0;
}

int
folder_write(struct folder * f, const void * bytes, size_t len, struct err * e)
{
	digest_update(f->digest, bytes, len);
	f->size += (int64_t)len;
	return io_write_all(f->fd, bytes, len, e);
}

int
folder_close(struct folder * f, bool is_tag, struct err * e)
{
	char hex[DIGEST_SHA256_HEX];
	int rc = io_sync(f->fd, e);

	if (rc == 0)
		rc = io_close(f->fd, e);
	else
		(void)close(f->fd);
	f->fd = -1;
	if (rc != 0)
		return -1;
	digest_finish(f->digest, f->sha256);
	text_hex_encode(f->sha256, DIGEST_SHA256_LEN, hex);
	return is_tag ? buf_addf(&f->tags, e, "%s  %s\n", hex, f->path) : 0;
}

int
folder_put(struct folder * f, const char * path, const void * bytes, size_t len,
    bool is_tag, struct err * e)
{
	if ((folder_open(f, path, e) != 0) ||
	    (folder_write(f, bytes, len, e) != 0))
		return -1;
	return folder_close(f, is_tag, e);
}

int
folder_publish(struct folder * f, struct err * e)
{
	if (io_sync(f->dir, e) != 0)
		return -1;
	return io_rename_new(f->around, f->temporary, f->around, f->name, e);
}

void
folder_end(struct folder * f)
{
	buf_free(&f->tags);
	digest_free(f->digest);
	if (f->fd >= 0)
		(void)close(f->fd);
	if (f->dir >= 0)
		(void)close(f->dir);
	if (f->around >= 0)
		(void)close(f->around);
}
