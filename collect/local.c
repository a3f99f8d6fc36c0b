#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/buf.h"
#include "evidence/kind.h"
#include "evidence/object.h"

#include "collect/local.h"

#define TICKS_PER_NS 100
#define FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

/* A walk under way. */
struct walk {
	struct plan * plan;
	struct stat out;
	struct buf path; /* Below the folder, of what is at hand. */
	int depth;
};

static int64_t
ticks_of(const struct timespec * t)
{
	return (int64_t)t->tv_sec * CLOCK_TICKS_PER_SECOND +
	    t->tv_nsec / TICKS_PER_NS;
}

/* Add the thing at ${path}; ${why} NULL: a file that can be packed. */
static int
add(struct plan * plan, const struct buf * path, const struct stat * st,
    const char * why, struct err * e)
{
	char modified[CLOCK_TEXT_SIZE];
	struct plan_entry entry = {
		.source = (int)kind_of_path(path->bytes, path->len),
		.name = buf_text(path),
		.name_len = path->len,
		.size = -1,
		.blob_type = why,
		.is_deleted = (why != NULL),
	};

	if (st != NULL) {
		clock_format(ticks_of(&st->st_mtim), modified);
		entry.last_modified = modified;
		if (S_ISREG(st->st_mode))
			entry.size = (int64_t)st->st_size;
	}
	return plan_add(plan, &entry, e);
}

/* What ${mode} is, if it is neither a file nor a folder. */
static const char *
word_of(mode_t mode)
{
	if (S_ISLNK(mode))
		return "a symbolic link";
	if (S_ISFIFO(mode))
		return "a pipe";
	if (S_ISSOCK(mode))
		return "a socket";
	return "a device";
}

static int walk_folder(struct walk * w, int fd, struct err * e);

/* Go into the folder ${name} of ${dir}, or say why not. */
static int
walk_into(struct walk * w, int dir, const char * name, const struct stat * st,
    struct err * e)
{
	int fd;

	if ((st->st_dev == w->out.st_dev) && (st->st_ino == w->out.st_ino)) {
		err_set(e, ERR_USAGE, "give another --out",
		    "the package would be made inside the folder it packs");
		return -1;
	}
	if (w->depth == LOCAL_DEPTH_MAX)
		return add(w->plan, &w->path, st,
		    "a folder nested too deep to go into", e);
	fd = openat(dir, name, FLAGS | O_DIRECTORY | O_NOFOLLOW);
	if (fd < 0)
		return add(w->plan, &w->path, st,
		    (errno == EACCES) ? "a folder that may not be read"
				      : "a folder that cannot be read",
		    e);
	return walk_folder(w, fd, e);
}

/* One name of the folder ${dir}. */
static int
walk_name(struct walk * w, int dir, const char * name, struct err * e)
{
	size_t len = w->path.len;
	struct stat st;
	int rc;

	if ((len > 0) && (buf_add(&w->path, "/", 1, e) != 0))
		return -1;
	if (buf_add_text(&w->path, name, e) != 0)
		return -1;
	if (w->path.len > OBJECT_NAME_MAX) {
		err_set(e, ERR_LIMIT, "pack it in parts",
		    "a path of more than %d bytes", OBJECT_NAME_MAX);
		return -1;
	}
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		rc = add(w->plan, &w->path, NULL, "it cannot be looked at", e);
	else if (S_ISDIR(st.st_mode))
		rc = walk_into(w, dir, name, &st, e);
	else
		rc = add(w->plan, &w->path, &st,
		    S_ISREG(st.st_mode) ? NULL : word_of(st.st_mode), e);
	w->path.len = len;
	return rc;
}

/* All names of the folder ${fd}, which is closed. */
static int
walk_folder(struct walk * w, int fd, struct err * e)
{
	DIR * dir = fdopendir(fd);
	struct dirent * one;
	int rc = -1;

	if (dir == NULL) {
		err_set_errno(e, errno, "a folder");
		(void)close(fd);
		return -1;
	}
	w->depth++;
	for (;;) {
		errno = 0;
		one = readdir(dir);
		if (one == NULL)
			break;
		if ((strcmp(one->d_name, ".") == 0) ||
		    (strcmp(one->d_name, "..") == 0))
			continue;
		if (walk_name(w, fd, one->d_name, e) != 0)
			goto out;
	}
	if ((errno != 0) &&
	    (add(w->plan, &w->path, NULL,
		 "a folder whose names could not all be read", e) != 0))
		goto out;
	rc = 0;

out:
	w->depth--;
	(void)closedir(dir);
	return rc;
}

int
local_walk(int dir, int out, struct plan * plan, struct err * e)
{
	struct walk w = { .plan = plan };
	struct stat st;
	int fd = -1;
	int rc = -1;

	if ((fstat(out, &w.out) != 0) || (fstat(dir, &st) != 0)) {
		err_set_errno(e, errno, "a folder");
		return -1;
	}
	if ((st.st_dev == w.out.st_dev) && (st.st_ino == w.out.st_ino)) {
		err_set(e, ERR_USAGE, "give another --out",
		    "the package would be made inside the folder it packs");
		return -1;
	}
	fd = openat(dir, ".", FLAGS | O_DIRECTORY);
	if (fd < 0)
		err_set_errno(e, errno, "the folder");
	else
		rc = walk_folder(&w, fd, e);
	buf_free(&w.path);
	return rc;
}

static void
fill_stamp(const struct stat * st, struct local_stamp * stamp)
{
	stamp->size = (int64_t)st->st_size;
	stamp->modified_at = ticks_of(&st->st_mtim);
	stamp->changed_ns = (int64_t)st->st_ctim.tv_sec * INT64_C(1000000000) +
	    st->st_ctim.tv_nsec;
	stamp->inode = (uint64_t)st->st_ino;
}

/* Open the folder that ${name} stands in, link by link; its rest is ${last}. */
static int
open_parents(int dir, const char * name, const char ** last)
{
	char part[NAME_MAX + 1];
	int at = dup(dir);

	for (;;) {
		size_t len = strcspn(name, "/");
		int next;

		if ((at < 0) || (name[len] == '\0'))
			break;
		if ((len == 0) || (len > NAME_MAX)) {
			(void)close(at);
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(part, name, len);
		part[len] = '\0';
		next = openat(at, part, FLAGS | O_DIRECTORY | O_NOFOLLOW);
		(void)close(at);
		at = next;
		name += len + 1;
	}
	*last = name;
	return at;
}

int
local_open(int dir, const char * name, bool follows, struct local_stamp * stamp,
    struct err * e)
{
	const char * last = name;
	int parent = dir;
	struct stat st;
	bool is_open = false;
	int fd = -1;

	if (!follows)
		parent = open_parents(dir, name, &last);
	if (follows || (parent >= 0))
		fd = openat(parent, last, FLAGS | (follows ? 0 : O_NOFOLLOW));
	if ((fd < 0) || (fstat(fd, &st) != 0)) {
		err_set_errno(e, errno, "opening");
	} else if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_INPUT, NULL, "it is no regular file");
	} else {
		fill_stamp(&st, stamp);
		is_open = true;
	}
	if (!follows && (parent >= 0))
		(void)close(parent);
	if (is_open)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

bool
local_has_changed(int fd, const struct local_stamp * stamp)
{
	struct local_stamp now;
	struct stat st;

	if (fstat(fd, &st) != 0)
		return true;
	fill_stamp(&st, &now);
	return (now.size != stamp->size) || (now.inode != stamp->inode) ||
	    (now.modified_at != stamp->modified_at) ||
	    (now.changed_ns != stamp->changed_ns);
}

int
local_name(int cwd, const char * path, struct plan * plan, struct err * e)
{
	char modified[CLOCK_TEXT_SIZE];
	struct local_stamp stamp;
	struct plan_entry entry = {
		.source = (int)KIND_LOCAL,
		.name = path,
		.name_len = strlen(path),
		.last_modified = modified,
	};
	int fd = local_open(cwd, path, true, &stamp, e);

	if (fd < 0) {
		err_in(e, "%s", path);
		return -1;
	}
	(void)close(fd);
	clock_format(stamp.modified_at, modified);
	entry.size = stamp.size;
	return plan_add(plan, &entry, e);
}
