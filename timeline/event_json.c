#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "timeline/event_json.h"

#define DIGITS 24 /* Of an int64_t, its sign and the NUL. */

static void
put_integer(struct json_out * j, const char * key, int64_t n)
{
	char digits[DIGITS];

	if ((n <= JSON_MAX_INTEGER) && (n >= -JSON_MAX_INTEGER)) {
		json_put_integer(j, key, n);
		return;
	}
	(void)snprintf(digits, sizeof(digits), "%" PRId64, n);
	json_put_text(j, key, digits);
}

static void
put_origin(struct json_out * j, const struct event_origin * origin)
{
	if (origin->package != NULL)
		json_put_text(j, "package", origin->package);
	if (origin->seal != NULL)
		json_put_hex(j, "seal", origin->seal, DIGEST_SHA256_LEN);
	if (origin->member != NULL)
		json_put_bytes(
		    j, "member", origin->member, strlen(origin->member));
	put_integer(j, "record_offset", origin->offset);
	put_integer(j, "record_length", origin->length);
	if (origin->sha256 != NULL)
		json_put_hex(
		    j, "record_sha256", origin->sha256, DIGEST_SHA256_LEN);
}

static void
put_flags(struct json_out * j, unsigned int flags)
{
	if (flags == 0)
		return;
	json_open_array(j, "flags");
	for (unsigned int bit = 0; event_flag_name(bit) != NULL; bit++) {
		if ((flags & (1u << bit)) != 0)
			json_put_text(j, NULL, event_flag_name(bit));
	}
	json_close_array(j);
}

static void
put_field(struct json_out * j, const struct event * ev,
    const struct event_field * field)
{
	const char * text;
	int64_t n;

	switch (field->kind) {
	case EVENT_FIELD_TEXT:
	case EVENT_FIELD_NAME:
		text = event_field_text(ev, field);
		if (text == NULL)
			return;
		json_put_name(j, field->json_name, field->json_len);
		json_put_text(j, NULL, text);
		return;
	case EVENT_FIELD_INTEGER:
	case EVENT_FIELD_MOMENT:
		n = event_field_integer(ev, field);
		if (n == EVENT_ABSENT)
			return;
		json_put_name(j, field->json_name, field->json_len);
		if (field->kind == EVENT_FIELD_MOMENT)
			json_put_time(j, NULL, n);
		else
			put_integer(j, NULL, n);
		return;
	}
}

/*
 * Put the fields from ${at} on up to the next one of a tuple, or to the end.
 * Return where that is.
 */
static size_t
put_run(struct json_out * j, const struct event * ev, size_t at)
{
	size_t count;
	const struct event_field * fields = event_fields(&count);

	for (; (at < count) && !fields[at].of_tuple; at++)
		put_field(j, ev, &fields[at]);
	return at;
}

/* Put all that the group of ${ev} shares into ${m}, run by run. */
static void
remember(struct event_json * m, const struct event * ev, struct err * e)
{
	struct json_out j;
	size_t count;
	const struct event_field * fields = event_fields(&count);

	buf_clear(&m->text);
	m->runs = 0;
	json_begin(&j, &m->text, e);
	for (size_t at = 0; at < count; at++) {
		if (fields[at].of_tuple)
			continue;
		j.comma = true; /* The id stands before all of them. */
		at = put_run(&j, ev, at);
		assert(m->runs < EVENT_JSON_RUNS - 1);
		m->ends[m->runs++] = m->text.len;
	}
	put_origin(&j, &ev->origin);
	m->ends[m->runs++] = m->text.len;
	m->group = (json_end(&j, false) == 0) ? ev->group : 0;
}

/* The run ${n} of those remembered. */
static void
put_remembered(const struct event_json * m, struct json_out * j, size_t n)
{
	size_t from = (n == 0) ? 0 : m->ends[n - 1];

	json_put_members(j, m->text.bytes + from, m->ends[n] - from);
}

/* As event_json_put, for an event of the group that ${m} remembers. */
static void
put_alike(
    const struct event_json * m, struct json_out * j, const struct event * ev)
{
	size_t run = 0;
	size_t count;
	const struct event_field * fields = event_fields(&count);

	for (size_t at = 0; at < count; at++) {
		if (fields[at].of_tuple) {
			put_field(j, ev, &fields[at]);
			continue;
		}
		put_remembered(m, j, run++);
		while ((at + 1 < count) && !fields[at + 1].of_tuple)
			at++;
	}
	put_flags(j, ev->flags);
	put_remembered(m, j, run);
}

void
event_json_put(
    struct event_json * m, struct json_out * j, const struct event * ev)
{
	size_t count;
	const struct event_field * fields = event_fields(&count);

	json_put_hex(j, "event_id", ev->id, EVENT_ID_LEN);
	if ((ev->group != 0) && (ev->group != m->group))
		remember(m, ev, j->e);
	if ((ev->group != 0) && (ev->group == m->group)) {
		put_alike(m, j, ev);
		return;
	}
	for (size_t i = 0; i < count; i++)
		put_field(j, ev, &fields[i]);
	put_flags(j, ev->flags);
	put_origin(j, &ev->origin);
}

void
event_json_free(struct event_json * m)
{
	static const struct event_json empty;

	buf_free(&m->text);
	*m = empty;
}

void
event_json_put_quarantine(
    struct json_out * j, const struct event_quarantine * q)
{
	json_put_text(j, "reason", event_reason_name(q->reason));
	json_put_text(j, "text", q->text);
	if (q->tuple_index != EVENT_ABSENT)
		put_integer(j, "tuple_index", q->tuple_index);
	put_origin(j, &q->origin);
}
