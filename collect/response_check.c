#include <string.h>

#include "collect/crc64.h"
#include "collect/response_check.h"
#include "collect/response_status.h"
#include "evidence/digest.h"
#include "evidence/text.h"

/*
 * The order of judging: (1) can the header block be understood in one way
 * only, (2) is it the answer to this request, (3) what does its status say,
 * (4) is it the answer that was asked for, (5) did the transfer end well and
 * is the body all of it.
 * Each step ends the judging when it has something to say.  A status that is
 * an error is believed even if the rest of that answer was cut off, since
 * nothing of it is kept.
 */

/* ---- A transfer that did not come to its end ---------------------------- */

static const struct {
	enum response_outcome outcome;
	enum response_reason reason;
} faults[] = {
	[HTTP_FINE] = { RESPONSE_OK, RESPONSE_FINE },
	[HTTP_NO_HOST] = { RESPONSE_RETRY, RESPONSE_NETWORK },
	[HTTP_NO_CONNECT] = { RESPONSE_RETRY, RESPONSE_NETWORK },
	[HTTP_TIMEOUT] = { RESPONSE_RETRY, RESPONSE_TIMEOUT },
	[HTTP_BROKEN] = { RESPONSE_RETRY, RESPONSE_NETWORK },
	[HTTP_SHORT] = { RESPONSE_RETRY, RESPONSE_SHORT_BODY },
	[HTTP_GARBLED] = { RESPONSE_RETRY, RESPONSE_BAD_FRAMING },
	[HTTP_TLS] = { RESPONSE_RETRY, RESPONSE_TLS },
	[HTTP_CERTIFICATE] = { RESPONSE_STOP, RESPONSE_CERTIFICATE },
	[HTTP_PROXY] = { RESPONSE_STOP, RESPONSE_NETWORK },
	[HTTP_LIMIT] = { RESPONSE_RETRY, RESPONSE_LIMIT },
	[HTTP_STOPPED] = { RESPONSE_RETRY, RESPONSE_INTERRUPTED },
	[HTTP_LOCAL] = { RESPONSE_RETRY, RESPONSE_LOCAL },
};

static void
judge_fault(const struct response_came * came, struct response_verdict * v)
{
	const char * why = came->fault_text;

	if ((why == NULL) || (why[0] == '\0'))
		why = http_fault_text(came->fault);
	response_say(v, faults[came->fault].outcome, faults[came->fault].reason,
	    "%s", why);
	v->is_connection_bad = true;
}

/* ---- Whether the header block can be understood in one way only --------- */

static bool
judge_framing(const struct response_came * came, struct response_verdict * v)
{
	const struct response_headers * h = came->headers;
	const char * why = NULL;

	if (came->version != 11)
		why = "not HTTP/1.1";
	else if (h->is_ambiguous)
		why = h->ambiguity;
	else if ((h->length_count > 0) && (h->encoding_count > 0))
		why = "both Content-Length and Transfer-Encoding";
	else if ((h->length_count > 0) && (h->content_length < 0))
		why = "a Content-Length that is no length";
	else if ((h->encoding_count > 0) && !h->is_chunked)
		why = "a Transfer-Encoding that is not chunked";
	else if (came->has_trailer)
		why = "header lines after the body";
	if (why == NULL)
		return true;
	response_say(v, RESPONSE_RETRY, RESPONSE_BAD_FRAMING,
	    "an answer that can be read in two ways: %s", why);
	v->is_connection_bad = true;
	return false;
}

static bool
judge_request_id(const struct response_asked * asked,
    const struct response_headers * h, struct response_verdict * v)
{
	if ((asked->client_request_id == NULL) ||
	    (h->client_request_id[0] == '\0') ||
	    (strcmp(asked->client_request_id, h->client_request_id) == 0))
		return true;
	response_say(v, RESPONSE_RETRY, RESPONSE_CROSSED,
	    "the answer to another request (%.64s)", h->client_request_id);
	v->is_connection_bad = true;
	return false;
}

/* ---- Success: is it the answer that was asked for? ----------------------- */

/* Azure writes ETags with quotes in headers and without them in listings. */
static bool
is_same_etag(const char * a, const char * b)
{
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);

	if ((a_len >= 2) && (a[0] == '"') && (a[a_len - 1] == '"')) {
		a++;
		a_len -= 2;
	}
	if ((b_len >= 2) && (b[0] == '"') && (b[b_len - 1] == '"')) {
		b++;
		b_len -= 2;
	}
	return (a_len == b_len) && (memcmp(a, b, a_len) == 0);
}

/* The blob is another one, or in another state, than the pinned one. */
static bool
judge_pins(const struct response_asked * asked,
    const struct response_headers * h, struct response_verdict * v)
{
	if ((h->etag[0] == '\0') ||
	    ((h->blob_type[0] == '\0') &&
		(asked->operation != RESPONSE_BLOCKS))) {
		response_say(v, RESPONSE_RETRY, RESPONSE_BAD_HEADER,
		    "no %s in it",
		    (h->etag[0] == '\0') ? "ETag" : "x-ms-blob-type");
		return false;
	}
	if ((asked->blob_type != NULL) && (h->blob_type[0] != '\0') &&
	    (strcmp(asked->blob_type, h->blob_type) != 0)) {
		response_say(v, RESPONSE_CHANGED, RESPONSE_WRONG_TYPE,
		    "a %.32s now, not a %.32s", h->blob_type, asked->blob_type);
		return false;
	}
	if ((asked->etag != NULL) && !is_same_etag(asked->etag, h->etag)) {
		response_say(v, RESPONSE_CHANGED, RESPONSE_PRECONDITION,
		    "another ETag (%.64s) than the pinned one (%.64s)", h->etag,
		    asked->etag);
		return false;
	}
	/* Deleted and made anew under its name: not the same blob. */
	if ((asked->creation_time != NULL) &&
	    (asked->creation_time[0] != '\0') &&
	    (h->creation_time[0] != '\0') &&
	    (strcmp(asked->creation_time, h->creation_time) != 0)) {
		response_say(v, RESPONSE_CHANGED, RESPONSE_PRECONDITION,
		    "made anew: born %.64s, not %.64s", h->creation_time,
		    asked->creation_time);
		return false;
	}
	if ((asked->committed_blocks >= 0) &&
	    (h->committed_blocks < asked->committed_blocks)) {
		response_say(v, RESPONSE_CHANGED, RESPONSE_SHRUNK,
		    "fewer committed blocks (%lld) than pinned (%lld)",
		    (long long)h->committed_blocks,
		    (long long)asked->committed_blocks);
		return false;
	}
	return true;
}

/* Compare the blob's length as the answer has it with the one expected. */
static bool
judge_total(const struct response_asked * asked, int64_t total,
    struct response_verdict * v)
{
	if ((asked->total < 0) || (total == asked->total) ||
	    (asked->may_grow && (total > asked->total)))
		return true;
	/* The same ETag says that nothing changed: one of the two is wrong, and
	 * another look at the blob may tell which. */
	if (asked->etag != NULL)
		response_say(v, RESPONSE_CHANGED, RESPONSE_WRONG_LENGTH,
		    "the blob has %lld bytes, not %lld, under one ETag",
		    (long long)total, (long long)asked->total);
	else
		response_say(v, RESPONSE_CHANGED,
		    (total < asked->total) ? RESPONSE_SHRUNK
					   : RESPONSE_WRONG_LENGTH,
		    "the blob has %lld bytes now, not %lld", (long long)total,
		    (long long)asked->total);
	return false;
}

static bool
judge_range(const struct response_asked * asked,
    const struct response_headers * h, struct response_verdict * v)
{
	bool is_range = (asked->operation == RESPONSE_RANGE);

	if (!is_range && h->has_range) {
		response_say(v, RESPONSE_RETRY, RESPONSE_BAD_RANGE,
		    "a Content-Range, though no range was asked for");
		return false;
	}
	if (!is_range)
		return true;
	if (!h->is_range_good) {
		response_say(v, RESPONSE_RETRY, RESPONSE_BAD_RANGE,
		    "no Content-Range that can be read");
		return false;
	}
	if ((h->range_first != asked->first) ||
	    (h->range_last != asked->last)) {
		response_say(v, RESPONSE_RETRY, RESPONSE_BAD_RANGE,
		    "bytes %lld-%lld, not %lld-%lld as asked",
		    (long long)h->range_first, (long long)h->range_last,
		    (long long)asked->first, (long long)asked->last);
		return false;
	}
	return judge_total(asked, h->range_total, v);
}

/* The length that the header block states, against what it must be. */
static bool
judge_length(const struct response_asked * asked,
    const struct response_headers * h, struct response_verdict * v)
{
	int64_t want = asked->last - asked->first + 1;

	if ((asked->operation == RESPONSE_LIST) ||
	    (asked->operation == RESPONSE_BLOCKS) ||
	    (asked->operation == RESPONSE_ABOUT)) {
		if ((h->length_count == 1) || h->is_chunked)
			return (h->blob_length < 0) ||
			    judge_total(asked, h->blob_length, v);
		response_say(v, RESPONSE_RETRY, RESPONSE_BAD_FRAMING,
		    "nothing says where the answer ends");
		v->is_connection_bad = true;
		return false;
	}
	if (h->length_count != 1) {
		response_say(v, RESPONSE_RETRY, RESPONSE_BAD_FRAMING,
		    "no Content-Length in it");
		v->is_connection_bad = true;
		return false;
	}
	if ((h->blob_length >= 0) && !judge_total(asked, h->blob_length, v))
		return false;
	if (asked->operation != RESPONSE_RANGE)
		return judge_total(asked, h->content_length, v);
	if (h->content_length == want)
		return true;
	response_say(v, RESPONSE_RETRY, RESPONSE_WRONG_LENGTH,
	    "a range of %lld bytes, not %lld", (long long)h->content_length,
	    (long long)want);
	v->is_connection_bad = true;
	return false;
}

/* All that can be said of a success before its body. */
static bool
judge_head(const struct response_asked * asked,
    const struct response_came * came, struct response_verdict * v)
{
	const struct response_headers * h = came->headers;
	int want = (asked->operation == RESPONSE_RANGE) ? 206 : 200;

	if (came->status != want) {
		response_say(v, RESPONSE_RETRY, RESPONSE_WRONG_STATUS,
		    "status %d, not %d", came->status, want);
		v->is_connection_bad = true;
		return false;
	}
	if ((h->request_id[0] == '\0') || (h->version[0] == '\0')) {
		response_say(v, RESPONSE_RETRY, RESPONSE_BAD_HEADER,
		    "no %s: not from the service",
		    (h->request_id[0] == '\0') ? "x-ms-request-id"
					       : "x-ms-version");
		return false;
	}
	if ((asked->operation != RESPONSE_LIST) &&
	    (asked->operation != RESPONSE_ABOUT) && !judge_pins(asked, h, v))
		return false;
	return judge_range(asked, h, v) && judge_length(asked, h, v);
}

bool
response_is_whole(
    const struct response_asked * asked, const struct response_headers * h)
{
	return (asked->operation == RESPONSE_WHOLE) ||
	    ((asked->operation == RESPONSE_RANGE) && (asked->first == 0) &&
		(asked->last + 1 == h->range_total));
}

/* What the service ${said} of the body, against our own ${len} ${bytes}. */
static enum response_digest
compare_digest(const char * said, const uint8_t * bytes, size_t len)
{
	enum response_digest found = RESPONSE_DIGEST_MISMATCHED;
	struct buf ours = { 0 };
	struct err e;

	if (said[0] == '\0')
		return RESPONSE_DIGEST_ABSENT;
	err_init(&e);
	if ((bytes != NULL) &&
	    (text_base64_encode(&ours, bytes, len, &e) == 0) &&
	    (strcmp(buf_text(&ours), said) == 0))
		found = RESPONSE_DIGEST_MATCHED;
	buf_free(&ours);
	return found;
}

static void
set_digest(const struct response_asked * asked,
    const struct response_came * came, struct response_verdict * v)
{
	const struct response_headers * h = came->headers;
	enum response_digest md5, crc64, stored = RESPONSE_DIGEST_ABSENT;

	if (asked->operation == RESPONSE_PROPERTIES)
		return;
	md5 = compare_digest(h->content_md5, came->body_md5, DIGEST_MD5_LEN);
	crc64 = compare_digest(h->content_crc64, came->body_crc64, CRC64_LEN);
	/* The MD5 of a listing is asked by nobody and computed by chance. */
	if (((asked->operation == RESPONSE_LIST) ||
		(asked->operation == RESPONSE_BLOCKS) ||
		(asked->operation == RESPONSE_ABOUT)) &&
	    (came->body_md5 == NULL))
		md5 = RESPONSE_DIGEST_ABSENT;
	if (response_is_whole(asked, h))
		stored = compare_digest(
		    h->blob_content_md5, came->body_md5, DIGEST_MD5_LEN);
	if ((md5 == RESPONSE_DIGEST_MISMATCHED) ||
	    (stored == RESPONSE_DIGEST_MISMATCHED) ||
	    (crc64 == RESPONSE_DIGEST_MISMATCHED))
		v->digest = RESPONSE_DIGEST_MISMATCHED;
	else if ((md5 == RESPONSE_DIGEST_MATCHED) ||
	    (stored == RESPONSE_DIGEST_MATCHED) ||
	    (crc64 == RESPONSE_DIGEST_MATCHED))
		v->digest = RESPONSE_DIGEST_MATCHED;
}

static void
judge_body(const struct response_asked * asked,
    const struct response_came * came, struct response_verdict * v)
{
	const struct response_headers * h = came->headers;
	int64_t want = h->content_length;

	if (asked->operation == RESPONSE_PROPERTIES)
		want = 0;
	else if (h->is_chunked)
		want = came->body_len;
	if (came->body_len != want) {
		response_say(v, RESPONSE_RETRY,
		    (came->body_len < want) ? RESPONSE_SHORT_BODY
					    : RESPONSE_WRONG_LENGTH,
		    "a body of %lld bytes, not %lld", (long long)came->body_len,
		    (long long)want);
		v->is_connection_bad = true;
		return;
	}
	set_digest(asked, came, v);
	if ((v->digest == RESPONSE_DIGEST_MISMATCHED) &&
	    !asked->accept_mismatch)
		response_say(v, RESPONSE_RETRY, RESPONSE_BAD_DIGEST,
		    "the body is not what the service's digest of it says");
}

static void
judge(const struct response_asked * asked, const struct response_came * came,
    bool has_body, struct response_verdict * v)
{
	memset(v, 0, sizeof(*v));
	v->outcome = RESPONSE_OK;
	v->reason = RESPONSE_FINE;
	v->digest = RESPONSE_DIGEST_ABSENT;
	v->retry_after_ms = -1;
	if ((came->headers == NULL) || (came->status == 0)) {
		judge_fault(came, v);
		if (came->fault == HTTP_FINE)
			response_say(v, RESPONSE_RETRY, RESPONSE_BAD_FRAMING,
			    "no status line in it");
		return;
	}
	if (!judge_framing(came, v) ||
	    !judge_request_id(asked, came->headers, v))
		return;
	if ((came->status != 200) && (came->status != 206)) {
		response_judge_status(asked, came, v);
		/* A refusal that is kept must be whole. */
		if (has_body && (asked->operation == RESPONSE_ABOUT) &&
		    (came->fault != HTTP_FINE))
			judge_fault(came, v);
		return;
	}
	if (!judge_head(asked, came, v) || !has_body)
		return;
	if (came->fault != HTTP_FINE)
		judge_fault(came, v);
	else
		judge_body(asked, came, v);
}

void
response_check(const struct response_asked * asked,
    const struct response_came * came, struct response_verdict * verdict)
{
	judge(asked, came, true, verdict);
}

void
response_check_headers(const struct response_asked * asked,
    const struct response_came * came, struct response_verdict * verdict)
{
	judge(asked, came, false, verdict);
}
