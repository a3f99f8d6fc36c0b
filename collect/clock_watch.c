#include "evidence/clock.h"

#include "collect/clock_watch.h"

bool
clock_watch_look(struct clock_watch * w, const struct clock_watch * now,
    int64_t * jump_ms, int64_t * asleep_ms)
{
	bool is_first = !w->is_started;
	int64_t wall = (now->at - w->at) / CLOCK_TICKS_PER_MS;
	int64_t boot = now->boot_ms - w->boot_ms;
	int64_t monotonic = now->monotonic_ms - w->monotonic_ms;

	*w = *now;
	w->is_started = true;
	*jump_ms = 0;
	*asleep_ms = 0;
	if (is_first)
		return false;
	*jump_ms = wall - boot;
	*asleep_ms = boot - monotonic;
	return (*jump_ms > CLOCK_WATCH_MS) || (*jump_ms < -CLOCK_WATCH_MS) ||
	    (*asleep_ms > CLOCK_WATCH_MS);
}
