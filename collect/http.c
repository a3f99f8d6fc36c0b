#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/http_call.h"
#include "evidence/buf.h"
#include "evidence/clock.h"
#include "evidence/secret.h"
#include "evidence/text.h"

struct http {
	CURLM * multi;
	char * ca_file;
	struct http_options options; /* way.ca_file points at our copy. */
	struct http_call * spare;
	struct http_call * active;
	size_t in_flight;
};

static const char * const fault_texts[] = {
	[HTTP_FINE] = "fine",
	[HTTP_NO_HOST] = "no-host",
	[HTTP_NO_CONNECT] = "no-connect",
	[HTTP_TIMEOUT] = "timeout",
	[HTTP_BROKEN] = "broken",
	[HTTP_SHORT] = "short",
	[HTTP_GARBLED] = "garbled",
	[HTTP_TLS] = "tls",
	[HTTP_CERTIFICATE] = "certificate",
	[HTTP_PROXY] = "proxy",
	[HTTP_LIMIT] = "limit",
	[HTTP_STOPPED] = "stopped",
	[HTTP_LOCAL] = "local",
};

const char *
http_fault_text(enum http_fault fault)
{
	return fault_texts[fault];
}

const char *
http_version_text(void)
{
	return curl_version();
}

static void
set_default(int64_t * value, int64_t otherwise)
{
	if (*value == 0)
		*value = otherwise;
}

struct http *
http_new(const struct http_options * options, struct err * e)
{
	struct http * h = NULL;

	assert((options->in_flight_max >= 1) &&
	    (options->in_flight_max <= HTTP_IN_FLIGHT_MAX));
	h = calloc(1, sizeof(*h));
	if (h == NULL)
		goto fail;
	h->options = *options;
	h->options.way.ca_file = NULL;
	set_default(&h->options.connect_ms, 15000);
	set_default(&h->options.low_speed_bytes, 1024);
	set_default(&h->options.low_speed_seconds, 30);
	set_default(&h->options.total_ms, 900000);
	if (h->options.now == NULL)
		h->options.now = clock_now;
	if (options->way.ca_file != NULL) {
		h->ca_file = text_copy(options->way.ca_file, e);
		if (h->ca_file == NULL)
			goto fail;
		h->options.way.ca_file = h->ca_file;
	}
	if (curl_global_init(CURL_GLOBAL_ALL) != 0)
		goto fail;
	h->multi = curl_multi_init();
	if (h->multi == NULL) {
		curl_global_cleanup();
		goto fail;
	}
	(void)curl_multi_setopt(
	    h->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	(void)curl_multi_setopt(
	    h->multi, CURLMOPT_MAXCONNECTS, (long)options->in_flight_max);
	(void)curl_multi_setopt(h->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
	    (long)options->in_flight_max);
	return h;

fail:
	err_set(e, ERR_SYSTEM, NULL, "cannot start libcurl");
	http_free(h);
	return NULL;
}

bool
http_has_room(const struct http * h)
{
	return h->in_flight < h->options.in_flight_max;
}

size_t
http_in_flight(const struct http * h)
{
	return h->in_flight;
}

static void
free_call(struct http_call * call)
{
	if (call == NULL)
		return;
	http_call_clear(call);
	if (call->curl != NULL)
		curl_easy_cleanup(call->curl);
	buf_free(&call->headers);
	buf_free(&call->der);
	free(call);
}

/* Take a call off the spare list, or make one. */
static struct http_call *
take_call(struct http * h, struct err * e)
{
	struct http_call * call = h->spare;

	if (call != NULL) {
		h->spare = call->next;
		return call;
	}
	call = calloc(1, sizeof(*call));
	if (call != NULL)
		call->curl = curl_easy_init();
	if ((call == NULL) || (call->curl == NULL)) {
		free(call);
		err_set(e, ERR_SYSTEM, NULL, "no memory for a request");
		return NULL;
	}
	call->owner = h;
	return call;
}

/* Put a call that is in no list on the spare list. */
static void
give_back(struct http * h, struct http_call * call)
{
	http_call_clear(call);
	/* The copies of URL and headers that curl holds go with this. */
	curl_easy_reset(call->curl);
	call->next = h->spare;
	h->spare = call;
}

/* Take ${call} out of the multi handle and the active list. */
static void
retire(struct http * h, struct http_call * call)
{
	struct http_call ** at = &h->active;

	while (*at != call)
		at = &(*at)->next;
	*at = call->next;
	h->in_flight--;
	(void)curl_multi_remove_handle(h->multi, call->curl);
}

#define SET(option, value)                                                \
	if (curl_easy_setopt(call->curl, option, value) != CURLE_OK) {    \
		err_set(e, ERR_SYSTEM, NULL, "libcurl refuses " #option); \
		return -1;                                                \
	}

static int
set_deadlines(struct http_call * call, const struct http_options * options,
    const struct http_request * request, struct err * e)
{
	int64_t total_ms =
	    (request->total_ms > 0) ? request->total_ms : options->total_ms;

	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_ms);
	SET(CURLOPT_LOW_SPEED_LIMIT, (long)options->low_speed_bytes);
	SET(CURLOPT_LOW_SPEED_TIME, (long)options->low_speed_seconds);
	SET(CURLOPT_TIMEOUT_MS, (long)total_ms);
	SET(CURLOPT_MAX_RECV_SPEED_LARGE,
	    (curl_off_t)options->bytes_per_second);
	return 0;
}

/* curl copies the URL; ours is wiped, for it may hold a SAS. */
static int
set_url(struct http_call * call, const struct http_request * request,
    struct err * e)
{
	struct buf url = { 0 };
	CURLcode code = CURLE_OUT_OF_MEMORY;
	size_t len = strlen(request->origin) + strlen(request->target);

	if ((buf_reserve(&url, len + 1, e) == 0) &&
	    (buf_add_text(&url, request->origin, e) == 0) &&
	    (buf_add_text(&url, request->target, e) == 0))
		code =
		    curl_easy_setopt(call->curl, CURLOPT_URL, buf_text(&url));
	if (url.bytes != NULL)
		secret_wipe(url.bytes, url.len);
	buf_free(&url);
	if (code != CURLE_OK) {
		err_set(e, ERR_SYSTEM, NULL, "libcurl refuses the URL");
		return -1;
	}
	return 0;
}

static int
set_lines(struct http_call * call, const struct http_request * request,
    struct err * e)
{
	for (size_t i = 0; i < request->header_count; i++) {
		struct curl_slist * more =
		    curl_slist_append(call->lines, request->headers[i]);

		if (more == NULL) {
			err_set(e, ERR_SYSTEM, NULL, "no memory for a request");
			return -1;
		}
		call->lines = more;
	}
	SET(CURLOPT_HTTPHEADER, call->lines);
	return 0;
}

/* What a POST sends, copied. */
static int
set_body(struct http_call * call, const struct http_request * request,
    struct err * e)
{
	if (request->method != HTTP_POST)
		return 0;
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
	SET(CURLOPT_COPYPOSTFIELDS, (const char *)request->body);
	return 0;
}

/* Through the proxy that was named, in a tunnel it cannot look into. */
static int
set_proxy(struct http_call * call, struct err * e)
{
	char login[HTTP_LOGIN_MAX + 1];
	const struct secret * secret = call->way->proxy_login;
	CURLcode code = CURLE_OK;

	if (call->way->proxy == NULL)
		return 0;
	SET(CURLOPT_PROXY, call->way->proxy);
	SET(CURLOPT_NOPROXY, "");
	SET(CURLOPT_PROXYTYPE, (long)CURLPROXY_HTTP);
	SET(CURLOPT_HTTPPROXYTUNNEL, 1L);
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
	if (secret == NULL)
		return 0;
	assert(secret->len <= HTTP_LOGIN_MAX);
	memcpy(login, secret->bytes, secret->len);
	login[secret->len] = '\0';
	code = curl_easy_setopt(call->curl, CURLOPT_PROXYUSERPWD, login);
	secret_wipe(login, sizeof(login));
	if (code != CURLE_OK) {
		err_set(e, ERR_SYSTEM, NULL, "libcurl refuses the proxy");
		return -1;
	}
	return 0;
}

static int
set_request(struct http * h, struct http_call * call,
    const struct http_request * request, struct err * e)
{
	bool is_plain = text_has_prefix(request->origin, "http:");

	if (http_call_set(call, e) != 0)
		return -1;
	SET(CURLOPT_PROTOCOLS_STR, is_plain ? "http" : "https");
	SET(CURLOPT_REDIR_PROTOCOLS_STR, is_plain ? "http" : "https");
	if (call->way->ca_file != NULL) {
		/* These and no others: not the system's beside them. */
		SET(CURLOPT_CAINFO, call->way->ca_file);
		SET(CURLOPT_CAPATH, NULL);
	}
	SET(CURLOPT_HTTPGET, 1L);
	SET(CURLOPT_NOBODY, (request->method == HTTP_HEAD) ? 1L : 0L);
	SET(CURLOPT_FRESH_CONNECT, request->is_fresh ? 1L : 0L);
	SET(CURLOPT_FORBID_REUSE, 0L);
	call->is_inside = is_plain && !request->is_public;
	call->body_max = request->body_max;
	call->takes_any = request->takes_any;
	if ((set_proxy(call, e) != 0) ||
	    ((call->way->pin_count > 0) && (http_tls_pin(call, e) != 0)) ||
	    (set_deadlines(call, &h->options, request, e) != 0) ||
	    (set_url(call, request, e) != 0) ||
	    (set_body(call, request, e) != 0))
		return -1;
	return set_lines(call, request, e);
}

/* Nothing that could end a line or a request early goes out. */
static bool
is_clean(const char * text, size_t max, bool may_blank)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < 0x20) || (c >= 0x7f) || ((c == ' ') && !may_blank))
			return false;
	}
	return (len > 0) && (len <= max);
}

static int
check_request(const struct http_way * way, const struct http_request * request,
    struct err * e)
{
	bool is_good = (request->target[0] == '/') &&
	    is_clean(request->target, HTTP_TARGET_MAX, false) &&
	    (strchr(request->target, '#') == NULL) &&
	    (request->header_count <= HTTP_REQUEST_HEADERS_MAX) &&
	    (request->body_max >= 0) &&
	    ((request->method == HTTP_POST) == (request->body != NULL)) &&
	    (request->body_len <= HTTP_SENT_MAX);

	for (size_t i = 0; is_good && (i < request->header_count); i++)
		is_good = is_clean(request->headers[i], HTTP_TARGET_MAX, true);
	if (!is_good) {
		err_set(e, ERR_BUG, NULL, "a request that must not be sent");
		return -1;
	}
	if (request->is_public)
		return http_check_public(request->origin, e);
	if (text_has_prefix(request->origin, "http:") &&
	    ((way->pin_count > 0) || (way->proxy != NULL))) {
		err_set(e, ERR_USAGE, "use https://",
		    "a pin or a proxy needs an endpoint with https://");
		return -1;
	}
	return http_check_origin(request->origin, e);
}

struct http_call *
http_start(struct http * h, const struct http_request * request,
    const struct http_handlers * handlers, void * cookie, struct err * e)
{
	struct http_call * call = NULL;
	const struct http_way * way =
	    (request->way != NULL) ? request->way : &h->options.way;

	assert(http_has_room(h) && (handlers->on_done != NULL));
	if (check_request(way, request, e) != 0)
		return NULL;
	call = take_call(h, e);
	if (call == NULL)
		return NULL;
	http_call_clear(call);
	call->handlers = handlers;
	call->cookie = cookie;
	call->now = h->options.now;
	call->way = way;
	if (set_request(h, call, request, e) != 0)
		goto fail;
	call->started_at = call->now();
	call->started_ms = clock_monotonic_ms();
	if (curl_multi_add_handle(h->multi, call->curl) != CURLM_OK) {
		err_set(e, ERR_SYSTEM, NULL, "libcurl refuses a request");
		goto fail;
	}
	call->next = h->active;
	h->active = call;
	h->in_flight++;
	return call;

fail:
	give_back(h, call);
	return NULL;
}

/* Report what has ended. */
static void
reap(struct http * h)
{
	CURLMsg * message;
	int left;

	for (;;) {
		struct http_call * call = NULL;
		struct http_result result;
		CURLcode code;

		message = curl_multi_info_read(h->multi, &left);
		if (message == NULL)
			return;
		if (message->msg != CURLMSG_DONE)
			continue;
		code = message->data.result;
		(void)curl_easy_getinfo(
		    message->easy_handle, CURLINFO_PRIVATE, (char **)&call);
		http_call_result(call, code, &result);
		retire(h, call);
		call->handlers->on_done(call->cookie, &result);
		give_back(h, call);
	}
}

int
http_poll(struct http * h, int timeout_ms, struct err * e)
{
	CURLMcode code;
	size_t before = h->in_flight;
	int running = 0;

	code = curl_multi_perform(h->multi, &running);
	if (code != CURLM_OK)
		goto fail;
	reap(h);
	/* Something ended: the caller will want to start something. */
	if (h->in_flight < before)
		timeout_ms = 0;
	code = curl_multi_poll(h->multi, NULL, 0, timeout_ms, NULL);
	if (code != CURLM_OK)
		goto fail;
	code = curl_multi_perform(h->multi, &running);
	if (code != CURLM_OK)
		goto fail;
	reap(h);
	return 0;

fail:
	err_set(e, ERR_SYSTEM, NULL, "libcurl: %s", curl_multi_strerror(code));
	return -1;
}

void
http_resume(struct http_call * call)
{
	(void)curl_easy_pause(call->curl, CURLPAUSE_CONT);
}

void
http_cancel(struct http_call * call)
{
	struct http * h = call->owner;

	retire(h, call);
	give_back(h, call);
}

void
http_wake(struct http * h)
{
	(void)curl_multi_wakeup(h->multi);
}

void
http_free(struct http * h)
{
	if (h == NULL)
		return;
	while (h->active != NULL)
		http_cancel(h->active);
	while (h->spare != NULL) {
		struct http_call * next = h->spare->next;

		free_call(h->spare);
		h->spare = next;
	}
	if (h->multi != NULL) {
		(void)curl_multi_cleanup(h->multi);
		curl_global_cleanup();
	}
	free(h->ca_file);
	free(h);
}
