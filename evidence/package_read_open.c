#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/package_folder.h"
#include "evidence/package_read_parts.h"

/* Opening, seeking, and what a reader says about itself. */

static struct package_read *
open_frames(struct frames_read * frames, struct err * e)
{
	struct package_read * r = NULL;

	if (frames == NULL)
		return NULL;
	r = calloc(1, sizeof(*r));
	if (r == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		frames_read_close(frames);
		return NULL;
	}
	r->frames = frames;
	r->is_plain = frames_read_is_plain(frames);
	err_init(&r->why);
	member_order_start(&r->order);
	return r;
}

struct package_read *
package_read_open(int fd, int threads, struct err * e)
{
	struct package_read * r =
	    open_frames(frames_read_open(fd, threads, e), e);

	if (r != NULL)
		r->has_order = true;
	return r;
}

struct package_read *
package_read_open_noted(
    int fd, int threads, const struct frames_noting * noting, struct err * e)
{
	struct package_read * r =
	    open_frames(frames_read_open_noted(fd, threads, noting, e), e);

	if (r != NULL)
		r->has_order = true;
	return r;
}

struct package_read *
package_read_open_folder(int dir, struct err * e)
{
	struct package_read * r = calloc(1, sizeof(*r));

	if (r == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	err_init(&r->why);
	r->folder = package_folder_open(dir, e);
	if (r->folder != NULL)
		return r;
	free(r);
	return NULL;
}

struct package_folder *
package_read_folder(const struct package_read * r)
{
	return r->folder;
}

/* Stand at byte ${skip} of the frame at ${place}. */
static int
stand_at(struct package_read * r, const struct frames_place * place,
    int64_t skip, struct err * e)
{
	r->frame = (struct frames_frame){ .stream_at = place->stream_at };
	r->at = 0;
	r->left = 0;
	r->padding = 0;
	if ((package_read_fill(r, e) != 1) || (skip < 0) ||
	    (skip % TAR_BLOCK != 0) || (skip >= (int64_t)r->frame.len)) {
		err_set(e, ERR_INPUT, NULL,
		    "there is no member where one was expected");
		return -1;
	}
	r->at = (size_t)skip;
	r->is_framed = (skip > 0);
	return 0;
}

struct package_read *
package_read_open_place(
    int fd, const struct package_place * place, struct err * e)
{
	struct package_read * r =
	    open_frames(frames_read_open_at(fd, &place->frame, e), e);

	if ((r != NULL) &&
	    (stand_at(r, &place->frame, place->offset - place->frame.stream_at,
		 e) != 0)) {
		package_read_close(r);
		r = NULL;
	}
	return r;
}

struct package_read *
package_read_open_index(
    int fd, const struct package_index * index, struct err * e)
{
	struct package_read * r = NULL;

	if (index->payload.is_known)
		r = package_read_open_place(fd, &index->payload, e);
	else
		r = open_frames(frames_read_open(fd, 0, e), e);
	if (r == NULL)
		return NULL;
	r->is_ended = !index->payload.is_known;
	r->fd = fd;
	r->index = package_read_index_new(fd, index, e);
	if (r->index == NULL) {
		package_read_close(r);
		return NULL;
	}
	return r;
}

/* Find the frame border before byte ${offset} of the stream. */
static int
find_place(struct package_read * r, int64_t offset, struct frames_place * place,
    struct err * e)
{
	struct frames_table * table = NULL;
	int64_t i;

	*place = (struct frames_place){ offset, offset };
	if (r->is_plain)
		return 0;
	table = frames_table_load(r->fd, e);
	if (table == NULL)
		return -1;
	i = frames_table_find(table, offset);
	if (i >= 0)
		*place = frames_table_place(table, i);
	frames_table_free(table);
	if (i < 0) {
		err_set(e, ERR_INPUT, NULL,
		    "byte %lld is beyond the end of the stream",
		    (long long)offset);
		return -1;
	}
	return 0;
}

int
package_read_seek(struct package_read * r, int64_t offset, struct err * e)
{
	struct frames_place place;
	struct frames_read * frames;

	assert(r->index != NULL);
	if ((package_read_index_seek(r->index, offset, e) != 0) ||
	    (find_place(r, offset, &place, e) != 0))
		return -1;
	frames = frames_read_open_at(r->fd, &place, e);
	if (frames == NULL)
		return -1;
	frames_read_close(r->frames);
	r->frames = frames;
	r->is_broken = false;
	r->is_ended = false;
	err_init(&r->why);
	return stand_at(r, &place, offset - place.stream_at, e);
}

int64_t
package_read_border(struct package_read * r, uint8_t sha256[DIGEST_SHA256_LEN])
{
	int64_t inside = r->item.offset - r->frame.stream_at;

	if (r->folder != NULL)
		return -1;
	/* The frame of the header is the current one: rules 1 and 2. */
	if (inside < 0)
		return -1;
	if (!r->is_plain && (inside != 0))
		return -1;
	frames_read_digest_at(r->frames, (size_t)inside, sha256);
	return r->frame.file_at + (r->is_plain ? inside : 0);
}

void *
package_read_made(struct package_read * r)
{
	void * made = (r->note == NULL) ? NULL : r->note->made;

	if (made != NULL)
		r->note->made = NULL;
	return made;
}

bool
package_read_is_broken(const struct package_read * r)
{
	return r->is_broken;
}

const struct sources *
package_read_sources(const struct package_read * r)
{
	return (r->index == NULL) ? NULL : package_read_index_sources(r->index);
}

struct frames_read *
package_read_frames(struct package_read * r)
{
	return r->frames;
}

const char *
package_read_top(const struct package_read * r)
{
	return (r->folder != NULL) ? package_folder_top(r->folder) : r->top;
}

int64_t
package_read_offset(const struct package_read * r)
{
	if (r->folder != NULL)
		return package_folder_offset(r->folder);
	return r->frame.stream_at + (int64_t)r->at;
}

void
package_read_close(struct package_read * r)
{
	if (r == NULL)
		return;
	package_read_index_free(r->index);
	frames_read_close(r->frames);
	package_folder_close(r->folder);
	free(r);
}
