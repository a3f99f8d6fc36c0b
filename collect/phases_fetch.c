#include <stdio.h>
#include <stdlib.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/kind.h"

#include "collect/carry.h"
#include "collect/commit.h"
#include "collect/fetch.h"
#include "collect/lifetime.h"
#include "collect/phases.h"
#include "collect/sealing.h"

/* Say once that a credential will end before the work, as it goes now. */
static void
foresee_end(struct phases * p, int64_t seconds)
{
	size_t which;
	int64_t ends =
	    lifetime_first_end(p->services, p->service_count, &which);
	int64_t left = (ends - clock_now()) / CLOCK_TICKS_PER_SECOND;
	char text[256];

	if (p->is_warned || (ends == CLOCK_UNKNOWN) || (seconds < left))
		return;
	p->is_warned = true;
	(void)snprintf(text, sizeof(text),
	    "account %s: the SAS ends in %lld s, and the work will take about "
	    "%lld s more; have a new one at hand",
	    p->services[which].account, (long long)left, (long long)seconds);
	phases_say(p, true, text);
}

static void
show_fetch(void * cookie, int64_t settled, int64_t gaps, int64_t received)
{
	struct phases * p = cookie;
	struct progress_now now = { .done = p->done_before + settled,
		.before = p->done_before,
		.total = p->state.plan_count,
		.bytes = received,
		.bytes_total = p->bytes_left,
		.gaps = p->gaps_before + gaps };
	int64_t seconds = (clock_monotonic_ms() - p->fetch_began_ms) / 1000;

	/* Only this thread writes the two numbers, and not while it fetches. */
	foresee_end(p,
	    lifetime_left(
		settled, p->state.plan_count - p->done_before, seconds));

	/* The committing thread owns the state: its parts that do not change
	 * while it runs are all that is looked at. */
	phases_show(p, &now);
}

/* Where the sources of the plan are; the caller frees them. */
static struct job_source *
make_sources(struct phases * p, struct err * e)
{
	const struct state * s = &p->state;
	struct job_source * list =
	    calloc((size_t)s->source_count + 1, sizeof(*list));
	struct sealing sealing = { .services = p->services };

	if (list == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < s->target_count; i++) {
		const struct state_target * t = &s->targets[i];
		struct job_source * one;

		if (t->source < 0)
			continue;
		one = &list[t->source];
		one->service = &p->services[t->service];
		one->service_index = t->service;
		one->container = t->container;
		one->kind = kind_of_container(t->container);
		one->prove = p->facts.prove_ranges;
		sealing_source_name(&sealing, t, one->name);
	}
	return list;
}

/* Fetch with the committing thread beside; both end before this returns. */
static int
fetch(struct phases * p, struct fetch_options * o, struct err * e)
{
	struct commit_options co = { o->pipe, p->record, p->w, &p->state };
	struct commit * commit = commit_start(&co, e);
	int rc;

	if (commit == NULL)
		return -1;
	rc = fetch_run(o, e);
	pipe_end(o->pipe);
	if (commit_join(commit, e) != 0)
		rc = -1;
	return rc;
}

/* A member that was begun but that the state does not know is dropped. */
static int
drop_unknown(struct phases * p, struct err * e)
{
	if (!p->found.in_member || p->state.open.is_open)
		return 0;
	p->found.in_member = false;
	return package_drop(p->w, e);
}

int
phases_room(const struct phases * p, int64_t bytes, int64_t * need,
    int64_t * free, struct err * e)
{
	if (io_free_space(p->dir, free, e) != 0)
		return -1;
	*need = p->facts.is_compressed ? bytes / 4 : bytes + bytes / 20;
	if (p->facts.promised.recipients.n > 0)
		*need *= 2; /* At most 2^55. */
	*need += PHASES_SPACE_MIN;
	return 0;
}

int
phases_check_room(const struct phases * p, int64_t bytes, struct err * e)
{
	int64_t need;
	int64_t free;

	if (phases_room(p, bytes, &need, &free, e) != 0)
		return -1;
	if ((free >= need) || p->o->accept_low_space)
		return 0;
	err_set(e, ERR_DISK,
	    "free some space, or accept it by --accept-low-space, and resume",
	    "%lld MB are missing: about %lld MB are needed, %lld MB are free",
	    (long long)((need - free) >> 20) + 1, (long long)(need >> 20),
	    (long long)(free >> 20));
	return -1;
}

static int
check_room(struct phases * p, struct plan * plan, struct err * e)
{
	struct plan_entry * entry;
	int64_t need = 0;
	int got;

	for (;;) {
		got = plan_next(plan, &entry, e);
		if (got <= 0)
			break;
		if ((entry->size > 0) && !done_has(p->done, entry->number))
			need += entry->size;
		plan_entry_free(entry);
	}
	if (got < 0)
		return -1;
	plan_rewind(plan);
	p->bytes_left = need;
	foresee_end(p,
	    lifetime_estimate(p->state.plan_count - done_count(p->done), need));
	return phases_check_room(p, need, e);
}

/* All of the plan is settled; from here on the state alone says so. */
static int
close_done(struct phases * p, struct err * e)
{
	struct state * s = &p->state;

	if (done_count(p->done) != s->plan_count) {
		err_set(e, ERR_BUG, NULL, "%lld of %lld blobs are settled",
		    (long long)done_count(p->done), (long long)s->plan_count);
		return -1;
	}
	if (s->listed != s->objects + s->object_gaps) {
		err_set(e, ERR_BUG, NULL,
		    "%lld blobs listed, but %lld taken and %lld declared gaps",
		    (long long)s->listed, (long long)s->objects,
		    (long long)s->object_gaps);
		return -1;
	}
	/* A checkpoint: the journal's line for the last objects, too. */
	if (package_suspend(p->w, e) != 0)
		return -1;
	record_use(p->record, p->w, NULL, NULL);
	done_free(p->done);
	p->done = NULL;
	return 0;
}

/* Fetch what is left of the plan. */
static int
fetch_plan(struct phases * p, struct plan * plan, struct err * e)
{
	struct state_open open = p->state.open;
	struct fetch_options o = {
		.http = p->http,
		.certificates = p->certificates,
		.connections = &p->connections,
		.pace = &p->pace,
		.sent = p->sent,
		.plan = plan,
		.done = p->done,
		.rule = &p->rule,
		.run = &p->retries,
		.got = p->got,
		.source_count = (size_t)p->state.source_count,
		.open_done = p->found.done,
		.refused = &p->refused,
		.progress = show_fetch,
		.cookie = p,
	};
	struct job_source * sources = make_sources(p, e);
	int rc = -1;

	if (sources == NULL)
		return -1;
	o.ends =
	    lifetime_first_end(p->services, p->service_count, &o.ends_service);
	p->fetch_began_ms = clock_monotonic_ms();
	p->done_before = done_count(p->done);
	p->gaps_before = state_losses(&p->state);
	o.sources = sources;
	o.pipe = pipe_new(p->http, e);
	if (o.pipe == NULL)
		goto out;
	if (open.is_open) {
		record_continue(p->record, p->found.path);
		o.open = &open;
	}
	rc = fetch(p, &o, e);

out:
	pipe_free(o.pipe);
	free(sources);
	return rc;
}

int
phases_fetch(struct phases * p, struct err * e)
{
	struct state * s = &p->state;
	struct plan * plan = plan_open(p->work, PLAN_FILE, e);
	int rc = -1;

	if (plan == NULL)
		return -1;
	p->done = done_open(p->work, s->plan_count, s->done_count, e);
	if (p->done == NULL)
		goto out;
	record_use(p->record, p->w, NULL, p->done);
	/* The first of a group sees that there is room for all of them. */
	if (((p->facts.part == 1) && (check_room(p, plan, e) != 0)) ||
	    (carry_elsewhere(p, e) != 0) || (check_room(p, plan, e) != 0) ||
	    (drop_unknown(p, e) != 0) || (fetch_plan(p, plan, e) != 0) ||
	    (close_done(p, e) != 0))
		goto out;
	s->phase = carry_is_last(p) ? STATE_LOCAL : STATE_SEALING;
	p->found.in_member = false;
	s->at_target = 0;
	s->pages = 0;
	s->again_bytes = 0;
	rc = 0;

out:
	plan_free(plan);
	return rc;
}
