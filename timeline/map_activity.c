#include <stdbool.h>
#include <string.h>

#include "evidence/text.h"
#include "timeline/fold.h"
#include "timeline/operation.h"
#include "timeline/when.h"

#include "timeline/map.h"

#define XMLSOAP "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
#define MICROSOFT "http://schemas.microsoft.com/identity/claims/"

/* The moment 1970-01-01 in the ticks of .NET. */
#define NET_TICKS_1970 INT64_C(621355968000000000)

/*
 * One activity, in the forms it comes in:
 *
 *	exported    time, operationName, resultType, identity{claims}, ...
 *	REST, az    eventTimestamp, operationName{value, localizedValue}, ...
 *	SDK dump    event_timestamp, operation_name{value, localized_value}, ...
 *	PowerShell  EventTimestamp, OperationName, Caller, Claims, ...
 *	LA          TimeGenerated, OperationNameValue, Claims or Claims_d, ...
 *	portal      "Operation name", "Time stamp", "Event initiated by", ...
 *
 * map_text reads members of the first four by one name; the other two have
 * names of their own.  What a form does not have is "".
 */
struct form {
	enum event_source source;
	const char * time;
	const char * operation;
	const char * status;
	const char * sub_status;
	const char * category;
	const char * caller;
	const char * address;
	const char * tenant;
	const char * resource;
	const char * description;
	const char * claims;
	const char * authorization;
	const char * properties;
	const char * request;
	const char * correlation;
};

static const struct form exported = {
	.source = EVENT_SOURCE_ACTIVITY,
	.time = "time|eventTimestamp",
	.operation = "operationName",
	.status = "resultType|status",
	.sub_status = "resultSignature|subStatus",
	.category = "category",
	.caller = "caller",
	.address = "callerIpAddress",
	.tenant = "tenantId",
	.resource = "resourceId",
	.description = "resultDescription|description",
	.claims = "claims",
	.authorization = "authorization",
	.properties = "properties",
	.request = "httpRequest",
	.correlation = "correlationId",
};

/* Its TenantId is the workspace, not a tenant of Entra. */
static const struct form analytics = {
	.source = EVENT_SOURCE_LA_ACTIVITY,
	.time = "TimeGenerated",
	.operation = "OperationNameValue|OperationName",
	.status = "ActivityStatusValue|ActivityStatus",
	.sub_status = "ActivitySubstatusValue|ActivitySubstatus",
	.category = "CategoryValue|Category",
	.caller = "Caller",
	.address = "CallerIpAddress",
	.tenant = "",
	.resource = "_ResourceId|ResourceId",
	.description = "Description",
	.claims = "Claims_d|Claims",
	.authorization = "Authorization_d|Authorization",
	.properties = "Properties_d|Properties",
	.request = "HTTPRequest",
	.correlation = "CorrelationId",
};

/* Where there are both, "Time" says how long ago it was. */
static const struct form portal = {
	.source = EVENT_SOURCE_ACTIVITY,
	.time = "Time stamp|Timestamp|Time",
	.operation = "Operation name",
	.status = "Status",
	.sub_status = "Sub status|Substatus",
	.category = "Event category",
	.caller = "Event initiated by",
	.address = "",
	.tenant = "",
	.resource = "Resource id|Resource",
	.description = "",
	.claims = "",
	.authorization = "",
	.properties = "",
	.request = "",
	.correlation = "Correlation id",
};

/* Members that are read as objects, also out of texts that hold JSON. */
struct holders {
	const struct record_value * claims;
	const struct record_value * authorization;
	const struct record_value * evidence;
	const struct record_value * properties;
	const struct record_value * request;
};

static enum event_actor_kind
actor_kind(const struct holders * h)
{
	const char * type = record_text(h->claims, "idtyp");
	const char * principal = record_text(h->evidence, "principalType");

	if (record_get(h->claims, "xms_mirid") != NULL)
		return EVENT_ACTOR_MANAGED_IDENTITY;
	if (fold_is(type, "app"))
		return EVENT_ACTOR_APPLICATION;
	if (fold_is(type, "user") ||
	    (map_any(h->claims, XMLSOAP "upn|upn") != NULL) ||
	    fold_is(principal, "User"))
		return EVENT_ACTOR_USER;
	if (fold_is(principal, "ServicePrincipal"))
		return EVENT_ACTOR_APPLICATION;
	if (map_any(h->claims, XMLSOAP "name|name") != NULL)
		return EVENT_ACTOR_USER;
	if (record_text(h->claims, "appid") != NULL)
		return EVENT_ACTOR_APPLICATION;
	return EVENT_ACTOR_ABSENT;
}

/* The evidence writes ids without dashes; elsewhere they have them. */
static int
set_principal(
    struct map * m, struct event * ev, const char * id, struct err * e)
{
	char guid[37];
	size_t n = 0;

	ev->actor_id = id;
	if ((id == NULL) || (strlen(id) != 32) ||
	    (strspn(id, "0123456789abcdefABCDEF") != 32))
		return 0;
	for (size_t i = 0; i < 32; i++) {
		if ((i == 8) || (i == 12) || (i == 16) || (i == 20))
			guid[n++] = '-';
		guid[n++] = id[i];
	}
	ev->actor_id = arena_copy(&m->arena, guid, n, e);
	return (ev->actor_id == NULL) ? -1 : 0;
}

/* upn, then the name that is an address, then any name, then an id. */
static int
set_actor(struct map * m, struct event * ev, const struct form * form,
    const struct holders * h, struct err * e)
{
	const char * names[6];

	ev->actor_id = map_any(h->claims, MICROSOFT "objectidentifier|oid");
	if ((ev->actor_id == NULL) &&
	    (set_principal(m, ev, map_any(h->evidence, "principalId"), e) != 0))
		return -1;
	ev->app_id = map_any(h->claims, "appid|azp");
	ev->client = operation_client(ev->app_id);
	ev->tenant_id = map_any(h->claims, MICROSOFT "tenantid|tid");
	if (ev->tenant_id == NULL)
		ev->tenant_id = map_any(m->root, form->tenant);
	ev->role = record_text(h->evidence, "role");
	ev->actor_kind = actor_kind(h);
	names[0] = map_any(h->claims, XMLSOAP "upn|upn");
	names[1] = map_any(h->claims, XMLSOAP "name|unique_name");
	names[2] = map_any(h->claims, "name|preferred_username");
	names[3] = map_any(m->root, form->caller);
	names[4] = ev->actor_id;
	names[5] = ev->app_id;
	for (size_t i = 0; (i < 6) && (ev->actor == NULL); i++)
		ev->actor = names[i];
	/* A caller without claims is a user if it looks like one's address. */
	if ((ev->actor_kind == EVENT_ACTOR_ABSENT) && (ev->actor != NULL) &&
	    (strchr(ev->actor, '@') != NULL))
		ev->actor_kind = EVENT_ACTOR_USER;
	return 0;
}

/* ---- What came of it ----------------------------------------------------- */

static bool
is_denied(const char * text)
{
	static const char * const words[] = { "Forbidden", "403", "401",
		"Unauthorized", "AuthorizationFailed", "LinkedAuthorization",
		"RequestDisallowedByPolicy" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (fold_find(text, words[i]) != NULL)
			return true;
	}
	return false;
}

static enum event_outcome
find_outcome(const struct event * ev)
{
	static const struct word {
		const char * text;
		enum event_outcome outcome;
	} words[] = {
		{ "Start", EVENT_OUTCOME_STARTED },
		{ "Started", EVENT_OUTCOME_STARTED },
		{ "Success", EVENT_OUTCOME_SUCCESS },
		{ "Succeeded", EVENT_OUTCOME_SUCCESS },
		{ "Accept", EVENT_OUTCOME_ACCEPTED },
		{ "Accepted", EVENT_OUTCOME_ACCEPTED },
		{ "In Progress", EVENT_OUTCOME_ACCEPTED },
		{ "InProgress", EVENT_OUTCOME_ACCEPTED },
		{ "Failure", EVENT_OUTCOME_FAILURE },
		{ "Failed", EVENT_OUTCOME_FAILURE },
		{ "Canceled", EVENT_OUTCOME_FAILURE },
		{ "Cancelled", EVENT_OUTCOME_FAILURE },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!fold_is(ev->status, words[i].text))
			continue;
		if ((words[i].outcome == EVENT_OUTCOME_FAILURE) &&
		    is_denied(ev->status_text))
			return EVENT_OUTCOME_DENIED;
		return words[i].outcome;
	}
	return EVENT_OUTCOME_ABSENT;
}

/* Where the address is said more than once, the record's own. */
static const char *
find_address(
    const struct map * m, const struct form * form, const struct holders * h)
{
	const char * text = map_any(m->root, form->address);

	return (text != NULL) ? text : map_text(h->request, "clientIpAddress");
}

static void
set_ids(struct map * m, struct event * ev, const struct form * form,
    const struct holders * h)
{
	ev->correlation_id = map_any(m->root, form->correlation);
	ev->operation_id = map_any(m->root, "operationId");
	if (ev->operation_id == NULL)
		ev->operation_id = map_text(h->properties, "operationId");
	ev->event_data_id = map_any(m->root, "eventDataId");
	ev->request_id = map_text(h->properties, "serviceRequestId");
	ev->client_request_id = map_text(h->request, "clientRequestId");
	ev->category = map_any(h->properties, "eventCategory");
	if (ev->category == NULL)
		ev->category = map_any(m->root, form->category);
	ev->description = map_any(m->root, form->description);
}

/* ".../events/<id>/ticks/<ticks>": .NET's ticks, since the year 1. */
static int64_t
moment_of_id(const char * id)
{
	const char * p = fold_find(id, "/ticks/");
	int64_t ticks;

	if ((p == NULL) ||
	    (text_parse_integer(p + strlen("/ticks/"),
		 strlen(p + strlen("/ticks/")), &ticks) != 0) ||
	    (ticks < NET_TICKS_1970))
		return CLOCK_UNKNOWN;
	return ticks - NET_TICKS_1970;
}

/* Members that both say when, and not the same: neither is hidden. */
static int
compare_times(struct map * m, struct event * ev, struct err * e)
{
	const char * other = map_text(m->root, "eventTimestamp");
	const char * id = map_text(m->root, "id");
	int64_t at = moment_of_id(id);
	struct when w;

	if ((other != NULL) && (ev->time_text != other) &&
	    ((when_parse(other, &w) != 0) || (w.at != ev->time)) &&
	    (map_note(m, ev, EVENT_FLAG_CONFLICT, e,
		 "time and eventTimestamp differ (%.40s)", other) != 0))
		return -1;
	if ((at == CLOCK_UNKNOWN) || (at == ev->time))
		return 0;
	/* A time that was cut to a second is within its own resolution. */
	if ((ev->time != CLOCK_UNKNOWN) && (at > ev->time) &&
	    (at - ev->time < ev->time_resolution))
		return 0;
	if (ev->time != CLOCK_UNKNOWN)
		return map_note(m, ev, EVENT_FLAG_CONFLICT, e,
		    "the time and the ticks of the id differ (%.40s)",
		    fold_find(id, "/ticks/"));
	ev->time = at;
	ev->time_resolution = 1;
	ev->time_kind = EVENT_TIME_GENERATED;
	return map_note(m, ev, EVENT_FLAG_TIME_BAD, e,
	    "the time is that of the id's ticks");
}

static int
find_holders(struct map * m, const struct form * form, struct holders * h,
    struct err * e)
{
	const struct record_value * identity = NULL;
	struct event * ev = &m->base;

	if (map_part(m, ev, m->root, "identity", &identity, e) != 0)
		return -1;
	if (identity == NULL)
		identity = m->root;
	if ((map_part(m, ev, identity, form->claims, &h->claims, e) != 0) ||
	    (map_part(m, ev, identity, form->authorization, &h->authorization,
		 e) != 0) ||
	    (map_part(m, ev, m->root, form->properties, &h->properties, e) !=
		0) ||
	    (map_part(m, ev, m->root, form->request, &h->request, e) != 0))
		return -1;
	h->evidence = map_member(h->authorization, "evidence");
	return 0;
}

static enum map_result
map_form(struct map * m, const struct form * form, struct err * e)
{
	const char * operation = map_any(m->root, form->operation);
	const char * resource = map_any(m->root, form->resource);
	struct event * ev = &m->base;
	struct holders h = { NULL, NULL, NULL, NULL, NULL };
	bool ignored;

	if ((operation == NULL) &&
	    (map_time_text(m->root, form->time, &ignored) == NULL))
		return map_refuse(m, EVENT_REASON_SHAPE,
		    "an activity without time and operation");
	if ((map_begin(m, form->source, e) != 0) ||
	    (find_holders(m, form, &h, e) != 0))
		return MAP_FAILED;
	map_set_time_of(ev, m->root, form->time, EVENT_TIME_GENERATED);
	ev->operation = operation;
	ev->action = operation_activity_action(operation, resource);
	ev->api_version = map_text(m->root, "operationVersion");
	ev->status = map_any(m->root, form->status);
	ev->status_text = map_any(m->root, form->sub_status);
	ev->outcome = find_outcome(ev);
	map_set_duration(ev, map_text(m->root, "durationMs"));
	ev->location = map_text(m->root, "location");
	ev->logged_at =
	    map_moment(m->root, "submissionTimestamp|EventSubmissionTimestamp");
	set_ids(m, ev, form, &h);
	if ((set_actor(m, ev, form, &h, e) != 0) ||
	    (compare_times(m, ev, e) != 0) ||
	    (map_set_source(m, ev, find_address(m, form, &h), e) != 0) ||
	    (map_set_resource(m, ev, resource, e) != 0) ||
	    (map_emit(m, ev, e) != 0))
		return MAP_FAILED;
	return MAP_DONE;
}

enum map_result
map_activity(struct map * m, struct err * e)
{
	return map_form(m, &exported, e);
}

enum map_result
map_la_activity(struct map * m, struct err * e)
{
	return map_form(m, &analytics, e);
}

enum map_result
map_portal_activity(struct map * m, struct err * e)
{
	return map_form(m, &portal, e);
}
