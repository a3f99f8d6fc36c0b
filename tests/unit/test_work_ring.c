/* Jobs done side by side leave in the order in which they came. */
#include <stdlib.h>

#include "evidence/work_ring.h"

#include "tests/unit/memory_hook.h"
#include "tests/unit/unit.h"

#define JOBS 4
#define ROUNDS 500

struct job {
	int number;
	int answer;
	int times; /* That it was done. */
};

static void *
start(void)
{
	return malloc(1);
}

/* Some take longer than others. */
static void
run(void * state, void * job)
{
	struct job * j = job;
	volatile int work = (j->number % 7 == 0) ? 20000 : 10;

	(void)state;
	while (work > 0)
		work--;
	j->answer = 2 * j->number;
	j->times++;
}

static const struct work_kind kind = { start, run, free };

/* Take the oldest job, which must be ${number}. */
static void
take(struct work_ring * ring, int number)
{
	const struct job * j = work_ring_take(ring, true);

	EXPECT((j != NULL) && (j->number == number) &&
	    (j->answer == 2 * number) && (j->times == 1));
	work_ring_release(ring);
}

static void
pass_all(int threads)
{
	struct job jobs[JOBS];
	struct work_ring * ring;
	struct err e;
	int taken = 0;

	err_init(&e);
	ring = work_ring_new(&kind, threads, jobs, sizeof(jobs[0]), JOBS, &e);
	EXPECT(ring != NULL);
	EXPECT(work_ring_take(ring, true) == NULL);
	for (int i = 0; i < ROUNDS; i++) {
		struct job * j = work_ring_open(ring);

		if (j == NULL) {
			take(ring, taken++);
			j = work_ring_open(ring);
		}
		EXPECT(j == work_ring_open(ring));
		*j = (struct job){ .number = i };
		work_ring_submit(ring);
	}
	while (taken < ROUNDS)
		take(ring, taken++);
	EXPECT(work_ring_take(ring, true) == NULL);
	work_ring_free(ring);
}

static void
jobs_leave_in_order_with_any_number_of_threads(void)
{
	for (int threads = 0; threads <= WORK_RING_THREADS_MAX; threads++)
		pass_all(threads);
}

static void
a_ring_that_is_full_opens_nothing(void)
{
	struct job jobs[JOBS] = { { 0 } };
	struct err e;
	struct work_ring * ring;

	err_init(&e);
	ring = work_ring_new(&kind, 2, jobs, sizeof(jobs[0]), JOBS, &e);
	for (int i = 0; i < JOBS; i++) {
		EXPECT(work_ring_open(ring) == &jobs[i]);
		work_ring_submit(ring);
	}
	EXPECT(work_ring_open(ring) == NULL);
	EXPECT(work_ring_take(ring, true) == &jobs[0]);
	EXPECT(work_ring_open(ring) == NULL);
	work_ring_release(ring);
	EXPECT(work_ring_open(ring) == &jobs[0]);
	work_ring_free(ring);
}

static void
a_ring_is_freed_with_jobs_under_way(void)
{
	struct job jobs[JOBS] = { { 0 } };
	struct err e;

	err_init(&e);
	for (int threads = 0; threads <= 3; threads++) {
		struct work_ring * ring = work_ring_new(
		    &kind, threads, jobs, sizeof(jobs[0]), JOBS, &e);

		work_ring_submit(ring);
		work_ring_submit(ring);
		work_ring_free(ring);
	}
	work_ring_free(NULL);
}

/* Without threads: theirs may fail without a word, and get no state then. */
static int
make_ring(struct err * e)
{
	struct job jobs[JOBS];
	struct work_ring * ring =
	    work_ring_new(&kind, 0, jobs, sizeof(jobs[0]), JOBS, e);

	work_ring_free(ring);
	return (ring == NULL) ? -1 : 0;
}

static void
a_ring_says_that_there_is_no_memory(void)
{
	struct err e;

	err_init(&e);
	fail_at = 1;
	EXPECT((make_ring(&e) == -1) || !HAS_OWN_MALLOC);
	EXPECT(((e.kind == ERR_SYSTEM) && (failed == 1)) || !HAS_OWN_MALLOC);
	fail_at = 2; /* The state: handed on as NULL. */
	err_init(&e);
	EXPECT(make_ring(&e) == 0);
	fail_at = 0;
}

int
main(void)
{
	RUN(jobs_leave_in_order_with_any_number_of_threads);
	RUN(a_ring_that_is_full_opens_nothing);
	RUN(a_ring_is_freed_with_jobs_under_way);
	RUN(a_ring_says_that_there_is_no_memory);
	return unit_failed;
}
