#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "timeline/schema.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char tables[] =
    "CREATE TABLE package (id BIGINT PRIMARY KEY, name TEXT NOT NULL,"
    " seal BYTES, verdict TEXT NOT NULL, skew_lo BIGINT,"
    " skew_hi BIGINT);\n"
    "CREATE TABLE member (id BIGINT PRIMARY KEY, package BIGINT NOT NULL,"
    " path TEXT NOT NULL, kind TEXT, name TEXT, account TEXT,"
    " container TEXT, size BIGINT NOT NULL, sha256 BYTES,"
    " resource TEXT, hour BIGINT);\n"
    "CREATE TABLE record (id BIGINT PRIMARY KEY, member BIGINT NOT NULL,"
    " first_byte BIGINT NOT NULL, length BIGINT NOT NULL,"
    " sha256 BYTES NOT NULL);\n"
    "CREATE TABLE address (id BIGINT PRIMARY KEY, text TEXT NOT NULL,"
    " scope BIGINT NOT NULL);\n"
    "CREATE TABLE quarantine (id BIGINT PRIMARY KEY, member BIGINT NOT NULL,"
    " first_byte BIGINT NOT NULL, length BIGINT NOT NULL, sha256 BYTES,"
    " tuple_index BIGINT, reason TEXT NOT NULL, text TEXT);\n"
    "CREATE TABLE param (rule TEXT NOT NULL, name TEXT NOT NULL,"
    " value BIGINT NOT NULL, PRIMARY KEY (rule, name));\n"
    "CREATE TABLE responder (name TEXT PRIMARY KEY);\n"
    "CREATE TABLE known_secret (secret BIGINT NOT NULL, kind TEXT NOT NULL,"
    " input TEXT NOT NULL, hash TEXT NOT NULL);\n"
    "CREATE TABLE rule (id TEXT PRIMARY KEY, title TEXT NOT NULL,"
    " text TEXT NOT NULL, sha256 BYTES NOT NULL, bit BIGINT NOT NULL);\n"
    "CREATE TABLE finding_fact (rule TEXT NOT NULL, finding BIGINT NOT NULL,"
    " link TEXT NOT NULL, line BIGINT NOT NULL, seq BIGINT NOT NULL,"
    " name TEXT NOT NULL,"
    " number BIGINT, text TEXT);\n"
    "CREATE TABLE finding_row (rule TEXT NOT NULL, finding BIGINT NOT NULL,"
    " link TEXT NOT NULL, role TEXT NOT NULL, event BIGINT NOT NULL);\n"
    "CREATE TABLE gap (id BIGINT PRIMARY KEY, package BIGINT NOT NULL,"
    " reason TEXT NOT NULL, name TEXT, resource TEXT, hour BIGINT);\n"
    "CREATE TABLE own_request (id BIGINT PRIMARY KEY,"
    " package BIGINT NOT NULL, seq BIGINT NOT NULL, request_id TEXT,"
    " client_request_id TEXT, sent_at BIGINT, done_at BIGINT);\n"
    "CREATE TABLE place (id BIGINT PRIMARY KEY, event BIGINT NOT NULL,"
    " flow BIGINT NOT NULL, tie BIGINT NOT NULL);\n"
    "CREATE TABLE enrichment (id BIGINT PRIMARY KEY, kind TEXT NOT NULL,"
    " sha256 BYTES NOT NULL, size BIGINT NOT NULL, entries BIGINT,"
    " unused BIGINT NOT NULL, about TEXT NOT NULL);\n"
    "CREATE TABLE mark (id BIGINT PRIMARY KEY, enrichment BIGINT NOT NULL,"
    " subject_kind TEXT NOT NULL, subject TEXT NOT NULL,"
    " matched TEXT NOT NULL, name TEXT NOT NULL, detail TEXT);\n"
    "CREATE TABLE mark_line (subject TEXT PRIMARY KEY,"
    " text TEXT NOT NULL);\n";

/* What a flow has of its own.  The addresses are ids of address. */
static const char * const flow_columns[] = { "tuple_index", "time", "time_text",
	"logged_at", "src_ip", "src_port", "dst_ip", "dst_port",
	"protocol_number", "direction", "decision", "flow_state", "packets_sd",
	"packets_ds", "bytes_sd", "bytes_ds", "note" };

bool
schema_is_flow_column(const char * name)
{
	for (size_t i = 0; i < COUNT(flow_columns); i++) {
		if (strcmp(flow_columns[i], name) == 0)
			return true;
	}
	return false;
}

/* The SQL type of ${field}. */
static const char *
type_of(const struct event_field * field)
{
	switch (field->kind) {
	case EVENT_FIELD_TEXT:
	case EVENT_FIELD_NAME:
		return "TEXT";
	case EVENT_FIELD_INTEGER:
	case EVENT_FIELD_MOMENT:
		return "BIGINT";
	}
	return "TEXT";
}

/* The tables event, flow, and flow_head, made from the fields of event.h. */
static int
add_event_tables(struct buf * out, struct err * e)
{
	size_t count;
	const struct event_field * fields = event_fields(&count);

	if (buf_add_text(out,
		"CREATE TABLE event (id BIGINT PRIMARY KEY,"
		" record BIGINT NOT NULL, number BIGINT NOT NULL,"
		" flags BIGINT NOT NULL",
		e) != 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (buf_addf(out, e, ", \"%s\" %s", fields[i].name,
			type_of(&fields[i])) != 0)
			return -1;
	}
	if (buf_add_text(out,
		");\nCREATE TABLE flow_head (id BIGINT PRIMARY KEY", e) != 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (schema_is_flow_column(fields[i].name))
			continue;
		if (buf_addf(out, e, ", \"%s\" %s", fields[i].name,
			type_of(&fields[i])) != 0)
			return -1;
	}
	return buf_add_text(out,
	    ");\nCREATE TABLE flow (id BIGINT PRIMARY KEY,"
	    " record BIGINT NOT NULL, number BIGINT NOT NULL,"
	    " head BIGINT NOT NULL, flags BIGINT NOT NULL, tuple_index BIGINT, time BIGINT,"
	    " time_text TEXT, logged_at BIGINT, src BIGINT, src_port BIGINT,"
	    " dst BIGINT, dst_port BIGINT, protocol_number BIGINT,"
	    " direction BIGINT, decision BIGINT, flow_state BIGINT,"
	    " packets_sd BIGINT, packets_ds BIGINT, bytes_sd BIGINT,"
	    " bytes_ds BIGINT, note TEXT);\n",
	    e);
}

int
schema_text(struct buf * out, struct err * e)
{
	if (buf_add_text(out, tables, e) != 0)
		return -1;
	return add_event_tables(out, e);
}

/* How the view shows the flow's own column ${name}. */
static const char *
flow_expression(const char * name)
{
	static const struct {
		const char * name;
		const char * text;
	} special[] = { { "src_ip", "sa.text" }, { "dst_ip", "da.text" },
		{ "direction",
		    "CASE f.direction WHEN 1 THEN 'in' WHEN 2 THEN 'out' END" },
		{ "decision",
		    "CASE f.decision WHEN 1 THEN 'allow' WHEN 2 THEN 'deny' "
		    "END" },
		{ "flow_state",
		    "CASE f.flow_state WHEN 1 THEN 'begin' WHEN 2 THEN "
		    "'continue' WHEN 3 THEN 'end' WHEN 4 THEN 'denied' END" } };

	for (size_t i = 0; i < COUNT(special); i++) {
		if (strcmp(special[i].name, name) == 0)
			return special[i].text;
	}
	return NULL;
}

int
schema_add_flow_column(struct buf * out, const char * name, struct err * e)
{
	const char * text = flow_expression(name);

	if (text != NULL)
		return buf_addf(out, e, ", %s", text);
	return buf_addf(out, e, ", %s.\"%s\"",
	    schema_is_flow_column(name) ? "f" : "h", name);
}

static int
add_view_flow_columns(struct buf * out, struct err * e)
{
	size_t count;
	const struct event_field * fields = event_fields(&count);

	for (size_t i = 0; i < count; i++) {
		if (schema_add_flow_column(out, fields[i].name, e) != 0)
			return -1;
	}
	return 0;
}

/* The rows of ${table}, of events, that place knows as ${kind}. */
static int
add_view_events(struct buf * out, const char * table, int kind,
    const char * mark, struct err * e)
{
	size_t count;
	const struct event_field * fields = event_fields(&count);

	if (buf_addf(out, e,
		"SELECT p.id AS row_number, p.tie AS tie, e.id AS event,"
		" e.record AS record, e.number AS number, e.flags%s AS flags",
		mark) != 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (buf_addf(out, e, ", e.\"%s\" AS \"%s\"", fields[i].name,
			fields[i].name) != 0)
			return -1;
	}
	return buf_addf(out, e,
	    " FROM place p JOIN %s e ON e.id = p.event WHERE p.flow = %d",
	    table, kind);
}

/* As add_view_events for a ${table} of flows. */
static int
add_view_flows(struct buf * out, const char * table, int kind,
    const char * mark, struct err * e)
{
	if (buf_addf(out, e,
		" UNION ALL SELECT p.id, p.tie, f.id, f.record, f.number,"
		" f.flags%s",
		mark) != 0)
		return -1;
	if (add_view_flow_columns(out, e) != 0)
		return -1;
	return buf_addf(out, e,
	    " FROM place p JOIN %s f ON f.id = p.event"
	    " JOIN flow_head h ON h.id = f.head"
	    " JOIN address sa ON sa.id = f.src JOIN address da ON da.id = "
	    "f.dst WHERE p.flow = %d",
	    table, kind);
}

static int
add_view(struct buf * out, struct err * e)
{
	char mark[32];

	(void)snprintf(mark, sizeof(mark), " + %u", EVENT_FLAG_DUPLICATE);
	if ((buf_add_text(out, "CREATE VIEW timeline AS ", e) != 0) ||
	    (add_view_events(out, "event", 0, "", e) != 0) ||
	    (add_view_flows(out, "flow", 1, "", e) != 0) ||
	    (buf_add_text(out, " UNION ALL ", e) != 0) ||
	    (add_view_events(out, "event_again", 2, mark, e) != 0) ||
	    (add_view_flows(out, "flow_again", 3, mark, e) != 0))
		return -1;
	return buf_add_text(out, ";\n", e);
}

int
schema_order_text(struct buf * out, struct err * e)
{
	if (buf_add_text(
		out, "CREATE INDEX place_event ON place (event);\n", e) != 0)
		return -1;
	return add_view(out, e);
}

/* Networks that are not the internet, as address, bits, scope. */
static const struct {
	const char * network;
	int bits;
	int scope;
} networks[] = {
	{ "168.63.129.16", 32, SCHEMA_SCOPE_PLATFORM },
	{ "10.0.0.0", 8, SCHEMA_SCOPE_PRIVATE },
	{ "172.16.0.0", 12, SCHEMA_SCOPE_PRIVATE },
	{ "192.168.0.0", 16, SCHEMA_SCOPE_PRIVATE },
	{ "100.64.0.0", 10, SCHEMA_SCOPE_PRIVATE },
	{ "169.254.0.0", 16, SCHEMA_SCOPE_PRIVATE },
	{ "127.0.0.0", 8, SCHEMA_SCOPE_PRIVATE },
	{ "0.0.0.0", 8, SCHEMA_SCOPE_PRIVATE },
	{ "224.0.0.0", 3, SCHEMA_SCOPE_PRIVATE },
	{ "fc00::", 7, SCHEMA_SCOPE_PRIVATE },
	{ "fe80::", 10, SCHEMA_SCOPE_PRIVATE },
	{ "ff00::", 8, SCHEMA_SCOPE_PRIVATE },
	{ "::", 127, SCHEMA_SCOPE_PRIVATE },
};

static bool
has_same_bits(const uint8_t * a, const uint8_t * b, int bits)
{
	int whole = bits / 8;
	int rest = bits % 8;

	if (memcmp(a, b, (size_t)whole) != 0)
		return false;
	if (rest == 0)
		return true;
	return (a[whole] >> (8 - rest)) == (b[whole] >> (8 - rest));
}

int
schema_scope(const char * address)
{
	uint8_t bytes[16];
	uint8_t network[16];
	int family;

	if (address == NULL)
		return SCHEMA_SCOPE_UNKNOWN;
	family = (strchr(address, ':') != NULL) ? AF_INET6 : AF_INET;
	if (inet_pton(family, address, bytes) != 1)
		return SCHEMA_SCOPE_UNKNOWN;
	for (size_t i = 0; i < COUNT(networks); i++) {
		if (inet_pton(family, networks[i].network, network) != 1)
			continue; /* Of the other family. */
		if (has_same_bits(bytes, network, networks[i].bits))
			return networks[i].scope;
	}
	return SCHEMA_SCOPE_PUBLIC;
}
