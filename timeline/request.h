#ifndef TIMELINE_REQUEST_H
#define TIMELINE_REQUEST_H

#include <stdbool.h>

#include "evidence/err.h"
#include "timeline/event.h"
#include "timeline/map.h"

/*
 * One request to a storage service, as the texts that a log has for it: the
 * mappers of the resource log, of its Log Analytics tables, and of the classic
 * lines find the texts, and what they mean is decided here, once.  A text that
 * the log does not have is NULL, one that it has empty is "".
 */
struct request {
	enum event_time_kind time_kind;
	const char * time;
	bool is_utc; /* Its column says so, where the text has no zone. */
	const char * version; /* Of the schema. */
	const char * category;
	const char * operation;
	const char * operation_version;
	const char * operation_count;
	const char * status; /* A number, or a word such as "Unknown". */
	const char * status_text;
	const char * metric; /* The status in the words of the metrics. */
	const char * duration;
	const char * protocol; /* NULL: by the scheme of the URI. */
	const char * caller;   /* An address, with a port or without. */
	const char * location;
	const char * request_id;
	const char * correlation_id;
	const char * client_request_id;
	const char * user_agent;
	const char * referrer;

	const char * auth;       /* "AccountKey", "sas", "bearer", ... */
	const char * token_hash; /* "key1(...),SasSignature(...)", ... */
	const char * object_id;  /* Of the requester, as are the following. */
	const char * app_id;
	const char * tenant_id;
	const char * upn;
	const char * user_name;
	const char * principal; /* "User", "ServicePrincipal". */
	bool is_delegated;      /* A resource's own, managed identity. */

	const char * account;
	const char * service;
	const char * object_key;
	const char * uri;
	const char * source_uri;
	const char * destination_uri;
	const char * resource_id;
	const char * response_size;
	const char * request_size;
	const char *
	    content_length; /* Of the request, where no size is said. */
	const char * range;
};

/**
 * request_emit(m, q, e):
 * Make the event of ${q} out of m->base, which map_begin made, and hand it out.
 * Return MAP_DONE, or MAP_FAILED with ${e} set.
 */
enum map_result request_emit(
    struct map * m, const struct request * q, struct err * e);

/* ---- Its parts ----------------------------------------------------------- */

/**
 * request_set_identity(m, ev, q, e):
 * Set in ${ev} who asked and with what: auth, hashes, actor.  Return 0, or -1
 * with ${e} set.
 */
int request_set_identity(struct map * m, struct event * ev,
    const struct request * q, struct err * e);

/**
 * request_complete_auth(ev):
 * Let the SAS in the URI of ${ev} say what the identity did not.
 */
void request_complete_auth(struct event * ev);

/**
 * request_set_target(m, ev, q, e):
 * Set in ${ev} what was asked for: account, service, container, object, URIs,
 * the SAS in them, resource.  Return 0, or -1 with ${e} set.
 */
int request_set_target(struct map * m, struct event * ev,
    const struct request * q, struct err * e);

#endif
