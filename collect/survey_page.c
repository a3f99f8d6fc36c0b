#include <stdio.h>
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

static const struct asked *
asked_of(const struct survey_page * p)
{
	return facts_asked(p->v->facts, (size_t)target_of(p)->service);
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

/* Keep the folder ${entry}, which must lie below what was asked for. */
static int
keep_folder(
    struct survey_page * p, const struct listing_entry * entry, struct err * e)
{
	size_t end;

	if (p->at.is_flat) {
		err_set(e, ERR_INPUT, NULL, "a folder that nobody asked for");
		return -1;
	}
	if ((entry->name_len <= p->at.prefix.len) ||
	    (entry->name[entry->name_len - 1] != '/')) {
		err_set(e, ERR_INPUT, NULL, "a folder that is none");
		return -1;
	}
	if (buf_add(&p->folders, entry->name, entry->name_len, e) != 0)
		return -1;
	end = p->folders.len;
	return buf_add(&p->folder_ends, &end, sizeof(end), e);
}

static int
count_entry(void * cookie, const struct listing_entry * entry, struct err * e)
{
	struct survey_page * p = cookie;

	p->entries++;
	if ((entry->name_len < p->at.prefix.len) ||
	    ((p->at.prefix.len > 0) &&
		(memcmp(entry->name, p->at.prefix.bytes, p->at.prefix.len) !=
		    0))) {
		err_set(e, ERR_INPUT, NULL,
		    "an entry that is not below the prefix asked for");
		return -1;
	}
	if (entry->kind == LISTING_PREFIX)
		return keep_folder(p, entry, e);
	p->blobs++;
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

/* Does the page say that it is another than the one asked for? */
static int
check_echo(
    struct survey_page * p, const struct listing_page * page, struct err * e)
{
	const struct state_target * t = target_of(p);
	const struct buf * prefix = &p->at.prefix;
	const char * known;

	if ((page->prefix_len != prefix->len) ||
	    ((prefix->len > 0) &&
		(memcmp(page->prefix, prefix->bytes, prefix->len) != 0))) {
		err_set(e, ERR_INPUT, NULL, "a page of another prefix");
		return -1;
	}
	/* A service need not say it, but then it says nothing. */
	if ((page->marker[0] != '\0') &&
	    (strcmp(page->marker, buf_text(&p->at.marker)) != 0)) {
		err_set(e, ERR_INPUT, NULL, "a page of another marker");
		return -1;
	}
	if ((t->container[0] != '\0') &&
	    (strcmp(page->container, t->container) != 0)) {
		err_set(e, ERR_INPUT, NULL, "a page of another container");
		return -1;
	}
	known = p->v->state->listed_as[t->service];
	if ((strlen(page->service_endpoint) >= STATE_ENDPOINT_SIZE) ||
	    ((known[0] != '\0') &&
		(strcmp(page->service_endpoint, known) != 0))) {
		err_set(e, ERR_INPUT, NULL, "a page of another service");
		return -1;
	}
	return 0;
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
	if (check_echo(p, listing_page(l), e) != 0)
		goto out;
	buf_clear(&p->next_marker);
	buf_clear(&p->endpoint);
	if ((buf_add_text(&p->next_marker, listing_page(l)->next_marker, e) !=
		0) ||
	    (buf_add_text(&p->endpoint, listing_page(l)->service_endpoint, e) !=
		0))
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
	p->blobs = 0;
	buf_clear(&p->folders);
	buf_clear(&p->folder_ends);
	return read_page(p, bytes, len, count_entry, e);
}

const char *
survey_page_folder(const struct survey_page * p, size_t i, size_t * len)
{
	size_t begin = 0, end;

	if ((i + 1) * sizeof(end) > p->folder_ends.len)
		return NULL;
	if (i > 0)
		memcpy(&begin, p->folder_ends.bytes + (i - 1) * sizeof(begin),
		    sizeof(begin));
	memcpy(&end, p->folder_ends.bytes + i * sizeof(end), sizeof(end));
	*len = end - begin;
	return (const char *)p->folders.bytes + begin;
}

/* Refuse to ask for ${marker} of ${prefix} a second time. */
static int
note_place(struct survey_page * p, const void * prefix, size_t len,
    const struct buf * marker, struct err * e)
{
	struct buf place = { 0 };
	int is_new = -1;

	if ((buf_add(&place, prefix, len, e) == 0) &&
	    (buf_add(&place, "", 1, e) == 0) &&
	    (buf_add(&place, marker->bytes, marker->len, e) == 0))
		is_new = seen_add(&p->seen, place.bytes, place.len, e);
	buf_free(&place);
	if (is_new == 0)
		err_set(e, ERR_REMOTE, NULL,
		    "the listing goes round: a %s came back",
		    (marker->len > 0) ? "marker" : "folder");
	return (is_new > 0) ? 0 : -1;
}

int
survey_page_follow(struct survey_page * p, struct err * e)
{
	static const struct buf none = { 0 };
	const char * folder;
	size_t len;

	for (size_t i = 0;; i++) {
		folder = survey_page_folder(p, i, &len);
		if (folder == NULL)
			break;
		if (note_place(p, folder, len, &none, e) != 0)
			return -1;
	}
	if (p->next_marker.len == 0)
		return 0;
	return note_place(
	    p, p->at.prefix.bytes, p->at.prefix.len, &p->next_marker, e);
}

/* Whether the container ${name} is asked for; ${named}: by its name. */
static bool
is_wanted(const struct asked * a, const char * name, bool * named)
{
	*named = false;
	for (size_t i = 0; i < a->container_count; i++) {
		if (strcmp(a->containers[i], name) == 0)
			*named = true;
	}
	return *named || ((scope_logs_of(name) & a->logs) != 0);
}

/* A container that was deleted and can only be seen, not read. */
static int
declare_deleted(
    struct survey_page * p, const struct listing_entry * entry, struct err * e)
{
	struct survey * v = p->v;
	char container[160];
	struct gap gap = {
		.what = GAP_CONTAINER,
		.reason = GAP_DELETED,
		.source = -1,
		.container = container,
		.size = -1,
		.last_modified = entry->deleted_time,
		.error = "the container was deleted at the time given",
		.at = clock_now(),
	};

	(void)snprintf(container, sizeof(container), "%s/%s",
	    v->services[target_of(p)->service].account, entry->name);
	return record_gap(v->record, &gap, e);
}

static int
take_container(
    struct survey_page * p, const struct listing_entry * entry, struct err * e)
{
	struct state * s = p->v->state;
	int service = target_of(p)->service;
	struct state_target * t;
	bool named;

	if (!is_wanted(asked_of(p), entry->name, &named))
		return 0;
	if (entry->is_deleted)
		return declare_deleted(p, entry, e);
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

	if (entry->kind == LISTING_PREFIX)
		return 0; /* survey_list.c goes there. */
	if (is_first) {
		s->listed++;
		if (count_duplicate(p, entry, e) != 0)
			return -1;
	}
	if (scope_place(&asked_of(p)->window, kind, entry->name,
		entry->name_len) == SCOPE_OUTSIDE)
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
	folder_clear(&p->at);
	seen_free(&p->seen);
	buf_free(&p->next_marker);
	buf_free(&p->endpoint);
	buf_free(&p->folders);
	buf_free(&p->folder_ends);
	buf_free(&p->last);
}
