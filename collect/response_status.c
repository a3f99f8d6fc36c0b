#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/redact.h"
#include "collect/refusal.h"
#include "collect/response_status.h"
#include "collect/retry.h"
#include "evidence/clock.h"
#include "evidence/text.h"

#define SKEW_MAX (900 * CLOCK_TICKS_PER_SECOND) /* Azure's own allowance. */

void
response_say(struct response_verdict * verdict, enum response_outcome outcome,
    enum response_reason reason, const char * fmt, ...)
{
	char text[RESPONSE_TEXT_SIZE];
	struct buf clean = { 0 };
	struct err e;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/*
	 * Foreign text in it is made printable by err_set; a peer that gives
	 * our own signature back does not get it printed.
	 */
	err_init(&e);
	if (redact_text(&clean, text, strlen(text), &e) == 0)
		err_set(&e, ERR_REMOTE, NULL, "%s", buf_text(&clean));
	buf_free(&clean);
	verdict->outcome = outcome;
	verdict->reason = reason;
	(void)snprintf(verdict->text, sizeof(verdict->text), "%.*s",
	    (int)sizeof(verdict->text) - 1, e.text);
}

/* The first row that fits decides; "" fits each code, and so does a prefix. */
static const struct {
	int status;
	const char * code;
	enum response_outcome outcome;
	enum response_reason reason;
} statuses[] = {
	{ 400, "InvalidAuthenticationInfo", RESPONSE_DENIED,
	    RESPONSE_NOT_ALLOWED },
	{ 401, "", RESPONSE_DENIED, RESPONSE_NOT_ALLOWED },
	{ 403, "KeyVault", RESPONSE_GAP, RESPONSE_KEY_REVOKED },
	{ 403, "", RESPONSE_DENIED, RESPONSE_NOT_ALLOWED },
	{ 404, "", RESPONSE_GAP, RESPONSE_NOT_FOUND },
	{ 408, "", RESPONSE_RETRY, RESPONSE_BUSY },
	{ 409, "BlobArchived", RESPONSE_GAP, RESPONSE_ARCHIVED },
	{ 409, "BlobBeingRehydrated", RESPONSE_GAP, RESPONSE_ARCHIVED },
	{ 409, "BlobUsesCustomerSpecifiedEncryption", RESPONSE_GAP,
	    RESPONSE_KEY_REVOKED },
	{ 409, "KeyVault", RESPONSE_GAP, RESPONSE_KEY_REVOKED },
	{ 409, "Lease", RESPONSE_GAP, RESPONSE_LEASED },
	{ 409, "PublicAccessNotPermitted", RESPONSE_DENIED,
	    RESPONSE_NOT_ALLOWED },
	{ 409, "ContainerBeingDeleted", RESPONSE_GAP, RESPONSE_GONE },
	{ 409, "", RESPONSE_GAP, RESPONSE_CONFLICT },
	{ 410, "", RESPONSE_GAP, RESPONSE_GONE },
	{ 412, "Lease", RESPONSE_GAP, RESPONSE_LEASED },
	{ 412, "", RESPONSE_CHANGED, RESPONSE_PRECONDITION },
	{ 416, "", RESPONSE_CHANGED, RESPONSE_SHRUNK },
	{ 429, "", RESPONSE_RETRY, RESPONSE_BUSY },
	{ 503, "", RESPONSE_RETRY, RESPONSE_BUSY },
	{ 501, "", RESPONSE_GAP, RESPONSE_BAD_REQUEST },
	{ 505, "", RESPONSE_GAP, RESPONSE_BAD_REQUEST },
};

/* A refusal, seen again with the credential's end and both clocks at hand. */
static void
refine_denied(const struct response_asked * asked, int status,
    const struct response_headers * h, struct response_verdict * v)
{
	int64_t theirs = CLOCK_UNKNOWN;
	struct err e;

	err_init(&e);
	if (clock_parse_http(h->date, &theirs, &e) != 0)
		theirs = asked->now;
	if ((asked->credential_ends != CLOCK_UNKNOWN) &&
	    (theirs >= asked->credential_ends)) {
		response_say(v, RESPONSE_EXPIRED, RESPONSE_PAST_END,
		    "the credential has expired (%.64s)", h->error_code);
		return;
	}
	if ((theirs - asked->now > SKEW_MAX) ||
	    (asked->now - theirs > SKEW_MAX))
		response_say(v, RESPONSE_DENIED, RESPONSE_SKEWED,
		    "refused (%.64s): this machine's clock is %lld seconds %s "
		    "the service's, more than the 15 minutes it allows; set it",
		    h->error_code,
		    (long long)(llabs(theirs - asked->now) /
			CLOCK_TICKS_PER_SECOND),
		    (theirs > asked->now) ? "behind" : "ahead of");
	else if (refusal_words(h->error_code)[0] != '\0')
		response_say(v, v->outcome, v->reason, "status %d %.64s: %s",
		    status, h->error_code, refusal_words(h->error_code));
}

static void
set_by_status(int status, const char * code, struct response_verdict * v)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if ((statuses[i].status != status) ||
		    !text_has_prefix(code, statuses[i].code))
			continue;
		v->outcome = statuses[i].outcome;
		v->reason = statuses[i].reason;
		return;
	}
	v->outcome = RESPONSE_RETRY;
	v->reason = RESPONSE_WRONG_STATUS;
	if ((status >= 300) && (status < 400) && (status != 304)) {
		v->outcome = RESPONSE_GAP;
		v->reason = RESPONSE_REDIRECT;
	} else if ((status >= 400) && (status < 500)) {
		v->outcome = RESPONSE_GAP;
		v->reason = RESPONSE_BAD_REQUEST;
	} else if ((status >= 500) && (status < 600)) {
		v->reason = RESPONSE_SERVER_ERROR;
	}
}

/*
 * Whatever is final is believed of the service alone, which signs each answer
 * with a request id; a proxy or a captive portal does not.  A 400 may come from
 * the service's front, which does not either, and a redirect is final anyway.
 */
static bool
is_hearsay(const struct response_headers * h, const struct response_verdict * v)
{
	if (h->request_id[0] != '\0')
		return false;
	switch (v->outcome) {
	case RESPONSE_OK:
	case RESPONSE_RETRY:
		return false;
	case RESPONSE_GAP:
		return (v->reason != RESPONSE_BAD_REQUEST) &&
		    (v->reason != RESPONSE_REDIRECT);
	case RESPONSE_CHANGED:
	case RESPONSE_EXPIRED:
	case RESPONSE_DENIED:
	case RESPONSE_STOP:
		return true;
	}
	return true;
}

void
response_judge_status(const struct response_asked * asked,
    const struct response_came * came, struct response_verdict * v)
{
	const struct response_headers * h = came->headers;

	set_by_status(came->status, h->error_code, v);
	response_say(v, v->outcome, v->reason, "status %d%s%.64s", came->status,
	    (h->error_code[0] != '\0') ? " " : "", h->error_code);
	/* A listing is in no state that could be another one. */
	if ((v->outcome == RESPONSE_CHANGED) &&
	    (asked->operation == RESPONSE_LIST))
		response_say(v, RESPONSE_RETRY, RESPONSE_WRONG_STATUS,
		    "status %d to a listing", came->status);
	if (is_hearsay(h, v)) {
		response_say(v, RESPONSE_RETRY, RESPONSE_BAD_HEADER,
		    "status %d without x-ms-request-id: not from the service",
		    came->status);
		return;
	}
	if (v->outcome == RESPONSE_DENIED)
		refine_denied(asked, came->status, h, v);
	if (v->outcome == RESPONSE_RETRY)
		(void)retry_parse_after(
		    h->retry_after, h->date, &v->retry_after_ms);
}
