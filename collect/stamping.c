#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/process.h"
#include "evidence/proof.h"
#include "evidence/text.h"
#include "evidence/timestamp_query.h"
#include "evidence/timestamp_verify.h"

#include "collect/http.h"
#include "collect/retry.h"
#include "collect/stamping.h"

#define POLL_MS 250 /* A signal is noticed within it. */
#define TOTAL_MS 60000
#define YEAR (366 * 86400 * CLOCK_TICKS_PER_SECOND)

struct authority {
	const char * url;
	char origin[HTTP_ORIGIN_MAX];
	const char * target;
	int64_t at;                  /* Of the last token, or CLOCK_UNKNOWN. */
	char why[STAMPING_WHY_SIZE]; /* It was left out; else "". */
};

struct stamping {
	struct stamping_rules rules;
	struct authority all[STAMPING_MAX];
	struct http * http;
	struct retry_run run;
};

/* One question under way. */
struct answer {
	struct buf body;
	bool is_done;
	bool is_short_of_memory;
	enum http_fault fault;
	int status;
	char text[HTTP_TEXT_SIZE];
};

/* Take a URL apart. */
static int
split(const char * url, char origin[HTTP_ORIGIN_MAX], const char ** target,
    struct err * e)
{
	const char * host = strstr(url, "://");
	size_t len = 0;

	if (host != NULL)
		len = (size_t)(host - url) + 3 + strcspn(host + 3, "/?#");
	if ((len == 0) || (len >= HTTP_ORIGIN_MAX) ||
	    ((url[len] != '\0') && (url[len] != '/')) ||
	    (strpbrk(url + len, "#\\ ") != NULL)) {
		err_set(e, ERR_USAGE, "give it as https://HOST[:PORT][/PATH]",
		    "this is no URL of a time-stamping authority");
		return -1;
	}
	memcpy(origin, url, len);
	origin[len] = '\0';
	*target = (url[len] == '\0') ? "/" : url + len;
	return http_check_public(origin, e);
}

int
stamping_check(const char * url, struct err * e)
{
	char origin[HTTP_ORIGIN_MAX];
	const char * target;

	for (size_t i = 0; url[i] != '\0'; i++) {
		if (((unsigned char)url[i] <= ' ') ||
		    ((unsigned char)url[i] >= 0x7f)) {
			err_set(e, ERR_USAGE, NULL,
			    "a URL holds no such character");
			return -1;
		}
	}
	return split(url, origin, &target, e);
}

struct stamping *
stamping_new(const struct stamping_rules * rules, struct err * e)
{
	struct http_options o = {
		.way.ca_file = rules->ca_file,
		.way.proxy = rules->proxy,
		.way.proxy_login = rules->proxy_login,
		.low_speed_seconds = rules->timeout,
		.in_flight_max = 1,
		.total_ms = TOTAL_MS,
	};
	struct stamping * s = calloc(1, sizeof(*s));

	if (s == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	s->rules = *rules;
	for (size_t i = 0; i < rules->count; i++) {
		s->all[i].url = rules->urls[i];
		s->all[i].at = CLOCK_UNKNOWN;
		if (split(s->all[i].url, s->all[i].origin, &s->all[i].target,
			e) != 0)
			goto fail;
	}
	s->http = http_new(&o, e);
	if (s->http != NULL)
		return s;

fail:
	stamping_free(s);
	return NULL;
}

/* Authority ${i} of those that were not left out. */
static const struct authority *
find(const struct stamping * s, size_t i)
{
	for (size_t k = 0; k < s->rules.count; k++) {
		if ((s->all[k].why[0] == '\0') && (i-- == 0))
			return &s->all[k];
	}
	return NULL;
}

size_t
stamping_count(const struct stamping * s)
{
	size_t n = 0;

	while ((s != NULL) && (find(s, n) != NULL))
		n++;
	return n;
}

const char *
stamping_url(const struct stamping * s, size_t i)
{
	const struct authority * a = find(s, i);

	return (a == NULL) ? NULL : a->url;
}

/* ---- One question -------------------------------------------------------- */

static enum http_wish
on_body(void * cookie, const uint8_t * bytes, size_t len)
{
	struct answer * a = cookie;
	struct err e;

	err_init(&e);
	if (buf_add(&a->body, bytes, len, &e) == 0)
		return HTTP_GO;
	a->is_short_of_memory = true;
	return HTTP_STOP;
}

static void
on_done(void * cookie, const struct http_result * result)
{
	struct answer * a = cookie;

	a->is_done = true;
	a->fault = result->fault;
	a->status = result->status;
	memcpy(a->text, result->text, sizeof(a->text));
}

/* Poll until ${a} is done, or (if it is NULL) until ${until}. */
static int
poll_until(
    struct stamping * s, const struct answer * a, int64_t until, struct err * e)
{
	for (;;) {
		int64_t left = until - clock_monotonic_ms();

		if ((a != NULL) ? a->is_done : (left <= 0))
			return 0;
		if (process_is_stopped()) {
			err_set(e, ERR_STOPPED, NULL, "interrupted");
			return -1;
		}
		if (http_poll(s->http,
			((left > 0) && (left < POLL_MS)) ? (int)left : POLL_MS,
			e) != 0)
			return -1;
	}
}

/* Send ${query} and wait for the answer. */
static int
send_query(struct stamping * s, const struct authority * to,
    const struct buf * query, struct answer * a, struct err * e)
{
	static const char * const lines[] = {
		"Content-Type: application/timestamp-query",
		"Accept: application/timestamp-reply",
	};
	static const struct http_handlers handlers = { NULL, on_body, on_done };
	struct http_request request = {
		.method = HTTP_POST,
		.origin = to->origin,
		.target = to->target,
		.headers = lines,
		.header_count = 2,
		.body = query->bytes,
		.body_len = query->len,
		.body_max = (int64_t)TIMESTAMP_MAX,
		.is_fresh = true,
		.is_public = true,
	};
	struct http_call * call =
	    http_start(s->http, &request, &handlers, a, e);

	if (call == NULL)
		return -1;
	if (poll_until(s, a, 0, e) != 0) {
		if (!a->is_done)
			http_cancel(call);
		return -1;
	}
	if (a->is_short_of_memory) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	return 0;
}

/* Is it an answer at all?  Else -1, and ${may_retry} says whether to ask again. */
static int
check_answer(const struct answer * a, bool * may_retry, struct err * e)
{
	*may_retry = true;
	if (a->fault != HTTP_FINE) {
		err_set(e, ERR_AGAIN, NULL, "%s", a->text);
		return -1;
	}
	if (a->status == 200)
		return 0;
	*may_retry =
	    (a->status >= 500) || (a->status == 429) || (a->status == 408);
	err_set(e, *may_retry ? ERR_AGAIN : ERR_REMOTE, NULL,
	    "it answers with status %d", a->status);
	return -1;
}

/* Is it the time stamp that was asked for, as far as it shows itself? */
static int
check_token(const struct timestamp_query * query, const struct answer * a,
    int64_t * at, bool * may_retry, struct err * e)
{
	/* Which clock is wrong, if they differ, is not said here. */
	struct timestamp_rules rules = { .query = query,
		.at = CLOCK_UNKNOWN,
		.now = clock_now() + 100 * YEAR };
	struct timestamp_facts facts;
	struct err why;
	enum proof proof;

	err_init(&why);
	proof = timestamp_verify(
	    &rules, a->body.bytes, a->body.len, NULL, 0, &facts, &why);
	*at = facts.at;
	*may_retry = (proof == PROOF_STATUS);
	/* Nobody is trusted here: all else is good. */
	if ((proof == PROOF_GOOD) || (proof == PROOF_UNTRUSTED))
		return 0;
	err_set(e, (proof == PROOF_UNKNOWN) ? ERR_SYSTEM : ERR_REMOTE, NULL,
	    "its answer is refused: %s: %s", proof_code(proof), why.text);
	return -1;
}

/* Ask once, with a nonce of its own. */
static int
ask_once(struct stamping * s, struct authority * to, const void * bytes,
    size_t len, struct buf * out, bool * may_retry, struct err * e)
{
	struct timestamp_query query;
	struct answer a = { 0 };
	struct buf request = { 0 };
	int64_t at;
	int rc = -1;

	*may_retry = false;
	if ((timestamp_make_query(bytes, len, NULL, &query, &request, e) !=
		0) ||
	    (send_query(s, to, &request, &a, e) != 0) ||
	    (check_answer(&a, may_retry, e) != 0) ||
	    (check_token(&query, &a, &at, may_retry, e) != 0))
		goto out;
	rc = buf_add(out, a.body.bytes, a.body.len, e);
	if (rc == 0)
		to->at = at;

out:
	buf_free(&request);
	buf_free(&a.body);
	return rc;
}

int
stamping_ask(struct stamping * s, size_t i, const void * bytes, size_t len,
    struct buf * out, struct err * e)
{
	struct retry_rule rule = *retry_rule_default();
	struct authority * to = &s->all[find(s, i) - s->all];
	struct retry_item item = { 0 };
	bool may_retry;
	int64_t wait_ms;
	struct err why;

	rule.tries_max =
	    (s->rules.tries == 0) ? STAMPING_TRIES : s->rules.tries;
	for (;;) {
		err_init(&why);
		if (ask_once(s, to, bytes, len, out, &may_retry, &why) == 0)
			return 0;
		if (!may_retry ||
		    !retry_next(&rule, &item, &s->run, -1,
			(uint32_t)clock_monotonic_ms() * 2654435761u, &wait_ms))
			break;
		if (poll_until(s, NULL, clock_monotonic_ms() + wait_ms, e) != 0)
			return -1;
	}
	if (s->rules.is_optional &&
	    ((why.kind == ERR_AGAIN) || (why.kind == ERR_REMOTE))) {
		(void)snprintf(to->why, sizeof(to->why), "%.*s", 150, why.text);
		return 1;
	}
	err_set(e, why.kind, "try again later, or add --tsa-optional", "%s: %s",
	    to->url, why.text);
	return -1;
}

int
stamping_describe(const struct stamping * s, struct buf * out, struct err * e)
{
	char at[CLOCK_TEXT_SIZE];

	for (size_t i = 0; i < s->rules.count; i++) {
		const struct authority * a = &s->all[i];
		const char * comma = (i == 0) ? "" : "; ";
		int rc;

		if (a->why[0] != '\0') {
			rc = buf_addf(out, e,
			    "%sno time stamp by %s, left out as --tsa-optional "
			    "allows: %s",
			    comma, a->url, a->why);
		} else {
			clock_format(a->at, at);
			rc = buf_addf(out, e, "%stime stamps by %s, at %s",
			    comma, a->url, at);
		}
		if (rc != 0)
			return -1;
	}
	return 0;
}

void
stamping_free(struct stamping * s)
{
	if (s == NULL)
		return;
	http_free(s->http);
	free(s);
}
