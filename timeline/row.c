#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "timeline/row_batch.h"

#include "timeline/row.h"

/* The names of the row_fields, in their order. */
static const char * const field_names[ROW_FIELDS] = { "account", "action",
	"actor", "auth", "bytes_ds", "bytes_read", "bytes_sd", "container",
	"decision", "direction", "dst_ip", "dst_port", "flow_state", "object",
	"operation", "protocol", "resource_id", "source", "src_ip", "src_port",
	"status", "time", "time_kind" };

const char *
row_field_name(enum row_field field)
{
	return field_names[field];
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
	struct row_batch * b = NULL;
	int64_t next = 1;
	int64_t count;
	int rc = -1;

	if (row_count(s, &count, e) != 0)
		return -1;
	b = row_batch_new(e);
	if (b == NULL)
		return -1;
	while (next <= count) {
		if ((row_batch_load(b, s, where, &next, count, e) != 0) ||
		    (row_batch_each(b, fn, cookie, e) != 0))
			goto out;
	}
	rc = 0;

out:
	row_batch_free(b);
	return rc;
}

/* " WORD TEXT" if there is a text. */
static int
add_part(struct buf * out, const char * word, const char * text, struct err * e)
{
	if ((text == NULL) || (text[0] == '\0'))
		return 0;
	if ((buf_add(out, " ", 1, e) != 0) ||
	    (buf_add_text(out, word, e) != 0) || (buf_add(out, " ", 1, e) != 0))
		return -1;
	return buf_add_text(out, text, e);
}

/* ADDRESS or ADDRESS:PORT; a version 6 address in brackets before a port. */
static int
add_end(struct buf * out, const char * ip, int64_t port, struct err * e)
{
	const char * shown = (ip != NULL) ? ip : "?";
	bool six = (strchr(shown, ':') != NULL);

	if (port == EVENT_ABSENT)
		return buf_add_text(out, shown, e);
	if ((buf_add_text(out, six ? "[" : "", e) != 0) ||
	    (buf_add_text(out, shown, e) != 0) ||
	    (buf_add_text(out, six ? "]:" : ":", e) != 0))
		return -1;
	return buf_add_integer(out, port, e);
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

	if ((buf_add_text(out,
		 (kind != NULL) && (strcmp(kind, "flow interval") == 0)
		     ? "flows, added up, "
		     : "flow ",
		 e) != 0) ||
	    (buf_add_text(out, (direction != NULL) ? direction : "?", e) !=
		0) ||
	    (buf_add(out, " ", 1, e) != 0))
		return -1;
	if ((add_end(out, row_text(row, ROW_SRC_IP),
		 row_integer(row, ROW_SRC_PORT), e) != 0) ||
	    (buf_add_text(out, " -> ", e) != 0) ||
	    (add_end(out, row_text(row, ROW_DST_IP),
		 row_integer(row, ROW_DST_PORT), e) != 0))
		return -1;
	if ((add_part(out, "", protocol, e) != 0) ||
	    (buf_add(out, ": ", 2, e) != 0) ||
	    (buf_add_text(out, (decision != NULL) ? decision : "?", e) != 0) ||
	    (add_part(out, "", state, e) != 0))
		return -1;
	if ((there == EVENT_ABSENT) && (back == EVENT_ABSENT))
		return 0;
	if ((buf_add(out, ", ", 2, e) != 0) ||
	    (buf_add_integer(out, (there == EVENT_ABSENT) ? 0 : there, e) !=
		0) ||
	    (buf_add_text(out, " bytes there, ", e) != 0) ||
	    (buf_add_integer(out, (back == EVENT_ABSENT) ? 0 : back, e) != 0))
		return -1;
	return buf_add_text(out, " back", e);
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
