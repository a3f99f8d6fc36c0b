#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/clock_sample.h"
#include "evidence/text.h"

#include "collect/exchange.h"

/* Keep the first failure of ours for the asker. */
static void
fail(struct exchange * x, const struct err * e)
{
	if (x->line->e->kind == ERR_NONE)
		*x->line->e = *e;
}

static bool
is_about(const struct exchange * x)
{
	return x->asked.operation == RESPONSE_ABOUT;
}

static void
fill_came(const struct exchange * x, struct response_came * came)
{
	memset(came, 0, sizeof(*came));
	came->fault = HTTP_FINE;
	came->status = x->status;
	came->headers = x->has_headers ? &x->headers : NULL;
	came->body_len = x->received;
}

/* Make ready for the body, if the headers say that it is the one we want. */
static int
take_headers(struct exchange * x, int status, int version, const char * headers,
    size_t len, struct err * e)
{
	struct response_came came;
	int64_t room;

	if (response_headers_parse(headers, len, &x->headers, e) != 0)
		return -1;
	x->has_headers = true;
	x->status = status;
	fill_came(x, &came);
	came.version = version;
	x->asked.now = clock_now();
	response_check_headers(&x->asked, &came, &x->verdict);
	/* A refusal is an answer too where it is the account that is asked. */
	if (is_about(x))
		return buf_add(&x->head, headers, len, e);
	x->is_judged = (x->verdict.outcome != RESPONSE_OK);
	if (x->is_judged || x->is_head)
		return 0;
	if ((x->headers.content_md5[0] != '\0') ||
	    ((x->headers.blob_content_md5[0] != '\0') &&
		response_is_whole(&x->asked, &x->headers))) {
		x->md5 = digest_new(DIGEST_MD5, e);
		if (x->md5 == NULL)
			return -1;
	}
	if (x->headers.content_crc64[0] != '\0') {
		x->crc64 = crc64_new(e);
		if (x->crc64 == NULL)
			return -1;
	}
	room = x->headers.content_length;
	if ((room > 0) && (room <= x->body_max) &&
	    (buf_reserve(&x->body, (size_t)room, e) != 0))
		return -1;
	return 0;
}

static enum http_wish
on_headers(
    void * cookie, int status, int version, const char * headers, size_t len)
{
	struct exchange * x = cookie;
	struct err e;

	err_init(&e);
	if (take_headers(x, status, version, headers, len, &e) != 0) {
		fail(x, &e);
		return HTTP_STOP;
	}
	/* Here, for when it is done its connection is free for others. */
	if (x->is_judged && x->verdict.is_connection_bad)
		http_close_after(x->call);
	return HTTP_GO;
}

static enum http_wish
on_body(void * cookie, const uint8_t * bytes, size_t len)
{
	struct exchange * x = cookie;
	struct err e;

	x->received += (int64_t)len;
	x->line->received += (int64_t)len;
	if (x->is_judged)
		return HTTP_GO;
	if (x->received > x->body_max)
		return HTTP_STOP;
	err_init(&e);
	if (buf_add(&x->body, bytes, len, &e) != 0) {
		fail(x, &e);
		return HTTP_STOP;
	}
	if (x->md5 != NULL)
		digest_update(x->md5, bytes, len);
	if (x->crc64 != NULL)
		crc64_update(x->crc64, bytes, len);
	return HTTP_GO;
}

/* Note the connection and what the Date header says about the clocks. */
static int
take_surroundings(
    struct exchange * x, const struct http_result * result, struct err * e)
{
	struct err ignored;
	int64_t date;

	if ((x->line->connections != NULL) &&
	    (connections_meet(x->line->connections, result,
		 x->line->certificates, &x->connection, e) != 0))
		return -1;
	if (result->tls.chain_len > 0) {
		digest_sha256(
		    result->tls.chain[0].der, result->tls.chain[0].len, x->tls);
		x->has_tls = true;
	}
	err_init(&ignored);
	if (x->has_headers && (result->headers_at != CLOCK_UNKNOWN) &&
	    (clock_parse_http(x->headers.date, &date, &ignored) == 0)) {
		clock_sample_skew(x->sent_at, result->headers_at, date,
		    &x->skew_lo_ms, &x->skew_hi_ms);
		/* A clock set back meanwhile leaves no interval. */
		x->has_skew = (x->skew_lo_ms <= x->skew_hi_ms);
	}
	return 0;
}

/* The last word about the answer. */
static void
judge(struct exchange * x, const struct http_result * result)
{
	uint8_t md5[DIGEST_MD5_LEN], crc64[CRC64_LEN];
	struct response_came came;

	if (x->is_judged)
		return;
	fill_came(x, &came);
	came.fault = result->fault;
	came.fault_text = result->text;
	x->fault = result->fault;
	came.version = result->version;
	came.has_trailer = result->has_trailer;
	if ((result->fault == HTTP_STOPPED) && (x->received > x->body_max))
		came.fault = HTTP_LIMIT;
	if (x->md5 != NULL) {
		digest_peek(x->md5, md5);
		came.body_md5 = md5;
	}
	if (x->crc64 != NULL) {
		crc64_peek(x->crc64, crc64);
		came.body_crc64 = crc64;
	}
	x->asked.now = x->done_at;
	response_check(&x->asked, &came, &x->verdict);
	if (x->verdict.outcome == RESPONSE_OK)
		x->line->got |= UINT64_C(1) << x->service;
}

/* Does the answer say that the service has too much to do? */
static bool
is_busy(const struct exchange * x)
{
	return (x->verdict.reason == RESPONSE_BUSY) ||
	    (x->has_headers && (x->status == 500) &&
		(strcmp(x->headers.error_code, "OperationTimedOut") == 0));
}

/* Let the pace know. */
static void
note_pace(const struct exchange * x)
{
	struct pace * pace = x->line->pace;

	if (pace == NULL)
		return;
	if (x->asked.operation != RESPONSE_RANGE)
		pace_sent(pace, x->received);
	pace_answer(pace, is_busy(x), x->verdict.outcome == RESPONSE_OK,
	    clock_monotonic_ms());
}

static void
on_done(void * cookie, const struct http_result * result)
{
	struct exchange * x = cookie;
	struct err e;

	err_init(&e);
	x->sent_at = result->started_at;
	x->done_at = result->done_at;
	memcpy(x->local, result->local, sizeof(x->local));
	if (take_surroundings(x, result, &e) != 0)
		fail(x, &e);
	judge(x, result);
	note_pace(x);
	x->call = NULL;
	x->line->done(x->line->cookie, x);
}

static const struct http_handlers handlers = { on_headers, on_body, on_done };

bool
exchange_may_start(const struct exchange_line * line)
{
	return http_has_room(line->http) &&
	    ((line->pace == NULL) ||
		pace_may(line->pace, http_in_flight(line->http),
		    clock_monotonic_ms()));
}

/* Note ${x}, which is about to be sent. */
static int
note(struct exchange * x, struct err * e)
{
	struct request request;

	exchange_describe(x, &request);
	request.done_at = request.sent_at;
	return sent_note(x->line->sent, &request, &x->sent_file, e);
}

struct exchange *
exchange_start(struct exchange_line * line, struct azure_request * request,
    const struct response_asked * asked, int64_t body_max, struct err * e)
{
	struct exchange * x = calloc(1, sizeof(*x));

	if (x == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	x->line = line;
	x->asked = *asked;
	x->body_max = body_max;
	x->source = -1;
	x->wait_ms = -1;
	x->sent_at = clock_now();
	x->sent_monotonic_ms = clock_monotonic_ms();
	x->is_head = (request->http.method == HTTP_HEAD);
	x->url = text_copy(request->url, e);
	if (x->url == NULL)
		goto fail;
	memcpy(x->client_request_id, request->client_request_id,
	    sizeof(x->client_request_id));
	x->asked.client_request_id = x->client_request_id;
	strncpy(x->host, request->http.origin, sizeof(x->host) - 1);
	request->http.body_max = (body_max > EXCHANGE_ERROR_BODY_MAX)
	    ? body_max + 1
	    : EXCHANGE_ERROR_BODY_MAX;
	request->http.takes_any = is_about(x);
	if ((line->sent != NULL) && (note(x, e) != 0))
		goto fail;
	x->call = http_start(line->http, &request->http, &handlers, x, e);
	if (x->call == NULL)
		goto fail;
	if ((line->pace != NULL) && (x->asked.operation == RESPONSE_RANGE))
		pace_sent(line->pace, body_max);
	return x;

fail:
	exchange_free(x);
	return NULL;
}

void
exchange_stop(struct exchange * x)
{
	http_cancel(x->call);
	x->call = NULL;
	x->done_at = clock_now();
	memset(&x->verdict, 0, sizeof(x->verdict));
	x->verdict.outcome = RESPONSE_RETRY;
	x->verdict.reason = RESPONSE_INTERRUPTED;
}

bool
exchange_is_in_flight(const struct exchange * x)
{
	return x->call != NULL;
}

/* NULL for what did not come. */
static const char *
or_null(const char * text)
{
	return ((text == NULL) || (text[0] == '\0')) ? NULL : text;
}

void
exchange_describe(const struct exchange * x, struct request * request)
{
	memset(request, 0, sizeof(*request));
	request->source = x->source;
	request->method = x->is_head ? "HEAD" : "GET";
	request->url = x->url;
	request->range_first = -1;
	request->range_last = -1;
	if (x->asked.operation == RESPONSE_RANGE) {
		request->range_first = x->asked.first;
		request->range_last = x->asked.last;
	}
	request->status = x->status;
	request->bytes = x->received;
	if (x->verdict.outcome != RESPONSE_OK)
		request->error = response_reason_text(x->verdict.reason);
	if (x->has_headers) {
		request->request_id = or_null(x->headers.request_id);
		request->date = or_null(x->headers.date);
	}
	if (x->verdict.digest != RESPONSE_DIGEST_ABSENT) {
		request->md5 = or_null((x->headers.content_md5[0] != '\0')
			? x->headers.content_md5
			: x->headers.blob_content_md5);
		request->crc64 = or_null(x->headers.content_crc64);
		request->digest_check = response_digest_text(x->verdict.digest);
	}
	request->client_request_id = x->client_request_id;
	request->sent_at = x->sent_at;
	request->done_at = x->done_at;
}

void
exchange_free(struct exchange * x)
{
	if (x == NULL)
		return;
	if (x->has_headers)
		response_headers_free(&x->headers);
	connection_drop(x->connection);
	digest_free(x->md5);
	crc64_free(x->crc64);
	buf_free(&x->body);
	buf_free(&x->head);
	free(x->url);
	free(x);
}
