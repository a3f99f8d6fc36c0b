#include <stdint.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/text.h"

#include "collect/options.h"
#include "collect/options_word.h"
#include "collect/parts.h"

#define ADVICE OPTIONS_ADVICE

/* A word of a list, and its bit. */
struct choice {
	const char * word;
	unsigned bit;
};

static const struct choice logs_of[OPTIONS_LOGS_COUNT] = {
	{ "flow", OPTIONS_LOGS_FLOW },
	{ "storage", OPTIONS_LOGS_STORAGE },
	{ "activity", OPTIONS_LOGS_ACTIVITY },
	{ "classic", OPTIONS_LOGS_CLASSIC },
	{ "la", OPTIONS_LOGS_LA },
};

static const struct choice include_of[OPTIONS_INCLUDE_COUNT] = {
	{ "snapshots", OPTIONS_INCLUDE_SNAPSHOTS },
	{ "versions", OPTIONS_INCLUDE_VERSIONS },
	{ "deleted", OPTIONS_INCLUDE_DELETED },
};

/* The bit of the ${len} bytes ${word}, or 0. */
static unsigned
bit_of(const struct choice * choices, size_t n, const char * word, size_t len)
{
	for (size_t i = 0; i < n; i++) {
		if ((strlen(choices[i].word) == len) &&
		    (strncmp(choices[i].word, word, len) == 0))
			return choices[i].bit;
	}
	return 0;
}

/* Read a list of words, each at most once; -1 with the bad one in ${text}. */
static int
parse_list(const struct choice * choices, size_t n, const char ** text,
    unsigned * bits)
{
	unsigned all = 0;

	for (;;) {
		size_t len = strcspn(*text, ",");
		unsigned bit = bit_of(choices, n, *text, len);

		if ((bit == 0) || ((all & bit) != 0))
			return -1;
		all |= bit;
		if ((*text)[len] == '\0')
			break;
		*text += len + 1;
	}
	*bits = all;
	return 0;
}

int
options_parse_logs(const char * text, unsigned * logs, struct err * e)
{
	if (parse_list(logs_of, OPTIONS_LOGS_COUNT, &text, logs) == 0)
		return 0;
	err_set(e, ERR_USAGE,
	    "give flow, storage, activity, classic and la, each once",
	    "\"%.*s\" is no kind of log", (int)strcspn(text, ","), text);
	return -1;
}

int
options_parse_include(const char * text, unsigned * include, struct err * e)
{
	if (strcmp(text, "none") == 0) {
		*include = 0;
		return 0;
	}
	if (parse_list(include_of, OPTIONS_INCLUDE_COUNT, &text, include) == 0)
		return 0;
	err_set(e, ERR_USAGE,
	    "give snapshots, versions and deleted, each once, or none",
	    "\"%.*s\" cannot be included", (int)strcspn(text, ","), text);
	return -1;
}

static size_t
put_words(
    const struct choice * choices, size_t n, unsigned bits, const char ** words)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if ((choices[i].bit & bits) != 0)
			words[count++] = choices[i].word;
	}
	return count;
}

size_t
options_logs_words(unsigned logs, const char * words[OPTIONS_LOGS_COUNT])
{
	return put_words(logs_of, OPTIONS_LOGS_COUNT, logs, words);
}

size_t
options_include_words(
    unsigned include, const char * words[OPTIONS_INCLUDE_COUNT])
{
	return put_words(include_of, OPTIONS_INCLUDE_COUNT, include, words);
}

int
options_add_prefix(struct options * o, const char * prefix, struct err * e)
{
	size_t len = strlen(prefix);

	if ((len == 0) || (len > OPTIONS_MAX_PREFIX) ||
	    !text_is_utf8(prefix, len)) {
		err_set(e, ERR_USAGE, ADVICE,
		    "a prefix is 1 to %d bytes of UTF-8", OPTIONS_MAX_PREFIX);
		return -1;
	}
	for (size_t i = 0; i < o->prefix_count; i++) {
		if (text_has_prefix(o->prefixes[i], prefix) ||
		    text_has_prefix(prefix, o->prefixes[i])) {
			err_set(e, ERR_USAGE, "leave the longer one out",
			    "one prefix begins with another: %.200s", prefix);
			return -1;
		}
	}
	if (o->prefix_count == OPTIONS_MAX_PREFIXES) {
		err_set(e, ERR_USAGE, "collect in several runs",
		    "more than %d prefixes", OPTIONS_MAX_PREFIXES);
		return -1;
	}
	o->prefixes[o->prefix_count++] = prefix;
	return 0;
}

int
options_add_attach(struct options * o, const char * path, struct err * e)
{
	size_t len = strlen(path);

	if ((len == 0) || (len > OPTIONS_MAX_TEXT) ||
	    !text_is_utf8(path, len)) {
		err_set(e, ERR_USAGE, ADVICE,
		    "a path is 1 to %d bytes of UTF-8", OPTIONS_MAX_TEXT);
		return -1;
	}
	for (size_t i = 0; i < o->attach_count; i++) {
		if (strcmp(o->attach[i], path) == 0) {
			err_set(
			    e, ERR_USAGE, ADVICE, "%s is there twice", path);
			return -1;
		}
	}
	if (o->attach_count == OPTIONS_MAX_ATTACH) {
		err_set(e, ERR_USAGE, "put them into an archive",
		    "more than %d files", OPTIONS_MAX_ATTACH);
		return -1;
	}
	o->attach[o->attach_count++] = path;
	return 0;
}

/* Whether an account has hours of its own. */
static bool
has_own_window(const struct options * o)
{
	for (size_t i = 0; i < o->account_count; i++) {
		const struct options * own = o->accounts[i].own;

		if ((own != NULL) &&
		    ((own->from != CLOCK_UNKNOWN) ||
			(own->to != CLOCK_UNKNOWN)))
			return true;
	}
	return false;
}

int
options_check_local(const struct options * o, struct err * e)
{
	if ((o->revisit != NULL) &&
	    (has_own_window(o) || (o->verb != OPTIONS_RUN) ||
		(o->previous != NULL) || (o->folder != NULL) ||
		(o->max_package > 0) || (o->from != CLOCK_UNKNOWN) ||
		(o->to != CLOCK_UNKNOWN))) {
		err_set(e, ERR_USAGE, ADVICE,
		    "--revisit is of run; it takes the hours from the package, "
		    "and gives one package");
		return -1;
	}
	if (o->folder == NULL)
		return 0;
	if ((o->verb == OPTIONS_RUN) && (o->account_count == 0) &&
	    !o->has_logs && (o->container_count == 0) &&
	    (o->prefix_count == 0) && (o->max_package == 0) &&
	    (o->from == CLOCK_UNKNOWN) && (o->to == CLOCK_UNKNOWN))
		return 0;
	err_set(e, ERR_USAGE, ADVICE,
	    "--folder is packed whole, by run, and from no account");
	return -1;
}

int
options_parse_size(const char * text, int64_t * bytes, struct err * e)
{
	static const char units[] = "KMGT";
	size_t len = strlen(text);
	const char * unit = (len == 0) ? NULL : strchr(units, text[len - 1]);
	int shift = (unit == NULL) ? 0 : 10 * ((int)(unit - units) + 1);
	int64_t n;

	if ((text_parse_integer(text, (unit == NULL) ? len : len - 1, &n) !=
		0) ||
	    (n < 1) || (n > (INT64_MAX >> shift)) ||
	    ((n << shift) < PARTS_SIZE_MIN)) {
		err_set(e, ERR_USAGE, OPTIONS_ADVICE,
		    "it is a number of bytes, or of K, M, G or T, and at "
		    "least 4M");
		return -1;
	}
	*bytes = n << shift;
	return 0;
}
