#ifndef COLLECT_JOB_LIST_H
#define COLLECT_JOB_LIST_H

#include <stddef.h>

#include "collect/job.h"

/*
 * A list of jobs, which it owns.  One of zeros is empty.
 */
struct job_list {
	struct job * first;
	size_t count;
};

/**
 * job_list_insert(l, job):
 * Put ${job} into ${l} by its due_ms, behind those of the same moment.
 */
void job_list_insert(struct job_list * l, struct job * job);

/**
 * job_list_append(l, job):
 * Put ${job} at the end of ${l}.
 */
void job_list_append(struct job_list * l, struct job * job);

/**
 * job_list_take(l):
 * Take the first job out of ${l} and return it, or NULL if there is none.
 */
struct job * job_list_take(struct job_list * l);

/**
 * job_list_clear(l):
 * Release all jobs of ${l} and make it empty.
 */
void job_list_clear(struct job_list * l);

#endif
