#include <stdlib.h>
#include <string.h>

#include "evidence/digest.h"

#include "collect/seen.h"

#define ROOM_FIRST 64

/* The slot that holds ${value}, or the free one where it belongs. */
static uint64_t *
find(uint64_t * slots, size_t room, uint64_t value)
{
	size_t at = (size_t)value & (room - 1);

	while ((slots[at] != 0) && (slots[at] != value))
		at = (at + 1) & (room - 1);
	return &slots[at];
}

/* Keep the set at most half full. */
static int
grow(struct seen * s, struct err * e)
{
	size_t room = (s->room == 0) ? ROOM_FIRST : 2 * s->room;
	uint64_t * slots;

	if (2 * (s->count + 1) <= s->room)
		return 0;
	slots = calloc(room, sizeof(*slots));
	if (slots == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	for (size_t i = 0; i < s->room; i++) {
		if (s->slots[i] != 0)
			*find(slots, room, s->slots[i]) = s->slots[i];
	}
	free(s->slots);
	s->slots = slots;
	s->room = room;
	return 0;
}

int
seen_add(struct seen * s, const void * bytes, size_t len, struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	uint64_t value;
	uint64_t * slot;

	digest_sha256(bytes, len, sha256);
	memcpy(&value, sha256, sizeof(value));
	value = (value == 0) ? 1 : value;
	if (grow(s, e) != 0)
		return -1;
	slot = find(s->slots, s->room, value);
	if (*slot == value)
		return 0;
	if (s->count == SEEN_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than %zu pages", SEEN_MAX);
		return -1;
	}
	*slot = value;
	s->count++;
	return 1;
}

void
seen_free(struct seen * s)
{
	free(s->slots);
	memset(s, 0, sizeof(*s));
}
