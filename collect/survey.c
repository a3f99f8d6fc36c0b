#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/digest.h"

#include "collect/options.h"
#include "collect/survey.h"
#include "collect/survey_page.h"

/* The listing of one target, as far as it has come in this run. */
struct course {
	struct survey_page page;
	uint64_t * markers; /* Digests of those asked for. */
	size_t marker_count;
	size_t marker_room;
	int64_t empty; /* Pages without an entry, in a row. */
	int max_results;
	const char * include;
	int64_t status; /* Of the last answer. */
	int64_t pages;
	int64_t entries;
};

static bool
is_again(const struct survey * v)
{
	return v->state->phase == STATE_RELISTING;
}

int
survey_begin(struct survey * v, struct err * e)
{
	struct state * s = v->state;

	s->at_target = 0;
	s->pages = 0;
	buf_clear(&s->marker);
	if (is_again(v))
		return 0;
	for (size_t i = 0; i < v->service_count; i++) {
		if (state_add_target(s, (int)i, "", e) == NULL)
			return -1;
	}
	return 0;
}

/* Refuse a marker that was asked for before; remember it. */
static int
check_marker(struct course * c, const char * marker, struct err * e)
{
	uint8_t digest[DIGEST_SHA256_LEN];
	uint64_t short_digest;
	uint64_t * list;
	size_t room;

	digest_sha256(marker, strlen(marker), digest);
	memcpy(&short_digest, digest, sizeof(short_digest));
	for (size_t i = 0; i < c->marker_count; i++) {
		if (c->markers[i] == short_digest) {
			err_set(e, ERR_REMOTE, NULL,
			    "the listing goes round: a marker came back");
			return -1;
		}
	}
	if (c->marker_count == SURVEY_MARKERS_MAX) {
		err_set(e, ERR_LIMIT, NULL, "the listing has too many pages");
		return -1;
	}
	if (c->marker_count == c->marker_room) {
		room = (c->marker_room == 0) ? 64 : 2 * c->marker_room;
		list = realloc(c->markers, room * sizeof(*list));
		if (list == NULL) {
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			return -1;
		}
		c->markers = list;
		c->marker_room = room;
	}
	c->markers[c->marker_count++] = short_digest;
	return 0;
}

/* Store the page as it came. */
static int
store_page(struct survey * v, const struct buf * body, struct err * e)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "meta/%s/%06lld.xml",
	    is_again(v) ? "relisting" : "listing",
	    (long long)v->state->pages + 1);
	/* Without a package the listing is only looked at. */
	if ((v->w != NULL) &&
	    (package_tag(v->w, path, body->bytes, body->len, e) != 0))
		return -1;
	v->state->pages++;
	return 0;
}

/*
 * Judge the page before anything is kept of it.  Return 0, or -1 with ${e} set
 * to why the listing of this target cannot go on.
 */
static int
check_page(struct course * c, const struct buf * body, struct err * e)
{
	if (survey_page_check(&c->page, body->bytes, body->len, e) != 0)
		return -1;
	c->empty = (c->page.entries == 0) ? c->empty + 1 : 0;
	if (c->empty > SURVEY_EMPTY_MAX) {
		err_set(e, ERR_REMOTE, NULL, "the listing has no end");
		return -1;
	}
	if (c->page.next_marker.len == 0)
		return 0;
	return check_marker(c, buf_text(&c->page.next_marker), e);
}

/* Keep the page and its entries; then the state moves on. */
static int
take_page(struct survey * v, struct course * c, const struct buf * body,
    struct err * e)
{
	struct state * s = v->state;
	struct state_target * t = &s->targets[s->at_target];

	if (store_page(v, body, e) != 0)
		return -1;
	if ((t->source < 0) && (t->container[0] != '\0'))
		t->source = (int)s->source_count++;
	if (survey_page_take(&c->page, body->bytes, body->len, e) != 0)
		return -1;
	c->pages++;
	c->entries += c->page.entries;
	buf_clear(&s->marker);
	return buf_add(
	    &s->marker, c->page.next_marker.bytes, c->page.next_marker.len, e);
}

/* What an answer that is no page means for the target. */
static enum state_outcome
outcome_of(const struct exchange * x)
{
	if (x->verdict.outcome == RESPONSE_DENIED)
		return STATE_DENIED;
	if ((x->verdict.reason == RESPONSE_NOT_FOUND) ||
	    (x->verdict.reason == RESPONSE_GONE))
		return STATE_ABSENT;
	return STATE_FAILED;
}

/* Ask for less after a refusal that may be about how much was asked. */
static bool
ask_for_less(struct course * c, const struct exchange * x)
{
	if ((x->verdict.reason == RESPONSE_LIMIT) && (c->max_results > 1)) {
		c->max_results /= 2;
		return true;
	}
	if ((x->verdict.reason == RESPONSE_BAD_REQUEST) &&
	    (c->include != NULL)) {
		c->include = (strcmp(c->include, SURVEY_INCLUDE) == 0)
		    ? SURVEY_INCLUDE_LESS
		    : NULL;
		return true;
	}
	return false;
}

/* Ask for the next page of the target. */
static struct exchange *
ask_next(struct survey * v, const struct course * c, struct err * e)
{
	const struct state * s = v->state;
	const struct state_target * t = &s->targets[s->at_target];
	struct ask_page page = {
		.service = &v->services[t->service],
		.service_index = t->service,
		.source = t->source,
		.container = (t->container[0] == '\0') ? NULL : t->container,
		.page.marker =
		    (s->marker.len == 0) ? NULL : buf_text(&s->marker),
		.page.include = c->include,
		.page.max_results = c->max_results,
		.body_max = SURVEY_PAGE_BYTES,
	};

	return ask_for_page(v->ask, &page, e);
}

/*
 * Take the answer ${x}.  Return 1 if the listing goes on, 0 with ${outcome}
 * (and ${why}, unless it is STATE_LISTED) set, or -1 with ${e} set to what
 * ends the run.
 */
static int
take_answer(struct survey * v, struct course * c, const struct exchange * x,
    enum state_outcome * outcome, struct err * why, struct err * e)
{
	c->status = x->status;
	if ((x->verdict.outcome != RESPONSE_OK) && ask_for_less(c, x))
		return 1;
	if (x->verdict.outcome != RESPONSE_OK) {
		*outcome = outcome_of(x);
		err_set(why, ERR_REMOTE, NULL, "%s", x->verdict.text);
		(void)snprintf(
		    v->refusal, sizeof(v->refusal), "%s", x->verdict.text);
		return 0;
	}
	*outcome = STATE_FAILED;
	if (check_page(c, &x->body, why) != 0)
		return 0;
	if (take_page(v, c, &x->body, e) != 0)
		return -1;
	*outcome = STATE_LISTED;
	return (v->state->marker.len == 0) ? 0 : 1;
}

/* List the rest of the target; 0, or -1 as take_answer. */
static int
list_target(struct survey * v, struct course * c, enum state_outcome * outcome,
    struct err * why, struct err * e)
{
	struct exchange * x;
	int more;

	do {
		x = ask_next(v, c, e);
		if (x == NULL)
			return -1;
		more = take_answer(v, c, x, outcome, why, e);
		exchange_free(x);
		if (v->progress != NULL)
			v->progress(v->cookie, v->state);
	} while (more > 0);
	return more;
}

/* The journal's line for a target that has its outcome. */
static int
note_target(struct survey * v, const struct course * c,
    enum state_outcome outcome, const struct err * why, struct err * e)
{
	static const char * const words[] = { "waiting", "listed", "absent",
		"denied", "failed" };
	const struct state_target * t = &v->state->targets[v->state->at_target];
	struct json_out * j =
	    record_event(v->record, JOURNAL_LISTED, clock_now(), e);

	json_put_text(j, "pass", is_again(v) ? "again" : "first");
	json_put_text(j, "account", v->services[t->service].account);
	json_put_text(
	    j, "container", (t->container[0] == '\0') ? NULL : t->container);
	json_put_text(j, "outcome", words[outcome]);
	json_put_integer(j, "source", t->source);
	json_put_integer(j, "pages", c->pages);
	json_put_integer(j, "entries", c->entries);
	if (why->kind != ERR_NONE)
		json_put_text(j, "why", why->text);
	return record_event_end(v->record, e);
}

/* Declare the container a gap. */
static int
declare_gap(struct survey * v, const struct state_target * t,
    enum gap_reason reason, const struct course * c, const struct err * why,
    struct err * e)
{
	char container[160];
	struct gap gap = {
		.what = GAP_CONTAINER,
		.reason = reason,
		.source = t->source,
		.container = container,
		.size = -1,
		.status = c->status,
		.error = why->text,
		.attempts = 1,
		.at = clock_now(),
	};

	(void)snprintf(container, sizeof(container), "%s/%s",
	    v->services[t->service].account, t->container);
	return record_gap(v->record, &gap, e);
}

/* The containers of an account that may not be listed: try them by name. */
static int
add_by_name(struct survey * v, int service, bool all, struct err * e)
{
	const struct scope_container * known = NULL;
	struct state_target * t;

	for (size_t i = 0; i < v->container_count; i++) {
		if (state_find_target(v->state, service, v->containers[i]) !=
		    NULL)
			continue;
		t = state_add_target(v->state, service, v->containers[i], e);
		if (t == NULL)
			return -1;
		t->is_named = true;
	}
	if (!all)
		return 0;
	for (;;) {
		known = scope_next_container(known);
		if (known == NULL)
			return 0;
		if (((known->logs & v->logs) == 0) ||
		    (state_find_target(v->state, service, known->name) != NULL))
			continue;
		if (state_add_target(v->state, service, known->name, e) == NULL)
			return -1;
	}
}

/* What follows from the outcome of the target the first time. */
static int
conclude_first(struct survey * v, const struct course * c,
    enum state_outcome outcome, const struct err * why, struct err * e)
{
	struct state_target * t = &v->state->targets[v->state->at_target];
	int service = t->service;

	t->first = outcome;
	if (t->container[0] == '\0') {
		if (outcome == STATE_FAILED) {
			*e = *why;
			err_in(e, "account %s", v->services[service].account);
			return -1;
		}
		return add_by_name(v, service, outcome != STATE_LISTED, e);
	}
	if ((outcome == STATE_ABSENT) && t->is_named)
		return declare_gap(v, t, GAP_NO_CONTAINER, c, why, e);
	if (outcome == STATE_DENIED)
		return declare_gap(v, t, GAP_DENIED, c, why, e);
	if (outcome == STATE_FAILED)
		return declare_gap(v, t, GAP_LISTING, c, why, e);
	/* It went away between two pages. */
	if ((outcome == STATE_ABSENT) && (v->state->marker.len > 0))
		return declare_gap(v, t, GAP_GONE, c, why, e);
	return 0;
}

/* List one target and say what came of it. */
static int
run_target(struct survey * v, struct err * e)
{
	struct state * s = v->state;
	struct course c = { 0 };
	enum state_outcome outcome = STATE_FAILED;
	struct err why;
	int rc = -1;

	err_init(&why);
	c.page.v = v;
	c.page.target = s->at_target;
	c.max_results = SURVEY_PAGE_ENTRIES;
	if (s->targets[s->at_target].container[0] != '\0')
		c.include = SURVEY_INCLUDE;
	if (list_target(v, &c, &outcome, &why, e) != 0)
		goto out;
	if (note_target(v, &c, outcome, &why, e) != 0)
		goto out;
	if (is_again(v))
		s->targets[s->at_target].again = outcome;
	else if (conclude_first(v, &c, outcome, &why, e) != 0)
		goto out;
	buf_clear(&s->marker);
	s->at_target++;
	rc = 0;

out:
	survey_page_clear(&c.page);
	free(c.markers);
	return rc;
}

/* A kind of log that was asked for and that no account holds is a gap. */
static int
declare_missing(struct survey * v, struct err * e)
{
	const struct scope_container * known = NULL;
	unsigned seen = 0;

	for (size_t i = 0; i < v->state->target_count; i++) {
		const struct state_target * t = &v->state->targets[i];

		if ((t->container[0] != '\0') && (t->first != STATE_ABSENT))
			seen |= scope_logs_of(t->container);
	}
	for (;;) {
		struct gap gap = {
			.what = GAP_CONTAINER,
			.reason = GAP_NO_CONTAINER,
			.source = -1,
			.size = -1,
			.error = "no account holds this kind of log",
			.at = clock_now(),
		};

		known = scope_next_container(known);
		if (known == NULL)
			return 0;
		if ((known->logs & v->logs & ~seen) == 0)
			continue;
		gap.container = known->name;
		if (record_gap(v->record, &gap, e) != 0)
			return -1;
	}
}

/* Fail if nothing at all may be listed: that is no collection. */
static int
check_any(struct survey * v, struct err * e)
{
	bool is_denied = false;

	for (size_t i = 0; i < v->state->target_count; i++) {
		const struct state_target * t = &v->state->targets[i];

		if (t->first == STATE_LISTED)
			return 0;
		if (t->first == STATE_DENIED)
			is_denied = true;
	}
	err_set(e, is_denied ? ERR_DENIED : ERR_REMOTE,
	    "check the credential and the endpoint",
	    "nothing could be listed%s%s", (v->refusal[0] == '\0') ? "" : ": ",
	    v->refusal);
	v->is_hopeless = true;
	return -1;
}

int
survey_run(struct survey * v, struct err * e)
{
	while (v->state->at_target < v->state->target_count) {
		/* What was not there the first time is not asked again. */
		if (is_again(v) &&
		    (v->state->targets[v->state->at_target].first !=
			STATE_LISTED)) {
			v->state->at_target++;
			continue;
		}
		if (run_target(v, e) != 0)
			return -1;
	}
	if (is_again(v))
		return 0;
	if (check_any(v, e) != 0)
		return -1;
	return declare_missing(v, e);
}
