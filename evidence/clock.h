#ifndef EVIDENCE_CLOCK_H
#define EVIDENCE_CLOCK_H

#include <stdint.h>

#include "evidence/err.h"

/*
 * A moment is an int64_t of 100 ns ticks since 1970-01-01T00:00:00Z, which is
 * Azure's own resolution and wide enough for the years 0001 and 9999 that it
 * writes for "never".  UTC only; leap seconds as POSIX has them (none).
 */
#define CLOCK_UNKNOWN INT64_MIN
#define CLOCK_TICKS_PER_SECOND INT64_C(10000000)
#define CLOCK_TICKS_PER_MS INT64_C(10000)
#define CLOCK_TEXT_SIZE 32 /* "2026-11-01T22:00:00.0000000Z" and a NUL. */

/* Calendar parts of a moment. */
struct clock_date {
	int year;  /* 1 to 9999 */
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
	int hour;
	int minute;
	int second;
	int tick; /* 0 to 9999999 */
};

/**
 * clock_now():
 * Return the present moment by the system's real-time clock.
 */
int64_t clock_now(void);

/**
 * clock_monotonic_ms():
 * Return milliseconds of a clock that is never set: for durations only.
 */
int64_t clock_monotonic_ms(void);

/**
 * clock_parse(text, at, e):
 * Parse the RFC 3339 stamp ${text} into ${at}.  Accept "Z" and numeric offsets
 * and up to seven digits of fraction; refuse everything else.  Return 0, or -1
 * with ${e} set and ${at} untouched.
 */
int clock_parse(const char * text, int64_t * at, struct err * e);

/**
 * clock_parse_http(text, at, e):
 * Parse an HTTP date ("Sun, 06 Nov 1994 08:49:37 GMT", RFC 9110 5.6.7, the
 * first form only) into ${at}.  Return 0, or -1 with ${e} set and ${at}
 * untouched.
 */
int clock_parse_http(const char * text, int64_t * at, struct err * e);

/**
 * clock_format(at, text):
 * Write ${at} as "YYYY-MM-DDThh:mm:ss.fffffffZ".  A moment outside the years
 * 0001 to 9999, or CLOCK_UNKNOWN, is written as "unknown".
 */
void clock_format(int64_t at, char text[CLOCK_TEXT_SIZE]);

/**
 * clock_format_http(at, text):
 * Write ${at}, cut to the second, as an HTTP date.  Only for years 0001 to
 * 9999.
 */
void clock_format_http(int64_t at, char text[CLOCK_TEXT_SIZE]);

/**
 * clock_format_compact(at, text):
 * Write ${at}, cut to the second, as "yyyymmddthhmmssz", for package names.
 */
void clock_format_compact(int64_t at, char text[CLOCK_TEXT_SIZE]);

/**
 * clock_from_date(date, at, e):
 * Compute the moment ${at} of ${date}.  Return 0, or -1 with ${e} set if a part
 * is out of range (a day the month does not have, 24:00, a second of 60).
 */
int clock_from_date(
    const struct clock_date * date, int64_t * at, struct err * e);

/**
 * clock_to_date(at, date):
 * Take ${at} apart into ${date}.  Return 0, or -1 if it is outside the years
 * 0001 to 9999.
 */
int clock_to_date(int64_t at, struct clock_date * date);

#endif
