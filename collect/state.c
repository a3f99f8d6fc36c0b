#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/json.h"
#include "evidence/text.h"

#include "collect/folders.h"
#include "collect/state.h"

#define TYPE "collect-state"

/* Every plain number of a state, by its name in the document. */
static const struct {
	const char * name;
	size_t offset;
} numbers[] = {
	{ "prologue", offsetof(struct state, prologue) },
	{ "run", offsetof(struct state, run) },
	{ "source_count", offsetof(struct state, source_count) },
	{ "folders_bytes", offsetof(struct state, folders_bytes) },
	{ "folders_top", offsetof(struct state, folders_top) },
	{ "target_pages", offsetof(struct state, target_pages) },
	{ "target_entries", offsetof(struct state, target_entries) },
	{ "target_pruned", offsetof(struct state, target_pruned) },
	{ "pages", offsetof(struct state, pages) },
	{ "listed", offsetof(struct state, listed) },
	{ "duplicates", offsetof(struct state, duplicates) },
	{ "plan_bytes", offsetof(struct state, plan_bytes) },
	{ "plan_count", offsetof(struct state, plan_count) },
	{ "again_bytes", offsetof(struct state, again_bytes) },
	{ "done_count", offsetof(struct state, done_count) },
	{ "local_planned", offsetof(struct state, local_planned) },
	{ "local_count", offsetof(struct state, local_count) },
	{ "local_at", offsetof(struct state, local_at) },
	{ "answers_at", offsetof(struct state, answers_at) },
	{ "answers", offsetof(struct state, answers) },
	{ "objects", offsetof(struct state, objects) },
	{ "bytes", offsetof(struct state, bytes) },
	{ "gap_lines", offsetof(struct state, gap_lines) },
	{ "object_gaps", offsetof(struct state, object_gaps) },
	{ "requests", offsetof(struct state, requests) },
	{ "connections", offsetof(struct state, connections) },
	{ "received", offsetof(struct state, received) },
	{ "retries", offsetof(struct state, retries) },
	{ "parts", offsetof(struct state, parts) },
	{ "mismatched", offsetof(struct state, mismatched) },
	{ "skew_lo_ms", offsetof(struct state, skew_lo_ms) },
	{ "skew_hi_ms", offsetof(struct state, skew_hi_ms) },
	{ "batch_first", offsetof(struct state, batch_first) },
};

#define NUMBER_COUNT (sizeof(numbers) / sizeof(*numbers))

static int64_t *
number_of(struct state * s, size_t which)
{
	return (int64_t *)(void *)((char *)s + numbers[which].offset);
}

void
state_init(struct state * s)
{
	memset(s, 0, sizeof(*s));
	s->first_request_at = CLOCK_UNKNOWN;
	s->last_request_at = CLOCK_UNKNOWN;
	s->batch_first = 1;
	s->folders_top = FOLDERS_EMPTY;
	for (size_t i = 0; i < KIND_COUNT; i++)
		s->local_sources[i] = -1;
}

struct state_target *
state_add_target(
    struct state * s, int service, const char * container, struct err * e)
{
	struct state_target * t;
	size_t room;

	if ((s->target_count == STATE_MAX_TARGETS) ||
	    (strlen(container) >= sizeof(t->container))) {
		err_set(e, ERR_LIMIT, "collect in several runs",
		    "more than %d containers, or too long a name",
		    STATE_MAX_TARGETS);
		return NULL;
	}
	if (s->target_count == s->target_room) {
		room = (s->target_room == 0) ? 16 : 2 * s->target_room;
		t = realloc(s->targets, room * sizeof(*t));
		if (t == NULL) {
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			return NULL;
		}
		s->targets = t;
		s->target_room = room;
	}
	t = &s->targets[s->target_count++];
	memset(t, 0, sizeof(*t));
	t->service = service;
	t->source = -1;
	memcpy(t->container, container, strlen(container) + 1);
	return t;
}

struct state_target *
state_find_target(const struct state * s, int service, const char * container)
{
	for (size_t i = 0; i < s->target_count; i++) {
		if ((s->targets[i].service == service) &&
		    (strcmp(s->targets[i].container, container) == 0))
			return &s->targets[i];
	}
	return NULL;
}

/* Put ${text} into ${table} of ${max}, unless it is there, empty or long. */
static void
add_text(char (*table)[STATE_HASH_SIZE], size_t * count, size_t max,
    const char * text)
{
	size_t len = strlen(text);

	if ((len == 0) || (len >= STATE_HASH_SIZE))
		return;
	for (size_t i = 0; i < *count; i++) {
		if (strcmp(table[i], text) == 0)
			return;
	}
	if (*count < max)
		memcpy(table[(*count)++], text, len + 1);
}

void
state_add_hash(struct state * s, const char * hash)
{
	add_text(s->hashes, &s->hash_count, STATE_MAX_HASHES, hash);
}

void
state_add_address(struct state * s, const char * address)
{
	add_text(s->addresses, &s->address_count, STATE_MAX_ADDRESSES, address);
}

int64_t
state_losses(const struct state * s)
{
	int64_t n = 0;

	for (int i = 0; i < GAP_REASON_COUNT; i++)
		n += gap_is_loss((enum gap_reason)i) ? s->gaps[i] : 0;
	return n;
}

static void
put_targets(struct json_out * j, const struct state * s)
{
	json_open_array(j, "targets");
	for (size_t i = 0; i < s->target_count; i++) {
		const struct state_target * t = &s->targets[i];

		json_open_object(j, NULL);
		json_put_integer(j, "service", t->service);
		json_put_text(j, "container", t->container);
		json_put_bool(j, "named", t->is_named);
		json_put_integer(j, "source", t->source);
		json_put_integer(j, "first", (int64_t)t->first);
		json_put_integer(j, "again", (int64_t)t->again);
		json_close_object(j);
	}
	json_close_array(j);
}

static void
put_open(struct json_out * j, const struct state_open * o)
{
	if (!o->is_open)
		return;
	json_open_object(j, "open");
	json_put_integer(j, "number", o->number);
	json_put_integer(j, "size", o->size);
	json_put_integer(j, "blocks", o->blocks);
	json_put_bool(j, "append", o->is_append);
	json_put_bool(j, "mismatched", o->is_mismatched);
	json_put_bytes(j, "etag", o->etag, strlen(o->etag));
	json_put_bytes(j, "blob_type", o->blob_type, strlen(o->blob_type));
	json_put_bytes(
	    j, "creation_time", o->creation_time, strlen(o->creation_time));
	json_put_bytes(
	    j, "content_md5", o->content_md5, strlen(o->content_md5));
	json_close_object(j);
}

int
state_format(const struct state * s, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, TYPE, e);
	json_put_text(&j, "facts", buf_text(&s->facts));
	json_put_integer(&j, "phase", (int64_t)s->phase);
	for (size_t i = 0; i < NUMBER_COUNT; i++) {
		const char * at = (const char *)s + numbers[i].offset;

		json_put_integer(
		    &j, numbers[i].name, *(const int64_t *)(const void *)at);
	}
	json_put_integer(&j, "at_target", (int64_t)s->at_target);
	json_put_time(&j, "first_request_at", s->first_request_at);
	json_put_time(&j, "last_request_at", s->last_request_at);
	json_put_bool(&j, "has_skew", s->has_skew);
	json_put_integer(&j, "journal_seq", s->journal.seq);
	json_put_hex(
	    &j, "journal_last", s->journal.last, sizeof(s->journal.last));
	json_put_hex(&j, "running", s->running, sizeof(s->running));
	json_open_array(&j, "gaps");
	for (int i = 0; i < GAP_REASON_COUNT; i++)
		json_put_integer(&j, NULL, s->gaps[i]);
	json_close_array(&j);
	json_put_text(&j, "credentials", buf_text(&s->credentials));
	json_open_array(&j, "hashes");
	for (size_t i = 0; i < s->hash_count; i++)
		json_put_text(&j, NULL, s->hashes[i]);
	json_close_array(&j);
	json_open_array(&j, "addresses");
	for (size_t i = 0; i < s->address_count; i++)
		json_put_text(&j, NULL, s->addresses[i]);
	json_close_array(&j);
	json_open_array(&j, "local_sources");
	for (size_t i = 0; i < KIND_COUNT; i++)
		json_put_integer(&j, NULL, s->local_sources[i]);
	json_close_array(&j);
	json_open_array(&j, "listed_as");
	for (size_t i = 0; i < STATE_MAX_SERVICES; i++)
		json_put_text(&j, NULL, s->listed_as[i]);
	json_close_array(&j);
	put_open(&j, &s->open);
	put_targets(&j, s);
	return json_end_document(&j);
}

/* Take the integer ${key}, which must be from ${min} to ${max}. */
static int
get_number(const struct json * object, const char * key, int64_t min,
    int64_t max, int64_t * n, struct err * e)
{
	int64_t value;

	if ((json_integer(json_get(object, key), &value) != 0) ||
	    (value < min) || (value > max)) {
		err_set(e, ERR_INPUT, NULL, "the state's %s is not right", key);
		return -1;
	}
	*n = value;
	return 0;
}

/* Take the string ${key} into ${to} of ${size} bytes. */
static int
get_text(const struct json * object, const char * key, char * to, size_t size,
    struct err * e)
{
	const char * text = json_text(json_get(object, key));

	if ((text == NULL) || (strlen(text) >= size)) {
		err_set(e, ERR_INPUT, NULL, "the state's %s is not right", key);
		return -1;
	}
	memcpy(to, text, strlen(text) + 1);
	return 0;
}

static int
get_hex(const struct json * object, const char * key,
    uint8_t to[DIGEST_SHA256_LEN], struct err * e)
{
	const char * text = json_text(json_get(object, key));

	if ((text == NULL) ||
	    (text_hex_decode(text, to, DIGEST_SHA256_LEN) != 0)) {
		err_set(e, ERR_INPUT, NULL, "the state's %s is not right", key);
		return -1;
	}
	return 0;
}

static int
get_target(const struct json * object, struct state * s, struct err * e)
{
	char container[sizeof(s->targets->container)];
	int64_t service, source, first, again;
	struct state_target * t;

	if ((get_number(object, "service", 0, 63, &service, e) != 0) ||
	    (get_text(object, "container", container, sizeof(container), e) !=
		0) ||
	    (get_number(object, "source", -1, STATE_MAX_TARGETS, &source, e) !=
		0) ||
	    (get_number(object, "first", 0, STATE_FAILED, &first, e) != 0) ||
	    (get_number(object, "again", 0, STATE_FAILED, &again, e) != 0))
		return -1;
	t = state_add_target(s, (int)service, container, e);
	if (t == NULL)
		return -1;
	t->source = (int)source;
	t->first = (enum state_outcome)first;
	t->again = (enum state_outcome)again;
	t->is_named = json_is_true(json_get(object, "named"));
	return 0;
}

static int
get_open(const struct json * object, struct state_open * o, struct err * e)
{
	if (object == NULL)
		return 0;
	o->is_open = true;
	o->is_append = json_is_true(json_get(object, "append"));
	o->is_mismatched = json_is_true(json_get(object, "mismatched"));
	if ((get_number(object, "number", 0, JSON_MAX_INTEGER, &o->number, e) !=
		0) ||
	    (get_number(object, "size", 0, JSON_MAX_INTEGER, &o->size, e) !=
		0) ||
	    (get_number(
		 object, "blocks", -1, JSON_MAX_INTEGER, &o->blocks, e) != 0) ||
	    (get_text(object, "etag", o->etag, sizeof(o->etag), e) != 0) ||
	    (get_text(object, "blob_type", o->blob_type, sizeof(o->blob_type),
		 e) != 0) ||
	    (get_text(object, "creation_time", o->creation_time,
		 sizeof(o->creation_time), e) != 0))
		return -1;
	return get_text(
	    object, "content_md5", o->content_md5, sizeof(o->content_md5), e);
}

/* Read the sources of local files, one a kind. */
static int
get_local_sources(const struct json * root, struct state * s, struct err * e)
{
	const struct json * one = json_first(json_get(root, "local_sources"));
	int64_t n;

	for (size_t i = 0; i < KIND_COUNT; i++, one = json_next(one)) {
		if ((json_integer(one, &n) != 0) || (n < -1) ||
		    (n > STATE_MAX_TARGETS + KIND_COUNT)) {
			err_set(e, ERR_INPUT, NULL,
			    "the state's local_sources are not right");
			return -1;
		}
		s->local_sources[i] = (int)n;
	}
	return 0;
}

/* Read what the services call themselves. */
static int
get_listed_as(const struct json * root, struct state * s, struct err * e)
{
	const struct json * one = json_first(json_get(root, "listed_as"));

	for (size_t i = 0; one != NULL; one = json_next(one), i++) {
		const char * text = json_text(one);

		if ((i == STATE_MAX_SERVICES) || (text == NULL) ||
		    (strlen(text) >= STATE_ENDPOINT_SIZE)) {
			err_set(e, ERR_INPUT, NULL,
			    "the state's listed_as is not right");
			return -1;
		}
		memcpy(s->listed_as[i], text, strlen(text) + 1);
	}
	return 0;
}

/* Read the arrays: gaps by reason, hashes, targets. */
static int
get_arrays(const struct json * root, struct state * s, struct err * e)
{
	const struct json * one = json_first(json_get(root, "gaps"));

	for (int i = 0; i < GAP_REASON_COUNT; i++) {
		if (json_integer(one, &s->gaps[i]) != 0) {
			err_set(e, ERR_INPUT, NULL,
			    "the state's gaps are not right");
			return -1;
		}
		one = json_next(one);
	}
	one = json_first(json_get(root, "hashes"));
	for (; one != NULL; one = json_next(one)) {
		if (json_text(one) != NULL)
			state_add_hash(s, json_text(one));
	}
	one = json_first(json_get(root, "addresses"));
	for (; one != NULL; one = json_next(one)) {
		if (json_text(one) != NULL)
			state_add_address(s, json_text(one));
	}
	one = json_first(json_get(root, "targets"));
	for (; one != NULL; one = json_next(one)) {
		if (get_target(one, s, e) != 0)
			return -1;
	}
	return 0;
}

static int
get_times(const struct json * root, struct state * s, struct err * e)
{
	const char * first = json_text(json_get(root, "first_request_at"));
	const char * last = json_text(json_get(root, "last_request_at"));

	if ((first != NULL) &&
	    (clock_parse(first, &s->first_request_at, e) != 0))
		return -1;
	if ((last != NULL) && (clock_parse(last, &s->last_request_at, e) != 0))
		return -1;
	return 0;
}

static int
get_all(const struct json * root, struct state * s, struct err * e)
{
	const char * facts = json_text(json_get(root, "facts"));
	const char * used = json_text(json_get(root, "credentials"));
	int64_t phase, at;

	if ((facts == NULL) || (buf_add_text(&s->facts, facts, e) != 0)) {
		err_set(e, ERR_INPUT, NULL, "the state's facts are not right");
		return -1;
	}
	if ((used != NULL) && (buf_add_text(&s->credentials, used, e) != 0))
		return -1;
	if (get_number(root, "phase", 0, STATE_SEALING, &phase, e) != 0)
		return -1;
	for (size_t i = 0; i < NUMBER_COUNT; i++) {
		if (get_number(root, numbers[i].name, -JSON_MAX_INTEGER,
			JSON_MAX_INTEGER, number_of(s, i), e) != 0)
			return -1;
	}
	if ((get_number(root, "at_target", 0, STATE_MAX_TARGETS, &at, e) !=
		0) ||
	    (get_number(root, "journal_seq", 0, JSON_MAX_INTEGER,
		 &s->journal.seq, e) != 0) ||
	    (get_hex(root, "journal_last", s->journal.last, e) != 0) ||
	    (get_hex(root, "running", s->running, e) != 0) ||
	    (get_times(root, s, e) != 0) || (get_arrays(root, s, e) != 0) ||
	    (get_listed_as(root, s, e) != 0) ||
	    (get_local_sources(root, s, e) != 0) ||
	    (get_open(json_get(root, "open"), &s->open, e) != 0))
		return -1;
	s->phase = (enum state_phase)phase;
	s->at_target = (size_t)at;
	s->has_skew = json_is_true(json_get(root, "has_skew"));
	return 0;
}

int
state_parse(const void * bytes, size_t len, struct state * s, struct err * e)
{
	struct json * root = json_parse_document(bytes, len, TYPE, e);
	int rc;

	if (root == NULL)
		return -1;
	rc = get_all(root, s, e);
	json_free(root);
	return rc;
}

void
state_free(struct state * s)
{
	free(s->targets);
	s->targets = NULL;
	s->target_count = 0;
	s->target_room = 0;
	buf_free(&s->facts);
	buf_free(&s->credentials);
}
