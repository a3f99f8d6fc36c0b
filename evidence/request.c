#include <stdlib.h>
#include <string.h>

#include "evidence/digest.h"
#include "evidence/request.h"
#include "evidence/text.h"

static const struct document_member members[] = {
	{ "seq", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "source", DOCUMENT_INTEGER, DOCUMENT_NULLABLE },
	{ "object", DOCUMENT_INTEGER, DOCUMENT_NULLABLE },
	{ "method", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "url", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "range", DOCUMENT_ARRAY, DOCUMENT_NULLABLE },
	{ "status", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "bytes", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "error", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "request_id", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "client_request_id", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "date", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "md5", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "crc64", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "digest_check", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "sent_at", DOCUMENT_TIME, DOCUMENT_REQUIRED },
	{ "done_at", DOCUMENT_TIME, DOCUMENT_REQUIRED },
	{ "connection", DOCUMENT_INTEGER, DOCUMENT_OPTIONAL },
	{ "opening", DOCUMENT_OBJECT, DOCUMENT_OPTIONAL },
};

static const struct document_member opening_members[] = {
	{ "peer", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "local", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "protocol", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "cipher", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "chain", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
};

static const char * const methods[] = { "GET", "HEAD" };
static const char * const digest_checks[] = { "matched", "mismatched" };

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What the connection was, in the first line that went over it. */
static void
put_opening(struct json_out * j, const struct request * request)
{
	json_open_object(j, "opening");
	document_put_nullable(j, "peer", request->peer);
	document_put_nullable(j, "local", request->local);
	document_put_nullable(j, "protocol", request->protocol);
	document_put_nullable(j, "cipher", request->cipher);
	document_put_texts(j, "chain", request->chain, request->n_chain);
	json_close_object(j);
}

int
request_format(const struct request * request, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, "request", e);
	json_put_integer(&j, "seq", request->seq);
	if (request->source >= 0)
		json_put_integer(&j, "source", request->source);
	else
		json_put_null(&j, "source");
	if (request->object > 0)
		json_put_integer(&j, "object", request->object);
	else
		json_put_null(&j, "object");
	json_put_text(&j, "method", request->method);
	document_put_nullable(&j, "url", request->url);
	document_put_interval(&j, "range", request->range_first >= 0,
	    request->range_first, request->range_last);
	json_put_integer(&j, "status", request->status);
	json_put_integer(&j, "bytes", request->bytes);
	document_put_nullable(&j, "error", request->error);
	document_put_nullable(&j, "request_id", request->request_id);
	document_put_nullable(
	    &j, "client_request_id", request->client_request_id);
	document_put_nullable(&j, "date", request->date);
	document_put_optional(&j, "md5", request->md5);
	document_put_optional(&j, "crc64", request->crc64);
	document_put_optional(&j, "digest_check", request->digest_check);
	json_put_time(&j, "sent_at", request->sent_at);
	json_put_time(&j, "done_at", request->done_at);
	if (request->connection > 0)
		json_put_integer(&j, "connection", request->connection);
	if (request->is_opening)
		put_opening(&j, request);
	return json_end_document(&j);
}

/* A verdict about a digest, and the digest it is about. */
static int
check_digest(const struct request * request, struct err * e)
{
	bool has_digest = (request->md5 != NULL) || (request->crc64 != NULL);

	if (has_digest != (request->digest_check != NULL)) {
		err_set(e, ERR_INPUT, NULL,
		    "a digest without its check, or a check without a digest");
		return -1;
	}
	if (has_digest &&
	    (document_word(request->digest_check, digest_checks,
		 COUNT(digest_checks)) < 0)) {
		err_set(e, ERR_INPUT, NULL, "an unknown digest_check");
		return -1;
	}
	return 0;
}

static int
parse_opening(struct request * request, struct err * e)
{
	const struct json * opening = json_get(request->doc.root, "opening");
	uint8_t sha256[DIGEST_SHA256_LEN];

	request->connection =
	    document_integer(request->doc.root, "connection", 0);
	if (opening == NULL)
		return 0;
	if (document_check(&request->doc, opening, "opening", opening_members,
		COUNT(opening_members), e) != 0)
		return -1;
	request->is_opening = true;
	request->peer = document_text(opening, "peer");
	request->local = document_text(opening, "local");
	request->protocol = document_text(opening, "protocol");
	request->cipher = document_text(opening, "cipher");
	if (document_texts(json_get(opening, "chain"), REQUEST_CHAIN_MAX,
		&request->own_chain, &request->n_chain, e) != 0)
		return -1;
	request->chain = request->own_chain;
	for (size_t i = 0; i < request->n_chain; i++) {
		if (text_hex_decode(
			request->chain[i], sha256, sizeof(sha256)) != 0) {
			err_set(e, ERR_INPUT, NULL, "\"chain\" is no digest");
			return -1;
		}
	}
	return 0;
}

static int
parse_members(struct request * request, struct err * e)
{
	const struct json * root = request->doc.root;
	bool has_range;

	request->seq = document_integer(root, "seq", 0);
	request->source = document_integer(root, "source", -1);
	request->object = document_integer(root, "object", 0);
	request->method = document_text(root, "method");
	request->url = document_text(root, "url");
	request->status = document_integer(root, "status", 0);
	request->bytes = document_integer(root, "bytes", 0);
	request->error = document_text(root, "error");
	request->request_id = document_text(root, "request_id");
	request->client_request_id = document_text(root, "client_request_id");
	request->date = document_text(root, "date");
	request->md5 = document_text(root, "md5");
	request->crc64 = document_text(root, "crc64");
	request->digest_check = document_text(root, "digest_check");
	request->sent_at = document_time(root, "sent_at");
	request->done_at = document_time(root, "done_at");
	if (document_parse_interval(root, "range", &has_range,
		&request->range_first, &request->range_last, e) != 0)
		return -1;
	if (!has_range) {
		request->range_first = -1;
		request->range_last = -1;
	} else if (request->range_first < 0) {
		err_set(e, ERR_INPUT, NULL, "a range below 0");
		return -1;
	}
	if (document_word(request->method, methods, COUNT(methods)) < 0) {
		err_set(e, ERR_INPUT, NULL, "a method that is not GET or HEAD");
		return -1;
	}
	if (check_digest(request, e) != 0)
		return -1;
	return parse_opening(request, e);
}

int
request_parse(
    const void * bytes, size_t len, struct request * request, struct err * e)
{
	memset(request, 0, sizeof(*request));
	if (len > REQUEST_LINE_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a line of more than 64 KiB");
		return -1;
	}
	if (document_parse(&request->doc, bytes, len, "request", members,
		COUNT(members), e) != 0)
		return -1;
	if (parse_members(request, e) != 0) {
		request_free(request);
		return -1;
	}
	return 0;
}

void
request_free(struct request * request)
{
	free(request->own_chain);
	document_free(&request->doc);
	memset(request, 0, sizeof(*request));
}
