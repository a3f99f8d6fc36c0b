#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"

#include "collect/decide.h"
#include "collect/stream.h"

enum stage {
	STAGE_IDLE,
	STAGE_HEAD,
	STAGE_BODY,
	STAGE_TAIL
};

/* One part of the body. */
struct slot {
	struct exchange * x; /* In flight, or answered and ready. */
	bool is_ready;
	int64_t due_ms; /* When to ask; 0: now. */
	int mismatches;
	struct retry_item retry;
};

struct stream {
	struct stream_options o;
	enum stage stage;
	struct job * job;
	struct job * postponed; /* For the caller to take. */
	struct exchange * look; /* In flight, for the properties. */
	int64_t look_due_ms;
	bool has_begun;
	const struct state_open * open; /* To be continued; NULL: no. */
	int64_t base;                   /* Where the first part starts. */
	int64_t parts;
	int64_t next_start;
	int64_t next_out;
	struct slot slots[STREAM_WINDOW];
};

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

static int
put(struct stream * s, enum pipe_kind kind, struct exchange * x, struct err * e)
{
	struct pipe_item item = {
		.kind = kind, .x = x, .job = s->job, .pin = s->job->pin
	};

	return pipe_put(s->o.pipe, &item, e);
}

/* Give up ${x}: it is recorded, now or when its answer is looked at. */
static int
abandon(struct stream * s, struct exchange * x, struct err * e)
{
	if (!exchange_is_in_flight(x)) {
		x->owner = NULL;
		return 0;
	}
	exchange_stop(x);
	return put(s, PIPE_ANSWER, x, e);
}

static struct slot *
slot_of(struct stream * s, int64_t part)
{
	return &s->slots[part % STREAM_WINDOW];
}

/* Give up all parts, in flight or waiting to be put. */
static int
clear_slots(struct stream * s, struct err * e)
{
	int rc = 0;

	for (size_t i = 0; i < STREAM_WINDOW; i++) {
		struct slot * slot = &s->slots[i];

		if ((slot->x != NULL) && slot->is_ready &&
		    (put(s, PIPE_ANSWER, slot->x, e) != 0))
			rc = -1;
		if ((slot->x != NULL) && !slot->is_ready &&
		    (abandon(s, slot->x, e) != 0))
			rc = -1;
		memset(slot, 0, sizeof(*slot));
	}
	s->next_start = 0;
	s->next_out = 0;
	return rc;
}

/* Drop the member, if it is begun. */
static int
drop(struct stream * s, struct err * e)
{
	int rc = clear_slots(s, e);

	s->base = 0;
	s->open = NULL;
	if ((rc != 0) || !s->has_begun)
		return rc;
	s->has_begun = false;
	return put(s, PIPE_DROP, NULL, e);
}

/* The blob is not to be had: ${x} was the last answer. */
static int
give_up(struct stream * s, struct exchange * x, enum gap_reason reason,
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
static int
start_anew(struct stream * s, struct exchange * x, struct err * e)
{
	if (s->job->changes == JOB_CHANGES_MAX)
		return give_up(s, x, GAP_CHANGED, e);
	s->job->changes++;
	if (drop(s, e) != 0) {
		pipe_release(s->o.pipe, x->weight);
		exchange_free(x);
		return -1;
	}
	s->stage = STAGE_HEAD;
	s->look_due_ms = 0;
	return put(s, PIPE_ANSWER, x, e);
}

/*
 * A question has failed ${tries} times in a row and must wait.
 * Return whether others should have their turn meanwhile.
 */
static bool
is_stuck(const struct stream * s, int tries)
{
	return (tries >= STREAM_PATIENCE) && !s->job->is_postponed &&
	    (s->base + s->next_out * JOB_RANGE < STREAM_KEEP) &&
	    (s->stage != STAGE_TAIL);
}

/* Let the others go first; ${x} was the last answer. */
static int
postpone(struct stream * s, struct exchange * x, struct err * e)
{
	struct job * job = s->job;

	if (put(s, PIPE_ANSWER, x, e) != 0)
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
	int rc = put(s, PIPE_END, x, e);

	s->has_begun = false;
	s->stage = STAGE_IDLE;
	s->job = NULL;
	return rc;
}

/* All parts are put; an append blob is looked at once more. */
static int
finish_body(struct stream * s, struct err * e)
{
	if (!s->job->pin.is_append)
		return end_blob(s, NULL, e);
	s->stage = STAGE_TAIL;
	s->look_due_ms = 0;
	return 0;
}

/* Put the parts that are ready, in order. */
static int
put_ready(struct stream * s, struct err * e)
{
	while (s->next_out < s->next_start) {
		struct slot * slot = slot_of(s, s->next_out);
		struct exchange * x = slot->x;

		if (!slot->is_ready)
			return 0;
		memset(slot, 0, sizeof(*slot));
		s->next_out++;
		if (put(s, PIPE_DATA, x, e) != 0)
			return -1;
	}
	return (s->next_out == s->parts) ? finish_body(s, e) : 0;
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
			return start_anew(s, x, e);
		}
	} else if (job_pin_properties(job, &x->headers) != 0) {
		return give_up(s, x, GAP_ANSWER, e);
	}
	s->parts = (job->pin.length - s->base + JOB_RANGE - 1) / JOB_RANGE;
	s->stage = STAGE_BODY;
	kind = (s->open != NULL) ? PIPE_CONTINUE : PIPE_BEGIN;
	s->open = NULL;
	s->has_begun = true;
	if (put(s, kind, x, e) != 0)
		return -1;
	return put_ready(s, e);
}

static int
take_look(struct stream * s, struct exchange * x, struct err * e)
{
	struct decide_budget budget = { s->o.rule, s->o.run, &s->job->retry };
	enum decide_action action;

	s->look = NULL;
	job_note(s->job, x);
	if (decide_answer(x, &budget, &action, e) != 0) {
		(void)put(s, PIPE_ANSWER, x, e);
		return -1;
	}
	switch (action) {
	case DECIDE_TAKE:
		if (s->stage == STAGE_HEAD)
			return take_head(s, x, e);
		return job_has_same_pin(s->job, &x->headers)
		    ? end_blob(s, x, e)
		    : start_anew(s, x, e);
	case DECIDE_WAIT:
		if (is_stuck(s, s->job->retry.tries))
			return postpone(s, x, e);
		s->look_due_ms = clock_monotonic_ms() + x->wait_ms;
		return put(s, PIPE_ANSWER, x, e);
	case DECIDE_CHANGED:
		return start_anew(s, x, e);
	case DECIDE_GIVE_UP:
		return give_up(s, x, job_gap_reason(&x->verdict), e);
	}
	return 0;
}

/* Find the slot of the exchange ${x}. */
static struct slot *
find_slot(struct stream * s, const struct exchange * x)
{
	for (size_t i = 0; i < STREAM_WINDOW; i++) {
		if (s->slots[i].x == x)
			return &s->slots[i];
	}
	return NULL;
}

static int
take_part(struct stream * s, struct exchange * x, struct err * e)
{
	struct slot * slot = find_slot(s, x);
	struct decide_budget budget = { s->o.rule, s->o.run, &slot->retry };
	enum decide_action action;

	if (x->verdict.outcome != RESPONSE_OK)
		job_note(s->job, x);
	if (job_forgoes_crc64(s->job, x)) {
		slot->x = NULL;
		return put(s, PIPE_ANSWER, x, e);
	}
	if (x->verdict.reason == RESPONSE_BAD_DIGEST)
		slot->mismatches++;
	if (decide_answer(x, &budget, &action, e) != 0) {
		slot->x = NULL;
		(void)put(s, PIPE_ANSWER, x, e);
		return -1;
	}
	if (action == DECIDE_TAKE) {
		slot->is_ready = true;
		return put_ready(s, e);
	}
	slot->x = NULL;
	switch (action) {
	case DECIDE_TAKE:
	case DECIDE_WAIT:
		if (is_stuck(s, slot->retry.tries))
			return postpone(s, x, e);
		slot->due_ms = clock_monotonic_ms() + x->wait_ms;
		return put(s, PIPE_ANSWER, x, e);
	case DECIDE_CHANGED:
		return start_anew(s, x, e);
	case DECIDE_GIVE_UP:
		break;
	}
	return give_up(s, x, job_gap_reason(&x->verdict), e);
}

int
stream_answer(struct stream * s, struct exchange * x, struct err * e)
{
	return (x == s->look) ? take_look(s, x, e) : take_part(s, x, e);
}

/* Ask for the part of ${slot}; 1 done, 0 no room now, -1 failed. */
static int
ask_part(struct stream * s, struct slot * slot, int64_t part, struct err * e)
{
	struct job_part bytes = {
		.first = s->base + part * JOB_RANGE,
		.accept_mismatch = (slot->mismatches >= JOB_MISMATCHES_MAX),
	};
	int64_t weight;

	bytes.last = bytes.first + JOB_RANGE - 1;
	if (bytes.last >= s->job->pin.length)
		bytes.last = s->job->pin.length - 1;
	if (!http_has_room(s->o.line->http))
		return 0;
	weight = pipe_reserve(s->o.pipe, bytes.last - bytes.first + 1);
	if (weight == 0)
		return 0;
	slot->x = job_ask_bytes(s->job, s->o.line, &bytes, e);
	if (slot->x == NULL) {
		pipe_release(s->o.pipe, weight);
		return -1;
	}
	slot->x->owner = s;
	slot->x->weight = weight;
	return 1;
}

static int
pump_body(struct stream * s, int64_t now_ms, struct err * e)
{
	int rc;

	for (int64_t part = s->next_out; part < s->next_start; part++) {
		struct slot * slot = slot_of(s, part);

		if ((slot->x != NULL) || (slot->due_ms > now_ms))
			continue;
		rc = ask_part(s, slot, part, e);
		if (rc <= 0)
			return rc;
	}
	while ((s->next_start < s->parts) &&
	    (s->next_start - s->next_out < STREAM_WINDOW)) {
		rc = ask_part(s, slot_of(s, s->next_start), s->next_start, e);
		if (rc <= 0)
			return rc;
		s->next_start++;
	}
	return 0;
}

int
stream_pump(struct stream * s, int64_t now_ms, struct err * e)
{
	if (s->stage == STAGE_IDLE)
		return 0;
	if (s->stage == STAGE_BODY)
		return pump_body(s, now_ms, e);
	if ((s->look != NULL) || (s->look_due_ms > now_ms) ||
	    !http_has_room(s->o.line->http))
		return 0;
	s->look = job_ask_properties(s->job, s->o.line, e);
	if (s->look == NULL)
		return -1;
	s->look->owner = s;
	return 0;
}

int64_t
stream_due(const struct stream * s)
{
	int64_t due = -1;

	if ((s->stage == STAGE_HEAD) || (s->stage == STAGE_TAIL))
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
		(void)abandon(s, s->look, &ignored);
	/* Items that name the job may still be in the pipe: it goes last. */
	if (s->job != NULL) {
		(void)clear_slots(s, &ignored);
		(void)put(s, PIPE_LEAVE, NULL, &ignored);
	}
	if (s->postponed != NULL) {
		s->job = s->postponed;
		(void)put(s, PIPE_LEAVE, NULL, &ignored);
	}
	free(s);
}
