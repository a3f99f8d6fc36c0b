#ifndef COLLECT_LIFETIME_H
#define COLLECT_LIFETIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/service.h"

/*
 * How long the work will take, and whether the credentials live that long.
 * Pure but for its arguments.
 */
#define LIFETIME_BYTES_A_SECOND INT64_C(20000000) /* Assumed at first. */
#define LIFETIME_BLOBS_A_SECOND INT64_C(100)
#define LIFETIME_MEASURE_SECONDS 30 /* Before a rate is believed. */

/**
 * lifetime_estimate(blobs, bytes):
 * Return how many seconds ${blobs} blobs of ${bytes} bytes will take, at the
 * assumed rates: the longer of the two, at least 1.
 */
int64_t lifetime_estimate(int64_t blobs, int64_t bytes);

/**
 * lifetime_left(done, total, seconds):
 * Return how many seconds the rest of ${total} will take, ${done} of which took
 * ${seconds}; -1 if too little was seen to say.
 */
int64_t lifetime_left(int64_t done, int64_t total, int64_t seconds);

/**
 * lifetime_first_end(services, count, which):
 * Return when the first credential of the ${count} ${services} ends, and put
 * its index into ${which}; CLOCK_UNKNOWN with ${which} untouched if none says.
 */
int64_t lifetime_first_end(
    const struct service * services, size_t count, size_t * which);

#endif
