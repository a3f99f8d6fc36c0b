#include <assert.h>
#include <string.h>

#include "evidence/words.h"

int
words_refuse(struct err * e, const char * what, const char * value)
{
	err_set(e, ERR_USAGE, "try --help", "%s%.100s", what, value);
	return -1;
}

bool
words_is_given(int argc, char ** argv, const char * option)
{
	for (int i = 1; (i < argc) && (strcmp(argv[i], "--") != 0); i++)
		if (strcmp(argv[i], option) == 0)
			return true;
	return false;
}

/* The index of the option in ${given}, or -1; only the whole name will do. */
static int
find(const struct word * words, const char * given)
{
	size_t len;

	if (strncmp(given, "--", 2) != 0)
		return -1;
	len = strcspn(given + 2, "=");
	for (int i = 0; words[i].name != NULL; i++)
		if ((strlen(words[i].name) == len) &&
		    (strncmp(words[i].name, given + 2, len) == 0))
			return i;
	return -1;
}

/* Find the value of ${word} in argv[*at] or behind it. */
static int
find_value(const struct word * word, int argc, char ** argv, int * at,
    const char ** value, struct err * e)
{
	const char * given = argv[*at];
	const char * equals = strchr(given, '=');

	*value = NULL;
	if (!word->has_value)
		return (equals == NULL)
		    ? 0
		    : words_refuse(e, "it takes no value: ", given);
	if (equals != NULL) {
		*value = equals + 1;
		return 0;
	}
	if (*at + 1 >= argc)
		return words_refuse(e, "it needs a value: ", given);
	*value = argv[++*at];
	return 0;
}

int
words_parse(int argc, char ** argv, const struct word * words,
    words_take * take, void * context, struct err * e)
{
	bool seen[WORDS_MAX] = { false };
	bool is_over = false;

	for (int at = 1; at < argc; at++) {
		const char * given = argv[at];
		const char * value;
		int i;

		if (is_over || (given[0] != '-') || (given[1] == '\0')) {
			if (take(context, WORDS_OPERAND, given, e) != 0)
				return -1;
			continue;
		}
		if (strcmp(given, "--") == 0) {
			is_over = true;
			continue;
		}
		i = find(words, given);
		if (i < 0)
			return words_refuse(e, "unknown option: ", given);
		assert(i < WORDS_MAX);
		if (seen[i] && !words[i].is_repeatable)
			return words_refuse(e, "given twice: ", given);
		seen[i] = true;
		if ((find_value(&words[i], argc, argv, &at, &value, e) != 0) ||
		    (take(context, i, value, e) != 0))
			return -1;
	}
	return 0;
}
