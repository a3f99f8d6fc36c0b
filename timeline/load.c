#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/buf.h"
#include "timeline/intern.h"
#include "timeline/load.h"
#include "timeline/schema.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define GROUP_HEADS_MAX 16
#define GROUP_KEY_SIZE 128

enum table {
	TABLE_PACKAGE,
	TABLE_MEMBER,
	TABLE_RECORD,
	TABLE_EVENT,
	TABLE_HEAD,
	TABLE_FLOW,
	TABLE_ADDRESS,
	TABLE_QUARANTINE,
	TABLE_GAP,
	TABLE_COUNT
};

/* The head of those events of a group whose tuples say the same of it. */
struct group_head {
	int64_t number;
	size_t len;
	uint8_t key[GROUP_KEY_SIZE];
};

struct load {
	struct store * s;
	struct store_bulk * bulk[TABLE_COUNT];
	struct intern * addresses;
	struct intern * heads;
	const struct event_field * head_fields[STORE_COLUMNS_MAX];
	size_t head_fields_count;
	struct buf head; /* The content of a flow_head, to find its number. */
	int64_t group;   /* Of the events whose heads are known: */
	struct group_head known[GROUP_HEADS_MAX];
	size_t known_count;
	struct buf key; /* To find it there. */
	int64_t packages;
	load_own_fn * is_own;
	const void * own_cookie;
	struct load_counts counts;
};

static const char * const package_columns[] = { "id", "name", "seal", "verdict",
	"skew_lo", "skew_hi" };
static const char * const member_columns[] = { "id", "package", "path", "kind",
	"name", "account", "container", "size", "sha256", "resource", "hour" };
static const char * const record_columns[] = { "id", "member", "first_byte",
	"length", "sha256" };
static const char * const flow_columns[] = { "id", "record", "number", "head",
	"flags", "tuple_index", "time", "time_text", "logged_at", "src",
	"src_port", "dst", "dst_port", "protocol_number", "direction",
	"decision", "flow_state", "packets_sd", "packets_ds", "bytes_sd",
	"bytes_ds", "note" };
static const char * const address_columns[] = { "id", "text", "scope" };
static const char * const quarantine_columns[] = { "id", "member", "first_byte",
	"length", "sha256", "tuple_index", "reason", "text" };
static const char * const gap_columns[] = { "id", "package", "reason", "name",
	"resource", "hour" };

static int
begin_tables(struct load * l, struct err * e)
{
	static const struct {
		enum table at;
		const char * name;
		const char * const * columns;
		size_t count;
	} tables[] = {
		{ TABLE_PACKAGE, "package", package_columns,
		    COUNT(package_columns) },
		{ TABLE_MEMBER, "member", member_columns,
		    COUNT(member_columns) },
		{ TABLE_RECORD, "record", record_columns,
		    COUNT(record_columns) },
		{ TABLE_FLOW, "flow", flow_columns, COUNT(flow_columns) },
		{ TABLE_ADDRESS, "address", address_columns,
		    COUNT(address_columns) },
		{ TABLE_QUARANTINE, "quarantine", quarantine_columns,
		    COUNT(quarantine_columns) },
		{ TABLE_GAP, "gap", gap_columns, COUNT(gap_columns) },
	};

	for (size_t i = 0; i < COUNT(tables); i++) {
		l->bulk[tables[i].at] = store_bulk_begin(l->s, tables[i].name,
		    tables[i].columns, tables[i].count, e);
		if (l->bulk[tables[i].at] == NULL)
			return -1;
	}
	return 0;
}

/* The tables whose columns are the fields of event.h. */
static int
begin_event_tables(struct load * l, struct err * e)
{
	const char * event[STORE_COLUMNS_MAX] = { "id", "record", "number",
		"flags" };
	const char * head[STORE_COLUMNS_MAX] = { "id" };
	size_t event_count = 4;
	size_t head_count = 1;
	size_t count;
	const struct event_field * fields = event_fields(&count);

	assert(count + 4 <= STORE_COLUMNS_MAX);
	for (size_t i = 0; i < count; i++) {
		event[event_count++] = fields[i].name;
		if (schema_is_flow_column(fields[i].name))
			continue;
		l->head_fields[l->head_fields_count++] = &fields[i];
		head[head_count++] = fields[i].name;
	}
	l->bulk[TABLE_EVENT] =
	    store_bulk_begin(l->s, "event", event, event_count, e);
	l->bulk[TABLE_HEAD] =
	    store_bulk_begin(l->s, "flow_head", head, head_count, e);
	if ((l->bulk[TABLE_EVENT] == NULL) || (l->bulk[TABLE_HEAD] == NULL))
		return -1;
	return 0;
}

struct load *
load_new(struct store * s, struct err * e)
{
	struct load * l;

	l = calloc(1, sizeof(*l));
	if (l == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	l->s = s;
	l->addresses = intern_new(INTERN_MAX, e);
	l->heads = intern_new(INTERN_MAX, e);
	if ((l->addresses == NULL) || (l->heads == NULL) ||
	    (begin_tables(l, e) != 0) || (begin_event_tables(l, e) != 0)) {
		load_free(l);
		return NULL;
	}
	return l;
}

int
load_package(struct load * l, const char * name, const uint8_t * seal,
    const char * verdict, const struct skew * skew, struct err * e)
{
	struct store_value row[COUNT(package_columns)];

	row[0] = store_integer(++l->packages);
	row[1] = store_text(name);
	row[2] = store_bytes(seal, DIGEST_SHA256_LEN);
	row[3] = store_text(verdict);
	row[4] = store_integer(skew->is_known ? skew->lo_ms : EVENT_ABSENT);
	row[5] = store_integer(skew->is_known ? skew->hi_ms : EVENT_ABSENT);
	return store_bulk_row(l->bulk[TABLE_PACKAGE], row, e);
}

void
load_own(struct load * l, load_own_fn * is_own, const void * cookie)
{
	l->is_own = is_own;
	l->own_cookie = cookie;
}

int
load_member(struct load * l, const struct load_member * member, struct err * e)
{
	struct store_value row[COUNT(member_columns)];

	row[0] = store_integer(++l->counts.members);
	row[1] = store_integer(l->packages);
	row[2] = store_text(member->path);
	row[3] = store_text(member->kind);
	row[4] = store_text(member->name);
	row[5] = store_text(member->account);
	row[6] = store_text(member->container);
	row[7] = store_integer(member->size);
	row[8] = store_bytes(member->sha256, DIGEST_SHA256_LEN);
	row[9] = store_text(member->resource);
	row[10] = store_integer(member->hour);
	return store_bulk_row(l->bulk[TABLE_MEMBER], row, e);
}

int
load_gap(struct load * l, const char * reason, const char * name,
    const char * resource, int64_t hour, struct err * e)
{
	struct store_value row[COUNT(gap_columns)];

	row[0] = store_integer(++l->counts.gaps);
	row[1] = store_integer(l->packages);
	row[2] = store_text(reason);
	row[3] = store_text(name);
	row[4] = store_text(resource);
	row[5] = store_integer(hour);
	return store_bulk_row(l->bulk[TABLE_GAP], row, e);
}

static int
put_record(void * cookie, const struct event_record * r, struct err * e)
{
	struct load * l = cookie;
	struct store_value row[COUNT(record_columns)];

	/* Groups are numbered by the reader, and there are several. */
	l->group = 0;
	row[0] = store_integer(++l->counts.records);
	row[1] = store_integer(l->counts.members);
	row[2] = store_integer(r->origin.offset);
	row[3] = store_integer(r->origin.length);
	row[4] = store_bytes(r->origin.sha256, DIGEST_SHA256_LEN);
	return store_bulk_row(l->bulk[TABLE_RECORD], row, e);
}

/* The value of ${field} of ${ev}. */
static struct store_value
value_of(const struct event * ev, const struct event_field * field)
{
	switch (field->kind) {
	case EVENT_FIELD_TEXT:
	case EVENT_FIELD_NAME:
		return store_text(event_field_text(ev, field));
	case EVENT_FIELD_INTEGER:
	case EVENT_FIELD_MOMENT:
		return store_integer(event_field_integer(ev, field));
	}
	return store_text(NULL);
}

/* The number of ${ev} in its record, which its id ends with. */
static int64_t
number_of_event(const struct event * ev)
{
	const uint8_t * last = ev->id + EVENT_ID_LEN - 4;

	return ((int64_t)last[0] << 24) | ((int64_t)last[1] << 16) |
	    ((int64_t)last[2] << 8) | (int64_t)last[3];
}

static int
put_event(struct load * l, const struct event * ev, struct err * e)
{
	struct store_value row[STORE_COLUMNS_MAX];
	size_t at = 0;
	size_t count;
	const struct event_field * fields = event_fields(&count);

	row[at++] = store_integer(l->counts.events);
	row[at++] = store_integer(l->counts.records);
	row[at++] = store_integer(number_of_event(ev));
	row[at++] = store_integer((int64_t)ev->flags);
	for (size_t i = 0; i < count; i++)
		row[at++] = value_of(ev, &fields[i]);
	return store_bulk_row(l->bulk[TABLE_EVENT], row, e);
}

/* Put the number of the address ${text} into ${id}; new ones get a row. */
static int
number_of_address(
    struct load * l, const char * text, int64_t * id, struct err * e)
{
	struct store_value row[COUNT(address_columns)];
	const char * shown = (text != NULL) ? text : "";
	int got;

	got = intern_get(l->addresses, shown, strlen(shown), id, e);
	if (got <= 0)
		return got;
	row[0] = store_integer(*id);
	row[1] = store_text(shown);
	row[2] = store_integer(schema_scope(text));
	return store_bulk_row(l->bulk[TABLE_ADDRESS], row, e);
}

/* Append ${value} so that different values give different bytes. */
static int
add_value(struct buf * out, const struct store_value * value, struct err * e)
{
	uint8_t kind = (uint8_t)value->kind;
	uint64_t len = value->len;

	if (buf_add(out, &kind, 1, e) != 0)
		return -1;
	if (value->kind == STORE_INTEGER)
		return buf_add(out, &value->integer, sizeof(value->integer), e);
	if (buf_add(out, &len, sizeof(len), e) != 0)
		return -1;
	return buf_add(out, value->bytes, value->len, e);
}

/* Put the number of what ${ev} shares with other tuples into ${id}. */
static int
find_head(
    struct load * l, const struct event * ev, int64_t * id, struct err * e)
{
	struct store_value row[STORE_COLUMNS_MAX];
	size_t count = l->head_fields_count;
	int got;

	buf_clear(&l->head);
	for (size_t i = 0; i < count; i++) {
		row[i + 1] = value_of(ev, l->head_fields[i]);
		if (add_value(&l->head, &row[i + 1], e) != 0)
			return -1;
	}
	got = intern_get(l->heads, l->head.bytes, l->head.len, id, e);
	if (got <= 0)
		return got;
	row[0] = store_integer(*id);
	return store_bulk_row(l->bulk[TABLE_HEAD], row, e);
}

/* As find_head: what the group shares was looked at with its first tuple. */
static int
number_of_head(
    struct load * l, const struct event * ev, int64_t * id, struct err * e)
{
	struct group_head * known;

	if ((ev->group == 0) || (ev->group != l->group))
		l->known_count = 0;
	l->group = ev->group;
	buf_clear(&l->key);
	for (size_t i = 0; i < l->head_fields_count; i++) {
		struct store_value v;

		if (!l->head_fields[i]->of_tuple)
			continue;
		v = value_of(ev, l->head_fields[i]);
		if (add_value(&l->key, &v, e) != 0)
			return -1;
	}
	for (size_t i = 0; i < l->known_count; i++) {
		known = &l->known[i];
		if ((known->len == l->key.len) &&
		    (memcmp(known->key, l->key.bytes, known->len) == 0)) {
			*id = known->number;
			return 0;
		}
	}
	if (find_head(l, ev, id, e) != 0)
		return -1;
	if ((ev->group == 0) || (l->key.len > GROUP_KEY_SIZE) ||
	    (l->known_count == GROUP_HEADS_MAX))
		return 0;
	known = &l->known[l->known_count++];
	known->number = *id;
	known->len = l->key.len;
	memcpy(known->key, l->key.bytes, known->len);
	return 0;
}

static int
put_flow(struct load * l, const struct event * ev, struct err * e)
{
	struct store_value row[COUNT(flow_columns)];
	size_t at = 0;
	int64_t head = 0;
	int64_t src = 0;
	int64_t dst = 0;

	if ((number_of_head(l, ev, &head, e) != 0) ||
	    (number_of_address(l, ev->src_ip, &src, e) != 0) ||
	    (number_of_address(l, ev->dst_ip, &dst, e) != 0))
		return -1;
	row[at++] = store_integer(l->counts.events);
	row[at++] = store_integer(l->counts.records);
	row[at++] = store_integer(number_of_event(ev));
	row[at++] = store_integer(head);
	row[at++] = store_integer((int64_t)ev->flags);
	row[at++] = store_integer(ev->tuple_index);
	row[at++] = store_integer(ev->time);
	row[at++] = store_text(ev->time_text);
	row[at++] = store_integer(ev->logged_at);
	row[at++] = store_integer(src);
	row[at++] = store_integer(ev->src_port);
	row[at++] = store_integer(dst);
	row[at++] = store_integer(ev->dst_port);
	row[at++] = store_integer(ev->protocol_number);
	row[at++] = store_integer((int64_t)ev->direction);
	row[at++] = store_integer((int64_t)ev->decision);
	row[at++] = store_integer((int64_t)ev->flow_state);
	row[at++] = store_integer(ev->packets_sd);
	row[at++] = store_integer(ev->packets_ds);
	row[at++] = store_integer(ev->bytes_sd);
	row[at++] = store_integer(ev->bytes_ds);
	row[at++] = store_text(ev->note);
	assert(at == COUNT(row));
	l->counts.flows++;
	return store_bulk_row(l->bulk[TABLE_FLOW], row, e);
}

/* Leave 0 where the credential is the collector's: own.h says what it means. */
static int
put_request(struct load * l, const struct event * ev, struct err * e)
{
	struct event marked = *ev;

	if ((l->is_own != NULL) && (ev->sas_hash != NULL) &&
	    l->is_own(l->own_cookie, ev->sas_hash))
		marked.collector_footprint = 0;
	return put_event(l, &marked, e);
}

static int
put_any(void * cookie, const struct event * ev, struct err * e)
{
	struct load * l = cookie;

	l->counts.events++;
	if (ev->time == CLOCK_UNKNOWN)
		l->counts.undated++;
	if ((ev->source == EVENT_SOURCE_NSG_FLOW) ||
	    (ev->source == EVENT_SOURCE_VNET_FLOW))
		return put_flow(l, ev, e);
	return put_request(l, ev, e);
}

static int
put_quarantine(void * cookie, const struct event_quarantine * q, struct err * e)
{
	struct load * l = cookie;
	struct store_value row[COUNT(quarantine_columns)];

	row[0] = store_integer(++l->counts.quarantined);
	row[1] = store_integer(l->counts.members);
	row[2] = store_integer(q->origin.offset);
	row[3] = store_integer(q->origin.length);
	row[4] = store_bytes(q->origin.sha256, DIGEST_SHA256_LEN);
	row[5] = store_integer(q->tuple_index);
	row[6] = store_text(event_reason_name(q->reason));
	row[7] = store_text(q->text);
	return store_bulk_row(l->bulk[TABLE_QUARANTINE], row, e);
}

struct event_sink
load_sink(struct load * l)
{
	struct event_sink sink = { l, put_record, put_any, put_quarantine,
		NULL };

	return sink;
}

const struct load_counts *
load_counts(const struct load * l)
{
	return &l->counts;
}

int
load_end(struct load * l, struct err * e)
{
	int rc = 0;

	for (size_t i = 0; i < TABLE_COUNT; i++) {
		if (store_bulk_end(l->bulk[i], e) != 0)
			rc = -1;
		l->bulk[i] = NULL;
	}
	load_free(l);
	return rc;
}

void
load_free(struct load * l)
{
	struct err ignored;

	if (l == NULL)
		return;
	err_init(&ignored);
	for (size_t i = 0; i < TABLE_COUNT; i++)
		(void)store_bulk_end(l->bulk[i], &ignored);
	intern_free(l->addresses);
	intern_free(l->heads);
	buf_free(&l->head);
	buf_free(&l->key);
	free(l);
}
