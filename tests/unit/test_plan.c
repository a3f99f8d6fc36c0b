#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"

#include "collect/plan.h"

#include "tests/unit/unit.h"

static char dir_name[] = "/tmp/azcustody-plan.XXXXXX";
static int dir = -1;

static const struct plan_entry first = {
	.source = 3,
	.name = "a/\xff\n%41\x00/b",
	.name_len = 10,
	.size = 12,
	.etag = "0x8D\"quoted\"",
	.last_modified = "Sun, 01 Nov 2026 22:00:00 GMT",
	.blob_type = "BlockBlob",
};

static void
plan_next_gives_back_what_plan_add_took_whatever_bytes_a_name_has(void)
{
	struct plan_entry * entry = NULL;
	struct plan_entry second = first;
	struct plan * p;
	struct err e;

	err_init(&e);
	second.size = -1;
	second.etag = NULL;
	second.snapshot = "2026-11-01T22:00:00.0000000Z";
	second.is_deleted = true;
	p = plan_create(dir, PLAN_FILE, &e);
	EXPECT(p != NULL);
	EXPECT(plan_add(p, &first, &e) == 0);
	EXPECT(plan_add(p, &second, &e) == 0);
	EXPECT(plan_sync(p, &e) == 0);
	EXPECT(plan_count(p) == 2);
	plan_free(p);
	p = plan_open(dir, PLAN_FILE, &e);
	EXPECT(plan_next(p, &entry, &e) == 1);
	EXPECT((entry->number == 0) && (entry->source == 3));
	EXPECT(entry->name_len == 10);
	EXPECT(memcmp(entry->name, first.name, 10) == 0);
	EXPECT_TEXT(entry->etag, first.etag);
	EXPECT(entry->snapshot == NULL);
	plan_entry_free(entry);
	EXPECT(plan_next(p, &entry, &e) == 1);
	EXPECT((entry->number == 1) && (entry->size == -1));
	EXPECT((entry->etag == NULL) && entry->is_deleted);
	EXPECT_TEXT(entry->snapshot, second.snapshot);
	plan_entry_free(entry);
	EXPECT(plan_next(p, &entry, &e) == 0);
	plan_rewind(p);
	EXPECT(plan_next(p, &entry, &e) == 1);
	EXPECT(entry->number == 0);
	plan_entry_free(entry);
	plan_free(p);
}

static void
plan_next_reads_more_than_its_buffer_holds(void)
{
	static char name[3000];
	struct plan_entry entry = first;
	struct plan_entry * got = NULL;
	struct plan * p;
	struct err e;
	int64_t n = 0;

	err_init(&e);
	memset(name, 0xfe, sizeof(name));
	entry.name = name;
	entry.name_len = sizeof(name);
	p = plan_create(dir, PLAN_FILE, &e);
	for (int i = 0; i < 500; i++)
		EXPECT(plan_add(p, &entry, &e) == 0);
	EXPECT(plan_sync(p, &e) == 0);
	plan_free(p);
	p = plan_open(dir, PLAN_FILE, &e);
	while (plan_next(p, &got, &e) == 1) {
		EXPECT(got->number == n);
		EXPECT(got->name_len == sizeof(name));
		plan_entry_free(got);
		n++;
	}
	EXPECT(n == 500);
	EXPECT(e.kind == ERR_NONE);
	plan_free(p);
}

static void
plan_add_refuses_a_line_over_its_limit(void)
{
	static char name[PLAN_LINE_MAX / 3];
	struct plan_entry entry = first;
	struct plan * p;
	struct err e;

	err_init(&e);
	memset(name, 1, sizeof(name));
	entry.name = name;
	entry.name_len = sizeof(name);
	p = plan_create(dir, PLAN_FILE, &e);
	EXPECT(plan_add(p, &entry, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	plan_free(p);
}

/* Put ${text} in place of the plan, read it; return what plan_next says. */
static int
read_text(const char * text)
{
	struct plan_entry * entry = NULL;
	struct plan * p;
	struct err e;
	int rc;

	err_init(&e);
	(void)unlinkat(dir, PLAN_FILE, 0);
	EXPECT(io_save_new(dir, PLAN_FILE, text, strlen(text), 0600, &e) == 0);
	p = plan_open(dir, PLAN_FILE, &e);
	rc = plan_next(p, &entry, &e);
	if (rc == 1)
		plan_entry_free(entry);
	plan_free(p);
	return rc;
}

static void
plan_next_refuses_a_plan_that_was_cut_or_is_none(void)
{
	EXPECT(read_text("") == 0);
	EXPECT(
	    read_text("{\"source\":0,\"name_pct\":\"a\",\"size\":1}\n") == 1);
	EXPECT(read_text("{\"source\":0,\"name_pct\":\"a\",\"size\":1}") == -1);
	EXPECT(
	    read_text("{\"source\":-1,\"name_pct\":\"a\",\"size\":1}\n") == -1);
	EXPECT(read_text("{\"source\":0,\"size\":1}\n") == -1);
	EXPECT(
	    read_text("{\"source\":0,\"name_pct\":\"%4\",\"size\":1}\n") == -1);
	EXPECT(read_text("no json\n") == -1);
}

static void
plan_open_says_when_there_is_no_plan(void)
{
	struct err e;

	err_init(&e);
	(void)unlinkat(dir, PLAN_FILE, 0);
	EXPECT(plan_open(dir, PLAN_FILE, &e) == NULL);
	EXPECT(e.kind == ERR_NOINPUT);
}

int
main(void)
{
	if (mkdtemp(dir_name) == NULL)
		return 1;
	dir = open(dir_name, O_RDONLY | O_DIRECTORY);
	RUN(plan_next_gives_back_what_plan_add_took_whatever_bytes_a_name_has);
	RUN(plan_next_reads_more_than_its_buffer_holds);
	RUN(plan_add_refuses_a_line_over_its_limit);
	RUN(plan_next_refuses_a_plan_that_was_cut_or_is_none);
	RUN(plan_open_says_when_there_is_no_plan);
	(void)unlinkat(dir, PLAN_FILE, 0);
	(void)close(dir);
	(void)rmdir(dir_name);
	return unit_failed;
}
