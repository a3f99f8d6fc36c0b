/* struct winsize is beyond POSIX. */
#define _GNU_SOURCE

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "collect/progress.h"

#define PART_SIZE 48

/* What a line can hold, in its order; what goes first has the lowest rank. */
enum part {
	PART_DONE,
	PART_BYTES,
	PART_RATE,
	PART_LEFT,
	PART_RETRIES,
	PART_GAPS,
	PART_COUNT
};

static const int ranks[PART_COUNT] = { 5, 1, 0, 2, 3, 4 };

bool
progress_is_due(struct progress * p, bool is_terminal, int64_t now_ms)
{
	int64_t every = is_terminal ? PROGRESS_SHOW_MS : PROGRESS_PLAIN_MS;

	/* Where it is not overwritten, nothing is said at the start. */
	if ((p->shown_ms == 0) && !is_terminal) {
		p->shown_ms = now_ms;
		return false;
	}
	if ((p->shown_ms != 0) && (now_ms - p->shown_ms < every))
		return false;
	p->shown_ms = now_ms;
	return true;
}

const char *
progress_phase_text(enum state_phase phase)
{
	static const char * const texts[] = {
		[STATE_LISTING] = "listing",
		[STATE_FETCHING] = "fetching",
		[STATE_LOCAL] = "packing files",
		[STATE_RELISTING] = "listing again",
		[STATE_ANSWERS] = "asking accounts",
		[STATE_SEALING] = "sealing",
	};

	return texts[phase];
}

/* "1.23 MB": three digits of the unit that fits. */
static void
format_bytes(double bytes, char text[PART_SIZE])
{
	static const char * const units[] = { "B", "kB", "MB", "GB", "TB",
		"PB" };
	size_t unit = 0;

	while (
	    (bytes >= 999.5) && (unit + 1 < sizeof(units) / sizeof(*units))) {
		bytes /= 1000;
		unit++;
	}
	(void)snprintf(text, PART_SIZE, "%.*f %s",
	    ((unit == 0) || (bytes >= 99.95)) ? 0
		: (bytes >= 9.995)            ? 1
					      : 2,
	    bytes, units[unit]);
}

/*
 * Milliseconds that the rest may take, by what took longer so far, blobs or
 * bytes; -1 if too little was seen to say.
 */
static int64_t
time_left(const struct progress_now * now, int64_t passed_ms)
{
	double passed = (double)passed_ms;
	double blobs = 0, bytes = 0;
	int64_t done = now->done - now->before;

	if ((passed_ms < PROGRESS_MEASURE_MS) || (now->total < 0) ||
	    ((done <= 0) && (now->bytes <= 0)))
		return -1;
	if ((done > 0) && (now->total > now->done))
		blobs =
		    (double)(now->total - now->done) * passed / (double)done;
	if ((now->bytes > 0) && (now->bytes_total > now->bytes))
		bytes = (double)(now->bytes_total - now->bytes) * passed /
		    (double)now->bytes;
	/* Of a large blob that is on its way only the bytes tell. */
	if ((done <= 0) || (bytes > blobs))
		blobs = bytes;
	return (blobs > 1e15) ? -1 : (int64_t)blobs;
}

static void
format_done(const struct progress_now * now, char text[PART_SIZE])
{
	static const char * const words[] = {
		[STATE_LISTING] = "blobs",
		[STATE_FETCHING] = "blobs",
		[STATE_LOCAL] = "files",
		[STATE_RELISTING] = "blobs",
		[STATE_ANSWERS] = "answers",
		[STATE_SEALING] = "",
	};

	if (now->total >= 0)
		(void)snprintf(text, PART_SIZE, "%lld/%lld %s",
		    (long long)now->done, (long long)now->total,
		    words[now->phase]);
	else if (now->pages > 0)
		(void)snprintf(text, PART_SIZE, "%lld %s, %lld pages",
		    (long long)now->done, words[now->phase],
		    (long long)now->pages);
	else
		(void)snprintf(text, PART_SIZE, "%lld %s", (long long)now->done,
		    words[now->phase]);
}

static void
format_parts(const struct progress_now * now, int64_t passed_ms,
    char parts[PART_COUNT][PART_SIZE])
{
	int64_t left_s = time_left(now, passed_ms) / 1000;
	char amount[PART_SIZE];

	memset(parts, 0, PART_COUNT * sizeof(parts[0]));
	format_done(now, parts[PART_DONE]);
	if (now->bytes_total > 0) {
		format_bytes((double)now->bytes_total, amount);
		format_bytes((double)now->bytes, parts[PART_BYTES]);
		(void)snprintf(parts[PART_BYTES] + strlen(parts[PART_BYTES]),
		    PART_SIZE - strlen(parts[PART_BYTES]), " of %.16s", amount);
	} else if (now->bytes > 0) {
		format_bytes((double)now->bytes, parts[PART_BYTES]);
	}
	if ((now->bytes > 0) && (passed_ms >= PROGRESS_MEASURE_MS)) {
		format_bytes(
		    (double)now->bytes * 1000 / (double)passed_ms, amount);
		(void)snprintf(parts[PART_RATE], PART_SIZE, "%.16s/s", amount);
	}
	if (time_left(now, passed_ms) >= 0)
		(void)snprintf(parts[PART_LEFT], PART_SIZE,
		    "%lld:%02lld:%02lld left", (long long)(left_s / 3600),
		    (long long)(left_s / 60 % 60), (long long)(left_s % 60));
	if (now->retries > 0)
		(void)snprintf(parts[PART_RETRIES], PART_SIZE, "%lld %s",
		    (long long)now->retries,
		    (now->retries == 1) ? "retry" : "retries");
	if (now->gaps > 0)
		(void)snprintf(parts[PART_GAPS], PART_SIZE, "%lld %s",
		    (long long)now->gaps, (now->gaps == 1) ? "gap" : "gaps");
}

void
progress_format(struct progress * p, const struct progress_now * now,
    int64_t now_ms, size_t width, char text[PROGRESS_TEXT_SIZE])
{
	const char * phase = progress_phase_text(now->phase);
	char parts[PART_COUNT][PART_SIZE];
	size_t len;

	if ((p->begun_ms == 0) || (p->phase != now->phase)) {
		p->begun_ms = now_ms;
		p->phase = now->phase;
	}
	format_parts(now, now_ms - p->begun_ms, parts);
	for (int rank = 0;; rank++) {
		len = strlen(phase);
		for (size_t i = 0; i < PART_COUNT; i++) {
			if (parts[i][0] != '\0')
				len += strlen(parts[i]) + 2;
		}
		if ((len <= width) && (len < PROGRESS_TEXT_SIZE))
			break;
		if (rank == PART_COUNT)
			break;
		for (size_t i = 0; i < PART_COUNT; i++) {
			if (ranks[i] == rank)
				parts[i][0] = '\0';
		}
	}
	len = (size_t)snprintf(text, PROGRESS_TEXT_SIZE, "%.*s",
	    (width < PROGRESS_TEXT_SIZE) ? (int)width : PROGRESS_TEXT_SIZE - 1,
	    phase);
	for (size_t i = 0; i < PART_COUNT; i++) {
		if (parts[i][0] != '\0')
			len += (size_t)snprintf(text + len,
			    PROGRESS_TEXT_SIZE - len, ", %s", parts[i]);
	}
}

bool
progress_has_terminal(void)
{
	const char * term = getenv("TERM");

	return (isatty(STDERR_FILENO) == 1) && (term != NULL) &&
	    (term[0] != '\0') && (strcmp(term, "dumb") != 0);
}

size_t
progress_width(void)
{
	struct winsize size = { 0 };

	if ((ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0) ||
	    (size.ws_col == 0))
		return 80;
	return size.ws_col;
}
