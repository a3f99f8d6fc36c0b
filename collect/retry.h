#ifndef COLLECT_RETRY_H
#define COLLECT_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How long to wait before asking again, and when to give up.  Pure: time and
 * chance are passed in.
 *
 * Try n (from 1) that failed is followed by a wait drawn evenly from
 * [w/2, w], w = min(cap_ms, base_ms * 2^(n-1)); a Retry-After of the service
 * makes it at least that long, but never longer than after_cap_ms.  A blob
 * has tries_max tries and wait_max_ms of waiting; a run has run_tries_max
 * retries in all, so that a service that is down ends a run and does not keep
 * it for days.
 */
struct retry_rule {
	int tries_max;         /* 20, as azcopy */
	int64_t base_ms;       /* 1000 */
	int64_t cap_ms;        /* 60000 */
	int64_t after_cap_ms;  /* 120000 */
	int64_t wait_max_ms;   /* 900000 of waiting for one thing */
	int64_t run_tries_max; /* 100000; one success gives one back */
	bool is_asked; /* Somebody said so: first contact is no exception. */
};

/* One thing that is asked for.  Starts as zeros. */
struct retry_item {
	int tries; /* That failed. */
	int64_t waited_ms;
};

/* All things of a run.  Starts as zeros. */
struct retry_run {
	int64_t tries;
	int64_t in_a_row; /* Failures since the last success. */
	int64_t again;    /* Tries that were, or will be, followed by one. */
};

/**
 * retry_rule_default():
 * Return the rule of the numbers above.
 */
const struct retry_rule * retry_rule_default(void);

/**
 * retry_next(rule, item, run, after_ms, chance, wait_ms):
 * A try of ${item} failed; the service asked for ${after_ms} (-1: it did not
 * say); ${chance} is any 32 random bits.  Count it and put the wait before the
 * next try into ${wait_ms}.  Return true, or false with ${wait_ms} untouched
 * when the tries, the waiting or the run's tries are used up.
 */
bool retry_next(const struct retry_rule * rule, struct retry_item * item,
    struct retry_run * run, int64_t after_ms, uint32_t chance,
    int64_t * wait_ms);

/**
 * retry_success(run):
 * Note that something was got: the run's count of failures in a row ends, and
 * one retry is given back.
 */
void retry_success(struct retry_run * run);

/**
 * retry_is_run_spent(rule, run):
 * Return whether the run as a whole should stop (ERR_AGAIN).
 */
bool retry_is_run_spent(
    const struct retry_rule * rule, const struct retry_run * run);

/**
 * retry_parse_after(text, date, after_ms):
 * Read a Retry-After header ${text}: seconds, or an HTTP date that is compared
 * with the answer's own Date header ${date}.  Return 0, or -1 with ${after_ms}
 * untouched if it is neither, negative, or over a day.
 */
int retry_parse_after(const char * text, const char * date, int64_t * after_ms);

#endif
