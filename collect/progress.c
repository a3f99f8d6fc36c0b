/* struct winsize is beyond POSIX. */
#define _GNU_SOURCE

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "collect/progress.h"

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

void
progress_format(struct progress * p, int64_t done, int64_t total,
    int64_t now_ms, char text[PROGRESS_TEXT_SIZE])
{
	int64_t passed;
	int64_t left_s;

	if (p->begun_ms == 0)
		p->begun_ms = now_ms;
	passed = now_ms - p->begun_ms;
	/* The first second says nothing about the rest. */
	if ((passed < 1000) || (done == 0)) {
		(void)snprintf(text, PROGRESS_TEXT_SIZE,
		    "%lld of %lld blobs in this run", (long long)done,
		    (long long)total);
		return;
	}
	left_s = (total > done) ? (int64_t)((double)(total - done) *
				      (double)passed / (double)done / 1000.0)
				: 0;
	(void)snprintf(text, PROGRESS_TEXT_SIZE,
	    "%lld of %lld blobs in this run, %lld/s, at most %lld:%02lld:%02lld "
	    "left",
	    (long long)done, (long long)total,
	    (long long)((double)done * 1000.0 / (double)passed),
	    (long long)(left_s / 3600), (long long)(left_s / 60 % 60),
	    (long long)(left_s % 60));
}

size_t
progress_width(void)
{
	struct winsize size = { 0 };

	if ((ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0) ||
	    (size.ws_col < 20))
		return 80;
	return size.ws_col;
}
