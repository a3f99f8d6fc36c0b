#ifndef COLLECT_HTTP_CALL_H
#define COLLECT_HTTP_CALL_H

#include <curl/curl.h>

#include "collect/http.h"
#include "evidence/buf.h"

/*
 * The inside of the transport, for http.c, http_call.c and http_tls.c only:
 * one request and what came of it so far.
 *
 * States of a call and who moves it on:
 *
 *	free      in http.spare              http_start -> waiting
 *	waiting   curl has it, no headers    on_header -> headers
 *	headers   a block is being read      on_header (empty line) -> body
 *	body      final block handed out     curl -> done; a new status line
 *	                                     after a 1xx goes back to headers
 *	done      on_done was called         http.c -> free
 */
struct http_call {
	struct http * owner;
	struct http_call * next; /* In the list it is in. */
	CURL * curl;
	struct curl_slist * lines; /* Of the request. */
	const struct http_handlers * handlers;
	void * cookie;
	bool is_inside; /* Plain HTTP that must stay on loopback. */
	bool is_in_body;
	bool takes_any;  /* The body of whatever status. */
	bool is_stopped; /* A callback said so. */
	bool is_over;    /* A limit was passed. */
	bool has_trailer;
	int status;
	int version;
	struct buf headers;
	size_t line_count;
	int length_lines; /* Content-Length and Transfer-Encoding lines. */
	int64_t body_max;
	int64_t body_len;
	size_t error_len;
	int64_t started_ms;
	int64_t first_byte_ms;
	int64_t started_at;
	int64_t headers_at;
	int64_t (*now)(void);
	struct http_tls tls; /* Chain points into der. */
	struct buf der;
	char trouble[CURL_ERROR_SIZE];
	const struct http_way * way;
	bool is_unpinned;             /* No pinned key is in the chain. */
	char seen_pin[HTTP_PIN_SIZE]; /* Of the peer's own key. */
};

/**
 * http_call_set(call, e):
 * Set every option of ${call}'s curl handle that is the same for each request.
 * Return 0, or -1 with ${e} set.
 */
int http_call_set(struct http_call * call, struct err * e);

/**
 * http_call_clear(call):
 * Forget the request and the answer of ${call}, and wipe what of the request
 * is here.
 */
void http_call_clear(struct http_call * call);

/**
 * http_call_result(call, code, result):
 * Write ${result} from ${call} and what curl said of it, ${code}.
 */
void http_call_result(
    struct http_call * call, CURLcode code, struct http_result * result);

/**
 * http_tls_note(call):
 * Keep the protocol, the cipher and the certificates of the connection that
 * ${call} runs on; nothing without TLS.  Only while curl holds the connection.
 */
void http_tls_note(struct http_call * call);

/**
 * http_tls_pin(call, e):
 * Let the handshakes of ${call} fail unless one of the pinned keys is in the
 * chain that was verified.  Return 0, or -1 with ${e} set.
 */
int http_tls_pin(struct http_call * call, struct err * e);

#endif
