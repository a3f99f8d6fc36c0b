#include <stdio.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "evidence/text.h"

#include "timeline/record_private.h"

static int
on_null(void * ctx)
{
	return record_add(ctx, RECORD_NULL);
}

static int
on_boolean(void * ctx, int truth)
{
	return record_add(ctx, truth ? RECORD_TRUE : RECORD_FALSE);
}

static int
on_number(void * ctx, const char * text, size_t len)
{
	return record_add_text(ctx, RECORD_NUMBER, text, len);
}

static int
on_string(void * ctx, const unsigned char * text, size_t len)
{
	return record_add_text(ctx, RECORD_STRING, (const char *)text, len);
}

static int
on_key(void * ctx, const unsigned char * text, size_t len)
{
	return record_add_key(ctx, (const char *)text, len);
}

static int
on_object(void * ctx)
{
	return record_open(ctx, RECORD_OBJECT);
}

static int
on_object_end(void * ctx)
{
	return record_close(ctx, RECORD_OBJECT);
}

static int
on_array(void * ctx)
{
	return record_open(ctx, RECORD_ARRAY);
}

static int
on_array_end(void * ctx)
{
	return record_close(ctx, RECORD_ARRAY);
}

static const yajl_callbacks callbacks = { on_null, on_boolean, NULL, NULL,
	on_number, on_string, on_object, on_key, on_object_end, on_array,
	on_array_end };

/* The four hex digits at ${p}, or -1. */
static int
hex4(const uint8_t * p)
{
	int value = 0;

	for (int i = 0; i < 4; i++) {
		int c = p[i];

		if ((c >= '0') && (c <= '9'))
			value = value * 16 + c - '0';
		else if ((c >= 'a') && (c <= 'f'))
			value = value * 16 + c - 'a' + 10;
		else if ((c >= 'A') && (c <= 'F'))
			value = value * 16 + c - 'A' + 10;
		else
			return -1;
	}
	return value;
}

/* Whether an escape in the text stands for a surrogate without its other. */
static bool
find_surrogate(const uint8_t * bytes, size_t len)
{
	const uint8_t * end = bytes + len;
	const uint8_t * p = bytes;
	int unit;

	while (
	    (p < end) && ((p = memchr(p, '\\', (size_t)(end - p))) != NULL)) {
		if ((end - p < 6) || (p[1] != 'u')) {
			p += 2;
			continue;
		}
		unit = hex4(p + 2);
		p += 6;
		if ((unit < 0xd800) || (unit > 0xdfff))
			continue;
		if ((unit > 0xdbff) || (end - p < 6) || (p[0] != '\\') ||
		    (p[1] != 'u'))
			return true;
		unit = hex4(p + 2);
		if ((unit < 0xdc00) || (unit > 0xdfff))
			return true;
		p += 6;
	}
	return false;
}

/* Say why yajl stopped: its first line, at the byte where it did. */
static enum record_result
explain(struct record * r, yajl_handle handle, enum record_result result)
{
	unsigned char * text;

	if (result == RECORD_FAILED)
		return result;
	text = yajl_get_error(handle, 0, NULL, 0);
	(void)snprintf(r->why, sizeof(r->why), "%.*s at byte %zu",
	    (int)((text == NULL) ? 0 : strcspn((char *)text, "\n")),
	    (text == NULL) ? "" : (char *)text,
	    yajl_get_bytes_consumed(handle));
	if (text != NULL)
		yajl_free_error(handle, text);
	return RECORD_BAD_SYNTAX;
}

static enum record_result
read_all(struct record * r, const uint8_t * bytes, size_t len, struct err * e)
{
	yajl_handle handle = yajl_alloc(&callbacks, NULL, r);
	enum record_result result = RECORD_READ;
	yajl_status status;

	if (handle == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return RECORD_FAILED;
	}
	status = yajl_parse(handle, bytes, len);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(handle);
	if (r->no_memory) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		result = RECORD_FAILED;
	} else if (r->over) {
		result = RECORD_BAD_LIMIT;
	} else if ((status != yajl_status_ok) || (r->count < 2)) {
		result = explain(r, handle, RECORD_BAD_SYNTAX);
	}
	yajl_free(handle);
	return result;
}

/* What bytes are in a record, looked at once. */
struct look {
	bool control; /* A control byte other than tab, LF and CR. */
	bool high;    /* A byte that is not ASCII. */
};

static void
look_at_byte(struct look * look, uint8_t c)
{
	if (c >= 0x80)
		look->high = true;
	/* yajl takes form feeds and vertical tabs for white space. */
	if ((c < 0x20) && (c != '\n') && (c != '\r') && (c != '\t'))
		look->control = true;
}

/*
 * Eight bytes at a time: of a word whose bytes all are 0x20 to 0x7f, neither
 * the word nor the word less 0x20 a byte has a top bit (a borrow out of a byte
 * below 0x20 sets its own).
 */
static struct look
look_at(const uint8_t * bytes, size_t len)
{
	const uint64_t tops = UINT64_C(0x8080808080808080);
	const uint64_t spaces = UINT64_C(0x2020202020202020);
	struct look look = { false, false };
	uint64_t word;
	size_t i = 0;

	for (; len - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, bytes + i, sizeof(word));
		if (((word | (word - spaces)) & tops) == 0)
			continue;
		for (size_t k = 0; k < sizeof(word); k++)
			look_at_byte(&look, bytes[i + k]);
	}
	for (; i < len; i++)
		look_at_byte(&look, bytes[i]);
	return look;
}

enum record_result
record_parse(struct record * r, const void * bytes, size_t len, struct err * e)
{
	enum record_result result;
	bool fits = (len <= RECORD_MAX_BYTES);
	struct look look;

	if (record_reset(r, fits ? len : 0, e) != 0)
		return RECORD_FAILED;
	if (!fits)
		return record_refuse(r, RECORD_BAD_LIMIT, "more than 16 MiB");
	look = look_at(bytes, len);
	if (look.control)
		return record_refuse(
		    r, RECORD_BAD_SYNTAX, "a raw control byte");
	if (look.high && !text_is_utf8(bytes, len))
		return record_refuse(r, RECORD_BAD_SYNTAX, "not UTF-8");
	r->escapes = memchr(bytes, '\\', len) != NULL;
	r->surrogate = r->escapes && find_surrogate(bytes, len);
	result = read_all(r, bytes, len, e);
	if (result != RECORD_READ)
		r->count = 1;
	return result;
}
