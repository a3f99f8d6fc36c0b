#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/text.h"
#include "timeline/address.h"
#include "timeline/fold.h"
#include "timeline/uri.h"
#include "timeline/when.h"

#include "timeline/map.h"

#define NOTE_SIZE 512
#define KEY_SIZE 64

/* ---- Finding out what a record is ---------------------------------------- */

enum log {
	LOG_UNKNOWN,
	LOG_NSG,
	LOG_VNET,
	LOG_STORAGE,
	LOG_ACTIVITY,
	LOG_ANALYTICS
};

static const struct category {
	const char * name;
	enum log log;
} categories[] = {
	{ "NetworkSecurityGroupFlowEvent", LOG_NSG },
	{ "FlowLogFlowEvent", LOG_VNET },
	{ "StorageRead", LOG_STORAGE },
	{ "StorageWrite", LOG_STORAGE },
	{ "StorageDelete", LOG_STORAGE },
	{ "Administrative", LOG_ACTIVITY },
	{ "Write", LOG_ACTIVITY },
	{ "Delete", LOG_ACTIVITY },
	{ "Action", LOG_ACTIVITY },
	{ "ServiceHealth", LOG_ACTIVITY },
	{ "ResourceHealth", LOG_ACTIVITY },
	{ "Alert", LOG_ACTIVITY },
	{ "Autoscale", LOG_ACTIVITY },
	{ "Recommendation", LOG_ACTIVITY },
	{ "Security", LOG_ACTIVITY },
	{ "Policy", LOG_ACTIVITY },
};

/* The catalogue's words (package-format.md). */
static const struct category hints[] = {
	{ "nsg-flow", LOG_NSG },
	{ "vnet-flow", LOG_VNET },
	{ "storage-read", LOG_STORAGE },
	{ "storage-write", LOG_STORAGE },
	{ "storage-delete", LOG_STORAGE },
	{ "storage", LOG_STORAGE },
	{ "activity", LOG_ACTIVITY },
	{ "activity-legacy", LOG_ACTIVITY },
};

static enum log
find_log(const struct category * table, size_t count, const char * name)
{
	for (size_t i = 0; i < count; i++) {
		if (fold_is(name, table[i].name))
			return table[i].log;
	}
	return LOG_UNKNOWN;
}

/* By the members that no other kind has. */
static enum log
log_by_shape(const struct map * m)
{
	const struct record_value * properties;
	const char * operation = map_text(m, m->root, "operationName");
	const char * resource = map_text(m, m->root, "resourceId");

	properties = record_get(m->record, m->root, "properties");
	if (record_get(m->record, m->root, "flowRecords") != NULL)
		return LOG_VNET;
	if (map_array(m, properties, "flows") != NULL)
		return LOG_NSG;
	if (record_get(m->record, m->root, "TimeGenerated") != NULL)
		return LOG_ANALYTICS;
	if (record_get(m->record, properties, "objectKey") != NULL)
		return LOG_STORAGE;
	if ((operation != NULL) && (strchr(operation, '/') == NULL) &&
	    fold_ends(resource, "Services/default") &&
	    (fold_find(resource, "/microsoft.storage/storageAccounts/") !=
		NULL))
		return LOG_STORAGE;
	if ((map_member(m, m->root, "eventTimestamp") != NULL) ||
	    ((operation != NULL) && (strchr(operation, '/') != NULL) &&
		(fold_begins(operation, "microsoft.") ||
		    (map_text(m, m->root, "resultType") != NULL))))
		return LOG_ACTIVITY;
	return LOG_UNKNOWN;
}

static enum log
classify(const struct map * m)
{
	const char * category = map_text(m, m->root, "category");
	enum log log;

	log = find_log(
	    categories, sizeof(categories) / sizeof(categories[0]), category);
	if (log == LOG_UNKNOWN)
		log = log_by_shape(m);
	/* A category that we do not know is no empty place for a hint. */
	if ((log == LOG_UNKNOWN) && (category == NULL))
		log =
		    find_log(hints, sizeof(hints) / sizeof(hints[0]), m->kind);
	return log;
}

enum map_result
map_refuse(struct map * m, enum event_reason reason, const char * why)
{
	m->reason = reason;
	m->why = why;
	return MAP_REFUSED;
}

enum map_result
map_record(struct map * m, struct err * e)
{
	m->tuples = 0;
	switch (classify(m)) {
	case LOG_NSG:
		return map_nsg(m, e);
	case LOG_VNET:
		return map_vnet(m, e);
	case LOG_STORAGE:
		return map_storage(m, e);
	case LOG_ACTIVITY:
		return map_activity(m, e);
	case LOG_ANALYTICS:
		return map_refuse(m, EVENT_REASON_NOT_YET,
		    "kind not read yet: Log Analytics export");
	case LOG_UNKNOWN:
		break;
	}
	return map_refuse(
	    m, EVENT_REASON_KIND, "a record of no kind that is known");
}

/* ---- Handing out --------------------------------------------------------- */

int
map_note(struct map * m, struct event * ev, unsigned int flag, struct err * e,
    const char * fmt, ...)
{
	char words[NOTE_SIZE / 2];
	char note[NOTE_SIZE];
	va_list ap;
	int len;

	ev->flags |= flag;
	va_start(ap, fmt);
	(void)vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	len = snprintf(note, sizeof(note), "%.250s%s%s",
	    (ev->note != NULL) ? ev->note : "", (ev->note != NULL) ? "; " : "",
	    words);
	/* Cutting may have hit the middle of a character. */
	for (int i = 0; i < len; i++) {
		if ((unsigned char)note[i] >= 0x80)
			note[i] = '?';
	}
	ev->note = arena_copy(&m->arena, note, strlen(note), e);
	return (ev->note == NULL) ? -1 : 0;
}

int
map_begin(struct map * m, enum event_source source, struct err * e)
{
	struct event_record record = { m->origin, source };
	struct event * ev = &m->base;
	const char * conflict = record_conflict(m->record);

	m->counts->records++;
	m->counts->record_bytes += m->origin.length;
	if ((m->sink->record != NULL) &&
	    (m->sink->record(m->sink->cookie, &record, e) != 0))
		return -1;
	event_init(ev);
	ev->origin = m->origin;
	ev->source = source;
	event_id_of_record(&m->origin, ev->id);
	ev->flags |= m->flags;
	if (record_has_nul(m->record))
		ev->flags |= EVENT_FLAG_NUL;
	if (record_has_surrogate(m->record))
		ev->flags |= EVENT_FLAG_SURROGATE;
	if (conflict == NULL)
		return 0;
	return map_note(m, ev, EVENT_FLAG_CONFLICT, e,
	    "the record holds \"%.60s\" more than once", conflict);
}

/* Cut a text that is too long, between two characters. */
static const char *
cut(struct map * m, const char * text, struct err * e)
{
	size_t len = MAP_TEXT_MAX;

	while ((len > 0) && (((unsigned char)text[len] & 0xc0) == 0x80))
		len--;
	return arena_copy(&m->arena, text, len, e);
}

int
map_clean(struct map * m, struct event * ev, struct err * e)
{
	const struct event_field * fields;
	const char ** place;
	size_t count;

	fields = event_fields(&count);
	for (size_t i = 0; i < count; i++) {
		if (fields[i].kind != EVENT_FIELD_TEXT)
			continue;
		place = (const char **)((char *)ev + fields[i].at);
		if (*place == NULL)
			continue;
		*place = uri_redact(*place, &m->arena, e);
		if (*place == NULL)
			return -1;
		if (strnlen(*place, MAP_TEXT_MAX + 1) <= MAP_TEXT_MAX)
			continue;
		*place = cut(m, *place, e);
		if (*place == NULL)
			return -1;
		ev->flags |= EVENT_FLAG_CUT;
	}
	return 0;
}

static int
hand_out(struct map * m, const struct event * ev, struct err * e)
{
	m->counts->events++;
	if (ev->flags != 0)
		m->counts->flagged++;
	return m->sink->event(m->sink->cookie, ev, e);
}

int
map_emit(struct map * m, struct event * ev, struct err * e)
{
	if (map_clean(m, ev, e) != 0)
		return -1;
	return hand_out(m, ev, e);
}

int
map_emit_flow(struct map * m, struct event * ev, struct err * e)
{
	event_id_set_index(ev->id, (uint32_t)m->tuples);
	ev->tuple_index = m->tuples++;
	return hand_out(m, ev, e);
}

int
map_refuse_tuple(struct map * m, const char * why, struct err * e)
{
	struct event_quarantine q = { m->origin, m->tuples++,
		EVENT_REASON_TUPLE, why };

	m->counts->tuples_quarantined++;
	return m->sink->quarantine(m->sink->cookie, &q, e);
}

/* ---- Looking ------------------------------------------------------------- */

const struct record_value *
map_array(
    const struct map * m, const struct record_value * object, const char * key)
{
	const struct record_value * v = record_get(m->record, object, key);

	return ((v != NULL) && (v->type == RECORD_ARRAY)) ? v : NULL;
}

/* "eventTimestamp" as "event_timestamp". */
static void
snake(const char * key, char out[KEY_SIZE])
{
	size_t n = 0;

	for (; (*key != '\0') && (n < KEY_SIZE - 2); key++) {
		if ((*key >= 'A') && (*key <= 'Z')) {
			out[n++] = '_';
			out[n++] = (char)(*key - 'A' + 'a');
		} else {
			out[n++] = *key;
		}
	}
	out[n] = '\0';
}

const struct record_value *
map_member(
    const struct map * m, const struct record_value * object, const char * key)
{
	const struct record_value * v = record_get(m->record, object, key);
	char other[KEY_SIZE];

	if (v != NULL)
		return v;
	snake(key, other);
	return record_get(m->record, object, other);
}

const char *
map_text(
    const struct map * m, const struct record_value * object, const char * key)
{
	const struct record_value * v = map_member(m, object, key);

	if (v == NULL)
		return NULL;
	switch (v->type) {
	case RECORD_OBJECT:
		return record_text(m->record, v, "value");
	case RECORD_TRUE:
		return "true";
	case RECORD_FALSE:
		return "false";
	case RECORD_NUMBER:
	case RECORD_STRING:
	case RECORD_NULL:
	case RECORD_ARRAY:
		break;
	}
	return v->text;
}

int64_t
map_integer(const struct map * m, struct event * ev,
    const struct record_value * object, const char * key)
{
	const char * text = map_text(m, object, key);
	int64_t value;

	if ((text == NULL) || (*text == '\0'))
		return EVENT_ABSENT;
	if (text_parse_integer(text, strlen(text), &value) == 0)
		return value;
	ev->flags |= EVENT_FLAG_NUMBER_BAD;
	return EVENT_ABSENT;
}

/* ---- Setting ------------------------------------------------------------- */

void
map_set_time(struct event * ev, const char * text, enum event_time_kind kind)
{
	struct when w;

	if (when_parse(text, &w) == 0)
		ev->time_kind = kind;
	ev->time = w.at;
	ev->time_resolution = w.resolution;
	ev->time_text = text;
	ev->flags |= w.flags;
}

void
map_set_duration(struct event * ev, int64_t duration_ms)
{
	ev->duration_ms = duration_ms;
	if ((ev->time == EVENT_ABSENT) || (duration_ms < 0) ||
	    (duration_ms > INT64_MAX / 2 / CLOCK_TICKS_PER_MS))
		return;
	ev->time_end = ev->time + duration_ms * CLOCK_TICKS_PER_MS;
}

int
map_set_source(
    struct map * m, struct event * ev, const char * text, struct err * e)
{
	char ip[ADDRESS_SIZE];

	if ((text == NULL) || (*text == '\0'))
		return 0;
	if (address_parse_port(text, ip, &ev->src_port) != 0) {
		ev->flags |= EVENT_FLAG_ADDRESS_BAD;
		ev->src_ip = text;
		return 0;
	}
	ev->src_ip = arena_copy(&m->arena, ip, strlen(ip), e);
	return (ev->src_ip == NULL) ? -1 : 0;
}

/* The part of a resource id behind ${name}, up to the next slash. */
static int
set_part(struct map * m, const char * id, const char * name,
    const char ** place, struct err * e)
{
	const char * p = fold_find(id, name);
	size_t len;

	if ((p == NULL) || (*place != NULL))
		return 0;
	p += strlen(name);
	len = strcspn(p, "/");
	if (len == 0)
		return 0;
	*place = arena_copy(&m->arena, p, len, e);
	return (*place == NULL) ? -1 : 0;
}

/* Names in ids are upper case in some logs and not in others. */
static int
lower(struct map * m, const char ** place, struct err * e)
{
	char * copy;
	size_t len;

	if (*place == NULL)
		return 0;
	len = strlen(*place);
	copy = arena_get(&m->arena, len + 1, e);
	if (copy == NULL)
		return -1;
	for (size_t i = 0; i <= len; i++) {
		char c = (*place)[i];

		copy[i] = ((c >= 'A') && (c <= 'Z')) ? (char)(c + 32) : c;
	}
	*place = copy;
	return 0;
}

int
map_set_resource(
    struct map * m, struct event * ev, const char * resource_id, struct err * e)
{
	static const char * const services[] = { "blob", "file", "queue",
		"table" };
	char part[32];

	if (resource_id == NULL)
		return 0;
	ev->resource_id = resource_id;
	if ((set_part(m, resource_id, "/subscriptions/", &ev->subscription,
		 e) != 0) ||
	    (lower(m, &ev->subscription, e) != 0))
		return -1;
	if (fold_find(resource_id, "/microsoft.storage/") == NULL)
		return 0;
	if ((set_part(m, resource_id, "/storageAccounts/", &ev->account, e) !=
		0) ||
	    (lower(m, &ev->account, e) != 0) ||
	    (set_part(m, resource_id, "/containers/", &ev->container, e) != 0))
		return -1;
	for (size_t i = 0; i < 4; i++) {
		(void)snprintf(part, sizeof(part), "/%sServices/", services[i]);
		if ((ev->service == NULL) &&
		    (fold_find(resource_id, part) != NULL))
			ev->service = services[i];
	}
	return 0;
}
