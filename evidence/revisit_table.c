#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/revisit_table.h"

#define ROOM_FIRST 64

/* Hash the parts of a name, each with its NUL; NULL is as good as "". */
static void
make_key(const struct source * source, const void * name, size_t name_len,
    const char * snapshot, uint8_t key[DIGEST_SHA256_LEN])
{
	const char * texts[3] = { source->account, source->container,
		snapshot };
	uint8_t parts[4][DIGEST_SHA256_LEN];

	for (int i = 0; i < 3; i++) {
		const char * text = (texts[i] == NULL) ? "" : texts[i];

		digest_sha256(text, strlen(text), parts[i]);
	}
	digest_sha256(name, name_len, parts[3]);
	digest_sha256(parts, sizeof(parts), key);
}

static void
copy_version(char to[REVISIT_TABLE_VERSION], const struct object * object)
{
	const char * version = object->version_id;

	(void)snprintf(
	    to, REVISIT_TABLE_VERSION, "%s", (version == NULL) ? "" : version);
}

int
revisit_table_add(struct revisit_table * t, const struct object * object,
    const struct source * source, struct err * e)
{
	struct revisit_entry * one;

	if (t->n == REVISIT_TABLE_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than %zu hours were open",
		    REVISIT_TABLE_MAX);
		return -1;
	}
	if (t->n == t->room) {
		size_t room = (t->room == 0) ? ROOM_FIRST : 2 * t->room;

		one = realloc(t->list, room * sizeof(*one));
		if (one == NULL) {
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			return -1;
		}
		t->list = one;
		t->room = room;
	}
	one = &t->list[t->n];
	memset(one, 0, sizeof(*one));
	make_key(
	    source, object->name, object->name_len, object->snapshot, one->key);
	copy_version(one->version, object);
	one->order = (int64_t)t->n++;
	return 0;
}

static int
by_key(const void * a, const void * b)
{
	const struct revisit_entry * x = a;
	const struct revisit_entry * y = b;

	return memcmp(x->key, y->key, sizeof(x->key));
}

static int
by_order(const void * a, const void * b)
{
	const struct revisit_entry * x = a;
	const struct revisit_entry * y = b;

	return (x->order > y->order) - (x->order < y->order);
}

void
revisit_table_ready(struct revisit_table * t)
{
	if (t->n > 0)
		qsort(t->list, t->n, sizeof(*t->list), by_key);
}

/* The first of those with ${key}, or t->n. */
static size_t
find(const struct revisit_table * t, const uint8_t key[DIGEST_SHA256_LEN])
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(t->list[middle].key, key, DIGEST_SHA256_LEN) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Is it of the key, and not only behind where it would stand? */
static bool
is_of(const struct revisit_table * t, size_t i,
    const uint8_t key[DIGEST_SHA256_LEN])
{
	return (i < t->n) &&
	    (memcmp(t->list[i].key, key, DIGEST_SHA256_LEN) == 0);
}

/* Take ${object} for ${one}, unless a better one was found. */
static void
match(struct revisit_entry * one, const struct object * object)
{
	char version[REVISIT_TABLE_VERSION];
	bool is_exact;

	copy_version(version, object);
	is_exact = (strcmp(version, one->version) == 0);
	if (one->is_exact ||
	    (one->is_found && !is_exact &&
		(strcmp(version, one->later_version) <= 0)))
		return;
	one->is_found = true;
	one->is_exact = is_exact;
	memcpy(one->later_version, version, sizeof(version));
	one->later_seq = object->seq;
	one->later_offset = object->offset;
	one->later_size = object->size;
	memcpy(one->later_sha256, object->sha256, DIGEST_SHA256_LEN);
}

void
revisit_table_offer(struct revisit_table * t, const struct object * object,
    const struct source * source)
{
	uint8_t key[DIGEST_SHA256_LEN];

	make_key(source, object->name, object->name_len, object->snapshot, key);
	for (size_t i = find(t, key); is_of(t, i, key); i++)
		match(&t->list[i], object);
}

void
revisit_table_offer_gap(struct revisit_table * t, const struct gap * gap,
    const struct source * source)
{
	uint8_t key[DIGEST_SHA256_LEN];

	make_key(source, gap->name, gap->name_len, gap->snapshot, key);
	for (size_t i = find(t, key); is_of(t, i, key); i++) {
		t->list[i].has_gap = true;
		t->list[i].reason = gap->reason;
	}
}

void
revisit_table_done(struct revisit_table * t)
{
	if (t->n > 0)
		qsort(t->list, t->n, sizeof(*t->list), by_order);
}

void
revisit_table_free(struct revisit_table * t)
{
	free(t->list);
	memset(t, 0, sizeof(*t));
}
