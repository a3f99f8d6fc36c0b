#include <stdio.h>
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
	EXPECT(n == 8);
	EXPECT(logs == (OPTIONS_LOGS_ALL & ~OPTIONS_LOGS_LA));
	EXPECT(scope_logs_of("insights-logs-auditevent") == 0);
	EXPECT(scope_logs_of("$logs") == OPTIONS_LOGS_CLASSIC);
	EXPECT(scope_logs_of("$web") == 0);
	EXPECT(scope_logs_of("am-appevents") == OPTIONS_LOGS_LA);
	EXPECT(scope_logs_of("am-") == 0);
	for (at = NULL, n = 0;; n++) {
		at = scope_next_kind(at);
		if (at == NULL)
			break;
	}
	EXPECT(n == 9);
}

/* From, to, kind, name of a blob or (ending with "/") a folder, its place. */
static const struct {
	const char * from;
	const char * to;
	enum kind kind;
	const char * name;
	enum scope_place place;
} spans[] = {
#define WEEK "2026-11-01T00:00:00Z", "2026-11-08T00:00:00Z"
#define R "resourceId=/SUBSCRIPTIONS/X/"
#define W "WorkspaceResourceId=/subscriptions/x/"
	{ WEEK, KIND_ACTIVITY, R "y=2025/", SCOPE_OUTSIDE },
	{ WEEK, KIND_ACTIVITY, R "y=2026/", SCOPE_PARTLY },
	{ WEEK, KIND_ACTIVITY, R "y=2027/", SCOPE_OUTSIDE },
	{ WEEK, KIND_ACTIVITY, R "y=2026/m=09/", SCOPE_OUTSIDE },
	/* Its last hour is within the margin. */
	{ WEEK, KIND_ACTIVITY, R "y=2026/m=10/", SCOPE_PARTLY },
	{ WEEK, KIND_ACTIVITY, R "y=2026/m=11/", SCOPE_PARTLY },
	{ WEEK, KIND_ACTIVITY, R "y=2026/m=12/", SCOPE_OUTSIDE },
	{ WEEK, KIND_ACTIVITY, R "y=2026/m=10/d=30/", SCOPE_OUTSIDE },
	{ WEEK, KIND_ACTIVITY, R "y=2026/m=10/d=31/", SCOPE_PARTLY },
	{ WEEK, KIND_ACTIVITY, R "y=2026/m=11/d=01/", SCOPE_INSIDE },
	{ WEEK, KIND_ACTIVITY, R "y=2026/m=11/d=07/", SCOPE_INSIDE },
	{ WEEK, KIND_ACTIVITY, R "y=2026/m=11/d=08/", SCOPE_PARTLY },
	{ WEEK, KIND_ACTIVITY, R "y=2026/m=11/d=09/", SCOPE_OUTSIDE },
	{ WEEK, KIND_ACTIVITY, R "y=2026/m=10/d=31/h=22/", SCOPE_OUTSIDE },
	{ WEEK, KIND_ACTIVITY, R "y=2026/m=10/d=31/h=23/", SCOPE_INSIDE },
	{ WEEK, KIND_ACTIVITY, R "y=2026/m=11/d=08/h=00/", SCOPE_INSIDE },
	{ WEEK, KIND_ACTIVITY, R "y=2026/m=11/d=08/h=01/", SCOPE_OUTSIDE },
	{ WEEK, KIND_ACTIVITY, R "y=2026/m=11/d=08/h=01/m=00/", SCOPE_OUTSIDE },
	{ WEEK, KIND_STORAGE_READ, R "y=2026/m=11/d=08/h=00/m=00/PT1H.json",
	    SCOPE_INSIDE },
	{ WEEK, KIND_STORAGE_WRITE, R "y=2026/m=11/d=08/h=01/m=00/PT1H.json",
	    SCOPE_OUTSIDE },
	{ WEEK, KIND_NSG_FLOW,
	    R "y=2026/m=10/d=31/h=23/m=00/macAddress=000D3A000001/PT1H.json",
	    SCOPE_INSIDE },
	{ WEEK, KIND_VNET_FLOW,
	    "flowLogResourceID=/X_NETWORKWATCHERRG/NETWORKWATCHER_E_F/"
	    "y=2026/m=10/d=31/h=22/m=00/macAddress=000D3A000001/PT1H.json",
	    SCOPE_OUTSIDE },
	{ WEEK, KIND_ACTIVITY_LEGACY,
	    "name=default/" R "y=2026/m=11/d=01/h=00/m=00/PT1H.json",
	    SCOPE_INSIDE },
	/* Exports: five minutes, and a day on each side. */
	{ WEEK, KIND_LA_EXPORT, W "y=2026/m=10/d=30/", SCOPE_OUTSIDE },
	{ WEEK, KIND_LA_EXPORT, W "y=2026/m=10/d=31/", SCOPE_INSIDE },
	{ WEEK, KIND_LA_EXPORT, W "y=2026/m=11/d=08/", SCOPE_INSIDE },
	{ WEEK, KIND_LA_EXPORT, W "y=2026/m=11/d=09/", SCOPE_OUTSIDE },
	{ "2026-11-02T12:02:00Z", NULL, KIND_LA_EXPORT,
	    W "y=2026/m=11/d=01/h=12/m=00/PT05M.json", SCOPE_INSIDE },
	{ "2026-11-02T12:05:00Z", NULL, KIND_LA_EXPORT,
	    W "y=2026/m=11/d=01/h=12/m=00/PT5M.json", SCOPE_OUTSIDE },
	{ "2026-11-02T12:05:00Z", NULL, KIND_LA_EXPORT,
	    W "y=2026/m=11/d=01/h=12/m=05/PT05M_3.json", SCOPE_INSIDE },
	/* Classic ones have other folders, and those of others mean nothing. */
	{ WEEK, KIND_CLASSIC, "blob/2026/", SCOPE_PARTLY },
	{ WEEK, KIND_CLASSIC, "blob/2025/", SCOPE_OUTSIDE },
	{ WEEK, KIND_CLASSIC, "table/2026/09/", SCOPE_OUTSIDE },
	{ WEEK, KIND_CLASSIC, "queue/2026/11/05/", SCOPE_INSIDE },
	{ WEEK, KIND_CLASSIC, "blob/2026/10/31/2200/", SCOPE_OUTSIDE },
	{ WEEK, KIND_CLASSIC, "blob/2026/10/31/2300/", SCOPE_INSIDE },
	{ WEEK, KIND_CLASSIC, "blob/2026/10/31/2300/000001.log", SCOPE_INSIDE },
	{ WEEK, KIND_CLASSIC, "blob/2026/10/31/2200/000001.log",
	    SCOPE_OUTSIDE },
	{ WEEK, KIND_CLASSIC, "blob/", SCOPE_UNPLACED },
	{ WEEK, KIND_CLASSIC, R "y=2020/", SCOPE_UNPLACED },
	{ WEEK, KIND_ACTIVITY, "blob/2020/01/01/0000/", SCOPE_UNPLACED },
	/* What says nothing. */
	{ WEEK, KIND_ACTIVITY, R, SCOPE_UNPLACED },
	{ WEEK, KIND_ACTIVITY, R "y=2020/x/", SCOPE_UNPLACED },
	{ WEEK, KIND_ACTIVITY, R "Y=2020/", SCOPE_UNPLACED },
	{ WEEK, KIND_ACTIVITY, R "y=20/", SCOPE_UNPLACED },
	{ WEEK, KIND_ACTIVITY, R "y=2020/m=13/", SCOPE_UNPLACED },
	{ WEEK, KIND_ACTIVITY, R "xy=2020/", SCOPE_UNPLACED },
	{ WEEK, KIND_ACTIVITY, R "m=10/", SCOPE_UNPLACED },
	{ WEEK, KIND_ACTIVITY, "/", SCOPE_UNPLACED },
	/* No bound on a side, and the ends of months and years. */
	{ "2027-01-01T00:00:00Z", NULL, KIND_ACTIVITY, R "y=2026/m=12/",
	    SCOPE_PARTLY },
	{ "2027-01-01T01:00:00Z", NULL, KIND_ACTIVITY, R "y=2026/m=12/",
	    SCOPE_OUTSIDE },
	{ NULL, "2024-02-29T00:00:00Z", KIND_ACTIVITY, R "y=2024/m=02/d=29/",
	    SCOPE_PARTLY },
	{ NULL, "2024-02-29T00:00:00Z", KIND_ACTIVITY, R "y=2023/",
	    SCOPE_INSIDE },
	{ NULL, NULL, KIND_ACTIVITY, R "y=2023/", SCOPE_INSIDE },
};

static void
scope_places_blobs_and_folders_of_each_kind_as_the_table_says(void)
{
	for (size_t i = 0; i < sizeof(spans) / sizeof(*spans); i++) {
		const char * name = spans[i].name;
		size_t len = strlen(name);
		struct scope_window w = { CLOCK_UNKNOWN, CLOCK_UNKNOWN };
		enum scope_place have;

		if (spans[i].from != NULL)
			w.from = moment(spans[i].from);
		if (spans[i].to != NULL)
			w.to = moment(spans[i].to);
		have = (name[len - 1] == '/')
		    ? scope_folder(&w, spans[i].kind, name, len)
		    : scope_place(&w, spans[i].kind, name, len);
		if (have != spans[i].place)
			printf("# %s\n", name);
		EXPECT(have == spans[i].place);
	}
}

int
main(void)
{
	RUN(scope_place_takes_an_hour_more_on_each_side_and_not_a_tick_beyond);
	RUN(scope_place_reads_the_month_and_the_minute_by_position);
	RUN(scope_place_keeps_what_it_cannot_place);
	RUN(scope_place_takes_a_day_around_an_export_that_is_filled_later);
	RUN(scope_is_open_until_a_quarter_of_an_hour_after_the_end);
	RUN(scope_places_blobs_and_folders_of_each_kind_as_the_table_says);
	RUN(scope_next_container_names_each_known_one_once_with_its_group);
	return unit_failed;
}
