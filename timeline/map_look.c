#include <stdio.h>
#include <string.h>

#include "timeline/fold.h"
#include "timeline/when.h"

#include "timeline/map.h"

#define KEY_SIZE 96 /* Of our own names; the longest are claims'. */

const struct record_value *
map_array(const struct record_value * object, const char * key)
{
	const struct record_value * v = record_get(object, key);

	return ((v != NULL) && (v->type == RECORD_ARRAY)) ? v : NULL;
}

/* "eventTimestamp" as "event_timestamp". */
static void
snake(const char * key, char out[KEY_SIZE])
{
	size_t n = 0;

	for (; (*key != '\0') && (n < KEY_SIZE - 2); key++) {
		if ((*key >= 'A') && (*key <= 'Z')) {
			out[n++] = '_';
			out[n++] = (char)(*key - 'A' + 'a');
		} else {
			out[n++] = *key;
		}
	}
	out[n] = '\0';
}

const struct record_value *
map_member(const struct record_value * object, const char * key)
{
	const struct record_value * v = record_get(object, key);
	char other[KEY_SIZE];

	if (v != NULL)
		return v;
	snake(key, other);
	return record_get(object, other);
}

static const char *
text_of(const struct record_value * v)
{
	if (v == NULL)
		return NULL;
	switch (v->type) {
	case RECORD_OBJECT:
		return record_text(v, "value");
	case RECORD_TRUE:
		return "true";
	case RECORD_FALSE:
		return "false";
	case RECORD_NUMBER:
	case RECORD_STRING:
	case RECORD_NULL:
	case RECORD_ARRAY:
		break;
	}
	return v->text;
}

const char *
map_text(const struct record_value * object, const char * key)
{
	return text_of(map_member(object, key));
}

/* Cut the next of ${names} off into ${name}; return false if there is none. */
static bool
next_name(const char ** names, char name[KEY_SIZE])
{
	size_t len = strcspn(*names, "|");

	if ((len == 0) || (len >= KEY_SIZE))
		return false;
	memcpy(name, *names, len);
	name[len] = '\0';
	*names += len;
	if (**names == '|')
		(*names)++;
	return true;
}

const char *
map_any(const struct record_value * object, const char * names)
{
	const char * text;
	char name[KEY_SIZE];

	while (next_name(&names, name)) {
		text = map_text(object, name);
		if ((text != NULL) && (*text != '\0'))
			return text;
	}
	return NULL;
}

/*
 * The column "NAME [ZONE]" of a table that a portal exported: its text, and the
 * zone its times are in.
 */
static const char *
zoned_column(
    const struct record_value * object, const char * name, const char ** zone)
{
	size_t len = strlen(name);
	const struct record_value * v;

	if ((object == NULL) || (object->type != RECORD_OBJECT))
		return NULL;
	for (v = record_first(object); v != NULL; v = record_next(v)) {
		if ((v->text == NULL) || !fold_begins(v->key, name) ||
		    (strncmp(v->key + len, " [", 2) != 0))
			continue;
		*zone = v->key + len + 2;
		return v->text;
	}
	return NULL;
}

const char *
map_time_text(
    const struct record_value * object, const char * names, bool * is_utc)
{
	const char * zone = "";
	const char * text;
	char name[KEY_SIZE];

	*is_utc = false;
	while (next_name(&names, name)) {
		text = map_text(object, name);
		if ((text != NULL) && (*text != '\0'))
			return text;
		text = zoned_column(object, name, &zone);
		if (text == NULL)
			continue;
		*is_utc = fold_is(zone, "UTC]");
		return text;
	}
	return NULL;
}

void
map_set_time_of(struct event * ev, const struct record_value * object,
    const char * names, enum event_time_kind kind)
{
	bool is_utc;
	const char * text = map_time_text(object, names, &is_utc);

	map_set_time(ev, text, kind);
	if (is_utc)
		ev->flags &= ~EVENT_FLAG_TIME_NO_ZONE;
}

int64_t
map_moment(const struct record_value * object, const char * names)
{
	struct when w;
	bool is_utc;

	(void)when_parse(map_time_text(object, names, &is_utc), &w);
	return w.at;
}

/* Read ${text}, which stands in a member, as the JSON it is said to be. */
static int
read_part(struct map * m, struct event * ev, const char * name,
    const struct record_value * text, const struct record_value ** part,
    struct err * e)
{
	struct record ** place = &m->parts[m->part_count];
	enum record_result result = RECORD_BAD_LIMIT;

	if ((m->part_count == MAP_PARTS) || (text->len > MAP_PART_MAX))
		return map_note(m, ev, EVENT_FLAG_PART_BAD, e,
		    "the JSON in %.40s is too much to be read", name);
	if (*place == NULL)
		*place = record_new(e);
	if (*place == NULL)
		return -1;
	result = record_parse(*place, text->text, text->len, e);
	if (result == RECORD_FAILED)
		return -1;
	if (result != RECORD_READ)
		return map_note(m, ev, EVENT_FLAG_PART_BAD, e,
		    "%.40s holds no JSON that can be read", name);
	m->part_count++;
	*part = record_root(*place);
	if (record_conflict(*place) == NULL)
		return 0;
	return map_note(m, ev, EVENT_FLAG_CONFLICT, e,
	    "%.40s holds \"%.60s\" more than once", name,
	    record_conflict(*place));
}

int
map_part(struct map * m, struct event * ev, const struct record_value * object,
    const char * names, const struct record_value ** part, struct err * e)
{
	const struct record_value * v;
	char name[KEY_SIZE];

	*part = NULL;
	while ((*part == NULL) && next_name(&names, name)) {
		v = map_member(object, name);
		if ((v == NULL) || (v->type == RECORD_OBJECT) ||
		    (v->type == RECORD_ARRAY)) {
			*part = v;
			continue;
		}
		if ((v->type != RECORD_STRING) ||
		    ((v->text[0] != '{') && (v->text[0] != '[')))
			continue;
		if (read_part(m, ev, name, v, part, e) != 0)
			return -1;
	}
	return 0;
}
