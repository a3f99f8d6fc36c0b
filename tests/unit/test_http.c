#define _GNU_SOURCE /* RTLD_NEXT */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collect/http.h"
#include "evidence/clock.h"
#include "tests/unit/unit.h"

/*
 * Every curl_easy_setopt of the transport passes through here on its way to
 * libcurl: the last value of each option stands in the log.
 */
#undef curl_easy_setopt
#define LOG_MAX 64

static struct {
	CURLoption option;
	long number;
	char text[64]; /* "(null)" for NULL. */
} option_log[LOG_MAX];
static size_t option_count;

CURLcode curl_easy_setopt(CURL * curl, CURLoption option, ...);

static size_t
find_option(CURLoption option)
{
	for (size_t i = 0; i < option_count; i++) {
		if (option_log[i].option == option)
			return i;
	}
	return LOG_MAX;
}

CURLcode
curl_easy_setopt(CURL * curl, CURLoption option, ...)
{
	CURLcode (*real)(CURL *, CURLoption, ...);
	void * symbol = dlsym(RTLD_NEXT, "curl_easy_setopt");
	size_t at = find_option(option);
	void * value;
	va_list ap;

	memcpy(&real, &symbol, sizeof(real));
	va_start(ap, option);
	value = va_arg(ap, void *); /* As libcurl's own ABI has it. */
	va_end(ap);
	if ((at == LOG_MAX) && (option_count < LOG_MAX))
		at = option_count++;
	if (at < LOG_MAX) {
		option_log[at].option = option;
		option_log[at].number = (long)(intptr_t)value;
		option_log[at].text[0] = '\0';
		if ((option > CURLOPTTYPE_OBJECTPOINT) &&
		    (option < CURLOPTTYPE_FUNCTIONPOINT))
			(void)snprintf(option_log[at].text,
			    sizeof(option_log[at].text), "%.60s",
			    (value == NULL) ? "(null)" : (char *)value);
	}
	if (option > CURLOPTTYPE_OFF_T)
		return real(curl, option, (curl_off_t)(intptr_t)value);
	if ((option < CURLOPTTYPE_OBJECTPOINT))
		return real(curl, option, (long)(intptr_t)value);
	return real(curl, option, value);
}

/* ---- What it is told ----------------------------------------------------- */

static enum http_fault last_fault;
static int done;

static void
on_done(void * cookie, const struct http_result * result)
{
	(void)cookie;
	last_fault = result->fault;
	done++;
}

static const struct http_handlers handlers = { NULL, NULL, on_done };

static struct http *
new_transport(size_t in_flight, int64_t deadline_ms)
{
	struct http_options options = { .in_flight_max = in_flight,
		.connect_ms = deadline_ms,
		.total_ms = deadline_ms };
	struct err e;

	err_init(&e);
	return http_new(&options, &e);
}

static void
http_sets_every_guard_and_says_so_to_libcurl(void)
{
	static const struct {
		CURLoption option;
		long number;
	} numbers[] = {
		{ CURLOPT_SSL_VERIFYPEER, 1 },
		{ CURLOPT_SSL_VERIFYHOST, 2 },
		{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
		{ CURLOPT_SSL_SESSIONID_CACHE, 0 },
		{ CURLOPT_FOLLOWLOCATION, 0 },
		{ CURLOPT_MAXREDIRS, 0 },
		{ CURLOPT_UNRESTRICTED_AUTH, 0 },
		{ CURLOPT_NETRC, CURL_NETRC_IGNORED },
		{ CURLOPT_PATH_AS_IS, 1 },
		{ CURLOPT_HTTP09_ALLOWED, 0 },
		{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
		{ CURLOPT_HTTP_CONTENT_DECODING, 0 },
		{ CURLOPT_NOSIGNAL, 1 },
		{ CURLOPT_VERBOSE, 0 },
		{ CURLOPT_HSTS_CTRL, 0 },
		{ CURLOPT_CONNECTTIMEOUT_MS, 5000 },
		{ CURLOPT_TIMEOUT_MS, 5000 },
		{ CURLOPT_LOW_SPEED_LIMIT, 1024 },
		{ CURLOPT_LOW_SPEED_TIME, 30 },
	};
	static const struct {
		CURLoption option;
		const char * text;
	} texts[] = {
		{ CURLOPT_PROXY, "" },
		{ CURLOPT_NOPROXY, "*" },
		{ CURLOPT_PROTOCOLS_STR, "https" },
		{ CURLOPT_REDIR_PROTOCOLS_STR, "https" },
		{ CURLOPT_ACCEPT_ENCODING, "(null)" },
		{ CURLOPT_COOKIEFILE, "(null)" },
		{ CURLOPT_SHARE, "(null)" },
	};
	struct http_request request = { .origin = "https://127.0.0.1:1",
		.target = "/x" };
	struct http * h = new_transport(1, 5000);
	struct err e;

	err_init(&e);
	EXPECT(http_start(h, &request, &handlers, NULL, &e) != NULL);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		size_t at = find_option(numbers[i].option);

		EXPECT(at != LOG_MAX);
		if ((at != LOG_MAX) &&
		    (option_log[at].number != numbers[i].number)) {
			unit_bad = 1;
			(void)printf("# option %d is %ld\n",
			    (int)numbers[i].option, option_log[at].number);
		}
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t at = find_option(texts[i].option);

		EXPECT(at != LOG_MAX);
		if (at != LOG_MAX)
			EXPECT_TEXT(option_log[at].text, texts[i].text);
	}
	/* And none of those that open a side door. */
	EXPECT(find_option(CURLOPT_CAPATH) == LOG_MAX);
	EXPECT(find_option(CURLOPT_COOKIEJAR) == LOG_MAX);
	EXPECT(find_option(CURLOPT_ALTSVC) == LOG_MAX);
	EXPECT(find_option(CURLOPT_HSTS) == LOG_MAX);
	EXPECT(find_option(CURLOPT_RESOLVE) == LOG_MAX);
	EXPECT(find_option(CURLOPT_USERPWD) == LOG_MAX);
	EXPECT(option_count < LOG_MAX);
	http_free(h);
}

static void
http_refuses_requests_that_must_not_be_sent(void)
{
	static const struct {
		const char * origin;
		const char * target;
		const char * header;
	} bad[] = {
		{ "https://h", "x", NULL },
		{ "https://h", "", NULL },
		{ "https://h", "/a b", NULL },
		{ "https://h", "/a\r\nX: y", NULL },
		{ "https://h", "/a#b", NULL },
		{ "https://h", "/\xC3\xA9", NULL },
		{ "https://h", "/", "A: b\r\nC: d" },
		{ "https://h", "/", "A: \xC3\xA9" },
		{ "https://h", "/", "" },
		{ "http://h", "/", NULL },
		{ "https://h/p", "/", NULL },
		{ "file://", "/etc/passwd", NULL },
		{ "gopher://127.0.0.1", "/", NULL },
		{ "", "/", NULL },
	};
	struct http * h = new_transport(1, 5000);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct http_request request = { .origin = bad[i].origin,
			.target = bad[i].target,
			.headers = &bad[i].header,
			.header_count = (bad[i].header == NULL) ? 0 : 1 };
		struct err e;

		err_init(&e);
		EXPECT(http_start(h, &request, &handlers, NULL, &e) == NULL);
		EXPECT(e.kind != ERR_NONE);
		EXPECT(http_in_flight(h) == 0);
	}
	http_free(h);
}

/* ---- How it runs --------------------------------------------------------- */

static void *
wake_soon(void * cookie)
{
	(void)usleep(100000);
	http_wake(cookie);
	return NULL;
}

static void
http_poll_waits_and_wakes_up_from_another_thread(void)
{
	struct http * h = new_transport(2, 5000);
	int64_t begun = clock_monotonic_ms();
	pthread_t thread;
	struct err e;

	err_init(&e);
	EXPECT(http_poll(h, 200, &e) == 0);
	EXPECT(clock_monotonic_ms() - begun >= 190);
	EXPECT(pthread_create(&thread, NULL, wake_soon, h) == 0);
	begun = clock_monotonic_ms();
	EXPECT(http_poll(h, 20000, &e) == 0);
	EXPECT(clock_monotonic_ms() - begun < 10000);
	(void)pthread_join(thread, NULL);
	http_free(h);
}

/* A port on loopback; with a listener that never answers if ${fd}. */
static int
take_port(int * fd)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*fd = socket(AF_INET, SOCK_STREAM, 0);
	EXPECT(bind(*fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	EXPECT(getsockname(*fd, (struct sockaddr *)&at, &len) == 0);
	return ntohs(at.sin_port);
}

static void
http_calls_end_by_refusal_by_deadline_and_by_cancelling(void)
{
	struct http * h = new_transport(2, 500);
	struct http_request request = { .target = "/x" };
	struct http_call * call;
	char origin[64];
	struct err e;
	int64_t begun;
	int fd;

	err_init(&e);
	(void)snprintf(
	    origin, sizeof(origin), "http://127.0.0.1:%d", take_port(&fd));
	request.origin = origin;
	/* Bound, and not listening. */
	done = 0;
	EXPECT(http_start(h, &request, &handlers, NULL, &e) != NULL);
	for (int i = 0; (i < 100) && (done == 0); i++)
		EXPECT(http_poll(h, 50, &e) == 0);
	EXPECT(done == 1);
	EXPECT(last_fault == HTTP_NO_CONNECT);
	/* Listening, and silent. */
	EXPECT(listen(fd, 5) == 0);
	begun = clock_monotonic_ms();
	EXPECT(http_start(h, &request, &handlers, NULL, &e) != NULL);
	call = http_start(h, &request, &handlers, NULL, &e);
	EXPECT(call != NULL);
	EXPECT(!http_has_room(h));
	EXPECT(http_poll(h, 50, &e) == 0);
	http_cancel(call);
	EXPECT(http_in_flight(h) == 1);
	for (int i = 0; (i < 100) && (done == 1); i++)
		EXPECT(http_poll(h, 50, &e) == 0);
	EXPECT(done == 2);
	EXPECT(last_fault == HTTP_TIMEOUT);
	EXPECT(clock_monotonic_ms() - begun < 5000);
	/* One is left in flight: http_free must cope. */
	EXPECT(http_start(h, &request, &handlers, NULL, &e) != NULL);
	EXPECT(http_poll(h, 10, &e) == 0);
	http_free(h);
	EXPECT(done == 2);
	(void)close(fd);
}

int
main(void)
{
	RUN(http_sets_every_guard_and_says_so_to_libcurl);
	RUN(http_refuses_requests_that_must_not_be_sent);
	RUN(http_poll_waits_and_wakes_up_from_another_thread);
	RUN(http_calls_end_by_refusal_by_deadline_and_by_cancelling);
	return unit_failed;
}
