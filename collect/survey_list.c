#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/kind.h"

#include "collect/options.h"
#include "collect/survey_list.h"

static struct state_target *
target_of(const struct survey_list * l)
{
	return &l->v->state->targets[l->v->state->at_target];
}

static const struct asked *
asked_of(const struct survey_list * l)
{
	return facts_asked(l->v->facts, (size_t)target_of(l)->service);
}

static bool
is_again(const struct survey_list * l)
{
	return l->v->state->phase == STATE_RELISTING;
}

static bool
is_container_list(const struct survey_list * l)
{
	return target_of(l)->container[0] == '\0';
}

/* Whether the folders of the target are walked. */
static bool
has_walk(const struct survey_list * l)
{
	const struct scope_window * window = &asked_of(l)->window;
	enum kind kind = kind_of_container(target_of(l)->container);

	return !is_container_list(l) && (kind != KIND_OTHER) &&
	    ((window->from != CLOCK_UNKNOWN) || (window->to != CLOCK_UNKNOWN));
}

/* ---- What is asked for ---------------------------------------------------- */

/*
 * What may be included, as it stands in a request; what is given up first when
 * a service refuses has the lowest rank.
 */
static const struct {
	const char * word;
	unsigned bit; /* 0: always. */
	int rank;
} includes[] = {
	{ "copy", 0, 3 },
	{ "deleted", OPTIONS_INCLUDE_DELETED, 2 },
	{ "metadata", 0, 4 },
	{ "snapshots", OPTIONS_INCLUDE_SNAPSHOTS, 5 },
	{ "versions", OPTIONS_INCLUDE_VERSIONS, 1 },
};
#define INCLUDE_COUNT (sizeof(includes) / sizeof(includes[0]))

/* And of a list of containers. */
static const char * const container_includes[] = { "deleted,system", "system",
	"" };
#define CONTAINER_INCLUDES 3

/* Write what a page includes; a page of folders cannot have snapshots. */
static void
format_include(const struct survey_list * l, bool has_snapshots,
    char include[SURVEY_LIST_INCLUDE_SIZE])
{
	size_t len = 0;

	include[0] = '\0';
	if (is_container_list(l)) {
		(void)snprintf(include, SURVEY_LIST_INCLUDE_SIZE, "%s",
		    container_includes[l->given_up]);
		return;
	}
	for (size_t i = 0; i < INCLUDE_COUNT; i++) {
		if ((includes[i].rank <= l->given_up) ||
		    ((includes[i].bit != 0) &&
			((includes[i].bit & asked_of(l)->include) == 0)) ||
		    (!has_snapshots &&
			(includes[i].bit == OPTIONS_INCLUDE_SNAPSHOTS)))
			continue;
		len += (size_t)snprintf(include + len,
		    SURVEY_LIST_INCLUDE_SIZE - len, "%s%s",
		    (len == 0) ? "" : ",", includes[i].word);
	}
}

void
survey_list_include(
    const struct survey_list * l, char include[SURVEY_LIST_INCLUDE_SIZE])
{
	format_include(l, true, include);
}

/* Give one more thing up; false if there is none. */
static bool
include_less(struct survey_list * l)
{
	int most =
	    is_container_list(l) ? CONTAINER_INCLUDES - 1 : (int)INCLUDE_COUNT;

	if (l->given_up == most)
		return false;
	l->given_up++;
	return true;
}

/* Ask for the next page. */
static struct exchange *
ask_next(struct survey_list * l, struct err * e)
{
	struct survey * v = l->v;
	const struct state_target * t = target_of(l);
	const struct folder * at = &l->page.at;
	char include[SURVEY_LIST_INCLUDE_SIZE];
	struct ask_page page = {
		.service = &v->services[t->service],
		.service_index = t->service,
		.source = t->source,
		.container = is_container_list(l) ? NULL : t->container,
		.page.prefix =
		    (at->prefix.len == 0) ? NULL : buf_text(&at->prefix),
		.page.prefix_len = at->prefix.len,
		.page.delimiter = at->is_flat ? NULL : "/",
		.page.marker =
		    (at->marker.len == 0) ? NULL : buf_text(&at->marker),
		.page.max_results = l->max_results,
		.body_max = SURVEY_PAGE_BYTES,
	};

	format_include(l, at->is_flat, include);
	page.page.include = (include[0] == '\0') ? NULL : include;
	return ask_for_page(v->ask, &page, e);
}

/* ---- The stack ------------------------------------------------------------ */

static int
push(struct survey_list * l, int64_t * top, const void * prefix, size_t len,
    const struct buf * marker, bool is_flat, struct err * e)
{
	struct folder f = { .below = FOLDERS_EMPTY, .is_flat = is_flat };
	int rc = -1;

	if ((buf_add(&f.prefix, prefix, len, e) == 0) &&
	    ((marker == NULL) ||
		(buf_add(&f.marker, marker->bytes, marker->len, e) == 0)))
		rc = folders_push(l->v->folders, top, &f, e);
	l->v->state->folders_bytes = folders_bytes(l->v->folders);
	folder_clear(&f);
	return rc;
}

/* Begin with the prefixes that are asked for, the first one on top. */
static int
push_roots(struct survey_list * l, struct err * e)
{
	const struct asked * a = asked_of(l);
	int64_t top = FOLDERS_EMPTY;
	bool is_flat = !has_walk(l);

	if (is_container_list(l) || (a->prefix_count == 0)) {
		if (push(l, &top, "", 0, NULL, is_flat, e) != 0)
			return -1;
	} else {
		for (size_t i = a->prefix_count; i > 0; i--) {
			const char * prefix = a->prefixes[i - 1];

			if (push(l, &top, prefix, strlen(prefix), NULL, is_flat,
				e) != 0)
				return -1;
		}
	}
	l->v->state->folders_top = top;
	return 0;
}

/* List the folder at hand anew, flat. */
static int
make_flat(struct survey_list * l, struct err * e)
{
	const struct folder * at = &l->page.at;
	int64_t top = at->below;

	if (push(l, &top, at->prefix.bytes, at->prefix.len, NULL, true, e) != 0)
		return -1;
	l->v->state->folders_top = top;
	return 0;
}

/* Leave the folder ${name} out, by what its name says. */
static int
prune(struct survey_list * l, const char * name, size_t len, struct err * e)
{
	struct gap gap = {
		.what = GAP_FOLDER,
		.reason = GAP_OUT_OF_SCOPE,
		.source = target_of(l)->source,
		.name = (const uint8_t *)name,
		.name_len = len,
		.size = -1,
		.at = clock_now(),
	};

	l->v->state->target_pruned++;
	return is_again(l) ? 0 : record_gap(l->v->record, &gap, e);
}

/* Where the page leads comes next: its folders, then its next page. */
static int
push_next(struct survey_list * l, struct err * e)
{
	const struct survey * v = l->v;
	const struct survey_page * p = &l->page;
	enum kind kind = kind_of_container(target_of(l)->container);
	size_t count = p->folder_ends.len / sizeof(size_t);
	int64_t top = p->at.below;

	if ((p->next_marker.len > 0) &&
	    (push(l, &top, p->at.prefix.bytes, p->at.prefix.len,
		 &p->next_marker, p->at.is_flat, e) != 0))
		return -1;
	for (size_t i = count; i > 0; i--) {
		size_t len = 0;
		const char * name = survey_page_folder(p, i - 1, &len);
		enum scope_place place =
		    scope_folder(&asked_of(l)->window, kind, name, len);
		bool is_flat = (place == SCOPE_INSIDE) ||
		    (p->seen.count > SURVEY_FOLDERS_MAX);
		int rc = (place == SCOPE_OUTSIDE)
		    ? prune(l, name, len, e)
		    : push(l, &top, name, len, NULL, is_flat, e);

		if (rc != 0)
			return -1;
	}
	v->state->folders_top = top;
	return 0;
}

/* ---- Pages ---------------------------------------------------------------- */

/* Store the page as it came. */
static int
store_page(struct survey_list * l, const struct buf * body, struct err * e)
{
	struct state * s = l->v->state;
	char path[64];

	(void)snprintf(path, sizeof(path), "meta/%s/%06lld.xml",
	    is_again(l) ? "relisting" : "listing", (long long)s->pages + 1);
	/* Without a package the listing is only looked at. */
	if ((l->v->w != NULL) &&
	    (package_tag(l->v->w, path, body->bytes, body->len, e) != 0))
		return -1;
	s->pages++;
	return 0;
}

/*
 * Judge the page before anything is kept of it.  Return 0, or -1 with ${why} set
 * to why the listing of this folder cannot go on.
 */
static int
check_page(struct survey_list * l, const struct buf * body, struct err * why)
{
	if (survey_page_check(&l->page, body->bytes, body->len, why) != 0)
		return -1;
	l->empty = (l->page.entries == 0) ? l->empty + 1 : 0;
	if (l->empty > SURVEY_EMPTY_MAX) {
		err_set(why, ERR_REMOTE, NULL, "the listing has no end");
		return -1;
	}
	return 0;
}

/* Keep the page and its entries; then the state moves on. */
static int
take_page(struct survey_list * l, const struct buf * body, struct err * e)
{
	struct state * s = l->v->state;
	struct state_target * t = target_of(l);

	if (store_page(l, body, e) != 0)
		return -1;
	if ((t->source < 0) && !is_container_list(l))
		t->source = (int)s->source_count++;
	(void)snprintf(s->listed_as[t->service], STATE_ENDPOINT_SIZE, "%s",
	    buf_text(&l->page.endpoint));
	if (survey_page_take(&l->page, body->bytes, body->len, e) != 0)
		return -1;
	s->target_pages++;
	s->target_entries += l->page.entries;
	return push_next(l, e);
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

/* Ask for less after a refusal that may be about how much was asked: 1 if there
 * is less to ask for, 0, or -1 with ${e} set. */
static int
ask_for_less(struct survey_list * l, const struct exchange * x, struct err * e)
{
	if ((x->verdict.reason == RESPONSE_LIMIT) && (l->max_results > 1)) {
		l->max_results /= 2;
		return 1;
	}
	if (x->verdict.reason != RESPONSE_BAD_REQUEST)
		return 0;
	if (!l->page.at.is_flat && (l->page.at.marker.len == 0))
		return (make_flat(l, e) == 0) ? 1 : -1;
	return include_less(l) ? 1 : 0;
}

/* Say in a gap what of the container is not known. */
static int
declare_part(struct survey_list * l, const char * what, const struct err * why,
    struct err * e)
{
	const struct state_target * t = target_of(l);
	char container[160], error[512];
	struct gap gap = {
		.what = GAP_CONTAINER,
		.reason = GAP_LISTING,
		.source = t->source,
		.container = container,
		.size = -1,
		.status = l->status,
		.error = error,
		.attempts = 1,
		.at = clock_now(),
	};

	if (is_again(l) || is_container_list(l))
		return 0;
	(void)snprintf(container, sizeof(container), "%s/%s",
	    l->v->services[t->service].account, t->container);
	(void)snprintf(error, sizeof(error), "%s%s%.200s: %.200s", what,
	    (l->page.at.prefix.len > 0) ? " below " : "",
	    buf_text(&l->page.at.prefix), why->text);
	return record_gap(l->v->record, &gap, e);
}

/* The folder at hand cannot be listed: go on with the next. */
static int
give_up(struct survey_list * l, const struct err * why, struct err * e)
{
	l->v->state->folders_top = l->page.at.below;
	l->empty = 0;
	return declare_part(l, "the listing failed", why, e);
}

/*
 * Blobs beside folders are listed without their snapshots.  Return 1 if the
 * folder is to be listed flat instead, 0 if it is as it should be, or -1 with
 * ${e} set.
 */
static int
avoid_blobs(struct survey_list * l, struct err * e)
{
	const struct survey_page * p = &l->page;
	struct err why;

	if (p->at.is_flat || (p->blobs == 0) ||
	    ((asked_of(l)->include & OPTIONS_INCLUDE_SNAPSHOTS) == 0))
		return 0;
	if (p->at.marker.len == 0)
		return (make_flat(l, e) == 0) ? 1 : -1;
	err_init(&why);
	err_set(&why, ERR_REMOTE, NULL, "they lie beside folders");
	return declare_part(l, "snapshots may be missing", &why, e);
}

/* The answer ${x} is a page, it seems. */
static int
take_body(struct survey_list * l, const struct exchange * x,
    enum state_outcome * outcome, struct err * why, struct err * e)
{
	struct err bad;
	int is_flat;

	err_init(&bad);
	if (check_page(l, &x->body, &bad) == 0) {
		is_flat = avoid_blobs(l, e);
		if (is_flat != 0)
			return (is_flat > 0) ? 0 : -1;
		if (survey_page_follow(&l->page, &bad) == 0)
			return take_page(l, &x->body, e);
	} else if (l->spoilt < SURVEY_LIST_SPOILT_MAX) {
		/* Cut or mixed up on its way: another copy may be whole. */
		l->spoilt++;
		return 0;
	}
	*why = bad;
	*outcome = STATE_FAILED;
	return give_up(l, why, e);
}

/*
 * Take the answer ${x}.  Return 0 (the stack says whether there is more), or -1
 * with ${e} set to what ends the run.
 */
static int
take_answer(struct survey_list * l, const struct exchange * x,
    enum state_outcome * outcome, struct err * why, struct err * e)
{
	struct survey * v = l->v;
	enum state_outcome what;
	int less;

	l->status = x->status;
	if (x->verdict.outcome == RESPONSE_OK)
		return take_body(l, x, outcome, why, e);
	less = ask_for_less(l, x, e);
	if (less != 0)
		return (less > 0) ? 0 : -1;
	err_init(why);
	err_set(why, ERR_REMOTE, NULL, "%s", x->verdict.text);
	(void)snprintf(v->refusal, sizeof(v->refusal), "%s", x->verdict.text);
	what = outcome_of(x);
	*outcome = what;
	if ((what == STATE_FAILED) && !is_container_list(l))
		return give_up(l, why, e);
	v->state->folders_top = FOLDERS_EMPTY;
	return 0;
}

int
survey_list_run(struct survey_list * l, enum state_outcome * outcome,
    struct err * why, struct err * e)
{
	struct state * s = l->v->state;
	struct exchange * x;
	int rc;

	l->page.v = l->v;
	l->page.target = s->at_target;
	l->max_results = SURVEY_PAGE_ENTRIES;
	/* What failed in an earlier run has failed. */
	*outcome = is_again(l) ? target_of(l)->again : target_of(l)->first;
	if ((*outcome == STATE_WAITING) || is_container_list(l))
		*outcome = STATE_LISTED;
	if ((s->folders_top == FOLDERS_EMPTY) && (push_roots(l, e) != 0))
		return -1;
	while (s->folders_top != FOLDERS_EMPTY) {
		if (folders_read(
			l->v->folders, s->folders_top, &l->page.at, e) != 0)
			return -1;
		x = ask_next(l, e);
		if (x == NULL)
			return -1;
		rc = take_answer(l, x, outcome, why, e);
		exchange_free(x);
		if (rc != 0)
			return -1;
		if (is_again(l))
			target_of(l)->again = *outcome;
		else
			target_of(l)->first = *outcome;
		if (l->v->progress != NULL)
			l->v->progress(l->v->cookie, s);
	}
	return 0;
}

void
survey_list_clear(struct survey_list * l)
{
	survey_page_clear(&l->page);
}
