#include <stdlib.h>
#include <string.h>

#include "evidence/text.h"

/*
 * Read one UTF-8 character of at most ${len} bytes at ${p} into ${code}.
 * Return its length, or 0 if it is not well-formed.
 */
static size_t
decode_utf8(const uint8_t * p, size_t len, uint32_t * code)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n;
	uint32_t c;

	if (p[0] < 0x80) {
		*code = p[0];
		return 1;
	}
	if ((p[0] & 0xe0) == 0xc0)
		n = 2;
	else if ((p[0] & 0xf0) == 0xe0)
		n = 3;
	else if ((p[0] & 0xf8) == 0xf0)
		n = 4;
	else
		return 0;
	if (n > len)
		return 0;
	c = p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = (c << 6) | (p[i] & 0x3fu);
	}
	if ((c < least[n]) || (c > 0x10ffff) ||
	    ((c >= 0xd800) && (c <= 0xdfff)))
		return 0;
	*code = c;
	return n;
}

/* Are the eight bytes at ${p} all ASCII? */
static bool
is_ascii8(const uint8_t * p)
{
	uint64_t eight;

	memcpy(&eight, p, sizeof(eight));
	return (eight & UINT64_C(0x8080808080808080)) == 0;
}

bool
text_is_utf8(const void * bytes, size_t len)
{
	const uint8_t * p = bytes;
	uint32_t code;

	for (size_t i = 0; i < len;) {
		size_t n = 1;

		if ((len - i >= 8) && is_ascii8(p + i))
			n = 8;
		else if (p[i] >= 0x80)
			n = decode_utf8(p + i, len - i, &code);
		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

/* Ranges of characters that are invisible, reorder text, or are no text. */
static const struct {
	uint32_t first;
	uint32_t last;
} hidden[] = {
	{ 0x0000, 0x001f },
	{ 0x007f, 0x009f },
	{ 0x00ad, 0x00ad },
	{ 0x034f, 0x034f },
	{ 0x061c, 0x061c },
	{ 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f },
	{ 0x200b, 0x200f },
	{ 0x2028, 0x202e },
	{ 0x2060, 0x206f },
	{ 0x3164, 0x3164 },
	{ 0xe000, 0xf8ff },
	{ 0xfdd0, 0xfdef },
	{ 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },
	{ 0xfffe, 0xffff },
	{ 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a },
	{ 0xe0000, 0x10ffff },
};

static bool
is_hidden(uint32_t code)
{
	if ((code & 0xfffe) == 0xfffe)
		return true;
	/* Combining marks can flood a line. */
	if ((code >= 0x0300) && (code <= 0x036f))
		return true;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if ((code >= hidden[i].first) && (code <= hidden[i].last))
			return true;
	}
	return false;
}

size_t
text_hidden(const void * bytes, size_t len, uint32_t * code)
{
	size_t n = (len == 0) ? 0 : decode_utf8(bytes, len, code);

	return ((n > 0) && is_hidden(*code)) ? n : 0;
}

int
text_escape(struct buf * out, const void * bytes, size_t len, struct err * e)
{
	const uint8_t * p = bytes;
	uint32_t code;

	for (size_t i = 0; i < len;) {
		size_t n = decode_utf8(p + i, len - i, &code);
		int rc;

		if (n == 0) {
			rc = buf_addf(out, e, "\\x{%02x}", p[i]);
			n = 1;
		} else if (code == '\\') {
			rc = buf_add(out, "\\\\", 2, e);
		} else if ((code < 0x20) || (code == 0x7f)) {
			rc = buf_addf(out, e, "\\x{%02x}", (unsigned)code);
		} else if (is_hidden(code)) {
			rc = buf_addf(out, e, "\\u{%04x}", (unsigned)code);
		} else {
			rc = buf_add(out, p + i, n, e);
		}
		if (rc != 0)
			return -1;
		i += n;
	}
	return 0;
}

int
text_parse_integer(const char * text, size_t len, int64_t * value)
{
	int64_t v = 0;
	size_t i = 0;
	bool minus = (len > 0) && (text[0] == '-');

	if (minus)
		i = 1;
	if ((i == len) || (len - i > 18))
		return -1;
	if ((text[i] == '0') && (len - i > 1 || minus))
		return -1;
	for (; i < len; i++) {
		if ((text[i] < '0') || (text[i] > '9'))
			return -1;
		v = v * 10 + (text[i] - '0');
	}
	*value = minus ? -v : v;
	return 0;
}

static int
fold(char c)
{
	return ((c >= 'A') && (c <= 'Z')) ? c - 'A' + 'a' : (unsigned char)c;
}

int
text_compare_nocase(const char * a, const char * b)
{
	while ((*a != '\0') && (fold(*a) == fold(*b))) {
		a++;
		b++;
	}
	return fold(*a) - fold(*b);
}

bool
text_has_prefix(const char * text, const char * prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

char *
text_copy(const char * text, struct err * e)
{
	size_t size = strlen(text) + 1;
	char * copy = malloc(size);

	if (copy == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	memcpy(copy, text, size);
	return copy;
}
