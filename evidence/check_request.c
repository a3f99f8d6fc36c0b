#include <string.h>

#include "evidence/check.h"
#include "evidence/request.h"
#include "evidence/text.h"

/* Where ${sha256} is among the certificates that were met, or a new place. */
static struct check_certificate *
find_certificate(struct check * c, const uint8_t sha256[DIGEST_SHA256_LEN])
{
	struct check_certificate * one;

	for (size_t i = 0; i < c->certificate_count; i++) {
		one = &c->certificates[i];
		if (memcmp(one->sha256, sha256, DIGEST_SHA256_LEN) == 0)
			return one;
	}
	if (c->certificate_count == CHECK_CERTIFICATES_MAX)
		return NULL;
	one = &c->certificates[c->certificate_count++];
	memcpy(one->sha256, sha256, DIGEST_SHA256_LEN);
	return one;
}

void
check_need_certificate(struct check * c, const uint8_t * sha256)
{
	struct check_certificate * one = find_certificate(c, sha256);

	if (one == NULL)
		check_find(c, CHECK_CERTIFICATE, c->item.path,
		    "it names more than %d certificates",
		    CHECK_CERTIFICATES_MAX);
	else
		one->is_named = true;
}

/* The connection of a line: opened in it, or above it. */
static void
check_connection(struct check * c, const struct request * request)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	int64_t n = request->connection;

	if (request->is_opening ? (n != c->connections + 1)
				: (n > c->connections))
		check_find(c, CHECK_REQUEST, c->item.path,
		    "line %lld went over a connection %lld that no line opens",
		    (long long)c->requests, (long long)n);
	if (n > c->connections)
		c->connections = n;
	for (size_t i = 0; i < request->n_chain; i++) {
		if (text_hex_decode(
			request->chain[i], sha256, sizeof(sha256)) == 0)
			check_need_certificate(c, sha256);
	}
}

static void
parse_request(struct check_line * line, struct digest * d)
{
	(void)d;
	(void)request_parse(
	    line->bytes, line->len, &line->as.request, &line->why);
}

static void
judge_request(struct check * c, const struct check_line * line)
{
	const struct request * request = &line->as.request;
	struct err why = line->why;
	int64_t seq = ++c->requests;

	if (why.kind != ERR_NONE) {
		err_in(&why, "line %lld", (long long)seq);
		check_find_err(c, CHECK_DOCUMENT, c->item.path, &why);
		return;
	}
	if (request->seq != seq)
		check_find(c, CHECK_REQUEST, c->item.path,
		    "line %lld is numbered %lld", (long long)seq,
		    (long long)request->seq);
	if (c->has_sources && (request->source >= (int64_t)c->sources.n))
		check_find(c, CHECK_REQUEST, c->item.path,
		    "line %lld names a source that is not there",
		    (long long)seq);
	if (c->seen[MEMBER_OBJECTS] && (request->object > c->lines_objects))
		check_find(c, CHECK_REQUEST, c->item.path,
		    "line %lld names an object that is not there",
		    (long long)seq);
	check_connection(c, request);
}

static void
drop_request(struct check_line * line)
{
	request_free(&line->as.request);
}

const struct check_batch_kind check_request_lines = { parse_request,
	judge_request, drop_request };

void
check_certificate_end(struct check * c)
{
	char hex[DIGEST_SHA256_HEX];
	const char * name = c->item.name + strlen("meta/tls/");
	struct check_certificate * one = find_certificate(c, c->sha256);

	text_hex_encode(c->sha256, DIGEST_SHA256_LEN, hex);
	if (strncmp(name, hex, sizeof(hex) - 1) != 0)
		check_find(c, CHECK_CERTIFICATE, c->item.path,
		    "its SHA-256 is not its name");
	if (one != NULL)
		one->is_here = true;
}

void
check_certificates(struct check * c)
{
	char hex[DIGEST_SHA256_HEX];

	if (c->is_damaged)
		return; /* Who knows what stood there. */
	for (size_t i = 0; i < c->certificate_count; i++) {
		const struct check_certificate * one = &c->certificates[i];

		if (!one->is_named || one->is_here)
			continue;
		text_hex_encode(one->sha256, DIGEST_SHA256_LEN, hex);
		check_find(c, CHECK_CERTIFICATE, "",
		    "a line names meta/tls/%s.der, and it is not here", hex);
	}
}
