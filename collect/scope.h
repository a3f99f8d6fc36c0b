#ifndef COLLECT_SCOPE_H
#define COLLECT_SCOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/kind.h"

/*
 * Which containers and blobs are asked for.  A log blob's name says which hour
 * it is about (kind_time_of_blob).  For diagnostic settings that is the hour of
 * arrival, for a Log Analytics export that of generation, so a margin
 * (kind_margin) is taken around the window; what cannot be placed is taken, because leaving it out
 * would be a guess.
 */
#define SCOPE_OPEN_MINUTES 15 /* After its end records still arrive. */

/* A time window; CLOCK_UNKNOWN on a side means no bound there. */
struct scope_window {
	int64_t from; /* The first moment asked for. */
	int64_t to;   /* The first moment no longer asked for. */
};

/* Where a blob stands against the window. */
enum scope_place {
	SCOPE_INSIDE, /* Or in the margin. */
	SCOPE_OUTSIDE,
	SCOPE_PARTLY,  /* Of a folder: some of it may be inside. */
	SCOPE_UNPLACED /* No time in its name: taken. */
};

/* A container that Azure Monitor writes to. */
struct scope_container {
	const char * name;
	unsigned logs; /* The OPTIONS_LOGS_ bit it belongs to. */
};

/**
 * scope_next_container(before):
 * Return the known log container behind ${before} in a fixed order (the first
 * one for NULL), or NULL behind the last one.
 */
const struct scope_container * scope_next_container(
    const struct scope_container * before);

/**
 * scope_next_kind(before):
 * As scope_next_container, with one more at the end for the exports of Log
 * Analytics, whose containers begin with "am-".
 */
const struct scope_container * scope_next_kind(
    const struct scope_container * before);

/**
 * scope_logs_of(name):
 * Return the OPTIONS_LOGS_ bit of the container ${name}, or 0 if it is none of
 * the known log containers.
 */
unsigned scope_logs_of(const char * name);

/**
 * scope_place(window, kind, name, len):
 * Return where the blob ${name} of ${len} bytes in a container of ${kind}
 * stands against ${window}, widened by the margin on each side.
 */
enum scope_place scope_place(const struct scope_window * window, enum kind kind,
    const void * name, size_t len);

/**
 * scope_folder(window, kind, name, len):
 * Return where all below the folder ${name} stands against ${window}, by
 * kind_time_of_folder: SCOPE_INSIDE if nothing below can be outside.
 */
enum scope_place scope_folder(const struct scope_window * window,
    enum kind kind, const void * name, size_t len);

/**
 * scope_is_open(kind, name, len, now):
 * Return whether the time that the blob ${name} is about was not over at
 * ${now}, or over by less than SCOPE_OPEN_MINUTES: the provider may still add
 * to it.
 */
bool scope_is_open(enum kind kind, const void * name, size_t len, int64_t now);

#endif
