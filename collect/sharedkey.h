#ifndef COLLECT_SHAREDKEY_H
#define COLLECT_SHAREDKEY_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/secret.h"

/*
 * The SharedKey scheme (x-ms-version 2015-02-21 and later) for requests without
 * a body: an HMAC over
 *
 *	METHOD LF Content-Encoding LF Content-Language LF Content-Length LF
 *	Content-MD5 LF Content-Type LF Date LF If-Modified-Since LF If-Match LF
 *	If-None-Match LF If-Unmodified-Since LF Range LF
 *	each x-ms-* header, lower case, sorted, as name ":" value LF
 *	"/" account path-as-sent
 *	each query name, lower case, sorted, as LF name ":" decoded values
 *
 * and for the table service over
 *
 *	METHOD LF Content-MD5 LF Content-Type LF x-ms-date LF
 *	"/" account path-as-sent [ "?comp=" its value ]
 *
 * Date stays empty since x-ms-date is always sent, Content-Length since there
 * is no body.
 */
#define SHAREDKEY_HEADERS_MAX 64
#define SHAREDKEY_PARAMETERS_MAX 64

/* A request as it will be sent. */
struct sharedkey_request {
	const char * account; /* A trailing "-secondary" is not signed. */
	const char * method;  /* "GET" or "HEAD" */
	const char * path;    /* As sent: percent-encoded, from its "/". */
	const char * query;   /* As sent, without "?"; "" for none. */
	const char * const * headers; /* "name: value", one space at most. */
	size_t header_count;
	bool is_table; /* The table service signs less. */
};

/**
 * sharedkey_string(request, out, e):
 * Append the string to sign for ${request} to ${out}.  Return 0, or -1 with
 * ${e} set.
 */
int sharedkey_string(
    const struct sharedkey_request * request, struct buf * out, struct err * e);

/**
 * sharedkey_sign(request, key, out, e):
 * Append the header line "Authorization: SharedKey ACCOUNT:SIGNATURE" for
 * ${request} under the decoded account key ${key} to ${out}.  Return 0, or -1
 * with ${e} set.
 */
int sharedkey_sign(const struct sharedkey_request * request,
    const struct secret * key, struct buf * out, struct err * e);

#endif
