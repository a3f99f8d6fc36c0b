#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "evidence/json.h"
#include "timeline/export.h"

#include "timeline/export_row.h"

#define TICKS_PER_US 10
#define MICROSECONDS_LEN 26 /* Of a moment up to its microseconds. */

/* What files that were brought say, in columns of its own, by row_mark. */
static const char * const mark_names[ROW_MARKS] = { "enriched_src",
	"enriched_dst", "enriched_card" };

/* "2026-01-05T10:01:02.123456+00:00", as Timesketch wants it. */
static void
format_datetime(int64_t at, char text[CLOCK_TEXT_SIZE + 8])
{
	static const char zone[] = "+00:00";
	char full[CLOCK_TEXT_SIZE];
	size_t len;

	clock_format(at, full);
	len = strlen(full);
	if (len > MICROSECONDS_LEN) /* "unknown" is shorter. */
		len = MICROSECONDS_LEN;
	memcpy(text, full, len);
	memcpy(text + len, zone, sizeof(zone));
}

/* Microseconds since 1970, rounded down also before it. */
static int64_t
microseconds(int64_t at)
{
	int64_t us = at / TICKS_PER_US;

	return ((at % TICKS_PER_US) < 0) ? us - 1 : us;
}

static bool
is_moment(const struct event_field * field)
{
	return field->kind == EVENT_FIELD_MOMENT;
}

/* The rules that name the row, as Timesketch's list of tags. */
static void
put_tags(
    struct json_out * j, const struct row * row, const struct rule_set * set)
{
	if (row->rules == 0)
		return;
	json_open_array(j, "tag");
	for (size_t i = 0; (i < set->count) && (i < 62); i++) {
		if ((row->rules & ((int64_t)1 << i)) != 0)
			json_put_text(
			    j, NULL, rule_value(set->rules[i], "id", 0));
	}
	json_close_array(j);
}

static void
put_flags(struct json_out * j, int64_t flags)
{
	if (flags == 0)
		return;
	json_open_array(j, "flags");
	for (unsigned int bit = 0; event_flag_name(bit) != NULL; bit++) {
		if ((flags & ((int64_t)1 << bit)) != 0)
			json_put_text(j, NULL, event_flag_name(bit));
	}
	json_close_array(j);
}

static void
put_field(struct json_out * j, const struct event_field * field,
    const struct store_value * value)
{
	char text[32];

	switch (value->kind) {
	case STORE_NULL:
	case STORE_BYTES:
		return;
	case STORE_TEXT:
		json_put_name(j, field->json_name, field->json_len);
		json_put_bytes(j, NULL, value->bytes, value->len);
		return;
	case STORE_INTEGER:
		break;
	}
	if (is_moment(field)) {
		json_put_name(j, field->json_name, field->json_len);
		json_put_time(j, NULL, value->integer);
		return;
	}
	if ((value->integer <= JSON_MAX_INTEGER) &&
	    (value->integer >= -JSON_MAX_INTEGER)) {
		json_put_name(j, field->json_name, field->json_len);
		json_put_integer(j, NULL, value->integer);
		return;
	}
	/* Beyond what JSON carries exactly: a field of its own, as text. */
	(void)snprintf(text, sizeof(text), "%" PRId64, value->integer);
	json_put_text(j, "beyond_2_53", text);
}

static void
put_provenance(struct json_out * j, const struct row * row)
{
	json_put_bytes(j, "package", row->package, strlen(row->package));
	json_put_text(j, "package_verdict", row->verdict);
	if (row->seal[0] != '\0')
		json_put_text(j, "seal", row->seal);
	json_put_bytes(j, "member", row->member, strlen(row->member));
	json_put_integer(j, "offset", row->offset);
	json_put_integer(j, "length", row->length);
	json_put_text(j, "record_sha256", row->sha256);
}

int
export_row_json(struct buf * out, const struct row * row,
    const struct buf * message, const struct rule_set * set, struct err * e)
{
	int64_t at = row_integer(row, ROW_TIME);
	char datetime[CLOCK_TEXT_SIZE + 8];
	struct json_out j;
	size_t count;
	const struct event_field * fields = event_fields(&count);

	json_begin(&j, out, e);
	json_open_object(&j, NULL);
	json_put_bytes(&j, "message", message->bytes, message->len);
	if (at != CLOCK_UNKNOWN) {
		format_datetime(at, datetime);
		json_put_text(&j, "datetime", datetime);
		json_put_text(&j, "timestamp_desc", row_time_words(row));
		/* 0001 and 9999 stand for "never" in some logs: a number that
		 * JSON cannot carry, and datetime says it all the same. */
		if ((microseconds(at) <= JSON_MAX_INTEGER) &&
		    (microseconds(at) >= -JSON_MAX_INTEGER))
			json_put_integer(&j, "timestamp", microseconds(at));
		json_put_integer(&j, "row", row->number);
		json_put_bool(&j, "tied", row->is_tied);
	}
	json_put_text(&j, "event_id", row->id);
	if (row->duplicate_of[0] != '\0')
		json_put_text(&j, "duplicate_of", row->duplicate_of);
	put_tags(&j, row, set);
	put_flags(&j, row->flags);
	for (size_t i = 0; i < count; i++)
		put_field(&j, &fields[i], &row->values[i]);
	put_provenance(&j, row);
	for (size_t i = 0; i < ROW_MARKS; i++) {
		if (row->marks[i] != NULL)
			json_put_bytes(&j, mark_names[i], row->marks[i],
			    strlen(row->marks[i]));
	}
	json_close_object(&j);
	return json_end(&j, true);
}

static int
add_field_cell(struct buf * out, const struct event_field * field,
    const struct store_value * value, struct err * e)
{
	char text[CLOCK_TEXT_SIZE];

	switch (value->kind) {
	case STORE_NULL:
	case STORE_BYTES:
		return 0;
	case STORE_TEXT:
		return export_csv_cell(out, value->bytes, e);
	case STORE_INTEGER:
		break;
	}
	if (!is_moment(field))
		return buf_add_integer(out, value->integer, e);
	clock_format(value->integer, text);
	return buf_add_text(out, text, e);
}

/* The names of the rules that name ${row}, or of its flags, with spaces. */
static int
add_rules_cell(struct buf * out, const struct row * row,
    const struct rule_set * set, struct err * e)
{
	const char * space = "";

	for (size_t i = 0; (i < set->count) && (i < 62); i++) {
		if ((row->rules & ((int64_t)1 << i)) == 0)
			continue;
		if ((buf_add_text(out, space, e) != 0) ||
		    (buf_add_text(out, rule_value(set->rules[i], "id", 0), e) !=
			0))
			return -1;
		space = " ";
	}
	if (buf_add_text(out, ",", e) != 0)
		return -1;
	space = "";
	for (unsigned int bit = 0; event_flag_name(bit) != NULL; bit++) {
		if ((row->flags & ((int64_t)1 << bit)) == 0)
			continue;
		if ((buf_add_text(out, space, e) != 0) ||
		    (buf_add_text(out, event_flag_name(bit), e) != 0))
			return -1;
		space = " ";
	}
	return 0;
}

/* A comma, then ${n}. */
static int
add_number(struct buf * out, int64_t n, struct err * e)
{
	if (buf_add(out, ",", 1, e) != 0)
		return -1;
	return buf_add_integer(out, n, e);
}

/* A comma, then ${text} as it is. */
static int
add_word(struct buf * out, const char * text, struct err * e)
{
	if (buf_add(out, ",", 1, e) != 0)
		return -1;
	return buf_add_text(out, text, e);
}

/* A comma, then ${text} as a cell. */
static int
add_cell(struct buf * out, const char * text, struct err * e)
{
	if (buf_add(out, ",", 1, e) != 0)
		return -1;
	return export_csv_cell(out, text, e);
}

static int
add_csv_provenance(struct buf * out, const struct row * row, struct err * e)
{
	if ((add_cell(out, row->package, e) != 0) ||
	    (add_cell(out, row->verdict, e) != 0) ||
	    (add_word(out, row->seal, e) != 0) ||
	    (add_cell(out, row->member, e) != 0) ||
	    (add_number(out, row->offset, e) != 0) ||
	    (add_number(out, row->length, e) != 0))
		return -1;
	return add_word(out, row->sha256, e);
}

static int
add_csv_marks(struct buf * out, const struct row * row, struct err * e)
{
	for (size_t i = 0; i < ROW_MARKS; i++) {
		if (buf_add_text(out, ",", e) != 0)
			return -1;
		if ((row->marks[i] != NULL) &&
		    (export_csv_cell(out, row->marks[i], e) != 0))
			return -1;
	}
	return 0;
}

int
export_row_header(struct buf * out, bool marks, struct err * e)
{
	size_t count;
	const struct event_field * fields = event_fields(&count);

	if (buf_add_text(out,
		"message,datetime,timestamp_desc,timestamp,row,tied,event_id,"
		"duplicate_of,rules,flags",
		e) != 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (buf_addf(out, e, ",%s", fields[i].name) != 0)
			return -1;
	}
	if (buf_add_text(out,
		",package,package_verdict,seal,member,offset,length,"
		"record_sha256",
		e) != 0)
		return -1;
	for (size_t i = 0; marks && (i < ROW_MARKS); i++) {
		if (buf_addf(out, e, ",%s", mark_names[i]) != 0)
			return -1;
	}
	return buf_add_text(out, "\n", e);
}

/* What stands before the fields. */
static int
add_csv_lead(struct buf * out, const struct row * row,
    const struct buf * message, const struct rule_set * set, struct err * e)
{
	int64_t at = row_integer(row, ROW_TIME);
	char datetime[CLOCK_TEXT_SIZE + 8];

	format_datetime(at, datetime);
	if ((export_csv_cell(out, buf_text(message), e) != 0) ||
	    (add_word(out, datetime, e) != 0) ||
	    (add_word(out, row_time_words(row), e) != 0) ||
	    (add_number(out, microseconds(at), e) != 0) ||
	    (add_number(out, row->number, e) != 0) ||
	    (add_number(out, row->is_tied ? 1 : 0, e) != 0) ||
	    (add_word(out, row->id, e) != 0) ||
	    (add_word(out, row->duplicate_of, e) != 0) ||
	    (buf_add(out, ",", 1, e) != 0))
		return -1;
	return add_rules_cell(out, row, set, e);
}

int
export_row_csv(struct buf * out, const struct row * row,
    const struct buf * message, const struct rule_set * set, bool marks,
    struct err * e)
{
	size_t count;
	const struct event_field * fields = event_fields(&count);

	if (add_csv_lead(out, row, message, set, e) != 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if ((buf_add(out, ",", 1, e) != 0) ||
		    (add_field_cell(out, &fields[i], &row->values[i], e) != 0))
			return -1;
	}
	if (add_csv_provenance(out, row, e) != 0)
		return -1;
	if (marks && (add_csv_marks(out, row, e) != 0))
		return -1;
	return buf_add(out, "\n", 1, e);
}
