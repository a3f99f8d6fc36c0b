/* sched_getaffinity and prctl are beyond POSIX. */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/process.h"
#include "evidence/secret.h"

static volatile sig_atomic_t stopped;

extern char ** environ;

/* Names that may stay: they choose colours and find a home, no more. */
static const char * const kept[] = { "HOME", "TERM", "NO_COLOR", "COLUMNS",
	"AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN",
	"AZURE_STORAGE_CONNECTION_STRING" };

#define KEPT_COUNT (sizeof(kept) / sizeof(kept[0]))

/* Whether the entry "NAME=value" has one of the kept names. */
static bool
is_kept(const char * entry)
{
	for (size_t i = 0; i < KEPT_COUNT; i++) {
		size_t len = strlen(kept[i]);

		if ((strncmp(entry, kept[i], len) == 0) && (entry[len] == '='))
			return true;
	}
	return false;
}

/*
 * Drop every other entry in place: the strings themselves stay where the
 * kernel put them, so that a secret among them can be wiped there.
 */
static void
reduce_environment(void)
{
	char ** to = environ;

	if (environ == NULL)
		return;
	for (char ** from = environ; *from != NULL; from++) {
		if (is_kept(*from))
			*to++ = *from;
	}
	*to = NULL;
}

static int
open_missing(struct err * e)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (open("/dev/null", O_RDWR) != fd) {
			err_set(e, ERR_SYSTEM, NULL,
			    "standard descriptors are closed");
			return -1;
		}
	}
	return 0;
}

static int
ignore_signal(int number)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_IGN;
	return sigaction(number, &sa, NULL);
}

int
process_start(struct err * e)
{
	const struct rlimit none = { 0, 0 };

	err_init(e);
	if (open_missing(e) != 0)
		return -1;
	(void)umask(077);
	if ((setrlimit(RLIMIT_CORE, &none) != 0) ||
	    (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) ||
	    (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ||
	    (ignore_signal(SIGPIPE) != 0) || (ignore_signal(SIGXFSZ) != 0)) {
		err_set_errno(e, errno, "hardening the process");
		return -1;
	}
	if ((geteuid() != getuid()) || (getegid() != getgid())) {
		err_set(e, ERR_DENIED, NULL, "must not run set-user-id");
		return -1;
	}
	reduce_environment();
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1) {
		err_set(e, ERR_SYSTEM, NULL, "libcrypto cannot start");
		return -1;
	}
	return secret_start(e);
}

static void
note_stop(int number)
{
	(void)number;
	stopped = 1;
}

void
process_catch_stop(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = note_stop;
	(void)sigaction(SIGINT, &sa, NULL);
	(void)sigaction(SIGTERM, &sa, NULL);
	(void)sigaction(SIGHUP, &sa, NULL);
}

bool
process_is_stopped(void)
{
	return stopped != 0;
}

int
process_cores(void)
{
	cpu_set_t set;
	int n;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	n = CPU_COUNT(&set);
	return (n < 1) ? 1 : (n > 64) ? 64 : n;
}

int
process_start_thread(pthread_t * thread, process_run * run, void * argument)
{
	sigset_t all, was;
	int rc;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &was);
	rc = pthread_create(thread, NULL, run, argument);
	(void)pthread_sigmask(SIG_SETMASK, &was, NULL);
	return rc;
}
