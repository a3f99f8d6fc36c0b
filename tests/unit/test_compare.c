#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/compare.h"
#include "collect/plan.h"
#include "collect/record_object.h"

#include "tests/unit/unit.h"

static char dir_name[] = "/tmp/azcustody-compare.XXXXXX";
static int dir = -1;

static const uint8_t skip_second[] = { 0, 1 };
static const struct compare_pair pair = { "first", "again", skip_second, 2 };
static const struct compare_pair none = { "first", "none", NULL, 0 };

/* Write a plan of one letter blobs: "a1 b1" is a and b with the ETag 1. */
static void
write_plan(const char * file, const char * words)
{
	struct plan * p;
	struct err e;

	err_init(&e);
	p = plan_create(dir, file, &e);
	EXPECT(p != NULL);
	for (; *words != '\0'; words += (words[2] == ' ') ? 3 : 2) {
		const char etag[2] = { words[1], '\0' };
		/* Capitals are of the source that was not listed again. */
		bool is_second = (words[0] >= 'A') && (words[0] <= 'Z');
		struct plan_entry entry = {
			.source = is_second ? 1 : 0,
			.name = words,
			.name_len = 1,
			.size = 1,
			.etag = etag,
		};

		EXPECT(plan_add(p, &entry, &e) == 0);
	}
	EXPECT(plan_sync(p, &e) == 0);
	plan_free(p);
}

/* Compare both and check the four counts. */
static void
expect_counts(const char * first, const char * again, int64_t same,
    int64_t changed, int64_t appeared, int64_t vanished)
{
	struct compare_result r;
	struct err e;

	err_init(&e);
	write_plan("first", first);
	write_plan("again", again);
	EXPECT(compare_plans(dir, &pair, &r, &e) == 0);
	EXPECT(r.same == same);
	EXPECT(r.changed == changed);
	EXPECT(r.appeared == appeared);
	EXPECT(r.vanished == vanished);
	EXPECT(r.example_count == (size_t)(changed + appeared + vanished));
	compare_clear(&r);
}

static void
compare_plans_counts_what_changed_came_and_went(void)
{
	expect_counts("", "", 0, 0, 0, 0);
	expect_counts("a1 b1 c1", "a1 b1 c1", 3, 0, 0, 0);
	expect_counts("a1 b1 c1", "a1 b2 c1", 2, 1, 0, 0);
	expect_counts("a1 c1", "a1 b1 c1 d1", 2, 0, 2, 0);
	expect_counts("a1 b1 c1", "c1", 1, 0, 0, 2);
	expect_counts("", "a1", 0, 0, 1, 0);
}

static void
compare_plans_does_not_depend_on_the_order_of_the_listing(void)
{
	expect_counts("b1 a1 d1 c1", "b1 a1 d1 c1", 4, 0, 0, 0);
	expect_counts("c1 b1 a1", "a1 b1 c1", 3, 0, 0, 0);
	expect_counts("c1 b1 a1", "a2 b1 e1", 1, 1, 1, 1);
}

static void
compare_plans_says_nothing_about_what_was_not_listed_again(void)
{
	expect_counts("a1 b1 C1 D1", "a1 b1", 2, 0, 0, 0);
	expect_counts("a1 C1", "a1 C2 E1", 1, 0, 0, 0);
}

static void
compare_plans_keeps_so_many_examples_and_counts_the_rest(void)
{
	struct compare_result r;
	struct plan * p;
	struct err e;

	err_init(&e);
	p = plan_create(dir, "first", &e);
	EXPECT(p != NULL);
	for (int i = 0; i < COMPARE_EXAMPLES_MAX + 5; i++) {
		char name[16];
		struct plan_entry entry = { .name = name, .size = 1 };

		entry.name_len =
		    (size_t)snprintf(name, sizeof(name), "n%06d", i);
		EXPECT(plan_add(p, &entry, &e) == 0);
	}
	EXPECT(plan_sync(p, &e) == 0);
	plan_free(p);
	write_plan("again", "");
	EXPECT(compare_plans(dir, &pair, &r, &e) == 0);
	EXPECT(r.vanished == COMPARE_EXAMPLES_MAX + 5);
	EXPECT(r.example_count == COMPARE_EXAMPLES_MAX);
	EXPECT(r.examples[0].difference == COMPARE_VANISHED);
	compare_clear(&r);
	EXPECT(compare_plans(dir, &none, &r, &e) == -1);
}

static void
record_object_is_etag_looks_through_the_quotes_alone(void)
{
	EXPECT(record_object_is_etag("0x8D", "\"0x8D\""));
	EXPECT(record_object_is_etag("\"0x8D\"", "\"0x8D\""));
	EXPECT(!record_object_is_etag("0x8D", "\"0x8d\""));
	EXPECT(!record_object_is_etag("0x8D", "W/\"0x8D\""));
	EXPECT(!record_object_is_etag(NULL, "x"));
	EXPECT(!record_object_is_etag("\"", "\"\""));
}

int
main(void)
{
	if (mkdtemp(dir_name) == NULL)
		return 1;
	dir = open(dir_name, O_RDONLY | O_DIRECTORY);
	RUN(compare_plans_counts_what_changed_came_and_went);
	RUN(compare_plans_does_not_depend_on_the_order_of_the_listing);
	RUN(compare_plans_says_nothing_about_what_was_not_listed_again);
	RUN(compare_plans_keeps_so_many_examples_and_counts_the_rest);
	RUN(record_object_is_etag_looks_through_the_quotes_alone);
	(void)unlinkat(dir, "first", 0);
	(void)unlinkat(dir, "again", 0);
	(void)close(dir);
	(void)rmdir(dir_name);
	return unit_failed;
}
