#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/io.h"
#include "evidence/json.h"
#include "evidence/lines.h"
#include "evidence/text.h"

#include "verify/timeline_rows.h"

#define BLOCK ((size_t)256 << 10)

/* Where a row says its bytes are. */
struct place {
	uint8_t member[DIGEST_SHA256_LEN]; /* SHA-256 of its path. */
	uint8_t sha256[DIGEST_SHA256_LEN]; /* Of the bytes. */
	int64_t offset;
	int64_t length;
	int64_t line;
	uint32_t source;
	bool is_done; /* Resolved, or told to be wrong. */
};

struct checking {
	const struct timeline_source * sources;
	size_t n_sources;
	timeline_rows_note * note;
	void * context;
	struct timeline_rows * result;
	struct place * places;
	size_t count;
	struct digest * digest; /* Of the bytes of a row. */
};

static void
tell(struct checking * c, int64_t line, const char * text)
{
	c->note(c->context, line, text);
}

/* Which source ${row} names by package and seal, or -1. */
static int
source_of(const struct checking * c, const struct json * row)
{
	const char * package = json_text(json_get(row, "package"));
	const char * seal = json_text(json_get(row, "seal"));
	char hex[DIGEST_SHA256_HEX];

	if ((package == NULL) || (seal == NULL))
		return -1;
	for (size_t i = 0; i < c->n_sources; i++) {
		const struct derived_package * p = c->sources[i].package;

		if (!p->is_sealed || (strcmp(p->package, package) != 0))
			continue;
		text_hex_encode(p->seal_sha256, sizeof(p->seal_sha256), hex);
		if (strcmp(hex, seal) == 0)
			return (int)i;
	}
	return -1;
}

/* Take the place of ${row}.  Return NULL, or what is wrong with it. */
static const char *
take_place(
    const struct checking * c, const struct json * row, struct place * to)
{
	const char * member = json_text(json_get(row, "member"));
	const char * sha256 = json_text(json_get(row, "record_sha256"));
	int source = source_of(c, row);

	if (source < 0)
		return "its package and seal are not in derived.json";
	if ((member == NULL) || (sha256 == NULL) ||
	    (strlen(sha256) != 2 * DIGEST_SHA256_LEN) ||
	    (text_hex_decode(sha256, to->sha256, DIGEST_SHA256_LEN) != 0) ||
	    (json_integer(json_get(row, "offset"), &to->offset) != 0) ||
	    (json_integer(json_get(row, "length"), &to->length) != 0) ||
	    (to->offset < 0) || (to->length <= 0))
		return "it does not say which bytes it was made from";
	digest_sha256(member, strlen(member), to->member);
	to->source = (uint32_t)source;
	return NULL;
}

/* By source, member, and offset. */
static int
compare_places(const void * a, const void * b)
{
	const struct place * x = a;
	const struct place * y = b;
	int order;

	if (x->source != y->source)
		return (x->source < y->source) ? -1 : 1;
	order = memcmp(x->member, y->member, sizeof(x->member));
	if (order != 0)
		return order;
	if (x->offset != y->offset)
		return (x->offset < y->offset) ? -1 : 1;
	if (x->length != y->length)
		return (x->length < y->length) ? -1 : 1;
	return (x->line < y->line) ? -1 : (x->line > y->line);
}

/* The first place of ${member} in the source, or where it would stand. */
static size_t
first_of(const struct checking * c, uint32_t source, const uint8_t * member)
{
	struct place key = { .source = source, .offset = -1 };
	size_t low = 0;
	size_t high = c->count;

	memcpy(key.member, member, sizeof(key.member));
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_places(&c->places[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_same_span(const struct place * a, const struct place * b)
{
	return (a->offset == b->offset) && (a->length == b->length);
}

/* The bytes of the places from ${at} on that share a span are through. */
static size_t
settle(struct checking * c, size_t at, size_t end)
{
	const struct place * first = &c->places[at];
	uint8_t have[DIGEST_SHA256_LEN];

	digest_finish(c->digest, have);
	digest_restart(c->digest);
	for (; (at < end) && is_same_span(&c->places[at], first); at++) {
		struct place * p = &c->places[at];

		p->is_done = true;
		if (memcmp(have, p->sha256, sizeof(have)) == 0)
			c->result->resolved++;
		else
			tell(c, p->line, "its bytes have another digest");
	}
	return at;
}

/*
 * Cut the places ${at} to ${end}, in order of offset, out of the member under
 * ${r}.  Return 0, or -1 with ${e} set.
 */
static int
cut_member(struct checking * c, struct package_read * r, size_t at, size_t end,
    struct err * e)
{
	const uint8_t * bytes;
	int64_t begin = 0; /* Offset of ${bytes} in the member. */
	int64_t got;

	digest_restart(c->digest);
	for (;;) {
		got = package_read_data(r, &bytes, e);
		if (got <= 0)
			return (got == 0) ? 0 : -1;
		while (at < end) {
			const struct place * p = &c->places[at];
			int64_t from =
			    (p->offset > begin) ? p->offset - begin : 0;
			int64_t to = p->offset + p->length - begin;

			if (from >= got)
				break;
			if (to <= 0)
				return 0; /* Records never overlap. */
			digest_update(c->digest, bytes + from,
			    (size_t)(((to < got) ? to : got) - from));
			if (to > got)
				break;
			at = settle(c, at, end);
			/* One that begins before this one ended. */
			if ((at < end) && (c->places[at].offset < begin + to))
				return 0;
		}
		begin += got;
	}
}

/* Read one package once for all places in it. */
static int
read_source(struct checking * c, uint32_t number, struct err * e)
{
	const struct timeline_source * source = &c->sources[number];
	struct package_read * r;
	struct package_item item;
	int rc;

	r = package_read_open_index(source->fd, source->index, e);
	if (r == NULL)
		return -1;
	for (;;) {
		uint8_t member[DIGEST_SHA256_LEN];
		size_t at;
		size_t end;

		rc = package_read_next(r, &item, e);
		if (rc != 1)
			break;
		digest_sha256(item.name, strlen(item.name), member);
		at = first_of(c, number, member);
		for (end = at;
		     (end < c->count) && (c->places[end].source == number) &&
		     (memcmp(c->places[end].member, member, sizeof(member)) ==
			 0);
		     end++)
			;
		if ((end > at) && (cut_member(c, r, at, end, e) != 0)) {
			rc = -1;
			break;
		}
	}
	package_read_close(r);
	return rc;
}

/* Resolve the portion in hand and make room for the next. */
static int
resolve(struct checking * c, struct err * e)
{
	qsort(c->places, c->count, sizeof(c->places[0]), compare_places);
	for (size_t i = 0; i < c->count;) {
		uint32_t source = c->places[i].source;

		if ((c->sources[source].fd >= 0) &&
		    (read_source(c, source, e) != 0))
			return -1;
		for (; (i < c->count) && (c->places[i].source == source); i++) {
			if (c->places[i].is_done)
				continue;
			if (c->sources[source].fd < 0)
				c->result->unchecked++;
			else
				tell(c, c->places[i].line,
				    "no such bytes, or they overlap another "
				    "record");
		}
	}
	c->count = 0;
	return 0;
}

static int
take_line(struct checking * c, const uint8_t * line, size_t len, struct err * e)
{
	struct place * to = &c->places[c->count];
	const char * wrong;
	struct err reason;
	struct json * row;

	c->result->rows++;
	memset(to, 0, sizeof(*to));
	to->line = c->result->rows;
	err_init(&reason);
	row = json_parse(line, len, &reason);
	if ((row == NULL) && (reason.kind == ERR_SYSTEM)) {
		*e = reason;
		return -1;
	}
	wrong = (row == NULL) ? "it is not JSON" : take_place(c, row, to);
	json_free(row);
	if (wrong != NULL) {
		tell(c, to->line, wrong);
		return 0;
	}
	c->count++;
	return (c->count == TIMELINE_ROWS_PORTION) ? resolve(c, e) : 0;
}

/* The lines of one block, of which the last may go on in the next. */
static int
take_block(struct checking * c, struct lines * lines, const uint8_t * bytes,
    size_t left, struct err * e)
{
	const uint8_t * line;
	size_t len;
	int rc;

	for (;;) {
		rc = lines_next(lines, &bytes, &left, &line, &len, e);
		if (rc != 1)
			return rc;
		if (take_line(c, line, len, e) != 0)
			return -1;
	}
}

/* All lines of ${fd}, hashed as they are read. */
static int
take_file(struct checking * c, int fd, struct digest * whole, uint8_t * block,
    struct err * e)
{
	struct lines lines;
	int64_t offset = 0;
	ssize_t got;
	int rc = -1;

	lines_start(&lines, TIMELINE_ROWS_LINE_MAX);
	for (;;) {
		got = io_read_at(fd, block, BLOCK, offset, e);
		if (got <= 0)
			break;
		digest_update(whole, block, (size_t)got);
		offset += got;
		if (take_block(c, &lines, block, (size_t)got, e) != 0)
			goto out;
	}
	if ((got < 0) || (lines_finish(&lines, e) != 0))
		goto out;
	rc = resolve(c, e);

out:
	lines_free(&lines);
	return rc;
}

int
timeline_rows_check(int fd, const struct timeline_source * sources, size_t n,
    timeline_rows_note * note, void * context, struct timeline_rows * result,
    struct err * e)
{
	struct checking c = { sources, n, note, context, result, NULL, 0,
		NULL };
	struct digest * whole = digest_new(DIGEST_SHA256, e);
	uint8_t * block = malloc(BLOCK);
	int rc = -1;

	memset(result, 0, sizeof(*result));
	c.digest = digest_new(DIGEST_SHA256, e);
	c.places = calloc(TIMELINE_ROWS_PORTION, sizeof(*c.places));
	if ((whole == NULL) || (block == NULL) || (c.digest == NULL) ||
	    (c.places == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	rc = take_file(&c, fd, whole, block, e);
	if (rc == 0)
		digest_finish(whole, result->sha256);

out:
	digest_free(whole);
	digest_free(c.digest);
	free(c.places);
	free(block);
	return rc;
}
