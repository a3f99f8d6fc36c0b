#include <assert.h>
#include <stdlib.h>

#include "evidence/frames_read.h"
#include "evidence/frames_walk.h"
#include "evidence/io.h"

/*
 * The zstd seekable format's table, without checksums, all little-endian:
 *
 *	4 magic of a skippable frame   4 its length
 *	n times: 4 bytes in the file   4 bytes of content
 *	4 n   1 descriptor = 0   4 magic of the table
 */
#define SKIPPABLE_MAGIC UINT32_C(0x184d2a5e)
#define TABLE_MAGIC UINT32_C(0x8f92eab1)
#define HEAD_LEN 8
#define ENTRY_LEN 8
#define FOOTER_LEN 9
#define STEP 512 /* Entries between two places that are kept. */

/*
 * Four million frames fit in 32 MiB: an entry as the file has it, and the place
 * of every STEP-th frame.
 */
struct entry {
	uint32_t file_len;
	uint32_t content_len;
};

struct frames_table {
	int64_t n;
	struct entry * entries;
	struct frames_place * places; /* Of frames 0, STEP, 2 * STEP... */
	struct frames_place end;
};

static uint32_t
le32(const uint8_t * p)
{
	return (uint32_t)p[0] | ((uint32_t)p[1] << 8) | ((uint32_t)p[2] << 16) |
	    ((uint32_t)p[3] << 24);
}

/* Read exactly ${len} bytes. */
static int
read_exact(int fd, uint8_t * bytes, size_t len, int64_t at, struct err * e)
{
	ssize_t n = io_read_at(fd, bytes, len, at, e);

	if (n < 0)
		return -1;
	if ((size_t)n != len) {
		err_set(e, ERR_INPUT, NULL, "the seek table is cut short");
		return -1;
	}
	return 0;
}

/* Read head and footer; put the number of frames into ${n}. */
static int
load_frame(int fd, int64_t size, int64_t * n, struct err * e)
{
	uint8_t footer[FOOTER_LEN], head[HEAD_LEN];
	int64_t body;

	if (size < HEAD_LEN + FOOTER_LEN)
		goto none;
	if (read_exact(fd, footer, sizeof(footer), size - FOOTER_LEN, e) != 0)
		return -1;
	*n = (int64_t)le32(footer);
	body = *n * ENTRY_LEN + FOOTER_LEN;
	if ((footer[4] != 0) || (le32(footer + 5) != TABLE_MAGIC) ||
	    (*n > FRAMES_READ_LIMIT) || (HEAD_LEN + body > size))
		goto none;
	if (read_exact(fd, head, sizeof(head), size - HEAD_LEN - body, e) != 0)
		return -1;
	if ((le32(head) != SKIPPABLE_MAGIC) ||
	    ((int64_t)le32(head + 4) != body))
		goto none;
	return 0;

none:
	err_set(e, ERR_INPUT, NULL, "there is no seek table");
	return -1;
}

/* Take over the entry at ${p} as the ${i}-th; it begins at ${t}->end. */
static int
load_entry(
    struct frames_table * t, int64_t i, const uint8_t * p, struct err * e)
{
	struct entry entry = { le32(p), le32(p + 4) };

	/* No frame is empty: a table must not be longer than the file. */
	if ((entry.file_len == 0) || (entry.content_len == 0) ||
	    (entry.content_len > FRAMES_READ_MAX)) {
		err_set(e, ERR_INPUT, NULL,
		    "the seek table has a frame that cannot be");
		return -1;
	}
	if (i % STEP == 0)
		t->places[i / STEP] = t->end;
	t->entries[i] = entry;
	t->end.file_at += (int64_t)entry.file_len;
	t->end.stream_at += (int64_t)entry.content_len;
	return 0;
}

/* Read all entries, which begin at byte ${at} of the file. */
static int
load_entries(int fd, int64_t at, struct frames_table * t, struct err * e)
{
	uint8_t bytes[STEP * ENTRY_LEN];

	for (int64_t i = 0; i < t->n; i++) {
		int64_t left = (t->n - i > STEP) ? STEP : t->n - i;

		if ((i % STEP == 0) &&
		    (read_exact(fd, bytes, (size_t)left * ENTRY_LEN,
			 at + i * ENTRY_LEN, e) != 0))
			return -1;
		if (load_entry(t, i, bytes + (i % STEP) * ENTRY_LEN, e) != 0)
			return -1;
	}
	return 0;
}

struct frames_table *
frames_table_load(int fd, struct err * e)
{
	struct frames_table * table = NULL;
	int64_t size, n = 0, end;
	int rc = -1;

	if ((io_size(fd, &size, e) != 0) || (load_frame(fd, size, &n, e) != 0))
		return NULL;
	table = calloc(1, sizeof(*table));
	if (table == NULL)
		goto memory;
	table->n = n;
	table->entries = calloc((size_t)n + 1, sizeof(*table->entries));
	table->places = calloc((size_t)(n / STEP) + 1, sizeof(*table->places));
	if ((table->entries == NULL) || (table->places == NULL))
		goto memory;
	end = size - HEAD_LEN - n * ENTRY_LEN - FOOTER_LEN;
	if (load_entries(fd, end + HEAD_LEN, table, e) != 0)
		goto out;
	if (table->end.file_at != end) {
		err_set(e, ERR_INPUT, NULL,
		    "the seek table does not add up to the file");
		goto out;
	}
	rc = 0;
	goto out;

memory:
	err_set(e, ERR_SYSTEM, NULL, "out of memory");
out:
	if (rc != 0) {
		frames_table_free(table);
		table = NULL;
	}
	return table;
}

/* Make room for a further frame; entries and places grow together. */
static int
grow(struct frames_table * t, int64_t * room, struct err * e)
{
	int64_t more = (*room == 0) ? STEP : *room * 2;
	struct entry * entries;
	struct frames_place * places;

	if (t->n + 1 < *room)
		return 0;
	if (more > 2 * FRAMES_READ_LIMIT) {
		err_set(e, ERR_LIMIT, NULL, "too many frames");
		return -1;
	}
	entries = realloc(t->entries, (size_t)more * sizeof(*entries));
	if (entries != NULL)
		t->entries = entries;
	places =
	    realloc(t->places, (size_t)(more / STEP + 1) * sizeof(*places));
	if (places != NULL)
		t->places = places;
	if ((entries == NULL) || (places == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	*room = more;
	return 0;
}

/* Add frames while they can be followed; 0, or -1 if we cannot go on. */
static int
follow(struct frames_table * t, struct frames_walk * w, uint8_t * bytes,
    struct err * e)
{
	struct frames_raw raw = { .bytes = bytes };
	struct err why;
	size_t content_len;
	int64_t room = 0;

	err_init(&why);
	for (;;) {
		if (grow(t, &room, e) != 0)
			return -1;
		if ((frames_walk_peek(w, &content_len, &why) != 1) ||
		    (frames_walk_take(w, &raw, &why) != 0))
			break;
		if (t->n % STEP == 0)
			t->places[t->n / STEP] = t->end;
		t->entries[t->n++] = (struct entry){ (uint32_t)raw.len,
			(uint32_t)raw.content_len };
		t->end.file_at += (int64_t)raw.len;
		t->end.stream_at += (int64_t)raw.content_len;
	}
	if ((why.kind == ERR_NONE) || (why.kind == ERR_INPUT) ||
	    (why.kind == ERR_LIMIT))
		return 0;
	err_set(e, why.kind, NULL, "%s", why.text);
	return -1;
}

struct frames_table *
frames_table_scan(int fd, struct err * e)
{
	static const struct frames_place start;
	struct frames_table * table = calloc(1, sizeof(*table));
	struct frames_walk * w = NULL;
	uint8_t * bytes = malloc(frames_walk_bound(FRAMES_READ_MAX));
	int rc = -1;

	if ((table == NULL) || (bytes == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	w = frames_walk_open(fd, &start, e);
	if (w != NULL)
		rc = follow(table, w, bytes, e);

out:
	frames_walk_close(w);
	free(bytes);
	if (rc != 0) {
		frames_table_free(table);
		table = NULL;
	}
	return table;
}

int64_t
frames_table_count(const struct frames_table * table)
{
	return table->n;
}

struct frames_place
frames_table_place(const struct frames_table * table, int64_t i)
{
	struct frames_place at;

	assert((i >= 0) && (i <= table->n));
	if (i == table->n)
		return table->end;
	at = table->places[i / STEP];
	for (int64_t k = i - i % STEP; k < i; k++) {
		at.file_at += (int64_t)table->entries[k].file_len;
		at.stream_at += (int64_t)table->entries[k].content_len;
	}
	return at;
}

int64_t
frames_table_find(const struct frames_table * table, int64_t stream_at)
{
	int64_t lo = 0, hi = (table->n + STEP - 1) / STEP;
	int64_t i, at;

	if ((stream_at < 0) || (stream_at >= table->end.stream_at))
		return -1;
	while (hi - lo > 1) {
		int64_t mid = lo + (hi - lo) / 2;

		if (table->places[mid].stream_at <= stream_at)
			lo = mid;
		else
			hi = mid;
	}
	i = lo * STEP;
	at = table->places[lo].stream_at;
	while (at + (int64_t)table->entries[i].content_len <= stream_at)
		at += (int64_t)table->entries[i++].content_len;
	return i;
}

void
frames_table_free(struct frames_table * table)
{
	if (table == NULL)
		return;
	free(table->entries);
	free(table->places);
	free(table);
}
