/* True names of members: which is given, which is not, and why. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/object.h"
#include "evidence/tar.h"

#include "verify/true_name.h"

#include "tests/unit/memory_hook.h"
#include "tests/unit/unit.h"

#define TOP "case-20261123t231613z-deadbeef"
#define FOLDER "data/0000-a-other/"

static struct err e;
static struct package_index place;
static int fd = -1;

/* The stored name of object ${i}. */
static const char *
stored(size_t i)
{
	static char path[NAME_SIZE];

	(void)snprintf(path, sizeof(path), FOLDER "%09d-x.json", (int)(i + 1));
	return path;
}

/* Append the catalogue line of the object called ${name}. */
static void
put_line(struct buf * out, size_t i, const char * name, size_t len)
{
	char path[2 * NAME_SIZE];
	struct object o = { .seq = (int64_t)i + 1,
		.path = path,
		.name = (const uint8_t *)name,
		.name_len = len,
		.content_length = -1,
		.committed_block_count = -1,
		.requested_at = CLOCK_UNKNOWN,
		.completed_at = 0 };

	(void)snprintf(path, sizeof(path), TOP "/%s", stored(i));
	EXPECT(object_format(&o, out, &e) == 0);
}

/* A file that begins with the member ${lines}, which place tells of. */
static void
write_catalogue(const struct buf * lines)
{
	static const uint8_t zeros[2 * TAR_BLOCK];
	struct tar_header header = { .path = TOP "/meta/objects.jsonl",
		.size = (int64_t)lines->len };
	uint8_t bytes[TAR_HEADER_MAX];
	char name[] = "/tmp/azcustody-names-XXXXXX";
	size_t len = 0;

	if (fd >= 0)
		(void)close(fd);
	fd = mkstemp(name);
	(void)unlink(name);
	EXPECT(tar_header_format(&header, bytes, &len, &e) == 0);
	EXPECT((io_write_all(fd, bytes, len, &e) == 0) &&
	    (io_write_all(fd, lines->bytes, lines->len, &e) == 0) &&
	    (io_write_all(fd, zeros, tar_padding(header.size), &e) == 0) &&
	    (io_write_all(fd, zeros, sizeof(zeros), &e) == 0));
	memset(&place, 0, sizeof(place));
	place.objects.is_known = true;
	place.objects.size = header.size;
	digest_sha256(lines->bytes, lines->len, place.objects.sha256);
}

/* A catalogue of the ${n} objects ${names}. */
static void
start(const char * const * names, size_t n)
{
	struct buf lines = { 0 };

	err_init(&e);
	for (size_t i = 0; i < n; i++)
		put_line(&lines, i, names[i], strlen(names[i]));
	write_catalogue(&lines);
	buf_free(&lines);
}

/* Of ${names}, object ${i} gets its true name if ${whys}[i] is NULL. */
static void
expect(const char * const * names, const char * const * whys, size_t n)
{
	char path[TRUE_NAME_SIZE], want[TRUE_NAME_SIZE];
	struct true_names * t;
	const char * why;

	start(names, n);
	t = true_names_open(fd, &place, &e);
	EXPECT(t != NULL);
	for (size_t i = 0; (t != NULL) && (i < n); i++) {
		EXPECT(true_names_next(t, stored(i), path, &why, &e) == 0);
		(void)snprintf(want, sizeof(want), "%s%s",
		    (whys[i] == NULL) ? FOLDER : "",
		    (whys[i] == NULL) ? names[i] : stored(i));
		EXPECT_TEXT(path, want);
		EXPECT((why == NULL) == (whys[i] == NULL));
		if ((why != NULL) && (whys[i] != NULL))
			EXPECT(strstr(why, whys[i]) != NULL);
	}
	true_names_close(t);
}

static void
a_name_that_no_other_could_be_taken_for_is_given(void)
{
	static const char * const names[] = { "a.json", "b/c/d=1/PT1H.json",
		"b/c/e", "caf\xc3\xa9.json" };
	static const char * const whys[] = { NULL, NULL, NULL, NULL };

	expect(names, whys, 4);
}

static void
of_names_that_a_system_takes_for_one_neither_is_given(void)
{
	static const char another[] = "another object has this name";
	static const char * const names[] = { "a/X.json", "a/x.JSON", "same",
		"same", "caf\xc3\xa9", "CAF\xc3\x89", "alone" };
	static const char * const whys[] = { another, another, another, another,
		another, another, NULL };

	expect(names, whys, 7);
}

static void
a_name_that_is_a_folder_of_another_is_not_given(void)
{
	static const char * const names[] = { "a", "a/b", "C/D", "c" };
	static const char * const whys[] = { "a folder of another", NULL, NULL,
		"a folder of another" };

	expect(names, whys, 4);
}

static void
a_name_that_leads_elsewhere_or_looks_stored_is_not_given(void)
{
	static const char * const names[] = { "../up", "/abs", "a/../b",
		"000000002-x.json", "con", "a\\b", "00000000x", "000000001x" };
	static const char * const whys[] = { "", "", "", "like a stored one",
		"", "", NULL, NULL };

	expect(names, whys, 8);
}

static void
a_name_with_a_nul_is_not_given(void)
{
	char path[TRUE_NAME_SIZE];
	struct buf lines = { 0 };
	struct true_names * t;
	const char * why = NULL;

	err_init(&e);
	put_line(&lines, 0, "a\0b", 3);
	write_catalogue(&lines);
	buf_free(&lines);
	t = true_names_open(fd, &place, &e);
	EXPECT(true_names_next(t, stored(0), path, &why, &e) == 0);
	EXPECT(why != NULL);
	EXPECT_TEXT(path, stored(0));
	true_names_close(t);
}

static void
a_catalogue_of_other_members_is_forged(void)
{
	static const char * const names[] = { "a", "b" };
	char path[TRUE_NAME_SIZE];
	struct true_names * t;
	const char * why;

	start(names, 2);
	t = true_names_open(fd, &place, &e);
	EXPECT(true_names_next(t, stored(1), path, &why, &e) == -1);
	EXPECT(e.kind == ERR_FORGED);
	err_init(&e);
	EXPECT(true_names_next(t, stored(1), path, &why, &e) == 0);
	EXPECT(true_names_next(t, stored(2), path, &why, &e) == -1);
	EXPECT(e.kind == ERR_FORGED);
	true_names_close(t);
	place.objects.sha256[0] ^= 1; /* Not what was proved. */
	err_init(&e);
	EXPECT(true_names_open(fd, &place, &e) == NULL);
	EXPECT(e.kind == ERR_FORGED);
}

static void
a_catalogue_without_members_names_none(void)
{
	char path[TRUE_NAME_SIZE];
	struct true_names * t;
	const char * why;

	start(NULL, 0);
	t = true_names_open(fd, &place, &e);
	EXPECT(t != NULL);
	EXPECT(true_names_next(t, stored(0), path, &why, &e) == -1);
	true_names_close(t);
}

/* Open and walk; 0, or -1 with ${why} set. */
static int
walk(size_t n, struct err * why)
{
	char path[TRUE_NAME_SIZE];
	const char * reason;
	struct true_names * t = true_names_open(fd, &place, why);
	int rc = (t == NULL) ? -1 : 0;

	for (size_t i = 0; (rc == 0) && (i < n); i++)
		rc = true_names_next(t, stored(i), path, &reason, why);
	true_names_close(t);
	return rc;
}

#define LIBARCHIVE_FATAL 1 /* How it leaves when it has no memory. */
#define CHILD_DONE 10
#define CHILD_SAID 11
#define CHILD_LIED 12
#define CHILD_UNHURT 13

/* Walk in a child with the ${n}-th allocation failing. */
static int
walk_starved(long n)
{
	struct err why;
	int status = 0;
	int rc;
	pid_t child = fork();

	if (child == 0) {
		err_init(&why);
		fail_at = n;
		rc = walk(3, &why);
		fail_at = 0;
		if (failed == 0)
			_exit(CHILD_UNHURT);
		if (rc == 0) /* What failed was not needed. */
			_exit(CHILD_DONE);
		_exit((why.kind == ERR_SYSTEM) ? CHILD_SAID : CHILD_LIED);
	}
	if ((child < 0) || (waitpid(child, &status, 0) != child))
		return CHILD_LIED;
	if (WIFEXITED(status) && (WEXITSTATUS(status) != LIBARCHIVE_FATAL))
		return WEXITSTATUS(status);
	if (WIFEXITED(status))
		return CHILD_SAID;
	/* A digest that cannot be computed ends the program (digest.h). */
	return (WTERMSIG(status) == SIGABRT) ? CHILD_SAID : CHILD_LIED;
}

static void
whatever_allocation_fails_it_is_said(void)
{
	static const char * const names[] = { "a/b", "c", "d/e/f" };
	int said = 0;
	long n = 0;
	int rc;

	start(names, 3);
	do {
		rc = walk_starved(++n);
		EXPECT(rc != CHILD_LIED);
		said += (rc == CHILD_SAID) ? 1 : 0;
	} while ((rc != CHILD_UNHURT) && (n < 5000));
	EXPECT(rc == CHILD_UNHURT);
	EXPECT((said > 100) || !HAS_OWN_MALLOC);
}

int
main(void)
{
	RUN(a_name_that_no_other_could_be_taken_for_is_given);
	RUN(of_names_that_a_system_takes_for_one_neither_is_given);
	RUN(a_name_that_is_a_folder_of_another_is_not_given);
	RUN(a_name_that_leads_elsewhere_or_looks_stored_is_not_given);
	RUN(a_name_with_a_nul_is_not_given);
	RUN(a_catalogue_of_other_members_is_forged);
	RUN(a_catalogue_without_members_names_none);
	RUN(whatever_allocation_fails_it_is_said);
	return unit_failed;
}
