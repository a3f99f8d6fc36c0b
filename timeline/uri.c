#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "evidence/buf.h"
#include "evidence/text.h"
#include "timeline/when.h"

#include "timeline/uri.h"

#define REDACTED "-REDACTED-"

static const struct parameter {
	const char * name;
	size_t at;
} parameters[] = {
	{ "sv", offsetof(struct event, sas_sv) },
	{ "sr", offsetof(struct event, sas_sr) },
	{ "ss", offsetof(struct event, sas_ss) },
	{ "srt", offsetof(struct event, sas_srt) },
	{ "sp", offsetof(struct event, sas_sp) },
	{ "st", offsetof(struct event, sas_st) },
	{ "se", offsetof(struct event, sas_se) },
	{ "sip", offsetof(struct event, sas_sip) },
	{ "spr", offsetof(struct event, sas_spr) },
	{ "si", offsetof(struct event, sas_si) },
	{ "skoid", offsetof(struct event, sas_skoid) },
};

#define PARAMETERS (sizeof(parameters) / sizeof(parameters[0]))

/* ---- Signatures ---------------------------------------------------------- */

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

/*
 * Read one character that may be percent-encoded, once ("%3d") or more often
 * ("%253D").  Return how many bytes it takes; 0 at the end.
 */
static size_t
take_encoded(const char * p, char * c)
{
	size_t n = 1;

	*c = *p;
	if (*p == '\0')
		return 0;
	if (*p != '%')
		return 1;
	while ((p[n] == '2') && (p[n + 1] == '5'))
		n += 2;
	if ((hex_value(p[n]) < 0) || (hex_value(p[n + 1]) < 0))
		return 1;
	*c = (char)(hex_value(p[n]) * 16 + hex_value(p[n + 1]));
	return n + 2;
}

static bool
is_delimiter(char c)
{
	return (c == '&') || (c == ';') || (c == '?');
}

/* The length of "sig=" at ${p}, in whatever encoding; 0 if it is not there. */
static size_t
match_sig(const char * p)
{
	static const char want[] = "sig=";
	size_t at = 0;

	for (size_t i = 0; want[i] != '\0'; i++) {
		char c;
		size_t n = take_encoded(p + at, &c);

		if ((c >= 'A') && (c <= 'Z'))
			c = (char)(c - 'A' + 'a');
		if ((n == 0) || (c != want[i]))
			return 0;
		at += n;
	}
	return at;
}

/*
 * The length of a signature's value: up to what can stand in none.  A plus, a
 * slash or an equals sign can, encoded or not.
 */
static size_t
value_length(const char * p, bool * only_x)
{
	size_t at = 0;

	*only_x = true;
	for (;;) {
		char c;
		size_t n = take_encoded(p + at, &c);

		if ((n == 0) || is_delimiter(c) || (c == '#') || (c == ' ') ||
		    (c == '"') || (c == '\'') || (c == '<') || (c == '>'))
			return at;
		if (c != 'X')
			*only_x = false;
		at += n;
	}
}

/*
 * The next signature's value in ${text} from ${from} on: its place and length.
 * Return false if there is none.
 */
static bool
find_value(const char * text, size_t from, size_t * at, size_t * len)
{
	bool begins = (from == 0);
	size_t i = from;

	while (text[i] != '\0') {
		bool only_x;
		size_t n = begins ? match_sig(text + i) : 0;
		char c;

		if (n > 0) {
			*at = i + n;
			*len = value_length(text + i + n, &only_x);
			if (!only_x)
				return true;
			i += n + *len;
			begins = false;
			continue;
		}
		n = take_encoded(text + i, &c);
		begins = is_delimiter(c);
		i += n;
	}
	return false;
}

const char *
uri_redact(const char * text, struct arena * a, struct err * e)
{
	struct buf out = { 0 };
	const char * result = NULL;
	size_t from = 0;
	size_t at, len;

	if ((strchr(text, '=') == NULL) && (strchr(text, '%') == NULL))
		return text;
	if (!find_value(text, 0, &at, &len))
		return text;
	do {
		if ((buf_add(&out, text + from, at - from, e) != 0) ||
		    (buf_add_text(&out, REDACTED, e) != 0))
			goto out;
		from = at + len;
	} while (find_value(text, from, &at, &len));
	if (buf_add_text(&out, text + from, e) != 0)
		goto out;
	result = arena_copy(a, buf_text(&out), out.len, e);

out:
	buf_free(&out);
	return result;
}

/* ---- Parameters ---------------------------------------------------------- */

static bool
is_clean(const struct buf * b)
{
	for (size_t i = 0; i < b->len; i++) {
		if (b->bytes[i] < 0x20)
			return false;
	}
	return text_is_utf8(b->bytes, b->len);
}

/* The value of a parameter, decoded if that gives text. */
static const char *
decode(const char * value, size_t len, struct arena * a, struct err * e)
{
	struct buf b = { 0 };
	struct err bad; /* A percent sign that begins nothing: left as it is. */
	const char * text;

	err_init(&bad);
	if ((text_percent_decode(&b, value, len, &bad) == 0) && (b.len > 0) &&
	    is_clean(&b))
		text = arena_copy(a, buf_text(&b), b.len, e);
	else
		text = arena_copy(a, value, len, e);
	if (bad.kind == ERR_SYSTEM) {
		*e = bad;
		text = NULL;
	}
	buf_free(&b);
	return text;
}

static bool
is_name(const char * p, size_t len, const char * name)
{
	return (strlen(name) == len) && (strncasecmp(p, name, len) == 0);
}

static int
keep(const char * name, size_t name_len, const char * value, size_t len,
    struct arena * a, struct event * ev, struct err * e)
{
	const char ** place;
	size_t i;

	for (i = 0; i < PARAMETERS; i++) {
		if (is_name(name, name_len, parameters[i].name))
			break;
	}
	if (i == PARAMETERS)
		return 0;
	place = (const char **)((char *)ev + parameters[i].at);
	if (*place != NULL) {
		ev->flags |= EVENT_FLAG_CONFLICT;
		return 0;
	}
	*place = decode(value, len, a, e);
	return (*place == NULL) ? -1 : 0;
}

/* Step over one parameter of a query; return false at its end. */
static bool
next_parameter(const char ** p, const char ** name, size_t * name_len,
    const char ** value, size_t * len)
{
	const char * equals;
	size_t n;

	if ((**p == '\0') || (**p == '#'))
		return false;
	n = strcspn(*p, "&#");
	equals = memchr(*p, '=', n);
	*name = *p;
	*name_len = (equals == NULL) ? n : (size_t)(equals - *p);
	*value = (equals == NULL) ? *p + n : equals + 1;
	*len = n - *name_len - ((equals == NULL) ? 0 : 1);
	*p += n;
	if (**p == '&')
		(*p)++;
	return true;
}

static bool
has_sas(const char * query)
{
	const char * name;
	const char * value;
	size_t name_len, len;

	while (next_parameter(&query, &name, &name_len, &value, &len)) {
		if (is_name(name, name_len, "sig") ||
		    is_name(name, name_len, "sv"))
			return true;
	}
	return false;
}

int
uri_parse_sas(
    const char * uri, struct arena * a, struct event * ev, struct err * e)
{
	const char * query = strchr(uri, '?');
	const char * name;
	const char * value;
	size_t name_len, len;
	struct when w;

	if ((query == NULL) || !has_sas(query + 1))
		return 0;
	query++;
	while (next_parameter(&query, &name, &name_len, &value, &len)) {
		if (keep(name, name_len, value, len, a, ev, e) != 0)
			return -1;
	}
	if ((ev->sas_st != NULL) && (when_parse(ev->sas_st, &w) == 0))
		ev->sas_st_time = w.at;
	if ((ev->sas_se != NULL) && (when_parse(ev->sas_se, &w) == 0))
		ev->sas_se_time = w.at;
	return 0;
}
