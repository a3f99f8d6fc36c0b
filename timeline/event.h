#ifndef TIMELINE_EVENT_H
#define TIMELINE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/clock.h"
#include "evidence/digest.h"
#include "evidence/err.h"

/*
 * The event: one row of the timeline, the same for a flow, a storage request
 * and an activity, and what a reader of logs hands out besides it.
 *
 * 1. Absent is absent: a string that the record does not have is NULL, an
 *    integer EVENT_ABSENT, an enumeration its first member (..._ABSENT).  0 and
 *    "" mean that the record says so (but REST writes "" for what an activity
 *    does not have: absent).
 * 2. Strings are UTF-8 that ends in one NUL and holds none: U+0000 in a record
 *    is shown as U+2400 and EVENT_FLAG_NUL is set.  They are what the record
 *    says, so they are hostile: no output may trust them.
 * 3. Strings are borrowed until the callback that brought them returns.
 * 4. Moments are ticks of evidence/clock.h; CLOCK_UNKNOWN is EVENT_ABSENT.
 */
#define EVENT_ABSENT INT64_MIN
#define EVENT_ID_LEN 16
#define EVENT_ID_HEX (2 * EVENT_ID_LEN + 1) /* With the NUL. */

enum event_source {
	EVENT_SOURCE_ABSENT,
	EVENT_SOURCE_NSG_FLOW,
	EVENT_SOURCE_VNET_FLOW,
	EVENT_SOURCE_STORAGE,
	EVENT_SOURCE_STORAGE_CLASSIC,
	EVENT_SOURCE_ACTIVITY,
	EVENT_SOURCE_LA_STORAGE,
	EVENT_SOURCE_LA_ACTIVITY,
	EVENT_SOURCE_TRAFFIC_ANALYTICS,
	EVENT_SOURCE_PACKAGE
};

enum event_time_kind {
	EVENT_TIME_ABSENT,
	EVENT_TIME_GENERATED,  /* When the thing happened, by its service. */
	EVENT_TIME_RECEIVED,   /* When the request came in. */
	EVENT_TIME_LOGGED,     /* When the record was written. */
	EVENT_TIME_FLOW_TUPLE, /* The moment a flow tuple carries. */
	EVENT_TIME_INTERVAL    /* The first of flows that were added up. */
};

enum event_action {
	EVENT_ACTION_ABSENT,
	EVENT_ACTION_KEY_LIST,
	EVENT_ACTION_KEY_REGENERATE,
	EVENT_ACTION_SAS_ISSUE, /* Also user delegation keys and disk SAS. */
	EVENT_ACTION_LIST_CONTAINERS,
	EVENT_ACTION_LIST_BLOBS, /* Also files, queues' and tables' contents. */
	EVENT_ACTION_READ,
	EVENT_ACTION_WRITE,
	EVENT_ACTION_DELETE,
	EVENT_ACTION_COPY,
	EVENT_ACTION_SET_ACCESS,
	EVENT_ACTION_PROPERTIES,
	EVENT_ACTION_FLOW,
	EVENT_ACTION_LOGGING_CHANGE,
	EVENT_ACTION_NETWORK_CHANGE,
	EVENT_ACTION_ROLE_CHANGE,
	EVENT_ACTION_POLICY_CHANGE,
	EVENT_ACTION_OTHER
};

enum event_outcome {
	EVENT_OUTCOME_ABSENT,
	EVENT_OUTCOME_SUCCESS,
	EVENT_OUTCOME_FAILURE,
	EVENT_OUTCOME_DENIED,  /* 401, 403, Forbidden, and their like. */
	EVENT_OUTCOME_STARTED, /* An activity's first record, not a result. */
	EVENT_OUTCOME_ACCEPTED /* Taken on, the result comes later. */
};

enum event_actor_kind {
	EVENT_ACTOR_ABSENT,
	EVENT_ACTOR_USER,
	EVENT_ACTOR_APPLICATION,
	EVENT_ACTOR_MANAGED_IDENTITY,
	EVENT_ACTOR_KEY_HOLDER, /* Whoever holds the account key. */
	EVENT_ACTOR_SAS_HOLDER, /* Whoever holds the SAS, not its signer. */
	EVENT_ACTOR_ANONYMOUS
};

/* By the table of application ids: who asked Entra for the token. */
enum event_client {
	EVENT_CLIENT_ABSENT,
	EVENT_CLIENT_PORTAL,
	EVENT_CLIENT_CLI,
	EVENT_CLIENT_POWERSHELL,
	EVENT_CLIENT_SDK, /* A developer's tool or an SDK's own id. */
	EVENT_CLIENT_AZCOPY,
	EVENT_CLIENT_PROVIDER /* A service of the provider itself. */
};

enum event_auth {
	EVENT_AUTH_ABSENT,
	EVENT_AUTH_ACCOUNT_KEY,
	EVENT_AUTH_SAS,
	EVENT_AUTH_USER_DELEGATION_SAS,
	EVENT_AUTH_OAUTH,
	EVENT_AUTH_ANONYMOUS,
	EVENT_AUTH_KERBEROS,
	EVENT_AUTH_OTHER /* auth_text says what. */
};

enum event_direction {
	EVENT_DIRECTION_ABSENT,
	EVENT_DIRECTION_IN,
	EVENT_DIRECTION_OUT
};

enum event_decision {
	EVENT_DECISION_ABSENT,
	EVENT_DECISION_ALLOW,
	EVENT_DECISION_DENY
};

enum event_flow_state {
	EVENT_FLOW_STATE_ABSENT, /* NSG v1 has none. */
	EVENT_FLOW_STATE_BEGIN,
	EVENT_FLOW_STATE_CONTINUE,
	EVENT_FLOW_STATE_END,
	EVENT_FLOW_STATE_DENIED /* vnet's "D"; decision says deny as well. */
};

/* What the reader has to remark on; bits of event.flags. */
#define EVENT_FLAG_CONFLICT 0x0001u /* A member twice, or in two cases. */
#define EVENT_FLAG_NUL 0x0002u      /* U+0000 in the record, shown as U+2400. */
#define EVENT_FLAG_SURROGATE 0x0004u    /* A lone surrogate, shown as "?". */
#define EVENT_FLAG_TIME_BAD 0x0008u     /* No time, or none we know. */
#define EVENT_FLAG_TIME_NO_ZONE 0x0010u /* No zone in it: taken as UTC. */
#define EVENT_FLAG_TIME_CUT 0x0020u     /* Finer than a tick: cut. */
#define EVENT_FLAG_VERSION 0x0040u      /* A schema version we do not know. */
#define EVENT_FLAG_ADDRESS_BAD 0x0080u  /* Kept as it is, not normalised. */
#define EVENT_FLAG_NUMBER_BAD 0x0100u   /* A number that is none: absent. */
#define EVENT_FLAG_NESTED 0x0200u    /* Out of a {"records":[]} in another. */
#define EVENT_FLAG_TIME_LEAP 0x0400u /* Second 60: taken as the next one. */
#define EVENT_FLAG_TIME_ODD 0x0800u  /* Before 2010 or after 2100. */
#define EVENT_FLAG_HOLDS 0x2000u     /* Something in it begins as records do. */
#define EVENT_FLAG_CUT 0x1000u       /* A text over the limit: its beginning. */
#define EVENT_FLAG_PART_BAD 0x4000u  /* JSON in a text that cannot be read. */
#define EVENT_FLAG_DUPLICATE 0x8000u /* Its record stands in an earlier file. */

/* Where bytes came from: of a record, or of a run of bytes that is none. */
struct event_origin {
	const char * package; /* NULL: a loose file, nothing was verified. */
	const uint8_t * seal; /* SHA-256 of seal.json, 32 bytes, or NULL. */
	const char * member;  /* Stored name, or the path of a loose file. */
	int64_t offset;       /* In the member's content. */
	int64_t length;
	const uint8_t * sha256; /* Of these bytes; NULL for non-records. */
};

struct event {
	uint8_t id[EVENT_ID_LEN];
	struct event_origin origin;
	int64_t group; /* Not 0: those of the same reader that have the same
			* differ in id, flags, and fields of_tuple alone. */
	int64_t tuple_index; /* Of a flow within its record, from 0. */
	unsigned int flags;
	const char * note; /* The flags that need words, in words; or NULL. */

	int64_t time;
	int64_t time_end; /* time + duration, where a duration is logged. */
	const char * time_text;  /* As in the record. */
	int64_t time_resolution; /* Ticks: 1 for seven digits, 10^7 for 1 s. */
	enum event_time_kind time_kind;
	int64_t clock_lo; /* By the package (timeline/skew.h): left absent. */
	int64_t clock_hi;
	int64_t logged_at; /* When the record was written, where it says so. */

	enum event_source source;
	enum event_action action;
	const char * version;     /* Of the record's schema, as logged. */
	const char * category;    /* As logged. */
	const char * operation;   /* As logged. */
	int64_t operation_count;  /* 0, 1, 2 of a copy's three records. */
	const char * api_version; /* x-ms-version of a storage request. */
	const char * status;      /* Number or word, as logged. */
	const char * status_text;
	enum event_outcome outcome;
	int64_t duration_ms;

	enum event_actor_kind actor_kind;
	const char * actor;    /* upn, name, or id: the best that is logged. */
	const char * actor_id; /* Entra object id; of a SAS, its signer. */
	const char * app_id;
	enum event_client client;
	const char * tenant_id;
	const char * role; /* Of the authorisation's evidence. */

	enum event_auth auth;
	const char * auth_text; /* As logged. */
	const char * key_name;  /* "key1", "key2", "system-delegation", ... */
	const char * key_hash;  /* Hex in upper case, or as logged. */
	const char * sas_hash;
	const char * sas_sv;
	const char * sas_sr;
	const char * sas_ss;
	const char * sas_srt;
	const char * sas_sp;
	const char * sas_st;
	const char * sas_se;
	const char * sas_sip;
	const char * sas_spr;
	const char * sas_si;
	const char * sas_skoid;
	int64_t sas_st_time; /* sas_st and sas_se as moments. */
	int64_t sas_se_time;

	const char * src_ip; /* One text form, see timeline/address.h. */
	int64_t src_port;
	const char * dst_ip;
	int64_t dst_port;
	const char * protocol;   /* "TCP", "UDP", "HTTPS", "SMB", ... */
	int64_t protocol_number; /* IANA's, of a flow. */
	enum event_direction direction;
	enum event_decision decision;
	enum event_flow_state flow_state;
	const char * encryption; /* As logged. */
	const char * rule;
	const char * acl; /* The NSG of the rule, where logged. */
	const char * mac; /* Twelve hex digits in upper case, or as logged. */
	const char * target; /* targetResourceID of a virtual network flow. */
	int64_t packets_sd;
	int64_t packets_ds;
	int64_t bytes_sd;
	int64_t bytes_ds;
	int64_t flow_count; /* Of flows that were added up to this one. */

	int64_t bytes_read;    /* Body of the answer. */
	int64_t bytes_written; /* Body of the request. */
	int64_t range_first;
	int64_t range_last;

	const char * account;
	const char * service;     /* blob, file, queue, table, dfs, web */
	const char * container;   /* Or share, queue, table. */
	const char * object;      /* Blob or file within it. */
	const char * copy_source; /* URIs here never hold a signature. */
	const char * copy_destination;
	const char * uri; /* As logged, the signature's value removed. */
	const char * resource_id;  /* As logged. */
	const char * subscription; /* Out of resource_id, in lower case. */
	const char * location;
	const char * user_agent;
	const char * referrer;
	const char * tool; /* What the agent string looks like, no more. */
	const char * correlation_id;
	const char * request_id;
	const char * client_request_id;
	const char * operation_id; /* Of an activity. */
	const char * event_data_id;
	const char * description;    /* Of an activity: its own words. */
	int64_t collector_footprint; /* As timeline/own.h says. */
};

/* One record that was read: its bytes, before the events made of them. */
struct event_record {
	struct event_origin origin;
	enum event_source source;
};

enum event_reason {
	EVENT_REASON_SYNTAX,    /* Not JSON, control bytes, broken UTF-8. */
	EVENT_REASON_LIMIT,     /* Over a stated limit: size, depth, values. */
	EVENT_REASON_TRUNCATED, /* The member ends inside it. */
	EVENT_REASON_SHAPE,     /* JSON, but not as its kind should be. */
	EVENT_REASON_TUPLE,     /* A flow tuple that cannot be read. */
	EVENT_REASON_KIND,      /* No kind of log that we know. */
	EVENT_REASON_NOT_READ   /* A known form that is not read. */
};

/*
 * Bytes that could not be read, or a tuple (tuple_index not absent) of a record
 * that otherwise was: those bytes are then counted with the record.
 */
struct event_quarantine {
	struct event_origin origin;
	int64_t tuple_index;
	enum event_reason reason;
	const char * text; /* Why, in words. */
};

/* Bytes between the records: brackets, commas, white space, a BOM. */
struct event_filler {
	struct event_origin origin;
};

/*
 * Who gets what is read.  Every byte of a member is in exactly one record,
 * whole quarantined span or filler, in order of offset; record comes before
 * the events made of it.  A callback returns 0, or -1 with ${e} set, which ends
 * the reading.
 */
struct event_sink {
	void * cookie;
	int (*record)(
	    void * cookie, const struct event_record * r, struct err * e);
	int (*event)(void * cookie, const struct event * ev, struct err * e);
	int (*quarantine)(
	    void * cookie, const struct event_quarantine * q, struct err * e);
	int (*filler)(
	    void * cookie, const struct event_filler * f, struct err * e);
};

/**
 * event_init(ev):
 * Make everything in ${ev} absent.
 */
void event_init(struct event * ev);

/**
 * event_id_of_record(origin, id):
 * Compute the ${id} of event 0 of the record at ${origin}: the first 12 bytes
 * of the SHA-256 over "azcustody/event/1", package ("" if NULL), member, offset
 * in decimal, each followed by a NUL; then four bytes of 0.
 */
void event_id_of_record(
    const struct event_origin * origin, uint8_t id[EVENT_ID_LEN]);

/**
 * event_id_set_index(id, index):
 * Put ${index} into the last four bytes of ${id}, highest first: the id of the
 * event of that number in the same record.
 */
void event_id_set_index(uint8_t id[EVENT_ID_LEN], uint32_t index);

/**
 * event_source_name(source):
 * Return the name timeline.md gives to ${source}, or NULL if it is absent.
 */
const char * event_source_name(enum event_source source);

/**
 * event_time_kind_name(kind):
 * Return the name of ${kind}, or NULL if it is absent.
 */
const char * event_time_kind_name(enum event_time_kind kind);

/**
 * event_action_name(action):
 * Return the name of ${action}, or NULL if it is absent.
 */
const char * event_action_name(enum event_action action);

/**
 * event_outcome_name(outcome):
 * Return the name of ${outcome}, or NULL if it is absent.
 */
const char * event_outcome_name(enum event_outcome outcome);

/**
 * event_actor_kind_name(kind):
 * Return the name of ${kind}, or NULL if it is absent.
 */
const char * event_actor_kind_name(enum event_actor_kind kind);

/**
 * event_client_name(client):
 * Return the name of ${client}, or NULL if it is absent.
 */
const char * event_client_name(enum event_client client);

/**
 * event_auth_name(auth):
 * Return the name of ${auth}, or NULL if it is absent.
 */
const char * event_auth_name(enum event_auth auth);

/**
 * event_direction_name(direction):
 * Return "in", "out", or NULL.
 */
const char * event_direction_name(enum event_direction direction);

/**
 * event_decision_name(decision):
 * Return "allow", "deny", or NULL.
 */
const char * event_decision_name(enum event_decision decision);

/**
 * event_flow_state_name(state):
 * Return "begin", "continue", "end", "denied", or NULL.
 */
const char * event_flow_state_name(enum event_flow_state state);

/**
 * event_reason_name(reason):
 * Return the name of ${reason}.
 */
const char * event_reason_name(enum event_reason reason);

/**
 * event_flag_name(bit):
 * Return the name of the flag with the number ${bit} (1u << bit), or NULL.
 */
const char * event_flag_name(unsigned int bit);

/*
 * All fields of an event behind its id and origin, in the order of the struct,
 * for whoever writes, stores or compares them: what kind each is, where it
 * stands, and its name in every output.
 */
enum event_field_kind {
	EVENT_FIELD_TEXT,    /* const char * */
	EVENT_FIELD_INTEGER, /* int64_t */
	EVENT_FIELD_MOMENT,  /* int64_t */
	EVENT_FIELD_NAME     /* An enumeration, written as its name. */
};

struct event_field {
	const char * name;
	const char * json_name; /* "name": as it stands in JSON. */
	size_t json_len;
	enum event_field_kind kind;
	size_t at; /* offsetof in struct event; for EVENT_FIELD_NAME unused. */
	const char * (*text_of)(const struct event * ev); /* Of a NAME. */
	bool of_tuple; /* A flow's tuple says it, not what is around it. */
};

/**
 * event_fields(count):
 * Return the table of fields and put its length into ${count}.
 */
const struct event_field * event_fields(size_t * count);

/**
 * event_field_text(ev, field):
 * Return the text of a TEXT or NAME ${field} of ${ev}, or NULL if absent.
 */
const char * event_field_text(
    const struct event * ev, const struct event_field * field);

/**
 * event_field_integer(ev, field):
 * Return the value of an INTEGER or MOMENT ${field} of ${ev}.
 */
int64_t event_field_integer(
    const struct event * ev, const struct event_field * field);

#endif
