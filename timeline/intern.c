#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/digest.h"

#include "timeline/intern.h"

#define KEY_LEN 16
#define FIRST_ROOM ((size_t)1 << 10)

struct slot {
	uint8_t key[KEY_LEN];
	int64_t number; /* 0: empty. */
};

struct intern {
	struct slot * slots; /* A power of two of them, at most half full. */
	size_t room;
	int64_t count;
	int64_t max;
};

/* The slot of ${key}: the one that has it, or the empty one it belongs to. */
static struct slot *
find(struct slot * slots, size_t room, const uint8_t key[KEY_LEN])
{
	uint64_t hash;
	size_t at;

	memcpy(&hash, key, sizeof(hash));
	at = (size_t)hash & (room - 1);
	while ((slots[at].number != 0) &&
	    (memcmp(slots[at].key, key, KEY_LEN) != 0))
		at = (at + 1) & (room - 1);
	return &slots[at];
}

static int
grow(struct intern * t, struct err * e)
{
	struct slot * more = calloc(2 * t->room, sizeof(*more));

	if (more == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	for (size_t i = 0; i < t->room; i++) {
		if (t->slots[i].number != 0)
			*find(more, 2 * t->room, t->slots[i].key) = t->slots[i];
	}
	free(t->slots);
	t->slots = more;
	t->room *= 2;
	return 0;
}

struct intern *
intern_new(int64_t max, struct err * e)
{
	struct intern * t;

	assert((max > 0) && (max <= INTERN_MAX));
	t = calloc(1, sizeof(*t));
	if (t != NULL) {
		t->room = FIRST_ROOM;
		t->max = max;
		t->slots = calloc(t->room, sizeof(*t->slots));
	}
	if ((t == NULL) || (t->slots == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		intern_free(t);
		return NULL;
	}
	return t;
}

void
intern_free(struct intern * t)
{
	if (t == NULL)
		return;
	free(t->slots);
	free(t);
}

int
intern_get(struct intern * t, const void * bytes, size_t len, int64_t * number,
    struct err * e)
{
	uint8_t hash[DIGEST_SHA256_LEN];
	struct slot * slot;

	digest_sha256(bytes, len, hash);
	slot = find(t->slots, t->room, hash);
	if (slot->number != 0) {
		*number = slot->number;
		return 0;
	}
	if (t->count >= t->max) {
		err_set(e, ERR_LIMIT, "build a timeline of fewer packages",
		    "more than %lld distinct values", (long long)t->max);
		return -1;
	}
	if ((size_t)(t->count + 1) > t->room / 2) {
		if (grow(t, e) != 0)
			return -1;
		slot = find(t->slots, t->room, hash);
	}
	memcpy(slot->key, hash, KEY_LEN);
	slot->number = ++t->count;
	*number = slot->number;
	return 1;
}
