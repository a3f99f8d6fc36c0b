#include <stdio.h>
#include <string.h>

#include "evidence/text.h"

#include "verify/bag_parts.h"

static const char bagit[] = "bagit.txt";

/* The versions there were. */
static const char * const versions[] = { "0.93", "0.94", "0.95", "0.96", "0.97",
	"1.0" };

/*
 * Take "LABEL: value" apart.  Return whether ${line} is that; blanks at its end
 * are no part of the value.
 */
static bool
take_value(struct bag * b, const char * line, size_t len, const char * label,
    const char ** value, size_t * value_len)
{
	size_t n = strlen(label);

	if ((len < n + 3) || (memcmp(line, label, n) != 0) ||
	    (line[n] != ':') || (line[n + 1] != ' ') || (line[n + 2] == ' '))
		return false;
	*value = line + n + 2;
	*value_len = len - n - 2;
	while ((*value_len > 0) && ((*value)[*value_len - 1] == ' ')) {
		(*value_len)--;
		bag_find(b, BAG_SPACING, bagit, "a blank at the end of a line");
	}
	return true;
}

static void
take_version(struct bag * b, const char * value, size_t len)
{
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		if ((strlen(versions[i]) != len) ||
		    (memcmp(versions[i], value, len) != 0))
			continue;
		(void)snprintf(b->result->version, sizeof(b->result->version),
		    "%s", versions[i]);
		b->is_strict = (strcmp(versions[i], "1.0") == 0);
		return;
	}
	bag_find(b, BAG_VERSION, bagit, "there is no BagIt version %.*s",
	    (len > 100) ? 100 : (int)len, value);
}

static void
take_encoding(struct bag * b, const char * value, size_t len)
{
	static const char * const names[] = { [BAG_UTF_8] = "UTF-8",
		[BAG_ISO_8859_1] = "ISO-8859-1",
		[BAG_UTF_16] = "UTF-16" };

	if (bag_text_encoding(value, len, &b->encoding) != 0)
		bag_find(b, BAG_ENCODING, bagit,
		    "the encoding %.*s is not read here",
		    (len > 100) ? 100 : (int)len, value);
	b->result->encoding = names[b->encoding];
}

void
bag_declaration(struct bag * b)
{
	const struct bag_text * text = bag_text_named(b, bagit);
	const char * line;
	const char * value;
	size_t at = 0;
	size_t len, value_len;

	if (text == NULL) {
		bag_find(b, BAG_DECLARATION, bagit, "it is missing");
		return;
	}
	if ((text->bytes.len >= 3) &&
	    (memcmp(text->bytes.bytes, "\xef\xbb\xbf", 3) == 0)) {
		bag_find(b, BAG_BOM, bagit, "it begins with a byte order mark");
		at = 3;
	}
	if (!bag_text_line(&text->bytes, &at, &line, &len) ||
	    !take_value(b, line, len, "BagIt-Version", &value, &value_len)) {
		bag_find(b, BAG_DECLARATION, bagit,
		    "its first line is not \"BagIt-Version: M.N\"");
		return;
	}
	take_version(b, value, value_len);
	if (!bag_text_line(&text->bytes, &at, &line, &len) ||
	    !take_value(b, line, len, "Tag-File-Character-Encoding", &value,
		&value_len)) {
		bag_find(b, BAG_ENCODING, bagit,
		    "its second line is not \"Tag-File-Character-Encoding: X\"");
		return;
	}
	take_encoding(b, value, value_len);
	while (bag_text_line(&text->bytes, &at, &line, &len))
		if (len > 0)
			bag_find(b, BAG_DECLARATION, bagit,
			    "something follows its two lines");
}

/* "BYTES.FILES"; -1 if it is not that. */
static int
parse_oxum(const char * text, size_t len, int64_t * bytes, int64_t * objects)
{
	const char * dot = memchr(text, '.', len);
	size_t n = (dot == NULL) ? 0 : (size_t)(dot - text);

	if ((n == 0) || (text_parse_integer(text, n, bytes) != 0) ||
	    (text_parse_integer(dot + 1, len - n - 1, objects) != 0) ||
	    (*bytes < 0) || (*objects < 0))
		return -1;
	return 0;
}

static void
check_oxum(struct bag * b, const char * name, const char * text, size_t len)
{
	const struct bag_result * r = b->result;
	int64_t bytes, objects;

	if (parse_oxum(text, len, &bytes, &objects) != 0)
		bag_find(b, b->is_strict ? BAG_OXUM : BAG_INFO, name,
		    "Payload-Oxum is not BYTES.FILES: %.*s",
		    (len > 60) ? 60 : (int)len, text);
	else if ((bytes == r->bytes) && (objects == r->objects))
		return;
	else if ((b->twins > 0) && (bytes == r->bytes - b->twin_bytes) &&
	    (objects == r->objects - b->twins))
		bag_find(b, BAG_OXUM_TWIN, name,
		    "Payload-Oxum counts names that differ in case once");
	else
		bag_find(b, BAG_OXUM, name,
		    "Payload-Oxum says %lld bytes in %lld files, and %lld in "
		    "%lld are here",
		    (long long)bytes, (long long)objects, (long long)r->bytes,
		    (long long)r->objects);
}

void
bag_info(struct bag * b)
{
	static const char label[] = "payload-oxum";
	const struct bag_text * text = bag_text_named(b, "bag-info.txt");
	const char * line;
	size_t at = 0;
	size_t len;
	int times = 0;

	if (text == NULL)
		text = bag_text_named(b, "package-info.txt");
	if ((text == NULL) || !text->is_readable || b->is_cut)
		return;
	while (bag_text_line(&text->text, &at, &line, &len)) {
		char found[sizeof(label)];
		size_t n = sizeof(label) - 1;

		if (len <= n)
			continue;
		memcpy(found, line, n);
		found[n] = '\0';
		while ((n < len) && ((line[n] == ' ') || (line[n] == '\t')))
			n++;
		if ((text_compare_nocase(found, label) != 0) || (n == len) ||
		    (line[n] != ':'))
			continue;
		n++;
		while ((n < len) && ((line[n] == ' ') || (line[n] == '\t')))
			n++;
		while ((len > n) && (line[len - 1] == ' '))
			len--;
		if (++times == 2)
			bag_find(b, b->is_strict ? BAG_TWICE : BAG_INFO,
			    text->name, "Payload-Oxum stands there twice");
		check_oxum(b, text->name, line + n, len - n);
	}
}
