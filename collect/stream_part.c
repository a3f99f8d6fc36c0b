/* The window of parts of a large blob's body (stream_inside.h). */
#include <string.h>

#include "evidence/clock.h"

#include "collect/decide.h"
#include "collect/stream_inside.h"

static struct slot *
slot_of(struct stream * s, int64_t part)
{
	return &s->slots[part % STREAM_WINDOW];
}

/* Give up all parts, in flight or waiting to be put. */
int
stream_clear_parts(struct stream * s, struct err * e)
{
	int rc = 0;

	for (size_t i = 0; i < STREAM_WINDOW; i++) {
		struct slot * slot = &s->slots[i];

		if ((slot->x != NULL) && slot->is_ready &&
		    (stream_put(s, PIPE_ANSWER, slot->x, e) != 0))
			rc = -1;
		if ((slot->x != NULL) && !slot->is_ready &&
		    (stream_abandon(s, slot->x, e) != 0))
			rc = -1;
		memset(slot, 0, sizeof(*slot));
	}
	s->next_start = 0;
	s->next_out = 0;
	return rc;
}

/* Put the parts that are ready, in order. */
int
stream_put_ready(struct stream * s, struct err * e)
{
	while (s->next_out < s->next_start) {
		struct slot * slot = slot_of(s, s->next_out);
		struct exchange * x = slot->x;

		if (!slot->is_ready)
			return 0;
		memset(slot, 0, sizeof(*slot));
		s->next_out++;
		if (stream_put(s, PIPE_DATA, x, e) != 0)
			return -1;
	}
	return (s->next_out == s->parts) ? stream_finish_body(s, e) : 0;
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

int
stream_take_part(struct stream * s, struct exchange * x, struct err * e)
{
	struct slot * slot = find_slot(s, x);
	struct decide_budget budget = { s->o.rule, s->o.run, &slot->retry,
		false };
	enum decide_action action;

	if (x->verdict.outcome != RESPONSE_OK)
		job_note(s->job, x);
	if (job_forgoes_crc64(s->job, x)) {
		slot->x = NULL;
		return stream_put(s, PIPE_ANSWER, x, e);
	}
	if (x->verdict.reason == RESPONSE_BAD_DIGEST)
		slot->mismatches++;
	if (decide_answer(x, &budget, &action, e) != 0) {
		slot->x = NULL;
		(void)stream_put(s, PIPE_ANSWER, x, e);
		return -1;
	}
	if (action == DECIDE_TAKE) {
		slot->is_ready = true;
		return stream_put_ready(s, e);
	}
	slot->x = NULL;
	switch (action) {
	case DECIDE_TAKE:
	case DECIDE_WAIT:
		if (stream_is_stuck(s, slot->retry.tries))
			return stream_postpone(s, x, e);
		slot->due_ms = clock_monotonic_ms() + x->wait_ms;
		return stream_put(s, PIPE_ANSWER, x, e);
	case DECIDE_CHANGED:
		return stream_start_anew(s, x, e);
	case DECIDE_GIVE_UP:
		break;
	}
	return stream_give_up(s, x, response_gap_reason(x->verdict.reason), e);
}

/* Ask for the part of ${slot}; 1 done, 0 no room now, -1 failed. */
static int
ask_part(struct stream * s, struct slot * slot, int64_t part, struct err * e)
{
	struct job_part bytes = {
		.first = s->base + part * JOB_RANGE,
		.accept_mismatch = job_accepts(s->o.rule, slot->mismatches),
	};
	int64_t weight;

	bytes.last = bytes.first + JOB_RANGE - 1;
	if (bytes.last >= s->job->pin.length)
		bytes.last = s->job->pin.length - 1;
	if (!exchange_may_start(s->o.line))
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

int
stream_pump_parts(struct stream * s, int64_t now_ms, struct err * e)
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
