#include "timeline/fold.h"
#include "timeline/request.h"

#include "timeline/map.h"

/*
 * The resource log of a storage service, and its tables in Log Analytics, which
 * hold the same under other names and flat.  Members that do not apply are left
 * out, so absent is not 0; numbers may be texts; statusCode may be "Unknown".
 */

/* What both write alike; record_get finds either's spelling. */
static void
take_shared(struct request * q, const struct record_value * root,
    const struct record_value * properties)
{
	q->time_kind = EVENT_TIME_RECEIVED;
	q->version = record_text(root, "schemaVersion");
	q->category = record_text(root, "category");
	q->operation = record_text(root, "operationName");
	q->operation_version = record_text(root, "operationVersion");
	q->status = record_text(root, "statusCode");
	q->status_text = record_text(root, "statusText");
	q->duration = record_text(root, "durationMs");
	q->protocol = record_text(root, "protocol");
	q->caller = record_text(root, "callerIpAddress");
	q->location = record_text(root, "location");
	q->correlation_id = record_text(root, "correlationId");
	q->request_id = q->correlation_id; /* They are the same. */
	q->uri = record_text(root, "uri");

	q->account = record_text(properties, "accountName");
	q->service = record_text(properties, "serviceType");
	q->object_key = record_text(properties, "objectKey");
	q->source_uri = record_text(properties, "sourceUri");
	q->destination_uri = record_text(properties, "destinationUri");
	q->metric = record_text(properties, "metricResponseType");
	q->operation_count = record_text(properties, "operationCount");
	q->response_size = record_text(properties, "responseBodySize");
	q->request_size = record_text(properties, "requestBodySize");
	q->content_length = record_text(properties, "contentLengthHeader");
	q->range = record_text(properties, "downloadRange");
	q->user_agent = record_text(properties, "userAgentHeader");
	q->referrer = record_text(properties, "referrerHeader");
	q->client_request_id = record_text(properties, "clientRequestId");
}

/* What the first authorisation's first principal says it is. */
static const char *
principal_type(const struct record_value * authorization)
{
	const struct record_value * v;

	if ((authorization == NULL) || (authorization->type != RECORD_ARRAY))
		return NULL;
	v = map_array(record_first(authorization), "principals");
	return (v == NULL) ? NULL : record_text(record_first(v), "type");
}

static void
take_identity(struct request * q, const struct record_value * identity)
{
	const struct record_value * requester;

	q->auth = record_text(identity, "type");
	q->token_hash = record_text(identity, "tokenHash");
	q->principal = principal_type(record_get(identity, "authorization"));
	q->is_delegated = record_get(identity, "delegatedResource") != NULL;
	requester = record_get(identity, "requester");
	q->object_id = record_text(requester, "objectId");
	q->app_id = record_text(requester, "appId");
	q->tenant_id = record_text(requester, "tenantId");
	q->upn = record_text(requester, "upn");
	q->user_name = record_text(requester, "userName");
}

static int
note_version(struct map * m, const char * version, struct err * e)
{
	if ((version == NULL) || fold_is(version, "1.0"))
		return 0;
	return map_note(m, &m->base, EVENT_FLAG_VERSION, e,
	    "schemaVersion is not 1.0; members read by their names");
}

enum map_result
map_storage(struct map * m, struct err * e)
{
	struct request q = { .time = NULL };

	take_shared(&q, m->root, record_get(m->root, "properties"));
	if (q.operation == NULL)
		return map_refuse(m, EVENT_REASON_SHAPE,
		    "a storage record without its operation");
	q.time = record_text(m->root, "time");
	q.resource_id = record_text(m->root, "resourceId");
	take_identity(&q, record_get(m->root, "identity"));
	if ((map_begin(m, EVENT_SOURCE_STORAGE, e) != 0) ||
	    (note_version(m, q.version, e) != 0))
		return MAP_FAILED;
	return request_emit(m, &q, e);
}

enum map_result
map_la_storage(struct map * m, struct err * e)
{
	const struct record_value * details;
	struct request q = { .time = NULL };

	take_shared(&q, m->root, m->root);
	if (q.operation == NULL)
		return map_refuse(m, EVENT_REASON_SHAPE,
		    "a storage row without its operation");
	q.time = map_time_text(m->root, "TimeGenerated", &q.is_utc);
	q.resource_id = map_any(m->root, "_ResourceId|ResourceId");
	q.auth = record_text(m->root, "AuthenticationType");
	q.token_hash = record_text(m->root, "AuthenticationHash");
	q.object_id = map_any(m->root, "RequesterObjectId");
	q.app_id = map_any(m->root, "RequesterAppId");
	/* TenantId of a row is the workspace, not a tenant of Entra. */
	q.tenant_id = map_any(m->root, "RequesterTenantId");
	q.upn = map_any(m->root, "RequesterUpn");
	q.user_name = map_any(m->root, "RequesterUserName");
	if ((map_begin(m, EVENT_SOURCE_LA_STORAGE, e) != 0) ||
	    (note_version(m, q.version, e) != 0) ||
	    (map_part(m, &m->base, m->root, "AuthorizationDetails", &details,
		 e) != 0))
		return MAP_FAILED;
	q.principal = principal_type(details);
	return request_emit(m, &q, e);
}
