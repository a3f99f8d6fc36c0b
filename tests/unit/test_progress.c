#include <string.h>

#include "collect/progress.h"
#include "tests/unit/unit.h"

static void
progress_shows_ten_times_a_second_or_twice_a_minute(void)
{
	struct progress fast = { 0 };
	struct progress slow = { 0 };
	int shown[2] = { 0, 0 };

	for (int64_t now = 1; now <= 60000; now++) {
		shown[0] += progress_is_due(&fast, true, now) ? 1 : 0;
		shown[1] += progress_is_due(&slow, false, now) ? 1 : 0;
	}
	EXPECT(shown[0] == 600);
	EXPECT(shown[1] == 1);
}

static struct progress_now
fetching(int64_t done, int64_t total, int64_t bytes, int64_t bytes_total)
{
	struct progress_now now = { .phase = STATE_FETCHING,
		.done = done,
		.total = total,
		.bytes = bytes,
		.bytes_total = bytes_total };

	return now;
}

static void
progress_says_all_after_a_second(void)
{
	struct progress p = { 0 };
	struct progress_now now = fetching(0, 1000, 0, 2000000);
	char text[PROGRESS_TEXT_SIZE];

	progress_format(&p, &now, 5000, 200, text);
	EXPECT_TEXT(text, "fetching, 0/1000 blobs, 0 B of 2.00 MB");
	now = fetching(10, 1000, 20000, 2000000);
	progress_format(&p, &now, 5999, 200, text);
	EXPECT_TEXT(text, "fetching, 10/1000 blobs, 20.0 kB of 2.00 MB");
	now = fetching(100, 1000, 200000, 2000000);
	now.retries = 1;
	now.gaps = 12;
	progress_format(&p, &now, 15000, 200, text);
	EXPECT_TEXT(text,
	    "fetching, 100/1000 blobs, 200 kB of 2.00 MB, 20.0 kB/s, "
	    "0:01:30 left, 1 retry, 12 gaps");
}

static void
progress_takes_the_longer_of_blobs_and_bytes(void)
{
	struct progress p = { 0 };
	struct progress_now now = fetching(0, 10, 0, 100);
	char text[PROGRESS_TEXT_SIZE];

	progress_format(&p, &now, 1, 200, text);
	now = fetching(9, 10, 10, 100);
	progress_format(&p, &now, 10001, 200, text);
	EXPECT(strstr(text, ", 0:01:30 left") != NULL);
	now = fetching(1, 10, 99, 100);
	progress_format(&p, &now, 10001, 200, text);
	EXPECT(strstr(text, ", 0:01:30 left") != NULL);
	/* A large blob under way: no blob is done. */
	now = fetching(0, 1, 25, 100);
	progress_format(&p, &now, 10001, 200, text);
	EXPECT(strstr(text, ", 0:00:30 left") != NULL);
	/* What an earlier run did is no measure of this one. */
	now = fetching(10, 20, 0, 0);
	now.before = 9;
	progress_format(&p, &now, 10001, 200, text);
	EXPECT(strstr(text, ", 0:01:40 left") != NULL);
}

static void
progress_measures_each_phase_alone(void)
{
	struct progress p = { 0 };
	struct progress_now now = fetching(1, 2, 1000, 2000);
	char text[PROGRESS_TEXT_SIZE];

	now.phase = STATE_LISTING;
	now.total = PROGRESS_UNKNOWN;
	now.bytes = 0;
	now.bytes_total = PROGRESS_UNKNOWN;
	now.pages = 7;
	progress_format(&p, &now, 1, 200, text);
	EXPECT_TEXT(text, "listing, 1 blobs, 7 pages");
	now = fetching(1, 2, 1000, 2000);
	progress_format(&p, &now, 100000, 200, text);
	EXPECT_TEXT(text, "fetching, 1/2 blobs, 1.00 kB of 2.00 kB");
}

static void
progress_fits_any_width_without_a_part_that_is_cut(void)
{
	struct progress_now now =
	    fetching(INT64_C(900000000000), INT64_MAX, INT64_MAX, INT64_MAX);
	char whole[PROGRESS_TEXT_SIZE], text[PROGRESS_TEXT_SIZE];

	now.retries = INT64_MAX;
	now.gaps = INT64_MAX;
	for (size_t width = 0; width < 2 * PROGRESS_TEXT_SIZE; width++) {
		struct progress p = { .begun_ms = 1, .phase = STATE_FETCHING };
		char * part;

		progress_format(&p, &now, 2000, 1000, whole);
		progress_format(&p, &now, 2000, width, text);
		EXPECT(strlen(text) <= width);
		if (width < strlen("fetching"))
			continue;
		for (part = strtok(text, ","); part != NULL;
		     part = strtok(NULL, ","))
			EXPECT(strstr(whole, part) != NULL);
	}
	/* What matters most is what is left. */
	now = fetching(5, 10, 100, 1000);
	now.gaps = 1;
	for (size_t width = 60; width > 27; width--) {
		struct progress p = { .begun_ms = 1, .phase = STATE_FETCHING };

		progress_format(&p, &now, 2001, width, text);
		EXPECT(strncmp(text, "fetching, 5/10 blobs", 20) == 0);
		EXPECT(strstr(text, ", 1 gap") != NULL);
	}
}

int
main(void)
{
	RUN(progress_shows_ten_times_a_second_or_twice_a_minute);
	RUN(progress_says_all_after_a_second);
	RUN(progress_takes_the_longer_of_blobs_and_bytes);
	RUN(progress_measures_each_phase_alone);
	RUN(progress_fits_any_width_without_a_part_that_is_cut);
	return unit_failed;
}
