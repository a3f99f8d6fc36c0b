#ifndef COLLECT_PROGRESS_H
#define COLLECT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The one line that says how far a collection is: on a terminal at most ten
 * times a second and no wider than it, elsewhere twice a minute, with -v only.
 */
#define PROGRESS_TEXT_SIZE 160
#define PROGRESS_SHOW_MS 100
#define PROGRESS_PLAIN_MS 30000

/* Starts as zeros. */
struct progress {
	int64_t begun_ms; /* When the blobs began; monotonic; 0: not yet. */
	int64_t shown_ms;
};

/**
 * progress_is_due(p, is_terminal, now_ms):
 * Return whether a line is due at the monotonic moment ${now_ms}, and note that
 * it is shown.
 */
bool progress_is_due(struct progress * p, bool is_terminal, int64_t now_ms);

/**
 * progress_format(p, done, total, now_ms, text):
 * Write how many blobs of ${total} are ${done} in this run, how many a second,
 * and how long it will take at most into ${text}.
 */
void progress_format(struct progress * p, int64_t done, int64_t total,
    int64_t now_ms, char text[PROGRESS_TEXT_SIZE]);

/**
 * progress_width():
 * Return how many characters the terminal of standard error has in a line; 80
 * if it does not say.
 */
size_t progress_width(void);

#endif
