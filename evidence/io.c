#include <stdio.h>
#include <string.h>

#include "evidence/io.h"

bool
io_is_same(const struct io_facts * a, const struct io_facts * b)
{
	return (a->device == b->device) && (a->number == b->number) &&
	    (a->size == b->size) && (a->modified_s == b->modified_s) &&
	    (a->modified_ns == b->modified_ns);
}

int
io_size(int fd, int64_t * size, struct err * e)
{
	struct io_facts facts;

	if (io_look(fd, &facts, e) != 0)
		return -1;
	*size = facts.size;
	return 0;
}

int
io_open_dir_of(const char * path, const char ** last, struct err * e)
{
	struct buf folder = { 0 };
	int fd = -1;

	*last = io_path_last(path);
	if (((*last == path)
		    ? buf_add_text(&folder, ".", e)
		    : buf_add(&folder, path, (size_t)(*last - path), e)) == 0)
		fd = io_open_dir(buf_text(&folder), e);
	buf_free(&folder);
	return fd;
}

/*
 * Open the folder of the last part of ${path}, from folder to folder, and put
 * where that part begins into ${last}.  Return a descriptor, ${dir} itself if
 * there is no folder in ${path}, or -1 with ${e} set.
 */
static int
enter_below(int dir, const char * path, const char ** last, struct err * e)
{
	int at = dir;

	for (;;) {
		size_t len = strcspn(path, "/");
		char part[IO_PART_MAX + 1];
		int next = -1;

		*last = path;
		if (path[len] == '\0')
			return at;
		if (len > IO_PART_MAX) {
			err_set(e, ERR_NOINPUT, NULL, "a name is too long");
		} else {
			(void)snprintf(
			    part, sizeof(part), "%.*s", (int)len, path);
			next = io_enter(at, part, e);
		}
		if (at != dir)
			io_drop(at);
		if (next < 0)
			return -1;
		at = next;
		path += len + 1;
	}
}

int
io_open_below(int dir, const char * path, int * fd, struct io_facts * facts,
    struct err * e)
{
	struct err why;
	const char * last;
	int at;

	err_init(&why);
	*fd = -1;
	at = enter_below(dir, path, &last, &why);
	if (at >= 0)
		*fd = io_open_read(at, last, &why);
	if (at != dir)
		io_drop(at);
	if ((*fd >= 0) && (io_look(*fd, facts, &why) == 0))
		return 1;
	io_drop(*fd);
	*fd = -1;
	if (why.kind == ERR_NOINPUT)
		return 0;
	err_set(e, why.kind, NULL, "%s", why.text);
	return -1;
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
	io_drop(fd);
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
	io_remove(dir, staged);
	fd = io_create(dir, staged, mode, e);
	if (fd < 0)
		goto out;
	if ((io_write_all(fd, bytes, len, e) != 0) || (io_sync(fd, e) != 0))
		goto out;
	rc = io_close(fd, e);
	fd = -1;

out:
	io_drop(fd);
	if (rc != 0) {
		io_remove(dir, staged);
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
		io_remove(dir, staged);
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
