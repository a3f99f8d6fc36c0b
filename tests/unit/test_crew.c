/* Work side by side, taken up in order. */
#include <time.h>

#include "tests/unit/memory.h"
#include "timeline/crew.h"

#define JOBS 200

/* What the steps see and leave. */
struct task {
	int order[JOBS]; /* The jobs as they were committed. */
	int committed;
	int bad_work;   /* The job whose work fails; -1: none. */
	int bad_commit; /* As that, when it is committed. */
	int inside;     /* Commits at work at the same time. */
	int most;
};

/* A little time, another for every job. */
static void
linger(int number)
{
	struct timespec ts = { 0, (number % 7) * 20000L };

	(void)nanosleep(&ts, NULL);
}

static int
work(void * cookie, void * job, struct err * e)
{
	const struct task * t = cookie;
	int number = *(int *)job;

	linger(number);
	if (number != t->bad_work)
		return 0;
	err_set(e, ERR_INPUT, NULL, "work %d", number);
	return -1;
}

static int
commit(void * cookie, void * job, struct err * e)
{
	struct task * t = cookie;
	int number = *(int *)job;

	if (++t->inside > t->most)
		t->most = t->inside;
	if (t->committed < JOBS)
		t->order[t->committed++] = number;
	t->inside--;
	if (number != t->bad_commit)
		return 0;
	err_set(e, ERR_DISK, NULL, "commit %d", number);
	return -1;
}

/* Do ${jobs} jobs, kept in ${count} places, with ${workers}. */
static int
run(struct task * t, int workers, size_t count, int jobs, struct err * e)
{
	int numbers[CREW_JOBS_MAX];
	void * places[CREW_JOBS_MAX];
	struct crew_plan plan = { workers, places, count, work, commit, t };
	struct crew * c;
	int rc = 0;

	for (size_t i = 0; i < count; i++)
		places[i] = &numbers[i];
	c = crew_new(&plan, e);
	if (c == NULL)
		return -1;
	for (int i = 0; (i < jobs) && (rc == 0); i++) {
		int * job = crew_next(c, e);

		if (job == NULL)
			rc = -1;
		else
			*job = i;
		if ((rc == 0) && (crew_submit(c, e) != 0))
			rc = -1;
	}
	if (crew_drain(c, e) != 0)
		rc = -1;
	crew_free(c);
	return rc;
}

static struct task
nothing_fails(void)
{
	struct task t = { .bad_work = -1, .bad_commit = -1 };

	return t;
}

static const int numbers_of_workers[] = { 1, 2, 3, 7, CREW_WORKERS_MAX };
#define NUMBERS (sizeof(numbers_of_workers) / sizeof(numbers_of_workers[0]))

static void
crew_commits_in_order_whatever_the_number_of_workers(void)
{
	for (size_t i = 0; i < NUMBERS; i++) {
		for (size_t count = 1; count <= CREW_JOBS_MAX; count += 5) {
			struct task t = nothing_fails();
			int bad = 0;
			struct err e;

			err_init(&e);
			EXPECT(run(&t, numbers_of_workers[i], count, JOBS,
				   &e) == 0);
			EXPECT(t.committed == JOBS);
			for (int k = 0; k < t.committed; k++)
				bad += (t.order[k] != k);
			EXPECT(bad == 0);
			EXPECT(t.most == 1);
		}
	}
}

static void
crew_reports_the_first_job_that_fails_and_commits_none_behind_it(void)
{
	for (size_t i = 0; i < NUMBERS; i++) {
		int workers = numbers_of_workers[i];
		struct task t = nothing_fails();
		struct err e;

		t.bad_work = 100;
		t.bad_commit = 97;
		err_init(&e);
		EXPECT(run(&t, workers, 9, JOBS, &e) == -1);
		EXPECT_TEXT(e.text, "commit 97");
		EXPECT(e.kind == ERR_DISK);
		EXPECT(t.committed == 98);
		t = nothing_fails();
		t.bad_work = 40;
		t.bad_commit = 41;
		err_init(&e);
		EXPECT(run(&t, workers, 9, JOBS, &e) == -1);
		EXPECT_TEXT(e.text, "work 40");
		EXPECT(t.committed == 40);
		t = nothing_fails();
		t.bad_work = JOBS - 1; /* Only the drain can say it. */
		err_init(&e);
		EXPECT(run(&t, workers, 9, JOBS, &e) == -1);
		EXPECT(t.committed == JOBS - 1);
	}
}

static void
crew_can_do_nothing_and_be_left_in_the_middle(void)
{
	struct task t = nothing_fails();
	int numbers[3] = { 0, 1, 2 };
	void * places[3] = { &numbers[0], &numbers[1], &numbers[2] };
	struct crew_plan plan = { 2, places, 3, work, commit, &t };
	struct crew * c;
	struct err e;

	err_init(&e);
	EXPECT(run(&t, 4, 5, 0, &e) == 0);
	c = crew_new(&plan, &e);
	EXPECT(c != NULL);
	for (int i = 0; (c != NULL) && (i < 3); i++) {
		EXPECT(crew_next(c, &e) == &numbers[i]);
		EXPECT(crew_submit(c, &e) == 0);
	}
	crew_free(c);
	EXPECT(t.committed <= 3);
	crew_free(NULL);
}

static void
crew_gives_work_to_each_core_up_to_a_limit(void)
{
	EXPECT(crew_workers(0) == 1);
	EXPECT(crew_workers(1) == 1);
	EXPECT(crew_workers(2) == 2);
	EXPECT(crew_workers(CREW_WORKERS_MAX) == CREW_WORKERS_MAX);
	EXPECT(crew_workers(64) == CREW_WORKERS_MAX);
}

/* The allocator that fails counts one thread's calls: one worker. */
static int
alone(struct err * e)
{
	struct task t = nothing_fails();

	return run(&t, 1, 3, 20, e);
}

static void
crew_says_when_memory_runs_out(void)
{
	run_out(alone);
}

int
main(void)
{
	RUN(crew_commits_in_order_whatever_the_number_of_workers);
	RUN(crew_reports_the_first_job_that_fails_and_commits_none_behind_it);
	RUN(crew_can_do_nothing_and_be_left_in_the_middle);
	RUN(crew_gives_work_to_each_core_up_to_a_limit);
	RUN(crew_says_when_memory_runs_out);
	return unit_failed;
}
