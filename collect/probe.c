#include <string.h>

#include "evidence/clock.h"
#include "evidence/clock_sample.h"
#include "evidence/process.h"

#include "collect/probe.h"

#define POLL_MS 250 /* A signal is noticed within it. */

/* An answer on its way. */
struct flight {
	struct probe * p;
	const struct response_asked * asked;
	struct err e; /* Of this machine. */
	int version;
	bool is_done;
};

static enum http_wish
on_headers(
    void * cookie, int status, int version, const char * headers, size_t len)
{
	struct flight * f = cookie;
	struct probe * p = f->p;

	p->status = status;
	f->version = version;
	if (response_headers_parse(headers, len, &p->headers, &f->e) != 0)
		return HTTP_STOP;
	p->has_headers = true;
	return HTTP_GO;
}

static enum http_wish
on_body(void * cookie, const uint8_t * bytes, size_t len)
{
	struct flight * f = cookie;

	if (((int64_t)(f->p->body.len + len) > PROBE_BODY_MAX) ||
	    (buf_add(&f->p->body, bytes, len, &f->e) != 0))
		return HTTP_STOP;
	return HTTP_GO;
}

/* What the connection and the Date header say. */
static void
take_surroundings(struct probe * p, const struct http_result * result)
{
	struct err ignored;
	int64_t date;

	p->took_ms = result->took_ms;
	memcpy(p->protocol, result->tls.protocol, sizeof(p->protocol));
	memcpy(p->cipher, result->tls.cipher, sizeof(p->cipher));
	p->chain_len = result->tls.chain_len;
	if (p->chain_len > 0) {
		digest_sha256(result->tls.chain[0].der,
		    result->tls.chain[0].len, p->certificate);
		p->has_certificate = true;
	}
	err_init(&ignored);
	if (p->has_headers && (result->headers_at != CLOCK_UNKNOWN) &&
	    (clock_parse_http(p->headers.date, &date, &ignored) == 0)) {
		clock_sample_skew(result->started_at, result->headers_at, date,
		    &p->skew_lo_ms, &p->skew_hi_ms);
		p->has_skew = true;
	}
}

static void
on_done(void * cookie, const struct http_result * result)
{
	struct flight * f = cookie;
	struct probe * p = f->p;
	struct response_asked asked = *f->asked;
	struct response_came came = {
		.fault = result->fault,
		.fault_text = result->text,
		.status = p->status,
		.version = f->version,
		.has_trailer = result->has_trailer,
		.headers = p->has_headers ? &p->headers : NULL,
		.body_len = (int64_t)p->body.len,
	};

	f->is_done = true;
	p->fault = result->fault;
	take_surroundings(p, result);
	asked.now = result->done_at;
	response_check(&asked, &came, &p->verdict);
}

static const struct http_handlers handlers = { on_headers, on_body, on_done };

/* Let ${ms} pass, or end at a signal. */
static int
wait_ms(struct http * http, int64_t ms, struct err * e)
{
	int64_t until = clock_monotonic_ms() + ms;

	while (clock_monotonic_ms() < until) {
		if (process_is_stopped()) {
			err_set(e, ERR_STOPPED, NULL, "interrupted");
			return -1;
		}
		if (http_poll(http, POLL_MS, e) != 0)
			return -1;
	}
	return 0;
}

static int
send_once(struct http * http, const struct azure_request * request,
    const struct response_asked * asked, struct probe * p, struct err * e)
{
	struct flight f = { .p = p, .asked = asked };
	struct http_call * call;

	err_init(&f.e);
	memset(p, 0, sizeof(*p));
	call = http_start(http, &request->http, &handlers, &f, e);
	if (call == NULL)
		return -1;
	while (!f.is_done) {
		if (process_is_stopped())
			err_set(&f.e, ERR_STOPPED, NULL, "interrupted");
		if ((f.e.kind == ERR_NONE) &&
		    (http_poll(http, POLL_MS, &f.e) == 0))
			continue;
		if (!f.is_done)
			http_cancel(call);
		break;
	}
	if (f.e.kind == ERR_NONE)
		return 0;
	*e = f.e;
	return -1;
}

int
probe_send(struct http * http, const struct azure_request * request,
    const struct response_asked * asked, struct probe * p, struct err * e)
{
	for (int i = 1;; i++) {
		bool is_busy;

		if (send_once(http, request, asked, p, e) != 0) {
			probe_clear(p);
			return -1;
		}
		/* Only the service's own "later" is waited for. */
		is_busy = (p->verdict.reason == RESPONSE_BUSY) ||
		    (p->verdict.reason == RESPONSE_SERVER_ERROR);
		if (!is_busy || (i == PROBE_TRIES))
			return 0;
		probe_clear(p);
		if (wait_ms(http, i * INT64_C(1000), e) != 0)
			return -1;
	}
}

void
probe_clear(struct probe * p)
{
	if (p->has_headers)
		response_headers_free(&p->headers);
	buf_free(&p->body);
	memset(p, 0, sizeof(*p));
}
