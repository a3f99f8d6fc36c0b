#ifndef TIMELINE_MAP_H
#define TIMELINE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "timeline/arena.h"
#include "timeline/event.h"
#include "timeline/reader.h"
#include "timeline/record.h"
#include "timeline/tuple.h"

/*
 * From a record to its events.  map_record finds out what a record is (by the
 * record itself; the catalogue's word for its member counts only where that
 * does not say) and has one mapper a format, map_FORMAT, do the work.
 *
 * A mapper first looks whether it can read the record at all.  If not, it
 * returns MAP_REFUSED with reason and why set, and nothing was handed out.  If
 * so, it calls map_begin once, then map_emit or map_emit_flow for each event,
 * and map_refuse_tuple for each part that is no event.
 */
#define MAP_TEXT_MAX 32768 /* Bytes of one text of an event; longer is cut. */

enum map_result {
	MAP_FAILED = -1, /* ${e} is set. */
	MAP_DONE,
	MAP_REFUSED
};

struct map {
	const struct event_sink * sink;
	struct reader_counts * counts;
	struct event_origin origin; /* Of the record. */
	const char * kind;          /* The catalogue's word, or NULL. */
	unsigned int flags; /* Of the framing: EVENT_FLAG_NESTED, ..._HOLDS. */
	struct record * record;
	const struct record_value * root;
	struct arena arena; /* Texts made for this record. */
	struct event base;  /* What all events of the record share. */
	int64_t tuples;     /* Flow tuples so far, the bad ones too. */
	enum event_reason reason;
	const char * why;
};

/**
 * map_record(m, e):
 * Hand out the events of the record in ${m}, all of whose input members are
 * set: sink, counts, origin, kind, flags, record, root, and arena (empty).
 */
enum map_result map_record(struct map * m, struct err * e);

/**
 * map_nsg(m, e):
 * A network security group flow record, version 1 or 2.
 */
enum map_result map_nsg(struct map * m, struct err * e);

/**
 * map_vnet(m, e):
 * A virtual network flow record, version 4.
 */
enum map_result map_vnet(struct map * m, struct err * e);

/**
 * map_storage(m, e):
 * A resource log record of a storage service.
 */
enum map_result map_storage(struct map * m, struct err * e);

/**
 * map_activity(m, e):
 * An activity log record, in any of the forms it is exported in.
 */
enum map_result map_activity(struct map * m, struct err * e);

/* ---- What the mappers use ------------------------------------------------ */

/**
 * map_begin(m, source, e):
 * Hand out the record itself and make m->base an event of ${source} with the
 * record's provenance and flags.  Return 0, or -1 with ${e} set.
 */
int map_begin(struct map * m, enum event_source source, struct err * e);

/**
 * map_emit(m, ev, e):
 * Hand out ${ev}, without signatures and with every text within its limit.
 * Return 0, or -1 with ${e} set.
 */
int map_emit(struct map * m, struct event * ev, struct err * e);

/**
 * map_clean(m, ev, e):
 * Take signatures out of the texts of ${ev} and cut what is too long.  Return
 * 0, or -1 with ${e} set.
 */
int map_clean(struct map * m, struct event * ev, struct err * e);

/**
 * map_emit_flow(m, ev, e):
 * Hand out ${ev}, a flow made from a cleaned m->base, as tuple m->tuples, and
 * count that up.  Return 0, or -1 with ${e} set.
 */
int map_emit_flow(struct map * m, struct event * ev, struct err * e);

/**
 * map_refuse_tuple(m, why, e):
 * Quarantine tuple m->tuples, and count that up.  Return 0, or -1 with ${e}
 * set.
 */
int map_refuse_tuple(struct map * m, const char * why, struct err * e);

/**
 * map_array(m, object, key):
 * Return the array that is member ${key} of ${object}, or NULL.
 */
const struct record_value * map_array(
    const struct map * m, const struct record_value * object, const char * key);

/**
 * map_flows(m, holder, kind, e):
 * Hand out the flows that are the member "flowTuples" of ${holder}, made from
 * m->base, which is cleaned first.  Return 0, or -1 with ${e} set.
 */
int map_flows(struct map * m, const struct record_value * holder,
    enum tuple_kind kind, struct err * e);

/**
 * map_refuse(m, reason, why):
 * Set why the record is refused and return MAP_REFUSED.
 */
enum map_result map_refuse(
    struct map * m, enum event_reason reason, const char * why);

/**
 * map_note(m, ev, flag, e, fmt, ...):
 * Set ${flag} in ${ev} and add words to its note.  Return 0, or -1 with ${e}
 * set.
 */
int map_note(struct map * m, struct event * ev, unsigned int flag,
    struct err * e, const char * fmt, ...)
    __attribute__((format(printf, 5, 6)));

/**
 * map_member(m, object, key):
 * Return member ${key} of ${object}, also where it is spelt in snake case
 * ("eventTimestamp" as "event_timestamp"), or NULL.
 */
const struct record_value * map_member(
    const struct map * m, const struct record_value * object, const char * key);

/**
 * map_text(m, object, key):
 * Return the text of map_member, or of its member "value" where it is one of
 * the pairs {value, localizedValue}, or NULL.
 */
const char * map_text(
    const struct map * m, const struct record_value * object, const char * key);

/**
 * map_integer(m, ev, object, key):
 * Return the integer of map_text, or EVENT_ABSENT; if there is a text that is
 * no integer, flag ${ev} EVENT_FLAG_NUMBER_BAD.
 */
int64_t map_integer(const struct map * m, struct event * ev,
    const struct record_value * object, const char * key);

/**
 * map_set_time(ev, text, kind):
 * Set the time of ${ev} from ${text}, which may be NULL.
 */
void map_set_time(
    struct event * ev, const char * text, enum event_time_kind kind);

/**
 * map_set_duration(ev, duration_ms):
 * Set the duration, and the end where the time is known.
 */
void map_set_duration(struct event * ev, int64_t duration_ms);

/**
 * map_set_source(m, ev, text, e):
 * Set source address and port of ${ev} from ${text}, which may be NULL; what is
 * no address is kept as it is and flagged.  Return 0, or -1 with ${e} set.
 */
int map_set_source(
    struct map * m, struct event * ev, const char * text, struct err * e);

/**
 * map_set_resource(m, ev, resource_id, e):
 * Set the resource of ${ev}, and out of its id the subscription and, if it is
 * a storage account or part of one, account, service and container.  NULL is
 * fine.  Return 0, or -1 with ${e} set.
 */
int map_set_resource(struct map * m, struct event * ev,
    const char * resource_id, struct err * e);

#endif
