#include "collect/job_list.h"

/* Put ${job} where ${at} points. */
static void
put_at(struct job_list * l, struct job ** at, struct job * job)
{
	job->next = *at;
	*at = job;
	l->count++;
}

void
job_list_insert(struct job_list * l, struct job * job)
{
	struct job ** at = &l->first;

	while ((*at != NULL) && ((*at)->due_ms <= job->due_ms))
		at = &(*at)->next;
	put_at(l, at, job);
}

void
job_list_append(struct job_list * l, struct job * job)
{
	struct job ** at = &l->first;

	while (*at != NULL)
		at = &(*at)->next;
	put_at(l, at, job);
}

struct job *
job_list_take(struct job_list * l)
{
	struct job * job = l->first;

	if (job == NULL)
		return NULL;
	l->first = job->next;
	l->count--;
	job->next = NULL;
	return job;
}

void
job_list_clear(struct job_list * l)
{
	struct job * job;

	for (;;) {
		job = job_list_take(l);
		if (job == NULL)
			return;
		job_free(job);
	}
}
