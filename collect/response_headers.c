#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "collect/response_headers.h"
#include "evidence/text.h"

/*
 * raw   = status-line *( name ":" blanks value blanks CRLF ) [ CRLF ]
 * lines = *( name NUL value NUL )
 *
 * A lone LF ends a line as well, as libcurl has it.
 */

/* Headers that are handed out as text, each allowed once. */
static const struct {
	const char * name;
	size_t offset; /* Of a const char * in struct response_headers. */
} texts[] = {
#define TEXT(name, member)                                      \
	{                                                       \
		name, offsetof(struct response_headers, member) \
	}
	TEXT("ETag", etag),
	TEXT("Last-Modified", last_modified),
	TEXT("Date", date),
	TEXT("Server", server),
	TEXT("Content-Type", content_type),
	TEXT("Content-Encoding", content_encoding),
	TEXT("Content-MD5", content_md5),
	TEXT("Retry-After", retry_after),
	TEXT("Location", location),
	TEXT("x-ms-request-id", request_id),
	TEXT("x-ms-client-request-id", client_request_id),
	TEXT("x-ms-version", version),
	TEXT("x-ms-error-code", error_code),
	TEXT("x-ms-blob-type", blob_type),
	TEXT("x-ms-blob-content-md5", blob_content_md5),
	TEXT("x-ms-content-crc64", content_crc64),
	TEXT("x-ms-creation-time", creation_time),
	TEXT("x-ms-access-tier", access_tier),
	TEXT("x-ms-archive-status", archive_status),
	TEXT("x-ms-version-id", version_id),
	TEXT("x-ms-lease-state", lease_state),
	TEXT("x-ms-lease-status", lease_status),
	TEXT("x-ms-legal-hold", legal_hold),
	TEXT("x-ms-immutability-policy-until-date", immutability_until),
	TEXT("x-ms-immutability-policy-mode", immutability_mode),
	TEXT("x-ms-blob-sealed", sealed),
	TEXT("x-ms-server-encrypted", server_encrypted),
#undef TEXT
};
#define TEXT_COUNT (sizeof(texts) / sizeof(texts[0]))

/* Return where ${h} keeps the text ${i}. */
static const char **
text_of(struct response_headers * h, size_t i)
{
	return (const char **)(void *)((char *)h + texts[i].offset);
}

/* Keep the first ambiguity; the order of the lines decides which it is. */
static void
set_ambiguous(struct response_headers * h, const char * what)
{
	h->is_ambiguous = true;
	if (h->ambiguity[0] == '\0')
		h->ambiguity = what;
}

/* Whether ${c} may stand in a header's name (RFC 9110 5.6.2). */
static bool
is_token_char(char c)
{
	if (((c >= 'a') && (c <= 'z')) || ((c >= 'A') && (c <= 'Z')) ||
	    ((c >= '0') && (c <= '9')))
		return true;
	return (c != '\0') && (strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
is_token(const char * text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!is_token_char(text[i]))
			return false;
	}
	return len > 0;
}

/* Keep the line ${line}, whose end is already cut, in ${h}->lines. */
static int
add_line(
    struct response_headers * h, const char * line, size_t len, struct err * e)
{
	const char * colon = memchr(line, ':', len);
	size_t name_len;
	size_t begin;

	if (memchr(line, '\0', len) != NULL) {
		set_ambiguous(h, "a NUL in the headers");
		return 0;
	}
	if ((line[0] == ' ') || (line[0] == '\t')) {
		set_ambiguous(h, "a folded header line");
		return 0;
	}
	name_len = (colon == NULL) ? 0 : (size_t)(colon - line);
	if (!is_token(line, name_len)) {
		set_ambiguous(h, "a header line without a good name");
		return 0;
	}
	begin = name_len + 1;
	while ((begin < len) && ((line[begin] == ' ') || (line[begin] == '\t')))
		begin++;
	while ((len > begin) &&
	    ((line[len - 1] == ' ') || (line[len - 1] == '\t')))
		len--;
	if ((buf_add(&h->lines, line, name_len, e) != 0) ||
	    (buf_add(&h->lines, "", 1, e) != 0) ||
	    (buf_add(&h->lines, line + begin, len - begin, e) != 0) ||
	    (buf_add(&h->lines, "", 1, e) != 0))
		return -1;
	return 0;
}

/* Cut ${raw} into lines; the first is the status line. */
static int
split_lines(
    struct response_headers * h, const char * raw, size_t len, struct err * e)
{
	bool is_first = true;

	while (len > 0) {
		const char * end = memchr(raw, '\n', len);
		size_t whole = (end == NULL) ? len : (size_t)(end - raw) + 1;
		size_t part = (end == NULL) ? len : whole - 1;

		if ((part > 0) && (raw[part - 1] == '\r'))
			part--;
		if (!is_first && (part > 0) && (add_line(h, raw, part, e) != 0))
			return -1;
		is_first = false;
		raw += whole;
		len -= whole;
	}
	return 0;
}

/* Read digits only, as a length must be; -1 if it is none. */
static int64_t
parse_length(const char * text)
{
	int64_t value;

	if ((text_parse_integer(text, strlen(text), &value) != 0) ||
	    (text[0] == '-'))
		return -1;
	return value;
}

/* Read "FIRST-LAST/TOTAL" of ${text}, each a length. */
static bool
parse_range_numbers(
    const char * text, int64_t * first, int64_t * last, int64_t * total)
{
	const char * dash = strchr(text, '-');
	const char * slash = (dash == NULL) ? NULL : strchr(dash, '/');

	if (slash == NULL)
		return false;
	if ((text_parse_integer(text, (size_t)(dash - text), first) != 0) ||
	    (text_parse_integer(dash + 1, (size_t)(slash - dash - 1), last) !=
		0) ||
	    (text_parse_integer(slash + 1, strlen(slash + 1), total) != 0))
		return false;
	return (text[0] != '-') && (dash[1] != '-') && (slash[1] != '-');
}

static void
parse_range(struct response_headers * h, const char * value)
{
	if (h->has_range) {
		set_ambiguous(h, "two Content-Range");
		h->is_range_good = false;
		return;
	}
	h->has_range = true;
	if (!text_has_prefix(value, "bytes "))
		return;
	h->is_range_good = parse_range_numbers(value + strlen("bytes "),
	    &h->range_first, &h->range_last, &h->range_total);
	if ((h->range_first > h->range_last) ||
	    (h->range_last >= h->range_total))
		h->is_range_good = false;
}

static void
parse_encoding(struct response_headers * h, const char * value)
{
	h->encoding_count++;
	h->is_chunked = (h->encoding_count == 1) &&
	    (text_compare_nocase(value, "chunked") == 0);
	if (h->encoding_count == 2)
		set_ambiguous(h, "two Transfer-Encoding");
}

static void
parse_count(struct response_headers * h, const char * value, int64_t * count,
    const char * twice)
{
	if (*count != -1)
		set_ambiguous(h, twice);
	*count = parse_length(value);
}

/* Put one header line where it belongs. */
static void
take_line(struct response_headers * h, const char * name, const char * value)
{
	if (text_compare_nocase(name, "Content-Length") == 0) {
		h->length_count++;
		h->content_length = parse_length(value);
		if (h->length_count == 2)
			set_ambiguous(h, "two Content-Length");
	} else if (text_compare_nocase(name, "Transfer-Encoding") == 0) {
		parse_encoding(h, value);
	} else if (text_compare_nocase(name, "Content-Range") == 0) {
		parse_range(h, value);
	} else if (text_compare_nocase(
		       name, "x-ms-blob-committed-block-count") == 0) {
		parse_count(h, value, &h->committed_blocks, "two block counts");
	} else if (text_compare_nocase(name, "x-ms-blob-content-length") == 0) {
		parse_count(h, value, &h->blob_length, "two blob lengths");
	}
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		if (text_compare_nocase(name, texts[i].name) != 0)
			continue;
		if (*text_of(h, i) != NULL)
			set_ambiguous(h, texts[i].name);
		*text_of(h, i) = value;
	}
}

int
response_headers_parse(
    const char * raw, size_t len, struct response_headers * h, struct err * e)
{
	const char * name;
	const char * value;
	size_t at = 0;

	memset(h, 0, sizeof(*h));
	h->content_length = -1;
	h->committed_blocks = -1;
	h->blob_length = -1;
	h->ambiguity = "";
	if (split_lines(h, raw, len, e) != 0) {
		response_headers_free(h);
		return -1;
	}
	while (response_headers_next(h, &at, &name, &value) == 1)
		take_line(h, name, value);
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		if (*text_of(h, i) == NULL)
			*text_of(h, i) = "";
	}
	return 0;
}

int
response_headers_next(const struct response_headers * h, size_t * at,
    const char ** name, const char ** value)
{
	const char * all = buf_text(&h->lines);

	if (*at >= h->lines.len)
		return 0;
	*name = all + *at;
	*value = *name + strlen(*name) + 1;
	*at = (size_t)(*value - all) + strlen(*value) + 1;
	return 1;
}

void
response_headers_free(struct response_headers * h)
{
	buf_free(&h->lines);
}
