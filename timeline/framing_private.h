#ifndef TIMELINE_FRAMING_PRIVATE_H
#define TIMELINE_FRAMING_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "timeline/csv.h"
#include "timeline/framing.h"
#include "timeline/framing_key.h"
#include "timeline/scan.h"

/*
 * States, and the function that leaves each.
 *
 *	START    nothing seen of the member                    at_start
 *	BETWEEN  between values                                framing_at_between
 *	OPEN     at a brace: an envelope or a record?          framing_at_open
 *	VALUE    inside of a value that may be a record        framing_at_value
 *	TAIL     behind the array of an envelope               framing_at_tail
 *	LINE     a line that is bad, or the rest of one        framing_at_line
 *	SEEK     a bad span, up to where a record begins       framing_at_seek
 *	WHOLE    a member that is bad to its end               at_whole
 *	CLASSIC  a line of Storage Analytics                   framing_at_classic
 *	HEADER   the first line, which may name columns        framing_at_header
 *	ROW      a row of a table, or between two              framing_at_row
 *
 * Invariants: pending holds the member's bytes from base on; those before start
 * were handed out; start <= pos; a value, line or bad span begins at start.
 */
enum framing_state {
	FRAMING_START,
	FRAMING_BETWEEN,
	FRAMING_OPEN,
	FRAMING_VALUE,
	FRAMING_TAIL,
	FRAMING_LINE,
	FRAMING_SEEK,
	FRAMING_WHOLE,
	FRAMING_CLASSIC_LINE,
	FRAMING_HEADER,
	FRAMING_ROWS
};

enum framing_container {
	FRAMING_ENVELOPE,
	FRAMING_ARRAY
};

/* What a step did. */
enum framing_step {
	FRAMING_STEP_FAILED = -1,
	FRAMING_STEP_WAIT, /* It needs bytes that have not come. */
	FRAMING_STEP_ON
};

struct framing {
	struct framing_sink sink;
	struct buf pending;
	int64_t base; /* Offset of the first byte of pending. */
	size_t start;
	size_t pos;
	int before;  /* The last byte that was handed out, or -1. */
	bool at_end; /* No byte will follow those in pending. */
	enum framing_state state;

	enum framing_container stack[FRAMING_MAX_NESTING];
	int nesting;
	bool comma_due;   /* In a container, behind a value. */
	bool after_comma; /* In a container: a value is due. */

	bool rows; /* The member is a table. */
	struct csv_scan row;

	struct scan scan;
	int64_t value_at; /* Offset where the value begins. */
	bool tail;        /* The value is what stands behind an array. */
	bool oversized;   /* More than the limit: its bytes are bad already. */
	int64_t suspect;  /* Offset inside the value that looks like a start. */
	int64_t again;    /* Bytes scanned more than once so far. */
	struct framing_key key;   /* What records begin with, as learnt. */
	struct framing_key first; /* The first key of this value. */

	enum event_reason reason; /* Of the bad span that is being read. */
	const char * text;
};

/* ---- framing.c ----------------------------------------------------------- */

/**
 * framing_span_to(f, end):
 * Return the span from start to ${end} of pending.
 */
struct framing_span framing_span_to(const struct framing * f, size_t end);

/**
 * framing_give_filler(f, end, e):
 * Hand out the bytes up to ${end} as filler; start and pos are then there.
 * Return 0, or -1 with ${e} set.
 */
int framing_give_filler(struct framing * f, size_t end, struct err * e);

/**
 * framing_give_bad(f, end, last, e):
 * Hand out the bytes up to ${end} as a part of a bad span, its last one if
 * ${last}; start and pos are then there.  Return as framing_give_filler.
 */
int framing_give_bad(struct framing * f, size_t end, bool last, struct err * e);

/**
 * framing_peek(f, at):
 * Return the byte of pending at ${at}, or -1 if it has not come.
 */
int framing_peek(const struct framing * f, size_t at);

/**
 * framing_is_blank(c):
 * Return whether ${c} is white space of JSON.
 */
bool framing_is_blank(int c);

/**
 * framing_become(f, state):
 * Change to ${state} and return FRAMING_STEP_ON.
 */
enum framing_step framing_become(struct framing * f, enum framing_state state);

/**
 * framing_become_bad(f, reason, text):
 * Begin a bad span at start that goes up to where a record begins, or in lines
 * to the end of the line.  Return FRAMING_STEP_ON.
 */
enum framing_step framing_become_bad(
    struct framing * f, enum event_reason reason, const char * text);

/**
 * framing_may_go_back(f):
 * The value at start proved bad at pos.  Return whether its bytes may be looked
 * at once more, and then count them: the work stays linear in the member.
 */
bool framing_may_go_back(struct framing * f);

/* ---- framing_between.c --------------------------------------------------- */

/**
 * framing_end_value(f):
 * A value, or a container in one, ended at pos.  Return FRAMING_STEP_ON.
 */
enum framing_step framing_end_value(struct framing * f);

/**
 * framing_at_between(f, e):
 * Leave FRAMING_BETWEEN.  This and the other steps return what they did, as
 * enum framing_step says, with ${e} set for FRAMING_STEP_FAILED.
 */
enum framing_step framing_at_between(struct framing * f, struct err * e);

/**
 * framing_at_open(f, e):
 * Leave FRAMING_OPEN.
 */
enum framing_step framing_at_open(struct framing * f, struct err * e);

/**
 * framing_at_tail(f, e):
 * Leave FRAMING_TAIL.
 */
enum framing_step framing_at_tail(struct framing * f, struct err * e);

/* ---- framing_line.c ------------------------------------------------------ */

/**
 * framing_is_classic(bytes, len):
 * Return whether a line of Storage Analytics begins with ${bytes}.
 */
bool framing_is_classic(const uint8_t * bytes, size_t len);

/**
 * framing_at_classic(f, e):
 * Leave FRAMING_CLASSIC_LINE.
 */
enum framing_step framing_at_classic(struct framing * f, struct err * e);

/**
 * framing_at_header(f, e):
 * Leave FRAMING_HEADER.
 */
enum framing_step framing_at_header(struct framing * f, struct err * e);

/**
 * framing_at_row(f, e):
 * Leave FRAMING_ROWS.
 */
enum framing_step framing_at_row(struct framing * f, struct err * e);

/* ---- framing_value.c ----------------------------------------------------- */

/**
 * framing_at_value(f, e):
 * Leave FRAMING_VALUE.
 */
enum framing_step framing_at_value(struct framing * f, struct err * e);

/* ---- framing_bad.c ------------------------------------------------------- */

/**
 * framing_at_line(f, e):
 * Leave FRAMING_LINE.
 */
enum framing_step framing_at_line(struct framing * f, struct err * e);

/**
 * framing_at_seek(f, e):
 * Leave FRAMING_SEEK.
 */
enum framing_step framing_at_seek(struct framing * f, struct err * e);

#endif
