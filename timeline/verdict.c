#include "timeline/verdict.h"

const char *
verdict_word(const struct feed_head * head)
{
	bool is_received = head->is_received;

	switch (head->verdict) {
	case FEED_INTACT:
		return is_received ? "intact; received, not acquired"
				   : "intact";
	case FEED_UNDECIDED:
		return is_received ? "undecided; received, not acquired"
				   : "undecided";
	case FEED_ALTERED:
		return is_received
		    ? "altered or damaged; received, not acquired"
		    : "altered or damaged";
	}
	return "";
}

int
verdict_warn(const struct feed_head * head, struct buf * out, struct err * e)
{
	if ((head->verdict != FEED_INTACT) &&
	    (buf_addf(out, e, "%sThe package %s is %s (%s).",
		 (out->len > 0) ? " " : "", head->package, verdict_word(head),
		 head->words) != 0))
		return -1;
	if (!head->is_received)
		return 0;
	return buf_addf(out, e,
	    "%sThe files of %s were received, not acquired: nothing in it shows "
	    "how they left the service.",
	    (out->len > 0) ? " " : "", head->package);
}
