#include <stdlib.h>
#include <string.h>

#include "evidence/case_file.h"
#include "evidence/package_lines.h"
#include "evidence/prefix.h"
#include "evidence/revisit.h"
#include "evidence/revisit_table.h"

static const char * const state_texts[REVISIT_STATES] = {
	[REVISIT_SAME] = "same",
	[REVISIT_PREFIX] = "prefix",
	[REVISIT_REWRITTEN] = "rewritten",
	[REVISIT_SHORTER] = "shorter",
	[REVISIT_VANISHED] = "vanished",
	[REVISIT_UNREAD] = "unread",
};

const char *
revisit_state_text(enum revisit_state state)
{
	return state_texts[state];
}

/* One of the two packages. */
struct side {
	const struct revisit_package * package;
	struct package_read * r; /* Only for its sources. */
	const struct sources * sources;
	struct package_walk * walk; /* Finds members by their place. */
};

struct revisit {
	struct side earlier, later;
	struct case_file asked; /* By the later one. */
	struct revisit_table table;
	bool is_listing_whole; /* Of the later one: no container is missing. */
	size_t next;           /* Entry of the table to be told. */
	revisit_take * take;
	void * context;
	int64_t * counts;
};

static int
side_open(struct side * s, const struct revisit_package * p, struct err * e)
{
	s->package = p;
	s->r = package_read_open_index(p->fd, p->index, e);
	if (s->r == NULL)
		return -1;
	s->sources = package_read_sources(s->r);
	s->walk = package_walk_open(p->fd, p->index, e);
	return (s->walk == NULL) ? -1 : 0;
}

static void
side_close(struct side * s)
{
	package_walk_close(s->walk);
	package_read_close(s->r);
}

/* The source of a line, which the catalogue's check saw to be there. */
static const struct source *
source_of(const struct side * s, int64_t source)
{
	if ((source < 0) || (source >= (int64_t)s->sources->n))
		return NULL;
	return &s->sources->list[source];
}

/* ---- Lines of a member --------------------------------------------------- */

typedef int line_take(
    struct revisit * v, const uint8_t * bytes, size_t len, struct err * e);

/* Hand each line of the member at ${place} of ${s} to ${take}. */
static int
each_line(struct revisit * v, const struct side * s,
    const struct package_place * place, size_t max, line_take * take,
    struct err * e)
{
	struct package_lines * l =
	    package_lines_open(s->package->fd, place, max, e);
	const uint8_t * bytes;
	size_t len;
	int rc = (l == NULL) ? -1 : 1;

	while (rc == 1) {
		rc = package_lines_next(l, &bytes, &len, e);
		if ((rc == 1) && (take(v, bytes, len, e) != 0))
			rc = -1;
	}
	package_lines_close(l);
	return rc;
}

static int
take_case(struct revisit * v, const uint8_t * bytes, size_t len, struct err * e)
{
	struct buf text = { 0 };
	int rc = -1;

	if ((buf_add(&text, bytes, len, e) == 0) &&
	    (buf_add_text(&text, "\n", e) == 0))
		rc = case_file_parse(text.bytes, text.len, &v->asked, e);
	buf_free(&text);
	return rc;
}

/* Look for what was open. */
static int
take_earlier(
    struct revisit * v, const uint8_t * bytes, size_t len, struct err * e)
{
	const struct source * source;
	struct object o;
	int rc = 0;

	if (object_parse(bytes, len, &o, e) != 0)
		return -1;
	source = source_of(&v->earlier, o.source);
	if (o.open_hour && (source != NULL))
		rc = revisit_table_add(&v->table, &o, source, e);
	object_free(&o);
	return rc;
}

static int
take_later(
    struct revisit * v, const uint8_t * bytes, size_t len, struct err * e)
{
	const struct source * source;
	struct object o;

	if (object_parse(bytes, len, &o, e) != 0)
		return -1;
	source = source_of(&v->later, o.source);
	if (source != NULL)
		revisit_table_offer(&v->table, &o, source);
	object_free(&o);
	return 0;
}

static int
take_gap(struct revisit * v, const uint8_t * bytes, size_t len, struct err * e)
{
	const struct source * source;
	struct gap gap;

	if (gap_parse(bytes, len, &gap, e) != 0)
		return -1;
	source = source_of(&v->later, gap.source);
	switch (gap.what) {
	case GAP_OBJECT:
		if (source != NULL)
			revisit_table_offer_gap(&v->table, &gap, source);
		break;
	case GAP_CONTAINER:
	case GAP_ACCOUNT:
		v->is_listing_whole = false;
		break;
	case GAP_FOLDER: /* By its name out of scope, as the blob's says. */
		break;
	}
	gap_free(&gap);
	return 0;
}

/* ---- What became of one -------------------------------------------------- */

static bool
is_text(const char * a, const char * b)
{
	return strcmp((a == NULL) ? "" : a, (b == NULL) ? "" : b) == 0;
}

static bool
is_container_listed(const struct revisit * v, const struct source * source)
{
	for (size_t i = 0; i < v->later.sources->n; i++) {
		const struct source * one = &v->later.sources->list[i];

		if (is_text(one->account, source->account) &&
		    is_text(one->container, source->container))
			return true;
	}
	return false;
}

static bool
has_include(const struct case_scope * scope, const char * word)
{
	for (size_t i = 0; i < scope->n_include; i++)
		if (strcmp(scope->include[i], word) == 0)
			return true;
	return false;
}

/* Would the later package have listed such a blob, by what it asked for? */
static bool
is_asked_for(const struct case_scope * scope, const struct object * o)
{
	bool is_asked = (scope->n_prefixes == 0);

	for (size_t i = 0; i < scope->n_prefixes; i++) {
		size_t len = strlen(scope->prefixes[i]);

		if ((len <= o->name_len) &&
		    (memcmp(o->name, scope->prefixes[i], len) == 0))
			is_asked = true;
	}
	if ((o->snapshot != NULL) && !has_include(scope, "snapshots"))
		is_asked = false;
	if (o->deleted && !has_include(scope, "deleted"))
		is_asked = false;
	return is_asked;
}

/* It was not taken: is it gone, or was it only not read? */
static void
judge_absent(const struct revisit * v, const struct revisit_entry * one,
    struct revisit_line * line)
{
	const struct object * o = line->earlier;
	const struct case_scope * scope =
	    case_file_scope(&v->asked, line->source->account);

	line->state = REVISIT_UNREAD;
	if (one->has_gap) {
		line->why = gap_reason_code(one->reason);
		if ((one->reason == GAP_GONE) || (one->reason == GAP_REMOVED) ||
		    (one->reason == GAP_DELETED))
			line->state = REVISIT_VANISHED;
	} else if (!is_container_listed(v, line->source)) {
		line->why = "not-listed";
	} else if (!v->is_listing_whole) {
		line->why = gap_reason_code(GAP_LISTING);
	} else if (!is_asked_for(scope, o) ||
	    ((line->source->container != NULL) &&
		!case_scope_has_blob(
		    scope, line->source->container, o->name, o->name_len))) {
		line->why = gap_reason_code(GAP_OUT_OF_SCOPE);
	} else {
		line->state = REVISIT_VANISHED;
		line->why = "not-there";
	}
}

/* It was taken again: read both. */
static int
judge_found(struct revisit * v, const struct revisit_entry * one,
    struct revisit_line * line, struct err * e)
{
	const struct object * o = line->earlier;
	const char * type = (o->blob_type == NULL) ? "" : o->blob_type;
	struct prefix_member earlier = { v->earlier.walk, o->offset, o->size,
		o->sha256, strcmp(type, "AppendBlob") == 0 };
	struct prefix_member later = { v->later.walk, one->later_offset,
		one->later_size, one->later_sha256, earlier.is_append };
	struct prefix_result result;

	line->later_seq = one->later_seq;
	line->later_size = one->later_size;
	memcpy(line->later_sha256, one->later_sha256, DIGEST_SHA256_LEN);
	if ((one->later_size == o->size) &&
	    (memcmp(o->sha256, one->later_sha256, DIGEST_SHA256_LEN) == 0)) {
		line->state = REVISIT_SAME;
		line->needed = line->compared = o->size;
		memcpy(line->front_sha256, o->sha256, DIGEST_SHA256_LEN);
		return 0;
	}
	if (prefix_compare(&earlier, &later, &result, e) != 0)
		return -1;
	line->needed = result.needed;
	line->compared = result.compared;
	memcpy(line->front_sha256, result.sha256, DIGEST_SHA256_LEN);
	if (result.is_prefix)
		line->state = REVISIT_PREFIX;
	else if (one->later_size < o->size)
		line->state = REVISIT_SHORTER;
	else
		line->state = REVISIT_REWRITTEN;
	return 0;
}

/* Say what became of a line that was looked for, in the order of before. */
static int
tell(struct revisit * v, const uint8_t * bytes, size_t len, struct err * e)
{
	const struct revisit_entry * one;
	struct revisit_line line;
	struct object o;
	int rc = -1;

	if (object_parse(bytes, len, &o, e) != 0)
		return -1;
	memset(&line, 0, sizeof(line));
	line.earlier = &o;
	line.source = source_of(&v->earlier, o.source);
	if (!o.open_hour || (line.source == NULL) || (v->next == v->table.n)) {
		rc = 0;
		goto out;
	}
	one = &v->table.list[v->next++];
	if (!one->is_found)
		judge_absent(v, one, &line);
	else if (judge_found(v, one, &line, e) != 0)
		goto out;
	v->counts[line.state]++;
	rc = v->take(v->context, &line, e);

out:
	if (rc != 0)
		err_in(e, "%s", o.path);
	object_free(&o);
	return rc;
}

int
revisit_compare(const struct revisit_package * earlier,
    const struct revisit_package * later, revisit_take * take, void * context,
    int64_t counts[REVISIT_STATES], struct err * e)
{
	struct revisit v = { .take = take,
		.context = context,
		.counts = counts,
		.is_listing_whole = true };
	const struct package_index * a = earlier->index;
	const struct package_index * b = later->index;
	int rc = -1;

	memset(counts, 0, REVISIT_STATES * sizeof(*counts));
	if ((side_open(&v.earlier, earlier, e) != 0) ||
	    (side_open(&v.later, later, e) != 0) ||
	    (each_line(&v, &v.later, &b->case_file, CASE_FILE_MAX, take_case,
		 e) != 0) ||
	    (each_line(&v, &v.earlier, &a->objects, OBJECT_LINE_MAX,
		 take_earlier, e) != 0))
		goto out;
	revisit_table_ready(&v.table);
	if ((each_line(&v, &v.later, &b->objects, OBJECT_LINE_MAX, take_later,
		 e) != 0) ||
	    (each_line(&v, &v.later, &b->gaps, GAP_LINE_MAX, take_gap, e) != 0))
		goto out;
	revisit_table_done(&v.table);
	rc = each_line(&v, &v.earlier, &a->objects, OBJECT_LINE_MAX, tell, e);

out:
	revisit_table_free(&v.table);
	case_file_free(&v.asked);
	side_close(&v.earlier);
	side_close(&v.later);
	return rc;
}
