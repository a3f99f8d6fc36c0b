#include <assert.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/digest.h"
#include "evidence/document.h"
#include "evidence/text.h"

#define UNKNOWN_MAX ((size_t)64 << 10) /* Bytes of unknown names kept. */
#define TIME_LEN 28

static int
check_text(const struct json * value, struct err * e)
{
	const char * text = json_text(value);

	if (text == NULL) {
		err_set(e, ERR_INPUT, NULL, "not a string");
		return -1;
	}
	if (strlen(text) > DOCUMENT_TEXT_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a string of more than %d bytes",
		    DOCUMENT_TEXT_MAX);
		return -1;
	}
	return 0;
}

static int
check_integer(const struct json * value, bool is_signed, struct err * e)
{
	int64_t n;

	if (json_integer(value, &n) != 0) {
		err_set(e, ERR_INPUT, NULL, "not an integer");
		return -1;
	}
	if (!is_signed && (n < 0)) {
		err_set(e, ERR_INPUT, NULL, "a negative number");
		return -1;
	}
	return 0;
}

/* Exactly the one form that clock_format writes. */
static int
check_time(const struct json * value, struct err * e)
{
	const char * text = json_text(value);
	int64_t at;

	if ((text == NULL) || (strlen(text) != TIME_LEN) || (text[19] != '.') ||
	    (text[TIME_LEN - 1] != 'Z')) {
		err_set(e, ERR_INPUT, NULL,
		    "not a time of the form YYYY-MM-DDThh:mm:ss.fffffffZ");
		return -1;
	}
	return clock_parse(text, &at, e);
}

static int
check_hex(const struct json * value, size_t len, struct err * e)
{
	const char * text = json_text(value);
	uint8_t bytes[DIGEST_MAX_LEN];

	if ((text == NULL) || (text_hex_decode(text, bytes, len) != 0)) {
		err_set(e, ERR_INPUT, NULL, "not %zu lower-case hex digits",
		    2 * len);
		return -1;
	}
	return 0;
}

static int
check_array(const struct json * value, struct err * e)
{
	if (!json_is_array(value)) {
		err_set(e, ERR_INPUT, NULL, "not an array");
		return -1;
	}
	if (document_count(value) > DOCUMENT_ARRAY_MAX) {
		err_set(e, ERR_LIMIT, NULL, "an array of more than %d elements",
		    DOCUMENT_ARRAY_MAX);
		return -1;
	}
	return 0;
}

/* The only scalar that is nothing else. */
static bool
is_false(const struct json * value)
{
	int64_t n;

	return (json_text(value) == NULL) && (json_integer(value, &n) != 0) &&
	    !json_is_true(value) && !json_is_null(value) &&
	    !json_is_object(value) && !json_is_array(value);
}

static int
check_type(const struct json * value, enum document_type type, struct err * e)
{
	switch (type) {
	case DOCUMENT_TEXT:
		return check_text(value, e);
	case DOCUMENT_INTEGER:
		return check_integer(value, false, e);
	case DOCUMENT_SIGNED:
		return check_integer(value, true, e);
	case DOCUMENT_BOOL:
		if (json_is_true(value) || is_false(value))
			return 0;
		err_set(e, ERR_INPUT, NULL, "neither true nor false");
		return -1;
	case DOCUMENT_TIME:
		return check_time(value, e);
	case DOCUMENT_SHA256:
		return check_hex(value, DIGEST_SHA256_LEN, e);
	case DOCUMENT_SHA512:
		return check_hex(value, DIGEST_MAX_LEN, e);
	case DOCUMENT_OBJECT:
		if (json_is_object(value))
			return 0;
		err_set(e, ERR_INPUT, NULL, "not an object");
		return -1;
	case DOCUMENT_ARRAY:
		return check_array(value, e);
	}
	return -1;
}

/*
 * The place of ${name} in ${members}, looked for from ${first} on and then
 * before it: who writes in the order of the table is read without a search.
 * ${n}: it is not in there.
 */
static size_t
find_member(const struct document_member * members, size_t n, size_t first,
    const char * name)
{
	for (size_t i = first; i < n; i++) {
		if (strcmp(members[i].name, name) == 0)
			return i;
	}
	for (size_t i = 0; i < first; i++) {
		if (strcmp(members[i].name, name) == 0)
			return i;
	}
	return n;
}

/* No text of what nobody knows is longer than one may be, nor is a name. */
static int
check_lengths(const struct json * value, struct err * e)
{
	const char * name = json_key(value);

	if ((name != NULL) && (strlen(name) > DOCUMENT_TEXT_MAX)) {
		err_set(e, ERR_LIMIT, NULL, "a name of more than %d bytes",
		    DOCUMENT_TEXT_MAX);
		return -1;
	}
	if ((json_text(value) != NULL) && (check_text(value, e) != 0))
		return -1;
	for (const struct json * one = json_first(value); one != NULL;
	     one = json_next(one)) {
		if (check_lengths(one, e) != 0)
			return -1;
	}
	return 0;
}

static int
note_unknown(struct document * doc, const char * place,
    const struct json * value, struct err * e)
{
	if (check_lengths(value, e) != 0)
		return -1;
	if (doc->unknown.len > UNKNOWN_MAX)
		return 0;
	return buf_addf(&doc->unknown, e, "%s%s%s\n", place,
	    (place[0] == '\0') ? "" : ".", json_key(value));
}

/* What must be there was ${met}, a bit for each of ${members}. */
static int
check_needs(uint64_t met, const struct document_member * members, size_t n,
    struct err * e)
{
	for (size_t i = 0; i < n; i++) {
		if ((members[i].need != DOCUMENT_OPTIONAL) &&
		    (((met >> i) & 1) == 0)) {
			err_set(e, ERR_INPUT, NULL, "\"%s\" is missing",
			    members[i].name);
			return -1;
		}
	}
	return 0;
}

/* The two members that no table names. */
static bool
is_of_every_root(const char * name)
{
	return (strcmp(name, "format") == 0) || (strcmp(name, "critical") == 0);
}

/* What is there may be there; ${is_root} knows two members more. */
static int
check_members(struct document * doc, const struct json * object,
    const char * place, const struct document_member * members, size_t n,
    bool is_root, struct err * e)
{
	const struct json * value = json_first(object);
	uint64_t met = 0;
	size_t next = 0;

	assert(n <= DOCUMENT_TABLE_MAX);
	for (; value != NULL; value = json_next(value)) {
		const char * name = json_key(value);
		size_t i;

		if (is_root && is_of_every_root(name))
			continue;
		i = find_member(members, n, next, name);
		if (i == n) {
			if (note_unknown(doc, place, value, e) != 0)
				return -1;
			continue;
		}
		met |= UINT64_C(1) << i;
		next = i + 1;
		if (json_is_null(value) &&
		    (members[i].need == DOCUMENT_NULLABLE))
			continue;
		if (check_type(value, members[i].type, e) != 0) {
			err_in(e, "\"%s\"", name);
			return -1;
		}
	}
	return check_needs(met, members, n, e);
}

/* Refuse a document that names a member critical that nobody here knows. */
static int
check_critical(const struct json * root, const struct document_member * members,
    size_t n, struct err * e)
{
	const struct json * critical = json_get(root, "critical");
	const struct json * name;

	if (critical == NULL)
		return 0;
	if (!json_is_array(critical)) {
		err_set(e, ERR_INPUT, NULL, "\"critical\" is not an array");
		return -1;
	}
	for (name = json_first(critical); name != NULL;
	     name = json_next(name)) {
		const char * text = json_text(name);

		if (text == NULL) {
			err_set(e, ERR_INPUT, NULL,
			    "\"critical\" holds something else than names");
			return -1;
		}
		if (!is_of_every_root(text) &&
		    (find_member(members, n, 0, text) == n)) {
			err_set(e, ERR_INPUT, "use a newer azcustody",
			    "the critical member \"%s\" is not known", text);
			return -1;
		}
	}
	return 0;
}

int
document_parse(struct document * doc, const void * bytes, size_t len,
    const char * type, const struct document_member * members, size_t n,
    struct err * e)
{
	doc->root = json_parse_document(bytes, len, type, e);
	if (doc->root == NULL)
		return -1;
	if (!json_is_object(doc->root) ||
	    (check_critical(doc->root, members, n, e) != 0) ||
	    (check_members(doc, doc->root, "", members, n, true, e) != 0)) {
		document_free(doc);
		return -1;
	}
	return 0;
}

int
document_parse_file(struct document * doc, const void * bytes, size_t len,
    const char * type, const struct document_member * members, size_t n,
    struct err * e)
{
	if ((len == 0) || (((const char *)bytes)[len - 1] != '\n')) {
		err_set(e, ERR_INPUT, NULL, "it does not end with a line feed");
		return -1;
	}
	return document_parse(doc, bytes, len, type, members, n, e);
}

int
document_check(struct document * doc, const struct json * object,
    const char * place, const struct document_member * members, size_t n,
    struct err * e)
{
	if (!json_is_object(object)) {
		err_set(e, ERR_INPUT, NULL, "not an object");
		err_in(e, "\"%s\"", place);
		return -1;
	}
	if (check_members(doc, object, place, members, n, false, e) != 0) {
		err_in(e, "\"%s\"", place);
		return -1;
	}
	return 0;
}

const char *
document_text(const struct json * object, const char * name)
{
	return json_text(json_get(object, name));
}

int64_t
document_integer(const struct json * object, const char * name, int64_t absent)
{
	int64_t n = absent;

	(void)json_integer(json_get(object, name), &n);
	return n;
}

bool
document_bool(const struct json * object, const char * name)
{
	return json_is_true(json_get(object, name));
}

int64_t
document_time(const struct json * object, const char * name)
{
	const char * text = json_text(json_get(object, name));
	int64_t at = CLOCK_UNKNOWN;
	struct err e;

	err_init(&e);
	if ((text == NULL) || (clock_parse(text, &at, &e) != 0))
		return CLOCK_UNKNOWN;
	return at;
}

bool
document_digest(
    const struct json * object, const char * name, uint8_t * bytes, size_t len)
{
	const char * text = json_text(json_get(object, name));

	if ((text == NULL) || (text_hex_decode(text, bytes, len) != 0)) {
		memset(bytes, 0, len);
		return false;
	}
	return true;
}

size_t
document_count(const struct json * array)
{
	const struct json * value = json_first(array);
	size_t n = 0;

	for (; value != NULL; value = json_next(value))
		n++;
	return n;
}

void
document_free(struct document * doc)
{
	json_free(doc->root);
	doc->root = NULL;
	buf_free(&doc->unknown);
}
