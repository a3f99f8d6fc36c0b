#ifndef COLLECT_HTTP_H
#define COLLECT_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/secret.h"

/*
 * HTTP and HTTPS requests, many in flight on one thread; together with its own
 * http_*.c the only module that includes <curl/curl.h> or <openssl/ssl.h>.
 *
 * What it never does: follow a redirect, use a proxy that was not named to it,
 * a .netrc, cookies or a cache, undo a Content-Encoding, change a path, speak HTTP to anything but a
 * loopback address unless a request allows it, go on without verifying the
 * peer's certificate and name, or say a whole request target in an error.
 *
 * All calls are made on one thread, http_wake excepted.  Callbacks run inside
 * http_poll (and http_resume); they may call http_start, http_resume and
 * http_close_after, but not http_poll, http_cancel or http_free.
 */
#define HTTP_IN_FLIGHT_MAX 256
#define HTTP_ORIGIN_MAX 300   /* Bytes of "https://host:port". */
#define HTTP_TARGET_MAX 65536 /* Bytes of a path and query. */
#define HTTP_REQUEST_HEADERS_MAX 32
#define HTTP_HEADERS_MAX 65536 /* Bytes of an answer's header block. */
#define HTTP_HEADER_LINES_MAX 256
#define HTTP_BLOCK_MAX 262144     /* Bytes of a body block handed out. */
#define HTTP_ERROR_BODY_MAX 65536 /* Of a body that is thrown away. */
#define HTTP_CERTIFICATES_MAX 10
#define HTTP_CERTIFICATE_MAX 65536 /* Bytes of one in DER. */
#define HTTP_TEXT_SIZE 256
#define HTTP_PINS_MAX 16
#define HTTP_SENT_MAX 4096  /* Bytes of a body that is sent. */
#define HTTP_LOGIN_MAX 1024 /* Bytes of a proxy's "USER:PASSWORD". */
#define HTTP_PIN_SIZE 64    /* Bytes of "sha256//" BASE64 and a NUL. */

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST /* Of a body; to whom the operator named alone. */
};

/* Why a transfer did not come to its end. */
enum http_fault {
	HTTP_FINE,        /* It did; nothing is said about the answer. */
	HTTP_NO_HOST,     /* The name could not be resolved. */
	HTTP_NO_CONNECT,  /* Refused, unreachable. */
	HTTP_TIMEOUT,     /* Connecting, too slow, or over the deadline. */
	HTTP_BROKEN,      /* The connection was reset or closed mid-way. */
	HTTP_SHORT,       /* The body ended before its stated end. */
	HTTP_GARBLED,     /* Not HTTP/1.x as it must be. */
	HTTP_TLS,         /* The handshake failed. */
	HTTP_CERTIFICATE, /* The peer is not who it must be. */
	HTTP_PROXY,       /* The proxy refuses to pass it on. */
	HTTP_LIMIT,       /* Over a limit: header block, lines, body_max. */
	HTTP_STOPPED,     /* A callback said HTTP_STOP. */
	HTTP_LOCAL        /* Memory or another trouble of this machine. */
};

/* What a callback wants. */
enum http_wish {
	HTTP_GO,
	HTTP_PAUSE, /* on_body: not taken; given again after http_resume. */
	HTTP_STOP   /* Give the transfer up and close its connection. */
};

struct http_certificate {
	const uint8_t * der;
	size_t len;
};

/* The TLS session an answer came through; empty texts without TLS. */
struct http_tls {
	char protocol[16]; /* "TLSv1.3" */
	char cipher[64];
	struct http_certificate chain[HTTP_CERTIFICATES_MAX]; /* Leaf first. */
	size_t chain_len;
};

/* How a transfer ended.  All of it is valid during on_done only. */
struct http_result {
	enum http_fault fault;
	char text[HTTP_TEXT_SIZE]; /* Why, without secrets; "" if fine. */
	int status;                /* 0 if no status line came. */
	int version;               /* 10, 11; 0 if no status line came. */
	const char * headers; /* Raw lines of the final block, CRLF kept. */
	size_t headers_len;
	bool has_trailer;   /* Header lines came after the body. */
	int64_t body_len;   /* Bytes that were handed out. */
	int64_t started_at; /* By options.now. */
	int64_t headers_at; /* CLOCK_UNKNOWN if none came. */
	int64_t done_at;
	int64_t took_ms;
	int64_t first_byte_ms; /* From start; -1 if none came. */
	bool is_new_connection;
	char peer[64];  /* Address and port; of the proxy, if there is one. */
	char local[64]; /* Our own address, without a port ... */
	int local_port; /* ... and that; 0 without a connection. */
	struct http_tls tls;
};

/* Called with ${cookie} of the call; on_headers and on_body may be NULL. */
struct http_handlers {
	/* The final header block is there: status, version, raw lines. */
	enum http_wish (*on_headers)(void * cookie, int status, int version,
	    const char * headers, size_t len);
	/* Up to HTTP_BLOCK_MAX bytes of the body of a 2xx; that of any other
	 * status is thrown away here, so that it cannot pass for a blob's,
	 * unless the request takes_any. */
	enum http_wish (*on_body)(
	    void * cookie, const uint8_t * bytes, size_t len);
	/* The call is over; its handle is not valid after this returns. */
	void (*on_done)(void * cookie, const struct http_result * result);
};

/* How a service is reached, and who it must prove to be. */
struct http_way {
	const char * ca_file; /* --tls-ca; NULL: the system's. */
	/* SHA-256 of public keys, one of which must be in the peer's chain. */
	const uint8_t (*pins)[DIGEST_SHA256_LEN];
	size_t pin_count;
	const char * proxy;                /* "http://HOST:PORT"; NULL: none. */
	const struct secret * proxy_login; /* "USER:PASSWORD"; NULL: none. */
};

struct http_options {
	struct http_way way;       /* Of requests that name none. */
	size_t in_flight_max;      /* 1 to HTTP_IN_FLIGHT_MAX */
	int64_t connect_ms;        /* Each 0: the default beside it. */
	int64_t low_speed_bytes;   /* 1024 a second over ... */
	int64_t low_speed_seconds; /* ... 30 seconds; connect_ms 15000 */
	int64_t total_ms;          /* 900000; azcopy's 15 minutes a try */
	int64_t bytes_per_second;  /* A cap on each transfer; 0: none. */
	int64_t (*now)(void);      /* NULL: clock_now */
};

struct http_request {
	enum http_method method;
	const char * origin;          /* "https://host[:port]", no path. */
	const char * target;          /* Path and query, sent as it is. */
	const char * const * headers; /* "Name: value" lines. */
	size_t header_count;
	/* NULL: that of the options.  Borrowed until on_done; all requests to
	 * one origin go the same way, since they share connections. */
	const struct http_way * way;
	const void * body; /* HTTP_POST: what is sent, copied; else NULL. */
	size_t body_len;
	int64_t body_max; /* More bytes than this are HTTP_LIMIT. */
	int64_t total_ms; /* 0: as in the options. */
	bool is_fresh;    /* On a connection of its own. */
	bool is_public;   /* Nothing in it is secret, and the answer proves
			   * itself: plain HTTP may leave this machine. */
	bool takes_any;   /* The body of any status is handed out. */
};

struct http;      /* A transport: connections and what is in flight. */
struct http_call; /* One request in flight. */

/**
 * http_check_origin(origin, e):
 * Check that ${origin} is "https://host[:port]", or "http://" and a loopback
 * host (localhost, 127.0.0.0/8, [::1]), with nothing behind it.  Return 0, or
 * -1 with ${e} set.
 */
int http_check_origin(const char * origin, struct err * e);

/**
 * http_check_public(origin, e):
 * As http_check_origin, but any host will do with "http://".
 */
int http_check_public(const char * origin, struct err * e);

/**
 * http_parse_pin(text, pin, e):
 * Read ${text}, the SHA-256 of a public key as it stands in a certificate
 * (SubjectPublicKeyInfo), 64 hex digits or base64 with or without "sha256//",
 * into ${pin}.  Return 0, or -1 with ${e} set.
 */
int http_parse_pin(
    const char * text, uint8_t pin[DIGEST_SHA256_LEN], struct err * e);

/**
 * http_check_proxy(proxy, e):
 * Check that ${proxy} is "http://HOST:PORT" and no more: no name, no password.
 * Return 0, or -1 with ${e} set.
 */
int http_check_proxy(const char * proxy, struct err * e);

/**
 * http_new(options, e):
 * Return a transport that the caller frees with http_free, or NULL with ${e}
 * set.  ${options} is borrowed for the call only, what it points at until
 * http_free.
 */
struct http * http_new(const struct http_options * options, struct err * e);

/**
 * http_has_room(h):
 * Return whether http_start may be called: fewer than in_flight_max in flight.
 */
bool http_has_room(const struct http * h);

/**
 * http_in_flight(h):
 * Return how many calls are in flight.
 */
size_t http_in_flight(const struct http * h);

/**
 * http_start(h, request, handlers, cookie, e):
 * Put ${request} in flight; it is copied.  ${handlers} and ${cookie} are
 * borrowed until on_done.  Return its handle, valid until on_done returns, or
 * NULL with ${e} set and no callback made.
 */
struct http_call * http_start(struct http * h,
    const struct http_request * request, const struct http_handlers * handlers,
    void * cookie, struct err * e);

/**
 * http_poll(h, timeout_ms, e):
 * Move what can be moved, wait for at most ${timeout_ms} if nothing can, and
 * make the callbacks.  Return 0, or -1 with ${e} set if the transport itself
 * is broken (a failed request is no failure of this).
 */
int http_poll(struct http * h, int timeout_ms, struct err * e);

/**
 * http_resume(call):
 * Let ${call}, which on_body paused, go on.  Callbacks may be made before this
 * returns, on_done not among them.
 */
void http_resume(struct http_call * call);

/**
 * http_close_after(call):
 * Never use the connection of ${call} for another request: what came through
 * it is not trusted to have ended where it says.  Only in on_headers and
 * on_body: by on_done the connection is free for others already.
 */
void http_close_after(struct http_call * call);

/**
 * http_cancel(call):
 * Give ${call} up and close its connection, without a further callback.
 */
void http_cancel(struct http_call * call);

/**
 * http_wake(h):
 * Let a running or the next http_poll return at once; from any thread.
 */
void http_wake(struct http * h);

/**
 * http_fault_text(fault):
 * Return the word for ${fault} in documents: "no-host", "timeout", ...
 */
const char * http_fault_text(enum http_fault fault);

/**
 * http_version_text():
 * Return the names and versions of the libraries below, for tool.json.
 */
const char * http_version_text(void);

/**
 * http_free(h):
 * Cancel what is in flight and release ${h}; NULL is fine.
 */
void http_free(struct http * h);

#endif
