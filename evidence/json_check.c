/*
 * The strict check in front of cJSON, and the rules of FORMAT.md in code:
 *
 *	text    = value [LF]
 *	value   = object | array | string | integer | "true" | "false" | "null"
 *	object  = "{" [member *("," member)] "}"      member = string ":" value
 *	array   = "[" [value *("," value)] "]"
 *	integer = "0" | ["-"] digit1-9 *digit          at most 2^53 in size
 *	string  = RFC 8259's, no raw controls, no escaped NUL, no lone surrogate
 *
 * White space between tokens is allowed (space, tab, CR, LF), keys are unique
 * in their object, and nothing is deeper than JSON_MAX_DEPTH or has more values
 * than JSON_MAX_VALUES.
 */
#include <stdlib.h>
#include <string.h>

#include "evidence/json.h"
#include "evidence/text.h"

/* Where the raw text of a key stands, without its quotes. */
struct key {
	const char * text;
	size_t len;
};

struct checker {
	const char * p;
	const char * end;
	const char * start;
	int depth;
	size_t values_left;
	struct key * keys; /* Keys of all open objects, innermost last. */
	size_t key_count;
	size_t key_room;
	struct err * e;
};

static int check_value(struct checker * c);

static int
refuse(struct checker * c, const char * why)
{
	err_set(c->e, ERR_INPUT, NULL, "JSON at byte %zu: %s",
	    (size_t)(c->p - c->start), why);
	return -1;
}

static void
skip_space(struct checker * c)
{
	while ((c->p < c->end) &&
	    ((*c->p == ' ') || (*c->p == '\t') || (*c->p == '\n') ||
		(*c->p == '\r')))
		c->p++;
}

static int
take(struct checker * c, char want)
{
	if ((c->p < c->end) && (*c->p == want)) {
		c->p++;
		return 0;
	}
	return -1;
}

/* Four hex digits behind \u. */
static int
take_hex4(struct checker * c, unsigned * code)
{
	unsigned v = 0;

	if (c->end - c->p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char d = c->p[i];

		v <<= 4;
		if ((d >= '0') && (d <= '9'))
			v |= (unsigned)(d - '0');
		else if ((d >= 'a') && (d <= 'f'))
			v |= (unsigned)(d - 'a' + 10);
		else if ((d >= 'A') && (d <= 'F'))
			v |= (unsigned)(d - 'A' + 10);
		else
			return -1;
	}
	c->p += 4;
	*code = v;
	return 0;
}

static int
check_unicode_escape(struct checker * c)
{
	unsigned code, low;

	if (take_hex4(c, &code) != 0)
		return refuse(c, "bad \\u escape");
	if (code == 0)
		return refuse(c, "U+0000 in a string");
	if ((code < 0xd800) || (code > 0xdfff))
		return 0;
	if ((code > 0xdbff) || (take(c, '\\') != 0) || (take(c, 'u') != 0) ||
	    (take_hex4(c, &low) != 0) || (low < 0xdc00) || (low > 0xdfff))
		return refuse(c, "a surrogate alone");
	return 0;
}

static int
check_string(struct checker * c)
{
	if (take(c, '"') != 0)
		return refuse(c, "a string is missing");
	while (c->p < c->end) {
		char ch = *c->p++;

		if (ch == '"')
			return 0;
		if ((unsigned char)ch < 0x20)
			return refuse(c, "a raw control character");
		if (ch != '\\')
			continue;
		if (c->p == c->end)
			break;
		ch = *c->p++;
		if (ch == 'u') {
			if (check_unicode_escape(c) != 0)
				return -1;
		} else if ((ch == '\0') || (strchr("\"\\/bfnrt", ch) == NULL)) {
			return refuse(c, "an unknown escape");
		}
	}
	return refuse(c, "a string without an end");
}

static int
check_integer(struct checker * c)
{
	const char * start = c->p;
	int64_t n;

	if (*c->p == '-')
		c->p++;
	while ((c->p < c->end) && (*c->p >= '0') && (*c->p <= '9'))
		c->p++;
	if ((c->p < c->end) &&
	    ((*c->p == '.') || (*c->p == 'e') || (*c->p == 'E')))
		return refuse(c, "a number that is no integer");
	if ((text_parse_integer(start, (size_t)(c->p - start), &n) != 0) ||
	    (n > JSON_MAX_INTEGER) || (n < -JSON_MAX_INTEGER))
		return refuse(c, "an integer out of form or range");
	return 0;
}

static int
check_word(struct checker * c, const char * word)
{
	size_t len = strlen(word);

	if (((size_t)(c->end - c->p) < len) || (memcmp(c->p, word, len) != 0))
		return refuse(c, "an unknown word");
	c->p += len;
	return 0;
}

/*
 * Note a key and compare it with the others of its object.  A key must be
 * written without escapes, so equal keys are equal bytes.
 */
static int
note_key(struct checker * c, size_t first, const char * text, size_t len)
{
	if (memchr(text, '\\', len) != NULL)
		return refuse(c, "an escape in a key");
	for (size_t i = first; i < c->key_count; i++) {
		if ((c->keys[i].len == len) &&
		    (memcmp(c->keys[i].text, text, len) == 0))
			return refuse(c, "a key that stands twice");
	}
	if (c->key_count - first >= 512)
		return refuse(c, "more than 512 keys in an object");
	if (c->key_count == c->key_room) {
		size_t room = (c->key_room == 0) ? 64 : 2 * c->key_room;
		struct key * keys = realloc(c->keys, room * sizeof(*keys));

		if (keys == NULL) {
			err_set(c->e, ERR_SYSTEM, NULL, "out of memory");
			return -1;
		}
		c->keys = keys;
		c->key_room = room;
	}
	c->keys[c->key_count].text = text;
	c->keys[c->key_count].len = len;
	c->key_count++;
	return 0;
}

static int
check_member(struct checker * c, size_t first)
{
	const char * key;

	skip_space(c);
	key = c->p + 1;
	if (check_string(c) != 0)
		return -1;
	if (note_key(c, first, key, (size_t)(c->p - 1 - key)) != 0)
		return -1;
	skip_space(c);
	if (take(c, ':') != 0)
		return refuse(c, "a colon is missing");
	return check_value(c);
}

/* The inside of an object or array behind its opening bracket. */
static int
check_inside(struct checker * c, bool is_object)
{
	const char close = is_object ? '}' : ']';
	size_t first = c->key_count;

	if (++c->depth > JSON_MAX_DEPTH)
		return refuse(c, "too deep");
	skip_space(c);
	if (take(c, close) != 0) {
		do {
			if ((is_object ? check_member(c, first)
				       : check_value(c)) != 0)
				return -1;
			skip_space(c);
		} while (take(c, ',') == 0);
		if (take(c, close) != 0)
			return refuse(c, "a bracket is not closed");
	}
	c->key_count = first;
	c->depth--;
	return 0;
}

static int
check_value(struct checker * c)
{
	skip_space(c);
	if (c->p == c->end)
		return refuse(c, "a value is missing");
	if (c->values_left-- == 0)
		return refuse(c, "too many values");
	switch (*c->p) {
	case '{':
		c->p++;
		return check_inside(c, true);
	case '[':
		c->p++;
		return check_inside(c, false);
	case '"':
		return check_string(c);
	case 't':
		return check_word(c, "true");
	case 'f':
		return check_word(c, "false");
	case 'n':
		return check_word(c, "null");
	default:
		if ((*c->p == '-') || ((*c->p >= '0') && (*c->p <= '9')))
			return check_integer(c);
		return refuse(c, "no JSON value");
	}
}

int
json_check(const void * bytes, size_t len, struct err * e)
{
	struct checker c = { .p = bytes, .start = bytes, .e = e };
	int rc;

	if (len > JSON_MAX_DOCUMENT) {
		err_set(e, ERR_LIMIT, NULL, "a JSON document over 64 MiB");
		return -1;
	}
	if (!text_is_utf8(bytes, len)) {
		err_set(e, ERR_INPUT, NULL, "JSON that is not UTF-8");
		return -1;
	}
	c.end = c.p + len;
	c.values_left =
	    (len > JSON_LARGE) ? JSON_MAX_VALUES_LARGE : JSON_MAX_VALUES;
	rc = check_value(&c);
	if (rc == 0) {
		(void)take(&c, '\n');
		if (c.p != c.end)
			rc = refuse(&c, "something behind the value");
	}
	free(c.keys);
	return rc;
}
