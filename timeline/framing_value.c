#include "timeline/framing_private.h"

#define TOO_LONG "a record of more than 16 MiB"

static void
note_key(struct framing * f)
{
	int64_t at = f->value_at + f->scan.key_at + 1 - f->base;
	struct framing_key key = { .len = 0 };
	size_t from;

	if (at < (int64_t)f->start)
		return; /* Its bytes were given away as those of a bad span. */
	from = (size_t)at;
	framing_key_set(&key, f->pending.bytes + from, f->pos - 1 - from);
	if (f->scan.depth == 1)
		f->first = key;
	else if ((f->nesting > 0) && (f->suspect < 0) &&
	    framing_key_is_start(&key, &f->key))
		f->suspect = f->value_at + f->scan.open_at;
}

/*
 * The value proved bad at pos.  Its neighbours may have been swallowed, also
 * into a string that was never closed, so looking for the next record begins
 * behind its first byte.
 */
static enum framing_step
fail_value(struct framing * f, enum event_reason reason, const char * text)
{
	if (((f->nesting > 0) || !f->scan.lines) && !f->oversized &&
	    framing_may_go_back(f))
		f->pos = f->start + 1;
	return framing_become_bad(f, reason, text);
}

static enum framing_step
finish_value(struct framing * f, struct err * e)
{
	struct framing_span span;
	unsigned int flags = 0;

	if (f->nesting > 1)
		flags |= EVENT_FLAG_NESTED;
	/* Guessed keys are good for a guess only. */
	if ((f->suspect >= 0) && (f->key.len > 0))
		flags |= EVENT_FLAG_HOLDS;
	f->reason = EVENT_REASON_SHAPE;
	f->text =
	    f->tail ? "members beside the array of records" : "not an object";
	if (f->oversized || (f->pos - f->start > FRAMING_MAX_RECORD)) {
		f->reason = EVENT_REASON_LIMIT;
		f->text = TOO_LONG;
	} else if (!f->tail && (f->pending.bytes[f->start] == '{')) {
		span = framing_span_to(f, f->pos);
		f->before = '}';
		f->start = f->pos;
		f->key = f->first;
		if (f->sink.record(f->sink.cookie, &span, flags, e) != 0)
			return FRAMING_STEP_FAILED;
		return framing_end_value(f);
	}
	if (framing_give_bad(f, f->pos, true, e) != 0)
		return FRAMING_STEP_FAILED;
	return framing_end_value(f);
}

/* All that came was scanned and the value goes on. */
static enum framing_step
wait_value(struct framing * f, struct err * e)
{
	if (f->at_end && f->oversized)
		return fail_value(f, EVENT_REASON_LIMIT, TOO_LONG);
	if (f->at_end)
		return fail_value(
		    f, EVENT_REASON_TRUNCATED, "the member ends inside of it");
	if (f->pos - f->start <= FRAMING_MAX_RECORD)
		return FRAMING_STEP_WAIT;
	if (f->suspect >= 0)
		return fail_value(f, EVENT_REASON_LIMIT, TOO_LONG);
	f->oversized = true;
	f->reason = EVENT_REASON_LIMIT;
	f->text = TOO_LONG;
	return (framing_give_bad(f, f->pos, false, e) == 0)
	    ? FRAMING_STEP_WAIT
	    : FRAMING_STEP_FAILED;
}

enum framing_step
framing_at_value(struct framing * f, struct err * e)
{
	enum scan_result result;
	size_t used;

	do {
		result = scan_feed(&f->scan, f->pending.bytes + f->pos,
		    f->pending.len - f->pos, &used);
		f->pos += used;
		if (result == SCAN_FIRST_KEY)
			note_key(f);
	} while (result == SCAN_FIRST_KEY);
	switch (result) {
	case SCAN_MORE:
	case SCAN_FIRST_KEY:
		return wait_value(f, e);
	case SCAN_DONE:
		return finish_value(f, e);
	case SCAN_DEEP:
		return fail_value(
		    f, EVENT_REASON_LIMIT, "nested deeper than 64");
	case SCAN_BAD:
		break;
	}
	return fail_value(f, EVENT_REASON_SYNTAX,
	    (framing_peek(f, f->pos) < 0x20)
		? "a raw control byte, or a broken line"
		: "not JSON");
}
