/* io.h on Linux.  RENAME_NOREPLACE and O_TMPFILE are GNU extensions. */
#define _GNU_SOURCE

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "evidence/io.h"

static_assert(IO_PATH == AT_FDCWD, "io.h");

struct io_list {
	DIR * dir;
	int fd; /* Of it. */
};

static void
set_facts(struct io_facts * facts, const struct stat * st)
{
	facts->sort = S_ISREG(st->st_mode) ? IO_FILE
	    : S_ISDIR(st->st_mode)         ? IO_FOLDER
	    : S_ISLNK(st->st_mode)         ? IO_LINK
					   : IO_OTHER;
	facts->is_open_to_others = (st->st_mode & (S_IRWXG | S_IRWXO)) != 0;
	facts->size = st->st_size;
	facts->modified_s = st->st_mtim.tv_sec;
	facts->modified_ns = st->st_mtim.tv_nsec;
	facts->device = st->st_dev;
	facts->number = st->st_ino;
}

const char *
io_path_last(const char * path)
{
	const char * slash = strrchr(path, '/');

	return (slash == NULL) ? path : slash + 1;
}

int
io_open_dir(const char * path, struct err * e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		err_set_errno(e, errno, "%s", path);
	return fd;
}

int
io_enter(int dir, const char * name, struct err * e)
{
	int fd =
	    openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		err_set_errno(e, errno, "%s", name);
	return fd;
}

int
io_make_dir(int dir, const char * name, struct err * e)
{
	if (mkdirat(dir, name, 0700) != 0) {
		err_set_errno(e, errno, "making the folder %s", name);
		return -1;
	}
	return io_enter(dir, name, e);
}

int
io_reach_dir(int dir, const char * name, struct err * e)
{
	if ((mkdirat(dir, name, 0700) != 0) && (errno != EEXIST)) {
		err_set_errno(e, errno, "making the folder %s", name);
		return -1;
	}
	return io_enter(dir, name, e);
}

int
io_create_unnamed(int dir, struct err * e)
{
	int fd =
	    openat(dir, ".", O_RDWR | O_TMPFILE | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		err_set_errno(e, errno, "making a file without a name");
	return fd;
}

int
io_create(int dir, const char * name, mode_t mode, struct err * e)
{
	int fd = openat(dir, name,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd < 0)
		err_set_errno(e, errno, "making %s", name);
	return fd;
}

/* Open ${name}, with what it is in ${facts}; never wait for it. */
static int
open_facts(int dir, const char * name, int flags, struct io_facts * facts,
    struct err * e)
{
	int fd = openat(dir, name, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0) {
		err_set_errno(e, errno, "%s", name);
		return -1;
	}
	if (io_look(fd, facts, e) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

/* Open ${name} and refuse what is no regular file. */
static int
open_regular(int dir, const char * name, int flags, struct err * e)
{
	struct io_facts facts;
	int fd = open_facts(dir, name, flags, &facts, e);

	if ((fd < 0) || (facts.sort == IO_FILE))
		return fd;
	err_set(e, ERR_NOINPUT, NULL, "%s: not a regular file", name);
	(void)close(fd);
	return -1;
}

int
io_open_any(const char * path, struct io_facts * facts, struct err * e)
{
	int fd = open_facts(IO_PATH, path, O_RDONLY, facts, e);

	if ((fd < 0) || (facts->sort == IO_FILE) || (facts->sort == IO_FOLDER))
		return fd;
	err_set(e, ERR_NOINPUT, NULL, "%s: not a regular file", path);
	(void)close(fd);
	return -1;
}

int
io_open_read(int dir, const char * name, struct err * e)
{
	return open_regular(
	    dir, name, O_RDONLY | ((dir == IO_PATH) ? 0 : O_NOFOLLOW), e);
}

int
io_open_write(int dir, const char * name, struct err * e)
{
	return open_regular(dir, name, O_RDWR | O_NOFOLLOW, e);
}

int
io_look(int fd, struct io_facts * facts, struct err * e)
{
	struct stat st;

	if (fstat(fd, &st) != 0) {
		err_set_errno(e, errno, "looking at an open file");
		return -1;
	}
	set_facts(facts, &st);
	return 0;
}

int
io_find(int dir, const char * name, struct io_facts * facts, struct err * e)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		set_facts(facts, &st);
		return 1;
	}
	if (errno == ENOENT)
		return 0;
	err_set_errno(e, errno, "%s", name);
	return -1;
}

struct io_list *
io_list_open(int dir, const char * name, struct err * e)
{
	struct io_list * list = calloc(1, sizeof(*list));

	if (list == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	/* Opened anew, so that the position is this list's own. */
	list->fd = io_enter(dir, name, e);
	if (list->fd < 0)
		goto fail;
	list->dir = fdopendir(list->fd);
	if (list->dir == NULL) {
		err_set_errno(e, errno, "listing the folder %s", name);
		(void)close(list->fd);
		goto fail;
	}
	return list;

fail:
	free(list);
	return NULL;
}

int
io_list_next(struct io_list * list, const char ** name, struct err * e)
{
	const struct dirent * entry;

	do {
		errno = 0;
		entry = readdir(list->dir);
		if ((entry == NULL) && (errno != 0)) {
			err_set_errno(e, errno, "listing a folder");
			return -1;
		}
		if (entry == NULL)
			return 0;
	} while ((strcmp(entry->d_name, ".") == 0) ||
	    (strcmp(entry->d_name, "..") == 0));
	*name = entry->d_name;
	return 1;
}

int
io_list_dir(const struct io_list * list)
{
	return list->fd;
}

void
io_list_close(struct io_list * list)
{
	if (list == NULL)
		return;
	(void)closedir(list->dir);
	free(list);
}

int
io_write_all(int fd, const void * bytes, size_t len, struct err * e)
{
	const uint8_t * p = bytes;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if ((n < 0) && (errno == EINTR))
			continue;
		if (n < 0) {
			err_set_errno(e, errno, "writing");
			return -1;
		}
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

ssize_t
io_read_at(int fd, void * bytes, size_t len, int64_t offset, struct err * e)
{
	uint8_t * p = bytes;
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(
		    fd, p + done, len - done, (off_t)offset + (off_t)done);

		if ((n < 0) && (errno == EINTR))
			continue;
		if (n < 0) {
			err_set_errno(e, errno, "reading");
			return -1;
		}
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int
io_truncate(int fd, int64_t size, struct err * e)
{
	int64_t now;

	if (io_size(fd, &now, e) != 0)
		return -1;
	if (now < size) {
		err_set(e, ERR_INPUT, NULL,
		    "a file has %lld bytes where %lld were made durable",
		    (long long)now, (long long)size);
		return -1;
	}
	if ((ftruncate(fd, (off_t)size) != 0) ||
	    (lseek(fd, (off_t)size, SEEK_SET) < 0)) {
		err_set_errno(e, errno, "cutting a file");
		return -1;
	}
	return 0;
}

int
io_sync(int fd, struct err * e)
{
	if (fsync(fd) != 0) {
		err_set_errno(e, errno, "making data durable");
		return -1;
	}
	return 0;
}

int
io_make_read_only(int fd, struct err * e)
{
	if (fchmod(fd, 0400) != 0) {
		err_set_errno(e, errno, "making a file read-only");
		return -1;
	}
	return 0;
}

void
io_remove(int dir, const char * name)
{
	(void)unlinkat(dir, name, 0);
}

int
io_close(int fd, struct err * e)
{
	/* On Linux the descriptor is gone even after EINTR. */
	if ((close(fd) != 0) && (errno != EINTR)) {
		err_set_errno(e, errno, "closing a file");
		return -1;
	}
	return 0;
}

void
io_drop(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}

int
io_rename_new(int from_dir, const char * from, int to_dir, const char * to,
    struct err * e)
{
	if (renameat2(from_dir, from, to_dir, to, RENAME_NOREPLACE) != 0) {
		if (errno == EEXIST)
			err_set(e, ERR_USAGE,
			    "nothing is ever overwritten: move it away",
			    "%s is there already", to);
		else
			err_set_errno(e, errno, "renaming %s to %s", from, to);
		return -1;
	}
	if (io_sync(to_dir, e) != 0)
		return -1;
	if ((from_dir != to_dir) && (io_sync(from_dir, e) != 0))
		return -1;
	return 0;
}

int
io_free_space(int dir, int64_t * bytes, struct err * e)
{
	struct statvfs vfs;

	if (fstatvfs(dir, &vfs) != 0) {
		err_set_errno(e, errno, "asking for free space");
		return -1;
	}
	if (vfs.f_bavail > (uint64_t)INT64_MAX / vfs.f_frsize)
		*bytes = INT64_MAX;
	else
		*bytes = (int64_t)(vfs.f_bavail * vfs.f_frsize);
	return 0;
}
