#ifndef TESTS_UNIT_MEMORY_H
#define TESTS_UNIT_MEMORY_H

#include <stdio.h>

#include "evidence/err.h"
#include "tests/unit/memory_hook.h"
#include "tests/unit/unit.h"

/*
 * For tests of what happens when memory runs out: each allocation of a task is
 * made to fail once, the n-th for every n, and the task must say so and leave
 * nothing behind that crashes.
 */
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
