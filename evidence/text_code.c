/* The codes of text.h: hex, base64 and percent-encoding. */
#include <string.h>

#include "evidence/text.h"

static const char lower_hex[] = "0123456789abcdef";
static const char upper_hex[] = "0123456789ABCDEF";
static const char base64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
text_hex_encode(const uint8_t * bytes, size_t len, char * hex)
{
	for (size_t i = 0; i < len; i++) {
		hex[2 * i] = lower_hex[bytes[i] >> 4];
		hex[2 * i + 1] = lower_hex[bytes[i] & 15];
	}
	hex[2 * len] = '\0';
}

/* The value of a hex digit, or -1; capitals only if ${any_case}. */
static int
hex_value(char c, bool any_case)
{
	if ((c >= '0') && (c <= '9'))
		return c - '0';
	if ((c >= 'a') && (c <= 'f'))
		return c - 'a' + 10;
	if (any_case && (c >= 'A') && (c <= 'F'))
		return c - 'A' + 10;
	return -1;
}

int
text_hex_decode(const char * hex, uint8_t * bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		int high = hex_value(hex[2 * i], false);
		int low;

		if (high < 0)
			return -1;
		low = hex_value(hex[2 * i + 1], false);
		if (low < 0)
			return -1;
		bytes[i] = (uint8_t)((high << 4) | low);
	}
	return (hex[2 * len] == '\0') ? 0 : -1;
}

int
text_base64_encode(
    struct buf * out, const uint8_t * bytes, size_t len, struct err * e)
{
	for (size_t i = 0; i < len; i += 3) {
		size_t n = (len - i < 3) ? len - i : 3;
		uint32_t v = (uint32_t)bytes[i] << 16;
		char four[4];

		if (n > 1)
			v |= (uint32_t)bytes[i + 1] << 8;
		if (n > 2)
			v |= bytes[i + 2];
		four[0] = base64[(v >> 18) & 63];
		four[1] = base64[(v >> 12) & 63];
		four[2] = (n > 1) ? base64[(v >> 6) & 63] : '=';
		four[3] = (n > 2) ? base64[v & 63] : '=';
		if (buf_add(out, four, 4, e) != 0)
			return -1;
	}
	return 0;
}

/* Decode the four characters at ${text} to ${three}; return how many bytes. */
static int
decode_four(const char * text, bool is_last, uint8_t three[3])
{
	uint32_t v = 0;
	int n = 3;

	if (is_last && (text[3] == '='))
		n = (text[2] == '=') ? 1 : 2;
	for (int i = 0; i < 4; i++) {
		const char * at;

		if (i > n) {
			v <<= 6;
			continue;
		}
		at = (text[i] == '\0') ? NULL : strchr(base64, text[i]);
		if (at == NULL)
			return -1;
		v = (v << 6) | (uint32_t)(at - base64);
	}
	three[0] = (uint8_t)(v >> 16);
	three[1] = (uint8_t)(v >> 8);
	three[2] = (uint8_t)v;
	if (((n == 1) && ((v & 0xffff) != 0)) ||
	    ((n == 2) && ((v & 0xff) != 0)))
		return -1;
	return n;
}

int
text_base64_decode(
    struct buf * out, const char * text, size_t len, struct err * e)
{
	if (len % 4 != 0)
		goto refuse;
	for (size_t i = 0; i < len; i += 4) {
		uint8_t three[3];
		int n = decode_four(text + i, i + 4 == len, three);

		if (n < 0)
			goto refuse;
		if (buf_add(out, three, (size_t)n, e) != 0)
			return -1;
	}
	return 0;

refuse:
	err_set(e, ERR_INPUT, NULL, "not canonical base64");
	return -1;
}

static bool
is_unreserved(uint8_t c)
{
	return ((c >= 'a') && (c <= 'z')) || ((c >= 'A') && (c <= 'Z')) ||
	    ((c >= '0') && (c <= '9')) || (c == '-') || (c == '.') ||
	    (c == '_') || (c == '~');
}

int
text_percent_encode(struct buf * out, const void * bytes, size_t len,
    const char * keep, struct err * e)
{
	const uint8_t * p = bytes;

	for (size_t i = 0; i < len; i++) {
		char code[3] = { '%', upper_hex[p[i] >> 4],
			upper_hex[p[i] & 15] };
		bool plain = is_unreserved(p[i]) ||
		    ((p[i] != '\0') && (strchr(keep, p[i]) != NULL));

		if (buf_add(out, plain ? (const void *)(p + i) : code,
			plain ? 1 : 3, e) != 0)
			return -1;
	}
	return 0;
}

int
text_percent_decode(
    struct buf * out, const char * text, size_t len, struct err * e)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t byte = (uint8_t)text[i];

		if (text[i] == '%') {
			int high =
			    (len - i < 3) ? -1 : hex_value(text[i + 1], true);
			int low =
			    (len - i < 3) ? -1 : hex_value(text[i + 2], true);

			if ((high < 0) || (low < 0)) {
				err_set(e, ERR_INPUT, NULL,
				    "a %% without two hex digits");
				return -1;
			}
			byte = (uint8_t)((high << 4) | low);
			i += 2;
		}
		if (buf_add(out, &byte, 1, e) != 0)
			return -1;
	}
	return 0;
}
