#ifndef EVIDENCE_CLOCK_SAMPLE_H
#define EVIDENCE_CLOCK_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/document.h"
#include "evidence/err.h"
#include "evidence/json.h"

/*
 * A line of meta/clock.jsonl: what one answer says about our clock, as an
 * interval, and what the system says about its own synchronisation.  A Date
 * header has whole seconds, so an interval is never narrower than one.
 */
#define CLOCK_SAMPLE_LINE_MAX ((size_t)16 << 10) /* Bytes of one line. */

struct clock_sample {
	int64_t at;        /* When the answer was complete, by our clock. */
	const char * host; /* Who answered; NULL: only the local state. */
	const char * date; /* Its Date header as text. */
	bool has_skew;
	int64_t skew_lo_ms; /* Our clock minus theirs. */
	int64_t skew_hi_ms;
	const char * sync;    /* "synchronised", "unsynchronised", "unknown" */
	int64_t max_error_ms; /* The system's estimate; -1 for unknown. */
	int64_t monotonic_ms; /* To see a clock that was set meanwhile. */
	int64_t boot_ms;      /* As monotonic_ms, time asleep included. */

	struct document doc; /* Owned by a parsed one. */
};

/**
 * clock_sample_skew(sent, received, date, lo_ms, hi_ms):
 * Compute the interval of our clock minus the service's from the moments of
 * ours at which a request was ${sent} and its answer ${received}, and the
 * moment ${date}, a whole second, of the answer's Date: the service's clock
 * showed something in [date, date + 1 s) at a moment of ours in [sent,
 * received].  Both ends are rounded outwards.
 */
void clock_sample_skew(int64_t sent, int64_t received, int64_t date,
    int64_t * lo_ms, int64_t * hi_ms);

/**
 * clock_sample_local(sample):
 * Fill in what the system says about its clock now: at, sync, max_error_ms,
 * monotonic_ms and boot_ms of ${sample}.
 */
void clock_sample_local(struct clock_sample * sample);

/**
 * clock_sample_format(sample, out, e):
 * Append the line of ${sample}, with its LF, to ${out}.  Return 0, or -1 with
 * ${e} set.
 */
int clock_sample_format(
    const struct clock_sample * sample, struct buf * out, struct err * e);

/**
 * clock_sample_parse(bytes, len, sample, e):
 * Parse a line without its LF into ${sample}.  Return 0, and clock_sample_free
 * releases it, or -1 with ${e} set and ${sample} empty.
 */
int clock_sample_parse(const void * bytes, size_t len,
    struct clock_sample * sample, struct err * e);

/**
 * clock_sample_free(sample):
 * Release what a parsed ${sample} owns and make it zeros.
 */
void clock_sample_free(struct clock_sample * sample);

#endif
