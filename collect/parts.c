#include <string.h>

#include "collect/parts.h"

#define BLOCK INT64_C(512)     /* Of a tar. */
#define HEADER_MAX (3 * BLOCK) /* That of a member of 8 GiB and more. */

int
parts_start(struct parts * s, int64_t max, int64_t entries, struct err * e)
{
	int64_t about = PARTS_BASE + entries * PARTS_LISTED;

	memset(s, 0, sizeof(*s));
	s->part = 1;
	if (max == 0)
		return 0;
	if (max / 2 < about) {
		err_set(e, ERR_USAGE, "give a larger --max-package-size",
		    "each package tells of all %lld blobs: it needs at least "
		    "%lld bytes",
		    (long long)entries, (long long)about * 2);
		return -1;
	}
	s->room = max - about;
	return 0;
}

/* What an entry of ${size} bytes takes, at most 2^53 and a little. */
static int64_t
whole_of(int64_t size)
{
	return HEADER_MAX + BLOCK + PARTS_TAKEN + ((size > 0) ? size : 0);
}

bool
parts_is_alone(const struct parts * s, int64_t size)
{
	return (s->room > 0) && (whole_of(size) > s->room);
}

int64_t
parts_next(struct parts * s, int64_t size)
{
	int64_t whole = whole_of(size);

	if (s->room == 0)
		return 1;
	if ((s->used > 0) && (whole > s->room - s->used)) {
		s->part++;
		s->used = 0;
	}
	s->used += whole;
	return s->part;
}
