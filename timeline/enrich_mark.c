#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "timeline/enrich_set.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define LINE_NAMES 4 /* Names of one file in a line; it says how many more. */

static const char * const file_columns[] = { "id", "kind", "sha256", "size",
	"entries", "unused", "about" };
static const char * const mark_columns[] = { "id", "enrichment", "subject_kind",
	"subject", "matched", "name", "detail" };
static const char * const line_columns[] = { "subject", "text" };

/* Everything that a record names and a file could know. */
static const char subjects[] =
    "SELECT t.kind AS kind, t.text AS text FROM ("
    "SELECT 'address' AS kind, text AS text FROM address WHERE text <> ''"
    " UNION SELECT 'address', src_ip FROM event WHERE src_ip IS NOT NULL"
    " UNION SELECT 'address', dst_ip FROM event WHERE dst_ip IS NOT NULL"
    " UNION SELECT 'card', mac FROM flow_head WHERE mac IS NOT NULL"
    " UNION SELECT 'card', mac FROM event WHERE mac IS NOT NULL"
    " UNION SELECT 'resource', target FROM flow_head WHERE target IS NOT NULL"
    " UNION SELECT 'resource', target FROM event WHERE target IS NOT NULL"
    ") AS t ORDER BY t.kind, t.text";

struct marking {
	struct enrich * en;
	struct store_bulk * marks;
	struct store_bulk * lines;
	int64_t count;
	struct buf line;  /* What is said of the present subject. */
	struct buf place; /* Of a MaxMind DB, or a folded key. */
	const char * kind;
	const char * subject;
};

static int
put_mark(struct marking * m, size_t source, const char * matched,
    const char * name, const char * detail, struct err * e)
{
	struct store_value row[COUNT(mark_columns)];

	row[0] = store_integer(++m->count);
	row[1] = store_integer((int64_t)source + 1);
	row[2] = store_text(m->kind);
	row[3] = store_text(m->subject);
	row[4] = store_text(matched);
	row[5] = store_text(name);
	row[6] = store_text((detail[0] != '\0') ? detail : NULL);
	return store_bulk_row(m->marks, row, e);
}

static const char *
text_at(const struct enrich_source * s, size_t at)
{
	return (const char *)s->texts.bytes + at;
}

/* "KIND: " where a file begins in the line, ", " between its names. */
static int
begin_name(struct marking * m, const struct enrich_source * s, size_t n,
    struct err * e)
{
	if (n > 0)
		return buf_add_text(&m->line, ", ", e);
	return buf_addf(&m->line, e, "%s%s: ", (m->line.len > 0) ? "; " : "",
	    enrich_option(s->file.kind));
}

/* Add a name to the line, or what was matched where an entry has none. */
static int
add_name(struct marking * m, const struct enrich_source * s, size_t n,
    const char * name, const char * matched, struct err * e)
{
	if (begin_name(m, s, n, e) != 0)
		return -1;
	return buf_add_text(&m->line, (name[0] != '\0') ? name : matched, e);
}

static int
end_names(struct marking * m, size_t count, struct err * e)
{
	if (count <= LINE_NAMES)
		return 0;
	return buf_addf(&m->line, e, ", and %zu more", count - LINE_NAMES);
}

/* That there is more than what the table holds of one subject. */
static int
put_more(struct marking * m, size_t at, size_t more, struct err * e)
{
	char words[64];

	if (more == 0)
		return 0;
	(void)snprintf(
	    words, sizeof(words), "and %zu more entries of this file", more);
	return put_mark(m, at, "", words, "", e);
}

/* Of nested networks the line has the narrowest, the table all of them. */
static int
mark_networks(struct marking * m, size_t at, struct err * e)
{
	struct enrich_source * s = &m->en->sources[at];
	struct network_hit hits[NETWORK_HITS_MAX];
	char matched[NETWORK_TEXT_SIZE];
	size_t found = network_table_find(s->networks, m->subject, hits);
	size_t kept = (found < NETWORK_HITS_MAX) ? found : NETWORK_HITS_MAX;
	size_t named = 0;

	for (size_t i = 0; i < kept; i++) {
		const struct enrich_entry * entry = &s->entries[hits[i].value];
		const char * name = text_at(s, entry->name);

		network_format(&hits[i].network, matched);
		if (put_mark(m, at, matched, name, text_at(s, entry->detail),
			e) != 0)
			return -1;
		if ((s->file.kind == ENRICH_SERVICE_TAGS) &&
		    (hits[i].network.bits != hits[0].network.bits))
			continue;
		if ((named < LINE_NAMES) &&
		    (add_name(m, s, named, name, matched, e) != 0))
			return -1;
		named++;
	}
	if (put_more(m, at, found - kept, e) != 0)
		return -1;
	return end_names(m, named + found - kept, e);
}

static int
mark_place(struct marking * m, size_t at, struct err * e)
{
	struct enrich_source * s = &m->en->sources[at];
	char matched[16];
	int bits = 0;
	int rc = geoip_find(s->geoip, m->subject, &m->place, &bits, e);

	if (rc <= 0)
		return rc;
	(void)snprintf(matched, sizeof(matched), "/%d", bits);
	if (put_mark(m, at, matched, buf_text(&m->place), "", e) != 0)
		return -1;
	return add_name(m, s, 0, buf_text(&m->place), "", e);
}

/* Entries by the card's address or the resource ${text}, folded. */
static int
mark_key(struct marking * m, size_t at, const char * text, size_t * named,
    struct err * e)
{
	struct enrich_source * s = &m->en->sources[at];
	size_t found = 0;

	for (size_t i = enrich_source_find(s, text, 0); i != SIZE_MAX;
	     i = enrich_source_find(s, text, i + 1)) {
		const struct enrich_entry * entry =
		    &s->entries[s->keys[i].entry];
		const char * name = text_at(s, entry->name);

		if (found++ >= NETWORK_HITS_MAX)
			continue;
		if (put_mark(m, at, text, name, text_at(s, entry->detail), e) !=
		    0)
			return -1;
		if ((*named < LINE_NAMES) &&
		    (add_name(m, s, *named, name, text, e) != 0))
			return -1;
		(*named)++;
	}
	if (found <= NETWORK_HITS_MAX)
		return 0;
	*named += found - NETWORK_HITS_MAX;
	return put_more(m, at, found - NETWORK_HITS_MAX, e);
}

/* A resource is found by its whole id, and a network card by its name too. */
static int
mark_keys(struct marking * m, size_t at, struct err * e)
{
	static const char card[] = "/networkinterfaces/";
	const char * name;
	size_t named = 0;

	if (enrich_fold_key(m->subject, &m->place, e) != 0)
		return -1;
	if (mark_key(m, at, buf_text(&m->place), &named, e) != 0)
		return -1;
	name = strstr(buf_text(&m->place), card);
	if ((name != NULL) &&
	    (mark_key(m, at, name + sizeof(card) - 1, &named, e) != 0))
		return -1;
	return end_names(m, named, e);
}

static int
mark_subject(void * cookie, const struct store_row * got, struct err * e)
{
	struct marking * m = cookie;
	struct store_value row[COUNT(line_columns)];
	bool is_address;

	m->kind = got->values[0].bytes;
	m->subject = got->values[1].bytes;
	is_address = (strcmp(m->kind, "address") == 0);
	buf_clear(&m->line);
	for (size_t i = 0; i < m->en->count; i++) {
		int rc;

		if (!is_address)
			rc = mark_keys(m, i, e);
		else if (m->en->sources[i].geoip != NULL)
			rc = mark_place(m, i, e);
		else
			rc = mark_networks(m, i, e);
		if (rc != 0) {
			err_in(e, "--%s",
			    enrich_option(m->en->sources[i].file.kind));
			return -1;
		}
	}
	if (m->line.len == 0)
		return 0;
	row[0] = store_text(m->subject);
	row[1] = store_text(buf_text(&m->line));
	return store_bulk_row(m->lines, row, e);
}

static int
put_files(const struct enrich * en, struct store * s, struct err * e)
{
	struct store_bulk * b = store_bulk_begin(
	    s, "enrichment", file_columns, COUNT(file_columns), e);
	struct store_value row[COUNT(file_columns)];
	int rc = 0;

	if (b == NULL)
		return -1;
	for (size_t i = 0; (rc == 0) && (i < en->count); i++) {
		const struct enrich_file * f = &en->sources[i].file;

		row[0] = store_integer((int64_t)i + 1);
		row[1] = store_text(enrich_option(f->kind));
		row[2] = store_bytes(f->sha256, sizeof(f->sha256));
		row[3] = store_integer(f->size);
		row[4] =
		    store_integer((f->entries >= 0) ? f->entries : INT64_MIN);
		row[5] = store_integer(f->unused);
		row[6] = store_text(f->about);
		rc = store_bulk_row(b, row, e);
	}
	if (store_bulk_end(b, e) != 0)
		rc = -1;
	return rc;
}

int
enrich_mark(struct enrich * en, struct store * s, struct err * e)
{
	struct marking m = { .en = en };
	int rc = -1;

	if (en->count == 0)
		return 0;
	if (put_files(en, s, e) != 0)
		return -1;
	m.marks =
	    store_bulk_begin(s, "mark", mark_columns, COUNT(mark_columns), e);
	m.lines = store_bulk_begin(
	    s, "mark_line", line_columns, COUNT(line_columns), e);
	if ((m.marks != NULL) && (m.lines != NULL))
		rc = store_run(s, subjects, mark_subject, &m, e);
	if (store_bulk_end(m.marks, e) != 0)
		rc = -1;
	if (store_bulk_end(m.lines, e) != 0)
		rc = -1;
	buf_free(&m.line);
	buf_free(&m.place);
	return rc;
}
