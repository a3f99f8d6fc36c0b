#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/folder_walk.h"
#include "evidence/io.h"

#define PIECE ((size_t)128 << 10)

struct folder_walk {
	DIR * dirs[FOLDER_WALK_DEPTH_MAX];  /* From the top to where we are. */
	size_t ends[FOLDER_WALK_DEPTH_MAX]; /* Of the path of each. */
	int depth;
	char path[FOLDER_WALK_PATH_MAX + 1];
	size_t name_at; /* Of the last part of path. */
	struct stat st; /* Of the file at hand. */
	int fd;         /* Of it once it is read, or -1. */
	int64_t at;
	uint8_t * bytes;
};

/* Go into the folder ${name} of ${dir}; ${end} is the length of its path. */
static int
enter(struct folder_walk * w, int dir, const char * name, size_t end,
    struct err * e)
{
	int fd;

	if (w->depth == FOLDER_WALK_DEPTH_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than %d folders in folders",
		    FOLDER_WALK_DEPTH_MAX);
		return -1;
	}
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		err_set_errno(e, errno, "opening the folder %s", w->path);
		return -1;
	}
	w->dirs[w->depth] = fdopendir(fd);
	if (w->dirs[w->depth] == NULL) {
		err_set_errno(e, errno, "reading the folder %s", w->path);
		(void)close(fd);
		return -1;
	}
	w->ends[w->depth++] = end;
	return 0;
}

struct folder_walk *
folder_walk_open(int fd, struct err * e)
{
	struct folder_walk * w = calloc(1, sizeof(*w));

	if (w == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	w->fd = -1;
	w->bytes = malloc(PIECE);
	if (w->bytes == NULL)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	else if (enter(w, fd, ".", 0, e) == 0)
		return w;
	folder_walk_close(w);
	return NULL;
}

/* Put ${name} behind the path of the folder we are in. */
static int
set_path(struct folder_walk * w, const char * name, struct err * e)
{
	size_t end = w->ends[w->depth - 1];
	size_t len = strlen(name);

	if (end + 1 + len > FOLDER_WALK_PATH_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a path of more than %d bytes",
		    FOLDER_WALK_PATH_MAX);
		return -1;
	}
	if (end > 0)
		w->path[end++] = '/';
	memcpy(w->path + end, name, len + 1);
	w->name_at = end;
	return 0;
}

static const char *
problem_of(mode_t mode)
{
	if (S_ISREG(mode) || S_ISDIR(mode))
		return NULL;
	return S_ISLNK(mode) ? "it is a symbolic link, which is not followed"
			     : "it is a device, pipe or socket";
}

/* The next name here.  1; 0: the folder ends; -1. */
static int
next_entry(struct folder_walk * w, struct err * e)
{
	DIR * dir = w->dirs[w->depth - 1];
	const struct dirent * entry;

	do {
		errno = 0;
		entry = readdir(dir);
		if ((entry == NULL) && (errno != 0)) {
			err_set_errno(e, errno, "reading a folder");
			return -1;
		}
		if (entry == NULL)
			return 0;
	} while ((strcmp(entry->d_name, ".") == 0) ||
	    (strcmp(entry->d_name, "..") == 0));
	if (set_path(w, entry->d_name, e) != 0)
		return -1;
	if (fstatat(dirfd(dir), entry->d_name, &w->st, AT_SYMLINK_NOFOLLOW) !=
	    0) {
		err_set_errno(e, errno, "looking at %s", w->path);
		return -1;
	}
	return 1;
}

int
folder_walk_next(
    struct folder_walk * w, struct folder_item * item, struct err * e)
{
	if (w->fd >= 0)
		(void)close(w->fd);
	w->fd = -1;
	while (w->depth > 0) {
		int rc = next_entry(w, e);

		if (rc < 0)
			return -1;
		if (rc == 0) {
			(void)closedir(w->dirs[--w->depth]);
			continue;
		}
		if (S_ISDIR(w->st.st_mode)) {
			if (enter(w, dirfd(w->dirs[w->depth - 1]),
				w->path + w->name_at, strlen(w->path), e) != 0)
				return -1;
		}
		*item = (struct folder_item){ .path = w->path,
			.len = strlen(w->path),
			.is_folder = S_ISDIR(w->st.st_mode),
			.size = w->st.st_size,
			.problem = problem_of(w->st.st_mode) };
		w->at = 0;
		return 1;
	}
	return 0;
}

/* Open the file at hand; it must be the one that was looked at. */
static int
open_file(struct folder_walk * w, struct stat * now, struct err * e)
{
	w->fd = openat(dirfd(w->dirs[w->depth - 1]), w->path + w->name_at,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if ((w->fd < 0) || (fstat(w->fd, now) != 0)) {
		err_set_errno(e, errno, "opening %s", w->path);
		return -1;
	}
	return 0;
}

int64_t
folder_walk_data(struct folder_walk * w, const uint8_t ** bytes, struct err * e)
{
	struct stat now;
	ssize_t n;

	if ((w->fd < 0) && (open_file(w, &now, e) != 0))
		return -1;
	n = io_read_at(w->fd, w->bytes, PIECE, w->at, e);
	if (n < 0) {
		err_in(e, "%s", w->path);
		return -1;
	}
	w->at += n;
	*bytes = w->bytes;
	if ((n > 0) && (w->at <= w->st.st_size))
		return n;
	if ((fstat(w->fd, &now) != 0) || (now.st_dev != w->st.st_dev) ||
	    (now.st_ino != w->st.st_ino) || (now.st_size != w->at) ||
	    (w->at != w->st.st_size) ||
	    (now.st_mtim.tv_sec != w->st.st_mtim.tv_sec) ||
	    (now.st_mtim.tv_nsec != w->st.st_mtim.tv_nsec)) {
		err_set(e, ERR_INPUT, NULL, "%s: it changed while it was read",
		    w->path);
		return -1;
	}
	return 0;
}

void
folder_walk_close(struct folder_walk * w)
{
	if (w == NULL)
		return;
	while (w->depth > 0)
		(void)closedir(w->dirs[--w->depth]);
	if (w->fd >= 0)
		(void)close(w->fd);
	free(w->bytes);
	free(w);
}
