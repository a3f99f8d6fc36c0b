/* What becomes of the answers about small blobs (fetch_inside.h). */
#include "evidence/clock.h"

#include "collect/decide.h"
#include "collect/fetch_inside.h"

int
fetch_put(struct fetch * f, enum pipe_kind kind, struct exchange * x,
    struct job * job, struct err * e)
{
	struct pipe_item item = { .kind = kind, .x = x, .job = job };

	if (((kind == PIPE_OBJECT) || (kind == PIPE_GAP)) && (x != NULL))
		item.reason = response_gap_reason(x->verdict.reason);
	return pipe_put(f->o->pipe, &item, e);
}

/* Let ${job} wait until the monotonic moment ${due_ms}. */
void
fetch_defer(struct fetch * f, struct job * job, int64_t due_ms)
{
	job->due_ms = due_ms;
	job_list_insert(&f->deferred, job);
}

/* The properties of a small blob are there. */
static int
take_properties(
    struct fetch * f, struct job * job, struct exchange * x, struct err * e)
{
	if (job_pin_properties(job, &x->headers) != 0)
		return fetch_put(f, PIPE_GAP, x, job, e);
	if (job->pin.length > job_small_max(job->source))
		job_list_append(&f->promoted, job);
	else
		fetch_defer(f, job, 0);
	return fetch_put(f, PIPE_ANSWER, x, NULL, e);
}

/* The blob is in another state than pinned: look at it, a few times. */
static int
take_change(
    struct fetch * f, struct job * job, struct exchange * x, struct err * e)
{
	if (job->changes == JOB_CHANGES_MAX)
		return fetch_put(f, PIPE_GAP, x, job, e);
	job->changes++;
	job->needs_head = true;
	fetch_defer(f, job, 0);
	return fetch_put(f, PIPE_ANSWER, x, NULL, e);
}

/* An empty append blob that is larger than anything small by now. */
static bool
has_outgrown(const struct exchange * x)
{
	return (x->asked.operation == RESPONSE_WHOLE) &&
	    ((x->verdict.reason == RESPONSE_LIMIT) ||
		(x->verdict.reason == RESPONSE_WRONG_LENGTH));
}

/* Take ${x} off the list of what is in flight. */
static void
land(struct fetch * f, const struct exchange * x)
{
	for (size_t i = 0; i < f->flying_count; i++) {
		if (f->flying[i] == x) {
			f->flying[i] = f->flying[--f->flying_count];
			return;
		}
	}
}

/* The list of the blocks of a small blob is there, or why there is none. */
static int
take_blocks(
    struct fetch * f, struct job * job, struct exchange * x, struct err * e)
{
	struct decide_budget budget = { f->o->rule, f->o->run,
		&job->blocks_retry, false };
	enum decide_action action;

	if (decide_answer(x, &budget, &action, e) != 0) {
		(void)fetch_put(f, PIPE_ANSWER, x, NULL, e);
		job_free(job);
		return -1;
	}
	if (action == DECIDE_CHANGED)
		return take_change(f, job, x, e);
	if ((action != DECIDE_WAIT) && (job_take_blocks(job, x, e) != 0)) {
		(void)fetch_put(f, PIPE_ANSWER, x, NULL, e);
		job_free(job);
		return -1;
	}
	fetch_defer(f, job,
	    (action == DECIDE_WAIT) ? clock_monotonic_ms() + x->wait_ms : 0);
	return fetch_put(f, PIPE_ANSWER, x, NULL, e);
}

int
fetch_take_small(struct fetch * f, struct exchange * x, struct err * e)
{
	struct job * job = x->owner;
	struct decide_budget budget = { f->o->rule, f->o->run, &job->retry,
		false };
	enum decide_action action;

	land(f, x);
	if (x->asked.operation == RESPONSE_BLOCKS)
		return take_blocks(f, job, x, e);
	job_note(job, x);
	if (job_forgoes_crc64(job, x)) {
		fetch_defer(f, job, 0);
		return fetch_put(f, PIPE_ANSWER, x, NULL, e);
	}
	if (decide_answer(x, &budget, &action, e) != 0) {
		(void)fetch_put(f, PIPE_ANSWER, x, NULL, e);
		job_free(job);
		return -1;
	}
	if ((action != DECIDE_TAKE) && has_outgrown(x))
		action = DECIDE_CHANGED;
	if (x->verdict.reason == RESPONSE_BAD_DIGEST)
		job->mismatches++;
	switch (action) {
	case DECIDE_TAKE:
		if (x->is_head)
			return take_properties(f, job, x, e);
		return fetch_put(f, PIPE_OBJECT, x, job, e);
	case DECIDE_WAIT:
		fetch_defer(f, job, clock_monotonic_ms() + x->wait_ms);
		return fetch_put(f, PIPE_ANSWER, x, NULL, e);
	case DECIDE_CHANGED:
		return take_change(f, job, x, e);
	case DECIDE_GIVE_UP:
		return fetch_put(f, PIPE_GAP, x, job, e);
	}
	return 0;
}
