#ifndef TIMELINE_CREW_H
#define TIMELINE_CREW_H

#include <stddef.h>

#include "evidence/err.h"

/*
 * Workers that do jobs side by side, whose results are taken up one after the
 * other in the order in which the jobs came: whatever the number of workers, the
 * result is the same.
 *
 *	c = crew_new(&plan, &e);
 *	for each job:
 *		job = crew_next(c, &e);
 *		... fill it ...
 *		crew_submit(c, &e);
 *	crew_drain(c, &e);
 *	crew_free(c);
 *
 *	free --crew_next--> open --crew_submit--> queued --work--> done
 *	    --commit--> free
 *
 * One thread calls all of these.  The jobs are the caller's; between submit and
 * the end of its commit a job belongs to the crew.
 */
#define CREW_WORKERS_MAX 16
#define CREW_JOBS_MAX (CREW_WORKERS_MAX + 2)

/* One step of a job; return 0, or -1 with ${e} set. */
typedef int crew_step_fn(void * cookie, void * job, struct err * e);

struct crew_plan {
	int workers;           /* 1: the caller itself does all of it. */
	void * const * jobs;   /* What the jobs are kept in; borrowed. */
	size_t jobs_count;     /* At least 1, at most CREW_JOBS_MAX. */
	crew_step_fn * work;   /* Called by any worker, side by side. */
	crew_step_fn * commit; /* In order, never two at a time. */
	void * cookie;         /* For both. */
};

struct crew;

/**
 * crew_workers(cores):
 * Return how many workers a machine with ${cores} cores gives work to.
 */
int crew_workers(int cores);

/**
 * crew_new(plan, e):
 * Return a crew that works as ${plan} says, which is copied; the caller frees it
 * with crew_free.  Return NULL with ${e} set on failure.
 */
struct crew * crew_new(const struct crew_plan * plan, struct err * e);

/**
 * crew_next(c, e):
 * Return the job that is filled next, waiting until one is free, or NULL with
 * ${e} set to what an earlier job failed with.  It stays open until crew_submit.
 */
void * crew_next(struct crew * c, struct err * e);

/**
 * crew_submit(c, e):
 * Have the open job done.  Return 0, or -1 with ${e} set to what this job, or an
 * earlier one, failed with; the failure may come as late as crew_drain.
 */
int crew_submit(struct crew * c, struct err * e);

/**
 * crew_drain(c, e):
 * Wait until all jobs are committed.  Return 0, or -1 with ${e} set to the
 * failure of the first job that failed; those behind it were not committed.
 */
int crew_drain(struct crew * c, struct err * e);

/**
 * crew_free(c):
 * Stop the workers, without committing what is under way, and release ${c}; NULL
 * is fine.
 */
void crew_free(struct crew * c);

#endif
