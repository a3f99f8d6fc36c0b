/*
 * package	slug "-" yyyymmdd "t" hhmmss "z" "-" 8 hex
 * source	4 digits "-" account "-" kind
 * object	9 digits "-" slug
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/kind.h"
#include "evidence/name.h"
#include "evidence/text.h"

#define COMPACT_LEN 16 /* yyyymmddthhmmssz */
#define RANDOM_LEN 8
#define SEQ_LEN 9

/* The longest path that can be made fits what may be stored. */
static_assert(
    NAME_PACKAGE_MAX == NAME_CASE_SLUG_MAX + 1 + COMPACT_LEN + 1 + RANDOM_LEN,
    "package");
static_assert(
    NAME_PACKAGE_MAX + 6 + NAME_SOURCE_MAX + 1 + SEQ_LEN + 1 + NAME_SLUG_MAX <=
	NAME_STORED_MAX,
    "stored name");

static bool
is_digit(char c)
{
	return (c >= '0') && (c <= '9');
}

static bool
is_word(char c)
{
	return is_digit(c) || ((c >= 'a') && (c <= 'z'));
}

/*
 * Write at most ${max} bytes of ${from}, in lower case, to ${to}: letters and
 * digits, and those of ${keep}, as they are, every run of others as one "-",
 * none of these and no "." at either end.  Return the length.
 */
static size_t
make_slug(
    const char * from, size_t len, const char * keep, size_t max, char * to)
{
	size_t n = 0;

	for (size_t i = 0; (i < len) && (n < max); i++) {
		char c = from[i];

		if ((c >= 'A') && (c <= 'Z'))
			c = (char)(c - 'A' + 'a');
		if (is_word(c) || ((c != '\0') && (strchr(keep, c) != NULL)))
			to[n] = c;
		else
			to[n] = '-';
		if (!is_word(to[n]) && ((n == 0) || !is_word(to[n - 1])))
			continue; /* At the front, or a second one. */
		n++;
	}
	while ((n > 0) && !is_word(to[n - 1]))
		n--;
	to[n] = '\0';
	return n;
}

void
name_make_package(const char * case_number, int64_t at, const uint8_t random[4],
    char name[NAME_SIZE])
{
	char slug[NAME_CASE_SLUG_MAX + 1];
	char compact[CLOCK_TEXT_SIZE];
	char hex[RANDOM_LEN + 1];

	if (make_slug(case_number, strlen(case_number), "", NAME_CASE_SLUG_MAX,
		slug) == 0)
		memcpy(slug, "case", 5);
	clock_format_compact(at, compact);
	text_hex_encode(random, 4, hex);
	(void)snprintf(name, NAME_SIZE, "%s-%s-%s", slug, compact, hex);
}

void
name_make_source(
    int index, const char * account, const char * kind, char name[NAME_SIZE])
{
	char slug[NAME_SOURCE_MAX + 1];
	size_t room = NAME_SOURCE_MAX - 4 - 1 - 1 - strlen(kind);

	assert((index >= 0) && (index < NAME_MAX_SOURCES));
	assert(strlen(kind) <= NAME_SOURCE_MAX / 2);
	if (make_slug(account, strlen(account), "", room, slug) == 0)
		memcpy(slug, "x", 2);
	(void)snprintf(name, NAME_SIZE, "%04d-%s-%s", index + 1, slug, kind);
}

/* A part of a path: between two slashes. */
struct part {
	const char * text;
	size_t len;
};

/* Take the last part off ${path}, which shrinks.  Return 0, or -1. */
static int
take_last_part(struct part * path, struct part * last)
{
	size_t n = path->len;

	if (n == 0)
		return -1;
	while ((n > 0) && (path->text[n - 1] != '/'))
		n--;
	last->text = path->text + n;
	last->len = path->len - n;
	path->len = (n > 0) ? n - 1 : 0;
	return 0;
}

static bool
part_begins(const struct part * part, const char * with)
{
	size_t len = strlen(with);

	return (part->len >= len) && (memcmp(part->text, with, len) == 0);
}

/* Parts that name a sort of thing, or a time, and not the thing. */
static bool
is_dull(const struct part * part)
{
	size_t digits = 0;

	while ((digits < part->len) && is_digit(part->text[digits]))
		digits++;
	return (digits == part->len) || part_begins(part, "default") ||
	    part_begins(part, "y=") || part_begins(part, "m=") ||
	    part_begins(part, "d=") || part_begins(part, "h=") ||
	    part_begins(part, "blobServices") ||
	    part_begins(part, "fileServices") ||
	    part_begins(part, "queueServices") ||
	    part_begins(part, "tableServices");
}

/*
 * What a blob's name tells a person: the thing it is about, the file's
 * extension, the last digits of a MAC address.
 */
struct telling {
	struct part thing;
	struct part extension; /* With its dot. */
	struct part mac;
};

static void
find_telling(const void * blob, size_t len, struct telling * t)
{
	struct part path = { blob, len };
	struct part part;

	memset(t, 0, sizeof(*t));
	if (take_last_part(&path, &part) != 0)
		return;
	for (size_t n = part.len; n > 0; n--) {
		if (part.text[n - 1] != '.')
			continue;
		t->extension.text = part.text + n - 1;
		t->extension.len = part.len - n + 1;
		break;
	}
	while (take_last_part(&path, &part) == 0) {
		if (part_begins(&part, "macAddress=") && (part.len >= 17)) {
			t->mac.text = part.text + part.len - 6;
			t->mac.len = 6;
			continue;
		}
		if (!is_dull(&part)) {
			t->thing = part;
			return;
		}
	}
}

/* "THING_yyyy-mm-ddthh_MAC.json"; nothing if the name has no hour. */
static void
make_dated_slug(
    const void * blob, size_t len, int64_t from, char slug[NAME_SLUG_MAX + 1])
{
	struct telling t;
	char thing[NAME_SLUG_MAX + 1];
	char mac[8] = "_";
	char extension[8] = ".";
	char when[CLOCK_TEXT_SIZE];
	char text[NAME_SIZE];
	size_t room = NAME_SLUG_MAX - 14;

	find_telling(blob, len, &t);
	if (make_slug(t.mac.text, t.mac.len, "", 6, mac + 1) == 0)
		mac[0] = '\0';
	if ((t.extension.len > 6) ||
	    (make_slug(
		 t.extension.text, t.extension.len, "", 5, extension + 1) == 0))
		extension[0] = '\0';
	room -= strlen(mac) + strlen(extension);
	if (make_slug(t.thing.text, t.thing.len, "", room, thing) == 0)
		memcpy(thing, "x", 2);
	clock_format(from, when);
	when[10] = 't';
	when[13] = '\0';
	(void)snprintf(
	    text, sizeof(text), "%s_%.13s%s%s", thing, when, mac, extension);
	(void)make_slug(text, strlen(text), "._", NAME_SLUG_MAX, slug);
}

/* The end of the name, which is what differs between names. */
static void
make_plain_slug(const void * blob, size_t len, char slug[NAME_SLUG_MAX + 1])
{
	const char * text = blob;
	size_t skip = (len > NAME_SLUG_MAX) ? len - NAME_SLUG_MAX : 0;

	if (make_slug(text + skip, len - skip, "._", NAME_SLUG_MAX, slug) == 0)
		memcpy(slug, "object", 7);
}

void
name_make_object(
    int64_t seq, const void * blob, size_t len, char name[NAME_SIZE])
{
	char slug[NAME_SLUG_MAX + 1];
	int64_t from, to;

	assert((seq > 0) && (seq <= NAME_MAX_OBJECTS));
	if ((kind_time_of_blob(KIND_OTHER, blob, len, &from, &to) == 0) ||
	    (kind_time_of_blob(KIND_CLASSIC, blob, len, &from, &to) == 0))
		make_dated_slug(blob, len, from, slug);
	else
		make_plain_slug(blob, len, slug);
	(void)snprintf(name, NAME_SIZE, "%09lld-%s", (long long)seq, slug);
}

/* Whether ${text} is "yyyymmddthhmmssz" of a day that there is. */
static bool
is_compact(const char * text)
{
	struct clock_date d = { 0 };
	int64_t at;
	struct err e;

	for (int i = 0; i < COMPACT_LEN; i++) {
		char want = (i == 8) ? 't' : (i == 15) ? 'z' : '\0';

		if ((want == '\0') ? !is_digit(text[i]) : (text[i] != want))
			return false;
	}
	if (sscanf(text, "%4d%2d%2dt%2d%2d%2dz", &d.year, &d.month, &d.day,
		&d.hour, &d.minute, &d.second) != 6)
		return false;
	err_init(&e);
	return clock_from_date(&d, &at, &e) == 0;
}

static bool
is_package(const char * name)
{
	char slug[NAME_CASE_SLUG_MAX + 1];
	uint8_t random[4];
	size_t len = strlen(name);
	size_t tail = 1 + COMPACT_LEN + 1 + RANDOM_LEN;
	const char * p;

	if ((len <= tail) || (len > NAME_PACKAGE_MAX))
		return false;
	p = name + len - tail;
	/* A slug is one that making a slug of it does not change. */
	if (make_slug(name, (size_t)(p - name), "", NAME_CASE_SLUG_MAX, slug) !=
	    (size_t)(p - name))
		return false;
	return (memcmp(slug, name, (size_t)(p - name)) == 0) && (p[0] == '-') &&
	    is_compact(p + 1) && (p[1 + COMPACT_LEN] == '-') &&
	    (text_hex_decode(p + 2 + COMPACT_LEN, random, sizeof(random)) == 0);
}

int
name_check_package(const char * name, struct err * e)
{
	if (is_package(name))
		return 0;
	err_set(e, ERR_INPUT, NULL, "not a package name: %.80s", name);
	return -1;
}

/* Whether ${part} is a device's name on Windows, with or without extension. */
static bool
is_reserved(const struct part * part)
{
	static const char * const devices[] = { "con", "prn", "aux", "nul" };
	size_t len = 0;

	while ((len < part->len) && (part->text[len] != '.'))
		len++;
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		if ((len == 3) && part_begins(part, devices[i]))
			return true;
	}
	return (len == 4) && is_digit(part->text[3]) &&
	    (part_begins(part, "com") || part_begins(part, "lpt"));
}

/* Why ${part} may not stand in a stored name, or NULL. */
static const char *
why_not_part(const struct part * part)
{
	if (part->len == 0)
		return "an empty part";
	for (size_t i = 0; i < part->len; i++) {
		char c = part->text[i];

		if (!is_word(c) && (c != '.') && (c != '_') && (c != '-'))
			return "a character outside [a-z0-9._-]";
	}
	if ((part->text[0] == '.') || (part->text[part->len - 1] == '.'))
		return "a part that begins or ends with a dot";
	if (part->text[0] == '-')
		return "a part that looks like an option";
	return is_reserved(part) ? "a name reserved on Windows" : NULL;
}

/* The one name with capitals, directly under the top folder. */
static bool
is_readme(const struct part * path, const struct part * last)
{
	static const char readme[] = "README-VERIFY.txt";

	return (last->len == sizeof(readme) - 1) && part_begins(last, readme) &&
	    (path->len > 0) && (memchr(path->text, '/', path->len) == NULL);
}

int
name_check_stored(const char * path, struct err * e)
{
	struct part rest = { path, strlen(path) };
	struct part last;
	const char * why = NULL;

	if (rest.len == 0)
		why = "an empty name";
	else if (rest.len > NAME_STORED_MAX)
		why = "a name of more than 150 bytes";
	else if ((path[0] == '/') || (path[rest.len - 1] == '/'))
		why = "an empty part";
	for (bool is_file = true;
	     (why == NULL) && (take_last_part(&rest, &last) == 0);
	     is_file = false) {
		if (!is_file || !is_readme(&rest, &last))
			why = why_not_part(&last);
	}
	if (why == NULL)
		return 0;
	err_set(e, ERR_INPUT, NULL, "stored name %.160s: %s", path, why);
	return -1;
}

int
name_check_role(const char * role, struct err * e)
{
	size_t len = strlen(role);
	bool good = (len >= 1) && (len <= NAME_ROLE_MAX) && is_word(role[0]) &&
	    !is_digit(role[0]);

	for (size_t i = 0; good && (i < len); i++)
		good = is_word(role[i]) || (role[i] == '-');
	if (good)
		return 0;
	err_set(e, ERR_INPUT, NULL,
	    "not a role (1 to 24 of a-z, 0-9, -; a letter first): %.40s", role);
	return -1;
}
