#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/process.h"

#include "collect/block_answer.h"
#include "collect/decide.h"
#include "collect/fetch_inside.h"

#define POLL_MS 250 /* A signal is noticed within it. */

static void
on_answer(void * cookie, struct exchange * x)
{
	struct fetch * f = cookie;

	x->next = NULL;
	*f->answered_end = x;
	f->answered_end = &x->next;
}

/* Ask for ${job}, small; 1 done, 0 no room now, -1 failed. */
static int
ask(struct fetch * f, struct job * job, struct err * e)
{
	int64_t length = job->pin.length;
	struct job_part part = {
		.last = length - 1,
		.accept_mismatch = job_accepts(f->o->rule, job->mismatches),
	};
	int64_t weight;
	struct exchange * x;

	if (!exchange_may_start(&f->line) ||
	    (f->flying_count == HTTP_IN_FLIGHT_MAX))
		return 0;
	if (job->needs_head)
		length = 0;
	else if (job->needs_blocks)
		length = BLOCK_ANSWER_MAX;
	else if (length == 0)
		length = JOB_SMALL_MAX; /* It may have grown. */
	weight = pipe_reserve(f->o->pipe, length);
	if (weight == 0)
		return 0;
	if (job->needs_head)
		x = job_ask_properties(job, &f->line, e);
	else if (job->needs_blocks)
		x = job_ask_blocks(job, &f->line, e);
	else
		x = job_ask_bytes(job, &f->line, &part, e);
	if (x == NULL) {
		pipe_release(f->o->pipe, weight);
		return -1;
	}
	x->weight = weight;
	f->flying[f->flying_count++] = x;
	return 1;
}

/* Take all answers that have come. */
static int
take_answers(struct fetch * f, struct err * e)
{
	struct exchange * x;
	struct job * job;
	int rc = 0;

	while ((f->answered != NULL) && (rc == 0)) {
		x = f->answered;
		f->answered = x->next;
		if (f->answered == NULL)
			f->answered_end = &f->answered;
		x->next = NULL;
		if (x->owner == NULL)
			rc = fetch_put(f, PIPE_ANSWER, x, NULL, e);
		else if (stream_owns(f->stream, x))
			rc = stream_answer(f->stream, x, e);
		else
			rc = fetch_take_small(f, x, e);
		job = stream_take_postponed(f->stream);
		if (job == NULL)
			continue;
		if (job->needs_head)
			job_list_append(&f->postponed, job);
		else
			fetch_defer(f, job, 0);
	}
	return rc;
}

/* Whether ${entry} goes through the stream, by what was listed. */
static bool
is_large(const struct fetch * f, const struct plan_entry * entry)
{
	return ((size_t)entry->source < f->o->source_count) &&
	    (entry->size > job_small_max(&f->o->sources[entry->source]));
}

/*
 * Read the next entry that is not done and belongs to this walk into
 * f->held.  Return 1, 0 when the walk is over, or -1 with ${e} set.
 */
static int
hold_next(struct fetch * f, struct err * e)
{
	struct plan_entry * entry;
	int got;

	for (;;) {
		got = plan_next(f->o->plan, &entry, e);
		if (got <= 0)
			return got;
		if ((is_large(f, entry) == f->is_large_walk) &&
		    !done_has(f->o->done, entry->number) &&
		    ((f->o->open == NULL) ||
			(f->o->open->number != entry->number)))
			break;
		plan_entry_free(entry);
	}
	if ((size_t)entry->source >= f->o->source_count) {
		err_set(e, ERR_INPUT, NULL, "the plan names no known source");
		plan_entry_free(entry);
		return -1;
	}
	f->held = job_new(entry, &f->o->sources[entry->source], e);
	return (f->held == NULL) ? -1 : 1;
}

/* Ask for the small blobs whose turn has come; 1 done, 0 no room, -1 failed. */
static int
ask_deferred(struct fetch * f, int64_t now_ms, struct err * e)
{
	while ((f->deferred.first != NULL) &&
	    (f->deferred.first->due_ms <= now_ms)) {
		int rc = ask(f, f->deferred.first, e);

		if (rc <= 0)
			return rc;
		(void)job_list_take(&f->deferred);
	}
	return 1;
}

/* Go on with the walk over the plan as far as there is room. */
static int
walk_small(struct fetch * f, struct err * e)
{
	int rc;

	while ((f->deferred.count + f->flying_count < FETCH_DEFERRED_MAX) &&
	    (f->promoted.count < FETCH_PROMOTED_MAX)) {
		rc = (f->held != NULL) ? 1 : hold_next(f, e);
		if (rc < 0)
			return -1;
		if (rc == 0) {
			f->is_large_walk = true;
			plan_rewind(f->o->plan);
			return 0;
		}
		rc = ask(f, f->held, e);
		if (rc <= 0)
			return rc;
		f->held = NULL;
	}
	return 0;
}

/* Give the idle stream its next blob; only when no small one is in flight. */
static int
next_large(struct fetch * f, struct err * e)
{
	struct job * job = job_list_take(&f->promoted);
	int rc = 0;

	if ((job == NULL) && f->is_walked) {
		job = job_list_take(&f->postponed);
	} else if (job == NULL) {
		rc = hold_next(f, e);
		job = f->held;
		f->held = NULL;
		f->is_walked = (rc == 0);
	}
	if (job != NULL)
		stream_begin(f->stream, job);
	return (rc < 0) ? -1 : 0;
}

/* Ask for whatever can be asked for now. */
static int
ask_all(struct fetch * f, struct err * e)
{
	int64_t now_ms = clock_monotonic_ms();
	bool wants_large;
	int rc;

	if (!stream_is_idle(f->stream))
		return stream_pump(f->stream, now_ms, e);
	wants_large = (f->promoted.count >= FETCH_PROMOTED_MAX) ||
	    (f->is_large_walk && ((f->promoted.count > 0) || !f->is_walked)) ||
	    (f->is_walked && (f->postponed.count > 0) &&
		(f->deferred.count == 0));
	/* Before a large one begins, nothing small may be under way. */
	if (wants_large) {
		if ((f->flying_count > 0) || (f->answered != NULL))
			return 0;
		if (next_large(f, e) != 0)
			return -1;
		if (!stream_is_idle(f->stream))
			return stream_pump(f->stream, now_ms, e);
	}
	rc = ask_deferred(f, now_ms, e);
	if (rc <= 0)
		return rc;
	return f->is_large_walk ? 0 : walk_small(f, e);
}

static bool
is_finished(const struct fetch * f)
{
	return f->is_walked && stream_is_idle(f->stream) &&
	    (f->flying_count == 0) && (f->deferred.count == 0) &&
	    (f->promoted.count == 0) && (f->postponed.count == 0) &&
	    (f->held == NULL) && (f->answered == NULL);
}

/* How long to wait for the network at most. */
static int
poll_time(const struct fetch * f)
{
	int64_t due = stream_is_idle(f->stream) ? -1 : stream_due(f->stream);
	int64_t paced = pace_due(f->line.pace, clock_monotonic_ms());
	int64_t left;

	if ((due < 0) && (f->deferred.count > 0))
		due = f->deferred.first->due_ms;
	if (paced > 0)
		return (paced > POLL_MS) ? POLL_MS : (int)paced;
	if (due < 0)
		return POLL_MS;
	left = due - clock_monotonic_ms();
	if (left <= 0) /* It waits for room, not for its time. */
		return (http_in_flight(f->o->http) > 0) ? POLL_MS : 5;
	return (left > POLL_MS) ? POLL_MS : (int)left;
}

/* Say how far it is. */
static void
show(const struct fetch * f)
{
	int64_t settled, gaps;

	if (f->o->progress == NULL)
		return;
	settled = pipe_settled(f->o->pipe, &gaps);
	f->o->progress(f->o->cookie, settled, gaps, f->line.received);
}

static int
run(struct fetch * f, struct err * e)
{
	while (!is_finished(f)) {
		if (process_is_stopped()) {
			err_set(e, ERR_STOPPED, NULL, "interrupted");
			return -1;
		}
		if (decide_end(
			f->o->ends, f->o->ends_service, f->o->refused, e) != 0)
			return -1;
		if ((pipe_check(f->o->pipe, e) != 0) || (ask_all(f, e) != 0))
			return -1;
		if (is_finished(f))
			break;
		if (http_poll(f->o->http, poll_time(f), e) != 0)
			return -1;
		if (f->line_e.kind != ERR_NONE) {
			*e = f->line_e;
			return -1;
		}
		if (take_answers(f, e) != 0)
			return -1;
		show(f);
	}
	return 0;
}

/* Read the plan's entry of the member that an earlier run began. */
static int
continue_open(struct fetch * f, struct err * e)
{
	struct plan_entry * entry = NULL;
	struct job * job;
	int got;

	for (;;) {
		got = plan_next(f->o->plan, &entry, e);
		if (got < 0)
			return -1;
		if (got == 0) {
			err_set(e, ERR_INPUT, NULL,
			    "the plan does not hold the member begun");
			return -1;
		}
		if (entry->number == f->o->open->number)
			break;
		plan_entry_free(entry);
	}
	plan_rewind(f->o->plan);
	if ((size_t)entry->source >= f->o->source_count) {
		err_set(e, ERR_INPUT, NULL, "the plan names no known source");
		plan_entry_free(entry);
		return -1;
	}
	job = job_new(entry, &f->o->sources[entry->source], e);
	if (job == NULL)
		return -1;
	stream_continue(f->stream, job, f->o->open, f->o->open_done);
	return 0;
}

/* Stop what is in flight; answers nobody will look at are still recorded. */
static void
record_rest(struct fetch * f)
{
	struct exchange * x;
	struct err ignored;

	err_init(&ignored);
	for (size_t i = 0; i < f->flying_count; i++) {
		x = f->flying[i];
		job_free(x->owner);
		if (!exchange_is_in_flight(x))
			continue; /* It is in the other list. */
		exchange_stop(x);
		(void)fetch_put(f, PIPE_ANSWER, x, NULL, &ignored);
	}
	while (f->answered != NULL) {
		x = f->answered;
		f->answered = x->next;
		(void)fetch_put(f, PIPE_ANSWER, x, NULL, &ignored);
	}
	/* Items before may name these: the pipe frees them, in its order. */
	while (f->postponed.count > 0)
		(void)fetch_put(f, PIPE_LEAVE, NULL,
		    job_list_take(&f->postponed), &ignored);
}

int
fetch_run(const struct fetch_options * options, struct err * e)
{
	struct fetch f = { .o = options };
	struct stream_options stream = { &f.line, options->pipe, options->rule,
		options->run };
	int rc = -1;

	err_init(&f.line_e);
	f.answered_end = &f.answered;
	f.line.http = options->http;
	f.line.certificates = options->certificates;
	f.line.connections = options->connections;
	f.line.pace = options->pace;
	f.line.sent = options->sent;
	f.line.done = on_answer;
	f.line.cookie = &f;
	f.line.e = &f.line_e;
	f.line.got = options->got;
	f.line.refused = options->refused;
	f.stream = stream_new(&stream, e);
	if (f.stream == NULL)
		goto out;
	if ((options->open != NULL) && (continue_open(&f, e) != 0))
		goto out;
	rc = run(&f, e);

out:
	stream_free(f.stream);
	record_rest(&f);
	job_free(f.held);
	job_list_clear(&f.deferred);
	job_list_clear(&f.promoted);
	return rc;
}
