#include <stdlib.h>
#include <string.h>

#include "evidence/package_lines.h"
#include "evidence/package_walk.h"

/*
 * A catalogue may say anything, and a few bytes can stand for a million lines
 * that all point to one frame.  So members are read in the order of the file
 * only, and a frame is opened a second time only so often in all.
 */
#define REOPEN_MAX 4096

struct package_walk {
	int fd;
	int64_t next;  /* No member begins before this byte of the stream. */
	int64_t frame; /* Last opened: its place in the file, or -1. */
	int reopened;
	struct package_lines * manifest;
	struct package_lines * objects;
	struct frames_table * table; /* NULL in a plain file. */
	struct package_read * r; /* Stands behind the last member, or NULL. */
	struct package_manifest_line line;
	struct object object;
	struct digest * d;
};

/* Load or make the seek table, unless the file is a plain one. */
static int
load_table(struct package_walk * w, struct err * e)
{
	struct frames_read * frames = frames_read_open(w->fd, 0, e);
	struct err why;
	bool is_plain;

	if (frames == NULL)
		return -1;
	is_plain = frames_read_is_plain(frames);
	frames_read_close(frames);
	if (is_plain)
		return 0;
	err_init(&why);
	w->table = frames_table_load(w->fd, &why);
	if (w->table == NULL) /* Damaged: the frames themselves are there. */
		w->table = frames_table_scan(w->fd, e);
	return (w->table == NULL) ? -1 : 0;
}

struct package_walk *
package_walk_open(int fd, const struct package_index * index, struct err * e)
{
	struct package_walk * w = calloc(1, sizeof(*w));

	if (w == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	w->fd = fd;
	w->frame = -1;
	w->d = digest_new(DIGEST_SHA256, e);
	if (w->d == NULL)
		goto fail;
	w->manifest = package_lines_open(
	    fd, &index->manifest, PACKAGE_MANIFEST_LINE_MAX, e);
	if (w->manifest == NULL)
		goto fail;
	w->objects =
	    package_lines_open(fd, &index->objects, OBJECT_LINE_MAX, e);
	if ((w->objects == NULL) || (load_table(w, e) != 0))
		goto fail;
	return w;

fail:
	package_walk_close(w);
	return NULL;
}

/* Find the frame in which the member at ${offset} begins. */
static int
find(const struct package_walk * w, int64_t offset, struct package_place * at,
    struct err * e)
{
	int64_t i;

	*at = (struct package_place){ .frame = { offset, offset },
		.offset = offset };
	if (w->table == NULL)
		return 0;
	i = frames_table_find(w->table, offset);
	if (i < 0) {
		err_set(
		    e, ERR_INPUT, NULL, "it is said to stand beyond the end");
		return -1;
	}
	at->frame = frames_table_place(w->table, i);
	return 0;
}

struct package_read *
package_walk_open_member(
    struct package_walk * w, const struct object * object, struct err * e)
{
	struct package_place at;

	if (find(w, object->offset, &at, e) != 0)
		return NULL;
	return package_read_open_place(w->fd, &at, e);
}

/* Stand before the member of the lines at hand. */
static int
stand(struct package_walk * w, struct err * why)
{
	struct package_place at;

	if (w->object.offset < w->next) {
		err_set(why, ERR_INPUT, NULL,
		    "it is said to stand where another one does");
		return -1;
	}
	/* Neither is over 2^53. */
	w->next = w->object.offset + TAR_BLOCK + w->object.size;
	if ((w->r != NULL) && (package_read_offset(w->r) == w->object.offset))
		return 0;
	package_read_close(w->r);
	w->r = NULL;
	if (find(w, w->object.offset, &at, why) != 0)
		return -1;
	if ((w->frame == at.frame.file_at) && (w->reopened++ >= REOPEN_MAX)) {
		err_set(why, ERR_LIMIT, NULL,
		    "it is not looked for: too much of this is in disorder");
		return -1;
	}
	w->frame = at.frame.file_at;
	w->r = package_read_open_place(w->fd, &at, why);
	return (w->r == NULL) ? -1 : 0;
}

/* Hash the member's data. */
static int
hash(struct package_walk * w, uint8_t sha256[DIGEST_SHA256_LEN],
    struct err * why)
{
	const uint8_t * bytes;
	int64_t n;

	digest_restart(w->d);
	for (;;) {
		n = package_read_data(w->r, &bytes, why);
		if (n <= 0)
			break;
		digest_update(w->d, bytes, (size_t)n);
	}
	digest_peek(w->d, sha256);
	return (n < 0) ? -1 : 0;
}

/* Read the member of the two lines and compare all of it. */
static int
compare(struct package_walk * w, struct err * why)
{
	const struct object * o = &w->object;
	struct package_item item;
	uint8_t sha256[DIGEST_SHA256_LEN];
	int rc;

	if (stand(w, why) != 0)
		return -1;
	rc = package_read_next(w->r, &item, why);
	if (rc < 0)
		return -1;
	if ((rc == 0) || (strcmp(item.path, o->path) != 0) ||
	    (item.size != o->size)) {
		err_set(why, ERR_INPUT, NULL, "another member stands there");
		return -1;
	}
	if (hash(w, sha256, why) != 0)
		return -1;
	if (strcmp(item.name, w->line.path) != 0)
		err_set(why, ERR_INPUT, NULL, "the manifest names another");
	else if (memcmp(sha256, w->line.sha256, sizeof(sha256)) != 0)
		err_set(
		    why, ERR_INPUT, NULL, "SHA-256 differs from the manifest");
	else if (memcmp(sha256, o->sha256, sizeof(sha256)) != 0)
		err_set(
		    why, ERR_INPUT, NULL, "SHA-256 differs from the catalogue");
	return (why->kind == ERR_NONE) ? 0 : -1;
}

/* The next line of each list; 1, 0 if one of them ends, -1. */
static int
next_lines(struct package_walk * w, struct err * e)
{
	const uint8_t * bytes;
	size_t len;
	int rc = package_lines_next(w->manifest, &bytes, &len, e);

	if (rc != 1)
		return rc;
	if (package_manifest_parse(bytes, len, &w->line, e) != 0)
		return -1;
	rc = package_lines_next(w->objects, &bytes, &len, e);
	if (rc != 1)
		return rc;
	object_free(&w->object);
	return (object_parse(bytes, len, &w->object, e) == 0) ? 1 : -1;
}

int
package_walk_next(struct package_walk * w, const struct object ** object,
    struct err * why, struct err * e)
{
	int rc = next_lines(w, e);

	err_init(why);
	if (rc != 1)
		return rc;
	*object = &w->object;
	if (compare(w, why) != 0) {
		package_read_close(w->r);
		w->r = NULL;
	}
	return 1;
}

void
package_walk_close(struct package_walk * w)
{
	if (w == NULL)
		return;
	package_lines_close(w->manifest);
	package_lines_close(w->objects);
	package_read_close(w->r);
	frames_table_free(w->table);
	object_free(&w->object);
	digest_free(w->d);
	free(w);
}
