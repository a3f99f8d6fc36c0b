#include "collect/pace.h"

void
pace_init(struct pace * p, size_t max, int64_t rate, int64_t now_ms)
{
	p->max = max;
	p->window = (int64_t)max * PACE_UNIT;
	p->smallest = p->window;
	p->throttled = 0;
	p->calm_until = now_ms;
	p->rate = rate;
	p->bucket = rate * PACE_BURST_MS / 1000;
	p->filled_at = now_ms;
}

/* Let the bucket fill for the time that has passed. */
static void
fill(struct pace * p, int64_t now_ms)
{
	int64_t most = p->rate * PACE_BURST_MS / 1000;
	int64_t passed = now_ms - p->filled_at;

	if (passed <= 0)
		return;
	/* After a long pause it is full; so nothing here can overflow. */
	if (passed > 3600000)
		passed = 3600000;
	p->bucket += p->rate * passed / 1000;
	if (p->bucket > most)
		p->bucket = most;
	p->filled_at = now_ms;
}

bool
pace_may(struct pace * p, size_t in_flight, int64_t now_ms)
{
	if ((int64_t)in_flight >= p->window / PACE_UNIT)
		return false;
	return pace_due(p, now_ms) == 0;
}

void
pace_sent(struct pace * p, int64_t bytes)
{
	if (p->rate > 0)
		p->bucket -= bytes;
}

void
pace_answer(struct pace * p, bool is_busy, bool is_good, int64_t now_ms)
{
	if (is_busy) {
		p->throttled++;
		if (now_ms < p->calm_until)
			return;
		p->window /= 2;
		if (p->window < PACE_UNIT)
			p->window = PACE_UNIT;
		if (p->window < p->smallest)
			p->smallest = p->window;
		p->calm_until = now_ms + PACE_REST_MS;
	} else if (is_good) {
		p->window += (int64_t)PACE_UNIT * PACE_UNIT / p->window;
		if (p->window > (int64_t)p->max * PACE_UNIT)
			p->window = (int64_t)p->max * PACE_UNIT;
	}
}

int64_t
pace_due(struct pace * p, int64_t now_ms)
{
	if (p->rate == 0)
		return 0;
	fill(p, now_ms);
	return (p->bucket > 0) ? 0 : -p->bucket * 1000 / p->rate + 1;
}
