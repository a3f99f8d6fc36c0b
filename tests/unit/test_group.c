/* Groups of packages: names, what bag and seal say, and cutting a plan. */
#include "collect/options.h"
#include "collect/parts.h"
#include "evidence/bag.h"
#include "evidence/clock.h"
#include "evidence/gap.h"
#include "evidence/group.h"
#include "evidence/seal.h"
#include "tests/unit/replace.h"
#include "tests/unit/unit.h"
#include "verify/group_judge.h"

#define ID "case-20261123t231613z-deadbeef"
#define MIB (INT64_C(1) << 20)

static void
the_name_of_every_package_follows_from_the_first(void)
{
	char one[NAME_SIZE], two[NAME_SIZE], three[NAME_SIZE];
	struct err e;

	err_init(&e);
	group_name(ID, 1, one);
	group_name(ID, 2, two);
	group_name(ID, 3, three);
	EXPECT_TEXT(one, ID);
	/* printf 'azcustody/group/1 %s 2' ID | sha256sum */
	EXPECT_TEXT(two, "case-20261123t231613z-dd106d7a");
	EXPECT(strcmp(two, three) != 0);
	EXPECT(name_check_package(two, &e) == 0);
}

static void
a_group_that_cannot_be_is_refused(void)
{
	static const struct group good = { ID, 1, 3 };
	struct group g = good;
	struct err e;

	err_init(&e);
	EXPECT(group_check(&g, ID, &e) == 0);
	g.number = 4;
	EXPECT(group_check(&g, ID, &e) != 0);
	g.number = 0;
	EXPECT(group_check(&g, ID, &e) != 0);
	g.number = 2;
	EXPECT(group_check(&g, ID, &e) != 0);
	g = good;
	g.count = GROUP_MAX + 1;
	EXPECT(group_check(&g, ID, &e) != 0);
	g = good;
	g.id[0] = '/';
	EXPECT(group_check(&g, ID, &e) != 0);
}

static void
bag_info_says_the_group_and_is_read_again(void)
{
	static const struct group group = { ID, 2, 13 };
	static const char * const bad[] = {
		"Bag-Count: 2 of 13\n",
		"Bag-Group-Identifier: " ID "\n",
		"Bag-Group-Identifier: " ID "\nBag-Count: 2 of ?\n",
		"Bag-Group-Identifier: " ID "\nBag-Count: 2 13\n",
		"Bag-Group-Identifier: " ID "\nBag-Count: of 13\n",
		"Bag-Group-Identifier: " ID "\nBag-Count: 2 of \n",
		"Bag-Group-Identifier: x\nBag-Group-Identifier: x\n"
		"Bag-Count: 2 of 13\n",
	};
	struct bag_info info = {
		.package = "p", .at = CLOCK_UNKNOWN, .group = &group
	};
	struct group back = { "", 0, 0 };
	struct buf text = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(bag_format_info(&info, &text, &e) == 0);
	EXPECT(strstr(buf_text(&text), "\nBag-Count: 2 of 13\n") != NULL);
	EXPECT(bag_parse_group(text.bytes, text.len, &back, &e) == 1);
	EXPECT_TEXT(back.id, ID);
	EXPECT((back.number == 2) && (back.count == 13));
	EXPECT(bag_parse_group("Payload-Oxum: 1.1\n", 18, &back, &e) == 0);
	EXPECT(bag_parse_group("", 0, &back, &e) == 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		err_init(&e);
		EXPECT(
		    bag_parse_group(bad[i], strlen(bad[i]), &back, &e) == -1);
	}
	buf_free(&text);
}

static void
a_gap_elsewhere_names_its_package_and_no_other_gap_does(void)
{
	static const char good[] =
	    "{\"format\":\"azcustody/gap/1\",\"seq\":1,\"what\":\"object\","
	    "\"reason\":\"elsewhere\",\"source\":0,\"name\":\"x\","
	    "\"name_pct\":\"x\",\"status\":0,\"error\":null,\"attempts\":0,"
	    "\"package\":\"" ID "\",\"at\":\"2026-11-23T23:16:13.0000000Z\"}";
	static const char * const bad[][2] = {
		{ "\"package\":\"" ID "\",", "" },
		{ "\"package\":\"" ID "\"", "\"package\":\"x\"" },
		{ "\"reason\":\"elsewhere\"", "\"reason\":\"gone\"" },
		{ "\"what\":\"object\"", "\"what\":\"folder\"" },
	};
	struct gap gap;
	struct err e;

	err_init(&e);
	EXPECT(gap_parse(good, sizeof(good) - 1, &gap, &e) == 0);
	EXPECT_TEXT(gap.package, ID);
	gap_free(&gap);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct buf line = { 0 };

		err_init(&e);
		(void)buf_add_text(&line, good, &e);
		replace(&line, bad[i][0], bad[i][1]);
		EXPECT(gap_parse(line.bytes, line.len, &gap, &e) == -1);
		buf_free(&line);
	}
}

static void
a_plan_is_cut_where_the_room_ends(void)
{
	struct parts s;
	struct err e;
	int64_t each = MIB - 4096;

	err_init(&e);
	EXPECT(parts_start(&s, 0, INT64_C(999999999), &e) == 0);
	for (int i = 0; i < 10; i++)
		EXPECT(parts_next(&s, INT64_C(1) << 52) == 1);
	EXPECT(!parts_is_alone(&s, INT64_C(1) << 52));

	EXPECT(parts_start(&s, 8 * MIB, 10, &e) == 0);
	EXPECT(parts_next(&s, -1) == 1);
	EXPECT(parts_next(&s, 0) == 1);
	for (int i = 0; i < 6; i++)
		EXPECT(parts_next(&s, each) == 1);
	EXPECT(parts_next(&s, each) == 2);
	/* What is larger than a package has one of its own, first or not. */
	EXPECT(parts_is_alone(&s, 8 * MIB));
	EXPECT(parts_next(&s, 8 * MIB) == 3);
	EXPECT(parts_next(&s, 1) == 4);
	EXPECT(parts_start(&s, 8 * MIB, 10, &e) == 0);
	EXPECT(parts_next(&s, INT64_C(1) << 52) == 1);
	EXPECT(parts_next(&s, 0) == 2);
	EXPECT(!parts_is_alone(&s, each));
}

static void
a_size_that_half_is_lines_about_others_is_refused(void)
{
	struct parts s;
	struct err e;
	int64_t least = 2 * (PARTS_BASE + 100 * PARTS_LISTED);

	err_init(&e);
	EXPECT(parts_start(&s, least, 100, &e) == 0);
	EXPECT(parts_start(&s, least - 2, 100, &e) == -1);
	EXPECT(e.kind == ERR_USAGE);
}

static void
a_size_is_a_number_with_a_unit(void)
{
	static const char * const bad[] = { "", "M", "4", "4K", "-4M", "4m",
		"4 M", "4MB", "0x4M", "99999999999999999999", "9000000T",
		"4194303" };
	int64_t n = 7;
	struct err e;

	err_init(&e);
	EXPECT((options_parse_size("4194304", &n, &e) == 0) && (n == 4 * MIB));
	EXPECT((options_parse_size("4M", &n, &e) == 0) && (n == 4 * MIB));
	EXPECT((options_parse_size("4096K", &n, &e) == 0) && (n == 4 * MIB));
	EXPECT((options_parse_size("5G", &n, &e) == 0) &&
	    (n == (INT64_C(5) << 30)));
	EXPECT((options_parse_size("2T", &n, &e) == 0) &&
	    (n == (INT64_C(2) << 40)));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		err_init(&e);
		EXPECT(options_parse_size(bad[i], &n, &e) == -1);
	}
	EXPECT(n == (INT64_C(2) << 40));
}

/* Package ${k} of three, which has one object and knows of three. */
static struct group_member
member(int64_t k)
{
	struct group_member m = { .is_sound = true,
		.group = { ID, k, 3 },
		.case_number = "c",
		.has_previous = (k > 1),
		.own = { 1, { (uint64_t)k, 0, 0, 0 } },
		.whole = { 3, { 6, 0, 0, 0 } },
		.listed = { 3, { 9, 9, 9, 9 } } };

	group_name(ID, k, m.package);
	m.seal_sha256[0] = (uint8_t)k;
	m.previous_seal[0] = (uint8_t)(k - 1);
	return m;
}

/* Judge ${n} members; expect ${want}, and ${code} among what is found. */
static void
expect_group(
    const struct group_member * list, size_t n, int want, const char * code)
{
	struct group_member copy[4];
	struct buf text = { 0 };
	struct err e;
	int have = -1;

	err_init(&e);
	memcpy(copy, list, n * sizeof(*list));
	EXPECT(group_judge(copy, n, false, &text, &have, &e) == 0);
	EXPECT(have == want);
	EXPECT(strstr(buf_text(&text), code) != NULL);
	buf_free(&text);
}

static void
a_group_is_whole_or_it_is_said_what_is_wrong(void)
{
	struct group_member all[4] = { member(3), member(1), member(2),
		member(2) };
	struct group_member m = all[1];

	expect_group(all, 3, 0, "GROUP COMPLETE");
	expect_group(all, 2, 2, "[group-missing] package 2");
	expect_group(all, 1, 0, "GROUP NOT JUDGED: package 3 of 3");
	expect_group(all, 4, 2, "[group-twice] package 2");
	all[3].seal_sha256[5] = 1;
	expect_group(all, 4, 1, "[group-foreign] two packages");
	all[1].group.count = 4;
	expect_group(all, 3, 1, "[group-foreign] package 1");
	all[1] = m;
	all[1].seal_sha256[1] = 1;
	expect_group(all, 3, 1, "does not continue");
	all[1] = m;
	all[1].listed.sum[3]++;
	expect_group(all, 3, 1, "[group-listing]");
	all[1] = m;
	all[1].whole.sum[2]++;
	expect_group(all, 3, 1, "[group-objects] packages 3 and 1");
	all[1] = m;
	all[1].own.sum[0]++;
	expect_group(all, 3, 1, "lost or counted twice");
	all[1].is_sound = false;
	expect_group(all, 3, 2, "[group-damaged]");
}

static void
groups_are_judged_apart_and_the_worst_counts(void)
{
	struct group_member list[2] = { member(1), member(1) };

	list[0].group.count = 1;
	list[0].whole = list[0].own;
	(void)snprintf(list[1].group.id, sizeof(list[1].group.id), "%s",
	    "other-20261123t231613z-deadbeef");
	expect_group(list, 2, 0, "GROUP COMPLETE");
	list[0].own.count++;
	expect_group(list, 2, 1, "GROUP FAILED");
}

int
main(void)
{
	RUN(the_name_of_every_package_follows_from_the_first);
	RUN(a_group_that_cannot_be_is_refused);
	RUN(bag_info_says_the_group_and_is_read_again);
	RUN(a_gap_elsewhere_names_its_package_and_no_other_gap_does);
	RUN(a_plan_is_cut_where_the_room_ends);
	RUN(a_size_that_half_is_lines_about_others_is_refused);
	RUN(a_size_is_a_number_with_a_unit);
	RUN(a_group_is_whole_or_it_is_said_what_is_wrong);
	RUN(groups_are_judged_apart_and_the_worst_counts);
	return unit_failed;
}
