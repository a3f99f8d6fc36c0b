#include <stdlib.h>
#include <string.h>

#include "evidence/folder_walk.h"
#include "evidence/io.h"

#define PIECE ((size_t)128 << 10)

struct folder_walk {
	/* From the top to where we are. */
	struct io_list * dirs[FOLDER_WALK_DEPTH_MAX];
	size_t ends[FOLDER_WALK_DEPTH_MAX]; /* Of the path of each. */
	int depth;
	char path[FOLDER_WALK_PATH_MAX + 1];
	size_t name_at;        /* Of the last part of path. */
	struct io_facts facts; /* Of the file at hand. */
	int fd;                /* Of it once it is read, or -1. */
	int64_t at;
	uint8_t * bytes;
};

/* Go into the folder ${name} of ${dir}; ${end} is the length of its path. */
static int
enter(struct folder_walk * w, int dir, const char * name, size_t end,
    struct err * e)
{
	if (w->depth == FOLDER_WALK_DEPTH_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than %d folders in folders",
		    FOLDER_WALK_DEPTH_MAX);
		return -1;
	}
	w->dirs[w->depth] = io_list_open(dir, name, e);
	if (w->dirs[w->depth] == NULL) {
		err_in(e, "opening the folder %s", w->path);
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
problem_of(enum io_sort sort)
{
	switch (sort) {
	case IO_FILE:
	case IO_FOLDER:
		return NULL;
	case IO_LINK:
		return "it is a symbolic link, which is not followed";
	case IO_OTHER:
		return "it is a device, pipe or socket";
	}
	return NULL;
}

/* The next name here.  1; 0: the folder ends; -1. */
static int
next_entry(struct folder_walk * w, struct err * e)
{
	struct io_list * list = w->dirs[w->depth - 1];
	const char * name;
	int rc = io_list_next(list, &name, e);

	if (rc != 1)
		return rc;
	if (set_path(w, name, e) != 0)
		return -1;
	rc = io_find(io_list_dir(list), name, &w->facts, e);
	if (rc == 1)
		return 1;
	if (rc == 0)
		err_set(e, ERR_INPUT, NULL, "it went while it was listed");
	err_in(e, "looking at %s", w->path);
	return -1;
}

int
folder_walk_next(
    struct folder_walk * w, struct folder_item * item, struct err * e)
{
	io_drop(w->fd);
	w->fd = -1;
	while (w->depth > 0) {
		int rc = next_entry(w, e);

		if (rc < 0)
			return -1;
		if (rc == 0) {
			io_list_close(w->dirs[--w->depth]);
			continue;
		}
		if (w->facts.sort == IO_FOLDER) {
			if (enter(w, io_list_dir(w->dirs[w->depth - 1]),
				w->path + w->name_at, strlen(w->path), e) != 0)
				return -1;
		}
		*item = (struct folder_item){ .path = w->path,
			.len = strlen(w->path),
			.is_folder = (w->facts.sort == IO_FOLDER),
			.size = w->facts.size,
			.problem = problem_of(w->facts.sort) };
		w->at = 0;
		return 1;
	}
	return 0;
}

int64_t
folder_walk_data(struct folder_walk * w, const uint8_t ** bytes, struct err * e)
{
	struct io_facts now;
	ssize_t n;

	if (w->fd < 0)
		w->fd = io_open_read(io_list_dir(w->dirs[w->depth - 1]),
		    w->path + w->name_at, e);
	if (w->fd < 0) {
		err_in(e, "opening %s", w->path);
		return -1;
	}
	n = io_read_at(w->fd, w->bytes, PIECE, w->at, e);
	if (n < 0) {
		err_in(e, "%s", w->path);
		return -1;
	}
	w->at += n;
	*bytes = w->bytes;
	if ((n > 0) && (w->at <= w->facts.size))
		return n;
	if (io_look(w->fd, &now, e) != 0)
		return -1;
	/* The file that was listed, and nobody wrote to it. */
	if ((w->at != w->facts.size) || !io_is_same(&now, &w->facts)) {
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
		io_list_close(w->dirs[--w->depth]);
	io_drop(w->fd);
	free(w->bytes);
	free(w);
}
