#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "evidence/text.h"

#include "timeline/record_private.h"

#define FIRST_ROOM 1024 /* Values. */
#define POINTER_SIZE sizeof(struct record_value *)

struct record *
record_new(struct err * e)
{
	struct record * r = calloc(1, sizeof(*r));

	if (r == NULL)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	return r;
}

void
record_free(struct record * r)
{
	if (r == NULL)
		return;
	free(r->values);
	free(r->text);
	free(r->sorted);
	free(r);
}

static int
stop(struct record * r, const char * why)
{
	r->over = true;
	(void)snprintf(r->why, sizeof(r->why), "%s", why);
	return 0;
}

/*
 * Copy text behind the other texts.  There is always room: each string and
 * number is at least one byte shorter than its source with what delimits it
 * (a NUL escape of six bytes becomes three), and record_parse made room for
 * the source and one byte.
 */
static const char *
keep_text(struct record * r, const char * text, size_t len)
{
	char * begin = r->text + r->text_len;
	const char * nul = r->escapes ? memchr(text, '\0', len) : NULL;
	size_t before;

	while (nul != NULL) {
		before = (size_t)(nul - text);
		memcpy(r->text + r->text_len, text, before);
		memcpy(r->text + r->text_len + before, "\xe2\x90\x80", 3);
		r->text_len += before + 3;
		r->nul = true;
		len -= before + 1;
		text = nul + 1;
		nul = memchr(text, '\0', len);
	}
	memcpy(r->text + r->text_len, text, len);
	r->text_len += len;
	r->text[r->text_len++] = '\0';
	assert(r->text_len <= r->text_room);
	return begin;
}

static bool
grow(struct record * r)
{
	size_t room = (r->room == 0) ? FIRST_ROOM : 2 * r->room;
	struct record_value * values;

	values = realloc(r->values, room * sizeof(*values));
	if (values == NULL) {
		r->no_memory = true;
		return false;
	}
	r->values = values;
	r->room = room;
	return true;
}

int
record_reset(struct record * r, size_t len, struct err * e)
{
	char * text = r->text;

	r->count = 1;
	r->text_len = 0;
	r->depth = 0;
	r->key = NULL;
	r->key_len = 0;
	r->conflict = NULL;
	r->nul = false;
	r->surrogate = false;
	r->no_memory = false;
	r->over = false;
	r->why[0] = '\0';
	if (r->text_room < len + 1) {
		text = realloc(r->text, len + 1);
		if (text != NULL) {
			r->text = text;
			r->text_room = len + 1;
		}
	}
	if ((text != NULL) && ((r->room > 0) || grow(r)))
		return 0;
	err_set(e, ERR_SYSTEM, NULL, "out of memory");
	return -1;
}

enum record_result
record_refuse(struct record * r, enum record_result result, const char * why)
{
	(void)snprintf(r->why, sizeof(r->why), "%s", why);
	return result;
}

/* A new value at this place of the tree, or NULL to end the parse. */
static struct record_value *
add(struct record * r, enum record_type type)
{
	struct record_value * v;
	uint32_t at = (uint32_t)r->count;
	uint32_t before;

	if (r->count > RECORD_MAX_VALUES) {
		(void)stop(r, "more than 1048576 values");
		return NULL;
	}
	if ((r->count == r->room) && !grow(r))
		return NULL;
	v = &r->values[r->count++];
	memset(v, 0, sizeof(*v));
	v->type = type;
	v->key = r->key;
	v->key_len = (uint32_t)r->key_len;
	r->key = NULL;
	r->key_len = 0;
	if (r->depth == 0)
		return v;
	before = r->last[r->depth - 1];
	if (before == 0)
		r->values[r->open[r->depth - 1]].child =
		    at - r->open[r->depth - 1];
	else
		r->values[before].next = at - before;
	r->last[r->depth - 1] = at;
	return v;
}

int
record_add_text(
    struct record * r, enum record_type type, const char * text, size_t len)
{
	struct record_value * v = add(r, type);

	if (v == NULL)
		return 0;
	v->text = keep_text(r, text, len);
	v->len = (uint32_t)(r->text_len - 1 - (size_t)(v->text - r->text));
	return 1;
}

int
record_open(struct record * r, enum record_type type)
{
	if (r->depth == RECORD_MAX_DEPTH)
		return stop(r, "nested deeper than 64");
	if (add(r, type) == NULL)
		return 0;
	r->open[r->depth] = (uint32_t)(r->count - 1);
	r->last[r->depth] = 0;
	r->depth++;
	return 1;
}

int
record_add(struct record * r, enum record_type type)
{
	return add(r, type) != NULL;
}

int
record_add_key(struct record * r, const char * text, size_t len)
{
	r->key = keep_text(r, text, len);
	r->key_len = r->text_len - 1 - (size_t)(r->key - r->text);
	return 1;
}

/* Order by name with ASCII letters folded. */
static int
compare_keys(const void * a, const void * b)
{
	const struct record_value * const * x = a;
	const struct record_value * const * y = b;

	return text_compare_nocase((*x)->key, (*y)->key);
}

static bool
is_same_key(const struct record_value * a, const struct record_value * b)
{
	return (a->key_len == b->key_len) &&
	    (strncasecmp(a->key, b->key, a->key_len) == 0);
}

#define FEW 12 /* So many members are compared each with each. */

static void
compare_few(struct record * r, struct record_value ** members, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (is_same_key(members[i], members[j])) {
				r->conflict = members[i]->key;
				return;
			}
		}
	}
}

/* Sorting keeps this n log n, whatever names an attacker chose. */
static void
compare_many(struct record * r, struct record_value ** members, size_t count)
{
	qsort(members, count, POINTER_SIZE, compare_keys);
	for (size_t i = 1; i < count; i++) {
		if (is_same_key(members[i - 1], members[i])) {
			r->conflict = members[i]->key;
			return;
		}
	}
}

int
record_close(struct record * r, enum record_type type)
{
	struct record_value ** sorted;
	struct record_value * v;
	size_t count = 0;

	r->depth--;
	if ((type != RECORD_OBJECT) || (r->conflict != NULL))
		return 1;
	v = &r->values[r->open[r->depth]];
	for (uint32_t to = v->child; to != 0; to = v->next) {
		v += to;
		if (count == r->sorted_room) {
			sorted = realloc(
			    r->sorted, (2 * count + FEW) * POINTER_SIZE);
			if (sorted == NULL) {
				r->no_memory = true;
				return 0;
			}
			r->sorted = sorted;
			r->sorted_room = 2 * count + FEW;
		}
		r->sorted[count++] = v;
	}
	if (count <= FEW)
		compare_few(r, r->sorted, count);
	else
		compare_many(r, r->sorted, count);
	return 1;
}

/* ---- Rows ---------------------------------------------------------------- */

/* What a callback's 0 means outside of yajl. */
static int
fail(const struct record * r, struct err * e)
{
	if (r->no_memory)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	else
		err_set(e, ERR_LIMIT, NULL, "%s", r->why);
	return -1;
}

int
record_begin_row(struct record * r, struct err * e)
{
	if (record_reset(r, 0, e) != 0)
		return -1;
	return record_open(r, RECORD_OBJECT) ? 0 : fail(r, e);
}

int
record_add_cell(struct record * r, const char * key, const char * text,
    size_t len, struct err * e)
{
	struct record_value * v;

	r->key = key;
	r->key_len = strlen(key);
	v = add(r, RECORD_STRING);
	if (v == NULL)
		return fail(r, e);
	v->text = text;
	v->len = (uint32_t)len;
	return 0;
}

int
record_end_row(struct record * r, struct err * e)
{
	return record_close(r, RECORD_OBJECT) ? 0 : fail(r, e);
}

/* ---- Looking ------------------------------------------------------------- */

const char *
record_why(const struct record * r)
{
	return r->why;
}

const struct record_value *
record_root(const struct record * r)
{
	return (r->count > 1) ? &r->values[1] : NULL;
}

const struct record_value *
record_first(const struct record_value * v)
{
	return (v->child != 0) ? v + v->child : NULL;
}

const struct record_value *
record_next(const struct record_value * v)
{
	return (v->next != 0) ? v + v->next : NULL;
}

const struct record_value *
record_get(const struct record_value * object, const char * key)
{
	const struct record_value * found = NULL;
	const struct record_value * v;
	size_t len = strlen(key);

	if ((object == NULL) || (object->type != RECORD_OBJECT))
		return NULL;
	for (v = record_first(object); v != NULL; v = record_next(v)) {
		if (v->key_len != len)
			continue;
		if (memcmp(v->key, key, len) == 0) {
			found = v;
			break;
		}
		if ((found == NULL) && (strncasecmp(v->key, key, len) == 0))
			found = v;
	}
	if ((found != NULL) && (found->type == RECORD_NULL))
		return NULL;
	return found;
}

const char *
record_text(const struct record_value * object, const char * key)
{
	const struct record_value * v = record_get(object, key);

	if (v == NULL)
		return NULL;
	if (v->type == RECORD_TRUE)
		return "true";
	if (v->type == RECORD_FALSE)
		return "false";
	return v->text;
}

const char *
record_conflict(const struct record * r)
{
	return r->conflict;
}

bool
record_has_nul(const struct record * r)
{
	return r->nul;
}

bool
record_has_surrogate(const struct record * r)
{
	return r->surrogate;
}
