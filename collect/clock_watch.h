#ifndef COLLECT_CLOCK_WATCH_H
#define COLLECT_CLOCK_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Sees that the clock was set, or that the machine slept, by three clocks that
 * are looked at together: the wall clock, the monotonic one, which is never set
 * and stands still in sleep, and the boot clock, which is never set and goes on
 * in sleep.  Pure: what they show is passed in.
 */
#define CLOCK_WATCH_MS 2000 /* Less is drift or a slow look. */

/* Starts as zeros. */
struct clock_watch {
	bool is_started;
	int64_t at; /* By the wall clock, when it was last looked at. */
	int64_t monotonic_ms;
	int64_t boot_ms;
};

/**
 * clock_watch_look(w, now, jump_ms, asleep_ms):
 * Compare ${now} with the look before, which it replaces in ${w}.  Put by how
 * much the wall clock was set meanwhile into ${jump_ms} and how long the machine
 * slept into ${asleep_ms}.  Return whether either is over CLOCK_WATCH_MS; false
 * at the first look.
 */
bool clock_watch_look(struct clock_watch * w, const struct clock_watch * now,
    int64_t * jump_ms, int64_t * asleep_ms);

#endif
