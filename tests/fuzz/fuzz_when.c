/*
 * Any text as a time and as a number: what is read is a moment that a date can
 * show, with its flags, and what is not is unknown.
 */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "timeline/event.h"
#include "timeline/number.h"
#include "timeline/when.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	struct clock_date date;
	struct when w;
	char text[256];
	int64_t value;
	bool is_whole;

	if (len >= sizeof(text))
		return 0;
	memcpy(text, bytes, len);
	text[len] = '\0';
	if (when_parse(text, &w) == 0) {
		assert(w.at != CLOCK_UNKNOWN);
		assert((w.resolution >= 1) &&
		    (w.resolution <= CLOCK_TICKS_PER_SECOND));
		assert((w.flags & EVENT_FLAG_TIME_BAD) == 0);
		assert(clock_to_date(w.at, &date) == 0);
	} else {
		assert(w.at == CLOCK_UNKNOWN);
		assert(w.flags == EVENT_FLAG_TIME_BAD);
	}
	if (number_parse(text, &value, &is_whole) == 0)
		assert((*text == '-') || (value >= 0));
	return 0;
}
