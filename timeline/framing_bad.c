#include <string.h>

#include "timeline/framing_private.h"

#define CLASSIC_LEN 4 /* Bytes by which a classic line is told. */

/* A line at the top that is no object: say which. */
static enum framing_step
name_line(struct framing * f)
{
	const uint8_t * b = f->pending.bytes + f->start;
	size_t len = f->pending.len - f->start;

	if ((len < CLASSIC_LEN) && !f->at_end && (memchr(b, '\n', len) == NULL))
		return FRAMING_STEP_WAIT;
	if (framing_is_classic(b, len))
		return framing_become(f, FRAMING_CLASSIC_LINE);
	f->reason = EVENT_REASON_SYNTAX;
	f->text = "neither JSON nor a line of a log that is known";
	return FRAMING_STEP_ON;
}

enum framing_step
framing_at_line(struct framing * f, struct err * e)
{
	const uint8_t * end;

	if (f->text == NULL) {
		if (name_line(f) == FRAMING_STEP_WAIT)
			return FRAMING_STEP_WAIT;
		if (f->state != FRAMING_LINE)
			return FRAMING_STEP_ON;
	}
	end = memchr(f->pending.bytes + f->pos, '\n', f->pending.len - f->pos);
	if ((end == NULL) && !f->at_end)
		return (framing_give_bad(f, f->pending.len, false, e) == 0)
		    ? FRAMING_STEP_WAIT
		    : FRAMING_STEP_FAILED;
	if (framing_give_bad(f,
		(end == NULL) ? f->pending.len
			      : (size_t)(end - f->pending.bytes),
		true, e) != 0)
		return FRAMING_STEP_FAILED;
	return framing_end_value(f);
}

/* The byte before ${at}, or -1 at the beginning of the member. */
static int
byte_before(const struct framing * f, size_t at)
{
	return (at > f->start) ? f->pending.bytes[at - 1] : f->before;
}

/*
 * Whether a record begins at ${at}, or, with ${next} then set, the envelope of
 * the next line, where the one around us was not closed.
 */
static enum framing_key_result
begins_at(const struct framing * f, size_t at, bool * next)
{
	const uint8_t * bytes = f->pending.bytes + at;
	const size_t len = f->pending.len - at;
	enum framing_key_result result;
	struct framing_key key = { .len = 0 };
	size_t after;

	*next = false;
	result = framing_key_read_envelope(bytes, len, true, &after);
	if (result == FRAMING_KEY_READ)
		*next = (byte_before(f, at) == '\n');
	if (result == FRAMING_KEY_NONE)
		result = framing_key_read(bytes, len, &key, &after);
	else if (result == FRAMING_KEY_READ)
		return result;
	if (result != FRAMING_KEY_READ)
		return f->at_end ? FRAMING_KEY_NONE : result;
	return framing_key_is_start(&key, &f->key) ? result : FRAMING_KEY_NONE;
}

enum framing_step
framing_at_seek(struct framing * f, struct err * e)
{
	enum framing_key_result result = FRAMING_KEY_NONE;
	const uint8_t * bytes = f->pending.bytes;
	const uint8_t * brace;
	size_t at = f->pos;
	bool next = false;

	while (result == FRAMING_KEY_NONE) {
		brace = memchr(bytes + at, '{', f->pending.len - at);
		if (brace == NULL)
			break;
		at = (size_t)(brace - bytes);
		result = begins_at(f, at, &next);
		if (result == FRAMING_KEY_NONE)
			at++;
	}
	if (result == FRAMING_KEY_NONE)
		at = f->pending.len;
	if (framing_give_bad(
		f, at, (result == FRAMING_KEY_READ) || f->at_end, e) != 0)
		return FRAMING_STEP_FAILED;
	if (result != FRAMING_KEY_READ)
		return FRAMING_STEP_WAIT;
	if (next)
		f->nesting = 0;
	f->comma_due = false;
	f->after_comma = false;
	return framing_become(f, FRAMING_OPEN);
}
