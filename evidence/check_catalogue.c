#include <stdio.h>
#include <string.h>

#include "evidence/check.h"
#include "evidence/check_group.h"
#include "evidence/check_page.h"
#include "evidence/check_secret.h"
#include "evidence/object.h"
#include "evidence/text.h"

/*
 * The catalogue against the payload.  The facts both tell of a member (number,
 * path, offset, size, digest) go into two digests, one as the members pass, one
 * as the lines do; they are equal at the end, or check_members looks further.
 */
/* Write the facts of one member to ${facts}; return their length. */
static size_t
format_facts(char facts[CHECK_FACTS_SIZE], int64_t seq, const char * path,
    int64_t offset, int64_t size, const uint8_t sha256[DIGEST_SHA256_LEN])
{
	char hex[DIGEST_SHA256_HEX];

	text_hex_encode(sha256, DIGEST_SHA256_LEN, hex);
	return (size_t)snprintf(facts, CHECK_FACTS_SIZE,
	    "%lld %.200s %lld %lld %s\n", (long long)seq, path,
	    (long long)offset, (long long)size, hex);
}

void
check_payload_end(struct check * c)
{
	char facts[CHECK_FACTS_SIZE];

	c->result->objects++;
	c->result->object_bytes += c->item.size;
	digest_update(c->payload, facts,
	    format_facts(facts, c->result->objects, c->item.path,
		c->item.offset, c->item.size, c->sha256));
	check_secret_end(c);
}

/* Does ${o} lie in the folder of its source, and is it of its kind? */
static void
check_source_folder(struct check * c, const struct object * o)
{
	char folder[NAME_SIZE + 16];
	const char * name = strchr(o->path, '/');
	const struct source * source;

	if (!c->has_sources)
		return;
	if ((o->source < 0) || (o->source >= (int64_t)c->sources.n)) {
		check_find(c, CHECK_SOURCE, o->path,
		    "its source %lld is not in sources.json",
		    (long long)o->source);
		return;
	}
	source = &c->sources.list[o->source];
	(void)snprintf(folder, sizeof(folder), "data/%s/", source->name);
	if ((strcmp(source->service, "folder") == 0) != (o->status == 0))
		check_find(c, CHECK_SOURCE, o->path,
		    "a blob comes in an answer, and a file of a folder in none");
	if ((name == NULL) || !text_has_prefix(name + 1, folder))
		check_find(c, CHECK_SOURCE, o->path,
		    "it is not in the folder of its source");
}

static void
parse_object(struct check_line * line, struct digest * d)
{
	struct object * o = &line->as.object;
	struct check_listed listed;

	/* The LF belongs to the leaf. */
	merkle_leaf(d, line->bytes, line->len + 1, line->leaf);
	if (object_parse(line->bytes, line->len, o, &line->why) != 0)
		return;
	line->facts_len = format_facts(
	    line->facts, o->seq, o->path, o->offset, o->size, o->sha256);
	listed = (struct check_listed){ o->name, o->name_len, o->snapshot,
		o->version_id, o->listed.etag, o->listed.size };
	check_page_hash_listed(d, &listed, line->listed);
}

static void
judge_object(struct check * c, const struct check_line * line)
{
	const struct object * o = &line->as.object;
	struct err why = line->why;

	c->lines_objects++;
	merkle_add_leaf(&c->merkle, c->scratch, line->leaf);
	digest_restart(c->scratch);
	digest_update(c->scratch, c->running, sizeof(c->running));
	digest_update(c->scratch, line->bytes, line->len + 1);
	digest_finish(c->scratch, c->running);
	if (why.kind != ERR_NONE) {
		err_in(&why, "line %lld", (long long)c->lines_objects);
		check_find_err(c, CHECK_DOCUMENT, c->item.path, &why);
		return;
	}
	if (o->seq != c->lines_objects)
		check_find(c, CHECK_CATALOGUE, o->path,
		    "line %lld is numbered %lld", (long long)c->lines_objects,
		    (long long)o->seq);
	if (o->has_sha512)
		check_find(c, CHECK_CATALOGUE, o->path,
		    "line %lld gives a SHA-512, but there is no manifest of it",
		    (long long)c->lines_objects);
	check_source_folder(c, o);
	if (o->has_tls)
		check_need_certificate(c, o->tls);
	digest_update(c->catalogue, line->facts, line->facts_len);
	if (o->listed.is_listed) {
		c->taken++;
		check_listing_add(
		    c, o->source, line->listed, check_own_name(c));
	}
}

static void
drop_object(struct check_line * line)
{
	object_free(&line->as.object);
}

const struct check_batch_kind check_object_lines = { parse_object, judge_object,
	drop_object };

void
check_objects_end(struct check * c)
{
	uint8_t here[DIGEST_SHA256_LEN], said[DIGEST_SHA256_LEN];

	if (c->is_damaged)
		return;
	digest_peek(c->payload, here);
	digest_peek(c->catalogue, said);
	if (c->lines_objects != c->result->objects)
		check_find(c, CHECK_CATALOGUE, c->item.path,
		    "it has %lld lines for %lld payload members",
		    (long long)c->lines_objects, (long long)c->result->objects);
	else if (memcmp(here, said, sizeof(here)) != 0)
		check_find(c, CHECK_CATALOGUE, c->item.path,
		    "it does not describe the payload that is here");
}

/* Left out because nobody asked for it: is that so? */
static void
check_scope(
    struct check * c, const struct source * source, const struct gap * gap)
{
	const char * container = "";
	const struct case_scope * scope;
	bool is_asked = true;

	if (!c->has_case ||
	    ((gap->reason != GAP_OUT_OF_SCOPE) && (gap->what != GAP_FOLDER)))
		return;
	if ((source != NULL) && (source->container != NULL))
		container = source->container;
	scope = case_file_scope(
	    &c->case_file, (source == NULL) ? NULL : source->account);
	if (gap->what == GAP_OBJECT)
		is_asked = case_scope_has_blob(
		    scope, container, gap->name, gap->name_len);
	else if ((gap->what == GAP_FOLDER) && (gap->reason == GAP_OUT_OF_SCOPE))
		is_asked = case_scope_has_folder(
		    scope, container, gap->name, gap->name_len);
	if (is_asked)
		check_find(c, CHECK_LISTED, c->item.path,
		    "line %lld calls out of scope what case.json asks for",
		    (long long)gap->seq);
}

/* Count the gap of ${line} against what was listed. */
static void
count_gap(struct check * c, const struct check_line * line)
{
	const struct gap * gap = &line->as.gap;
	const char * holder = check_own_name(c);

	if (gap->reason == GAP_OUT_OF_SCOPE)
		holder = NULL;
	else if (gap->reason == GAP_ELSEWHERE)
		holder = gap->package;
	switch (gap->what) {
	case GAP_OBJECT:
		c->gaps_object++;
		check_listing_add(c, gap->source, line->listed, holder);
		break;
	case GAP_FOLDER:
		check_listing_add_folder(
		    c, gap->source, gap->name, gap->name_len);
		break;
	case GAP_CONTAINER:
	case GAP_ACCOUNT:
		c->result->gaps_unlisted++;
		break;
	}
}

static void
parse_gap(struct check_line * line, struct digest * d)
{
	struct gap * gap = &line->as.gap;
	struct check_listed listed;

	if (gap_parse(line->bytes, line->len, gap, &line->why) != 0)
		return;
	listed = (struct check_listed){ gap->name, gap->name_len, gap->snapshot,
		gap->version_id, gap->etag, gap->size };
	if (gap->what == GAP_OBJECT)
		check_page_hash_listed(d, &listed, line->listed);
}

static void
judge_gap(struct check * c, const struct check_line * line)
{
	const struct gap * gap = &line->as.gap;
	const struct source * source = NULL;
	struct err why = line->why;

	c->gap_lines++;
	if (why.kind != ERR_NONE) {
		err_in(&why, "line %lld", (long long)c->gap_lines);
		check_find_err(c, CHECK_DOCUMENT, c->item.path, &why);
		return;
	}
	if (gap->seq != c->gap_lines)
		check_find(c, CHECK_DOCUMENT, c->item.path,
		    "line %lld is numbered %lld", (long long)c->gap_lines,
		    (long long)gap->seq);
	c->gaps[gap->reason]++;
	if (gap_is_loss(gap->reason))
		c->result->gaps_lost++;
	if ((gap->source >= 0) && c->has_sources &&
	    (gap->source < (int64_t)c->sources.n))
		source = &c->sources.list[gap->source];
	else if ((gap->source >= 0) && c->has_sources)
		check_find(c, CHECK_SOURCE, c->item.path,
		    "the source %lld of line %lld is not in sources.json",
		    (long long)gap->source, (long long)c->gap_lines);
	if ((gap->reason == GAP_ELSEWHERE) &&
	    (strcmp(gap->package, check_own_name(c)) == 0))
		check_find(c, CHECK_GROUP, c->item.path,
		    "line %lld calls this package another one",
		    (long long)gap->seq);
	check_scope(c, source, gap);
	count_gap(c, line);
}

static void
drop_gap(struct check_line * line)
{
	gap_free(&line->as.gap);
}

const struct check_batch_kind check_gap_lines = { parse_gap, judge_gap,
	drop_gap };
