/*
 * The door to the file system.  Only what every system has is used here, so
 * that the same test judges io_windows.c.
 */
#include <stdlib.h>

#include "evidence/io.h"

#include "tests/unit/unit.h"

static int top = -1; /* The folder of this test. */
static struct err e;

static void
io_save_new_never_replaces(void)
{
	struct buf bytes = { 0 };

	EXPECT(io_save_new(top, "saved", "one\r\n\x1a two", 10, 0600, &e) == 0);
	EXPECT(io_load(top, "saved", 100, &bytes, &e) == 0);
	EXPECT((bytes.len == 10) &&
	    (memcmp(bytes.bytes, "one\r\n\x1a two", 10) == 0));
	EXPECT(io_save_new(top, "saved", "x", 1, 0600, &e) == -1);
	EXPECT(e.kind == ERR_USAGE);
	buf_clear(&bytes);
	err_init(&e);
	EXPECT(io_load(top, "saved", 9, &bytes, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	err_init(&e);
	EXPECT(
	    (io_load(top, "saved", 10, &bytes, &e) == 0) && (bytes.len == 10));
	buf_free(&bytes);
}

static void
io_create_refuses_a_name_that_is_there(void)
{
	int fd = io_create(top, "made", 0600, &e);

	EXPECT(fd >= 0);
	EXPECT(io_write_all(fd, "0123456789", 10, &e) == 0);
	EXPECT(io_truncate(fd, 4, &e) == 0);
	EXPECT(io_write_all(fd, "ab", 2, &e) == 0);
	EXPECT(io_sync(fd, &e) == 0);
	EXPECT(io_truncate(fd, 7, &e) == -1);
	err_init(&e);
	EXPECT(io_close(fd, &e) == 0);
	EXPECT(io_create(top, "made", 0600, &e) == -1);
	EXPECT(e.kind == ERR_SYSTEM);
}

static void
io_read_at_is_short_only_at_the_end(void)
{
	char bytes[8] = "";
	int64_t size = 0;
	int fd = io_open_read(top, "made", &e);

	EXPECT(io_size(fd, &size, &e) == 0);
	EXPECT(size == 6);
	EXPECT(io_read_at(fd, bytes, 3, 2, &e) == 3);
	EXPECT(memcmp(bytes, "23a", 3) == 0);
	EXPECT(io_read_at(fd, bytes, 8, 0, &e) == 6);
	EXPECT(memcmp(bytes, "0123ab", 6) == 0);
	EXPECT(io_read_at(fd, bytes, 8, 6, &e) == 0);
	EXPECT(io_read_at(fd, bytes, 8, INT64_C(5) << 30, &e) == 0);
	io_drop(fd);
}

static void
io_look_tells_one_file_from_another(void)
{
	struct io_facts one, same, other;
	int fd = io_open_read(top, "made", &e);

	EXPECT(io_look(fd, &one, &e) == 0);
	EXPECT((one.sort == IO_FILE) && (one.size == 6));
	/* After 2020, that is: not in another epoch or unit. */
	EXPECT((one.modified_s > 1577836800) &&
	    (one.modified_s < INT64_C(10000000000)));
	EXPECT((one.modified_ns >= 0) && (one.modified_ns < 1000000000));
	EXPECT(io_find(top, "made", &same, &e) == 1);
	EXPECT(io_is_same(&one, &same));
	EXPECT(io_find(top, "saved", &other, &e) == 1);
	EXPECT(!io_is_same(&one, &other));
	EXPECT(io_find(top, "missing", &other, &e) == 0);
	EXPECT(io_look(top, &other, &e) == 0);
	EXPECT(other.sort == IO_FOLDER);
	io_drop(fd);
}

static void
io_reach_dir_makes_a_folder_once(void)
{
	int a = io_reach_dir(top, "a", &e);
	int again = io_reach_dir(top, "a", &e);
	int b = io_make_dir(a, "b", &e);

	EXPECT((a >= 0) && (again >= 0) && (b >= 0));
	EXPECT(io_save_new(b, "file", "deep", 4, 0600, &e) == 0);
	EXPECT(io_make_dir(top, "a", &e) == -1);
	err_init(&e);
	EXPECT(io_reach_dir(top, "made", &e) == -1);
	EXPECT(e.kind == ERR_NOINPUT);
	err_init(&e);
	EXPECT(io_enter(top, "missing", &e) == -1);
	EXPECT(e.kind == ERR_NOINPUT);
	io_drop(a);
	io_drop(again);
	io_drop(b);
}

static void
io_open_below_goes_from_folder_to_folder(void)
{
	static const char * const none[] = { "a/b/no", "a/no/file", "no",
		"a/b/file/x", "made/b", "a/b", "a" };
	char longer[IO_PART_MAX + 10];
	struct io_facts facts;
	int fd = -1;

	EXPECT(io_open_below(top, "a/b/file", &fd, &facts, &e) == 1);
	EXPECT((fd >= 0) && (facts.size == 4));
	io_drop(fd);
	EXPECT(io_open_below(top, "made", &fd, &facts, &e) == 1);
	io_drop(fd);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		EXPECT(io_open_below(top, none[i], &fd, &facts, &e) == 0);
		EXPECT((fd == -1) && (e.kind == ERR_NONE));
	}
	memset(longer, 'a', sizeof(longer));
	memcpy(longer + IO_PART_MAX + 1, "/b", 3);
	EXPECT(io_open_below(top, longer, &fd, &facts, &e) == 0);
}

static void
io_list_has_each_name_once(void)
{
	struct io_list * list = io_list_open(top, ".", &e);
	const char * name = NULL;
	int files = 0, folders = 0, rc;

	EXPECT(list != NULL);
	for (rc = io_list_next(list, &name, &e); rc == 1;
	     rc = io_list_next(list, &name, &e)) {
		files +=
		    (strcmp(name, "made") == 0) || (strcmp(name, "saved") == 0);
		folders += (strcmp(name, "a") == 0);
		EXPECT((strcmp(name, ".") != 0) && (strcmp(name, "..") != 0));
	}
	EXPECT(rc == 0);
	EXPECT((files == 2) && (folders == 1));
	io_list_close(list);
	list = io_list_open(top, "a", &e);
	EXPECT(io_list_next(list, &name, &e) == 1);
	EXPECT_TEXT(name, "b");
	EXPECT(io_list_next(list, &name, &e) == 0);
	io_list_close(list);
	EXPECT(io_list_open(top, "made", &e) == NULL);
	EXPECT(e.kind == ERR_NOINPUT);
}

static void
io_list_goes_on_through_many_names(void)
{
	enum {
		MANY = 3000
	};
	static unsigned char seen[MANY];
	struct io_list * list;
	const char * name = NULL;
	char text[64];
	int dir = io_make_dir(top, "many", &e);
	int n = 0;

	for (int i = 0; i < MANY; i++) {
		(void)snprintf(
		    text, sizeof(text), "a-name-that-is-rather-long-%06d", i);
		io_drop(io_create(dir, text, 0600, &e));
	}
	EXPECT(e.kind == ERR_NONE);
	list = io_list_open(dir, ".", &e);
	while (io_list_next(list, &name, &e) == 1) {
		seen[atoi(name + strlen(name) - 6)]++;
		n++;
	}
	io_list_close(list);
	EXPECT(n == MANY);
	for (int i = 0; i < MANY; i++) {
		if (seen[i] != 1)
			EXPECT(seen[i] == 1);
		(void)snprintf(
		    text, sizeof(text), "a-name-that-is-rather-long-%06d", i);
		io_remove(dir, text);
	}
	list = io_list_open(dir, ".", &e);
	EXPECT(io_list_next(list, &name, &e) == 0);
	io_list_close(list);
	io_drop(dir);
}

static void
io_keeps_names_that_are_not_ASCII(void)
{
	static const char name[] = "Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x94\x8f";
	struct io_list * list;
	struct io_facts facts;
	const char * have = NULL;
	int dir = io_make_dir(top, "names", &e);

	EXPECT(io_save_new(dir, name, "x", 1, 0600, &e) == 0);
	EXPECT(io_find(dir, name, &facts, &e) == 1);
	list = io_list_open(dir, ".", &e);
	EXPECT(io_list_next(list, &have, &e) == 1);
	EXPECT_TEXT(have, name);
	io_list_close(list);
	io_drop(dir);
}

static void
io_rename_new_moves_folders_and_replaces_nothing(void)
{
	int dir = io_make_dir(top, "x.partial", &e);
	struct io_facts facts;

	EXPECT(io_save_new(dir, "in", "x", 1, 0600, &e) == 0);
	EXPECT(io_close(dir, &e) == 0);
	EXPECT(io_rename_new(top, "x.partial", top, "x", &e) == 0);
	EXPECT(io_find(top, "x.partial", &facts, &e) == 0);
	EXPECT(io_find(top, "x", &facts, &e) == 1);
	EXPECT(facts.sort == IO_FOLDER);
	io_drop(io_make_dir(top, "y", &e));
	EXPECT(io_rename_new(top, "y", top, "x", &e) == -1);
	EXPECT(e.kind == ERR_USAGE);
	err_init(&e);
	EXPECT(io_rename_new(top, "saved", top, "made", &e) == -1);
	EXPECT(e.kind == ERR_USAGE);
	err_init(&e);
	EXPECT(io_rename_new(top, "missing", top, "z", &e) == -1);
	EXPECT(e.kind == ERR_NOINPUT);
}

static void
io_create_unnamed_is_gone_when_it_is_closed(void)
{
	char bytes[4];
	struct io_list * list;
	const char * name = NULL;
	int dir = io_make_dir(top, "scratch", &e);
	int fd = io_create_unnamed(dir, &e);

	EXPECT(io_write_all(fd, "clear", 5, &e) == 0);
	EXPECT(io_read_at(fd, bytes, 4, 1, &e) == 4);
	EXPECT(memcmp(bytes, "lear", 4) == 0);
	EXPECT(io_close(fd, &e) == 0);
	list = io_list_open(dir, ".", &e);
	EXPECT(io_list_next(list, &name, &e) == 0);
	io_list_close(list);
	io_drop(dir);
}

static void
io_open_any_tells_files_from_folders(void)
{
	struct io_facts facts;
	int fd = io_open_any(".", &facts, &e);

	EXPECT((fd >= 0) && (facts.sort == IO_FOLDER));
	io_drop(fd);
	EXPECT(io_open_any("no-such-file-is-here", &facts, &e) == -1);
	EXPECT(e.kind == ERR_NOINPUT);
}

static void
io_make_read_only_is_kept(void)
{
	int fd = io_create(top, "kept", 0600, &e);
	struct io_facts facts;
	int64_t room = 0;

	EXPECT(io_write_all(fd, "x", 1, &e) == 0);
	EXPECT(io_make_read_only(fd, &e) == 0);
	EXPECT(io_look(fd, &facts, &e) == 0);
	EXPECT(!facts.is_open_to_others);
	EXPECT(io_close(fd, &e) == 0);
	EXPECT(io_free_space(top, &room, &e) == 0);
	EXPECT(room > 0);
}

/* As RUN, with no error left from the one before. */
#define RUN_CLEAN(test)       \
	do {                  \
		err_init(&e); \
		RUN(test);    \
	} while (0)

int
main(void)
{
	const char * tmp = getenv("TMPDIR");
	char name[64];
	int dir;

	err_init(&e);
	dir = io_open_dir((tmp != NULL) ? tmp : "/tmp", &e);
	for (int i = 0; (i < 10000) && (dir >= 0) && (top < 0); i++) {
		(void)snprintf(name, sizeof(name), "azcustody-io-%04d", i);
		err_init(&e);
		top = io_make_dir(dir, name, &e);
	}
	if (top < 0) {
		(void)printf("not ok - a folder for this test: %s\n", e.text);
		return 1;
	}
	RUN_CLEAN(io_save_new_never_replaces);
	RUN_CLEAN(io_create_refuses_a_name_that_is_there);
	RUN_CLEAN(io_read_at_is_short_only_at_the_end);
	RUN_CLEAN(io_look_tells_one_file_from_another);
	RUN_CLEAN(io_reach_dir_makes_a_folder_once);
	RUN_CLEAN(io_open_below_goes_from_folder_to_folder);
	RUN_CLEAN(io_list_has_each_name_once);
	RUN_CLEAN(io_list_goes_on_through_many_names);
	RUN_CLEAN(io_keeps_names_that_are_not_ASCII);
	RUN_CLEAN(io_rename_new_moves_folders_and_replaces_nothing);
	RUN_CLEAN(io_create_unnamed_is_gone_when_it_is_closed);
	RUN_CLEAN(io_open_any_tells_files_from_folders);
	RUN_CLEAN(io_make_read_only_is_kept);
	io_drop(top);
	io_drop(dir);
	return unit_failed;
}
