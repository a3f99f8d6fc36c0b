#include <stdlib.h>
#include <string.h>

#include "timeline/arena.h"

#include "timeline/lot.h"

#define FIRST_ROOM 256

enum entry_kind {
	ENTRY_RECORD,
	ENTRY_EVENT,
	ENTRY_QUARANTINE
};

struct entry {
	enum entry_kind kind;
	union {
		struct event_record record;
		struct event event;
		struct event_quarantine quarantine;
	} as;
};

struct lot {
	struct arena texts;
	struct entry * entries;
	size_t count;
	size_t room;
};

struct lot *
lot_new(struct err * e)
{
	struct lot * lot = calloc(1, sizeof(*lot));

	if (lot == NULL)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	return lot;
}

void
lot_free(struct lot * lot)
{
	if (lot == NULL)
		return;
	arena_free(&lot->texts);
	free(lot->entries);
	free(lot);
}

void
lot_clear(struct lot * lot)
{
	arena_clear(&lot->texts);
	lot->count = 0;
}

/* A new entry of the ${kind} at the end, or NULL with ${e} set. */
static struct entry *
add(struct lot * lot, enum entry_kind kind, struct err * e)
{
	size_t room = (lot->room == 0) ? FIRST_ROOM : 2 * lot->room;
	struct entry * more;

	if (lot->count == lot->room) {
		more = realloc(lot->entries, room * sizeof(*more));
		if (more == NULL) {
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			return NULL;
		}
		lot->entries = more;
		lot->room = room;
	}
	lot->entries[lot->count].kind = kind;
	return &lot->entries[lot->count++];
}

/* Make the digest of ${origin} the lot's own. */
static int
keep_digest(struct lot * lot, struct event_origin * origin, struct err * e)
{
	char * copy;

	if (origin->sha256 == NULL)
		return 0;
	copy = arena_get(&lot->texts, DIGEST_SHA256_LEN, e);
	if (copy == NULL)
		return -1;
	memcpy(copy, origin->sha256, DIGEST_SHA256_LEN);
	origin->sha256 = (const uint8_t *)copy;
	return 0;
}

static int
keep_record(void * cookie, const struct event_record * r, struct err * e)
{
	struct lot * lot = cookie;
	struct entry * entry = add(lot, ENTRY_RECORD, e);

	if (entry == NULL)
		return -1;
	entry->as.record = *r;
	return keep_digest(lot, &entry->as.record.origin, e);
}

/*
 * The text at ${at} of ${to}: copied, or that of the event before, ${like},
 * where it is the same.
 */
static int
keep_text(struct lot * lot, struct event * to, const struct event * like,
    size_t at, struct err * e)
{
	const char * text;
	const char * copy;

	memcpy(&text, (const char *)to + at, sizeof(text));
	if (text == NULL)
		return 0;
	if (like != NULL)
		memcpy(&copy, (const char *)like + at, sizeof(copy));
	else
		copy = arena_copy(&lot->texts, text, strlen(text), e);
	if (copy == NULL)
		return -1;
	memcpy((char *)to + at, &copy, sizeof(copy));
	return 0;
}

/* The event before, if it is of the group that ${ev} is of, or NULL. */
static const struct event *
alike(const struct lot * lot, const struct event * ev)
{
	const struct entry * before;

	if ((ev->group == 0) || (lot->count < 2))
		return NULL;
	before = &lot->entries[lot->count - 2];
	if ((before->kind != ENTRY_EVENT) ||
	    (before->as.event.group != ev->group))
		return NULL;
	return &before->as.event;
}

static int
keep_event(void * cookie, const struct event * ev, struct err * e)
{
	struct lot * lot = cookie;
	struct entry * entry = add(lot, ENTRY_EVENT, e);
	const struct event * like;
	size_t count;
	const struct event_field * fields = event_fields(&count);

	if (entry == NULL)
		return -1;
	entry->as.event = *ev;
	like = alike(lot, ev);
	if (like != NULL)
		entry->as.event.origin = like->origin;
	else if (keep_digest(lot, &entry->as.event.origin, e) != 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if ((fields[i].kind == EVENT_FIELD_TEXT) &&
		    (keep_text(lot, &entry->as.event,
			 fields[i].of_tuple ? NULL : like, fields[i].at,
			 e) != 0))
			return -1;
	}
	return 0;
}

static int
keep_quarantine(
    void * cookie, const struct event_quarantine * q, struct err * e)
{
	struct lot * lot = cookie;
	struct entry * entry = add(lot, ENTRY_QUARANTINE, e);

	if (entry == NULL)
		return -1;
	entry->as.quarantine = *q;
	if (keep_digest(lot, &entry->as.quarantine.origin, e) != 0)
		return -1;
	if (q->text == NULL)
		return 0;
	entry->as.quarantine.text =
	    arena_copy(&lot->texts, q->text, strlen(q->text), e);
	return (entry->as.quarantine.text != NULL) ? 0 : -1;
}

struct event_sink
lot_sink(struct lot * lot)
{
	struct event_sink sink = { lot, keep_record, keep_event,
		keep_quarantine, NULL };

	return sink;
}

static int
replay(
    const struct entry * entry, const struct event_sink * sink, struct err * e)
{
	switch (entry->kind) {
	case ENTRY_RECORD:
		return sink->record(sink->cookie, &entry->as.record, e);
	case ENTRY_EVENT:
		return sink->event(sink->cookie, &entry->as.event, e);
	case ENTRY_QUARANTINE:
		return sink->quarantine(sink->cookie, &entry->as.quarantine, e);
	}
	return -1;
}

int
lot_replay(
    const struct lot * lot, const struct event_sink * sink, struct err * e)
{
	for (size_t i = 0; i < lot->count; i++) {
		if (replay(&lot->entries[i], sink, e) != 0)
			return -1;
	}
	return 0;
}
