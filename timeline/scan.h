#ifndef TIMELINE_SCAN_H
#define TIMELINE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A scanner that finds where one JSON value ends, in bytes that come block by
 * block.  It knows strings, brackets and what may follow what, and refuses raw
 * control bytes, so that damage shows within a few bytes instead of swallowing
 * the records behind it.  Escapes, numbers and UTF-8 are yajl's business.
 */
#define SCAN_MAX_DEPTH 64 /* Of brackets; also what timeline/record accepts. */

enum scan_result {
	SCAN_MORE,      /* All bytes used, the value goes on. */
	SCAN_DONE,      /* The value ends with the last byte used. */
	SCAN_FIRST_KEY, /* The first key of an object was read; go on. */
	SCAN_BAD,       /* The byte behind those used cannot stand there. */
	SCAN_DEEP       /* Its bracket would be the SCAN_MAX_DEPTH + 1st. */
};

struct scan {
	int state;
	int depth;
	uint64_t objects; /* Bit d: the bracket of depth d + 1 is a brace. */
	bool fresh;       /* No key of the innermost object was read yet. */
	bool key;         /* The string being read is a key. */
	bool lines;       /* A line feed ends the value, which is BAD. */
	int64_t at;       /* Bytes used since scan_begin. */
	int64_t open_at;  /* Where the last brace stands, by the same count. */
	int64_t key_at;   /* Where the last key's quote stands. */
};

/**
 * scan_begin(s, lines):
 * Start ${s} on a value of which no byte was seen.  With ${lines} it must not
 * hold a line feed.
 */
void scan_begin(struct scan * s, bool lines);

/**
 * scan_begin_tail(s):
 * Start ${s} inside of an object, behind one of its values.
 */
void scan_begin_tail(struct scan * s);

/**
 * scan_feed(s, bytes, len, used):
 * Scan on in ${len} ${bytes} and put into ${used} how many were used.  A number
 * or literal at the top ends before the byte behind it, and is done only when
 * that came.
 */
enum scan_result scan_feed(
    struct scan * s, const uint8_t * bytes, size_t len, size_t * used);

#endif
