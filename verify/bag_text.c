#include <stdint.h>
#include <string.h>

#include "evidence/text.h"

#include "verify/bag_text.h"

static const struct {
	const char * name;
	enum bag_encoding encoding;
} encodings[] = {
	{ "utf-8", BAG_UTF_8 },
	{ "utf8", BAG_UTF_8 },
	{ "us-ascii", BAG_UTF_8 },
	{ "ascii", BAG_UTF_8 },
	{ "iso-8859-1", BAG_ISO_8859_1 },
	{ "latin1", BAG_ISO_8859_1 },
	{ "utf-16", BAG_UTF_16 },
};

int
bag_text_encoding(const char * name, size_t len, enum bag_encoding * encoding)
{
	char copy[16];

	if (len >= sizeof(copy))
		return -1;
	memcpy(copy, name, len);
	copy[len] = '\0';
	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
		if (text_compare_nocase(copy, encodings[i].name) == 0) {
			*encoding = encodings[i].encoding;
			return 0;
		}
	}
	return -1;
}

/* Append the character ${code}, which is no surrogate, as UTF-8. */
static int
put(struct buf * text, uint32_t code, struct err * e)
{
	uint8_t out[4];
	size_t n;

	if (code < 0x80) {
		out[0] = (uint8_t)code;
		return buf_add(text, out, 1, e);
	}
	n = (code < 0x800) ? 2 : (code < 0x10000) ? 3 : 4;
	for (size_t i = n; i-- > 1; code >>= 6)
		out[i] = (uint8_t)(0x80 | (code & 0x3f));
	out[0] = (uint8_t)((0xf00U >> n) | code);
	return buf_add(text, out, n, e);
}

static int
decode_latin(const struct buf * bytes, struct buf * text, struct err * e)
{
	for (size_t i = 0; i < bytes->len; i++)
		if (put(text, bytes->bytes[i], e) != 0)
			return -1;
	return 0;
}

static int
not_utf16(struct err * e)
{
	err_set(e, ERR_INPUT, NULL, "it is not UTF-16");
	return -1;
}

static int
decode_utf16(const struct buf * bytes, struct buf * text, struct err * e)
{
	const uint8_t * p = bytes->bytes;
	size_t at = 0;
	int high = 0;

	if ((bytes->len % 2) != 0)
		return not_utf16(e);
	if ((bytes->len >= 2) && ((p[0] ^ p[1]) == (0xfe ^ 0xff)) &&
	    ((p[0] == 0xfe) || (p[0] == 0xff))) {
		high = (p[0] == 0xfe) ? 0 : 1;
		at = 2;
	}
	while (at < bytes->len) {
		uint32_t code = (uint32_t)((p[at + (size_t)high] << 8) |
		    p[at + (size_t)!high]);

		at += 2;
		if ((code & 0xfc00) == 0xd800) {
			uint32_t low;

			if (at == bytes->len)
				return not_utf16(e);
			low = (uint32_t)((p[at + (size_t)high] << 8) |
			    p[at + (size_t)!high]);
			at += 2;
			if ((low & 0xfc00) != 0xdc00)
				return not_utf16(e);
			code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
		} else if ((code & 0xfc00) == 0xdc00) {
			return not_utf16(e);
		}
		if (put(text, code, e) != 0)
			return -1;
	}
	return 0;
}

int
bag_text_decode(const struct buf * bytes, enum bag_encoding encoding,
    struct buf * text, struct err * e)
{
	const uint8_t * p = bytes->bytes;
	size_t len = bytes->len;

	switch (encoding) {
	case BAG_ISO_8859_1:
		return decode_latin(bytes, text, e);
	case BAG_UTF_16:
		return decode_utf16(bytes, text, e);
	case BAG_UTF_8:
		break;
	}
	if ((len >= 3) && (memcmp(p, "\xef\xbb\xbf", 3) == 0)) {
		p += 3;
		len -= 3;
	}
	if (!text_is_utf8(p, len)) {
		err_set(e, ERR_INPUT, NULL, "it is not UTF-8");
		return -1;
	}
	return buf_add(text, p, len, e);
}

bool
bag_text_line(
    const struct buf * text, size_t * at, const char ** line, size_t * len)
{
	const char * all = buf_text(text);
	size_t end = *at;

	if (*at >= text->len)
		return false;
	while ((end < text->len) && (all[end] != '\n') && (all[end] != '\r'))
		end++;
	*line = all + *at;
	*len = end - *at;
	if ((end + 1 < text->len) && (all[end] == '\r') &&
	    (all[end + 1] == '\n'))
		end++;
	*at = end + 1;
	return true;
}
