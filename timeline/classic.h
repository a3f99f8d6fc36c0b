#ifndef TIMELINE_CLASSIC_H
#define TIMELINE_CLASSIC_H

#include <stddef.h>

#include "evidence/buf.h"
#include "evidence/err.h"

/*
 * One line of a classic Storage Analytics log: fields between semicolons, 30 of
 * them in version 1.0 and 38 in 2.0.  What may hold a semicolon or a quote is
 * said to be quoted and HTML-encoded.  Real lines keep to one of the two at a
 * time, so both count: a semicolon separates where an even number of quotes
 * stands before it and it does not end an entity.
 *
 *	https://a.blob.core.windows.net/c?sv=1&amp;sp=r;"/a/c"	entity, no quotes
 *	""0x8D15A2913C934DE""	raw quotes, doubled
 *	"[{"action":"Microsoft.Storage/..."}]"	raw quotes within quotes
 *	"WA-Storage/4.0.1 (.NET CLR 4.0; Win32NT 6.3)"	a semicolon in quotes
 *
 * A line that has another number of fields by this is kept as it is and not
 * read: nobody could say which field is which.
 */
#define CLASSIC_FIELDS_V1 30
#define CLASSIC_FIELDS_V2 38

enum classic_field {
	CLASSIC_VERSION,
	CLASSIC_TIME,
	CLASSIC_OPERATION,
	CLASSIC_STATUS_TEXT,
	CLASSIC_STATUS,
	CLASSIC_LATENCY, /* End to end, in milliseconds. */
	CLASSIC_SERVER_LATENCY,
	CLASSIC_AUTHENTICATION,
	CLASSIC_REQUESTER_ACCOUNT,
	CLASSIC_OWNER_ACCOUNT,
	CLASSIC_SERVICE,
	CLASSIC_URL,
	CLASSIC_OBJECT_KEY,
	CLASSIC_REQUEST_ID,
	CLASSIC_OPERATION_COUNT,
	CLASSIC_ADDRESS,
	CLASSIC_API_VERSION,
	CLASSIC_REQUEST_HEADER_SIZE,
	CLASSIC_REQUEST_SIZE,
	CLASSIC_RESPONSE_HEADER_SIZE,
	CLASSIC_RESPONSE_SIZE,
	CLASSIC_CONTENT_LENGTH,
	CLASSIC_REQUEST_MD5,
	CLASSIC_SERVER_MD5,
	CLASSIC_ETAG,
	CLASSIC_LAST_MODIFIED,
	CLASSIC_CONDITIONS,
	CLASSIC_USER_AGENT,
	CLASSIC_REFERRER,
	CLASSIC_CLIENT_REQUEST_ID,
	CLASSIC_OBJECT_ID, /* From here on in version 2.0 only. */
	CLASSIC_TENANT_ID,
	CLASSIC_APPLICATION_ID,
	CLASSIC_AUDIENCE,
	CLASSIC_ISSUER,
	CLASSIC_UPN,
	CLASSIC_RESERVED,
	CLASSIC_AUTHORIZATION
};

struct classic {
	const char * fields[CLASSIC_FIELDS_V2]; /* NULL: empty, or not there. */
	size_t count;
	struct buf text; /* What they point into. */
};

/**
 * classic_parse(c, line, len, e):
 * Cut the ${len} bytes of ${line}, UTF-8 without a NUL, into the fields of
 * ${c}, whose text is kept for the next line: one pair of quotes off each, and
 * HTML decoded.  c->count is how many there are, which may be more than
 * CLASSIC_FIELDS_V2; fields beyond that are not kept.  Return 0, or -1 with
 * ${e} set.
 */
int classic_parse(
    struct classic * c, const char * line, size_t len, struct err * e);

/**
 * classic_free(c):
 * Release what ${c} holds.
 */
void classic_free(struct classic * c);

#endif
