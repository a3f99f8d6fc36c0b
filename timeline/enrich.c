#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/io.h"

#include "timeline/enrich_set.h"

const char *
enrich_option(enum enrich_kind kind)
{
	switch (kind) {
	case ENRICH_SERVICE_TAGS:
		return "service-tags";
	case ENRICH_GEOIP:
		return "geoip";
	case ENRICH_INDICATORS:
		return "indicators";
	case ENRICH_INVENTORY:
		return "inventory";
	}
	return "";
}

struct enrich *
enrich_new(struct err * e)
{
	struct enrich * en = calloc(1, sizeof(*en));

	if (en == NULL)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	return en;
}

void
enrich_free(struct enrich * en)
{
	if (en == NULL)
		return;
	for (size_t i = 0; i < en->count; i++) {
		struct enrich_source * s = &en->sources[i];

		network_table_free(s->networks);
		geoip_close(s->geoip);
		buf_free(&s->texts);
		free(s->entries);
		free(s->keys);
	}
	free(en);
}

size_t
enrich_count(const struct enrich * en)
{
	return en->count;
}

const struct enrich_file *
enrich_file(const struct enrich * en, size_t i)
{
	return &en->sources[i].file;
}

/* A further source of the ${kind}, which the set owns; or NULL. */
static struct enrich_source *
begin_source(struct enrich * en, enum enrich_kind kind, struct err * e)
{
	struct enrich_source * s;

	if (en->count == ENRICH_FILES_MAX) {
		err_set(
		    e, ERR_LIMIT, NULL, "more than %d files", ENRICH_FILES_MAX);
		return NULL;
	}
	s = &en->sources[en->count];
	s->file.kind = kind;
	s->networks = network_table_new(e);
	if (s->networks == NULL)
		return NULL;
	en->count++;
	return s;
}

static int
read_source(
    struct enrich_source * s, const void * bytes, size_t len, struct err * e)
{
	switch (s->file.kind) {
	case ENRICH_SERVICE_TAGS:
		return enrich_read_tags(s, bytes, len, e);
	case ENRICH_INDICATORS:
		return enrich_read_indicators(s, bytes, len, e);
	case ENRICH_INVENTORY:
		return enrich_read_inventory(s, bytes, len, e);
	case ENRICH_GEOIP:
		break;
	}
	err_set(e, ERR_BUG, NULL, "a MaxMind DB is not read so");
	return -1;
}

int
enrich_add(struct enrich * en, enum enrich_kind kind, const void * bytes,
    size_t len, struct err * e)
{
	static const char bom[] = "\xEF\xBB\xBF";
	struct enrich_source * s = begin_source(en, kind, e);
	const char * text = bytes;

	if (s == NULL)
		return -1;
	s->file.size = (int64_t)len;
	digest_sha256(bytes, len, s->file.sha256);
	if ((len >= 3) && (memcmp(text, bom, 3) == 0)) {
		text += 3;
		len -= 3;
	}
	if (read_source(s, text, len, e) != 0)
		return -1;
	enrich_source_sort(s);
	if (s->file.entries > 0)
		return 0;
	err_set(e, ERR_INPUT, NULL, "nothing in it can be used");
	return -1;
}

static int
load_geoip(struct enrich * en, const char * path, struct err * e)
{
	struct enrich_source * s = begin_source(en, ENRICH_GEOIP, e);
	struct geoip_about about;
	char built[CLOCK_TEXT_SIZE] = "not said";

	if (s == NULL)
		return -1;
	s->geoip = geoip_open(path, &about, e);
	if (s->geoip == NULL)
		return -1;
	if (about.built != CLOCK_UNKNOWN)
		clock_format(about.built, built);
	memcpy(s->file.sha256, about.sha256, sizeof(s->file.sha256));
	s->file.size = about.size;
	s->file.entries = -1;
	(void)snprintf(s->file.about, sizeof(s->file.about), "%s, built %s",
	    about.type, built);
	return 0;
}

int
enrich_load(struct enrich * en, enum enrich_kind kind, const char * path,
    struct err * e)
{
	struct buf text = { 0 };
	int rc = -1;

	if (kind == ENRICH_GEOIP)
		rc = load_geoip(en, path, e);
	else if (io_load(IO_PATH, path, ENRICH_BYTES_MAX, &text, e) == 0)
		rc = enrich_add(en, kind, buf_text(&text), text.len, e);
	buf_free(&text);
	if (rc != 0)
		err_in(e, "--%s %s", enrich_option(kind), path);
	return rc;
}
