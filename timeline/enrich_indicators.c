#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "timeline/enrich_rows.h"

#include "timeline/enrich_source.h"

/*
 * A CSV of indicators has a column named indicator, address, ip, cidr, or value;
 * what it is comes from name, label, description, or threat, and who says so
 * from source or reference.
 */
static const char * const value_names[] = { "indicator", "address", "ip",
	"cidr", "value", NULL };
static const char * const name_names[] = { "name", "label", "description",
	"threat", NULL };
static const char * const source_names[] = { "source", "reference", "detail",
	NULL };

/* The columns of a plain list. */
static const char * const plain_names[] = { "indicator", "name", "source",
	NULL };

static const char *
first_of(const struct record_value * row, const char * const * names)
{
	for (; *names != NULL; names++) {
		const char * text = record_text(row, *names);

		if (text != NULL)
			return text;
	}
	return NULL;
}

/* Whether ${text} can only have been meant as an address or a network. */
static bool
looks_like_address(const char * text)
{
	size_t len = strlen(text);

	return (strspn(text, "0123456789./") == len) ||
	    ((strspn(text, "0123456789abcdefABCDEF:./") == len) &&
		(strchr(text, ':') != NULL));
}

struct reading {
	struct enrich_source * source;
	bool has_column;
};

static int
take_row(void * cookie, const struct record_value * row, struct err * e)
{
	struct reading * r = cookie;
	const char * value = first_of(row, value_names);
	struct network network;
	size_t entry;

	if (value == NULL) {
		r->source->file.unused++;
		return 0;
	}
	r->has_column = true;
	if ((network_parse(value, &network) != NULL) &&
	    !looks_like_address(value)) {
		r->source->file.unused++;
		return 0;
	}
	if (enrich_source_entry(r->source, first_of(row, name_names),
		first_of(row, source_names), &entry, e) != 0)
		return -1;
	return enrich_source_network(r->source, value, entry, e);
}

int
enrich_read_indicators(
    struct enrich_source * s, const void * bytes, size_t len, struct err * e)
{
	struct reading r = { s, false };
	const char * text = bytes;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '{')
			return enrich_read_stix(s, bytes, len, e);
		if (strchr(" \t\r\n", text[i]) == NULL)
			break;
	}
	(void)snprintf(s->file.about, sizeof(s->file.about), "CSV");
	if (enrich_rows(bytes, len, plain_names, take_row, &r, e) != 0)
		return -1;
	if (r.has_column)
		return 0;
	err_set(e, ERR_INPUT, NULL,
	    "no column with the name indicator, address, ip, cidr, or value");
	return -1;
}
