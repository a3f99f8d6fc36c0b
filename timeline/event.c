#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "evidence/digest.h"
#include "timeline/event.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char * const sources[] = { NULL, "nsg-flow", "vnet-flow",
	"storage", "storage-classic", "activity", "la-storage", "la-activity",
	"traffic-analytics", "package" };
static const char * const time_kinds[] = { NULL, "generated", "received",
	"logged", "flow tuple", "flow interval" };
static const char * const actions[] = { NULL, "key-list", "key-regenerate",
	"sas-issue", "list-containers", "list-blobs", "read", "write", "delete",
	"copy", "set-access", "properties", "flow", "logging-change",
	"network-change", "role-change", "policy-change", "other" };
static const char * const outcomes[] = { NULL, "success", "failure", "denied",
	"started", "accepted" };
static const char * const actor_kinds[] = { NULL, "user", "application",
	"managed-identity", "key-holder", "sas-holder", "anonymous" };
static const char * const clients[] = { NULL, "portal", "cli", "powershell",
	"sdk", "azcopy", "provider" };
static const char * const auths[] = { NULL, "account-key", "sas",
	"user-delegation-sas", "oauth", "anonymous", "kerberos", "other" };
static const char * const directions[] = { NULL, "in", "out" };
static const char * const decisions[] = { NULL, "allow", "deny" };
static const char * const flow_states[] = { NULL, "begin", "continue", "end",
	"denied" };
static const char * const reasons[] = { "syntax", "limit", "truncated", "shape",
	"tuple", "unknown-kind", "kind-not-read" };
static const char * const flags[] = { "conflict", "nul", "surrogate",
	"time-bad", "time-no-zone", "time-cut", "version", "address-bad",
	"number-bad", "nested", "time-leap", "time-odd", "cut", "holds-record",
	"part-bad", "duplicate" };

/* The name of ${value} in ${table}; a value outside of it has none. */
static const char *
name_in(const char * const * table, size_t count, int value)
{
	if ((value < 0) || ((size_t)value >= count))
		return NULL;
	return table[value];
}

const char *
event_source_name(enum event_source source)
{
	return name_in(sources, COUNT(sources), (int)source);
}

const char *
event_time_kind_name(enum event_time_kind kind)
{
	return name_in(time_kinds, COUNT(time_kinds), (int)kind);
}

const char *
event_action_name(enum event_action action)
{
	return name_in(actions, COUNT(actions), (int)action);
}

const char *
event_outcome_name(enum event_outcome outcome)
{
	return name_in(outcomes, COUNT(outcomes), (int)outcome);
}

const char *
event_actor_kind_name(enum event_actor_kind kind)
{
	return name_in(actor_kinds, COUNT(actor_kinds), (int)kind);
}

const char *
event_client_name(enum event_client client)
{
	return name_in(clients, COUNT(clients), (int)client);
}

const char *
event_auth_name(enum event_auth auth)
{
	return name_in(auths, COUNT(auths), (int)auth);
}

const char *
event_direction_name(enum event_direction direction)
{
	return name_in(directions, COUNT(directions), (int)direction);
}

const char *
event_decision_name(enum event_decision decision)
{
	return name_in(decisions, COUNT(decisions), (int)decision);
}

const char *
event_flow_state_name(enum event_flow_state state)
{
	return name_in(flow_states, COUNT(flow_states), (int)state);
}

const char *
event_reason_name(enum event_reason reason)
{
	return name_in(reasons, COUNT(reasons), (int)reason);
}

const char *
event_flag_name(unsigned int bit)
{
	return (bit < COUNT(flags)) ? flags[bit] : NULL;
}

static const char *
text_of_source(const struct event * ev)
{
	return event_source_name(ev->source);
}

static const char *
text_of_time_kind(const struct event * ev)
{
	return event_time_kind_name(ev->time_kind);
}

static const char *
text_of_action(const struct event * ev)
{
	return event_action_name(ev->action);
}

static const char *
text_of_outcome(const struct event * ev)
{
	return event_outcome_name(ev->outcome);
}

static const char *
text_of_actor_kind(const struct event * ev)
{
	return event_actor_kind_name(ev->actor_kind);
}

static const char *
text_of_client(const struct event * ev)
{
	return event_client_name(ev->client);
}

static const char *
text_of_auth(const struct event * ev)
{
	return event_auth_name(ev->auth);
}

static const char *
text_of_direction(const struct event * ev)
{
	return event_direction_name(ev->direction);
}

static const char *
text_of_decision(const struct event * ev)
{
	return event_decision_name(ev->decision);
}

static const char *
text_of_flow_state(const struct event * ev)
{
	return event_flow_state_name(ev->flow_state);
}

/* clang-format off */
#define FIELD(m, kind, of_tuple) \
	{ #m, "\"" #m "\":", sizeof(#m) + 2, kind, \
	  offsetof(struct event, m), NULL, of_tuple }
#define NAMED(m, of_tuple) \
	{ #m, "\"" #m "\":", sizeof(#m) + 2, EVENT_FIELD_NAME, 0, \
	  text_of_##m, of_tuple }
#define TEXT(m) FIELD(m, EVENT_FIELD_TEXT, false)
#define INTEGER(m) FIELD(m, EVENT_FIELD_INTEGER, false)
#define MOMENT(m) FIELD(m, EVENT_FIELD_MOMENT, false)
#define NAME(m) NAMED(m, false)
#define TUPLE_TEXT(m) FIELD(m, EVENT_FIELD_TEXT, true)
#define TUPLE_INTEGER(m) FIELD(m, EVENT_FIELD_INTEGER, true)
#define TUPLE_MOMENT(m) FIELD(m, EVENT_FIELD_MOMENT, true)
#define TUPLE_NAME(m) NAMED(m, true)
/* clang-format on */

static const struct event_field fields[] = {
	TUPLE_INTEGER(tuple_index),
	TEXT(note),
	TUPLE_MOMENT(time),
	MOMENT(time_end),
	TUPLE_TEXT(time_text),
	TUPLE_INTEGER(time_resolution),
	TUPLE_NAME(time_kind),
	MOMENT(clock_lo),
	MOMENT(clock_hi),
	MOMENT(logged_at),
	NAME(source),
	NAME(action),
	TEXT(version),
	TEXT(category),
	TEXT(operation),
	INTEGER(operation_count),
	TEXT(api_version),
	TEXT(status),
	TEXT(status_text),
	NAME(outcome),
	INTEGER(duration_ms),
	NAME(actor_kind),
	TEXT(actor),
	TEXT(actor_id),
	TEXT(app_id),
	NAME(client),
	TEXT(tenant_id),
	TEXT(role),
	NAME(auth),
	TEXT(auth_text),
	TEXT(key_name),
	TEXT(key_hash),
	TEXT(sas_hash),
	TEXT(sas_sv),
	TEXT(sas_sr),
	TEXT(sas_ss),
	TEXT(sas_srt),
	TEXT(sas_sp),
	TEXT(sas_st),
	TEXT(sas_se),
	TEXT(sas_sip),
	TEXT(sas_spr),
	TEXT(sas_si),
	TEXT(sas_skoid),
	MOMENT(sas_st_time),
	MOMENT(sas_se_time),
	TUPLE_TEXT(src_ip),
	TUPLE_INTEGER(src_port),
	TUPLE_TEXT(dst_ip),
	TUPLE_INTEGER(dst_port),
	TUPLE_TEXT(protocol),
	TUPLE_INTEGER(protocol_number),
	TUPLE_NAME(direction),
	TUPLE_NAME(decision),
	TUPLE_NAME(flow_state),
	TUPLE_TEXT(encryption),
	TEXT(rule),
	TEXT(acl),
	TEXT(mac),
	TEXT(target),
	TUPLE_INTEGER(packets_sd),
	TUPLE_INTEGER(packets_ds),
	TUPLE_INTEGER(bytes_sd),
	TUPLE_INTEGER(bytes_ds),
	INTEGER(flow_count),
	INTEGER(bytes_read),
	INTEGER(bytes_written),
	INTEGER(range_first),
	INTEGER(range_last),
	TEXT(account),
	TEXT(service),
	TEXT(container),
	TEXT(object),
	TEXT(copy_source),
	TEXT(copy_destination),
	TEXT(uri),
	TEXT(resource_id),
	TEXT(subscription),
	TEXT(location),
	TEXT(user_agent),
	TEXT(referrer),
	TEXT(tool),
	TEXT(correlation_id),
	TEXT(request_id),
	TEXT(client_request_id),
	TEXT(operation_id),
	TEXT(event_data_id),
	TEXT(description),
	INTEGER(collector_footprint),
};

const struct event_field *
event_fields(size_t * count)
{
	*count = COUNT(fields);
	return fields;
}

const char *
event_field_text(const struct event * ev, const struct event_field * field)
{
	const char * text;

	if (field->kind == EVENT_FIELD_NAME)
		return field->text_of(ev);
	memcpy(&text, (const char *)ev + field->at, sizeof(text));
	return text;
}

int64_t
event_field_integer(const struct event * ev, const struct event_field * field)
{
	int64_t value;

	memcpy(&value, (const char *)ev + field->at, sizeof(value));
	return value;
}

void
event_init(struct event * ev)
{
	static const struct event nothing; /* Pointers of NULL, names absent. */
	const int64_t absent = EVENT_ABSENT;

	*ev = nothing;
	ev->origin.offset = EVENT_ABSENT;
	ev->origin.length = EVENT_ABSENT;
	for (size_t i = 0; i < COUNT(fields); i++) {
		if ((fields[i].kind == EVENT_FIELD_INTEGER) ||
		    (fields[i].kind == EVENT_FIELD_MOMENT))
			memcpy(
			    (char *)ev + fields[i].at, &absent, sizeof(absent));
	}
}

void
event_id_of_record(const struct event_origin * origin, uint8_t id[EVENT_ID_LEN])
{
	uint8_t hash[DIGEST_SHA256_LEN];
	char text[6000];
	int len;

	/* Stored names and package names are far below this length; a longer
	 * path of a loose file is cut, and its events keep their offsets. */
	len = snprintf(text, sizeof(text),
	    "azcustody/event/1%c%.1000s%c%.4400s%c%" PRId64 "%c", 0,
	    (origin->package != NULL) ? origin->package : "", 0,
	    (origin->member != NULL) ? origin->member : "", 0, origin->offset,
	    0);
	digest_sha256(text, (len > 0) ? (size_t)len : 0, hash);
	memcpy(id, hash, EVENT_ID_LEN);
	event_id_set_index(id, 0);
}

void
event_id_set_index(uint8_t id[EVENT_ID_LEN], uint32_t index)
{
	id[12] = (uint8_t)(index >> 24);
	id[13] = (uint8_t)(index >> 16);
	id[14] = (uint8_t)(index >> 8);
	id[15] = (uint8_t)index;
}
