#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "timeline/enrich_source.h"

/* Append ${text} (NULL: nothing) with its NUL and put where it stands. */
static int
keep_text(
    struct enrich_source * s, const char * text, size_t * at, struct err * e)
{
	const char * kept = (text != NULL) ? text : "";
	size_t len = strlen(kept);

	if (len > ENRICH_TEXT_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a text of more than %d bytes",
		    ENRICH_TEXT_MAX);
		return -1;
	}
	*at = s->texts.len;
	return buf_add(&s->texts, kept, len + 1, e);
}

/* Make room for one more of ${size} bytes.  Return the list, or NULL. */
static void *
grow(void * list, size_t count, size_t * room, size_t size, struct err * e)
{
	size_t more = (*room == 0) ? 64 : 2 * *room;
	void * longer = list;

	if (count == ENRICH_ENTRIES_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than %zu entries",
		    ENRICH_ENTRIES_MAX);
		return NULL;
	}
	if (count == *room) {
		longer = realloc(list, more * size);
		if (longer == NULL) {
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			return NULL;
		}
		*room = more;
	}
	return longer;
}

int
enrich_source_entry(struct enrich_source * s, const char * name,
    const char * detail, size_t * number, struct err * e)
{
	struct enrich_entry * entries = grow(
	    s->entries, s->entry_count, &s->entry_room, sizeof(*s->entries), e);

	if (entries == NULL)
		return -1;
	s->entries = entries;
	if ((keep_text(s, name, &entries[s->entry_count].name, e) != 0) ||
	    (keep_text(s, detail, &entries[s->entry_count].detail, e) != 0))
		return -1;
	*number = s->entry_count++;
	return 0;
}

int
enrich_source_network(
    struct enrich_source * s, const char * text, size_t entry, struct err * e)
{
	struct network network;
	const char * why = network_parse(text, &network);

	if (why != NULL) {
		err_set(e, ERR_INPUT, NULL, "%s: %s", text, why);
		return -1;
	}
	if (network_table_add(s->networks, &network, entry, e) != 0)
		return -1;
	s->file.entries++;
	return 0;
}

int
enrich_fold_key(const char * text, struct buf * out, struct err * e)
{
	buf_clear(out);
	if (buf_add_text(out, text, e) != 0)
		return -1;
	for (size_t i = 0; i < out->len; i++) {
		uint8_t c = out->bytes[i];

		if ((c >= 'A') && (c <= 'Z'))
			out->bytes[i] = (uint8_t)(c - 'A' + 'a');
	}
	return 0;
}

int
enrich_source_key(
    struct enrich_source * s, const char * text, size_t entry, struct err * e)
{
	struct enrich_key * keys =
	    grow(s->keys, s->key_count, &s->key_room, sizeof(*s->keys), e);
	struct buf folded = { 0 };
	int rc = -1;

	if (keys == NULL)
		return -1;
	s->keys = keys;
	if (enrich_fold_key(text, &folded, e) != 0)
		goto out;
	if (keep_text(s, buf_text(&folded), &keys[s->key_count].text, e) != 0)
		goto out;
	keys[s->key_count++].entry = entry;
	s->file.entries++;
	rc = 0;

out:
	buf_free(&folded);
	return rc;
}

static const char *
text_at(const struct enrich_source * s, size_t at)
{
	return (const char *)s->texts.bytes + at;
}

/* A heap sort: the C library's hands no context to its comparison. */
static int
compare_keys(const struct enrich_source * s, size_t a, size_t b)
{
	int order =
	    strcmp(text_at(s, s->keys[a].text), text_at(s, s->keys[b].text));

	if (order != 0)
		return order;
	return (s->keys[a].entry > s->keys[b].entry) -
	    (s->keys[a].entry < s->keys[b].entry);
}

static void
swap_keys(struct enrich_source * s, size_t a, size_t b)
{
	struct enrich_key kept = s->keys[a];

	s->keys[a] = s->keys[b];
	s->keys[b] = kept;
}

static void
sift(struct enrich_source * s, size_t root, size_t count)
{
	for (;;) {
		size_t child = 2 * root + 1;

		if (child >= count)
			return;
		if ((child + 1 < count) &&
		    (compare_keys(s, child, child + 1) < 0))
			child++;
		if (compare_keys(s, root, child) >= 0)
			return;
		swap_keys(s, root, child);
		root = child;
	}
}

void
enrich_source_sort(struct enrich_source * s)
{
	for (size_t i = s->key_count / 2; i > 0; i--)
		sift(s, i - 1, s->key_count);
	for (size_t left = s->key_count; left > 1; left--) {
		swap_keys(s, 0, left - 1);
		sift(s, 0, left - 1);
	}
}

size_t
enrich_source_find(
    const struct enrich_source * s, const char * text, size_t from)
{
	size_t low = from;
	size_t high = s->key_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(text_at(s, s->keys[middle].text), text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if ((low < s->key_count) &&
	    (strcmp(text_at(s, s->keys[low].text), text) == 0))
		return low;
	return SIZE_MAX;
}

int
enrich_read_json(struct enrich_source * s, const void * bytes, size_t len,
    enrich_take_root * take, struct err * e)
{
	struct record * r = record_new(e);
	int rc = -1;

	if (r == NULL)
		return -1;
	switch (record_parse(r, bytes, len, e)) {
	case RECORD_FAILED:
		break;
	case RECORD_READ:
		rc = take(s, record_root(r), e);
		break;
	case RECORD_BAD_SYNTAX:
	case RECORD_BAD_LIMIT:
		err_set(e, ERR_INPUT, NULL, "%s", record_why(r));
		break;
	}
	record_free(r);
	return rc;
}
