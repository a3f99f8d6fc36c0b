#include <stdbool.h>
#include <string.h>

#include "evidence/text.h"
#include "timeline/agent.h"
#include "timeline/fold.h"
#include "timeline/operation.h"

#include "timeline/request.h"

static enum event_outcome
outcome_by_word(const char * word)
{
	if ((word == NULL) || (*word == '\0'))
		return EVENT_OUTCOME_ABSENT;
	if (fold_ends(word, "Success") || fold_is(word, "Succeeded"))
		return EVENT_OUTCOME_SUCCESS;
	if ((fold_find(word, "Authorization") != NULL) ||
	    (fold_find(word, "Authentication") != NULL) ||
	    (fold_find(word, "Permission") != NULL) ||
	    (fold_find(word, "Denied") != NULL) ||
	    (fold_find(word, "NotPermitted") != NULL) ||
	    fold_is(word, "AccountIsDisabled"))
		return EVENT_OUTCOME_DENIED;
	return EVENT_OUTCOME_FAILURE;
}

/* The protocol as logged, or as the URI has it. */
static const char *
find_protocol(const struct request * q)
{
	if (q->protocol != NULL)
		return q->protocol;
	if (fold_begins(q->uri, "https://"))
		return "HTTPS";
	return fold_begins(q->uri, "http://") ? "HTTP" : NULL;
}

/* HTTP's status counts; SMB's and NFS's numbers are others, so words do. */
static enum event_outcome
find_outcome(struct event * ev, const struct request * q)
{
	int64_t code = EVENT_ABSENT;

	if (fold_begins(ev->protocol, "HTTP") && (q->status != NULL))
		(void)text_parse_integer(q->status, strlen(q->status), &code);
	else if (ev->protocol == NULL)
		code = map_number(ev, q->status);
	if ((code == 401) || (code == 403))
		return EVENT_OUTCOME_DENIED;
	if (code >= 400)
		return EVENT_OUTCOME_FAILURE;
	if (code >= 100)
		return EVENT_OUTCOME_SUCCESS;
	if ((q->status_text != NULL) && (*q->status_text != '\0'))
		return outcome_by_word(q->status_text);
	return outcome_by_word(q->metric);
}

static void
set_status(struct event * ev, const struct request * q)
{
	ev->protocol = find_protocol(q);
	ev->status = q->status;
	ev->status_text = (q->status_text != NULL) ? q->status_text : q->metric;
	ev->outcome = find_outcome(ev, q);
	map_set_duration(ev, q->duration);
}

/* "bytes=0-1023"; an open end stays absent. */
static void
set_range(struct event * ev, const char * range)
{
	const char * dash;

	if (!fold_begins(range, "bytes="))
		return;
	range += strlen("bytes=");
	dash = strchr(range, '-');
	if ((dash == NULL) || (dash == range))
		return;
	if ((text_parse_integer(
		 range, (size_t)(dash - range), &ev->range_first) != 0) ||
	    ((dash[1] != '\0') &&
		(text_parse_integer(
		     dash + 1, strlen(dash + 1), &ev->range_last) != 0)))
		ev->flags |= EVENT_FLAG_NUMBER_BAD;
}

static void
set_sizes(struct event * ev, const struct request * q)
{
	ev->bytes_read = map_number(ev, q->response_size);
	ev->bytes_written = map_number(ev, q->request_size);
	if (ev->bytes_written == EVENT_ABSENT)
		ev->bytes_written = map_number(ev, q->content_length);
	ev->operation_count = map_number(ev, q->operation_count);
	set_range(ev, q->range);
}

static void
set_names(struct event * ev, const struct request * q)
{
	ev->version = q->version;
	ev->category = q->category;
	ev->operation = q->operation;
	ev->action = operation_storage_action(q->operation, q->category);
	ev->api_version = q->operation_version;
	ev->location = q->location;
	ev->correlation_id = q->correlation_id;
	ev->request_id = q->request_id;
	ev->client_request_id = q->client_request_id;
	ev->user_agent = q->user_agent;
	ev->referrer = q->referrer;
	ev->tool = agent_describe(q->user_agent, q->referrer, q->uri);
}

enum map_result
request_emit(struct map * m, const struct request * q, struct err * e)
{
	struct event * ev = &m->base;

	map_set_time(ev, q->time, q->time_kind);
	if (q->is_utc)
		ev->flags &= ~EVENT_FLAG_TIME_NO_ZONE;
	set_names(ev, q);
	set_status(ev, q);
	set_sizes(ev, q);
	if ((request_set_identity(m, ev, q, e) != 0) ||
	    (map_set_source(m, ev, q->caller, e) != 0) ||
	    (request_set_target(m, ev, q, e) != 0))
		return MAP_FAILED;
	request_complete_auth(ev);
	return (map_emit(m, ev, e) == 0) ? MAP_DONE : MAP_FAILED;
}
