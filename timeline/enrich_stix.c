#include <stdio.h>
#include <string.h>

#include "evidence/text.h"
#include "timeline/fold.h"
#include "timeline/record.h"

#include "timeline/enrich_source.h"

/*
 * Of a bundle, the indicators whose pattern says an address and nothing else:
 *
 *	pattern	   = part *( "OR" part )
 *	part	   = "[" test *( "OR" test ) "]" / "(" pattern ")"
 *	test	   = path "=" text / path "ISSUBSET" text /
 *		     path "IN" "(" text *( "," text ) ")" / "(" test... ")"
 *	path	   = "ipv4-addr:value" / "ipv6-addr:value"
 *
 * Any other pattern, with an AND, a time, or another sort of thing, would be
 * looked for in part only: it is not used, and counted.
 */
#define PATTERN_VALUES_MAX 4096
#define PATTERN_DEPTH_MAX 32

enum want {
	WANT_PATH,     /* Or an opening bracket. */
	WANT_TEST,     /* = IN ISSUBSET */
	WANT_TEXT,     /* The text of = or ISSUBSET. */
	WANT_LIST,     /* The bracket behind IN. */
	WANT_ITEM,     /* A text in the list of IN. */
	WANT_COMMA,    /* Or the end of that list. */
	WANT_OPERATOR, /* OR, or a closing bracket, or the end. */
};

struct pattern {
	enum want want;
	char open[PATTERN_DEPTH_MAX]; /* Brackets that are open. */
	size_t depth;
	bool is_other;     /* It says something else as well. */
	struct buf values; /* Each with its NUL. */
	size_t count;
};

/* A text in quotes at ${p}; append it.  Return what is behind it, or NULL. */
static const char *
take_text(struct pattern * t, const char * p, struct err * e)
{
	p++;
	for (; (*p != '\'') && (*p != '\0'); p++) {
		if ((*p == '\\') && ((p[1] == '\'') || (p[1] == '\\')))
			p++;
		if (buf_add(&t->values, p, 1, e) != 0)
			return NULL;
	}
	if (*p == '\0') {
		err_set(e, ERR_INPUT, NULL, "a pattern whose text has no end");
		return NULL;
	}
	if (t->count++ == PATTERN_VALUES_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a pattern of more than %d texts",
		    PATTERN_VALUES_MAX);
		return NULL;
	}
	return (buf_add(&t->values, "", 1, e) == 0) ? p + 1 : NULL;
}

/* One of "[]()"; return whether it fits. */
static bool
take_bracket(struct pattern * t, char c)
{
	if ((c == '(') && (t->want == WANT_LIST)) {
		t->want = WANT_ITEM;
		return true;
	}
	if ((c == ')') && (t->want == WANT_COMMA)) {
		t->want = WANT_OPERATOR;
		return true;
	}
	if ((c == '[') || (c == '(')) {
		if ((t->want != WANT_PATH) || (t->depth == PATTERN_DEPTH_MAX))
			return false;
		t->open[t->depth++] = c;
		return true;
	}
	if ((t->want != WANT_OPERATOR) || (t->depth == 0))
		return false;
	return t->open[--t->depth] == ((c == ']') ? '[' : '(');
}

/* A word of ${len} at ${p}; return whether it fits. */
static bool
take_word(struct pattern * t, const char * p, size_t len)
{
	static const struct {
		const char * word;
		enum want from;
		enum want to;
	} words[] = { { "ipv4-addr:value", WANT_PATH, WANT_TEST },
		{ "ipv6-addr:value", WANT_PATH, WANT_TEST },
		{ "=", WANT_TEST, WANT_TEXT },
		{ "ISSUBSET", WANT_TEST, WANT_TEXT },
		{ "IN", WANT_TEST, WANT_LIST }, { ",", WANT_COMMA, WANT_ITEM },
		{ "OR", WANT_OPERATOR, WANT_PATH } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if ((strlen(words[i].word) == len) &&
		    (memcmp(words[i].word, p, len) == 0) &&
		    (words[i].from == t->want)) {
			/* A path stands between square brackets. */
			if ((words[i].from == WANT_PATH) &&
			    (memchr(t->open, '[', t->depth) == NULL))
				return false;
			t->want = words[i].to;
			return true;
		}
	}
	return false;
}

/* The next piece of a pattern.  Return what is behind it, or NULL with ${e}. */
static const char *
take_piece(struct pattern * t, const char * p, struct err * e)
{
	size_t len;

	if (*p == '\'') {
		if ((t->want != WANT_TEXT) && (t->want != WANT_ITEM))
			t->is_other = true;
		t->want = (t->want == WANT_ITEM) ? WANT_COMMA : WANT_OPERATOR;
		return take_text(t, p, e);
	}
	if (strchr("[]()", *p) != NULL) {
		if (!take_bracket(t, *p))
			t->is_other = true;
		return p + 1;
	}
	len = (strchr(",=", *p) != NULL) ? 1 : strcspn(p, " \t\r\n[]()',=");
	if (!take_word(t, p, len))
		t->is_other = true;
	return p + len;
}

/* Take ${text} apart.  Return 0, or -1 with ${e} set. */
static int
read_pattern(struct pattern * t, const char * text, struct err * e)
{
	const char * p = text + strspn(text, " \t\r\n");

	t->want = WANT_PATH;
	t->depth = 0;
	t->is_other = false;
	t->count = 0;
	buf_clear(&t->values);
	while ((*p != '\0') && !t->is_other) {
		p = take_piece(t, p, e);
		if (p == NULL)
			return -1;
		p += strspn(p, " \t\r\n");
	}
	if ((t->want != WANT_OPERATOR) || (t->depth != 0))
		t->is_other = true;
	return 0;
}

static int
add_indicator(struct enrich_source * s, struct pattern * t,
    const struct record_value * object, struct err * e)
{
	const char * name = record_text(object, "name");
	const char * id = record_text(object, "id");
	const char * from = record_text(object, "valid_from");
	const char * till = record_text(object, "valid_until");
	const char * value = buf_text(&t->values);
	struct buf detail = { 0 };
	size_t entry;
	int rc = -1;

	if (buf_addf(&detail, e, "%s%s%s%s%s", (id != NULL) ? id : "",
		(from != NULL) ? " from " : "", (from != NULL) ? from : "",
		(till != NULL) ? " until " : "",
		(till != NULL) ? till : "") != 0)
		goto out;
	if (enrich_source_entry(s, name, buf_text(&detail), &entry, e) != 0)
		goto out;
	for (size_t i = 0; i < t->count; i++) {
		if (enrich_source_network(s, value, entry, e) != 0)
			goto out;
		value += strlen(value) + 1;
	}
	rc = 0;

out:
	if (rc != 0)
		err_in(e, "%s", (id != NULL) ? id : "an indicator");
	buf_free(&detail);
	return rc;
}

static int
take_object(struct enrich_source * s, struct pattern * t,
    const struct record_value * object, struct err * e)
{
	const char * type = record_text(object, "type");
	const char * sort = record_text(object, "pattern_type");
	const char * pattern = record_text(object, "pattern");
	const char * revoked = record_text(object, "revoked");

	if ((type == NULL) || (strcmp(type, "indicator") != 0))
		return 0;
	if ((pattern == NULL) ||
	    ((sort != NULL) && (strcmp(sort, "stix") != 0)) ||
	    ((revoked != NULL) && (strcmp(revoked, "true") == 0))) {
		s->file.unused++;
		return 0;
	}
	if (read_pattern(t, pattern, e) != 0)
		return -1;
	if (t->is_other) {
		s->file.unused++;
		return 0;
	}
	return add_indicator(s, t, object, e);
}

static int
read_bundle(
    struct enrich_source * s, const struct record_value * root, struct err * e)
{
	const char * type = record_text(root, "type");
	const struct record_value * objects = record_get(root, "objects");
	struct pattern t = { WANT_PATH, { 0 }, 0, false, { 0 }, 0 };
	int rc = 0;

	if ((type == NULL) || (strcmp(type, "bundle") != 0) ||
	    (objects == NULL) || (objects->type != RECORD_ARRAY)) {
		err_set(e, ERR_INPUT, NULL, "no STIX bundle with objects");
		return -1;
	}
	(void)snprintf(s->file.about, sizeof(s->file.about), "STIX bundle");
	for (const struct record_value * o = record_first(objects);
	     (o != NULL) && (rc == 0); o = record_next(o))
		rc = take_object(s, &t, o, e);
	buf_free(&t.values);
	return rc;
}

int
enrich_read_stix(
    struct enrich_source * s, const void * bytes, size_t len, struct err * e)
{
	return enrich_read_json(s, bytes, len, read_bundle, e);
}
