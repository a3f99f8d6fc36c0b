#include <string.h>

#include "evidence/text.h"
#include "timeline/request.h"

#include "timeline/map.h"

/*
 * A line of a classic Storage Analytics log.  Its hour in the name of the blob
 * is that of the request's end; the line has the beginning.
 */
static void
take_fields(struct request * q, const struct classic * c)
{
	const char * const * f = c->fields;

	q->time_kind = EVENT_TIME_RECEIVED;
	q->time = f[CLASSIC_TIME];
	q->version = f[CLASSIC_VERSION];
	q->operation = f[CLASSIC_OPERATION];
	q->operation_version = f[CLASSIC_API_VERSION];
	q->operation_count = f[CLASSIC_OPERATION_COUNT];
	q->status = f[CLASSIC_STATUS];
	q->status_text = f[CLASSIC_STATUS_TEXT];
	q->duration = f[CLASSIC_LATENCY];
	q->caller = f[CLASSIC_ADDRESS];
	q->request_id = f[CLASSIC_REQUEST_ID];
	q->correlation_id = q->request_id; /* A copy's three lines share it. */
	q->client_request_id = f[CLASSIC_CLIENT_REQUEST_ID];
	q->user_agent = f[CLASSIC_USER_AGENT];
	q->referrer = f[CLASSIC_REFERRER];
	q->auth = f[CLASSIC_AUTHENTICATION];
	q->object_id = f[CLASSIC_OBJECT_ID];
	q->app_id = f[CLASSIC_APPLICATION_ID];
	q->tenant_id = f[CLASSIC_TENANT_ID];
	q->upn = f[CLASSIC_UPN];
	q->account = f[CLASSIC_OWNER_ACCOUNT];
	q->service = f[CLASSIC_SERVICE];
	q->object_key = f[CLASSIC_OBJECT_KEY];
	q->uri = f[CLASSIC_URL];
	q->response_size = f[CLASSIC_RESPONSE_SIZE];
	q->request_size = f[CLASSIC_REQUEST_SIZE];
	q->content_length = f[CLASSIC_CONTENT_LENGTH];
}

enum map_result
map_classic(struct map * m, const uint8_t * line, size_t len, struct err * e)
{
	const size_t want =
	    (line[0] == '1') ? CLASSIC_FIELDS_V1 : CLASSIC_FIELDS_V2;
	struct request q = { .time = NULL };

	m->tuples = 0;
	m->part_count = 0;
	if (!text_is_utf8(line, len) || (memchr(line, '\0', len) != NULL))
		return map_refuse(
		    m, EVENT_REASON_SYNTAX, "a classic line that is no text");
	if ((record_begin_row(m->record, e) != 0) ||
	    (record_end_row(m->record, e) != 0) ||
	    (classic_parse(&m->classic, (const char *)line, len, e) != 0))
		return MAP_FAILED;
	if (m->classic.count != want)
		return map_refuse(m, EVENT_REASON_SHAPE,
		    "a classic line of %zu fields where version %c.0 has %zu",
		    m->classic.count, line[0], want);
	take_fields(&q, &m->classic);
	if (q.operation == NULL)
		return map_refuse(m, EVENT_REASON_SHAPE,
		    "a classic line without its operation");
	if (map_begin(m, EVENT_SOURCE_STORAGE_CLASSIC, e) != 0)
		return MAP_FAILED;
	return request_emit(m, &q, e);
}
