#ifndef COLLECT_PROGRESS_H
#define COLLECT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/state.h"

/*
 * The one line that says how far a collection is: on a terminal at most ten
 * times a second and no wider than it, elsewhere twice a minute, with -v only.
 *
 *	line   = phase *( ", " part )
 *	part   = objects / bytes / rate / time-left / retries / gaps
 *
 * In a line that is too narrow a part is left out, not cut: the rate first,
 * then bytes, then the time left.
 */
#define PROGRESS_TEXT_SIZE 200
#define PROGRESS_SHOW_MS 100
#define PROGRESS_PLAIN_MS 30000
#define PROGRESS_MEASURE_MS 1000 /* Before a rate is believed. */
#define PROGRESS_UNKNOWN INT64_C(-1)

/* How far it is. */
struct progress_now {
	enum state_phase phase;
	int64_t done;   /* Blobs, files or answers, by the phase. */
	int64_t before; /* Of them by runs before this one. */
	int64_t total;  /* Of them; or PROGRESS_UNKNOWN. */
	int64_t pages;  /* Of a listing. */
	int64_t bytes;  /* That came in this run, those in vain included. */
	int64_t bytes_total; /* To come, as listed; or PROGRESS_UNKNOWN. */
	int64_t retries;
	int64_t gaps;
};

/* Starts as zeros. */
struct progress {
	int64_t begun_ms; /* When the phase began; monotonic; 0: not yet. */
	int64_t shown_ms;
	enum state_phase phase; /* Of begun_ms. */
};

/**
 * progress_is_due(p, is_terminal, now_ms):
 * Return whether a line is due at the monotonic moment ${now_ms}, and note that
 * it is shown.
 */
bool progress_is_due(struct progress * p, bool is_terminal, int64_t now_ms);

/**
 * progress_format(p, now, now_ms, width, text):
 * Write ${now} at the monotonic moment ${now_ms} into ${text}, in at most
 * ${width} characters.
 */
void progress_format(struct progress * p, const struct progress_now * now,
    int64_t now_ms, size_t width, char text[PROGRESS_TEXT_SIZE]);

/**
 * progress_phase_text(phase):
 * Return what goes on in ${phase}, for people: "listing".
 */
const char * progress_phase_text(enum state_phase phase);

/**
 * progress_has_terminal():
 * Return whether standard error is a terminal on which a line can be written
 * over: TERM is there, and not "dumb".
 */
bool progress_has_terminal(void);

/**
 * progress_width():
 * Return how many characters the terminal of standard error has in a line; 80
 * if it does not say.
 */
size_t progress_width(void);

#endif
