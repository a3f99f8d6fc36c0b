#ifndef TIMELINE_WHEN_H
#define TIMELINE_WHEN_H

#include <stdint.h>

#include "evidence/clock.h"

/*
 * The times that logs write, to ticks.  The text is kept by the caller; what
 * had to be assumed about it is said in flags (EVENT_FLAG_TIME_...).
 *
 *	2024-08-19T18:00:06.8944384Z    also with " ", "t", "z", "+hh:mm",
 *	                                "+hhmm", no zone, 0 to 9 digits
 *	2025/09/16 13:11:22.6543210     no zone
 *	05/28/2025 01:15:14             month first: US, no zone
 *	1/9/2007 10:41:00 AM +01:00     12 hours, with or without zone
 *	5/1/2024, 10:00:00.123 PM       as portals write it into tables
 *	Mon Jun 26 2017 09:13:45 GMT+0200 (Central European Summer Time)
 *	Tuesday, 09-Aug-11 21:13:26 GMT and  Tue, 09 Aug 2011 21:13:26 GMT
 *	1724090346, 1724090346894       seconds or milliseconds, by size
 *
 * Refused: 24:00, days a month does not have, the years 0 and 10000, anything
 * behind the time.  Two-digit years are 1970 to 2069.
 */
struct when {
	int64_t at;         /* CLOCK_UNKNOWN if it could not be read. */
	int64_t resolution; /* Ticks of the last place written. */
	unsigned int flags;
};

/* A number from here on is milliseconds: as seconds, the year 5138. */
#define WHEN_MILLISECONDS_FROM INT64_C(100000000000)
/* And from here on it is no time at all: as milliseconds, the year 5138. */
#define WHEN_EPOCH_MAX INT64_C(100000000000000)

/**
 * when_parse(text, w):
 * Read ${text} into ${w}.  Return 0, or -1 with ${w} unknown and flagged
 * EVENT_FLAG_TIME_BAD.
 */
int when_parse(const char * text, struct when * w);

/**
 * when_from_epoch(n, w):
 * Take ${n} for seconds or milliseconds since 1970, by its size.  Return as
 * when_parse.
 */
int when_from_epoch(int64_t n, struct when * w);

#endif
