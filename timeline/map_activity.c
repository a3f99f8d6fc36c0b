#include <stdbool.h>
#include <string.h>

#include "timeline/fold.h"
#include "timeline/operation.h"
#include "timeline/when.h"

#include "timeline/map.h"

/*
 * One activity, in the forms it comes in:
 *
 *	exported   time, operationName, resultType, identity{claims}, ...
 *	REST, az   eventTimestamp, operationName{value, localizedValue}, ...
 *	SDK dump   event_timestamp, operation_name{value, localized_value}, ...
 *
 * map_text reads members of all three by one name.
 */
#define XMLSOAP "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
#define MICROSOFT "http://schemas.microsoft.com/identity/claims/"

/* The first of two names that is there and not empty. */
static const char *
either(const struct map * m, const struct record_value * object,
    const char * key, const char * other)
{
	const char * text = map_text(m, object, key);

	if ((text != NULL) && (*text != '\0'))
		return text;
	text = map_text(m, object, other);
	return ((text != NULL) && (*text == '\0')) ? NULL : text;
}

static enum event_actor_kind
actor_kind(const struct map * m, const struct record_value * claims,
    const struct record_value * evidence)
{
	const char * type = record_text(m->record, claims, "idtyp");
	const char * principal =
	    record_text(m->record, evidence, "principalType");

	if (record_get(m->record, claims, "xms_mirid") != NULL)
		return EVENT_ACTOR_MANAGED_IDENTITY;
	if (fold_is(type, "app"))
		return EVENT_ACTOR_APPLICATION;
	if (fold_is(type, "user") ||
	    (either(m, claims, "upn", XMLSOAP "upn") != NULL) ||
	    fold_is(principal, "User"))
		return EVENT_ACTOR_USER;
	if (fold_is(principal, "ServicePrincipal"))
		return EVENT_ACTOR_APPLICATION;
	if (either(m, claims, "name", XMLSOAP "name") != NULL)
		return EVENT_ACTOR_USER;
	if (record_text(m->record, claims, "appid") != NULL)
		return EVENT_ACTOR_APPLICATION;
	return EVENT_ACTOR_ABSENT;
}

/* upn, then the name that is an address, then any name, then an id. */
static void
set_actor(struct map * m, struct event * ev)
{
	const struct record_value * identity = m->root;
	const struct record_value * claims;
	const struct record_value * authorization;
	const struct record_value * evidence;
	const char * names[6];

	if (record_get(m->record, m->root, "identity") != NULL)
		identity = record_get(m->record, m->root, "identity");
	claims = map_member(m, identity, "claims");
	authorization = map_member(m, identity, "authorization");
	evidence = map_member(m, authorization, "evidence");
	ev->actor_id = either(m, claims, MICROSOFT "objectidentifier", "oid");
	ev->app_id = either(m, claims, "appid", "azp");
	ev->client = operation_client(ev->app_id);
	ev->tenant_id = either(m, claims, MICROSOFT "tenantid", "tid");
	if (ev->tenant_id == NULL)
		ev->tenant_id = map_text(m, m->root, "tenantId");
	ev->role = record_text(m->record, evidence, "role");
	ev->actor_kind = actor_kind(m, claims, evidence);
	names[0] = either(m, claims, XMLSOAP "upn", "upn");
	names[1] = either(m, claims, XMLSOAP "name", "unique_name");
	names[2] = either(m, claims, "name", "preferred_username");
	names[3] = either(m, m->root, "caller", "caller");
	names[4] = ev->actor_id;
	names[5] = ev->app_id;
	for (size_t i = 0; (i < 6) && (ev->actor == NULL); i++)
		ev->actor = names[i];
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
		{ "Failure", EVENT_OUTCOME_FAILURE },
		{ "Failed", EVENT_OUTCOME_FAILURE },
		{ "Canceled", EVENT_OUTCOME_FAILURE },
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

/* Where the request's own address is said more than once, the record's. */
static const char *
caller_address(const struct map * m)
{
	const struct record_value * request =
	    map_member(m, m->root, "httpRequest");
	const char * text = map_text(m, m->root, "callerIpAddress");

	if ((text != NULL) && (*text != '\0'))
		return text;
	return map_text(m, request, "clientIpAddress");
}

static void
set_ids(struct map * m, struct event * ev)
{
	const struct record_value * properties =
	    map_member(m, m->root, "properties");
	const struct record_value * request =
	    map_member(m, m->root, "httpRequest");

	ev->correlation_id = map_text(m, m->root, "correlationId");
	ev->operation_id = either(m, m->root, "operationId", "operationId");
	if (ev->operation_id == NULL)
		ev->operation_id = map_text(m, properties, "operationId");
	ev->event_data_id = map_text(m, m->root, "eventDataId");
	ev->request_id = map_text(m, properties, "serviceRequestId");
	ev->client_request_id = map_text(m, request, "clientRequestId");
	ev->category = either(m, properties, "eventCategory", "eventCategory");
	if (ev->category == NULL)
		ev->category = map_text(m, m->root, "category");
	ev->description =
	    either(m, m->root, "resultDescription", "description");
}

/* Two members that both say when, and not the same: neither is hidden. */
static int
compare_times(struct map * m, struct event * ev, struct err * e)
{
	const char * other = map_text(m, m->root, "eventTimestamp");
	struct when w;

	if ((other == NULL) || (ev->time_text == other) ||
	    ((when_parse(other, &w) == 0) && (w.at == ev->time)))
		return 0;
	return map_note(m, ev, EVENT_FLAG_CONFLICT, e,
	    "time and eventTimestamp differ (%.40s)", other);
}

enum map_result
map_activity(struct map * m, struct err * e)
{
	struct event * ev = &m->base;
	const char * operation = map_text(m, m->root, "operationName");
	const char * time = either(m, m->root, "time", "eventTimestamp");

	if ((operation == NULL) && (time == NULL))
		return map_refuse(m, EVENT_REASON_SHAPE,
		    "an activity without time and operation");
	if (map_begin(m, EVENT_SOURCE_ACTIVITY, e) != 0)
		return MAP_FAILED;
	map_set_time(ev, time, EVENT_TIME_GENERATED);
	ev->operation = operation;
	ev->action = operation_activity_action(
	    operation, map_text(m, m->root, "resourceId"));
	ev->api_version = map_text(m, m->root, "operationVersion");
	ev->status = either(m, m->root, "resultType", "status");
	ev->status_text = either(m, m->root, "resultSignature", "subStatus");
	ev->outcome = find_outcome(ev);
	map_set_duration(ev, map_integer(m, ev, m->root, "durationMs"));
	ev->location = map_text(m, m->root, "location");
	set_ids(m, ev);
	set_actor(m, ev);
	if ((compare_times(m, ev, e) != 0) ||
	    (map_set_source(m, ev, caller_address(m), e) != 0) ||
	    (map_set_resource(m, ev, map_text(m, m->root, "resourceId"), e) !=
		0) ||
	    (map_emit(m, ev, e) != 0))
		return MAP_FAILED;
	return MAP_DONE;
}
