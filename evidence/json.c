/*
 * Reading our own documents.  json_check has judged every byte before anything
 * is built here, so that what is built cannot be wrong, and only memory can be
 * short.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/json.h"
#include "evidence/text.h"

enum sort {
	OBJECT,
	ARRAY,
	STRING,
	INTEGER,
	TRUE,
	FALSE,
	NOTHING
};

struct json {
	enum sort sort;
	struct json * next;
	struct json * child; /* Of an object or array. */
	char * key;          /* Of a member. */
	char * text;         /* Of a string. */
	int64_t integer;
};

/* What is read, up to the end that json_check found. */
struct reader {
	const char * p;
	const char * end;
};

static struct json * read_value(struct reader * r);

static void
skip_space(struct reader * r)
{
	while ((r->p < r->end) && (strchr(" \t\r\n", *r->p) != NULL))
		r->p++;
}

/* Four hex digits. */
static uint32_t
read_hex4(struct reader * r)
{
	uint32_t code = 0;

	for (int i = 0; i < 4; i++) {
		char c = *r->p++;

		code = (code << 4) |
		    (uint32_t)((c <= '9') ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return code;
}

/* Write ${code} as UTF-8.  Return what stands behind it. */
static char *
put_code(char * to, uint32_t code)
{
	int more = (code < 0x80) ? 0
	    : (code < 0x800)     ? 1
	    : (code < 0x10000)   ? 2
				 : 3;

	if (more == 0) {
		*to++ = (char)code;
		return to;
	}
	*to++ = (char)((0xf00U >> (more + 1)) | (code >> (6 * more)));
	while (more-- > 0)
		*to++ = (char)(0x80 | ((code >> (6 * more)) & 0x3f));
	return to;
}

/* The character that an escape stands for; ${r} is behind its backslash. */
static char *
put_escape(char * to, struct reader * r)
{
	static const char from[] = "bfnrt";
	static const char what[] = "\b\f\n\r\t";
	char c = *r->p++;
	const char * at = strchr(from, c);
	uint32_t code;

	if (c != 'u') {
		*to++ = (at == NULL) ? c : what[at - from];
		return to;
	}
	code = read_hex4(r);
	if ((code & 0xfc00) == 0xd800) {
		r->p += 2;
		code =
		    0x10000 + ((code & 0x3ff) << 10) + (read_hex4(r) & 0x3ff);
	}
	return put_code(to, code);
}

/* A string, never longer than its text; NULL: no memory. */
static char *
read_string(struct reader * r)
{
	const char * from = ++r->p; /* Behind the quote. */
	size_t len = 0;
	char * text;
	char * to;

	while (from[len] != '"')
		len += (from[len] == '\\') ? 2 : 1;
	text = malloc(len + 1);
	if (text == NULL)
		return NULL;
	to = text;
	while (r->p < from + len) {
		char c = *r->p++;

		if (c == '\\')
			to = put_escape(to, r);
		else
			*to++ = c;
	}
	*to = '\0';
	r->p++;
	return text;
}

/* The members or elements behind an opening bracket; false: no memory. */
static bool
read_children(struct reader * r, struct json * value, char close)
{
	struct json ** last = &value->child;

	r->p++;
	for (;;) {
		char * key = NULL;

		skip_space(r);
		if (*r->p == ',') {
			r->p++;
			continue;
		}
		if (*r->p == close) {
			r->p++;
			return true;
		}
		if (value->sort == OBJECT) {
			key = read_string(r);
			if (key == NULL)
				return false;
			skip_space(r);
			r->p++; /* The colon. */
		}
		*last = read_value(r);
		if (*last == NULL) {
			free(key);
			return false;
		}
		(*last)->key = key;
		last = &(*last)->next;
	}
}

static void
read_integer(struct reader * r, struct json * value)
{
	size_t len = 1;

	while (
	    (r->p + len < r->end) && (r->p[len] >= '0') && (r->p[len] <= '9'))
		len++;
	value->sort = INTEGER;
	(void)text_parse_integer(r->p, len, &value->integer);
	r->p += len;
}

/* The value that comes; NULL: no memory. */
static struct json *
read_value(struct reader * r)
{
	struct json * value = calloc(1, sizeof(*value));
	bool is_whole = true;

	if (value == NULL)
		return NULL;
	skip_space(r);
	switch (*r->p) {
	case '{':
		value->sort = OBJECT;
		is_whole = read_children(r, value, '}');
		break;
	case '[':
		value->sort = ARRAY;
		is_whole = read_children(r, value, ']');
		break;
	case '"':
		value->sort = STRING;
		value->text = read_string(r);
		is_whole = (value->text != NULL);
		break;
	case 't':
		value->sort = TRUE;
		r->p += strlen("true");
		break;
	case 'f':
		value->sort = FALSE;
		r->p += strlen("false");
		break;
	case 'n':
		value->sort = NOTHING;
		r->p += strlen("null");
		break;
	default:
		read_integer(r, value);
		break;
	}
	if (is_whole)
		return value;
	json_free(value);
	return NULL;
}

struct json *
json_parse(const void * bytes, size_t len, struct err * e)
{
	struct reader r = { bytes, (const char *)bytes + len };
	struct json * root;

	if (json_check(bytes, len, e) != 0)
		return NULL;
	root = read_value(&r);
	if (root == NULL)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	return root;
}

struct json *
json_parse_document(
    const void * bytes, size_t len, const char * type, struct err * e)
{
	char head[96];
	int n = snprintf(
	    head, sizeof(head), "{\"format\":\"azcustody/%s/1\",", type);

	if ((n < 0) || ((size_t)n >= sizeof(head)) || (len < (size_t)n) ||
	    (memcmp(bytes, head, (size_t)n) != 0)) {
		err_set(
		    e, ERR_INPUT, NULL, "not an azcustody/%s/1 document", type);
		return NULL;
	}
	return json_parse(bytes, len, e);
}

void
json_free(struct json * root)
{
	while (root != NULL) {
		struct json * next = root->next;

		json_free(root->child);
		free(root->key);
		free(root->text);
		free(root);
		root = next;
	}
}

/* Is it there and of that sort? */
static bool
is_of(const struct json * value, enum sort sort)
{
	return (value != NULL) && (value->sort == sort);
}

const struct json *
json_get(const struct json * object, const char * key)
{
	const struct json * member = NULL;

	if (is_of(object, OBJECT))
		member = object->child;
	while ((member != NULL) && (strcmp(member->key, key) != 0))
		member = member->next;
	return member;
}

const char *
json_text(const struct json * value)
{
	return is_of(value, STRING) ? value->text : NULL;
}

int
json_integer(const struct json * value, int64_t * n)
{
	if (!is_of(value, INTEGER))
		return -1;
	*n = value->integer;
	return 0;
}

bool
json_is_true(const struct json * value)
{
	return is_of(value, TRUE);
}

bool
json_is_null(const struct json * value)
{
	return is_of(value, NOTHING);
}

bool
json_is_object(const struct json * value)
{
	return is_of(value, OBJECT);
}

bool
json_is_array(const struct json * value)
{
	return is_of(value, ARRAY);
}

const struct json *
json_first(const struct json * value)
{
	return (value == NULL) ? NULL : value->child;
}

const struct json *
json_next(const struct json * value)
{
	return (value == NULL) ? NULL : value->next;
}

const char *
json_key(const struct json * value)
{
	return (value == NULL) ? NULL : value->key;
}
