#include <string.h>

#include "evidence/clock.h"

#include "collect/options.h"
#include "collect/scope.h"

#include "tests/unit/unit.h"

#define HOUR (3600 * CLOCK_TICKS_PER_SECOND)
#define BLOB "resourceId=/SUBSCRIPTIONS/X/y=2026/m=11/d=01/h=22/m=00/PT1H.json"

static int64_t
moment(const char * text)
{
	struct err e;
	int64_t at = CLOCK_UNKNOWN;

	err_init(&e);
	EXPECT(clock_parse(text, &at, &e) == 0);
	return at;
}

static enum scope_place
place(const char * from, const char * to, const char * blob)
{
	struct scope_window w = { CLOCK_UNKNOWN, CLOCK_UNKNOWN };

	if (from != NULL)
		w.from = moment(from);
	if (to != NULL)
		w.to = moment(to);
	return scope_place(&w, KIND_ACTIVITY, blob, strlen(blob));
}

static void
scope_place_takes_an_hour_more_on_each_side_and_not_a_tick_beyond(void)
{
	/* The blob is about 22:00 to 23:00. */
	EXPECT(
	    place("2026-11-01T23:59:59.9999999Z", NULL, BLOB) == SCOPE_INSIDE);
	EXPECT(place("2026-11-02T00:00:00Z", NULL, BLOB) == SCOPE_OUTSIDE);
	EXPECT(
	    place(NULL, "2026-11-01T21:00:00.0000001Z", BLOB) == SCOPE_INSIDE);
	EXPECT(place(NULL, "2026-11-01T21:00:00Z", BLOB) == SCOPE_OUTSIDE);
	EXPECT(place("2026-11-01T22:10:00Z", "2026-11-01T22:20:00Z", BLOB) ==
	    SCOPE_INSIDE);
	EXPECT(place(NULL, NULL, BLOB) == SCOPE_INSIDE);
}

static void
scope_place_reads_the_month_and_the_minute_by_position(void)
{
	EXPECT(place("2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z",
		   "y=2026/m=02/d=01/h=05/m=12/PT1H.json") == SCOPE_INSIDE);
	EXPECT(place("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z",
		   "y=2026/m=02/d=01/h=05/m=12/PT1H.json") == SCOPE_OUTSIDE);
}

static void
scope_place_keeps_what_it_cannot_place(void)
{
	static const char * const names[] = { "x.json", "",
		"y=2026/m=13/d=01/h=00/m=00/PT1H.json",
		"y=2026/m=02/d=30/h=00/m=00/PT1H.json",
		"y=2026/m=11/d=01/h=24/m=00/PT1H.json",
		"y=2026/m=11/d=01/PT1H.json", "y=26/m=1/d=1/h=1/m=0/PT1H.json",
		"\xff\xfe" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		EXPECT(place("2001-01-01T00:00:00Z", "2001-01-02T00:00:00Z",
			   names[i]) == SCOPE_UNPLACED);
}

static void
scope_place_takes_a_day_around_an_export_that_is_filled_later(void)
{
	struct scope_window w = { moment("2026-11-02T21:00:00Z"),
		CLOCK_UNKNOWN };

	EXPECT(scope_place(&w, KIND_LA_EXPORT, BLOB, strlen(BLOB)) ==
	    SCOPE_INSIDE);
	w.from = moment("2026-11-02T23:00:00Z");
	EXPECT(scope_place(&w, KIND_LA_EXPORT, BLOB, strlen(BLOB)) ==
	    SCOPE_OUTSIDE);
}

static void
scope_is_open_until_a_quarter_of_an_hour_after_the_end(void)
{
	int64_t end = moment("2026-11-01T23:00:00Z");

	EXPECT(scope_is_open(KIND_ACTIVITY, BLOB, strlen(BLOB), end - 1));
	EXPECT(scope_is_open(
	    KIND_ACTIVITY, BLOB, strlen(BLOB), end + HOUR / 4 - 1));
	EXPECT(
	    !scope_is_open(KIND_ACTIVITY, BLOB, strlen(BLOB), end + HOUR / 4));
	EXPECT(!scope_is_open(KIND_ACTIVITY, "x", 1, end));
}

static void
scope_next_container_names_each_known_one_once_with_its_group(void)
{
	const struct scope_container * at = NULL;
	unsigned logs = 0;
	size_t n = 0;

	for (;;) {
		at = scope_next_container(at);
		if (at == NULL)
			break;
		n++;
		logs |= at->logs;
		EXPECT(scope_logs_of(at->name) == at->logs);
		EXPECT(kind_of_container(at->name) != KIND_OTHER);
	}
	EXPECT(n == 7);
	EXPECT(logs == OPTIONS_LOGS_ALL);
	EXPECT(scope_logs_of("insights-logs-auditevent") == 0);
	EXPECT(scope_logs_of("$logs") == 0);
}

int
main(void)
{
	RUN(scope_place_takes_an_hour_more_on_each_side_and_not_a_tick_beyond);
	RUN(scope_place_reads_the_month_and_the_minute_by_position);
	RUN(scope_place_keeps_what_it_cannot_place);
	RUN(scope_place_takes_a_day_around_an_export_that_is_filled_later);
	RUN(scope_is_open_until_a_quarter_of_an_hour_after_the_end);
	RUN(scope_next_container_names_each_known_one_once_with_its_group);
	return unit_failed;
}
