#include <string.h>

#include "evidence/clock.h"
#include "evidence/clock_sample.h"

static const struct document_member members[] = {
	{ "at", DOCUMENT_TIME, DOCUMENT_REQUIRED },
	{ "host", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "date", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "skew_ms", DOCUMENT_ARRAY, DOCUMENT_NULLABLE },
	{ "sync", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "max_error_ms", DOCUMENT_INTEGER, DOCUMENT_NULLABLE },
	{ "monotonic_ms", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "boot_ms", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
};

static const char * const syncs[] = { "synchronised", "unsynchronised",
	"unknown" };

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ${ticks} in milliseconds, rounded down. */
static int64_t
floor_ms(int64_t ticks)
{
	int64_t ms = ticks / CLOCK_TICKS_PER_MS;

	return (ticks % CLOCK_TICKS_PER_MS < 0) ? ms - 1 : ms;
}

void
clock_sample_skew(int64_t sent, int64_t received, int64_t date, int64_t * lo_ms,
    int64_t * hi_ms)
{
	/*
	 * Their clock showed T with date <= T < date + 1 s when ours showed U
	 * with sent <= U <= received: U - T is least for the earliest U and
	 * the latest T.
	 */
	*lo_ms = floor_ms(sent - (date + CLOCK_TICKS_PER_SECOND));
	*hi_ms = -floor_ms(-(received - date));
}

int
clock_sample_format(
    const struct clock_sample * sample, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, "clock", e);
	json_put_time(&j, "at", sample->at);
	document_put_nullable(&j, "host", sample->host);
	document_put_nullable(&j, "date", sample->date);
	document_put_interval(&j, "skew_ms", sample->has_skew,
	    sample->skew_lo_ms, sample->skew_hi_ms);
	json_put_text(&j, "sync", sample->sync);
	if (sample->max_error_ms >= 0)
		json_put_integer(&j, "max_error_ms", sample->max_error_ms);
	else
		json_put_null(&j, "max_error_ms");
	json_put_integer(&j, "monotonic_ms", sample->monotonic_ms);
	json_put_integer(&j, "boot_ms", sample->boot_ms);
	return json_end_document(&j);
}

int
clock_sample_parse(const void * bytes, size_t len, struct clock_sample * sample,
    struct err * e)
{
	const struct json * root;

	memset(sample, 0, sizeof(*sample));
	if (len > CLOCK_SAMPLE_LINE_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a line of more than 16 KiB");
		return -1;
	}
	if (document_parse(&sample->doc, bytes, len, "clock", members,
		COUNT(members), e) != 0)
		return -1;
	root = sample->doc.root;
	sample->at = document_time(root, "at");
	sample->host = document_text(root, "host");
	sample->date = document_text(root, "date");
	sample->sync = document_text(root, "sync");
	sample->max_error_ms = document_integer(root, "max_error_ms", -1);
	sample->monotonic_ms = document_integer(root, "monotonic_ms", 0);
	sample->boot_ms = document_integer(root, "boot_ms", 0);
	if (document_word(sample->sync, syncs, COUNT(syncs)) < 0) {
		err_set(e, ERR_INPUT, NULL, "an unknown \"sync\"");
		goto fail;
	}
	if (document_parse_interval(root, "skew_ms", &sample->has_skew,
		&sample->skew_lo_ms, &sample->skew_hi_ms, e) != 0)
		goto fail;
	return 0;

fail:
	clock_sample_free(sample);
	return -1;
}

void
clock_sample_free(struct clock_sample * sample)
{
	document_free(&sample->doc);
	memset(sample, 0, sizeof(*sample));
}
