#include <string.h>

#include "evidence/clock.h"

#include "collect/asked.h"
#include "collect/options_word.h"

/* Copy ${count} texts. */
static size_t
copy(const char ** to, const char * const * from, size_t count)
{
	for (size_t i = 0; i < count; i++)
		to[i] = from[i];
	return count;
}

static void
take_places(struct asked * a, const struct options * o)
{
	a->container_count =
	    copy(a->containers, o->containers, o->container_count);
	a->logs = o->logs;
	a->is_logs_asked = o->has_logs;
}

static bool
has_places(const struct options * own)
{
	return (own->logs != 0) || (own->container_count > 0);
}

void
asked_take(
    struct asked * a, const struct options * o, const struct options * own)
{
	memset(a, 0, sizeof(*a));
	take_places(a, o);
	a->prefix_count = copy(a->prefixes, o->prefixes, o->prefix_count);
	a->include = o->include;
	a->window.from = o->from;
	a->window.to = o->to;
	if (own == NULL)
		return;
	if (has_places(own)) {
		take_places(a, own);
		a->is_logs_asked = (own->logs != 0);
	}
	if (own->prefix_count > 0)
		a->prefix_count =
		    copy(a->prefixes, own->prefixes, own->prefix_count);
	if (options_has_word(own, WORD_INCLUDE))
		a->include = own->include;
	if (own->from != CLOCK_UNKNOWN)
		a->window.from = own->from;
	if (own->to != CLOCK_UNKNOWN)
		a->window.to = own->to;
}

bool
asked_has_scope(const struct options * own)
{
	return (own != NULL) &&
	    (has_places(own) || (own->prefix_count > 0) ||
		options_has_word(own, WORD_INCLUDE) ||
		(own->from != CLOCK_UNKNOWN) || (own->to != CLOCK_UNKNOWN));
}

static void
put_texts(struct json_out * j, const char * name, const char * const * texts,
    size_t count)
{
	json_open_array(j, name);
	for (size_t i = 0; i < count; i++)
		json_put_text(j, NULL, texts[i]);
	json_close_array(j);
}

void
asked_put(const struct asked * a, struct json_out * j)
{
	put_texts(j, "containers", a->containers, a->container_count);
	json_put_integer(j, "logs", a->logs);
	json_put_bool(j, "logs_asked", a->is_logs_asked);
	put_texts(j, "prefixes", a->prefixes, a->prefix_count);
	json_put_integer(j, "include", a->include);
	json_put_time(j, "from", a->window.from);
	json_put_time(j, "to", a->window.to);
}

/* Read at most ${max} texts; -1 if it is another thing. */
static int
get_texts(
    const struct json * array, const char ** texts, size_t max, size_t * count)
{
	const struct json * one = json_first(array);

	for (; one != NULL; one = json_next(one)) {
		if ((json_text(one) == NULL) || (*count == max))
			return -1;
		texts[(*count)++] = json_text(one);
	}
	return 0;
}

static int
get_bits(const struct json * object, const char * name, unsigned all,
    unsigned * bits)
{
	int64_t n;

	if ((json_integer(json_get(object, name), &n) != 0) || (n < 0) ||
	    (n > all))
		return -1;
	*bits = (unsigned)n;
	return 0;
}

/* Take a moment; null is CLOCK_UNKNOWN. */
static int
get_time(
    const struct json * object, const char * name, int64_t * at, struct err * e)
{
	const char * text = json_text(json_get(object, name));

	*at = CLOCK_UNKNOWN;
	return (text == NULL) ? 0 : clock_parse(text, at, e);
}

int
asked_get(struct asked * a, const struct json * object, struct err * e)
{
	memset(a, 0, sizeof(*a));
	if ((get_texts(json_get(object, "containers"), a->containers,
		 OPTIONS_MAX_CONTAINERS, &a->container_count) != 0) ||
	    (get_texts(json_get(object, "prefixes"), a->prefixes,
		 OPTIONS_MAX_PREFIXES, &a->prefix_count) != 0) ||
	    (get_bits(object, "logs", OPTIONS_LOGS_ALL, &a->logs) != 0) ||
	    (get_bits(object, "include", OPTIONS_INCLUDE_ALL, &a->include) !=
		0))
		return -1;
	a->is_logs_asked = json_is_true(json_get(object, "logs_asked"));
	if (get_time(object, "from", &a->window.from, e) != 0)
		return -1;
	return get_time(object, "to", &a->window.to, e);
}
