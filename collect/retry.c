#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "collect/retry.h"
#include "evidence/clock.h"
#include "evidence/text.h"

#define DAY_MS INT64_C(86400000)

static const struct retry_rule default_rule = {
	.tries_max = 20,
	.base_ms = 1000,
	.cap_ms = 60000,
	.after_cap_ms = 120000,
	.wait_max_ms = 900000,
	.run_tries_max = 100000,
};

const struct retry_rule *
retry_rule_default(void)
{
	return &default_rule;
}

/* The longest wait after ${tries} failures. */
static int64_t
longest_wait(const struct retry_rule * rule, int tries)
{
	int64_t wait = rule->base_ms;

	for (int i = 1; (i < tries) && (wait < rule->cap_ms); i++)
		wait *= 2;
	return (wait < rule->cap_ms) ? wait : rule->cap_ms;
}

bool
retry_next(const struct retry_rule * rule, struct retry_item * item,
    struct retry_run * run, int64_t after_ms, uint32_t chance,
    int64_t * wait_ms)
{
	int64_t wait;
	int64_t half;

	assert((rule->base_ms > 0) && (rule->cap_ms < INT64_MAX / 2));
	item->tries++;
	run->tries++;
	run->in_a_row++;
	if ((item->tries >= rule->tries_max) || retry_is_run_spent(rule, run))
		return false;
	wait = longest_wait(rule, item->tries);
	half = wait / 2;
	wait = half + (int64_t)(chance % (uint64_t)(wait - half + 1));
	if (after_ms > rule->after_cap_ms)
		after_ms = rule->after_cap_ms;
	if (after_ms > wait)
		wait = after_ms;
	if (wait > rule->wait_max_ms - item->waited_ms)
		return false;
	item->waited_ms += wait;
	run->again++;
	*wait_ms = wait;
	return true;
}

void
retry_success(struct retry_run * run)
{
	run->in_a_row = 0;
	if (run->tries > 0)
		run->tries--;
}

bool
retry_is_run_spent(const struct retry_rule * rule, const struct retry_run * run)
{
	return run->tries >= rule->run_tries_max;
}

int
retry_parse_after(const char * text, const char * date, int64_t * after_ms)
{
	struct err e;
	int64_t value;
	int64_t then;
	int64_t now;

	err_init(&e);
	if (text_parse_integer(text, strlen(text), &value) == 0) {
		if ((value < 0) || (value > DAY_MS / 1000))
			return -1;
		*after_ms = value * 1000;
		return 0;
	}
	if ((clock_parse_http(text, &then, &e) != 0) ||
	    (clock_parse_http(date, &now, &e) != 0))
		return -1;
	value = (then - now) / CLOCK_TICKS_PER_MS;
	if ((value < 0) || (value > DAY_MS))
		return -1;
	*after_ms = value;
	return 0;
}
