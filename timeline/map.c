#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "timeline/address.h"
#include "timeline/fold.h"
#include "timeline/number.h"
#include "timeline/uri.h"
#include "timeline/when.h"

#include "timeline/map.h"

#define NOTE_SIZE 512

enum map_result
map_refuse(struct map * m, enum event_reason reason, const char * fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(m->why, sizeof(m->why), fmt, ap);
	va_end(ap);
	/* Cutting may have hit the middle of a character. */
	for (char * p = m->why; *p != '\0'; p++) {
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	}
	m->reason = reason;
	return MAP_REFUSED;
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

/* ---- Setting ------------------------------------------------------------- */

int64_t
map_number(struct event * ev, const char * text)
{
	int64_t value;
	bool is_whole;

	if ((text == NULL) || (*text == '\0'))
		return EVENT_ABSENT;
	if ((number_parse(text, &value, &is_whole) == 0) && is_whole)
		return value;
	ev->flags |= EVENT_FLAG_NUMBER_BAD;
	return EVENT_ABSENT;
}

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
map_set_duration(struct event * ev, const char * text)
{
	int64_t ms;
	bool is_whole;

	if ((text == NULL) || (*text == '\0'))
		return;
	if (number_parse(text, &ms, &is_whole) != 0) {
		ev->flags |= EVENT_FLAG_NUMBER_BAD;
		return;
	}
	ev->duration_ms = ms;
	if ((ev->time == EVENT_ABSENT) || (ms < 0) ||
	    (ms > INT64_MAX / 2 / CLOCK_TICKS_PER_MS))
		return;
	ev->time_end = ev->time + ms * CLOCK_TICKS_PER_MS;
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

	if ((resource_id == NULL) || (*resource_id == '\0'))
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
