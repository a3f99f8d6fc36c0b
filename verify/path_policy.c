#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "evidence/text.h"

#include "verify/path_policy.h"

/* A part of a path. */
struct part {
	const char * text;
	size_t len;
};

static bool
is_letter(char c)
{
	return ((c >= 'a') && (c <= 'z')) || ((c >= 'A') && (c <= 'Z'));
}

static bool
is_separator(char c)
{
	return (c == '/') || (c == '\\');
}

/* Take the first part off ${rest}; false if there is none. */
static bool
take_part(struct part * rest, struct part * part)
{
	size_t n = 0;

	if (rest->text == NULL)
		return false;
	while ((n < rest->len) && !is_separator(rest->text[n]))
		n++;
	*part = (struct part){ rest->text, n };
	if (n == rest->len) {
		rest->text = NULL;
	} else {
		rest->text += n + 1;
		rest->len -= n + 1;
	}
	return true;
}

/* Does it begin with "%NAME%", which Windows replaces? */
static bool
is_variable(const char * text, size_t len)
{
	const char * end;

	if ((len < 3) || (text[0] != '%'))
		return false;
	end = memchr(text + 1, '%', len - 1);
	return (end != NULL) && (end > text + 1) &&
	    (memchr(text, '/', (size_t)(end - text)) == NULL);
}

const char *
path_policy_escape(const void * path, size_t len)
{
	struct part rest = { path, len };
	const char * text = path;
	struct part part;

	if (len == 0)
		return "an empty path";
	if (memchr(text, '\0', len) != NULL)
		return "a NUL";
	if (is_separator(text[0]))
		return "an absolute path";
	if ((len >= 2) && is_letter(text[0]) && (text[1] == ':'))
		return "a path with a drive";
	if (text[0] == '~')
		return "a path that a shell leads to a home folder";
	if (is_variable(text, len))
		return "a path that begins with a variable";
	while (take_part(&rest, &part))
		if ((part.len == 2) && (memcmp(part.text, "..", 2) == 0))
			return "a path that climbs with \"..\"";
	return NULL;
}

/* Is ${len} bytes of ${text}, in any case, the word ${word}? */
static bool
is_word(const char * text, size_t len, const char * word)
{
	if (strlen(word) != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if ((c >= 'A') && (c <= 'Z'))
			c = (char)(c - 'A' + 'a');
		if (c != word[i])
			return false;
	}
	return true;
}

/*
 * Does Windows take the part for a device?  It looks at what stands before the
 * first dot or colon, without blanks at its end.
 */
static bool
is_device(const struct part * part)
{
	static const char * const names[] = { "con", "prn", "aux", "nul",
		"conin$", "conout$" };
	static const char * const digits[] = { "\xc2\xb9", "\xc2\xb2",
		"\xc2\xb3" }; /* Superscripts count as digits. */
	size_t len = 0;

	while ((len < part->len) && (part->text[len] != '.') &&
	    (part->text[len] != ':'))
		len++;
	while ((len > 0) && (part->text[len - 1] == ' '))
		len--;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_word(part->text, len, names[i]))
			return true;
	if ((len < 4) ||
	    (!is_word(part->text, 3, "com") && !is_word(part->text, 3, "lpt")))
		return false;
	if (len == 4)
		return (part->text[3] >= '0') && (part->text[3] <= '9');
	for (size_t i = 0; i < sizeof(digits) / sizeof(digits[0]); i++)
		if ((len == 5) && (memcmp(part->text + 3, digits[i], 2) == 0))
			return true;
	return false;
}

/* Why no file or folder may be called ${part}, or NULL. */
static const char *
why_not_part(const struct part * part)
{
	uint32_t code;

	if (part->len == 0)
		return "an empty part";
	if (part->len > PATH_POLICY_PART_MAX)
		return "a part of more than 255 bytes";
	if ((part->len == 1) && (part->text[0] == '.'))
		return "a part \".\"";
	if ((part->text[part->len - 1] == '.') ||
	    (part->text[part->len - 1] == ' '))
		return "a part that ends with a dot or a blank";
	if (part->text[0] == '-')
		return "a part that looks like an option";
	if (is_device(part))
		return "a name that is a device on Windows";
	for (size_t i = 0; i < part->len; i++) {
		if (strchr("<>:\"|?*", part->text[i]) != NULL)
			return "a character that Windows does not allow";
		if (text_hidden(part->text + i, part->len - i, &code) > 0)
			return "a character that cannot be seen";
	}
	return NULL;
}

const char *
path_policy_write(const void * path, size_t len)
{
	struct part rest = { path, len };
	const char * why = path_policy_escape(path, len);
	struct part part;

	if (why != NULL)
		return why;
	if (len > PATH_POLICY_MAX)
		return "a path of more than 1024 bytes";
	if (!text_is_utf8(path, len))
		return "bytes that are no UTF-8";
	if (memchr(path, '\\', len) != NULL)
		return "a backslash, which parts a path on Windows";
	while ((why == NULL) && take_part(&rest, &part))
		why = why_not_part(&part);
	return why;
}
