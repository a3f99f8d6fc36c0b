#include "collect/response_check.h"

static const char * const outcome_texts[] = {
	[RESPONSE_OK] = "ok",
	[RESPONSE_RETRY] = "retry",
	[RESPONSE_GAP] = "gap",
	[RESPONSE_CHANGED] = "changed",
	[RESPONSE_EXPIRED] = "expired",
	[RESPONSE_DENIED] = "denied",
	[RESPONSE_STOP] = "stop",
};

/* The word, and the reason of the gap it becomes when nothing helps. */
static const struct {
	const char * text;
	enum gap_reason gap;
} reasons[RESPONSE_REASON_COUNT] = {
	[RESPONSE_FINE] = { "fine", GAP_ANSWER },
	[RESPONSE_NETWORK] = { "network", GAP_UNREACHABLE },
	[RESPONSE_TIMEOUT] = { "timeout", GAP_UNREACHABLE },
	[RESPONSE_TLS] = { "tls", GAP_UNREACHABLE },
	[RESPONSE_CERTIFICATE] = { "certificate", GAP_UNREACHABLE },
	[RESPONSE_SHORT_BODY] = { "short-body", GAP_LENGTH },
	[RESPONSE_WRONG_LENGTH] = { "wrong-length", GAP_LENGTH },
	[RESPONSE_BAD_FRAMING] = { "bad-framing", GAP_ANSWER },
	[RESPONSE_BAD_RANGE] = { "bad-range", GAP_ANSWER },
	[RESPONSE_BAD_DIGEST] = { "bad-digest", GAP_DIGEST },
	[RESPONSE_BAD_HEADER] = { "bad-header", GAP_ANSWER },
	[RESPONSE_CROSSED] = { "crossed", GAP_ANSWER },
	[RESPONSE_WRONG_TYPE] = { "wrong-type", GAP_CHANGED },
	[RESPONSE_WRONG_STATUS] = { "wrong-status", GAP_ANSWER },
	[RESPONSE_REDIRECT] = { "redirect", GAP_ANSWER },
	[RESPONSE_BAD_REQUEST] = { "bad-request", GAP_ANSWER },
	[RESPONSE_NOT_ALLOWED] = { "not-allowed", GAP_DENIED },
	[RESPONSE_SKEWED] = { "skewed", GAP_DENIED },
	[RESPONSE_PAST_END] = { "past-end", GAP_DENIED },
	[RESPONSE_KEY_REVOKED] = { "key-revoked", GAP_CUSTOMER_KEY },
	[RESPONSE_NOT_FOUND] = { "not-found", GAP_GONE },
	[RESPONSE_GONE] = { "gone", GAP_REMOVED },
	[RESPONSE_ARCHIVED] = { "archived", GAP_ARCHIVED },
	[RESPONSE_LEASED] = { "leased", GAP_LEASED },
	[RESPONSE_CONFLICT] = { "conflict", GAP_ANSWER },
	[RESPONSE_PRECONDITION] = { "precondition", GAP_CHANGED },
	[RESPONSE_SHRUNK] = { "shrunk", GAP_CHANGED },
	[RESPONSE_BUSY] = { "busy", GAP_UNREACHABLE },
	[RESPONSE_SERVER_ERROR] = { "server-error", GAP_UNREACHABLE },
	[RESPONSE_LIMIT] = { "limit", GAP_TOO_LARGE },
	[RESPONSE_INTERRUPTED] = { "interrupted", GAP_STOPPED },
	[RESPONSE_LOCAL] = { "local", GAP_STOPPED },
};

const char *
response_outcome_text(enum response_outcome outcome)
{
	return outcome_texts[outcome];
}

const char *
response_reason_text(enum response_reason reason)
{
	return reasons[reason].text;
}

enum gap_reason
response_gap_reason(enum response_reason reason)
{
	return reasons[reason].gap;
}

const char *
response_digest_text(enum response_digest digest)
{
	switch (digest) {
	case RESPONSE_DIGEST_ABSENT:
		return "absent";
	case RESPONSE_DIGEST_MATCHED:
		return "matched";
	case RESPONSE_DIGEST_MISMATCHED:
		return "mismatched";
	}
	return "absent";
}
