/* Writing our own documents (json.h, "The emitter"). */
#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/json.h"
#include "evidence/text.h"

void
json_begin(struct json_out * j, struct buf * out, struct err * e)
{
	j->out = out;
	j->e = e;
	j->failed = false;
	j->comma = false;
}

static void
put(struct json_out * j, const void * bytes, size_t len)
{
	if (!j->failed && (buf_add(j->out, bytes, len, j->e) != 0))
		j->failed = true;
}

static void
put_word(struct json_out * j, const char * word)
{
	put(j, word, strlen(word));
}

static void
fail(struct json_out * j, const char * why)
{
	err_set(j->e, ERR_BUG, NULL, "JSON cannot hold %s", why);
	j->failed = true;
}

/* A character as JSON escapes it: one unit of UTF-16, or two. */
static void
put_escaped(struct json_out * j, uint32_t code)
{
	char escape[16];

	if ((code == '"') || (code == '\\'))
		(void)snprintf(escape, sizeof(escape), "\\%c", (char)code);
	else if (code == '\n')
		(void)snprintf(escape, sizeof(escape), "\\n");
	else if (code < 0x10000)
		(void)snprintf(
		    escape, sizeof(escape), "\\u%04x", (unsigned int)code);
	else
		(void)snprintf(escape, sizeof(escape), "\\u%04x\\u%04x",
		    0xd800u + (unsigned int)((code - 0x10000) >> 10),
		    0xdc00u + (unsigned int)((code - 0x10000) & 0x3ff));
	put_word(j, escape);
}

/*
 * Whether one of eight bytes cannot stand in a string as it is.  Each term sets
 * the top bit of a byte that is the one sought; a borrow may set it in the byte
 * above one, but never where there is none.
 */
static bool
has_special(const char * eight)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t word, quote, backslash, delete;

	memcpy(&word, eight, sizeof(word));
	quote = word ^ (ones * '"');
	backslash = word ^ (ones * '\\');
	delete = word ^ (ones * 0x7f);
	return ((word | ((word - ones * 0x20) & ~word) |
		    ((quote - ones) & ~quote) |
		    ((backslash - ones) & ~backslash) |
		    ((delete - ones) & ~delete)) &
		   (ones * 0x80)) != 0;
}

/* How many bytes from ${text} on stand in a string as they are. */
static size_t
plain_length(const char * text, size_t len)
{
	size_t i = 0;

	while ((len - i >= 8) && !has_special(text + i))
		i += 8;
	while ((i < len) && ((unsigned char)text[i] >= 0x20) &&
	    ((unsigned char)text[i] < 0x7f) && (text[i] != '"') &&
	    (text[i] != '\\'))
		i++;
	return i;
}

/* ${text}, all of it plain, in quotes. */
static void
put_plain(struct json_out * j, const char * text, size_t len)
{
	uint8_t * p;

	if (j->failed || (buf_reserve(j->out, len + 2, j->e) != 0)) {
		j->failed = true;
		return;
	}
	p = j->out->bytes + j->out->len;
	*p++ = '"';
	if (len > 0)
		memcpy(p, text, len);
	p += len;
	*p++ = '"';
	*p = '\0';
	j->out->len += len + 2;
}

/*
 * Put valid UTF-8 as a quoted string.  What a terminal would obey or not show
 * is escaped, which JSON reads back as it was: documents are looked at with
 * ordinary tools.
 */
static void
put_string(struct json_out * j, const char * text, size_t len)
{
	size_t from = 0;
	size_t n;

	if (plain_length(text, len) == len) {
		put_plain(j, text, len);
		return;
	}
	put(j, "\"", 1);
	for (size_t i = 0; i < len; i += n) {
		unsigned char c = (unsigned char)text[i];
		uint32_t code = c;

		n = 1;
		if ((c >= 0x20) && (c < 0x7f) && (c != '"') && (c != '\\'))
			continue;
		if (c >= 0x7f) {
			n = text_hidden(text + i, len - i, &code);
			if (n == 0) {
				n = 1;
				continue;
			}
		}
		put(j, text + from, i - from);
		from = i + n;
		put_escaped(j, code);
	}
	put(j, text + from, len - from);
	put(j, "\"", 1);
}

/* What stands before a value: a comma, a key. */
static void
put_before(struct json_out * j, const char * key)
{
	if (j->comma)
		put(j, ",", 1);
	j->comma = true;
	if (key == NULL)
		return;
	put_string(j, key, strlen(key));
	put(j, ":", 1);
}

void
json_open_object(struct json_out * j, const char * key)
{
	put_before(j, key);
	put(j, "{", 1);
	j->comma = false;
}

void
json_close_object(struct json_out * j)
{
	put(j, "}", 1);
	j->comma = true;
}

void
json_open_array(struct json_out * j, const char * key)
{
	put_before(j, key);
	put(j, "[", 1);
	j->comma = false;
}

void
json_close_array(struct json_out * j)
{
	put(j, "]", 1);
	j->comma = true;
}

void
json_begin_document(
    struct json_out * j, struct buf * out, const char * type, struct err * e)
{
	char format[96];

	json_begin(j, out, e);
	(void)snprintf(format, sizeof(format), "azcustody/%s/1", type);
	json_open_object(j, NULL);
	json_put_text(j, "format", format);
}

void
json_put_text(struct json_out * j, const char * key, const char * text)
{
	size_t len;

	if (text == NULL) {
		json_put_null(j, key);
		return;
	}
	len = strlen(text);
	if (plain_length(text, len) == len) {
		put_before(j, key);
		put_plain(j, text, len);
		return;
	}
	if (!text_is_utf8(text, len)) {
		fail(j, "a string that is not UTF-8");
		return;
	}
	put_before(j, key);
	put_string(j, text, len);
}

void
json_put_bytes(
    struct json_out * j, const char * key, const void * bytes, size_t len)
{
	const char * p = bytes;
	struct buf safe = { 0 };
	int rc = 0;

	if (plain_length(p, len) == len) {
		put_before(j, key);
		put_plain(j, p, len);
		return;
	}
	for (size_t i = 0; (i < len) && (rc == 0);) {
		size_t n = 1;

		while ((n < 4) && (i + n < len) && !text_is_utf8(p + i, n))
			n++;
		if (!text_is_utf8(p + i, n) || (p[i] == '\0')) {
			rc = buf_add(&safe, "\xef\xbf\xbd", 3, j->e);
			n = 1;
		} else {
			rc = buf_add(&safe, p + i, n, j->e);
		}
		i += n;
	}
	if (rc != 0)
		j->failed = true;
	put_before(j, key);
	put_string(j, buf_text(&safe), safe.len);
	buf_free(&safe);
}

void
json_put_integer(struct json_out * j, const char * key, int64_t n)
{
	if ((n > JSON_MAX_INTEGER) || (n < -JSON_MAX_INTEGER)) {
		fail(j, "an integer over 2^53");
		return;
	}
	put_before(j, key);
	if (!j->failed && (buf_add_integer(j->out, n, j->e) != 0))
		j->failed = true;
}

void
json_put_bool(struct json_out * j, const char * key, bool truth)
{
	put_before(j, key);
	put_word(j, truth ? "true" : "false");
}

void
json_put_null(struct json_out * j, const char * key)
{
	put_before(j, key);
	put_word(j, "null");
}

void
json_put_time(struct json_out * j, const char * key, int64_t at)
{
	char text[CLOCK_TEXT_SIZE];

	if (at == CLOCK_UNKNOWN) {
		json_put_null(j, key);
		return;
	}
	clock_format(at, text);
	put_before(j, key);
	put_plain(j, text, strlen(text));
}

void
json_put_hex(
    struct json_out * j, const char * key, const uint8_t * bytes, size_t len)
{
	char hex[2 * 64 + 1];

	if (len > 64) {
		fail(j, "a digest of more than 64 bytes");
		return;
	}
	text_hex_encode(bytes, len, hex);
	put_before(j, key);
	put_plain(j, hex, 2 * len);
}

void
json_put_name(struct json_out * j, const char * name, size_t len)
{
	put_before(j, NULL);
	put(j, name, len);
	j->comma = false;
}

void
json_put_members(struct json_out * j, const void * text, size_t len)
{
	if (len == 0)
		return;
	put(j, text, len);
	j->comma = true;
}

int
json_end(struct json_out * j, bool line)
{
	if (line)
		put(j, "\n", 1);
	return j->failed ? -1 : 0;
}

int
json_end_document(struct json_out * j)
{
	json_close_object(j);
	return json_end(j, true);
}
