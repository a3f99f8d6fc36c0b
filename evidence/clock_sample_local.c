/* clock_gettime(CLOCK_BOOTTIME) and adjtimex are beyond POSIX. */
#define _GNU_SOURCE

#include <sys/timex.h>
#include <time.h>

#include "evidence/clock.h"
#include "evidence/clock_sample.h"

void
clock_sample_local(struct clock_sample * sample)
{
	struct timex t = { 0 };
	struct timespec ts = { 0 };
	int state = adjtimex(&t);

	sample->at = clock_now();
	sample->monotonic_ms = clock_monotonic_ms();
	sample->boot_ms = sample->monotonic_ms;
	if (clock_gettime(CLOCK_BOOTTIME, &ts) == 0)
		sample->boot_ms =
		    (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
	sample->max_error_ms = -1;
	if (state < 0) {
		sample->sync = "unknown";
	} else if ((state == TIME_ERROR) || ((t.status & STA_UNSYNC) != 0)) {
		sample->sync = "unsynchronised";
	} else {
		sample->sync = "synchronised";
		sample->max_error_ms = (int64_t)t.maxerror / 1000;
	}
}
