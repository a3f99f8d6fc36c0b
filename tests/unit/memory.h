#ifndef TESTS_UNIT_MEMORY_H
#define TESTS_UNIT_MEMORY_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "evidence/err.h"
#include "tests/unit/unit.h"

/*
 * For tests of what happens when memory runs out: each allocation of a task is
 * made to fail once, the n-th for every n, and the task must say so and leave
 * nothing behind that crashes.  Programs with a sanitizer have an allocator of
 * their own and skip this.
 */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_OWN_MALLOC 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_OWN_MALLOC 0
#endif
#endif
#ifndef HAS_OWN_MALLOC
#define HAS_OWN_MALLOC 1
#endif

static long fail_at; /* 0: never; else counts down. */
static long failed;  /* How many did. */

#if HAS_OWN_MALLOC
void * __libc_malloc(size_t size);
void * __libc_calloc(size_t count, size_t size);
void * __libc_realloc(void * old, size_t size);

static int
must_fail(void)
{
	if (fail_at == 0)
		return 0;
	fail_at--;
	if (fail_at > 0)
		return 0;
	failed++;
	errno = ENOMEM;
	return 1;
}

void *
malloc(size_t size)
{
	return must_fail() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return must_fail() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void * old, size_t size)
{
	return must_fail() ? NULL : __libc_realloc(old, size);
}
#endif

/* Run ${task} with the n-th allocation failing, for every n. */
static void
run_out(int (*task)(struct err * e))
{
	struct err e;
	long n = 0;
	int rc;

	do {
		err_init(&e);
		failed = 0;
		fail_at = ++n;
		rc = task(&e);
		fail_at = 0;
		if (failed == 0)
			break;
		if ((rc != -1) || (e.kind != ERR_SYSTEM)) {
			unit_bad = 1;
			(void)printf(
			    "# allocation %ld: %d %s\n", n, rc, e.text);
		}
	} while (n < 10000);
	EXPECT(rc == 0);
	EXPECT((n > 1) || !HAS_OWN_MALLOC);
}

#endif
