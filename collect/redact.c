#include <stdbool.h>
#include <string.h>

#include "collect/redact.h"

/*
 * A run of text is looked at as a row of characters, each written plainly, as
 * %XX, or as %25XX (encoded twice).
 */
struct glyph {
	char c;     /* Lower case. */
	size_t len; /* Bytes that it is written with. */
};

static int
hex_value(char c)
{
	if ((c >= '0') && (c <= '9'))
		return c - '0';
	if ((c >= 'a') && (c <= 'f'))
		return c - 'a' + 10;
	if ((c >= 'A') && (c <= 'F'))
		return c - 'A' + 10;
	return -1;
}

/* Read the character that begins ${text}, of which ${len} > 0 bytes remain. */
static struct glyph
read_glyph(const char * text, size_t len)
{
	struct glyph g = { text[0], 1 };
	size_t at = 1;

	if (text[0] == '%') {
		if ((len >= 5) && (text[1] == '2') && (text[2] == '5'))
			at = 3;
		if ((len >= at + 2) && (hex_value(text[at]) >= 0) &&
		    (hex_value(text[at + 1]) >= 0)) {
			g.c = (char)(hex_value(text[at]) * 16 +
			    hex_value(text[at + 1]));
			g.len = at + 2;
		}
	}
	if ((g.c >= 'A') && (g.c <= 'Z'))
		g.c = (char)(g.c - 'A' + 'a');
	return g;
}

/* Return how many bytes of ${text} spell ${word}, or 0. */
static size_t
match_word(const char * text, size_t len, const char * word)
{
	size_t at = 0;

	for (; *word != '\0'; word++) {
		struct glyph g;

		if (at >= len)
			return 0;
		g = read_glyph(text + at, len - at);
		if (g.c != *word)
			return 0;
		at += g.len;
	}
	return at;
}

/* Return how many bytes there are before a character of ${ends}. */
static size_t
value_length(const char * text, size_t len, const char * ends)
{
	size_t at = 0;

	while (at < len) {
		struct glyph g = read_glyph(text + at, len - at);

		if ((g.c == '\0') || (strchr(ends, g.c) != NULL))
			break;
		at += g.len;
	}
	return at;
}

/* What introduces a secret, and what ends it. */
static const struct {
	const char * word;
	const char * ends;
	const char * behind; /* The secret begins behind this; "" at once. */
} secrets[] = {
	{ "sig=", "&; \t\r\n\"'<>\\", "" },
	{ "accountkey=", "&; \t\r\n\"'<>\\", "" },
	{ "sharedkey ", " \t\r\n\"'<>\\", ":" },
	{ "sharedkeylite ", " \t\r\n\"'<>\\", ":" },
};

/* Return how many bytes of ${text} introduce a secret, or 0. */
static size_t
match_secret(const char * text, size_t len, const char ** ends)
{
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		size_t at = match_word(text, len, secrets[i].word);

		if (at == 0)
			continue;
		*ends = secrets[i].ends;
		if (secrets[i].behind[0] == '\0')
			return at;
		at += value_length(text + at, len - at, " \t\r\n:");
		if ((at < len) && (text[at] == ':'))
			return at + 1;
	}
	return 0;
}

int
redact_text(struct buf * out, const char * text, size_t len, struct err * e)
{
	size_t kept = 0; /* Everything before it is in ${out}. */
	size_t at = 0;

	while (at < len) {
		const char * ends = NULL;
		size_t word = match_secret(text + at, len - at, &ends);

		if (word == 0) {
			at++;
			continue;
		}
		at += word;
		if ((buf_add(out, text + kept, at - kept, e) != 0) ||
		    (buf_add_text(out, REDACT_WORD, e) != 0))
			return -1;
		at += value_length(text + at, len - at, ends);
		kept = at;
	}
	return buf_add(out, text + kept, len - kept, e);
}
