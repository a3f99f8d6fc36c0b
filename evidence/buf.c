#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/buf.h"

int
buf_reserve(struct buf * b, size_t more, struct err * e)
{
	size_t want, room;
	uint8_t * bytes;

	if (more >= BUF_MAX - b->len) {
		err_set(e, ERR_LIMIT, NULL, "more than 1 GiB in one buffer");
		return -1;
	}
	want = b->len + more + 1;
	if (want <= b->room)
		return 0;
	room = (b->room < 64) ? 64 : b->room;
	while (room < want)
		room *= 2;
	bytes = realloc(b->bytes, room);
	if (bytes == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	b->bytes = bytes;
	b->room = room;
	b->bytes[b->len] = '\0'; /* Readable as text from here on. */
	return 0;
}

int
buf_add(struct buf * b, const void * bytes, size_t len, struct err * e)
{
	/* Mostly there is room: then len and the NUL fit behind b->len. */
	if ((len >= b->room - b->len) && (buf_reserve(b, len, e) != 0))
		return -1;
	if (len > 0)
		memcpy(b->bytes + b->len, bytes, len);
	b->len += len;
	b->bytes[b->len] = '\0';
	return 0;
}

int
buf_add_text(struct buf * b, const char * text, struct err * e)
{
	return buf_add(b, text, strlen(text), e);
}

int
buf_add_integer(struct buf * b, int64_t n, struct err * e)
{
	char digits[20]; /* 19 digits of an int64_t and a sign. */
	uint64_t rest = (n < 0) ? -(uint64_t)n : (uint64_t)n;
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (n < 0)
		digits[--at] = '-';
	return buf_add(b, digits + at, sizeof(digits) - at, e);
}

int
buf_addf(struct buf * b, struct err * e, const char * fmt, ...)
{
	size_t room = b->room - b->len; /* Nothing is there if both are 0. */
	va_list ap;
	int len;

	/* Most texts fit into what is there already. */
	va_start(ap, fmt);
	len = vsnprintf(
	    (room > 0) ? (char *)b->bytes + b->len : NULL, room, fmt, ap);
	va_end(ap);
	if (len < 0)
		err_set(e, ERR_BUG, NULL, "text cannot be formatted");
	if ((len < 0) || (buf_reserve(b, (size_t)len, e) != 0)) {
		if (room > 0)
			b->bytes[b->len] = '\0';
		return -1;
	}
	if ((size_t)len >= room) {
		va_start(ap, fmt);
		(void)vsnprintf(
		    (char *)b->bytes + b->len, (size_t)len + 1, fmt, ap);
		va_end(ap);
	}
	b->len += (size_t)len;
	return 0;
}

const char *
buf_text(const struct buf * b)
{
	return (b->bytes == NULL) ? "" : (const char *)b->bytes;
}

void
buf_clear(struct buf * b)
{
	b->len = 0;
	if (b->bytes != NULL)
		b->bytes[0] = '\0';
}

void
buf_free(struct buf * b)
{
	free(b->bytes);
	b->bytes = NULL;
	b->len = 0;
	b->room = 0;
}
