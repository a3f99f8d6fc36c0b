#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "timeline/classic.h"

#define ENTITY_MAX 10 /* Characters of one, "&#x10FFFF;" the longest. */

static const struct entity {
	const char * name;
	char c;
} entities[] = {
	{ "amp", '&' },
	{ "quot", '"' },
	{ "lt", '<' },
	{ "gt", '>' },
	{ "apos", '\'' },
};

/* The character of "#nnn" or "#xhh" in ${len} characters; 0 if it is none. */
static uint32_t
numeric(const char * p, size_t len)
{
	const char * digits = "0123456789";
	uint32_t base = 10;
	uint32_t value = 0;
	const char * place;

	if ((len < 2) || (p[0] != '#'))
		return 0;
	p++;
	len--;
	if ((p[0] == 'x') || (p[0] == 'X')) {
		digits = "0123456789abcdef";
		base = 16;
		p++;
		len--;
	}
	for (size_t i = 0; i < len; i++) {
		char c =
		    ((p[i] >= 'A') && (p[i] <= 'F')) ? (char)(p[i] + 32) : p[i];

		place = (c == '\0') ? NULL : strchr(digits, c);
		if (place == NULL)
			return 0;
		value = value * base + (uint32_t)(place - digits);
		if (value > 0x10ffff)
			return 0;
	}
	return value;
}

/*
 * The character that the entity before the semicolon at text[at] stands for,
 * and where it begins; 0 if none ends there.
 */
static uint32_t
entity_before(const char * text, size_t at, size_t * begin)
{
	size_t i = at;

	while ((i > 0) && (at - i < ENTITY_MAX) && (text[i - 1] != '&'))
		i--;
	if ((i == 0) || (text[i - 1] != '&'))
		return 0;
	*begin = i - 1;
	for (size_t k = 0; k < sizeof(entities) / sizeof(entities[0]); k++) {
		if ((strlen(entities[k].name) == at - i) &&
		    (strncasecmp(text + i, entities[k].name, at - i) == 0))
			return (uint32_t)(unsigned char)entities[k].c;
	}
	return numeric(text + i, at - i);
}

/* Append U+${c}, which is no surrogate and neither NUL. */
static void
put_character(struct buf * out, uint32_t c)
{
	uint8_t * p = out->bytes + out->len;

	if (c < 0x80) {
		p[0] = (uint8_t)c;
		out->len += 1;
	} else if (c < 0x800) {
		p[0] = (uint8_t)(0xc0 | (c >> 6));
		p[1] = (uint8_t)(0x80 | (c & 0x3f));
		out->len += 2;
	} else if (c < 0x10000) {
		p[0] = (uint8_t)(0xe0 | (c >> 12));
		p[1] = (uint8_t)(0x80 | ((c >> 6) & 0x3f));
		p[2] = (uint8_t)(0x80 | (c & 0x3f));
		out->len += 3;
	} else {
		p[0] = (uint8_t)(0xf0 | (c >> 18));
		p[1] = (uint8_t)(0x80 | ((c >> 12) & 0x3f));
		p[2] = (uint8_t)(0x80 | ((c >> 6) & 0x3f));
		p[3] = (uint8_t)(0x80 | (c & 0x3f));
		out->len += 4;
	}
}

static bool
is_surrogate(uint32_t c)
{
	return (c >= 0xd800) && (c <= 0xdfff);
}

/* Append the field decoded, which makes it no longer, and a NUL. */
static void
put_field(struct buf * out, const char * text, size_t len)
{
	size_t done = 0; /* So much of text was copied. */
	size_t begin = 0;
	uint32_t c;

	for (size_t i = 0; i < len; i++) {
		c = (text[i] == ';') ? entity_before(text, i, &begin) : 0;
		if ((c == 0) || is_surrogate(c) || (begin < done))
			continue;
		memcpy(out->bytes + out->len, text + done, begin - done);
		out->len += begin - done;
		put_character(out, c);
		done = i + 1;
	}
	memcpy(out->bytes + out->len, text + done, len - done);
	out->len += len - done;
	out->bytes[out->len++] = '\0';
}

/* One field of the line: without its pair of quotes, decoded. */
static void
take_field(struct classic * c, const char * text, size_t len)
{
	const char * kept = (const char *)c->text.bytes + c->text.len;

	if ((len >= 2) && (text[0] == '"') && (text[len - 1] == '"')) {
		text++;
		len -= 2;
	}
	if (c->count < CLASSIC_FIELDS_V2) {
		put_field(&c->text, text, len);
		if (*kept != '\0')
			c->fields[c->count] = kept;
	}
	c->count++;
}

int
classic_parse(struct classic * c, const char * line, size_t len, struct err * e)
{
	bool quoted = false;
	size_t begin = 0;
	size_t ignored;

	buf_clear(&c->text);
	if (buf_reserve(&c->text, len + CLASSIC_FIELDS_V2 + 1, e) != 0)
		return -1;
	memset(c->fields, 0, sizeof(c->fields));
	c->count = 0;
	for (size_t i = 0; i < len; i++) {
		if (line[i] == '"')
			quoted = !quoted;
		if ((line[i] != ';') || quoted ||
		    (entity_before(line + begin, i - begin, &ignored) != 0))
			continue;
		take_field(c, line + begin, i - begin);
		begin = i + 1;
	}
	take_field(c, line + begin, len - begin);
	return 0;
}

void
classic_free(struct classic * c)
{
	buf_free(&c->text);
}
