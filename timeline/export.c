#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "evidence/json.h"
#include "evidence/text.h"

#include "timeline/export.h"

/* A name that the row has of its own already, or that means another thing. */
#define TICKS_PER_US 10

/* What files that were brought say, in columns of its own, by row_mark. */
static const char * const mark_names[ROW_MARKS] = { "enriched_src",
	"enriched_dst", "enriched_card" };

struct sinks {
	const struct rule_set * set;
	bool marks;
	struct output_file * csv;
	struct output_file * json;
	struct buf line;
};

/* "2026-01-05T10:01:02.123456+00:00", as Timesketch wants it. */
static void
format_datetime(int64_t at, char text[CLOCK_TEXT_SIZE + 8])
{
	char full[CLOCK_TEXT_SIZE];

	clock_format(at, full);
	(void)snprintf(text, CLOCK_TEXT_SIZE + 8, "%.26s+00:00", full);
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
		json_put_bytes(j, field->name, value->bytes, value->len);
		return;
	case STORE_INTEGER:
		break;
	}
	if (is_moment(field)) {
		json_put_time(j, field->name, value->integer);
		return;
	}
	if ((value->integer <= JSON_MAX_INTEGER) &&
	    (value->integer >= -JSON_MAX_INTEGER)) {
		json_put_integer(j, field->name, value->integer);
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
export_json_row(struct buf * out, const struct row * row,
    const struct rule_set * set, struct err * e)
{
	int64_t at = row_integer(row, ROW_TIME);
	char datetime[CLOCK_TEXT_SIZE + 8];
	struct buf message = { 0 };
	struct json_out j;
	size_t count;
	const struct event_field * fields = event_fields(&count);

	if (row_message(row, &message, e) != 0) {
		buf_free(&message);
		return -1;
	}
	json_begin(&j, out, e);
	json_open_object(&j, NULL);
	json_put_bytes(&j, "message", message.bytes, message.len);
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
	buf_free(&message);
	return json_end(&j, true);
}

static int
add_integer_cell(struct buf * out, int64_t n, struct err * e)
{
	return buf_addf(out, e, "%" PRId64, n);
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
		return add_integer_cell(out, value->integer, e);
	clock_format(value->integer, text);
	return buf_add_text(out, text, e);
}

static int
add_csv_header(struct buf * out, bool marks, struct err * e)
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

/* The names of the rules that name ${row}, or of its flags, with spaces. */
static int
add_rules_cell(struct buf * out, const struct row * row,
    const struct rule_set * set, struct err * e)
{
	const char * space = "";

	for (size_t i = 0; (i < set->count) && (i < 62); i++) {
		if ((row->rules & ((int64_t)1 << i)) == 0)
			continue;
		if (buf_addf(out, e, "%s%s", space,
			rule_value(set->rules[i], "id", 0)) != 0)
			return -1;
		space = " ";
	}
	if (buf_add_text(out, ",", e) != 0)
		return -1;
	space = "";
	for (unsigned int bit = 0; event_flag_name(bit) != NULL; bit++) {
		if ((row->flags & ((int64_t)1 << bit)) == 0)
			continue;
		if (buf_addf(out, e, "%s%s", space, event_flag_name(bit)) != 0)
			return -1;
		space = " ";
	}
	return 0;
}

static int
add_csv_provenance(struct buf * out, const struct row * row, struct err * e)
{
	if ((buf_add_text(out, ",", e) != 0) ||
	    (export_csv_cell(out, row->package, e) != 0) ||
	    (buf_add_text(out, ",", e) != 0) ||
	    (export_csv_cell(out, row->verdict, e) != 0) ||
	    (buf_addf(out, e, ",%s,", row->seal) != 0) ||
	    (export_csv_cell(out, row->member, e) != 0))
		return -1;
	return buf_addf(out, e, ",%" PRId64 ",%" PRId64 ",%s", row->offset,
	    row->length, row->sha256);
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

static int
add_csv_row(struct buf * out, const struct row * row,
    const struct rule_set * set, bool marks, struct err * e)
{
	int64_t at = row_integer(row, ROW_TIME);
	char datetime[CLOCK_TEXT_SIZE + 8];
	struct buf message = { 0 };
	size_t count;
	const struct event_field * fields = event_fields(&count);
	int rc = -1;

	format_datetime(at, datetime);
	if ((row_message(row, &message, e) != 0) ||
	    (export_csv_cell(out, buf_text(&message), e) != 0))
		goto out;
	if (buf_addf(out, e, ",%s,%s,%" PRId64 ",%" PRId64 ",%d,%s,%s,",
		datetime, row_time_words(row), microseconds(at), row->number,
		row->is_tied ? 1 : 0, row->id, row->duplicate_of) != 0)
		goto out;
	if (add_rules_cell(out, row, set, e) != 0)
		goto out;
	for (size_t i = 0; i < count; i++) {
		if ((buf_add_text(out, ",", e) != 0) ||
		    (add_field_cell(out, &fields[i], &row->values[i], e) != 0))
			goto out;
	}
	if (add_csv_provenance(out, row, e) != 0)
		goto out;
	if (marks && (add_csv_marks(out, row, e) != 0))
		goto out;
	rc = buf_add_text(out, "\n", e);

out:
	buf_free(&message);
	return rc;
}

static int
put_row(void * cookie, const struct row * row, struct err * e)
{
	struct sinks * sinks = cookie;

	if (export_json_row(&sinks->line, row, sinks->set, e) != 0)
		return -1;
	if (output_put_buf(sinks->json, &sinks->line, e) != 0)
		return -1;
	if (add_csv_row(&sinks->line, row, sinks->set, sinks->marks, e) != 0)
		return -1;
	return output_put_buf(sinks->csv, &sinks->line, e);
}

/* A row of the result below as one line of JSON, its nulls left out. */
static int
put_undated(void * cookie, const struct store_row * got, struct err * e)
{
	struct sinks * sinks = cookie;
	struct json_out j;

	json_begin(&j, &sinks->line, e);
	json_open_object(&j, NULL);
	for (size_t i = 0; i < got->count; i++) {
		const struct store_value * v = &got->values[i];

		switch (v->kind) {
		case STORE_NULL:
			break;
		case STORE_INTEGER:
			json_put_integer(&j, got->names[i], v->integer);
			break;
		case STORE_TEXT:
			json_put_bytes(&j, got->names[i], v->bytes, v->len);
			break;
		case STORE_BYTES:
			json_put_hex(&j, got->names[i], v->bytes, v->len);
			break;
		}
	}
	json_close_object(&j);
	if (json_end(&j, true) != 0)
		return -1;
	return output_put_buf(sinks->json, &sinks->line, e);
}

static int
export_undated(struct store * s, struct sinks * sinks, struct err * e)
{
	return store_run(s,
	    "SELECT q.reason AS reason, q.text AS text, k.name AS package,"
	    " k.verdict AS package_verdict, k.seal AS seal, m.path AS member,"
	    " q.first_byte AS offset, q.length AS length,"
	    " q.sha256 AS record_sha256, q.tuple_index AS tuple_index"
	    " FROM quarantine q JOIN member m ON m.id = q.member"
	    " JOIN package k ON k.id = m.package ORDER BY q.id;"
	    "SELECT 'no time that can be read' AS reason,"
	    " v.time_text AS time_text, v.operation AS operation,"
	    " k.name AS package, k.verdict AS package_verdict,"
	    " k.seal AS seal, m.path AS member, r.first_byte AS offset,"
	    " r.length AS length, r.sha256 AS record_sha256,"
	    " v.tuple_index AS tuple_index"
	    " FROM (SELECT id, record, time_text, operation, tuple_index"
	    " FROM event WHERE time IS NULL UNION ALL"
	    " SELECT id, record, time_text, 'flow', tuple_index"
	    " FROM flow WHERE time IS NULL UNION ALL"
	    " SELECT id, record, time_text, operation, tuple_index"
	    " FROM event_again WHERE time IS NULL UNION ALL"
	    " SELECT id, record, time_text, 'flow', tuple_index"
	    " FROM flow_again WHERE time IS NULL) AS v"
	    " JOIN record r ON r.id = v.record"
	    " JOIN member m ON m.id = r.member"
	    " JOIN package k ON k.id = m.package ORDER BY v.id;",
	    put_undated, sinks, e);
}

int
export_rows(struct store * s, const struct rule_set * set, bool marks,
    struct output * o, struct err * e)
{
	struct sinks sinks = { set, marks, NULL, NULL, { 0 } };
	int rc = -1;

	sinks.csv = output_open(o, "timeline.csv", e);
	sinks.json = output_open(o, "timeline.jsonl", e);
	if ((sinks.csv == NULL) || (sinks.json == NULL))
		goto out;
	if ((add_csv_header(&sinks.line, marks, e) != 0) ||
	    (output_put_buf(sinks.csv, &sinks.line, e) != 0))
		goto out;
	if (row_each(s, NULL, put_row, &sinks, e) != 0)
		goto out;
	rc = output_close(sinks.json, e);
	sinks.json = NULL;
	if (rc != 0)
		goto out;
	rc = -1;
	sinks.json = output_open(o, "undated.jsonl", e);
	if (sinks.json == NULL)
		goto out;
	rc = export_undated(s, &sinks, e);

out:
	if (output_close(sinks.csv, e) != 0)
		rc = -1;
	if (output_close(sinks.json, e) != 0)
		rc = -1;
	buf_free(&sinks.line);
	return rc;
}
