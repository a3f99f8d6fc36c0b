#include "timeline/framing_private.h"

/* One bad span of its own, up to ${end}. */
static int
give_stray(struct framing * f, size_t end, const char * text, struct err * e)
{
	f->reason = EVENT_REASON_SYNTAX;
	f->text = text;
	return framing_give_bad(f, end, true, e);
}

/* Step over white space; return the byte behind it, or -1. */
static int
skip_blanks(struct framing * f)
{
	while (framing_is_blank(framing_peek(f, f->pos)))
		f->pos++;
	return framing_peek(f, f->pos);
}

static enum framing_step
push(struct framing * f, enum framing_container container, size_t end,
    struct err * e)
{
	if (f->nesting == FRAMING_MAX_NESTING) {
		f->pos = f->start + 1;
		return framing_become_bad(
		    f, EVENT_REASON_LIMIT, "arrays of records nested too deep");
	}
	f->stack[f->nesting++] = container;
	f->comma_due = false;
	f->after_comma = false;
	f->state = FRAMING_BETWEEN;
	return (framing_give_filler(f, end, e) == 0) ? FRAMING_STEP_ON
						     : FRAMING_STEP_FAILED;
}

enum framing_step
framing_end_value(struct framing * f)
{
	f->comma_due = (f->nesting > 0);
	f->after_comma = false;
	return framing_become(f, f->rows ? FRAMING_ROWS : FRAMING_BETWEEN);
}

static enum framing_step
at_bracket(struct framing * f, struct err * e)
{
	int rc;

	if (f->after_comma) {
		rc = framing_give_filler(f, f->pos, e);
		if (rc == 0)
			rc = give_stray(
			    f, f->pos, "a comma without a record behind it", e);
		if (rc != 0)
			return FRAMING_STEP_FAILED;
	}
	f->nesting--;
	if (framing_give_filler(f, f->pos + 1, e) != 0)
		return FRAMING_STEP_FAILED;
	if (f->stack[f->nesting] == FRAMING_ENVELOPE)
		return framing_become(f, FRAMING_TAIL);
	return framing_end_value(f);
}

static enum framing_step
at_comma(struct framing * f, struct err * e)
{
	if (f->comma_due) {
		f->comma_due = false;
		f->after_comma = true;
		f->pos++;
		return FRAMING_STEP_ON;
	}
	if ((framing_give_filler(f, f->pos, e) != 0) ||
	    (give_stray(f, f->pos + 1, "a comma that separates nothing", e) !=
		0))
		return FRAMING_STEP_FAILED;
	return FRAMING_STEP_ON;
}

static enum framing_step
framing_begin_value(struct framing * f, bool lines)
{
	f->value_at = f->base + (int64_t)f->start;
	f->tail = false;
	f->oversized = false;
	f->suspect = -1;
	f->first.len = 0;
	scan_begin(&f->scan, lines);
	return framing_become(f, FRAMING_VALUE);
}

enum framing_step
framing_at_between(struct framing * f, struct err * e)
{
	int c = skip_blanks(f);

	if (c == ',')
		return at_comma(f, e);
	if ((c == ']') && (f->nesting > 0))
		return at_bracket(f, e);
	if ((c == '[') && (f->nesting == 0))
		return push(f, FRAMING_ARRAY, f->pos + 1, e);
	if (framing_give_filler(f, f->pos, e) != 0)
		return FRAMING_STEP_FAILED;
	if (c < 0)
		return FRAMING_STEP_WAIT;
	if (f->comma_due) {
		f->comma_due = false;
		if (give_stray(f, f->pos, "no comma before this", e) != 0)
			return FRAMING_STEP_FAILED;
	}
	if (c == '{')
		return framing_become(f, FRAMING_OPEN);
	if (f->nesting > 0)
		return framing_begin_value(f, false);
	f->text = NULL;
	return framing_become(f, FRAMING_LINE);
}

/* Whether the object at start is pretty printed: a line feed comes first. */
static enum framing_key_result
is_pretty(const struct framing * f)
{
	for (size_t i = f->start + 1; i < f->pending.len; i++) {
		int c = framing_peek(f, i);

		if (c == '\n')
			return FRAMING_KEY_READ;
		if (!framing_is_blank(c) || (i - f->start > FRAMING_KEY_REACH))
			return FRAMING_KEY_NONE;
	}
	return f->at_end ? FRAMING_KEY_NONE : FRAMING_KEY_MORE;
}

enum framing_step
framing_at_open(struct framing * f, struct err * e)
{
	enum framing_key_result result;
	size_t after = 0;

	result = framing_key_read_envelope(f->pending.bytes + f->start,
	    f->pending.len - f->start, f->nesting > 0, &after);
	if ((result == FRAMING_KEY_MORE) && !f->at_end)
		return FRAMING_STEP_WAIT;
	if (result == FRAMING_KEY_READ)
		return push(f, FRAMING_ENVELOPE, f->start + after, e);
	if (f->nesting > 0)
		return framing_begin_value(f, false);
	result = is_pretty(f);
	if (result == FRAMING_KEY_MORE)
		return FRAMING_STEP_WAIT;
	return framing_begin_value(f, result == FRAMING_KEY_NONE);
}

enum framing_step
framing_at_tail(struct framing * f, struct err * e)
{
	int c = skip_blanks(f);

	if (c == '}') {
		if (framing_give_filler(f, f->pos + 1, e) != 0)
			return FRAMING_STEP_FAILED;
		return framing_end_value(f);
	}
	if (framing_give_filler(f, f->pos, e) != 0)
		return FRAMING_STEP_FAILED;
	if (c < 0)
		return FRAMING_STEP_WAIT;
	(void)framing_begin_value(f, false);
	f->tail = true;
	scan_begin_tail(&f->scan);
	return FRAMING_STEP_ON;
}
