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

/* Whether a cell shows ${c} as an escape: controls, and all beyond ASCII. */
static bool
is_escaped(unsigned char c)
{
	return (c < 0x20) || (c >= 0x7f) || (c == '\\');
}

/* Whether another cell could be taken to begin behind ${c}. */
static bool
is_border(unsigned char c)
{
	return (c == ',') || (c == ';') || (c == '"') || (c == '\'');
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

/* As the rule of export.h has it, whatever the text. */
static int
add_any(struct buf * out, const char * text, struct err * e)
{
	struct buf shown = { 0 };
	const char * p = text;
	int rc;

	while ((*p != '\0') && !is_escaped((unsigned char)*p))
		p++;
	if (*p == '\0')
		return add_safe(out, text, e);
	rc = text_escape(&shown, text, strlen(text), e);
	if (rc == 0)
		rc = add_safe(out, buf_text(&shown), e);
	buf_free(&shown);
	return rc;
}

int
export_csv_cell(struct buf * out, const char * text, struct err * e)
{
	const char * p = (text != NULL) ? text : "";
	size_t len = 0;
	int rc;

	while ((p[len] != '\0') && !is_escaped((unsigned char)p[len]) &&
	    !is_border((unsigned char)p[len]))
		len++;
	if (buf_add(out, "\"", 1, e) != 0)
		return -1;
	/* Most cells have nothing in them that needs care. */
	if ((p[len] == '\0') && (*p != ' ') && (trigger_length(p) == 0))
		rc = buf_add(out, p, len, e);
	else
		rc = add_any(out, p, e);
	return (rc == 0) ? buf_add(out, "\"", 1, e) : -1;
}
