#include "evidence/clock.h"

#include "collect/lifetime.h"

int64_t
lifetime_estimate(int64_t blobs, int64_t bytes)
{
	int64_t by_blobs = blobs / LIFETIME_BLOBS_A_SECOND;
	int64_t by_bytes = bytes / LIFETIME_BYTES_A_SECOND;

	return 1 + ((by_blobs > by_bytes) ? by_blobs : by_bytes);
}

int64_t
lifetime_left(int64_t done, int64_t total, int64_t seconds)
{
	if ((done <= 0) || (seconds < LIFETIME_MEASURE_SECONDS))
		return -1;
	if (done >= total)
		return 0;
	/* As a float: a product of the three may not fit. */
	return (
	    int64_t)((double)(total - done) / (double)done * (double)seconds);
}

int64_t
lifetime_first_end(
    const struct service * services, size_t count, size_t * which)
{
	int64_t first = CLOCK_UNKNOWN;

	for (size_t i = 0; i < count; i++) {
		int64_t ends = credential_shape(services[i].credential)->ends;

		if ((ends == CLOCK_UNKNOWN) ||
		    ((first != CLOCK_UNKNOWN) && (ends >= first)))
			continue;
		first = ends;
		*which = i;
	}
	return first;
}
