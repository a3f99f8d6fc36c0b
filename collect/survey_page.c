#include <string.h>

#include "evidence/clock.h"
#include "evidence/json.h"
#include "evidence/kind.h"
#include "evidence/listing.h"

#include "collect/survey_page.h"

static struct state_target *
target_of(const struct survey_page * p)
{
	return &p->v->state->targets[p->target];
}

/* Refuse what no service writes and our own lines have no room for. */
static int
check_text(const char * text, const char * what, struct err * e)
{
	if ((text == NULL) || (strlen(text) <= SURVEY_TEXT_MAX))
		return 0;
	err_set(e, ERR_INPUT, NULL, "an entry whose %s has %zu bytes", what,
	    strlen(text));
	return -1;
}

static int
count_entry(void * cookie, const struct listing_entry * entry, struct err * e)
{
	struct survey_page * p = cookie;

	p->entries++;
	if (entry->content_length > JSON_MAX_INTEGER) {
		err_set(e, ERR_INPUT, NULL, "an entry with an absurd length");
		return -1;
	}
	if ((check_text(entry->snapshot, "snapshot", e) != 0) ||
	    (check_text(entry->version_id, "version", e) != 0) ||
	    (check_text(entry->etag, "ETag", e) != 0) ||
	    (check_text(entry->last_modified, "time", e) != 0))
		return -1;
	return check_text(entry->blob_type, "type", e);
}

/* Read the page, calling ${found} for each entry. */
static int
read_page(struct survey_page * p, const void * bytes, size_t len,
    listing_found * found, struct err * e)
{
	bool is_blobs = (target_of(p)->container[0] != '\0');
	struct listing * l = NULL;
	int rc = -1;

	l = listing_new(
	    is_blobs ? LISTING_BLOBS : LISTING_CONTAINERS, found, p, e);
	if (l == NULL)
		goto out;
	if ((listing_feed(l, bytes, len, e) != 0) ||
	    (listing_finish(l, e) != 0))
		goto out;
	buf_clear(&p->next_marker);
	if (buf_add_text(&p->next_marker, listing_page(l)->next_marker, e) != 0)
		goto out;
	rc = 0;

out:
	listing_free(l);
	return rc;
}

int
survey_page_check(
    struct survey_page * p, const void * bytes, size_t len, struct err * e)
{
	p->entries = 0;
	return read_page(p, bytes, len, count_entry, e);
}

/* Whether the container ${name} is asked for; ${named}: by its name. */
static bool
is_wanted(const struct survey * v, const char * name, bool * named)
{
	*named = false;
	for (size_t i = 0; i < v->container_count; i++) {
		if (strcmp(v->containers[i], name) == 0)
			*named = true;
	}
	return *named || ((scope_logs_of(name) & v->logs) != 0);
}

static int
take_container(
    struct survey_page * p, const struct listing_entry * entry, struct err * e)
{
	struct state * s = p->v->state;
	int service = target_of(p)->service;
	struct state_target * t;
	bool named;

	if (entry->is_deleted || !is_wanted(p->v, entry->name, &named))
		return 0;
	if (state_find_target(s, service, entry->name) != NULL)
		return 0;
	t = state_add_target(s, service, entry->name, e);
	if (t == NULL)
		return -1;
	t->is_named = named;
	return 0;
}

/* Declare ${entry} a gap; ${reason} says why it will not be taken. */
static int
declare_gap(struct survey_page * p, const struct listing_entry * entry,
    enum gap_reason reason, struct err * e)
{
	struct gap gap = {
		.what = GAP_OBJECT,
		.reason = reason,
		.source = target_of(p)->source,
		.name = (const uint8_t *)entry->name,
		.name_len = entry->name_len,
		.version_id = entry->version_id,
		.snapshot = entry->snapshot,
		.etag = entry->etag,
		.size = entry->content_length,
		.last_modified = entry->last_modified,
		.at = clock_now(),
	};

	return record_gap(p->v->record, &gap, e);
}

static int
plan_entry(
    struct survey_page * p, const struct listing_entry * entry, struct err * e)
{
	struct plan_entry planned = {
		.source = target_of(p)->source,
		.name = entry->name,
		.name_len = entry->name_len,
		.size = entry->content_length,
		.etag = entry->etag,
		.last_modified = entry->last_modified,
		.blob_type = entry->blob_type,
		.snapshot = entry->snapshot,
		.version_id = entry->version_id,
		.is_current = entry->is_current_version,
		.is_deleted = entry->is_deleted,
	};

	return plan_add(p->v->plan, &planned, e);
}

/* Count ${entry} if it is the same as the one before it. */
static int
count_duplicate(
    struct survey_page * p, const struct listing_entry * entry, struct err * e)
{
	struct buf identity = { 0 };
	int rc = -1;

	if (buf_add(&identity, entry->name, entry->name_len, e) != 0)
		goto out;
	if (buf_addf(&identity, e, "/%s/%s/%d",
		(entry->snapshot == NULL) ? "" : entry->snapshot,
		(entry->version_id == NULL) ? "" : entry->version_id,
		entry->is_deleted ? 1 : 0) != 0)
		goto out;
	if ((identity.len == p->last.len) &&
	    (memcmp(identity.bytes, p->last.bytes, identity.len) == 0))
		p->v->state->duplicates++;
	buf_clear(&p->last);
	rc = buf_add(&p->last, identity.bytes, identity.len, e);

out:
	buf_free(&identity);
	return rc;
}

static int
take_blob(
    struct survey_page * p, const struct listing_entry * entry, struct err * e)
{
	struct state * s = p->v->state;
	enum kind kind = kind_of_container(target_of(p)->container);
	bool is_first = (s->phase == STATE_LISTING);

	if (entry->kind == LISTING_PREFIX) {
		err_set(e, ERR_INPUT, NULL, "a folder that nobody asked for");
		return -1;
	}
	if (is_first) {
		s->listed++;
		if (count_duplicate(p, entry, e) != 0)
			return -1;
	}
	if (scope_place(&p->v->window, kind, entry->name, entry->name_len) ==
	    SCOPE_OUTSIDE)
		return is_first ? declare_gap(p, entry, GAP_OUT_OF_SCOPE, e)
				: 0;
	if (entry->is_deleted)
		return is_first ? declare_gap(p, entry, GAP_DELETED, e) : 0;
	return plan_entry(p, entry, e);
}

static int
take_entry(void * cookie, const struct listing_entry * entry, struct err * e)
{
	struct survey_page * p = cookie;

	if (target_of(p)->container[0] != '\0')
		return take_blob(p, entry, e);
	/* The second time the targets are those of the first. */
	return (p->v->state->phase == STATE_LISTING)
	    ? take_container(p, entry, e)
	    : 0;
}

int
survey_page_take(
    struct survey_page * p, const void * bytes, size_t len, struct err * e)
{
	return read_page(p, bytes, len, take_entry, e);
}

void
survey_page_clear(struct survey_page * p)
{
	buf_free(&p->next_marker);
	buf_free(&p->last);
}
