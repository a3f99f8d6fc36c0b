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

/* yajl takes form feeds and vertical tabs for white space. */
static bool
has_control(const uint8_t * bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((bytes[i] < 0x20) && (bytes[i] != '\n') &&
		    (bytes[i] != '\r') && (bytes[i] != '\t'))
			return true;
	}
	return false;
}

enum record_result
record_parse(struct record * r, const void * bytes, size_t len, struct err * e)
{
	enum record_result result;
	bool fits = (len <= RECORD_MAX_BYTES);

	if (record_reset(r, fits ? len : 0, e) != 0)
		return RECORD_FAILED;
	if (!fits)
		return record_refuse(r, RECORD_BAD_LIMIT, "more than 16 MiB");
	if (has_control(bytes, len))
		return record_refuse(
		    r, RECORD_BAD_SYNTAX, "a raw control byte");
	if (!text_is_utf8(bytes, len))
		return record_refuse(r, RECORD_BAD_SYNTAX, "not UTF-8");
	r->surrogate = find_surrogate(bytes, len);
	result = read_all(r, bytes, len, e);
	if (result != RECORD_READ)
		r->count = 1;
	return result;
}
