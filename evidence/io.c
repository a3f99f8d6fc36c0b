/* RENAME_NOREPLACE and O_TMPFILE are GNU extensions; nothing else needs it. */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "evidence/io.h"

int
io_open_dir(const char * path, struct err * e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		err_set_errno(e, errno, "%s", path);
	return fd;
}

int
io_make_dir(int dir, const char * name, struct err * e)
{
	int fd;

	if (mkdirat(dir, name, 0700) != 0) {
		err_set_errno(e, errno, "making the folder %s", name);
		return -1;
	}
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		err_set_errno(e, errno, "%s", name);
	return fd;
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

/* Open ${name} and refuse what is no regular file. */
static int
open_regular(int dir, const char * name, int flags, struct err * e)
{
	struct stat st;
	int fd = openat(dir, name, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0) {
		err_set_errno(e, errno, "%s", name);
		return -1;
	}
	if (fstat(fd, &st) != 0) {
		err_set_errno(e, errno, "%s", name);
		goto fail;
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_NOINPUT, NULL, "%s: not a regular file", name);
		goto fail;
	}
	return fd;

fail:
	(void)close(fd);
	return -1;
}

int
io_open_read(int dir, const char * name, struct err * e)
{
	return open_regular(dir, name, O_RDONLY, e);
}

int
io_open_write(int dir, const char * name, struct err * e)
{
	return open_regular(dir, name, O_RDWR | O_NOFOLLOW, e);
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
io_size(int fd, int64_t * size, struct err * e)
{
	struct stat st;

	if (fstat(fd, &st) != 0) {
		err_set_errno(e, errno, "asking for a file's size");
		return -1;
	}
	*size = st.st_size;
	return 0;
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
io_close(int fd, struct err * e)
{
	/* On Linux the descriptor is gone even after EINTR. */
	if ((close(fd) != 0) && (errno != EINTR)) {
		err_set_errno(e, errno, "closing a file");
		return -1;
	}
	return 0;
}

int
io_load(
    int dir, const char * name, size_t max, struct buf * out, struct err * e)
{
	int64_t size;
	ssize_t got;
	int rc = -1;
	int fd = io_open_read(dir, name, e);

	if (fd < 0)
		return -1;
	if (io_size(fd, &size, e) != 0)
		goto out;
	if ((uint64_t)size > max) {
		err_set(e, ERR_LIMIT, NULL, "%lld bytes, the limit is %zu",
		    (long long)size, max);
		goto out;
	}
	if (buf_reserve(out, (size_t)size + 1, e) != 0)
		goto out;
	/* One byte more than its size shows a file that grows. */
	got = io_read_at(fd, out->bytes + out->len, (size_t)size + 1, 0, e);
	if (got < 0)
		goto out;
	if (got != size) {
		err_set(e, ERR_NOINPUT, NULL, "it changes while it is read");
		goto out;
	}
	out->len += (size_t)size;
	out->bytes[out->len] = '\0';
	rc = 0;

out:
	(void)close(fd);
	if (rc != 0)
		err_in(e, "%s", name);
	return rc;
}

/* The name under which ${name} is staged. */
static int
name_staged(const char * name, char staged[IO_NAME_MAX + 16], struct err * e)
{
	if (strlen(name) > IO_NAME_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a file name is too long");
		return -1;
	}
	(void)snprintf(staged, IO_NAME_MAX + 16, ".%s.new", name);
	return 0;
}

int
io_stage(int dir, const char * name, const void * bytes, size_t len,
    mode_t mode, struct err * e)
{
	char staged[IO_NAME_MAX + 16];
	int rc = -1;
	int fd = -1;

	if (name_staged(name, staged, e) != 0)
		return -1;
	/* What an earlier, killed run left is ours to replace. */
	(void)unlinkat(dir, staged, 0);
	fd = io_create(dir, staged, mode, e);
	if (fd < 0)
		goto out;
	if ((io_write_all(fd, bytes, len, e) != 0) || (io_sync(fd, e) != 0))
		goto out;
	rc = io_close(fd, e);
	fd = -1;

out:
	if (fd >= 0)
		(void)close(fd);
	if (rc != 0) {
		(void)unlinkat(dir, staged, 0);
		err_in(e, "%s", name);
	}
	return rc;
}

int
io_publish(int dir, const char * name, struct err * e)
{
	char staged[IO_NAME_MAX + 16];

	if (name_staged(name, staged, e) != 0)
		return -1;
	return io_rename_new(dir, staged, dir, name, e);
}

void
io_unstage(int dir, const char * name)
{
	char staged[IO_NAME_MAX + 16];
	struct err ignored;

	err_init(&ignored);
	if (name_staged(name, staged, &ignored) == 0)
		(void)unlinkat(dir, staged, 0);
}

int
io_save_new(int dir, const char * name, const void * bytes, size_t len,
    mode_t mode, struct err * e)
{
	if (io_stage(dir, name, bytes, len, mode, e) != 0)
		return -1;
	if (io_publish(dir, name, e) != 0) {
		io_unstage(dir, name);
		err_in(e, "%s", name);
		return -1;
	}
	return 0;
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
