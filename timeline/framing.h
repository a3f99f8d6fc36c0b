#ifndef TIMELINE_FRAMING_H
#define TIMELINE_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "timeline/event.h"

/*
 * Cuts a member's bytes into records, whatever the framing:
 *
 *	envelope   {"records":[r,r,...]} or {"value":[...]}, also one a line
 *	array      [r,r,...], as REST and az print it
 *	lines      one object a line, LF or CRLF, the last one without, BOM
 *	objects    pretty printed, one behind the other
 *	nested     {"records":[{"records":[r]}]}, as a published sample has it
 *	classic    lines of Storage Analytics 1.0 and 2.0
 *	table      rows of CSV behind a header of names that are known; then
 *	           the whole member is one
 *
 * Tables aside it is found out for each value at the top anew.  Every byte is handed out
 * once, in order, as a record, a bad span or filler.
 *
 * Damage costs one record.  In lines, a bad span ends with its line.  In
 * arrays, a bad span ends where a record begins again: at a brace whose first
 * key is the one that the last good record of this member began with (before
 * the first: one that Azure's records are known to begin with).  That place may
 * have been passed already, since a record that is cut in its middle swallows
 * its neighbours; so it is looked for from the second byte of the bad value on.
 * The work stays linear: once the bytes of a member were on average looked at
 * nine times, it is looked for from the error on.
 */
#define FRAMING_MAX_RECORD ((size_t)16 << 20) /* Bytes of one record. */
#define FRAMING_MAX_NESTING 8 /* Arrays of records in another. */

/* What a record is written as. */
enum framing_form {
	FRAMING_JSON,
	FRAMING_CLASSIC, /* A line, without its end. */
	FRAMING_ROW      /* A row of a table, without its line end. */
};

/* A run of bytes, at ${offset} of the member. */
struct framing_span {
	int64_t offset;
	const uint8_t * bytes; /* Borrowed for the call. */
	size_t len;
	enum framing_form form; /* Of a record. */
};

/* Each callback returns 0, or -1 with ${e} set, which ends the cutting. */
struct framing_sink {
	void * cookie;

	/* A whole record.  ${flags}: EVENT_FLAG_NESTED if it is out of an
	 * array of records in another, EVENT_FLAG_HOLDS if there is something
	 * in it that begins as records do. */
	int (*record)(void * cookie, const struct framing_span * span,
	    unsigned int flags, struct err * e);

	/* A part of a bad span; with ${last} its last one, which may be empty.
	 * ${reason} and ${text} are those of the last part. */
	int (*bad)(void * cookie, const struct framing_span * span, bool last,
	    enum event_reason reason, const char * text, struct err * e);

	/* The row that names the columns of the rows behind it; its bytes then
	 * come as filler. */
	int (*header)(
	    void * cookie, const struct framing_span * span, struct err * e);

	/* Bytes that belong to no record. */
	int (*filler)(
	    void * cookie, const struct framing_span * span, struct err * e);
};

struct framing;

/**
 * framing_new(sink, e):
 * Return a cutter that hands out to a copy of ${sink}; the caller frees it
 * with framing_free.  Return NULL with ${e} set on failure.
 */
struct framing * framing_new(const struct framing_sink * sink, struct err * e);

/**
 * framing_free(f):
 * Release ${f}; NULL is fine.
 */
void framing_free(struct framing * f);

/**
 * framing_begin(f):
 * Forget everything and start at offset 0 of a new member.
 */
void framing_begin(struct framing * f);

/**
 * framing_feed(f, bytes, len, e):
 * Cut the next ${len} ${bytes} of the member.  Return 0, or -1 with ${e} set
 * (a callback failed, no memory).
 */
int framing_feed(
    struct framing * f, const void * bytes, size_t len, struct err * e);

/**
 * framing_end(f, e):
 * The member ends: hand out what is left, and an empty bad span where an array
 * of records was never closed.  Return as framing_feed.
 */
int framing_end(struct framing * f, struct err * e);

#endif
