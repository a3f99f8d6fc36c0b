#include <string.h>
#include <strings.h>

#include "timeline/sql_split.h"

static bool
is_blank(char c)
{
	return (c == ' ') || (c == '\t') || (c == '\n') || (c == '\r') ||
	    (c == '\f');
}

static bool
is_word(char c)
{
	return (c == '_') || ((c >= '0') && (c <= '9')) ||
	    ((c >= 'a') && (c <= 'z')) || ((c >= 'A') && (c <= 'Z'));
}

/*
 * Behind the comment, string, or quoted name that begins at ${at}; ${at} itself
 * if none does.  A doubled quote ends one string and begins the next, which
 * comes to the same.
 */
static const char *
skip_quoted(const char * at, const char * end)
{
	const char * p = at;

	if ((end - at >= 2) && (at[0] == '-') && (at[1] == '-')) {
		p = memchr(at, '\n', (size_t)(end - at));
		return (p != NULL) ? p + 1 : end;
	}
	if ((end - at >= 2) && (at[0] == '/') && (at[1] == '*')) {
		for (p = at + 2; end - p >= 2; p++)
			if ((p[0] == '*') && (p[1] == '/'))
				return p + 2;
		return end;
	}
	if ((*at == '\'') || (*at == '"')) {
		p = memchr(at + 1, *at, (size_t)(end - at - 1));
		return (p != NULL) ? p + 1 : end;
	}
	return at;
}

/* Behind blanks and comments. */
static const char *
skip_blanks(const char * at, const char * end)
{
	while (at < end) {
		const char * next;

		if (is_blank(*at)) {
			at++;
			continue;
		}
		if ((*at != '-') && (*at != '/'))
			break;
		next = skip_quoted(at, end);
		if (next == at)
			break;
		at = next;
	}
	return at;
}

bool
sql_split_next(
    const char ** at, const char * end, const char ** statement, size_t * len)
{
	const char * p = skip_blanks(*at, end);

	while ((p < end) && (*p == ';'))
		p = skip_blanks(p + 1, end);
	*statement = p;
	if (p == end) {
		*at = end;
		return false;
	}
	while ((p < end) && (*p != ';')) {
		const char * next = skip_quoted(p, end);

		p = (next == p) ? p + 1 : next;
	}
	*len = (size_t)(p - *statement);
	*at = (p < end) ? p + 1 : end;
	return true;
}

/* Does ${word} stand at ${*at}?  Then go behind it and the blanks. */
static bool
take_word(const char ** at, const char * end, const char * word)
{
	size_t len = strlen(word);

	if (((size_t)(end - *at) < len) || (strncasecmp(*at, word, len) != 0) ||
	    ((*at + len < end) && is_word((*at)[len])))
		return false;
	*at = skip_blanks(*at + len, end);
	return true;
}

bool
sql_split_is_query(const char * statement, size_t len)
{
	const char * at = statement;
	const char * end = statement + len;

	return take_word(&at, end, "SELECT") || take_word(&at, end, "WITH") ||
	    take_word(&at, end, "VALUES");
}

const char *
sql_split_made_table(const char * statement, size_t len, size_t * name_len)
{
	const char * at = statement;
	const char * end = statement + len;
	const char * name;

	if (!take_word(&at, end, "CREATE"))
		return NULL;
	if (!take_word(&at, end, "TEMP"))
		(void)take_word(&at, end, "TEMPORARY");
	if (!take_word(&at, end, "TABLE"))
		return NULL;
	name = at;
	while ((at < end) && is_word(*at))
		at++;
	*name_len = (size_t)(at - name);
	at = skip_blanks(at, end);
	return ((*name_len > 0) && take_word(&at, end, "AS")) ? name : NULL;
}
