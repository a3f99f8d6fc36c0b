#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"

#include "collect/decide.h"
#include "collect/stream_inside.h"

struct stream *
stream_new(const struct stream_options * options, struct err * e)
{
	struct stream * s = calloc(1, sizeof(*s));

	if (s == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	s->o = *options;
	return s;
}

void
stream_begin(struct stream * s, struct job * job)
{
	s->job = job;
	s->stage = STAGE_HEAD;
	s->look_due_ms = 0;
	s->has_begun = false;
	s->open = NULL;
	s->base = 0;
	s->next_start = 0;
	s->next_out = 0;
}

void
stream_continue(struct stream * s, struct job * job,
    const struct state_open * open, int64_t kept)
{
	struct job_pin * pin = &job->pin;

	stream_begin(s, job);
	s->has_begun = true;
	s->open = open;
	s->base = kept;
	pin->is_append = open->is_append;
	pin->length = open->size;
	pin->blocks = open->blocks;
	memcpy(pin->etag, open->etag, sizeof(pin->etag));
	memcpy(pin->blob_type, open->blob_type, sizeof(pin->blob_type));
	memcpy(pin->creation_time, open->creation_time,
	    sizeof(pin->creation_time));
	memcpy(pin->content_md5, open->content_md5, sizeof(pin->content_md5));
}

bool
stream_is_idle(const struct stream * s)
{
	return s->stage == STAGE_IDLE;
}

bool
stream_owns(const struct stream * s, const struct exchange * x)
{
	return x->owner == s;
}

int
stream_put(
    struct stream * s, enum pipe_kind kind, struct exchange * x, struct err * e)
{
	struct pipe_item item = {
		.kind = kind, .x = x, .job = s->job, .pin = s->job->pin
	};

	return pipe_put(s->o.pipe, &item, e);
}

/* Give up ${x}: it is recorded, now or when its answer is looked at. */
int
stream_abandon(struct stream * s, struct exchange * x, struct err * e)
{
	if (!exchange_is_in_flight(x)) {
		x->owner = NULL;
		return 0;
	}
	exchange_stop(x);
	return stream_put(s, PIPE_ANSWER, x, e);
}

/* Drop the member, if it is begun. */
static int
drop(struct stream * s, struct err * e)
{
	int rc = stream_clear_parts(s, e);

	s->base = 0;
	s->open = NULL;
	if ((rc != 0) || !s->has_begun)
		return rc;
	s->has_begun = false;
	return stream_put(s, PIPE_DROP, NULL, e);
}

/* The blob is not to be had: ${x} was the last answer. */
int
stream_give_up(struct stream * s, struct exchange * x, enum gap_reason reason,
    struct err * e)
{
	struct pipe_item item = {
		.kind = PIPE_GAP, .x = x, .job = s->job, .reason = reason
	};

	if (drop(s, e) != 0) {
		pipe_release(s->o.pipe, x->weight);
		exchange_free(x);
		return -1;
	}
	s->stage = STAGE_IDLE;
	s->job = NULL;
	return pipe_put(s->o.pipe, &item, e);
}

/* The blob is in another state now: look at it again, a few times. */
int
stream_start_anew(struct stream * s, struct exchange * x, struct err * e)
{
	if (s->job->changes == JOB_CHANGES_MAX)
		return stream_give_up(s, x,
		    (x->verdict.outcome == RESPONSE_CHANGED)
			? response_gap_reason(x->verdict.reason)
			: GAP_CHANGED,
		    e);
	s->job->changes++;
	if (drop(s, e) != 0) {
		pipe_release(s->o.pipe, x->weight);
		exchange_free(x);
		return -1;
	}
	s->stage = STAGE_HEAD;
	s->look_due_ms = 0;
	return stream_put(s, PIPE_ANSWER, x, e);
}

/*
 * A question has failed ${tries} times in a row and must wait.
 * Return whether others should have their turn meanwhile.
 */
bool
stream_is_stuck(const struct stream * s, int tries)
{
	return (tries >= STREAM_PATIENCE) && !s->job->is_postponed &&
	    (s->base + s->next_out * JOB_RANGE < STREAM_KEEP) &&
	    (s->stage != STAGE_TAIL);
}

/* Let the others go first; ${x} was the last answer. */
int
stream_postpone(struct stream * s, struct exchange * x, struct err * e)
{
	struct job * job = s->job;

	if (stream_put(s, PIPE_ANSWER, x, e) != 0)
		return -1;
	if (drop(s, e) != 0)
		return -1;
	job->is_postponed = true;
	job->needs_head = true;
	memset(&job->retry, 0, sizeof(job->retry));
	s->stage = STAGE_IDLE;
	s->job = NULL;
	s->postponed = job;
	return 0;
}

struct job *
stream_take_postponed(struct stream * s)
{
	struct job * job = s->postponed;

	s->postponed = NULL;
	return job;
}

static int
end_blob(struct stream * s, struct exchange * x, struct err * e)
{
	int rc = stream_put(s, PIPE_END, x, e);

	s->has_begun = false;
	s->stage = STAGE_IDLE;
	s->job = NULL;
	return rc;
}

/* All parts are put; an append blob is looked at once more. */
int
stream_finish_body(struct stream * s, struct err * e)
{
	if (!s->job->pin.is_append)
		return end_blob(s, NULL, e);
	s->stage = STAGE_TAIL;
	s->look_due_ms = 0;
	return 0;
}

static int
start_body(struct stream * s, struct err * e)
{
	s->parts = (s->job->pin.length - s->base + JOB_RANGE - 1) / JOB_RANGE;
	s->stage = STAGE_BODY;
	return stream_put_ready(s, e);
}

/*
 * The blob is empty, the properties say.  No part of it would ever be read, so
 * that nothing would bear this out: it is read in one piece, as small ones are.
 */
static int
hand_back(struct stream * s, struct exchange * x, struct err * e)
{
	int rc = stream_put(s, PIPE_ANSWER, x, e);

	s->postponed = s->job;
	s->stage = STAGE_IDLE;
	s->job = NULL;
	return rc;
}

/* The properties are there: pin them and go on to the body. */
static int
take_head(struct stream * s, struct exchange * x, struct err * e)
{
	struct job * job = s->job;
	enum pipe_kind kind;

	if (s->open != NULL) {
		/* What the MD5 was of is gone with the run before. */
		if (!job_has_same_pin(job, &x->headers) ||
		    (job->pin.content_md5[0] != '\0')) {
			s->job->changes--;
			return stream_start_anew(s, x, e);
		}
	} else if (job_pin_properties(job, &x->headers) != 0) {
		return stream_give_up(s, x, GAP_ANSWER, e);
	}
	if (job->pin.length == 0)
		return hand_back(s, x, e);
	kind = (s->open != NULL) ? PIPE_CONTINUE : PIPE_BEGIN;
	s->open = NULL;
	s->has_begun = true;
	if (stream_put(s, kind, x, e) != 0)
		return -1;
	if (!job->needs_blocks)
		return start_body(s, e);
	s->stage = STAGE_BLOCKS;
	s->look_due_ms = 0;
	return 0;
}

/* The list of blocks is there, or why there is none: on to the body. */
static int
take_blocks(struct stream * s, struct exchange * x, struct err * e)
{
	int rc = job_take_blocks(s->job, x, e);

	if ((stream_put(s, PIPE_ANSWER, x, e) != 0) || (rc != 0))
		return -1;
	return start_body(s, e);
}

static int
take_look(struct stream * s, struct exchange * x, struct err * e)
{
	bool is_blocks = (s->stage == STAGE_BLOCKS);
	struct decide_budget budget = { s->o.rule, s->o.run,
		is_blocks ? &s->job->blocks_retry : &s->job->retry, false };
	enum decide_action action;

	s->look = NULL;
	if (!is_blocks)
		job_note(s->job, x);
	if (decide_answer(x, &budget, &action, e) != 0) {
		(void)stream_put(s, PIPE_ANSWER, x, e);
		return -1;
	}
	switch (action) {
	case DECIDE_TAKE:
		if (is_blocks)
			return take_blocks(s, x, e);
		if (s->stage == STAGE_HEAD)
			return take_head(s, x, e);
		return job_has_same_pin(s->job, &x->headers)
		    ? end_blob(s, x, e)
		    : stream_start_anew(s, x, e);
	case DECIDE_WAIT:
		if (stream_is_stuck(s, budget.item->tries))
			return stream_postpone(s, x, e);
		s->look_due_ms = clock_monotonic_ms() + x->wait_ms;
		return stream_put(s, PIPE_ANSWER, x, e);
	case DECIDE_CHANGED:
		return stream_start_anew(s, x, e);
	case DECIDE_GIVE_UP:
		if (is_blocks)
			return take_blocks(s, x, e);
		return stream_give_up(
		    s, x, response_gap_reason(x->verdict.reason), e);
	}
	return 0;
}

int
stream_answer(struct stream * s, struct exchange * x, struct err * e)
{
	return (x == s->look) ? take_look(s, x, e) : stream_take_part(s, x, e);
}

int
stream_pump(struct stream * s, int64_t now_ms, struct err * e)
{
	if (s->stage == STAGE_IDLE)
		return 0;
	if (s->stage == STAGE_BODY)
		return stream_pump_parts(s, now_ms, e);
	if ((s->look != NULL) || (s->look_due_ms > now_ms) ||
	    !exchange_may_start(s->o.line))
		return 0;
	s->look = (s->stage == STAGE_BLOCKS)
	    ? job_ask_blocks(s->job, s->o.line, e)
	    : job_ask_properties(s->job, s->o.line, e);
	if (s->look == NULL)
		return -1;
	s->look->owner = s;
	return 0;
}

int64_t
stream_due(const struct stream * s)
{
	int64_t due = -1;

	if (s->stage != STAGE_BODY)
		return (s->look == NULL) ? s->look_due_ms : -1;
	for (int64_t part = s->next_out; part < s->next_start; part++) {
		const struct slot * slot = &s->slots[part % STREAM_WINDOW];

		if ((slot->x == NULL) && ((due < 0) || (slot->due_ms < due)))
			due = slot->due_ms;
	}
	return due;
}

void
stream_free(struct stream * s)
{
	struct err ignored;

	if (s == NULL)
		return;
	err_init(&ignored);
	if (s->look != NULL)
		(void)stream_abandon(s, s->look, &ignored);
	/* Items that name the job may still be in the pipe: it goes last. */
	if (s->job != NULL) {
		(void)stream_clear_parts(s, &ignored);
		(void)stream_put(s, PIPE_LEAVE, NULL, &ignored);
	}
	if (s->postponed != NULL) {
		s->job = s->postponed;
		(void)stream_put(s, PIPE_LEAVE, NULL, &ignored);
	}
	free(s);
}
