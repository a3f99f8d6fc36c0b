#include <stdbool.h>
#include <string.h>

#include "evidence/text.h"

#include "timeline/export.h"

/* The length of a character at ${at} that a spreadsheet takes for a formula. */
static size_t
trigger_length(const char * at)
{
	static const char * const wide[] = { "\xEF\xBC\x9D", "\xEF\xBC\x8B",
		"\xEF\xBC\x8D", "\xEF\xBC\xA0" };

	if ((*at != '\0') && (strchr("=+-@|%", *at) != NULL))
		return 1;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		if (strncmp(at, wide[i], 3) == 0)
			return 3;
	}
	return 0;
}

/* Whether every byte of ${text} can stand in a cell as it is. */
static bool
is_plain(const char * text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c < 0x20) || (c >= 0x7f) || (c == '\\'))
			return false;
	}
	return true;
}

/* ${text}, escaped already, with "'" before what could be a formula. */
static int
add_safe(struct buf * out, const char * text, struct err * e)
{
	while (*text != '\0') {
		size_t blanks = strspn(text, " ");
		size_t len;

		/* Here a cell begins, or what could be taken for one. */
		if (buf_add(out, text, blanks, e) != 0)
			return -1;
		text += blanks;
		if ((trigger_length(text) > 0) &&
		    (buf_add(out, "'", 1, e) != 0))
			return -1;
		len = strcspn(text, ",;\"'");
		if (buf_add(out, text, len, e) != 0)
			return -1;
		text += len;
		if (*text == '\0')
			break;
		if ((*text == '"') && (buf_add(out, "\"", 1, e) != 0))
			return -1;
		if (buf_add(out, text, 1, e) != 0)
			return -1;
		text++;
	}
	return 0;
}

int
export_csv_cell(struct buf * out, const char * text, struct err * e)
{
	struct buf shown = { 0 };
	int rc = -1;

	if (buf_add(out, "\"", 1, e) != 0)
		return -1;
	if ((text != NULL) && is_plain(text)) {
		if (add_safe(out, text, e) != 0)
			return -1;
	} else if (text != NULL) {
		if ((text_escape(&shown, text, strlen(text), e) != 0) ||
		    (add_safe(out, buf_text(&shown), e) != 0))
			goto out;
	}
	rc = buf_add(out, "\"", 1, e);

out:
	buf_free(&shown);
	return rc;
}
