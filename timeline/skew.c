#include "evidence/clock_sample.h"

#include "timeline/skew.h"

static int
take_line(void * cookie, const uint8_t * line, size_t len, struct err * e)
{
	struct skew * skew = cookie;
	struct clock_sample sample;

	if (clock_sample_parse(line, len, &sample, e) != 0)
		return -1;
	if (sample.has_skew) {
		if (!skew->is_known || (sample.skew_lo_ms < skew->lo_ms))
			skew->lo_ms = sample.skew_lo_ms;
		if (!skew->is_known || (sample.skew_hi_ms > skew->hi_ms))
			skew->hi_ms = sample.skew_hi_ms;
		skew->is_known = true;
	}
	clock_sample_free(&sample);
	return 0;
}

int
skew_read(struct feed * f, struct skew * skew, struct err * e)
{
	const struct skew unknown = { false, 0, 0 };

	*skew = unknown;
	return feed_clock(f, take_line, skew, e);
}
