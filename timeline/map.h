#ifndef TIMELINE_MAP_H
#define TIMELINE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "timeline/arena.h"
#include "timeline/classic.h"
#include "timeline/event.h"
#include "timeline/reader.h"
#include "timeline/record.h"
#include "timeline/tuple.h"

/*
 * From a record to its events.  map_record finds out what a record is (by the
 * record itself; the catalogue's word for its member counts only where that
 * does not say) and has one mapper a format, map_FORMAT, do the work.  A row of
 * a table is a record whose members are texts; a classic line is no record, and
 * map_classic takes it as it is.
 *
 * A mapper first looks whether it can read the record at all.  If not, it
 * returns MAP_REFUSED with reason and why set, and nothing was handed out.  If
 * so, it calls map_begin once, then map_emit or map_emit_flow for each event,
 * and map_refuse_tuple for each part that is no event.
 */
#define MAP_TEXT_MAX 32768 /* Bytes of one text of an event; longer is cut. */
#define MAP_PARTS 5 /* Members of one record that are read as JSON in text. */
#define MAP_PART_MAX ((size_t)512 << 10) /* Bytes of each. */
#define MAP_WHY_SIZE 160

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
	struct classic classic;           /* Of a classic line. */
	struct record * parts[MAP_PARTS]; /* JSON that stood in texts. */
	size_t part_count;                /* Of this record. */
	struct arena arena;               /* Texts made for this record. */
	struct event base; /* What all events of the record share. */
	int64_t groups;    /* Lists of tuples so far, of all records. */
	int64_t tuples;    /* Flow tuples so far, the bad ones too. */
	enum event_reason reason;
	char why[MAP_WHY_SIZE];
};

/**
 * map_record(m, e):
 * Hand out the events of the record in ${m}, all of whose input members are
 * set: sink, counts, origin, kind, flags, record, root, and arena (empty).
 */
enum map_result map_record(struct map * m, struct err * e);

/**
 * map_classic(m, line, len, e):
 * Hand out the event of the ${len} bytes of ${line}, of a classic Storage
 * Analytics log of version 1.0 or 2.0, with ${m} set as for map_record; its
 * record is made empty.
 */
enum map_result map_classic(
    struct map * m, const uint8_t * line, size_t len, struct err * e);

/**
 * map_free(m):
 * Release what ${m} keeps from one record to the next, m->record aside.
 */
void map_free(struct map * m);

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
 * map_la_storage(m, e):
 * The same as a row of StorageBlobLogs, StorageFileLogs, StorageQueueLogs or
 * StorageTableLogs in Log Analytics.
 */
enum map_result map_la_storage(struct map * m, struct err * e);

/**
 * map_activity(m, e):
 * An activity log record, as exported, as REST and az print it, as an SDK dumps
 * it, or as PowerShell writes it to a table.
 */
enum map_result map_activity(struct map * m, struct err * e);

/**
 * map_la_activity(m, e):
 * The same as a row of AzureActivity in Log Analytics.
 */
enum map_result map_la_activity(struct map * m, struct err * e);

/**
 * map_portal_activity(m, e):
 * The same as a row of the table that the portal lets people download.
 */
enum map_result map_portal_activity(struct map * m, struct err * e);

/**
 * map_traffic(m, e):
 * A row of AzureNetworkAnalytics_CL or NTANetAnalytics: flows that Traffic
 * Analytics added up.
 */
enum map_result map_traffic(struct map * m, struct err * e);

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
 * map_array(object, key):
 * Return the array that is member ${key} of ${object}, or NULL.
 */
const struct record_value * map_array(
    const struct record_value * object, const char * key);

/**
 * map_flows(m, holder, kind, e):
 * Hand out the flows that are the member "flowTuples" of ${holder}, made from
 * m->base, which is cleaned first.  Return 0, or -1 with ${e} set.
 */
int map_flows(struct map * m, const struct record_value * holder,
    enum tuple_kind kind, struct err * e);

/**
 * map_refuse(m, reason, fmt, ...):
 * Set why the record is refused and return MAP_REFUSED.
 */
enum map_result map_refuse(struct map * m, enum event_reason reason,
    const char * fmt, ...) __attribute__((format(printf, 3, 4)));

/**
 * map_note(m, ev, flag, e, fmt, ...):
 * Set ${flag} in ${ev} and add words to its note.  Return 0, or -1 with ${e}
 * set.
 */
int map_note(struct map * m, struct event * ev, unsigned int flag,
    struct err * e, const char * fmt, ...)
    __attribute__((format(printf, 5, 6)));

/**
 * map_member(object, key):
 * Return member ${key} of ${object}, also where it is spelt in snake case
 * ("eventTimestamp" as "event_timestamp"), or NULL.
 */
const struct record_value * map_member(
    const struct record_value * object, const char * key);

/**
 * map_text(object, key):
 * Return the text of map_member, or of its member "value" where it is one of
 * the pairs {value, localizedValue}, or NULL.
 */
const char * map_text(const struct record_value * object, const char * key);

/**
 * map_any(object, names):
 * Return the first map_text that is not empty of the members ${names}, which
 * are separated by "|"; or NULL.
 */
const char * map_any(const struct record_value * object, const char * names);

/**
 * map_part(m, ev, object, names, part, e):
 * Put the first of the members ${names} that is an object or an array into
 * ${part}, also where it stands as JSON in a text; else NULL.  What is said to
 * be JSON and is not gets ${ev} the flag EVENT_FLAG_PART_BAD.  Return 0, or -1
 * with ${e} set.
 */
int map_part(struct map * m, struct event * ev,
    const struct record_value * object, const char * names,
    const struct record_value ** part, struct err * e);

/**
 * map_number(ev, text):
 * Return the integer that ${text} is, or EVENT_ABSENT; if there is a text that
 * is no integer, flag ${ev} EVENT_FLAG_NUMBER_BAD.
 */
int64_t map_number(struct event * ev, const char * text);

/**
 * map_time_text(object, names, is_utc):
 * Return map_any of ${names}, each also as the column "NAME [ZONE]" that portals
 * make of it, and put into ${is_utc} whether that zone is UTC.
 */
const char * map_time_text(
    const struct record_value * object, const char * names, bool * is_utc);

/**
 * map_moment(object, names):
 * Return the moment of map_time_text, or CLOCK_UNKNOWN.
 */
int64_t map_moment(const struct record_value * object, const char * names);

/**
 * map_set_time(ev, text, kind):
 * Set the time of ${ev} from ${text}, which may be NULL.
 */
void map_set_time(
    struct event * ev, const char * text, enum event_time_kind kind);

/**
 * map_set_time_of(ev, object, names, kind):
 * Set the time of ${ev} from map_time_text.
 */
void map_set_time_of(struct event * ev, const struct record_value * object,
    const char * names, enum event_time_kind kind);

/**
 * map_set_duration(ev, text):
 * Set the duration in milliseconds that ${text} is (what is less than one is
 * cut; NULL is fine), and the end where the time is known.
 */
void map_set_duration(struct event * ev, const char * text);

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
