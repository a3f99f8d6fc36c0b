#ifndef EVIDENCE_LINES_H
#define EVIDENCE_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"

/*
 * Cutting bytes that come in pieces into lines, each of which ends with an LF.
 * A line that lies in one piece is not copied.
 */
struct lines {
	size_t max;       /* Bytes of one line, without its LF. */
	struct buf carry; /* The beginning of a line from earlier pieces. */
	int64_t count;    /* Lines handed out. */
	int is_used;      /* carry holds the line handed out last. */
};

/**
 * lines_start(l, max):
 * Make ${l} ready for lines of at most ${max} bytes; lines_free ends it.
 */
void lines_start(struct lines * l, size_t max);

/**
 * lines_next(l, bytes, len, line, line_len, e):
 * Take the next line out of what is left of a piece, ${len} ${bytes}, both of
 * which move behind it, into ${line}, borrowed until the next call, and
 * ${line_len}, its LF not counted but standing behind it.  Return 1; 0 if the
 * piece is used up; or -1 with ${e} set if the line is too long.
 */
int lines_next(struct lines * l, const uint8_t ** bytes, size_t * len,
    const uint8_t ** line, size_t * line_len, struct err * e);

/**
 * lines_finish(l, e):
 * Say that nothing follows.  Return 0, or -1 with ${e} set if the last line had
 * no LF.
 */
int lines_finish(struct lines * l, struct err * e);

/**
 * lines_free(l):
 * Release what ${l} owns.
 */
void lines_free(struct lines * l);

#endif
