/*
 * What a secret looks like.  Lengths and the unused bits of base64 are exact:
 * they tell a key of 64 bytes, and a signature or key of 32, from hashes in
 * hex, identifiers, ETags, and what somebody blacked out.
 */
#include <string.h>

#include "evidence/secret_find.h"

#define KEY_CHARS 86       /* 64 bytes, before "==". */
#define SIGNATURE_CHARS 43 /* 32 bytes, before "=". */
#define DISTINCT_MIN 12    /* Of random ones, 43 have 31 in the mean. */
#define JWT_HEAD_MIN 10
#define JWT_SIGNATURE_MIN 20

/* The bytes, and where something is read. */
struct place {
	const uint8_t * bytes;
	size_t len;
};

/* Encodings of one character, longest first. */
static const struct {
	const char * text;
	char c;
} encodings[] = {
	{ "\\u002b", '+' },
	{ "\\u002f", '/' },
	{ "\\u003d", '=' },
	{ "%252b", '+' },
	{ "%252f", '/' },
	{ "%253d", '=' },
	{ "%2b", '+' },
	{ "%2f", '/' },
	{ "%3d", '=' },
	{ "\\/", '/' },
};
#define ENCODINGS (sizeof(encodings) / sizeof(encodings[0]))

static uint8_t
lower(uint8_t c)
{
	return ((c >= 'A') && (c <= 'Z')) ? (uint8_t)(c + 32) : c;
}

/* Whether ${text}, in lower case, stands at ${at}. */
static bool
stands_at(const struct place * p, size_t at, const char * text)
{
	size_t i;

	for (i = 0; text[i] != '\0'; i++)
		if ((at + i >= p->len) ||
		    (lower(p->bytes[at + i]) != (uint8_t)text[i]))
			return false;
	return true;
}

/* Whether ${text}, in lower case, ends before ${at}. */
static bool
ends_at(const struct place * p, size_t at, const char * text)
{
	size_t len = strlen(text);

	return (at >= len) && stands_at(p, at - len, text);
}

static bool
is_letter(uint8_t c)
{
	return (lower(c) >= 'a') && (lower(c) <= 'z');
}

static bool
is_base64(uint8_t c)
{
	return is_letter(c) || ((c >= '0') && (c <= '9')) || (c == '+') ||
	    (c == '/') || (c == '-') || (c == '_');
}

/* The character at ${at}, and how many bytes it takes; 0 bytes at the end. */
static uint8_t
char_at(const struct place * p, size_t at, size_t * size)
{
	*size = (at < p->len) ? 1 : 0;
	if (*size == 0)
		return 0;
	if ((p->bytes[at] != '%') && (p->bytes[at] != '\\'))
		return p->bytes[at];
	for (size_t i = 0; i < ENCODINGS; i++)
		if (stands_at(p, at, encodings[i].text)) {
			*size = strlen(encodings[i].text);
			return (uint8_t)encodings[i].c;
		}
	return p->bytes[at];
}

/* The same for the character that ends before ${at}. */
static uint8_t
char_before(const struct place * p, size_t at, size_t * size)
{
	*size = (at > 0) ? 1 : 0;
	if (*size == 0)
		return 0;
	if ((at < 2) ||
	    ((p->bytes[at - 2] != '2') && (p->bytes[at - 2] != '3') &&
		(p->bytes[at - 2] != '\\')))
		return p->bytes[at - 1];
	for (size_t i = 0; i < ENCODINGS; i++)
		if (ends_at(p, at, encodings[i].text)) {
			*size = strlen(encodings[i].text);
			return (uint8_t)encodings[i].c;
		}
	return p->bytes[at - 1];
}

/* What a run of base64 is like. */
struct run {
	size_t chars;
	size_t equals; /* Signs behind it, as far as two. */
	size_t end;    /* Behind all of that. */
	uint8_t last;  /* Its last character. */
	uint64_t set;  /* Of characters, in six bits each. */
};

static unsigned
value_of(uint8_t c)
{
	if ((c >= 'A') && (c <= 'Z'))
		return c - 'A';
	if ((c >= 'a') && (c <= 'z'))
		return c - 'a' + 26U;
	if ((c >= '0') && (c <= '9'))
		return c - '0' + 52U;
	return ((c == '+') || (c == '-')) ? 62 : 63;
}

/* Read the run that begins at ${at}, up to ${max} characters and one more. */
static void
read_run(const struct place * p, size_t at, size_t max, struct run * run)
{
	size_t size;
	uint8_t c = char_at(p, at, &size);

	memset(run, 0, sizeof(*run));
	while ((size > 0) && is_base64(c) && (run->chars <= max)) {
		run->chars++;
		run->last = c;
		run->set |= UINT64_C(1) << value_of(c);
		at += size;
		c = char_at(p, at, &size);
	}
	while ((size > 0) && (c == '=') && (run->equals < 2)) {
		run->equals++;
		at += size;
		c = char_at(p, at, &size);
	}
	run->end = at;
}

/* Too few different characters are no chance. */
static bool
is_random(const struct run * run)
{
	int n = 0;

	for (uint64_t set = run->set; set != 0; set &= set - 1)
		n++;
	return n >= DISTINCT_MIN;
}

/* 64 bytes in base64. */
static bool
is_long_key(const struct run * run)
{
	return (run->chars == KEY_CHARS) && (run->equals == 2) &&
	    ((value_of(run->last) & 15) == 0) && is_random(run);
}

/* 32 bytes in base64, whose sign may be cut off. */
static bool
is_short_key(const struct run * run, bool needs_sign)
{
	return (run->chars == SIGNATURE_CHARS) &&
	    ((run->equals == 1) || (!needs_sign && (run->equals == 0))) &&
	    ((value_of(run->last) & 3) == 0) && is_random(run);
}

/* Whether an escape ends before ${at}: %26, %2526, \\u0026, \\n. */
static bool
is_behind_escape(const struct place * p, size_t at)
{
	const uint8_t * end = p->bytes + at;

	return ((at >= 3) && (end[-3] == '%')) ||
	    ((at >= 5) && (end[-5] == '%') && (end[-4] == '2') &&
		(end[-3] == '5')) ||
	    ((at >= 6) && (end[-6] == '\\') && (end[-5] == 'u')) ||
	    ((at >= 2) && (end[-2] == '\\'));
}

/* Whether a word may begin at ${at}: it is not the end of a longer one. */
static bool
is_word_start(const struct place * p, size_t at)
{
	if ((at == 0) || is_behind_escape(p, at))
		return true;
	return !is_base64(p->bytes[at - 1]) || (p->bytes[at - 1] == '/') ||
	    (p->bytes[at - 1] == '-');
}

/* LABEL=VALUE: the sign, of ${size} bytes, stands at ${at}. */
static bool
find_labelled(const struct place * p, size_t at, size_t size, size_t * begin,
    enum secret_sort * sort)
{
	struct run run;

	*begin = at + size;
	if (ends_at(p, at, "sig") && is_word_start(p, at - 3)) {
		*sort = SECRET_SIGNATURE;
		read_run(p, *begin, SIGNATURE_CHARS, &run);
		return is_short_key(&run, false);
	}
	if (ends_at(p, at, "accountkey")) {
		*sort = SECRET_ACCOUNT_KEY;
		read_run(p, *begin, KEY_CHARS, &run);
		return is_long_key(&run);
	}
	if (ends_at(p, at, "sharedaccesskey")) {
		*sort = SECRET_ACCESS_KEY;
		read_run(p, *begin, SIGNATURE_CHARS, &run);
		return is_short_key(&run, true);
	}
	return false;
}

/* Whether a value that ends with the sign at ${at} is a JSON string's end. */
static bool
is_string_end(const struct place * p, size_t at, size_t size)
{
	at += size;
	if (char_at(p, at, &size) == '=')
		at += size;
	while ((at < p->len) && (p->bytes[at] == '\\'))
		at++;
	return (at < p->len) && (p->bytes[at] == '"');
}

/* Go back over what stands between a member's name and its value. */
static size_t
before_value(const struct place * p, size_t at, bool * is_member)
{
	static const char order[] = "\":\"";

	*is_member = false;
	for (size_t i = 0; i < 3; i++) {
		while ((at > 0) &&
		    ((p->bytes[at - 1] == '\\') || (p->bytes[at - 1] == ' ')))
			at--;
		if ((at == 0) || (p->bytes[at - 1] != (uint8_t)order[i]))
			return at;
		at--;
	}
	while ((at > 0) && (p->bytes[at - 1] == '\\'))
		at--;
	*is_member = true;
	return at;
}

/* Where the run that ends before ${at} begins; it has ${chars}, no more. */
static bool
go_back(const struct place * p, size_t at, size_t * begin, size_t chars)
{
	size_t size;

	for (size_t i = 0; i < chars; i++) {
		uint8_t c = char_before(p, at, &size);

		if ((size == 0) || !is_base64(c))
			return false;
		at -= size;
	}
	*begin = at;
	return true;
}

/* "NAME":"VALUE=": the first sign behind the value stands at ${at}. */
static bool
find_member(
    const struct place * p, size_t at, size_t * begin, enum secret_sort * sort)
{
	static const char * const longs[] = { "value", "key", "key1", "key2" };
	static const char * const shorts[] = { "primarykey", "secondarykey",
		"sharedaccesskey", "sharedaccesskeyvalue" };
	bool is_member;
	struct run run;
	size_t name;

	if (go_back(p, at, begin, KEY_CHARS)) {
		name = before_value(p, *begin, &is_member);
		*sort = SECRET_ACCOUNT_KEY;
		read_run(p, *begin, KEY_CHARS, &run);
		for (size_t i = 0; is_member && (i < 4); i++)
			if (ends_at(p, name, longs[i]) && is_long_key(&run))
				return true;
	}
	if (go_back(p, at, begin, SIGNATURE_CHARS)) {
		name = before_value(p, *begin, &is_member);
		*sort = SECRET_ACCESS_KEY;
		read_run(p, *begin, SIGNATURE_CHARS, &run);
		for (size_t i = 0; is_member && (i < 4); i++)
			if (ends_at(p, name, shorts[i]) &&
			    is_short_key(&run, true))
				return true;
	}
	return false;
}

static bool
is_url_char(uint8_t c)
{
	return is_base64(c) && (c != '+') && (c != '/');
}

/* How many characters of base64url stand at ${at}. */
static size_t
url_chars(const struct place * p, size_t at)
{
	size_t n = 0;

	while ((at + n < p->len) && is_url_char(p->bytes[at + n]))
		n++;
	return n;
}

/* A JWT of three parts whose first two are objects: "eyJ" begins at ${at}. */
static bool
find_jwt(const struct place * p, size_t at)
{
	size_t n;

	if ((at > 0) && is_url_char(p->bytes[at - 1]) &&
	    !is_behind_escape(p, at))
		return false;
	n = url_chars(p, at);
	at += n + 1;
	if ((n < JWT_HEAD_MIN) || (at + 3 > p->len) ||
	    (p->bytes[at - 1] != '.') || (memcmp(p->bytes + at, "eyJ", 3) != 0))
		return false;
	n = url_chars(p, at);
	at += n + 1;
	if (at > p->len)
		return n >= SECRET_SCAN_AFTER / 2; /* It goes on and on. */
	return (p->bytes[at - 1] == '.') &&
	    (url_chars(p, at) >= JWT_SIGNATURE_MIN);
}

bool
secret_find(const uint8_t * bytes, size_t len, size_t at, size_t * begin,
    enum secret_sort * sort)
{
	const struct place p = { bytes, len };
	size_t size;

	if (bytes[at] == 'J') {
		*sort = SECRET_TOKEN;
		*begin = at - 2;
		return (at >= 2) && (bytes[at - 1] == 'y') &&
		    (bytes[at - 2] == 'e') && find_jwt(&p, *begin);
	}
	/* Most escapes end here, and then most signs. */
	if ((at == 0) || (len - at < 2) ||
	    ((bytes[at] == '%') && (bytes[at + 1] != '3') &&
		(bytes[at + 1] != '2')) ||
	    ((bytes[at] == '\\') && (bytes[at + 1] != 'u')) ||
	    (char_at(&p, at, &size) != '='))
		return false;
	if ((lower(bytes[at - 1]) == 'g') || (lower(bytes[at - 1]) == 'y'))
		if (find_labelled(&p, at, size, begin, sort))
			return true;
	return is_string_end(&p, at, size) && find_member(&p, at, begin, sort);
}
