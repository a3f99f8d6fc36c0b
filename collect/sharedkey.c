#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "collect/sharedkey.h"
#include "evidence/digest.h"
#include "evidence/text.h"

/* The headers with a place of their own in the string, in its order. */
static const char * const places[] = { "Content-Encoding", "Content-Language",
	"Content-Length", "Content-MD5", "Content-Type", "Date",
	"If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since",
	"Range" };

/* A name and a value, both texts in a buffer that no longer moves. */
struct pair {
	const char * name;
	const char * value;
};

/* Pairs being gathered: offsets first, since the buffer still moves. */
struct pairs {
	struct buf text; /* Name NUL value NUL ... */
	size_t at[SHAREDKEY_PARAMETERS_MAX];
	struct pair sorted[SHAREDKEY_PARAMETERS_MAX];
	size_t count;
};

static int
compare_pairs(const void * a, const void * b)
{
	const struct pair * left = a;
	const struct pair * right = b;
	int order = strcmp(left->name, right->name);

	return (order != 0) ? order : strcmp(left->value, right->value);
}

static void
sort_pairs(struct pairs * pairs)
{
	for (size_t i = 0; i < pairs->count; i++) {
		pairs->sorted[i].name = buf_text(&pairs->text) + pairs->at[i];
		pairs->sorted[i].value =
		    pairs->sorted[i].name + strlen(pairs->sorted[i].name) + 1;
	}
	if (pairs->count > 0)
		qsort(pairs->sorted, pairs->count, sizeof(pairs->sorted[0]),
		    compare_pairs);
}

static void
fold(char * text)
{
	for (; *text != '\0'; text++) {
		if ((*text >= 'A') && (*text <= 'Z'))
			*text = (char)(*text - 'A' + 'a');
	}
}

/* Begin a pair whose name is ${len} bytes of ${name}, in lower case. */
static int
begin_pair(struct pairs * pairs, const char * name, size_t len, bool is_encoded,
    struct err * e)
{
	size_t begin = pairs->text.len;

	if (pairs->count == SHAREDKEY_PARAMETERS_MAX) {
		err_set(e, ERR_LIMIT, NULL, "too many parameters to sign");
		return -1;
	}
	if (is_encoded) {
		if (text_percent_decode(&pairs->text, name, len, e) != 0)
			return -1;
	} else if (buf_add(&pairs->text, name, len, e) != 0) {
		return -1;
	}
	if (buf_add(&pairs->text, "", 1, e) != 0)
		return -1;
	fold((char *)pairs->text.bytes + begin);
	pairs->at[pairs->count++] = begin;
	return 0;
}

/* Return whether ${text} begins with ${prefix}, letters of any case. */
static bool
has_prefix_nocase(const char * text, const char * prefix)
{
	return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

/* Return the value of ${line} if its name is ${name}, else NULL. */
static const char *
value_of(const char * line, const char * name)
{
	size_t len = strlen(name);

	if (!has_prefix_nocase(line, name) || (line[len] != ':'))
		return NULL;
	line += len + 1;
	return (line[0] == ' ') ? line + 1 : line;
}

/* The fixed places; an empty line where the request has no such header. */
static int
add_places(
    const struct sharedkey_request * request, struct buf * out, struct err * e)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char * value = "";

		for (size_t j = 0; j < request->header_count; j++) {
			const char * found =
			    value_of(request->headers[j], places[i]);

			if (found != NULL)
				value = found;
		}
		if (buf_addf(out, e, "%s\n", value) != 0)
			return -1;
	}
	return 0;
}

/* The x-ms-* headers, sorted. */
static int
add_headers(
    const struct sharedkey_request * request, struct buf * out, struct err * e)
{
	struct pairs pairs = { 0 };
	int rc = -1;

	for (size_t i = 0; i < request->header_count; i++) {
		const char * line = request->headers[i];
		const char * colon = strchr(line, ':');
		const char * value;

		if ((colon == NULL) || !has_prefix_nocase(line, "x-ms-"))
			continue;
		if (begin_pair(
			&pairs, line, (size_t)(colon - line), false, e) != 0)
			goto out;
		value = colon + 1;
		if (*value == ' ')
			value++;
		if (buf_add(&pairs.text, value, strlen(value) + 1, e) != 0)
			goto out;
	}
	sort_pairs(&pairs);
	for (size_t i = 0; i < pairs.count; i++) {
		if (buf_addf(out, e, "%s:%s\n", pairs.sorted[i].name,
			pairs.sorted[i].value) != 0)
			goto out;
	}
	rc = 0;

out:
	buf_free(&pairs.text);
	return rc;
}

/* The query, decoded and sorted; values of one name are joined. */
static int
add_query(const char * query, struct buf * out, struct err * e)
{
	struct pairs pairs = { 0 };
	int rc = -1;

	while (*query != '\0') {
		size_t part = strcspn(query, "&");
		size_t name = strcspn(query, "=&");
		size_t skip = (name < part) ? name + 1 : name;

		if ((begin_pair(&pairs, query, name, true, e) != 0) ||
		    (text_percent_decode(
			 &pairs.text, query + skip, part - skip, e) != 0) ||
		    (buf_add(&pairs.text, "", 1, e) != 0))
			goto out;
		query += part;
		if (*query == '&')
			query++;
	}
	sort_pairs(&pairs);
	for (size_t i = 0; i < pairs.count; i++) {
		const struct pair * p = &pairs.sorted[i];
		bool is_more = (i > 0) && (strcmp(p[-1].name, p->name) == 0);

		if ((is_more && (buf_addf(out, e, ",%s", p->value) != 0)) ||
		    (!is_more &&
			(buf_addf(out, e, "\n%s:%s", p->name, p->value) != 0)))
			goto out;
	}
	rc = 0;

out:
	buf_free(&pairs.text);
	return rc;
}

/* The account a request is signed for. */
static size_t
account_length(const char * account)
{
	static const char secondary[] = "-secondary";
	size_t len = strlen(account);

	if ((len > strlen(secondary)) &&
	    (strcmp(account + len - strlen(secondary), secondary) == 0))
		len -= strlen(secondary);
	return len;
}

/* The string of the table service, which knows of the query comp alone. */
static int
add_table(
    const struct sharedkey_request * request, struct buf * out, struct err * e)
{
	static const char comp[] = "comp=";
	const char * date = "";
	const char * at = request->query;

	for (size_t i = 0; i < request->header_count; i++) {
		const char * found = value_of(request->headers[i], "x-ms-date");

		if (found != NULL)
			date = found;
	}
	if (buf_addf(out, e, "%s\n\n\n%s\n/%.*s%s", request->method, date,
		(int)account_length(request->account), request->account,
		request->path) != 0)
		return -1;
	for (; *at != '\0'; at += (*at == '&') ? 1 : 0) {
		size_t part = strcspn(at, "&");

		if (strncmp(at, comp, strlen(comp)) == 0)
			return buf_addf(out, e, "?%.*s", (int)part, at);
		at += part;
	}
	return 0;
}

int
sharedkey_string(
    const struct sharedkey_request * request, struct buf * out, struct err * e)
{
	if (request->is_table)
		return add_table(request, out, e);
	if ((buf_addf(out, e, "%s\n", request->method) != 0) ||
	    (add_places(request, out, e) != 0) ||
	    (add_headers(request, out, e) != 0) ||
	    (buf_addf(out, e, "/%.*s%s", (int)account_length(request->account),
		 request->account, request->path) != 0))
		return -1;
	return add_query(request->query, out, e);
}

int
sharedkey_sign(const struct sharedkey_request * request,
    const struct secret * key, struct buf * out, struct err * e)
{
	struct buf text = { 0 };
	uint8_t mac[DIGEST_SHA256_LEN];
	int rc = -1;

	if (sharedkey_string(request, &text, e) != 0)
		goto out;
	digest_hmac_sha256(key->bytes, key->len, text.bytes, text.len, mac);
	if ((buf_addf(out, e, "Authorization: SharedKey %.*s:",
		 (int)account_length(request->account),
		 request->account) != 0) ||
	    (text_base64_encode(out, mac, sizeof(mac), e) != 0))
		goto out;
	rc = 0;

out:
	buf_free(&text);
	return rc;
}
