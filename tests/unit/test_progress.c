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

static void
progress_says_rate_and_rest_after_a_second(void)
{
	struct progress p = { 0 };
	char text[PROGRESS_TEXT_SIZE];

	progress_format(&p, 0, 1000, 5000, text);
	EXPECT_TEXT(text, "0 of 1000 blobs in this run");
	progress_format(&p, 10, 1000, 5999, text);
	EXPECT_TEXT(text, "10 of 1000 blobs in this run");
	progress_format(&p, 100, 1000, 15000, text);
	EXPECT_TEXT(
	    text, "100 of 1000 blobs in this run, 10/s, at most 0:01:30 left");
	progress_format(&p, 999999999, 999999999, 86405000, text);
	EXPECT(strstr(text, "at most 0:00:00 left") != NULL);
	progress_format(&p, 1, INT64_C(9007199254740992), 15000, text);
	EXPECT(strlen(text) < PROGRESS_TEXT_SIZE - 1);
}

int
main(void)
{
	RUN(progress_shows_ten_times_a_second_or_twice_a_minute);
	RUN(progress_says_rate_and_rest_after_a_second);
	return unit_failed;
}
