#include "timeline/scan.h"

/* What may come next, or what is being read. */
enum {
	VALUE,        /* A value. */
	VALUE_OR_END, /* A value, or the bracket that ends an empty array. */
	KEY,          /* A key, after a comma. */
	KEY_OR_END,   /* A key, or the brace that ends an empty object. */
	COLON,
	COMMA_OR_END,
	STRING,
	ESCAPE, /* The character behind a backslash. */
	SCALAR  /* A number or a literal. */
};

/* Bytes at which the reading of a string has to stop. */
static bool
is_special(uint8_t c)
{
	return (c == '"') || (c == '\\') || (c < 0x20);
}

static bool
is_space(const struct scan * s, uint8_t c)
{
	return (c == ' ') || (c == '\t') || (c == '\r') ||
	    ((c == '\n') && !s->lines);
}

static bool
is_scalar(uint8_t c)
{
	return ((c >= '0') && (c <= '9')) || ((c >= 'a') && (c <= 'z')) ||
	    ((c >= 'A') && (c <= 'Z')) || (c == '-') || (c == '+') ||
	    (c == '.');
}

static bool
in_object(const struct scan * s)
{
	return (s->depth > 0) && (((s->objects >> (s->depth - 1)) & 1) != 0);
}

void
scan_begin(struct scan * s, bool lines)
{
	static const struct scan start;

	*s = start;
	s->state = VALUE;
	s->lines = lines;
}

void
scan_begin_tail(struct scan * s)
{
	scan_begin(s, false);
	s->depth = 1;
	s->objects = 1;
	s->state = COMMA_OR_END;
}

static enum scan_result
open_bracket(struct scan * s, bool object)
{
	uint64_t bit;

	if (s->depth == SCAN_MAX_DEPTH)
		return SCAN_DEEP;
	bit = UINT64_C(1) << s->depth;
	s->objects = object ? (s->objects | bit) : (s->objects & ~bit);
	s->depth++;
	s->fresh = object;
	if (object)
		s->open_at = s->at;
	s->state = object ? KEY_OR_END : VALUE_OR_END;
	return SCAN_MORE;
}

static enum scan_result
close_bracket(struct scan * s, bool object)
{
	if ((s->depth == 0) || (in_object(s) != object))
		return SCAN_BAD;
	s->depth--;
	s->fresh = false;
	s->state = COMMA_OR_END;
	return (s->depth == 0) ? SCAN_DONE : SCAN_MORE;
}

static enum scan_result
begin_value(struct scan * s, uint8_t c)
{
	if ((c == '{') || (c == '['))
		return open_bracket(s, c == '{');
	if (c == '"') {
		s->key = false;
		s->state = STRING;
		return SCAN_MORE;
	}
	if ((c == '-') || (c == 't') || (c == 'f') || (c == 'n') ||
	    ((c >= '0') && (c <= '9'))) {
		s->state = SCALAR;
		return SCAN_MORE;
	}
	return SCAN_BAD;
}

static enum scan_result
end_string(struct scan * s)
{
	if (!s->key) {
		s->state = COMMA_OR_END;
		return (s->depth == 0) ? SCAN_DONE : SCAN_MORE;
	}
	s->state = COLON;
	if (!s->fresh)
		return SCAN_MORE;
	s->fresh = false;
	return SCAN_FIRST_KEY;
}

static enum scan_result
between(struct scan * s, uint8_t c)
{
	if (c == ',') {
		s->state = in_object(s) ? KEY : VALUE;
		return SCAN_MORE;
	}
	if ((c == '}') || (c == ']'))
		return close_bracket(s, c == '}');
	return SCAN_BAD;
}

/* One byte outside of strings and scalars that is no white space. */
static enum scan_result
step(struct scan * s, uint8_t c)
{
	switch (s->state) {
	case VALUE_OR_END:
		if (c == ']')
			return close_bracket(s, false);
		return begin_value(s, c);
	case VALUE:
		return begin_value(s, c);
	case KEY_OR_END:
		if (c == '}')
			return close_bracket(s, true);
		/* FALLTHROUGH */
	case KEY:
		if (c != '"')
			return SCAN_BAD;
		s->key = true;
		s->key_at = s->at;
		s->state = STRING;
		return SCAN_MORE;
	case COLON:
		if (c != ':')
			return SCAN_BAD;
		s->state = VALUE;
		return SCAN_MORE;
	case COMMA_OR_END:
		return between(s, c);
	}
	return SCAN_BAD;
}

/* Go on in a string from byte ${i}; return where it stopped. */
static size_t
run_string(struct scan * s, const uint8_t * bytes, size_t len, size_t i)
{
	if (s->state == ESCAPE) {
		if (bytes[i] < 0x20)
			return i;
		s->state = STRING;
		i++;
	}
	while ((i < len) && !is_special(bytes[i]))
		i++;
	return i;
}

enum scan_result
scan_feed(struct scan * s, const uint8_t * bytes, size_t len, size_t * used)
{
	enum scan_result result = SCAN_MORE;
	const int64_t base = s->at;
	size_t i = 0;

	while ((i < len) && (result == SCAN_MORE)) {
		if ((s->state == STRING) || (s->state == ESCAPE)) {
			i = run_string(s, bytes, len, i);
			if (i == len)
				break;
			if (bytes[i] == '"')
				result = end_string(s);
			else if (bytes[i] == '\\')
				s->state = ESCAPE;
			else
				result = SCAN_BAD;
		} else if ((s->state == SCALAR) && is_scalar(bytes[i])) {
			i++;
			continue;
		} else if (s->state == SCALAR) {
			s->state = COMMA_OR_END;
			result = (s->depth == 0) ? SCAN_DONE : SCAN_MORE;
			if (result == SCAN_DONE)
				break;
			continue;
		} else if (!is_space(s, bytes[i])) {
			s->at = base + (int64_t)i;
			result = step(s, bytes[i]);
		}
		if ((result == SCAN_BAD) || (result == SCAN_DEEP))
			break;
		i++;
	}
	s->at = base + (int64_t)i;
	*used = i;
	return result;
}
