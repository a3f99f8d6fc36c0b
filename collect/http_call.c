#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "collect/http_call.h"
#include "collect/redact.h"
#include "evidence/clock.h"
#include "evidence/secret.h"

/* ---- What curl calls ----------------------------------------------------- */

/* Whether ${address} can only be this machine. */
static bool
is_loopback(const struct curl_sockaddr * address)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->family == AF_INET) {
		memcpy(&v4, &address->addr, sizeof(v4));
		return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
	}
	if (address->family == AF_INET6) {
		memcpy(&v6, &address->addr, sizeof(v6));
		return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
	}
	return false;
}

/* The last door: plain HTTP leaves this machine never, whatever a name says. */
static curl_socket_t
on_socket(void * cookie, curlsocktype purpose, struct curl_sockaddr * address)
{
	const struct http_call * call = cookie;

	(void)purpose;
	if (call->is_inside && !is_loopback(address))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
	    address->protocol);
}

static enum http_wish
stop(struct http_call * call, enum http_wish wish)
{
	if (wish == HTTP_STOP)
		call->is_stopped = true;
	return wish;
}

/* A status line: a block begins, and what a 1xx block said is forgotten. */
static void
begin_block(struct http_call * call, const char * line, size_t len)
{
	buf_clear(&call->headers);
	call->line_count = 0;
	call->length_lines = 0;
	call->version = 0;
	if ((len >= 8) && (memcmp(line, "HTTP/1.", 7) == 0) &&
	    ((line[7] == '0') || (line[7] == '1')))
		call->version = 10 + (line[7] - '0');
	if (call->first_byte_ms < 0)
		call->first_byte_ms = clock_monotonic_ms() - call->started_ms;
}

/* The empty line: hand a final block out. */
static enum http_wish
end_block(struct http_call * call)
{
	long status = 0;

	(void)curl_easy_getinfo(call->curl, CURLINFO_RESPONSE_CODE, &status);
	if ((status >= 100) && (status < 200))
		return HTTP_GO;
	call->status = (int)status;
	call->headers_at = call->now();
	call->is_in_body = true;
	/* Never reuse a connection on which the end of this is in doubt. */
	if (call->length_lines != 1)
		http_close_after(call);
	http_tls_note(call);
	if (call->handlers->on_headers == NULL)
		return HTTP_GO;
	return stop(call,
	    call->handlers->on_headers(call->cookie, call->status,
		call->version, buf_text(&call->headers), call->headers.len));
}

static bool
is_framing_line(const char * line, size_t len)
{
	static const char * const names[] = { "content-length:",
		"transfer-encoding:" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t name_len = strlen(names[i]);

		if ((len >= name_len) &&
		    (strncasecmp(line, names[i], name_len) == 0))
			return true;
	}
	return false;
}

static size_t
on_header(char * line, size_t size, size_t count, void * cookie)
{
	struct http_call * call = cookie;
	size_t len = size * count;
	struct err e;

	err_init(&e);
	if (call->is_in_body) {
		call->has_trailer = true;
		return len;
	}
	if ((len >= 5) && (memcmp(line, "HTTP/", 5) == 0))
		begin_block(call, line, len);
	if ((len > HTTP_HEADERS_MAX - call->headers.len) ||
	    (call->line_count >= HTTP_HEADER_LINES_MAX) ||
	    (buf_add(&call->headers, line, len, &e) != 0)) {
		call->is_over = true;
		return 0;
	}
	call->line_count++;
	if (is_framing_line(line, len))
		call->length_lines++;
	if ((len > 2) || ((len == 2) && (line[0] != '\r')) ||
	    ((len == 1) && (line[0] != '\n')))
		return len;
	return (end_block(call) == HTTP_STOP) ? 0 : len;
}

static size_t
on_body(char * bytes, size_t size, size_t count, void * cookie)
{
	struct http_call * call = cookie;
	size_t len = size * count;
	enum http_wish wish = HTTP_GO;

	if (!call->takes_any &&
	    ((call->status < 200) || (call->status > 299))) {
		call->error_len += len;
		if (call->error_len <= HTTP_ERROR_BODY_MAX)
			return len;
		call->is_over = true;
		return 0;
	}
	if ((int64_t)len > call->body_max - call->body_len) {
		call->is_over = true;
		return 0;
	}
	if (call->handlers->on_body != NULL)
		wish = stop(call,
		    call->handlers->on_body(
			call->cookie, (const uint8_t *)bytes, len));
	switch (wish) {
	case HTTP_GO:
		call->body_len += (int64_t)len;
		return len;
	case HTTP_PAUSE:
		return CURL_WRITEFUNC_PAUSE;
	case HTTP_STOP:
		return 0;
	}
	return 0;
}

/* ---- Before and after ---------------------------------------------------- */

#define SET(option, value)                                                   \
	if (curl_easy_setopt(call->curl, option, value) != CURLE_OK) {       \
		err_set(e, ERR_BUG, NULL, "libcurl does not know " #option); \
		return -1;                                                   \
	}

/* What must not happen, whatever the answer says. */
static int
set_refusals(struct http_call * call, struct err * e)
{
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_MAXREDIRS, 0L);
	SET(CURLOPT_UNRESTRICTED_AUTH, 0L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOPROXY, "*");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_HTTP09_ALLOWED, 0L);
	SET(CURLOPT_ACCEPT_ENCODING, NULL);
	SET(CURLOPT_HTTP_CONTENT_DECODING, 0L);
	SET(CURLOPT_PATH_AS_IS, 1L);
	SET(CURLOPT_COOKIEFILE, NULL);
	/* Alt-Svc is off unless it is switched on, and cannot be set off. */
	SET(CURLOPT_HSTS_CTRL, 0L);
	SET(CURLOPT_SHARE, NULL);
	SET(CURLOPT_VERBOSE, 0L);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_NOPROGRESS, 1L);
	SET(CURLOPT_FAILONERROR, 0L);
	return 0;
}

static int
set_tls(struct http_call * call, struct err * e)
{
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_OPTIONS, 0L);
	/* Each connection shows its certificates anew. */
	SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
	return 0;
}

int
http_call_set(struct http_call * call, struct err * e)
{
	curl_easy_reset(call->curl);
	if ((set_refusals(call, e) != 0) || (set_tls(call, e) != 0))
		return -1;
	SET(CURLOPT_PRIVATE, (void *)call);
	SET(CURLOPT_ERRORBUFFER, call->trouble);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, (void *)call);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, (void *)call);
	SET(CURLOPT_OPENSOCKETFUNCTION, on_socket);
	SET(CURLOPT_OPENSOCKETDATA, (void *)call);
	SET(CURLOPT_BUFFERSIZE, (long)HTTP_BLOCK_MAX);
	SET(CURLOPT_TCP_NODELAY, 1L);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_DNS_CACHE_TIMEOUT, 60L);
	return 0;
}

void
http_close_after(struct http_call * call)
{
	(void)curl_easy_setopt(call->curl, CURLOPT_FORBID_REUSE, 1L);
}

void
http_call_clear(struct http_call * call)
{
	for (struct curl_slist * at = call->lines; at != NULL; at = at->next)
		secret_wipe(at->data, strlen(at->data));
	curl_slist_free_all(call->lines);
	call->lines = NULL;
	call->handlers = NULL;
	call->cookie = NULL;
	call->is_inside = false;
	call->is_in_body = false;
	call->takes_any = false;
	call->is_stopped = false;
	call->is_over = false;
	call->is_unpinned = false;
	call->has_trailer = false;
	call->status = 0;
	call->version = 0;
	buf_clear(&call->headers);
	call->line_count = 0;
	call->length_lines = 0;
	call->body_len = 0;
	call->error_len = 0;
	call->first_byte_ms = -1;
	call->headers_at = CLOCK_UNKNOWN;
	memset(&call->tls, 0, sizeof(call->tls));
	buf_clear(&call->der);
	call->trouble[0] = '\0';
}

/* ---- How it ended -------------------------------------------------------- */

static const struct {
	CURLcode code;
	enum http_fault fault;
} faults[] = {
	{ CURLE_OK, HTTP_FINE },
	{ CURLE_COULDNT_RESOLVE_HOST, HTTP_NO_HOST },
	{ CURLE_COULDNT_RESOLVE_PROXY, HTTP_NO_HOST },
	{ CURLE_COULDNT_CONNECT, HTTP_NO_CONNECT },
	{ CURLE_OPERATION_TIMEDOUT, HTTP_TIMEOUT },
	{ CURLE_SEND_ERROR, HTTP_BROKEN },
	{ CURLE_RECV_ERROR, HTTP_BROKEN },
	{ CURLE_GOT_NOTHING, HTTP_BROKEN },
	{ CURLE_PARTIAL_FILE, HTTP_SHORT },
	{ CURLE_UNSUPPORTED_PROTOCOL, HTTP_GARBLED },
	{ CURLE_WEIRD_SERVER_REPLY, HTTP_GARBLED },
	{ CURLE_BAD_CONTENT_ENCODING, HTTP_GARBLED },
	{ CURLE_SSL_CONNECT_ERROR, HTTP_TLS },
	{ CURLE_SSL_CIPHER, HTTP_TLS },
	{ CURLE_PEER_FAILED_VERIFICATION, HTTP_CERTIFICATE },
	{ CURLE_SSL_ISSUER_ERROR, HTTP_CERTIFICATE },
	{ CURLE_SSL_CACERT_BADFILE, HTTP_CERTIFICATE },
	{ CURLE_SSL_INVALIDCERTSTATUS, HTTP_CERTIFICATE },
};

/* The proxy's own answer says that asking again is no use. */
static bool
is_refused_by_proxy(const struct http_call * call)
{
	long status = 0;

	if ((call->way == NULL) || (call->way->proxy == NULL))
		return false;
	(void)curl_easy_getinfo(call->curl, CURLINFO_HTTP_CONNECTCODE, &status);
	return (status >= 300) && (status < 500) && (status != 408) &&
	    (status != 429);
}

/*
 * A handshake that the network cut is another thing than one that the peer or
 * we refused: OpenSSL names a reason for the latter.
 */
static bool
is_cut_handshake(const struct http_call * call)
{
	const char * why = strstr(call->trouble, "SSL routines::");

	return (why == NULL) || (strstr(why, "unexpected eof") != NULL);
}

static enum http_fault
fault_of(const struct http_call * call, CURLcode code)
{
	if (call->is_over)
		return HTTP_LIMIT;
	if (call->is_stopped)
		return HTTP_STOPPED;
	if (call->is_unpinned)
		return HTTP_CERTIFICATE;
	if (code == CURLE_OK)
		return HTTP_FINE;
	if (is_refused_by_proxy(call))
		return HTTP_PROXY;
	if ((code == CURLE_SSL_CONNECT_ERROR) && is_cut_handshake(call))
		return HTTP_BROKEN;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		if (faults[i].code == code)
			return faults[i].fault;
	}
	return HTTP_LOCAL;
}

/* Say why in words; curl's own may quote what the peer sent. */
static void
set_text(
    const struct http_call * call, CURLcode code, struct http_result * result)
{
	const char * why = call->trouble;
	struct buf clean = { 0 };
	struct err e;

	err_init(&e);
	if ((why[0] == '\0') || call->is_over || call->is_stopped)
		why = curl_easy_strerror(code);
	if (call->is_unpinned) {
		(void)snprintf(result->text, sizeof(result->text),
		    "no pinned key is in its chain; its own is %s",
		    call->seen_pin);
		return;
	}
	if (call->is_over)
		why = "over a limit";
	else if (call->is_stopped)
		why = "given up by us";
	if (redact_text(&clean, why, strlen(why), &e) == 0)
		(void)snprintf(result->text, sizeof(result->text), "%.*s",
		    (int)sizeof(result->text) - 1, buf_text(&clean));
	buf_free(&clean);
}

static void
set_peer(const struct http_call * call, struct http_result * result)
{
	const char * address = NULL;
	const char * local = NULL;
	long local_port = 0;
	long port = 0;
	long connects = 0;

	(void)curl_easy_getinfo(call->curl, CURLINFO_LOCAL_IP, &local);
	if (local != NULL)
		(void)snprintf(
		    result->local, sizeof(result->local), "%s", local);
	(void)curl_easy_getinfo(call->curl, CURLINFO_LOCAL_PORT, &local_port);
	result->local_port = (int)local_port;
	(void)curl_easy_getinfo(call->curl, CURLINFO_PRIMARY_IP, &address);
	(void)curl_easy_getinfo(call->curl, CURLINFO_PRIMARY_PORT, &port);
	(void)curl_easy_getinfo(call->curl, CURLINFO_NUM_CONNECTS, &connects);
	result->is_new_connection = (connects > 0);
	if ((address != NULL) && (address[0] != '\0'))
		(void)snprintf(result->peer, sizeof(result->peer), "%s%s%s:%ld",
		    (strchr(address, ':') != NULL) ? "[" : "", address,
		    (strchr(address, ':') != NULL) ? "]" : "", port);
}

void
http_call_result(
    struct http_call * call, CURLcode code, struct http_result * result)
{
	memset(result, 0, sizeof(*result));
	result->fault = fault_of(call, code);
	if (result->fault != HTTP_FINE)
		set_text(call, code, result);
	/* Without the end of its block, a status line says nothing. */
	if (call->is_in_body) {
		result->status = call->status;
		result->version = call->version;
		result->headers = buf_text(&call->headers);
		result->headers_len = call->headers.len;
	} else {
		result->headers = "";
	}
	result->has_trailer = call->has_trailer;
	result->body_len = call->body_len;
	result->started_at = call->started_at;
	result->headers_at = call->headers_at;
	result->done_at = call->now();
	result->took_ms = clock_monotonic_ms() - call->started_ms;
	result->first_byte_ms = call->first_byte_ms;
	result->tls = call->tls;
	set_peer(call, result);
}
