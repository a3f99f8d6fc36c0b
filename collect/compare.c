#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/text.h"

#include "collect/compare.h"
#include "collect/plan.h"

/* An entry that met no other: what it is, in which state. */
struct loose {
	uint8_t identity[8];
	uint8_t state[8];
	int source;
	char * name_pct; /* Of the first few. */
	bool is_matched;
};

struct side {
	const struct compare_pair * pair;
	struct plan * plan;
	struct plan_entry * entry; /* The next one; NULL behind the last. */
	struct loose * loose;
	size_t loose_count;
	int64_t uncounted; /* Loose ones that found no room. */
};

static const char *
or_empty(const char * text)
{
	return (text == NULL) ? "" : text;
}

static int
advance(struct side * s, struct err * e)
{
	const struct compare_pair * pair = s->pair;
	int got;

	do {
		plan_entry_free(s->entry);
		s->entry = NULL;
		got = plan_next(s->plan, &s->entry, e);
	} while ((got > 0) && ((size_t)s->entry->source < pair->skip_count) &&
	    (pair->skip[s->entry->source] != 0));
	return (got < 0) ? -1 : 0;
}

static int
open_side(struct side * s, int dir, const char * name, struct err * e)
{
	s->plan = plan_open(dir, name, e);
	if (s->plan == NULL)
		return -1;
	s->loose = calloc(COMPARE_LOOSE_MAX, sizeof(*s->loose));
	if (s->loose == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	return advance(s, e);
}

static void
close_side(struct side * s)
{
	plan_entry_free(s->entry);
	plan_free(s->plan);
	for (size_t i = 0; i < s->loose_count; i++)
		free(s->loose[i].name_pct);
	free(s->loose);
}

/* Order by source, name, snapshot and version. */
static int
compare_identity(const struct plan_entry * a, const struct plan_entry * b)
{
	size_t len = (a->name_len < b->name_len) ? a->name_len : b->name_len;
	int order;

	if (a->source != b->source)
		return (a->source < b->source) ? -1 : 1;
	order = memcmp(a->name, b->name, len);
	if (order != 0)
		return order;
	if (a->name_len != b->name_len)
		return (a->name_len < b->name_len) ? -1 : 1;
	order = strcmp(or_empty(a->snapshot), or_empty(b->snapshot));
	if (order != 0)
		return order;
	return strcmp(or_empty(a->version_id), or_empty(b->version_id));
}

static bool
is_same_state(const struct plan_entry * a, const struct plan_entry * b)
{
	return (a->size == b->size) &&
	    (strcmp(or_empty(a->etag), or_empty(b->etag)) == 0);
}

static char *
encode_name(const struct plan_entry * entry, struct err * e)
{
	struct buf out = { 0 };
	char * name = NULL;

	if (text_percent_encode(&out, entry->name, entry->name_len, "/", e) ==
	    0)
		name = text_copy(buf_text(&out), e);
	buf_free(&out);
	return name;
}

/* Keep an example; takes ${name_pct}. */
static void
add_example(struct compare_result * r, enum compare_difference difference,
    int source, char * name_pct)
{
	struct compare_example * example;

	if ((r->example_count == COMPARE_EXAMPLES_MAX) || (name_pct == NULL)) {
		free(name_pct);
		return;
	}
	if (strlen(name_pct) > COMPARE_NAME_MAX)
		name_pct[COMPARE_NAME_MAX] = '\0';
	example = &r->examples[r->example_count++];
	example->difference = difference;
	example->source = source;
	example->name_pct = name_pct;
}

/* The first 8 bytes of the SHA-256 of what identifies ${entry}. */
static int
digest_identity(const struct plan_entry * entry, uint8_t out[8], struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct buf text = { 0 };
	int rc = -1;

	if ((buf_addf(&text, e, "%d/%s/%s/", entry->source,
		 or_empty(entry->snapshot),
		 or_empty(entry->version_id)) != 0) ||
	    (buf_add(&text, entry->name, entry->name_len, e) != 0))
		goto out;
	digest_sha256(text.bytes, text.len, sha256);
	memcpy(out, sha256, 8);
	rc = 0;

out:
	buf_free(&text);
	return rc;
}

static int
digest_state(const struct plan_entry * entry, uint8_t out[8], struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct buf text = { 0 };
	int rc;

	rc = buf_addf(
	    &text, e, "%lld/%s", (long long)entry->size, or_empty(entry->etag));
	if (rc == 0) {
		digest_sha256(text.bytes, text.len, sha256);
		memcpy(out, sha256, 8);
	}
	buf_free(&text);
	return rc;
}

/* The entry of ${s} met no other: keep it for later. */
static int
set_loose(struct side * s, struct err * e)
{
	struct loose * loose;

	if (s->loose_count == COMPARE_LOOSE_MAX) {
		s->uncounted++;
		return advance(s, e);
	}
	loose = &s->loose[s->loose_count];
	if ((digest_identity(s->entry, loose->identity, e) != 0) ||
	    (digest_state(s->entry, loose->state, e) != 0))
		return -1;
	loose->source = s->entry->source;
	if (s->loose_count < COMPARE_EXAMPLES_MAX) {
		loose->name_pct = encode_name(s->entry, e);
		if (loose->name_pct == NULL)
			return -1;
	}
	s->loose_count++;
	return advance(s, e);
}

/* Walk both plans side by side. */
static int
walk(
    struct side * a, struct side * b, struct compare_result * r, struct err * e)
{
	int order;

	while ((a->entry != NULL) || (b->entry != NULL)) {
		if (b->entry == NULL)
			order = -1;
		else if (a->entry == NULL)
			order = 1;
		else
			order = compare_identity(a->entry, b->entry);
		if (order != 0) {
			if (set_loose((order < 0) ? a : b, e) != 0)
				return -1;
			continue;
		}
		if (is_same_state(a->entry, b->entry)) {
			r->same++;
		} else {
			r->changed++;
			add_example(r, COMPARE_CHANGED, a->entry->source,
			    encode_name(a->entry, e));
		}
		if ((advance(a, e) != 0) || (advance(b, e) != 0))
			return -1;
	}
	return 0;
}

static int
order_loose(const void * a, const void * b)
{
	const struct loose * x = a;
	const struct loose * y = b;

	return memcmp(x->identity, y->identity, sizeof(x->identity));
}

/* Match what was passed by because the orders differ. */
static void
match_loose(struct side * a, struct side * b, struct compare_result * r)
{
	size_t i = 0, k = 0;

	qsort(a->loose, a->loose_count, sizeof(*a->loose), order_loose);
	qsort(b->loose, b->loose_count, sizeof(*b->loose), order_loose);
	while ((i < a->loose_count) && (k < b->loose_count)) {
		struct loose * x = &a->loose[i];
		struct loose * y = &b->loose[k];
		int order = order_loose(x, y);

		i += (order <= 0) ? 1 : 0;
		k += (order >= 0) ? 1 : 0;
		if (order != 0)
			continue;
		x->is_matched = true;
		y->is_matched = true;
		if (memcmp(x->state, y->state, sizeof(x->state)) == 0) {
			r->same++;
			continue;
		}
		r->changed++;
		add_example(r, COMPARE_CHANGED, x->source, x->name_pct);
		x->name_pct = NULL;
	}
}

/* Count what stayed alone on the side ${s}. */
static int64_t
count_alone(struct side * s, enum compare_difference difference,
    struct compare_result * r)
{
	int64_t n = s->uncounted;

	for (size_t i = 0; i < s->loose_count; i++) {
		if (s->loose[i].is_matched)
			continue;
		n++;
		add_example(
		    r, difference, s->loose[i].source, s->loose[i].name_pct);
		s->loose[i].name_pct = NULL;
	}
	return n;
}

int
compare_plans(int dir, const struct compare_pair * pair,
    struct compare_result * r, struct err * e)
{
	struct side a = { .pair = pair }, b = { .pair = pair };
	int rc = -1;

	memset(r, 0, sizeof(*r));
	if ((open_side(&a, dir, pair->first, e) != 0) ||
	    (open_side(&b, dir, pair->again, e) != 0) ||
	    (walk(&a, &b, r, e) != 0))
		goto out;
	match_loose(&a, &b, r);
	r->vanished = count_alone(&a, COMPARE_VANISHED, r);
	r->appeared = count_alone(&b, COMPARE_APPEARED, r);
	rc = 0;

out:
	close_side(&a);
	close_side(&b);
	if (rc != 0)
		compare_clear(r);
	return rc;
}

const char *
compare_word(enum compare_difference difference)
{
	switch (difference) {
	case COMPARE_CHANGED:
		return "changed";
	case COMPARE_APPEARED:
		return "appeared";
	case COMPARE_VANISHED:
		return "vanished";
	}
	return "?";
}

void
compare_clear(struct compare_result * r)
{
	for (size_t i = 0; i < r->example_count; i++)
		free(r->examples[i].name_pct);
	memset(r, 0, sizeof(*r));
}
