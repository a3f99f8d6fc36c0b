#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"

#include "collect/folders.h"
#include "collect/seen.h"

#include "tests/unit/unit.h"

static char path[] = "/tmp/azcustody-folders.XXXXXX";
static int dir = -1;

static int64_t
push(struct folders * f, int64_t top, const char * prefix, const char * marker,
    bool is_flat)
{
	struct folder folder = { .is_flat = is_flat };
	struct err e;

	err_init(&e);
	EXPECT(buf_add_text(&folder.prefix, prefix, &e) == 0);
	EXPECT(buf_add_text(&folder.marker, marker, &e) == 0);
	EXPECT(folders_push(f, &top, &folder, &e) == 0);
	folder_clear(&folder);
	return top;
}

static void
folders_come_off_in_the_order_they_were_put_on_and_stay_where_they_were(void)
{
	struct folder folder = { 0 };
	struct folders * f;
	int64_t top = FOLDERS_EMPTY, second;
	struct err e;

	err_init(&e);
	f = folders_open(dir, 0, &e);
	EXPECT(f != NULL);
	top = push(f, top, "", "2!8!\xc3\xa9&", false);
	second = push(f, top, "a\nb/\xff/", "", true);
	top = push(f, second, "c/", "", false);
	EXPECT(folders_read(f, top, &folder, &e) == 0);
	EXPECT_TEXT(buf_text(&folder.prefix), "c/");
	EXPECT(folder.below == second);
	EXPECT(!folder.is_flat);
	/* Put something on what is below: the first branch is untouched. */
	(void)push(f, second, "d/", "", false);
	EXPECT(folders_read(f, second, &folder, &e) == 0);
	EXPECT_TEXT(buf_text(&folder.prefix), "a\nb/\xff/");
	EXPECT(folder.is_flat);
	EXPECT(folders_read(f, folder.below, &folder, &e) == 0);
	EXPECT_TEXT(buf_text(&folder.marker), "2!8!\xc3\xa9&");
	EXPECT(folder.below == FOLDERS_EMPTY);
	folder_clear(&folder);
	EXPECT(folders_sync(f, &e) == 0);
	folders_free(f);
}

static void
folders_are_cut_back_to_what_a_checkpoint_names(void)
{
	struct folder folder = { 0 };
	struct folders * f;
	int64_t top, bytes;
	struct err e;

	err_init(&e);
	f = folders_open(dir, 0, &e);
	EXPECT(f != NULL);
	top = push(f, FOLDERS_EMPTY, "kept/", "", false);
	bytes = folders_bytes(f);
	(void)push(f, top, "lost/", "", false);
	EXPECT(folders_sync(f, &e) == 0);
	folders_free(f);
	f = folders_open(dir, bytes, &e);
	EXPECT(f != NULL);
	EXPECT(folders_read(f, top, &folder, &e) == 0);
	EXPECT_TEXT(buf_text(&folder.prefix), "kept/");
	EXPECT(folders_read(f, bytes, &folder, &e) != 0);
	err_init(&e);
	EXPECT(push(f, top, "new/", "", false) == bytes);
	EXPECT(folders_read(f, bytes, &folder, &e) == 0);
	EXPECT_TEXT(buf_text(&folder.prefix), "new/");
	folder_clear(&folder);
	folders_free(f);
	EXPECT(folders_open(dir, bytes * 100, &e) == NULL);
}

static void
folders_that_would_go_round_are_refused(void)
{
	static const char line[] =
	    "{\"below\":0,\"prefix_pct\":\"a\",\"marker\":\"\",\"flat\":true}\n";
	struct folder folder = { 0 };
	struct folders * f;
	struct err e;

	err_init(&e);
	(void)unlinkat(dir, FOLDERS_FILE, 0);
	EXPECT(io_save_new(
		   dir, FOLDERS_FILE, line, sizeof(line) - 1, 0600, &e) == 0);
	f = folders_open(dir, (int64_t)sizeof(line) - 1, &e);
	EXPECT(f != NULL);
	EXPECT(folders_read(f, 0, &folder, &e) != 0);
	EXPECT(e.kind == ERR_INPUT);
	folder_clear(&folder);
	folders_free(f);
}

static void
folders_with_the_longest_names_and_markers_come_back(void)
{
	struct folder in = { 0 }, out = { 0 };
	int64_t top = FOLDERS_EMPTY;
	struct folders * f;
	struct err e;

	err_init(&e);
	f = folders_open(dir, 0, &e);
	EXPECT(f != NULL);
	for (size_t i = 0; i < 4096; i++)
		EXPECT(buf_add(&in.prefix, "\xff", 1, &e) == 0);
	for (size_t i = 0; i < 16384; i++)
		EXPECT(buf_add(&in.marker, "\x01", 1, &e) == 0);
	EXPECT(folders_push(f, &top, &in, &e) == 0);
	EXPECT(folders_read(f, top, &out, &e) == 0);
	EXPECT(out.prefix.len == 4096);
	EXPECT(out.marker.len == 16384);
	folder_clear(&in);
	folder_clear(&out);
	folders_free(f);
}

static void
seen_knows_each_text_once_however_many_there_are(void)
{
	struct seen s = { 0 };
	struct err e;

	err_init(&e);
	for (int i = 0; i < 20000; i++)
		EXPECT(seen_add(&s, &i, sizeof(i), &e) == 1);
	for (int i = 0; i < 20000; i += 7)
		EXPECT(seen_add(&s, &i, sizeof(i), &e) == 0);
	EXPECT(s.count == 20000);
	EXPECT(seen_add(&s, "", 0, &e) == 1);
	EXPECT(seen_add(&s, "", 0, &e) == 0);
	s.count = SEEN_MAX;
	EXPECT(seen_add(&s, "x", 1, &e) < 0);
	EXPECT(e.kind == ERR_LIMIT);
	s.count = 0;
	seen_free(&s);
}

int
main(void)
{
	struct err e;

	err_init(&e);
	if (mkdtemp(path) == NULL)
		return 1;
	dir = io_open_dir(path, &e);
	EXPECT(dir >= 0);
	RUN(folders_come_off_in_the_order_they_were_put_on_and_stay_where_they_were);
	RUN(folders_are_cut_back_to_what_a_checkpoint_names);
	RUN(folders_that_would_go_round_are_refused);
	RUN(folders_with_the_longest_names_and_markers_come_back);
	RUN(seen_knows_each_text_once_however_many_there_are);
	(void)unlinkat(dir, FOLDERS_FILE, 0);
	(void)close(dir);
	(void)rmdir(path);
	return unit_failed;
}
