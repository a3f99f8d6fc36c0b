#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "evidence/text.h"

#include "timeline/row.h"

#define CHUNK 4096 /* Rows asked for at a time: their order costs little. */
#define LEAD 19    /* Columns before the fields. */

struct each {
	row_fn * fn;
	void * cookie;
	char seal[DIGEST_SHA256_HEX];
	size_t places[ROW_FIELDS];
};

/* The names of the row_fields, in their order. */
static const char * const field_names[ROW_FIELDS] = { "account", "action",
	"actor", "auth", "bytes_ds", "bytes_read", "bytes_sd", "container",
	"decision", "direction", "dst_ip", "dst_port", "flow_state", "object",
	"operation", "protocol", "resource_id", "source", "src_ip", "src_port",
	"status", "time", "time_kind" };

/* Find where each row_field stands among the fields of an event. */
static void
find_places(size_t places[ROW_FIELDS])
{
	size_t count;
	const struct event_field * fields = event_fields(&count);

	for (size_t i = 0; i < ROW_FIELDS; i++) {
		size_t at = 0;

		while ((at < count) &&
		    (strcmp(fields[at].name, field_names[i]) != 0))
			at++;
		assert(at < count);
		places[i] = at;
	}
}

const char *
row_text(const struct row * row, enum row_field field)
{
	const struct store_value * value = &row->values[row->places[field]];

	return (value->kind == STORE_TEXT) ? value->bytes : NULL;
}

int64_t
row_integer(const struct row * row, enum row_field field)
{
	const struct store_value * value = &row->values[row->places[field]];

	return (value->kind == STORE_INTEGER) ? value->integer : EVENT_ABSENT;
}

/* What is known of a row by its package alone (timeline/skew.h), or NULL. */
static const char *
own_expression(const char * field)
{
	if (strcmp(field, "clock_lo") == 0)
		return "t.\"time\" + k.skew_lo * 10000";
	if (strcmp(field, "clock_hi") == 0)
		return "t.\"time\" + COALESCE(t.\"time_resolution\", 1)"
		       " + k.skew_hi * 10000";
	return NULL;
}

/* The columns row_each asks for, in the order make_row takes them. */
static int
add_select(struct buf * sql, struct err * e)
{
	size_t count;
	const struct event_field * fields = event_fields(&count);

	if (buf_add_text(sql,
		"SELECT t.row_number AS row_number, t.tie AS tie,"
		" t.event AS event, t.number AS number, t.flags AS flags,"
		" COALESCE(g.rules, 0) AS rules, k.name AS package,"
		" k.seal AS seal, m.path AS member, r.first_byte AS first_byte,"
		" r.length AS length, r.sha256 AS sha256,"
		" k.verdict AS verdict, ms.text AS marks_src,"
		" md.text AS marks_dst, mc.text AS marks_card,"
		" u.package AS u_package, u.member AS u_member,"
		" u.first_byte AS u_byte",
		e) != 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const char * own = own_expression(fields[i].name);

		if ((own != NULL) ? (buf_addf(sql, e, ", %s AS \"f_%s\"", own,
					 fields[i].name) != 0)
				  : (buf_addf(sql, e, ", t.\"%s\" AS \"f_%s\"",
					 fields[i].name, fields[i].name) != 0))
			return -1;
	}
	return buf_add_text(sql,
	    " FROM timeline AS t JOIN record AS r ON r.id = t.record"
	    " JOIN member AS m ON m.id = r.member"
	    " JOIN package AS k ON k.id = m.package"
	    " LEFT JOIN finding_tag AS g ON g.event = t.event"
	    " LEFT JOIN duplicate AS u ON u.record = t.record"
	    " LEFT JOIN mark_line AS ms ON ms.subject = t.src_ip"
	    " LEFT JOIN mark_line AS md ON md.subject = t.dst_ip"
	    " LEFT JOIN mark_line AS mc ON mc.subject = t.mac",
	    e);
}

/* The id of event ${number} of the record at ${offset} of ${member}. */
static void
make_id(const char * package, const char * member, int64_t offset,
    int64_t number, char text[EVENT_ID_HEX])
{
	struct event_origin origin = { package, NULL, member, offset, 0, NULL };
	uint8_t id[EVENT_ID_LEN];

	event_id_of_record(&origin, id);
	event_id_set_index(id, (uint32_t)number);
	text_hex_encode(id, sizeof(id), text);
}

/* Columns to struct row, then to the caller. */
static int
make_row(void * cookie, const struct store_row * got, struct err * e)
{
	struct each * each = cookie;
	const struct store_value * v = got->values;
	struct row row;

	row.number = v[0].integer;
	row.is_tied = (v[1].integer != 0);
	row.event = v[2].integer;
	row.flags = v[4].integer;
	row.rules = v[5].integer;
	row.package = v[6].bytes;
	row.member = v[8].bytes;
	row.offset = v[9].integer;
	row.length = v[10].integer;
	if ((v[11].kind != STORE_BYTES) || (v[11].len != DIGEST_SHA256_LEN)) {
		err_set(e, ERR_BUG, NULL, "a record without its digest");
		return -1;
	}
	text_hex_encode(v[11].bytes, DIGEST_SHA256_LEN, row.sha256);
	each->seal[0] = '\0';
	if ((v[7].kind == STORE_BYTES) && (v[7].len == DIGEST_SHA256_LEN))
		text_hex_encode(v[7].bytes, DIGEST_SHA256_LEN, each->seal);
	row.seal = each->seal;
	make_id(row.package, row.member, row.offset, v[3].integer, row.id);
	row.duplicate_of[0] = '\0';
	if (v[16].kind == STORE_TEXT)
		make_id(v[16].bytes, v[17].bytes, v[18].integer, v[3].integer,
		    row.duplicate_of);
	row.verdict = v[12].bytes;
	for (size_t i = 0; i < ROW_MARKS; i++)
		row.marks[i] =
		    (v[13 + i].kind == STORE_TEXT) ? v[13 + i].bytes : NULL;
	row.places = each->places;
	row.values = v + LEAD;
	return each->fn(each->cookie, &row, e);
}

static int
take_count(void * cookie, const struct store_row * got, struct err * e)
{
	int64_t * count = cookie;

	(void)e;
	*count = got->values[0].integer;
	return 0;
}

int
row_count(struct store * s, int64_t * count, struct err * e)
{
	*count = 0;
	return store_run(
	    s, "SELECT COUNT(*) AS count FROM place", take_count, count, e);
}

int
row_each(struct store * s, const char * where, row_fn * fn, void * cookie,
    struct err * e)
{
	struct each each = { .fn = fn, .cookie = cookie };
	struct buf sql = { 0 };
	int64_t count;
	int rc = -1;

	if (row_count(s, &count, e) != 0)
		return -1;
	find_places(each.places);
	for (int64_t first = 1; first <= count; first += CHUNK) {
		buf_clear(&sql);
		if (add_select(&sql, e) != 0)
			goto out;
		if (buf_addf(&sql, e,
			" WHERE t.row_number BETWEEN %" PRId64 " AND %" PRId64
			"%s%s ORDER BY row_number",
			first, first + CHUNK - 1,
			(where != NULL) ? " AND " : "",
			(where != NULL) ? where : "") != 0)
			goto out;
		if (store_run(s, buf_text(&sql), make_row, &each, e) != 0)
			goto out;
	}
	rc = 0;

out:
	buf_free(&sql);
	return rc;
}

/* " WORD TEXT" if there is a text. */
static int
add_part(struct buf * out, const char * word, const char * text, struct err * e)
{
	if ((text == NULL) || (text[0] == '\0'))
		return 0;
	return buf_addf(out, e, " %s %s", word, text);
}

/* ADDRESS or ADDRESS:PORT; a version 6 address in brackets before a port. */
static int
add_end(struct buf * out, const char * ip, int64_t port, struct err * e)
{
	const char * shown = (ip != NULL) ? ip : "?";
	bool six = (strchr(shown, ':') != NULL);

	if (port == EVENT_ABSENT)
		return buf_add_text(out, shown, e);
	return buf_addf(out, e, "%s%s%s:%" PRId64, six ? "[" : "", shown,
	    six ? "]" : "", port);
}

static int
flow_message(const struct row * row, struct buf * out, struct err * e)
{
	const char * kind = row_text(row, ROW_TIME_KIND);
	const char * direction = row_text(row, ROW_DIRECTION);
	const char * decision = row_text(row, ROW_DECISION);
	const char * state = row_text(row, ROW_FLOW_STATE);
	const char * protocol = row_text(row, ROW_PROTOCOL);
	int64_t there = row_integer(row, ROW_BYTES_SD);
	int64_t back = row_integer(row, ROW_BYTES_DS);

	if (buf_addf(out, e, "%s %s ",
		(kind != NULL) && (strcmp(kind, "flow interval") == 0)
		    ? "flows, added up,"
		    : "flow",
		(direction != NULL) ? direction : "?") != 0)
		return -1;
	if ((add_end(out, row_text(row, ROW_SRC_IP),
		 row_integer(row, ROW_SRC_PORT), e) != 0) ||
	    (buf_add_text(out, " -> ", e) != 0) ||
	    (add_end(out, row_text(row, ROW_DST_IP),
		 row_integer(row, ROW_DST_PORT), e) != 0))
		return -1;
	if ((add_part(out, "", protocol, e) != 0) ||
	    (buf_addf(out, e, ": %s", (decision != NULL) ? decision : "?") !=
		0) ||
	    (add_part(out, "", state, e) != 0))
		return -1;
	if ((there == EVENT_ABSENT) && (back == EVENT_ABSENT))
		return 0;
	return buf_addf(out, e, ", %" PRId64 " bytes there, %" PRId64 " back",
	    (there == EVENT_ABSENT) ? 0 : there,
	    (back == EVENT_ABSENT) ? 0 : back);
}

int
row_message(const struct row * row, struct buf * out, struct err * e)
{
	const char * action = row_text(row, ROW_ACTION);
	const char * operation = row_text(row, ROW_OPERATION);
	const char * status = row_text(row, ROW_STATUS);
	const char * container = row_text(row, ROW_CONTAINER);
	const char * object = row_text(row, ROW_OBJECT);
	const char * on = row_text(row, ROW_ACCOUNT);
	int64_t bytes = row_integer(row, ROW_BYTES_READ);

	if ((action != NULL) && (strcmp(action, "flow") == 0))
		return flow_message(row, out, e);
	if (buf_add_text(out,
		(operation != NULL)    ? operation
		    : (action != NULL) ? action
				       : "event",
		e) != 0)
		return -1;
	if (on == NULL)
		on = row_text(row, ROW_RESOURCE_ID);
	if (add_part(out, "on", on, e) != 0)
		return -1;
	if ((container != NULL) && (buf_addf(out, e, "/%s", container) != 0))
		return -1;
	if ((object != NULL) && (buf_addf(out, e, "/%s", object) != 0))
		return -1;
	if ((add_part(out, "by", row_text(row, ROW_ACTOR), e) != 0) ||
	    (add_part(out, "with", row_text(row, ROW_AUTH), e) != 0) ||
	    (add_part(out, "from", row_text(row, ROW_SRC_IP), e) != 0))
		return -1;
	if ((status != NULL) && (buf_addf(out, e, ": %s", status) != 0))
		return -1;
	if (bytes == EVENT_ABSENT)
		return 0;
	return buf_addf(out, e, ", %" PRId64 " bytes read", bytes);
}

const char *
row_time_words(const struct row * row)
{
	static const struct {
		const char * kind;
		const char * words;
	} table[] = { { "generated", "Event Generated" },
		{ "received", "Request Received" },
		{ "logged", "Record Logged" }, { "flow tuple", "Flow Tuple" },
		{ "flow interval", "Flow Interval" } };
	const char * kind = row_text(row, ROW_TIME_KIND);

	for (size_t i = 0;
	     (kind != NULL) && (i < sizeof(table) / sizeof(table[0])); i++) {
		if (strcmp(kind, table[i].kind) == 0)
			return table[i].words;
	}
	return "Recorded";
}
