#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "evidence/text.h"
#include "timeline/event.h"

#include "timeline/when.h"

#define YEAR_ODD_BEFORE 2010 /* Older than any log that is read here. */
#define YEAR_ODD_AFTER 2100

static const char * const months[12] = { "Jan", "Feb", "Mar", "Apr", "May",
	"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char * const weekdays[7] = { "Monday", "Tuesday", "Wednesday",
	"Thursday", "Friday", "Saturday", "Sunday" };

/* A reading in progress. */
struct reading {
	const char * p;
	struct clock_date date;
	int offset; /* Minutes east of UTC. */
	int64_t resolution;
	unsigned int flags;
};

static bool
is_digit(char c)
{
	return (c >= '0') && (c <= '9');
}

/* Read ${least} to ${most} digits and step over them. */
static bool
take_number(struct reading * r, int least, int most, int * value)
{
	int n = 0;
	int v = 0;

	while ((n < most) && is_digit(r->p[n])) {
		v = v * 10 + (r->p[n] - '0');
		n++;
	}
	if (n < least)
		return false;
	r->p += n;
	*value = v;
	return true;
}

static bool
take_char(struct reading * r, char c)
{
	if (*r->p != c)
		return false;
	r->p++;
	return true;
}

/* Up to nine digits behind a point; ticks hold seven. */
static bool
take_fraction(struct reading * r)
{
	int n = 0;
	int v = 0;

	r->resolution = CLOCK_TICKS_PER_SECOND;
	for (; (n < 9) && is_digit(r->p[n]); n++) {
		if (n >= 7) {
			if (r->p[n] != '0')
				r->flags |= EVENT_FLAG_TIME_CUT;
			continue;
		}
		v = v * 10 + (r->p[n] - '0');
		r->resolution /= 10;
	}
	if ((n == 0) || is_digit(r->p[n]))
		return false;
	r->p += n;
	for (; n < 7; n++)
		v *= 10;
	r->date.tick = v;
	return true;
}

/* "hh:mm:ss" with a fraction or none; hours may have one digit. */
static bool
take_time(struct reading * r)
{
	r->resolution = CLOCK_TICKS_PER_SECOND;
	if (!take_number(r, 1, 2, &r->date.hour) || !take_char(r, ':') ||
	    !take_number(r, 2, 2, &r->date.minute) || !take_char(r, ':') ||
	    !take_number(r, 2, 2, &r->date.second))
		return false;
	return !take_char(r, '.') || take_fraction(r);
}

/* " AM" or " PM" turns the 12 hours into 24. */
static bool
take_half(struct reading * r)
{
	bool pm;

	if ((strncasecmp(r->p, " AM", 3) != 0) &&
	    (strncasecmp(r->p, " PM", 3) != 0))
		return true;
	pm = (r->p[1] == 'P') || (r->p[1] == 'p');
	if ((r->date.hour < 1) || (r->date.hour > 12))
		return false;
	r->date.hour = r->date.hour % 12 + (pm ? 12 : 0);
	r->p += 3;
	return true;
}

/* "Z", "GMT", "UTC", "+hh:mm", "+hhmm", each after a space or not; or none. */
static bool
take_zone(struct reading * r)
{
	static const char * const utc[] = { "Z", "GMT", "UTC" };
	int sign, hh, mm;

	(void)take_char(r, ' ');
	if (*r->p == '\0') {
		r->flags |= EVENT_FLAG_TIME_NO_ZONE;
		return r->p[-1] != ' ';
	}
	for (size_t i = 0; i < 3; i++) {
		if (strncasecmp(r->p, utc[i], strlen(utc[i])) == 0) {
			r->p += strlen(utc[i]);
			return true;
		}
	}
	if ((*r->p != '+') && (*r->p != '-'))
		return false;
	sign = (*r->p == '+') ? 1 : -1;
	r->p++;
	if (!take_number(r, 2, 2, &hh))
		return false;
	(void)take_char(r, ':');
	if (!take_number(r, 2, 2, &mm) || (hh > 23) || (mm > 59))
		return false;
	r->offset = sign * (hh * 60 + mm);
	if ((sign < 0) && (r->offset == 0))
		r->flags |= EVENT_FLAG_TIME_NO_ZONE; /* RFC 3339: not known. */
	return true;
}

/* "2024-08-19T18:00:06.8944384Z", "2025/09/16 13:11:22.6543210". */
static bool
read_iso(struct reading * r)
{
	char separator;

	if (!take_number(r, 4, 4, &r->date.year))
		return false;
	separator = *r->p;
	if ((separator != '-') && (separator != '/'))
		return false;
	if (!take_char(r, separator) || !take_number(r, 2, 2, &r->date.month) ||
	    !take_char(r, separator) || !take_number(r, 2, 2, &r->date.day))
		return false;
	if (!take_char(r, 'T') && !take_char(r, 't') && !take_char(r, ' '))
		return false;
	if (!is_digit(r->p[0]) || !is_digit(r->p[1]))
		return false;
	return take_time(r) && take_zone(r);
}

/* "05/28/2025 01:15:14", "1/9/2007, 10:41:00 AM +01:00". */
static bool
read_us(struct reading * r)
{
	if (!take_number(r, 1, 2, &r->date.month) || !take_char(r, '/') ||
	    !take_number(r, 1, 2, &r->date.day) || !take_char(r, '/') ||
	    !take_number(r, 4, 4, &r->date.year))
		return false;
	(void)take_char(r, ',');
	return take_char(r, ' ') && take_time(r) && take_half(r) &&
	    take_zone(r);
}

static bool
take_month(struct reading * r)
{
	for (int i = 0; i < 12; i++) {
		if (strncmp(r->p, months[i], 3) != 0)
			continue;
		r->date.month = i + 1;
		r->p += 3;
		return true;
	}
	return false;
}

/* "Mon Jun 26 2017 09:13:45 GMT+0200 (name of the zone)", as browsers do. */
static bool
read_browser(struct reading * r)
{
	size_t i = 0;

	while ((i < 7) && (strncmp(r->p, weekdays[i], 3) != 0))
		i++;
	if (i == 7)
		return false;
	r->p += 3;
	if (!take_char(r, ' ') || !take_month(r) || !take_char(r, ' ') ||
	    !take_number(r, 2, 2, &r->date.day) || !take_char(r, ' ') ||
	    !take_number(r, 4, 4, &r->date.year) || !take_char(r, ' ') ||
	    !take_time(r) || (strncmp(r->p, " GMT", 4) != 0))
		return false;
	r->p += 4;
	if (((*r->p != '+') && (*r->p != '-')) || !take_zone(r))
		return false;
	i = strlen(r->p);
	if ((i > 3) && (strncmp(r->p, " (", 2) == 0) && (r->p[i - 1] == ')'))
		r->p += i;
	return true;
}

/* "Tuesday, " or "Tue, ": which day it was is not compared. */
static bool
take_weekday(struct reading * r)
{
	for (size_t i = 0; i < 7; i++) {
		size_t len = strlen(weekdays[i]);

		if (strncmp(r->p, weekdays[i], 3) != 0)
			continue;
		if (strncmp(r->p, weekdays[i], len) == 0)
			r->p += len;
		else
			r->p += 3;
		return take_char(r, ',') && take_char(r, ' ');
	}
	return false;
}

/* "Tuesday, 09-Aug-11 21:13:26 GMT", "Tue, 09 Aug 2011 21:13:26 GMT". */
static bool
read_http(struct reading * r)
{
	char separator;

	if (!take_weekday(r) || !take_number(r, 2, 2, &r->date.day))
		return false;
	separator = *r->p;
	if (((separator != '-') && (separator != ' ')) ||
	    !take_char(r, separator))
		return false;
	if (!take_month(r) || !take_char(r, separator))
		return false;
	if (separator == ' ') {
		if (!take_number(r, 4, 4, &r->date.year))
			return false;
	} else {
		if (!take_number(r, 2, 2, &r->date.year))
			return false;
		r->date.year += (r->date.year >= 70) ? 1900 : 2000;
	}
	return take_char(r, ' ') && take_time(r) && take_zone(r);
}

static bool
finish(struct reading * r, struct when * w)
{
	struct clock_date date;
	struct err e;
	int64_t at;

	if (*r->p != '\0')
		return false;
	err_init(&e);
	if (r->date.second == 60) {
		r->date.second = 59;
		r->flags |= EVENT_FLAG_TIME_LEAP;
	}
	if (clock_from_date(&r->date, &at, &e) != 0)
		return false;
	if ((r->flags & EVENT_FLAG_TIME_LEAP) != 0)
		at += CLOCK_TICKS_PER_SECOND;
	at -= (int64_t)r->offset * 60 * CLOCK_TICKS_PER_SECOND;
	if (clock_to_date(at, &date) != 0)
		return false; /* The offset leads out of the years. */
	if ((date.year < YEAR_ODD_BEFORE) || (date.year > YEAR_ODD_AFTER))
		r->flags |= EVENT_FLAG_TIME_ODD;
	w->at = at;
	w->resolution = r->resolution;
	w->flags = r->flags;
	return true;
}

static int
refuse(struct when * w)
{
	w->at = CLOCK_UNKNOWN;
	w->resolution = EVENT_ABSENT;
	w->flags = EVENT_FLAG_TIME_BAD;
	return -1;
}

int
when_from_epoch(int64_t n, struct when * w)
{
	int64_t unit = CLOCK_TICKS_PER_SECOND;
	struct clock_date date;

	if ((n < 0) || (n >= WHEN_EPOCH_MAX))
		return refuse(w);
	if (n >= WHEN_MILLISECONDS_FROM)
		unit = CLOCK_TICKS_PER_MS;
	w->at = n * unit;
	w->resolution = unit;
	w->flags = 0;
	if (clock_to_date(w->at, &date) != 0)
		return refuse(w);
	if ((date.year < YEAR_ODD_BEFORE) || (date.year > YEAR_ODD_AFTER))
		w->flags = EVENT_FLAG_TIME_ODD;
	return 0;
}

int
when_parse(const char * text, struct when * w)
{
	static bool (*const forms[])(
	    struct reading *) = { read_iso, read_us, read_http, read_browser };
	static const struct reading nothing;
	struct reading r;
	int64_t n;

	if (text == NULL)
		return refuse(w);
	if (text_parse_integer(text, strlen(text), &n) == 0)
		return when_from_epoch(n, w);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		r = nothing;
		r.p = text;
		if (forms[i](&r) && finish(&r, w))
			return 0;
	}
	return refuse(w);
}
