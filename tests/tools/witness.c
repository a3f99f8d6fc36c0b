/*
 * witness: stands in for a program of ours, under its name, and runs the one of
 * that name in the build folder, so that others may judge what it does.
 *
 * Where AZCUSTODY_WITNESS names a folder, what the program says with --json, or
 * azcustody-timeline at "parse", is kept there, in PROGRAM-NUMBER.jsonl, for its
 * schema.  Where AZCUSTODY_SECOND
 * names tests/tools/both.py, that has the second verifier judge a run of
 * azcustody-verify: each run if AZCUSTODY_EVERY is set, else the first one of
 * each class, which is the verb, the exit code, and the codes that were found.
 *
 * Nothing changes for whoever asked: words, output, exit code, and signals are
 * those of the program.  A run that is not watched is the program itself, by
 * exec; so is one whose output is a terminal or a device.
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 4096
#define CODES_MAX 256 /* Different codes of one run; more are not told apart. */
#define LINE_SIZE 4096
#define WORDS_MAX 1024
#define OUR_BUG 70

static char real[PATH_SIZE];  /* The program itself. */
static char class[PATH_SIZE]; /* A file that stands for its class. */
static char kept[PATH_SIZE];  /* What it said. */
static const char * name;     /* azcustody-...: its name. */
static volatile pid_t child;  /* While it runs. */

static int
stop(const char * why)
{
	(void)fprintf(stderr, "witness: %s: %s\n", why, strerror(errno));
	return OUR_BUG;
}

/* Find the program: BUILD/NAME, as this one is BUILD/tests/tools/witness. */
static int
find_program(const char * called)
{
	const char * slash = strrchr(called, '/');
	ssize_t len = readlink("/proc/self/exe", real, sizeof(real) - 64);

	name = (slash == NULL) ? called : slash + 1;
	if ((len <= 0) || (strlen(name) > 40) ||
	    (strncmp(name, "azcustody-", 10) != 0))
		return -1;
	real[len] = '\0';
	for (int i = 0; i < 3; i++) {
		char * end = strrchr(real, '/');

		if (end == NULL)
			return -1;
		*end = '\0';
	}
	(void)strcat(strcat(real, "/"), name);
	return 0;
}

static bool
has_word(char ** argv, const char * word)
{
	for (int i = 1; argv[i] != NULL; i++)
		if (strcmp(argv[i], word) == 0)
			return true;
	return false;
}

/* Whether the second verifier may know of what it does. */
static bool
is_judging(void)
{
	return strcmp(name, "azcustody-verify") == 0;
}

/* Whether it says what has a schema. */
static bool
is_json(char ** argv)
{
	if (strcmp(name, "azcustody-timeline") == 0)
		return (argv[1] != NULL) && (strcmp(argv[1], "parse") == 0);
	return has_word(argv, "--json");
}

/* Whether there is something in a run with these words to judge. */
static bool
is_watched(char ** argv)
{
	struct stat s;
	bool is_file;

	if ((getenv("AZCUSTODY_WITNESS") == NULL) || has_word(argv, "--help") ||
	    has_word(argv, "--version"))
		return false;
	if (!is_judging() && !is_json(argv))
		return false;
	if (fstat(STDOUT_FILENO, &s) != 0)
		return false;
	is_file = S_ISREG(s.st_mode) || S_ISFIFO(s.st_mode);
	if (!is_file && S_ISCHR(s.st_mode)) {
		struct stat null;

		is_file = (stat("/dev/null", &null) == 0) &&
		    (null.st_rdev == s.st_rdev);
	}
	return is_file;
}

static void
pass_on(int number)
{
	if (child > 0)
		(void)kill(child, number);
}

static int
put(int fd, const char * bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if ((n < 0) && (errno == EINTR))
			continue;
		if (n <= 0)
			return -1;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Read ${from} to its end into ${copy}, and to ${out} if that is not -1. */
static void
carry(int from, int out, int copy)
{
	static char block[65536];

	for (;;) {
		ssize_t n = read(from, block, sizeof(block));

		if ((n < 0) && (errno == EINTR))
			continue;
		if (n <= 0)
			return;
		(void)put(copy, block, (size_t)n);
		/* Nobody reads any more: let the program meet that too. */
		if ((out >= 0) && (put(out, block, (size_t)n) != 0))
			return;
	}
}

static void
run_program(char ** argv, const int ends[2], bool is_piped, pid_t parent)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(OUR_BUG);
	if (is_piped) {
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)close(ends[0]);
		(void)close(ends[1]);
	}
	(void)unsetenv("AZCUSTODY_WITNESS");
	(void)unsetenv("AZCUSTODY_SECOND");
	(void)execv(real, argv);
	_exit(stop(real));
}

/* Run it and keep what it says in ${copy}.  Return how it ended, or -1. */
static int
watch(char ** argv, int copy)
{
	static const int passed[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1,
		SIGUSR2, SIGCONT, SIGTSTP };
	struct sigaction act = { .sa_handler = pass_on };
	struct stat s;
	bool is_piped;
	int ends[2] = { -1, -1 }, how = -1;
	off_t begin = 0;
	pid_t self = getpid();

	if (fstat(STDOUT_FILENO, &s) != 0)
		return -1;
	/* A file is read back, so that the program has the file itself. */
	is_piped = !S_ISREG(s.st_mode);
	if (!is_piped) {
		begin = ((fcntl(STDOUT_FILENO, F_GETFL) & O_APPEND) != 0)
		    ? s.st_size
		    : lseek(STDOUT_FILENO, 0, SEEK_CUR);
		ends[0] = open("/proc/self/fd/1", O_RDONLY | O_CLOEXEC);
	} else if (pipe(ends) != 0)
		return -1;
	child = fork();
	if (child < 0)
		return -1;
	if (child == 0)
		run_program(argv, ends, is_piped, self);
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		(void)sigaction(passed[i], &act, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	if (is_piped) {
		(void)close(ends[1]);
		carry(ends[0], STDOUT_FILENO, copy);
		(void)close(ends[0]);
	}
	while ((waitpid(child, &how, 0) < 0) && (errno == EINTR))
		continue;
	if (!is_piped && (ends[0] >= 0)) {
		(void)lseek(ends[0], begin, SEEK_SET);
		carry(ends[0], -1, copy);
		(void)close(ends[0]);
	}
	child = 0;
	return how;
}

static uint64_t
add_hash(uint64_t hash, const char * text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)text[i]) * UINT64_C(1099511628211);
	return hash;
}

/* The code in a line of a report that is no note: its hash, or 0. */
static uint64_t
find_code(const char * line)
{
	const char * at = strstr(line, "\"type\":\"finding\"");
	const char * end;
	char close = '"';

	if (at != NULL) {
		at = strstr(line, "\"weight\":\"");
		if ((at == NULL) || (strncmp(at + 10, "note", 4) == 0))
			return 0;
		at = strstr(line, "\"code\":\"");
		at = (at == NULL) ? NULL : at + 8;
	} else {
		if (strncmp(line, "  FAIL [", 8) == 0)
			at = line + 8;
		else if (strncmp(line, "  UNDECIDED [", 13) == 0)
			at = line + 13;
		close = ']';
	}
	end = (at == NULL) ? NULL : strchr(at, close);
	return (end == NULL)
	    ? 0
	    : add_hash(UINT64_C(14695981039346656037), at, (size_t)(end - at));
}

/* What was found, whatever the order, and how often. */
static uint64_t
sum_codes(FILE * said)
{
	static char line[LINE_SIZE];
	uint64_t met[CODES_MAX], sum = 0;
	size_t count = 0;
	bool is_begun = true; /* At the begin of a line. */

	while (fgets(line, sizeof(line), said) != NULL) {
		uint64_t code = is_begun ? find_code(line) : 0;
		size_t i = 0;

		is_begun = (strchr(line, '\n') != NULL);
		while ((i < count) && (met[i] != code))
			i++;
		if ((code == 0) || (i < count) || (count == CODES_MAX))
			continue;
		met[count++] = code;
		sum += code;
	}
	return sum;
}

/* Whether no run of this class was judged before in this test. */
static bool
is_new(char ** argv, int code)
{
	static const char * const verbs[] = { "ledger", "disclosure" };
	FILE * said = fopen(kept, "r");
	uint64_t sum = (said == NULL) ? 0 : sum_codes(said);
	int verb = 0, fd;

	if (said != NULL)
		(void)fclose(said);
	if (getenv("AZCUSTODY_EVERY") != NULL)
		return true;
	for (int i = 0; i < 2; i++)
		if ((argv[1] != NULL) && (strcmp(argv[1], verbs[i]) == 0))
			verb = i + 1;
	(void)snprintf(class, sizeof(class), "%s/class-%d-%d-%016llx",
	    getenv("AZCUSTODY_WITNESS"), verb, code, (unsigned long long)sum);
	fd = open(class, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

/* Both.py itself could not be run, or broke: that is no agreement. */
static void
note_none(void)
{
	static const char line[] = "other no comparison was made\n";
	char path[PATH_SIZE];
	int fd;

	(void)snprintf(
	    path, sizeof(path), "%s/both", getenv("AZCUSTODY_WITNESS"));
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	(void)put(fd, line, sizeof(line) - 1);
	(void)close(fd);
}

/*
 * Have the second verifier judge the same; both.py notes what came of it, and
 * ends with 0 if it compared.
 */
static void
ask_second(char ** argv, int code)
{
	static const char * const others[] = { "bag", "signature", "timestamp",
		"revisit", "timeline" };
	static char python[] = "/usr/bin/python3", apart[] = "-I",
		    bare[] = "-S";
	char * words[WORDS_MAX] = { python, apart, bare,
		getenv("AZCUSTODY_SECOND"), real, getenv("AZCUSTODY_WITNESS") };
	size_t count = 6;
	int how = 0;
	pid_t pid;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if ((argv[1] != NULL) && (strcmp(argv[1], others[i]) == 0))
			return;
	if ((words[3] == NULL) || (code > 2) || !is_new(argv, code))
		return;
	for (int i = 1; (argv[i] != NULL) && (count < WORDS_MAX - 1); i++)
		words[count++] = argv[i];
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		for (int fd = 0; fd < 3; fd++)
			(void)dup2(null, fd);
		(void)execv(words[0], words);
		_exit(OUR_BUG);
	}
	while ((pid > 0) && (waitpid(pid, &how, 0) < 0) && (errno == EINTR))
		continue;
	if (!WIFEXITED(how) || (WEXITSTATUS(how) > 1))
		note_none();
	/* Not compared, because of its size, say: another one may be. */
	if ((how != 0) && (class[0] != '\0'))
		(void)unlink(class);
}

/* End as the program did. */
static int
end_alike(int how)
{
	static const struct rlimit none = { 0, 0 };

	if (!WIFSIGNALED(how))
		return WEXITSTATUS(how);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)signal(WTERMSIG(how), SIG_DFL);
	(void)raise(WTERMSIG(how));
	return 128 + WTERMSIG(how);
}

int
main(int argc, char ** argv)
{
	int copy, how;
	if ((argc < 1) || (find_program(argv[0]) != 0))
		return stop("no program of this name");
	if (!is_watched(argv)) {
		(void)execv(real, argv);
		return stop(real);
	}
	(void)snprintf(kept, sizeof(kept), "%s/%s-%ld.jsonl",
	    getenv("AZCUSTODY_WITNESS"), name + 10, (long)getpid());
	copy = open(kept, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (copy < 0) {
		/* The folder is gone, or whoever runs this may not write. */
		(void)execv(real, argv);
		return stop(real);
	}
	how = watch(argv, copy);
	(void)close(copy);
	if (how == -1)
		return stop(name);
	if (WIFEXITED(how) && is_judging())
		ask_second(argv, WEXITSTATUS(how));
	if (!is_json(argv))
		(void)unlink(kept);
	return end_alike(how);
}
