#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "evidence/clock.h"

static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char weekdays[7][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue",
	"Wed" }; /* 1970-01-01: Thu. */

#define SECONDS_PER_DAY INT64_C(86400)
#define FIRST_SECOND INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define LAST_SECOND INT64_C(253402300799)  /* 9999-12-31T23:59:59Z */

static bool
is_leap(int year)
{
	return ((year % 4 == 0) && (year % 100 != 0)) || (year % 400 == 0);
}

static int
days_in_month(int year, int month)
{
	static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };

	return ((month == 2) && is_leap(year)) ? 29 : days[month - 1];
}

/* Days from 1970-01-01 to a date of the proleptic Gregorian calendar. */
static int64_t
days_from_date(int year, int month, int day)
{
	int64_t y = (month <= 2) ? year - 1 : year;
	int64_t era = ((y >= 0) ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy =
	    (153 * (month + ((month > 2) ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

int64_t
clock_now(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_REALTIME, &ts) != 0)
		return CLOCK_UNKNOWN;
	return (int64_t)ts.tv_sec * CLOCK_TICKS_PER_SECOND + ts.tv_nsec / 100;
}

int64_t
clock_monotonic_ms(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_MONOTONIC, &ts) != 0)
		return 0;
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int
clock_from_date(const struct clock_date * date, int64_t * at, struct err * e)
{
	int64_t seconds;

	if ((date->year < 1) || (date->year > 9999) || (date->month < 1) ||
	    (date->month > 12) || (date->day < 1) ||
	    (date->day > days_in_month(date->year, date->month)) ||
	    (date->hour < 0) || (date->hour > 23) || (date->minute < 0) ||
	    (date->minute > 59) || (date->second < 0) || (date->second > 59) ||
	    (date->tick < 0) || (date->tick > 9999999)) {
		err_set(e, ERR_INPUT, NULL, "no such date or time of day");
		return -1;
	}
	seconds = days_from_date(date->year, date->month, date->day) *
	    SECONDS_PER_DAY;
	seconds += date->hour * 3600 + date->minute * 60 + date->second;
	*at = seconds * CLOCK_TICKS_PER_SECOND + date->tick;
	return 0;
}

int
clock_to_date(int64_t at, struct clock_date * date)
{
	int64_t seconds = at / CLOCK_TICKS_PER_SECOND;
	int64_t tick = at % CLOCK_TICKS_PER_SECOND;
	int64_t days, rest, z, era, doe, yoe, doy, mp;

	if (tick < 0) {
		tick += CLOCK_TICKS_PER_SECOND;
		seconds--;
	}
	if ((at == CLOCK_UNKNOWN) || (seconds < FIRST_SECOND) ||
	    (seconds > LAST_SECOND))
		return -1;
	days = seconds / SECONDS_PER_DAY;
	rest = seconds % SECONDS_PER_DAY;
	if (rest < 0) {
		rest += SECONDS_PER_DAY;
		days--;
	}
	z = days + 719468;
	era = z / 146097; /* z is positive from the year 1 on. */
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	date->day = (int)(doy - (153 * mp + 2) / 5 + 1);
	date->month = (int)((mp < 10) ? mp + 3 : mp - 9);
	date->year = (int)(yoe + era * 400 + ((date->month <= 2) ? 1 : 0));
	date->hour = (int)(rest / 3600);
	date->minute = (int)(rest / 60 % 60);
	date->second = (int)(rest % 60);
	date->tick = (int)tick;
	return 0;
}

/* Read exactly ${n} digits at ${*p} into ${value} and step over them. */
static bool
take_digits(const char ** p, int n, int * value)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		char c = (*p)[i];

		if ((c < '0') || (c > '9'))
			return false;
		v = v * 10 + (c - '0');
	}
	*p += n;
	*value = v;
	return true;
}

static bool
take_char(const char ** p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* Read a fraction of one to seven digits into ticks. */
static bool
take_fraction(const char ** p, int * tick)
{
	int n = 0;
	int v = 0;

	while (((*p)[n] >= '0') && ((*p)[n] <= '9') && (n < 7)) {
		v = v * 10 + ((*p)[n] - '0');
		n++;
	}
	if (n == 0)
		return false;
	*p += n;
	for (; n < 7; n++)
		v *= 10;
	*tick = v;
	return true;
}

/* Read "Z", "+hh:mm" or "-hh:mm" into minutes east of UTC. */
static bool
take_offset(const char ** p, int * minutes)
{
	int sign, hh, mm;

	*minutes = 0;
	if (take_char(p, 'Z'))
		return true;
	if ((**p != '+') && (**p != '-'))
		return false;
	sign = (**p == '+') ? 1 : -1;
	(*p)++;
	if (!take_digits(p, 2, &hh) || !take_char(p, ':') ||
	    !take_digits(p, 2, &mm) || (hh > 23) || (mm > 59))
		return false;
	*minutes = sign * (hh * 60 + mm);
	return true;
}

int
clock_parse(const char * text, int64_t * at, struct err * e)
{
	struct clock_date d = { 0 };
	const char * p = text;
	int offset = 0;
	int64_t moment;

	if (!take_digits(&p, 4, &d.year) || !take_char(&p, '-') ||
	    !take_digits(&p, 2, &d.month) || !take_char(&p, '-') ||
	    !take_digits(&p, 2, &d.day) || !take_char(&p, 'T') ||
	    !take_digits(&p, 2, &d.hour) || !take_char(&p, ':') ||
	    !take_digits(&p, 2, &d.minute) || !take_char(&p, ':') ||
	    !take_digits(&p, 2, &d.second))
		goto refuse;
	if (take_char(&p, '.') && !take_fraction(&p, &d.tick))
		goto refuse;
	if (!take_offset(&p, &offset) || (*p != '\0'))
		goto refuse;
	if (clock_from_date(&d, &moment, e) != 0) {
		err_in(e, "%.40s", text);
		return -1;
	}
	*at = moment - (int64_t)offset * 60 * CLOCK_TICKS_PER_SECOND;
	return 0;

refuse:
	err_set(e, ERR_INPUT, NULL, "not an RFC 3339 time: %.40s", text);
	return -1;
}

/* Find a three-letter name at ${*p} in ${table} of ${n} and step over it. */
static bool
take_name(const char ** p, const char table[][4], int n, int * which)
{
	for (int i = 0; i < n; i++) {
		if (strncmp(*p, table[i], 3) == 0) {
			*which = i;
			*p += 3;
			return true;
		}
	}
	return false;
}

int
clock_parse_http(const char * text, int64_t * at, struct err * e)
{
	struct clock_date d = { 0 };
	const char * p = text;
	int weekday, month;

	if (!take_name(&p, weekdays, 7, &weekday) || !take_char(&p, ',') ||
	    !take_char(&p, ' ') || !take_digits(&p, 2, &d.day) ||
	    !take_char(&p, ' ') || !take_name(&p, months, 12, &month) ||
	    !take_char(&p, ' ') || !take_digits(&p, 4, &d.year) ||
	    !take_char(&p, ' ') || !take_digits(&p, 2, &d.hour) ||
	    !take_char(&p, ':') || !take_digits(&p, 2, &d.minute) ||
	    !take_char(&p, ':') || !take_digits(&p, 2, &d.second) ||
	    (strcmp(p, " GMT") != 0)) {
		err_set(e, ERR_INPUT, NULL, "not an HTTP date: %.40s", text);
		return -1;
	}
	d.month = month + 1;
	return clock_from_date(&d, at, e);
}

/* ${value} in ${count} digits at ${p}; return the place behind them. */
static char *
put_digits(char * p, int value, int count)
{
	for (int i = count - 1; i >= 0; i--) {
		p[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return p + count;
}

/* Every row has some of these: no printf. */
void
clock_format(int64_t at, char text[CLOCK_TEXT_SIZE])
{
	struct clock_date d;
	char * p;

	if (clock_to_date(at, &d) != 0) {
		(void)snprintf(text, CLOCK_TEXT_SIZE, "unknown");
		return;
	}
	p = put_digits(text, d.year, 4);
	*p++ = '-';
	p = put_digits(p, d.month, 2);
	*p++ = '-';
	p = put_digits(p, d.day, 2);
	*p++ = 'T';
	p = put_digits(p, d.hour, 2);
	*p++ = ':';
	p = put_digits(p, d.minute, 2);
	*p++ = ':';
	p = put_digits(p, d.second, 2);
	*p++ = '.';
	p = put_digits(p, d.tick, 7);
	*p++ = 'Z';
	*p = '\0';
}

void
clock_format_http(int64_t at, char text[CLOCK_TEXT_SIZE])
{
	struct clock_date d;
	int64_t days;

	if (clock_to_date(at, &d) != 0) {
		(void)snprintf(text, CLOCK_TEXT_SIZE, "unknown");
		return;
	}
	days = days_from_date(d.year, d.month, d.day) % 7;
	(void)snprintf(text, CLOCK_TEXT_SIZE,
	    "%s, %02d %s %04d %02d:%02d:%02d GMT",
	    weekdays[(days < 0) ? days + 7 : days], d.day, months[d.month - 1],
	    d.year, d.hour, d.minute, d.second);
}

void
clock_format_compact(int64_t at, char text[CLOCK_TEXT_SIZE])
{
	struct clock_date d;

	if (clock_to_date(at, &d) != 0) {
		(void)snprintf(text, CLOCK_TEXT_SIZE, "unknown");
		return;
	}
	(void)snprintf(text, CLOCK_TEXT_SIZE, "%04d%02d%02dt%02d%02d%02dz",
	    d.year, d.month, d.day, d.hour, d.minute, d.second);
}
