#include "collect/pace.h"
#include "tests/unit/unit.h"

static void
pace_halves_once_a_second_and_never_below_one(void)
{
	struct pace p;

	pace_init(&p, 16, 0, 0);
	EXPECT(pace_may(&p, 15, 0));
	EXPECT(!pace_may(&p, 16, 0));
	for (int i = 0; i < 16; i++)
		pace_answer(&p, true, false, 5);
	EXPECT(pace_may(&p, 7, 5));
	EXPECT(!pace_may(&p, 8, 5));
	for (int64_t at = 2000; at < 20000; at += 1000)
		pace_answer(&p, true, false, at);
	EXPECT(pace_may(&p, 0, 20000));
	EXPECT(!pace_may(&p, 1, 20000));
	EXPECT(p.smallest == PACE_UNIT);
	EXPECT(p.throttled == 16 + 18);
}

static void
pace_grows_by_one_in_a_window_of_good_answers(void)
{
	struct pace p;

	pace_init(&p, 8, 0, 0);
	pace_answer(&p, true, false, 1);
	for (int i = 0; i < 5; i++)
		pace_answer(&p, false, true, 2);
	EXPECT(pace_may(&p, 4, 2));
	EXPECT(!pace_may(&p, 5, 2));
	for (int i = 0; i < 1000; i++)
		pace_answer(&p, false, true, 2);
	EXPECT(pace_may(&p, 7, 2));
	EXPECT(!pace_may(&p, 8, 2));
	/* What is neither busy nor good changes nothing. */
	pace_answer(&p, false, false, 3);
	EXPECT(pace_may(&p, 7, 3));
}

static void
pace_keeps_the_rate_over_any_while(void)
{
	const int64_t rate = 1000000;
	struct pace p;
	int64_t sent = 0;

	pace_init(&p, 64, rate, 0);
	for (int64_t now = 0; now <= 60000; now++) {
		while (pace_may(&p, 0, now)) {
			pace_sent(&p, 70000);
			sent += 70000;
		}
	}
	EXPECT(sent <= rate * 60 + rate / 4 + 70000);
	EXPECT(sent >= rate * 59);
}

static void
pace_says_when_it_goes_on(void)
{
	struct pace p;
	int64_t due;

	pace_init(&p, 4, 1000, 0);
	EXPECT(pace_due(&p, 0) == 0);
	pace_sent(&p, 4250);
	due = pace_due(&p, 0);
	EXPECT((due >= 4000) && (due <= 4002));
	EXPECT(!pace_may(&p, 0, due - 5));
	EXPECT(pace_may(&p, 0, due + 1));
	/* A long sleep fills it once and no more. */
	EXPECT(pace_may(&p, 0, INT64_C(1) << 50));
	EXPECT(p.bucket == 250);
}

int
main(void)
{
	RUN(pace_halves_once_a_second_and_never_below_one);
	RUN(pace_grows_by_one_in_a_window_of_good_answers);
	RUN(pace_keeps_the_rate_over_any_while);
	RUN(pace_says_when_it_goes_on);
	return unit_failed;
}
