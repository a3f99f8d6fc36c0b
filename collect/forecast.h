#ifndef COLLECT_FORECAST_H
#define COLLECT_FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"

#include "collect/phases.h"

/*
 * What a run would take, added up from the plan that its listing makes: for
 * each container and each resource in it how many blobs and bytes, which hours,
 * and which hours between them nothing was written for.
 *
 * Memory: 4 bytes an hour of a resource, FORECAST_HOURS_MAX of them in all.
 */
#define FORECAST_RESOURCES_MAX 65536
#define FORECAST_HOURS_MAX ((int64_t)16 << 20)

/* Hours [from, to) that no blob is about, as hours since 1970. */
struct forecast_range {
	int32_t from;
	int32_t to;
	size_t at; /* Where the next one is looked for. */
};

/* The logs of one resource in one container. */
struct forecast_resource {
	char * name; /* The blobs' names up to their date; any bytes. */
	size_t name_len;
	size_t target; /* Index into the state's targets. */
	int64_t blobs;
	int64_t bytes;
	struct buf hours; /* int32_t each, sorted, each once. */
	int64_t missing;
};

/* One container, by the state's targets. */
struct forecast_container {
	int64_t blobs;
	int64_t bytes;
	int64_t unplaced; /* Blobs whose names say no time. */
	int64_t open;     /* Blobs that the provider may still add to. */
	int64_t first;    /* CLOCK_UNKNOWN: no blob says a time. */
	int64_t last;     /* The end of the last span. */
	int64_t missing;  /* Hours of all its resources. */
};

struct forecast {
	const struct phases * p;
	struct forecast_container * containers; /* One a target. */
	struct forecast_resource * resources;
	size_t resource_count;
	size_t resource_room;
	int64_t hours; /* Kept in all. */
	int64_t blobs;
	int64_t bytes;
	int64_t missing;
	int64_t seconds; /* lifetime_estimate */
	int64_t now;
};

/**
 * forecast_read(p, f, e):
 * Add up the plan in the work folder of ${p}, listed by phases_survey, into
 * ${f}, which borrows ${p} and which forecast_free releases also after a
 * failure.  Return 0, or -1 with ${e} set (ERR_LIMIT over the limits above).
 */
int forecast_read(const struct phases * p, struct forecast * f, struct err * e);

/**
 * forecast_next_missing(f, r, range):
 * Put the next hours that the resource ${r} has no blob for into ${range},
 * which starts as zeros: between --from and --to, or else its own first and
 * last hour, and before the hour that is still open.  Return whether there were
 * any.
 */
bool forecast_next_missing(const struct forecast * f,
    const struct forecast_resource * r, struct forecast_range * range);

/**
 * forecast_free(f):
 * Release what ${f} owns and make it empty.
 */
void forecast_free(struct forecast * f);

#endif
