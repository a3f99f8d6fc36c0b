/*
 * starve: judge a package with the n-th allocation failing, for every n.
 *
 *	starve PACKAGE KEY.pub LEDGER [N]
 *
 * Each run, in a child, must say that it could not judge, or judge as ever:
 * neither a sound package called altered for want of memory, nor a crash.
 * Giving up at once (abort) inside libcrypto's digests is counted apart.  The
 * last line counts the runs.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/package_check.h"
#include "evidence/process.h"
#include "evidence/tar.h"

#include "tests/unit/memory_hook.h"

enum outcome {
	SAME,    /* Judged 0. */
	SAID,    /* Not judged, for want of memory. */
	ENDED,   /* Judged 0, and nothing failed any more: the last run. */
	LIED,    /* Anything else it said. */
	OUTCOMES /* A signal. */
};

/* Count the failed checks that do not say that memory ran out. */
static void
listen_to(void * context, const struct package_finding * f)
{
	if ((f->weight != PACKAGE_FAIL) ||
	    (strstr(f->text, "out of memory") != NULL))
		return;
	(*(long *)context)++;
	(void)printf("# %s: %s\n", f->code, f->text);
	(void)fflush(stdout);
}

static int
judge(long n, int fd, int ledger, const struct trust * trust)
{
	long lies = 0;
	struct package_check_options options = { .trust = trust,
		.has_ledger = true,
		.ledger_dir = ledger,
		.threads = -1,
		.report = listen_to,
		.context = &lies };
	struct package_result result;
	struct err e;
	int rc, code;
	long left;

	err_init(&e);
	fail_at = n;
	rc = package_check(fd, &options, &result, &e);
	left = fail_at;
	fail_at = 0;
	/* A library that does not say why it failed looks like a bug. */
	if (rc != 0)
		return ((e.kind == ERR_SYSTEM) || (e.kind == ERR_BUG)) ? SAID
								       : LIED;
	code = package_exit_code(&result, 0);
	if (code != 0)
		return (lies == 0) ? SAID : LIED;
	return (left > 0) ? ENDED : SAME;
}

int
main(int argc, char ** argv)
{
	long counts[OUTCOMES + 1] = { 0 };
	long aborts = 0;
	struct trust * trust = NULL;
	struct err e;
	int fd, ledger, status;

	err_init(&e);
	if ((argc < 4) || (process_start(&e) != 0) || (tar_start(&e) != 0))
		return 64;
	trust = trust_new(&e);
	if ((trust == NULL) || (trust_add_file(trust, argv[2], &e) != 0))
		return 66;
	fd = io_open_read(IO_PATH, argv[1], &e);
	ledger = io_open_dir(argv[3], &e);
	if (argc > 4) /* One run alone, for a debugger. */
		return judge(strtol(argv[4], NULL, 10), fd, ledger, trust);
	for (long n = 1; (counts[ENDED] == 0) && (n < 1000000); n++) {
		pid_t child;

		(void)fflush(stdout);
		child = fork();

		if (child == 0)
			_exit(judge(n, fd, ledger, trust));
		if (waitpid(child, &status, 0) != child)
			return 71;
		if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGABRT))
			aborts++;
		else if (WIFSIGNALED(status)) {
			counts[OUTCOMES]++;
			(void)printf("# allocation %ld: signal %d\n", n,
			    WTERMSIG(status));
		} else
			counts[WEXITSTATUS(status)]++;
		if (WIFEXITED(status) && (WEXITSTATUS(status) == LIED))
			(void)printf("# allocation %ld: lied\n", n);
	}
	trust_free(trust);
	(void)printf("same %ld, said %ld, gave up %ld, lied %ld, crashed %ld\n",
	    counts[SAME], counts[SAID], aborts, counts[LIED], counts[OUTCOMES]);
	return ((counts[LIED] == 0) && (counts[OUTCOMES] == 0)) ? 0 : 1;
}
