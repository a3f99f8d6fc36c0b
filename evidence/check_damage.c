#include <string.h>

#include "evidence/check.h"
#include "evidence/package_walk.h"

/*
 * What is left after damage.  The seek table leads behind it, to the nearest
 * frame before the end that begins with a member no later than the catalogue,
 * or, if the damage is behind that, to the seal; from there on the stream is
 * read as ever, except that payload is passed over.
 * (Between the catalogue and the seal a frame cannot begin inside a member that
 * somebody else wrote: only JSON and our own text stand there.)
 *
 * With seal, manifest and catalogue in hand each payload member is then read
 * where the catalogue says it stands and compared with both.  The table is only
 * a hint in all this: what it leads to is proved by its digest.
 */

/*
 * Frames that are looked into.  Behind the catalogue there are no more members
 * than kinds, certificates and signers, and no frame of theirs is passed over
 * but the insides of large ones.
 */
#define PROBES_MAX 256

/*
 * Frames that are tried, from the end on: more than 100 GiB of lists have; each
 * costs up to FRAMES_READ_MAX of decompression.
 */
#define TAIL_FRAMES_MAX 16384

/*
 * Which member of this package begins the frame at ${place}?  Return 1 with
 * ${kind} set, 0 if none does, or -1 if the check cannot go on.
 */
static int
find_kind(struct check * c, const struct frames_place * place,
    enum member_kind * kind)
{
	struct package_place at = { .frame = *place,
		.offset = place->stream_at };
	struct package_read * r = NULL;
	struct package_item item = { .is_known = false };
	struct err why;
	int rc = -1;

	err_init(&why);
	r = package_read_open_place(c->fd, &at, &why);
	if (r != NULL)
		rc = package_read_next(r, &item, &why);
	if ((rc == 1) && (c->top[0] != '\0') &&
	    (strcmp(c->top, package_read_top(r)) != 0))
		rc = 0;
	package_read_close(r);
	if ((rc < 0) && !check_is_damage(&why)) {
		check_find_err(c, CHECK_UNREAD, "", &why);
		return -1;
	}
	*kind = item.kind;
	return ((rc == 1) && item.is_known) ? 1 : 0;
}

/*
 * Does frame ${i} look like the middle of a large member?  A hint that saves
 * decompressing it.
 */
static bool
is_inside(const struct frames_table * table, int64_t i)
{
	int64_t at = frames_table_place(table, i).stream_at;

	return (i > 0) &&
	    (at - frames_table_place(table, i - 1).stream_at ==
		(int64_t)FRAMES_READ_MAX);
}

/*
 * Find where reading can go on: the tail, or at least the seal.  Return 1 with
 * ${place} set for the tail, 0 for the seal or, ${place} at byte 0, nothing;
 * or -1 if the check cannot go on.
 */
static int
find_tail(struct check * c, const struct frames_table * table,
    struct frames_place * place)
{
	int64_t n = frames_table_count(table);
	int probes = 0;

	*place = (struct frames_place){ 0, 0 };
	for (int64_t i = n - 1; (i >= 0) && (n - i <= TAIL_FRAMES_MAX); i--) {
		struct frames_place at = frames_table_place(table, i);
		enum member_kind kind;
		int rc;

		/* What was read already is not looked at again. */
		if (at.stream_at < c->result->stream_bytes)
			break;
		if (is_inside(table, i))
			continue;
		probes++;
		rc = find_kind(c, &at, &kind);
		if (rc < 0)
			return -1;
		if (rc == 0)
			continue;
		if (kind <= MEMBER_OBJECTS) {
			*place = at;
			return 1;
		}
		if (kind == MEMBER_SEAL)
			*place = at;
	}
	return 0;
}

/* Read the tail that begins at ${place}. */
static int
read_tail(struct check * c, const struct frames_place * place)
{
	struct package_place at = { .frame = *place,
		.offset = place->stream_at };
	struct package_read * r = NULL;
	struct err why;
	int rc = -1;

	err_init(&why);
	r = package_read_open_place(c->fd, &at, &why);
	if (r == NULL) {
		check_find_err(c, CHECK_UNREAD, "", &why);
		return c->is_failed ? -1 : 0;
	}
	c->is_tail = true;
	rc = check_stream(c, r);
	package_read_close(r);
	return (rc < 0) ? -1 : 0;
}

int
check_damage(struct check * c)
{
	struct frames_table * table = NULL;
	struct frames_place place;
	struct err why;
	int found;
	int rc = -1;

	err_init(&why);
	table = frames_table_load(c->fd, &why);
	if (table == NULL) {
		check_find_err(c, CHECK_UNREAD, "", &why);
		return c->is_failed ? -1 : 0;
	}
	found = find_tail(c, table, &place);
	if (found < 0)
		goto out;
	if ((place.file_at > 0) && (read_tail(c, &place) != 0))
		goto out;
	if (found == 0)
		check_find(c, CHECK_UNREAD, "",
		    "what stands behind the damage could not be read%s",
		    (place.file_at > 0) ? ", but for the seal" : "");
	rc = 0;

out:
	frames_table_free(table);
	return rc;
}

int
check_members(struct check * c)
{
	struct package_walk * w = NULL;
	const struct object * object;
	struct err why, bad;
	int rc = -1;

	if (!c->is_proved)
		return 0; /* Nothing to compare with: that was said. */
	err_init(&why);
	w = package_walk_open(c->fd, &c->result->index, &why);
	while (w != NULL) {
		rc = package_walk_next(w, &object, &bad, &why);
		if (rc != 1)
			break;
		if (bad.kind == ERR_NONE)
			c->result->objects_intact++;
		else
			check_find_err(c, CHECK_MEMBER, object->path, &bad);
		if (c->is_failed)
			break;
	}
	if (rc < 0)
		check_find_err(c, CHECK_UNREAD, "", &why);
	package_walk_close(w);
	return c->is_failed ? -1 : 0;
}
