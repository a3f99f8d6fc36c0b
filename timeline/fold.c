#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "timeline/fold.h"

static int
fold(char c)
{
	return ((c >= 'A') && (c <= 'Z')) ? c - 'A' + 'a' : c;
}

bool
fold_is(const char * text, const char * other)
{
	return (text != NULL) && (other != NULL) &&
	    (strcasecmp(text, other) == 0);
}

bool
fold_begins(const char * text, const char * with)
{
	return (text != NULL) && (strncasecmp(text, with, strlen(with)) == 0);
}

bool
fold_ends(const char * text, const char * with)
{
	size_t len, n;

	if (text == NULL)
		return false;
	len = strlen(text);
	n = strlen(with);
	return (len >= n) && (strcasecmp(text + len - n, with) == 0);
}

const char *
fold_find(const char * text, const char * part)
{
	size_t len = strlen(part);
	int first = fold(*part);

	if (text == NULL)
		return NULL;
	if (len == 0)
		return text;
	for (; *text != '\0'; text++) {
		if ((fold(*text) == first) &&
		    (strncasecmp(text, part, len) == 0))
			return text;
	}
	return NULL;
}
