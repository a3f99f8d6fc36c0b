#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "evidence/sandbox.h"

#include "tests/unit/unit.h"

static struct err e;
static enum sandbox_level level;
static char place[] = "/tmp/azcustody-sandbox-XXXXXX";
static int dir = -1;

/* What a child does once it is shut in: 0 when it went as expected. */
typedef int act(void);

/* Run ${doing} in a child with ${rules}; return its wait status. */
static int
shut_in(const struct sandbox_rules * rules, act * doing)
{
	pid_t child;
	int status = -1;

	(void)fflush(stdout);
	child = fork();
	if (child == 0) {
		struct sandbox_rules nothing = { 0 };

		err_init(&e);
		if (sandbox_enter(
			(rules == NULL) ? &nothing : rules, &level, &e) != 0)
			_exit(99);
		if (level == SANDBOX_NONE)
			_exit(98);
		_exit(doing());
	}
	(void)waitpid(child, &status, 0);
	return status;
}

static bool
is_killed(int status)
{
	return WIFSIGNALED(status) && (WTERMSIG(status) == SIGSYS);
}

static bool
is_fine(int status)
{
	return WIFEXITED(status) && (WEXITSTATUS(status) == 0);
}

static int
do_nothing(void)
{
	return 0;
}

static int
do_socket(void)
{
	return (socket(AF_INET, SOCK_STREAM, 0) >= 0) ? 1 : 2;
}

static int
do_exec(void)
{
	char word[] = "/bin/true";
	char * words[] = { word, NULL };
	char * none[] = { NULL };

	(void)execve(word, words, none);
	return 1;
}

static int
do_fork(void)
{
	return (fork() >= 0) ? 1 : 2;
}

static int
do_unlink(void)
{
	return unlinkat(dir, "kept", 0);
}

/* Every way to open for writing must fail, and leave the process alive. */
static int
do_open_for_writing(void)
{
	static const int flags[] = { O_WRONLY, O_RDWR, O_RDONLY | O_TRUNC,
		O_WRONLY | O_CREAT | O_EXCL, O_RDONLY | O_CREAT };

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if ((openat(dir, (flags[i] & O_CREAT) ? "new" : "kept",
			 flags[i], 0600) >= 0) ||
		    (errno != EACCES))
			return 1;
	return 0;
}

static int
do_open_elsewhere(void)
{
	if (level != SANDBOX_FULL)
		return 0;
	return ((open("/etc/passwd", O_RDONLY) < 0) && (errno == EACCES)) ? 0
									  : 1;
}

static int
do_read_inside(void)
{
	char byte;
	int fd = openat(dir, "kept", O_RDONLY);

	return ((fd >= 0) && (read(fd, &byte, 1) == 1)) ? 0 : 1;
}

static int
do_write_inside(void)
{
	int fd = openat(dir, "made", O_WRONLY | O_CREAT | O_EXCL, 0600);

	if ((fd < 0) || (write(fd, "x", 1) != 1) ||
	    (renameat(dir, "made", dir, "moved") != 0))
		return 1;
	return unlinkat(dir, "moved", 0);
}

static void *
note_started(void * argument)
{
	*(int *)argument = 1;
	return NULL;
}

static int
do_thread(void)
{
	pthread_t thread;
	int started = 0;

	if (pthread_create(&thread, NULL, note_started, &started) != 0)
		return 1;
	(void)pthread_join(thread, NULL);
	return started ? 0 : 1;
}

static void
sandbox_ends_who_reaches_for_a_network_a_program_or_a_process(void)
{
	EXPECT(is_fine(shut_in(NULL, do_nothing)));
	EXPECT(is_killed(shut_in(NULL, do_socket)));
	EXPECT(is_killed(shut_in(NULL, do_exec)));
	EXPECT(is_killed(shut_in(NULL, do_fork)));
	EXPECT(is_killed(shut_in(NULL, do_unlink)));
}

static void
sandbox_refuses_to_open_for_writing(void)
{
	struct sandbox_rules rules = { .read_dirs = &dir, .n_read_dirs = 1 };

	EXPECT(is_fine(shut_in(NULL, do_open_for_writing)));
	EXPECT(is_fine(shut_in(&rules, do_open_for_writing)));
}

static void
sandbox_lets_in_where_its_rules_say(void)
{
	struct sandbox_rules read_rules = { .read_dirs = &dir,
		.n_read_dirs = 1 };
	struct sandbox_rules write_rules = { .write_dirs = &dir,
		.n_write_dirs = 1 };

	EXPECT(is_fine(shut_in(&read_rules, do_read_inside)));
	EXPECT(is_fine(shut_in(&read_rules, do_open_elsewhere)));
	EXPECT(is_fine(shut_in(&write_rules, do_write_inside)));
	EXPECT(is_fine(shut_in(&write_rules, do_open_elsewhere)));
	EXPECT(is_killed(shut_in(&write_rules, do_socket)));
	EXPECT(is_killed(shut_in(&write_rules, do_exec)));
}

static void
sandbox_allows_threads(void)
{
	EXPECT(is_fine(shut_in(NULL, do_thread)));
}

int
main(void)
{
	int status, fd;

	if (mkdtemp(place) == NULL)
		return 1;
	dir = open(place, O_RDONLY | O_DIRECTORY);
	fd = openat(dir, "kept", O_WRONLY | O_CREAT, 0600);
	EXPECT(write(fd, "x", 1) == 1);
	(void)close(fd);
	status = shut_in(NULL, do_nothing);
	if (WIFEXITED(status) && (WEXITSTATUS(status) == 98)) {
		SKIP("the sandbox holds", "this kernel or build has no filter");
	} else {
		RUN(sandbox_ends_who_reaches_for_a_network_a_program_or_a_process);
		RUN(sandbox_refuses_to_open_for_writing);
		RUN(sandbox_lets_in_where_its_rules_say);
		RUN(sandbox_allows_threads);
	}
	(void)unlinkat(dir, "kept", 0);
	(void)close(dir);
	(void)rmdir(place);
	return unit_failed;
}
