#include <stdio.h>

#include "evidence/text.h"
#include "timeline/record.h"

#include "timeline/enrich_source.h"

/*
 *	{"changeNumber":N,"cloud":"Public","values":[
 *	  {"name":"Storage.WestEurope","properties":{"region":"westeurope",
 *	   "systemService":"AzureStorage","addressPrefixes":["13.69.0.0/17"]}}]}
 */

/* Region and service, as the list's own words for a tag. */
static int
add_tag(
    struct enrich_source * s, const struct record_value * value, struct err * e)
{
	const struct record_value * properties =
	    record_get(value, "properties");
	const struct record_value * prefixes =
	    record_get(properties, "addressPrefixes");
	const char * name = record_text(value, "name");
	const char * service = record_text(properties, "systemService");
	const char * region = record_text(properties, "region");
	struct buf detail = { 0 };
	size_t entry;
	int rc = -1;

	if ((name == NULL) || (prefixes == NULL) ||
	    (prefixes->type != RECORD_ARRAY)) {
		err_set(e, ERR_INPUT, NULL,
		    "a value without a name or addressPrefixes");
		return -1;
	}
	if (buf_addf(&detail, e, "%s%s%s", (service != NULL) ? service : "",
		((service != NULL) && (region != NULL)) ? " " : "",
		(region != NULL) ? region : "") != 0)
		goto out;
	if (enrich_source_entry(s, name, buf_text(&detail), &entry, e) != 0)
		goto out;
	for (const struct record_value * p = record_first(prefixes); p != NULL;
	     p = record_next(p)) {
		if (p->type != RECORD_STRING) {
			err_set(e, ERR_INPUT, NULL, "a prefix that is no text");
			goto out;
		}
		if (enrich_source_network(s, p->text, entry, e) != 0)
			goto out;
	}
	rc = 0;

out:
	if (rc != 0)
		err_in(e, "%s", name);
	buf_free(&detail);
	return rc;
}

static int
read_root(
    struct enrich_source * s, const struct record_value * root, struct err * e)
{
	const struct record_value * values = record_get(root, "values");
	const char * cloud = record_text(root, "cloud");
	const char * change = record_text(root, "changeNumber");

	if ((values == NULL) || (values->type != RECORD_ARRAY)) {
		err_set(e, ERR_INPUT, NULL,
		    "no list of service tags: it has no \"values\"");
		return -1;
	}
	(void)snprintf(s->file.about, sizeof(s->file.about),
	    "cloud %.64s, change number %.32s",
	    (cloud != NULL) ? cloud : "not said",
	    (change != NULL) ? change : "not said");
	for (const struct record_value * v = record_first(values); v != NULL;
	     v = record_next(v)) {
		if (add_tag(s, v, e) != 0)
			return -1;
	}
	return 0;
}

int
enrich_read_tags(
    struct enrich_source * s, const void * bytes, size_t len, struct err * e)
{
	return enrich_read_json(s, bytes, len, read_root, e);
}
