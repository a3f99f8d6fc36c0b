#include "collect/clock_watch.h"
#include "evidence/clock.h"
#include "tests/unit/unit.h"

/* A look at wall clock, monotonic and boot clock, in milliseconds. */
static bool
look(struct clock_watch * w, int64_t wall_ms, int64_t monotonic_ms,
    int64_t boot_ms, int64_t * jump_ms, int64_t * asleep_ms)
{
	struct clock_watch now = { true, wall_ms * CLOCK_TICKS_PER_MS,
		monotonic_ms, boot_ms };

	return clock_watch_look(w, &now, jump_ms, asleep_ms);
}

static void
clock_watch_sees_a_clock_that_was_set_forth_or_back(void)
{
	struct clock_watch w = { 0 };
	int64_t jump, asleep;

	EXPECT(!look(&w, 1000000, 50, 70, &jump, &asleep));
	EXPECT(!look(&w, 1010000, 10050, 10070, &jump, &asleep));
	EXPECT(look(&w, 1010000 + 3600000, 10051, 10071, &jump, &asleep));
	EXPECT((jump == 3599999) && (asleep == 0));
	EXPECT(!look(&w, 1010000 + 3601000, 11051, 11071, &jump, &asleep));
	EXPECT(look(&w, 0, 12051, 12071, &jump, &asleep));
	EXPECT(jump == -4612000);
}

static void
clock_watch_tells_sleep_from_a_clock_that_was_set(void)
{
	struct clock_watch w = { 0 };
	int64_t jump, asleep;

	EXPECT(!look(&w, 1000000, 50, 70, &jump, &asleep));
	EXPECT(look(&w, 1600000, 1050, 600070, &jump, &asleep));
	EXPECT((jump == 0) && (asleep == 599000));
}

static void
clock_watch_lets_two_seconds_pass(void)
{
	struct clock_watch w = { 0 };
	int64_t jump, asleep;

	EXPECT(!look(&w, 0, 0, 0, &jump, &asleep));
	EXPECT(!look(&w, 2000, 0, 0, &jump, &asleep));
	EXPECT(jump == 2000);
	EXPECT(look(&w, 4001, 0, 0, &jump, &asleep));
	EXPECT(!look(&w, 2001, 0, 0, &jump, &asleep));
	EXPECT(look(&w, 0, 0, 0, &jump, &asleep));
	EXPECT(look(&w, 2001, 0, 2001, &jump, &asleep));
}

int
main(void)
{
	RUN(clock_watch_sees_a_clock_that_was_set_forth_or_back);
	RUN(clock_watch_tells_sleep_from_a_clock_that_was_set);
	RUN(clock_watch_lets_two_seconds_pass);
	return unit_failed;
}
