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
		if (text != NULL)
			json_put_text(j, field->name, text);
		break;
	case EVENT_FIELD_INTEGER:
		n = event_field_integer(ev, field);
		if (n != EVENT_ABSENT)
			put_integer(j, field->name, n);
		break;
	case EVENT_FIELD_MOMENT:
		n = event_field_integer(ev, field);
		if (n != EVENT_ABSENT)
			json_put_time(j, field->name, n);
		break;
	}
}

void
event_json_put(struct json_out * j, const struct event * ev)
{
	const struct event_field * fields;
	size_t count;

	json_put_hex(j, "event_id", ev->id, EVENT_ID_LEN);
	fields = event_fields(&count);
	for (size_t i = 0; i < count; i++)
		put_field(j, ev, &fields[i]);
	put_flags(j, ev->flags);
	put_origin(j, &ev->origin);
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
