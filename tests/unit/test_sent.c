#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/sent.h"
#include "evidence/io.h"
#include "tests/unit/unit.h"

static char folder[] = "/tmp/azcustody-sent.XXXXXX";
static int dir = -1;

static void
fill(struct request * r, const char * id)
{
	memset(r, 0, sizeof(*r));
	r->source = -1;
	r->method = "GET";
	r->url = "https://a/b";
	r->range_first = -1;
	r->range_last = -1;
	r->client_request_id = id;
}

static int
has(const char * name)
{
	return faccessat(dir, name, F_OK, 0) == 0;
}

/* Remove all that a test left. */
static void
sweep(void)
{
	char name[40];

	for (int i = 1; i < 20; i++) {
		(void)snprintf(name, sizeof(name), "sent.%d", i);
		(void)unlinkat(dir, name, 0);
		(void)snprintf(name, sizeof(name), "run.%d", i - 1);
		(void)unlinkat(dir, name, 0);
	}
	(void)unlinkat(dir, "sent.boot", 0);
}

static void
sent_gives_back_what_was_noted_but_for_a_line_cut_off(void)
{
	struct sent_left left = { 0 };
	struct request r;
	struct sent * s;
	struct err e;
	int64_t file = 0;
	int fd;

	err_init(&e);
	s = sent_open(dir, &left, &e);
	EXPECT(s != NULL);
	fill(&r, "azc-1-0-00000001");
	EXPECT(sent_note(s, &r, &file, &e) == 0);
	EXPECT(file == 1);
	fill(&r, "azc-1-0-00000002");
	EXPECT(sent_note(s, &r, &file, &e) == 0);
	sent_close(s);
	fd = openat(dir, "sent.1", O_WRONLY | O_APPEND);
	EXPECT(write(fd, "{\"format\"", 9) == 9);
	(void)close(fd);
	EXPECT(sent_load(dir, &left, &e) == 0);
	EXPECT(left.is_same_boot);
	EXPECT((left.first == 1) && (left.last == 1));
	EXPECT(buf_text(&left.lines) != NULL);
	EXPECT(strstr(buf_text(&left.lines), "azc-1-0-00000002") != NULL);
	EXPECT(left.lines.bytes[left.lines.len - 1] == '\n');
	buf_free(&left.lines);
	/* Another start of the machine. */
	(void)unlinkat(dir, "sent.boot", 0);
	EXPECT(io_save_new(dir, "sent.boot", "other\n", 6, 0600, &e) == 0);
	EXPECT(sent_load(dir, &left, &e) == 0);
	EXPECT(!left.is_same_boot);
	buf_free(&left.lines);
	sweep();
}

static void
sent_removes_a_file_two_checkpoints_after_its_last_line(void)
{
	struct sent_left left = { 0 };
	struct request r;
	struct sent * s;
	struct err e;
	int64_t file = 1;
	int64_t count = 0;

	err_init(&e);
	s = sent_open(dir, &left, &e);
	EXPECT(s != NULL);
	fill(&r, "azc-1-0-00000001");
	while ((file == 1) && (count < 100000)) {
		EXPECT(sent_note(s, &r, &file, &e) == 0);
		count++;
	}
	EXPECT(file == 2);
	EXPECT(has("sent.1") && has("sent.2"));
	for (int64_t i = 1; i < count - 1; i++)
		sent_settle(s, 1);
	/* One of them has no line yet. */
	sent_save(s);
	sent_save(s);
	EXPECT(has("sent.1"));
	sent_settle(s, 1);
	sent_save(s);
	EXPECT(has("sent.1"));
	sent_save(s);
	EXPECT(!has("sent.1"));
	EXPECT(has("sent.2"));
	sent_close(s);
	/* What an earlier run left goes the same way. */
	EXPECT(sent_load(dir, &left, &e) == 0);
	buf_free(&left.lines);
	EXPECT((left.first == 2) && (left.last == 2));
	s = sent_open(dir, &left, &e);
	EXPECT(has("sent.3"));
	sent_save(s);
	EXPECT(has("sent.2"));
	sent_save(s);
	EXPECT(!has("sent.2"));
	sent_close(s);
	sweep();
}

static void
sent_gives_no_number_of_a_run_twice(void)
{
	struct err e;
	int64_t run = 0;

	err_init(&e);
	EXPECT((sent_begin_run(dir, &run, &e) == 0) && (run == 0));
	EXPECT((sent_begin_run(dir, &run, &e) == 0) && (run == 1));
	run = 1;
	EXPECT((sent_begin_run(dir, &run, &e) == 0) && (run == 2));
	run = 7;
	EXPECT((sent_begin_run(dir, &run, &e) == 0) && (run == 7));
	sweep();
}

int
main(void)
{
	if (mkdtemp(folder) == NULL)
		return 1;
	dir = open(folder, O_RDONLY | O_DIRECTORY);
	RUN(sent_gives_back_what_was_noted_but_for_a_line_cut_off);
	RUN(sent_removes_a_file_two_checkpoints_after_its_last_line);
	RUN(sent_gives_no_number_of_a_run_twice);
	(void)close(dir);
	(void)rmdir(folder);
	return unit_failed;
}
