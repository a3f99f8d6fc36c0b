/* Blobs of one package are known again in another by what they are called. */
#include <stdio.h>
#include <string.h>

#include "evidence/revisit_table.h"
#include "tests/unit/unit.h"

static const struct source here = { .account = "acct", .container = "logs" };
static const struct source there = { .account = "acct", .container = "logs2" };

static struct object
blob(
    const char * name, const char * version, const char * snapshot, int64_t seq)
{
	struct object o;

	memset(&o, 0, sizeof(o));
	o.name = (const uint8_t *)name;
	o.name_len = strlen(name);
	o.version_id = version;
	o.snapshot = snapshot;
	o.seq = seq;
	return o;
}

static void
add(struct revisit_table * t, struct object o, struct err * e)
{
	EXPECT(revisit_table_add(t, &o, &here, e) == 0);
}

static void
offer(struct revisit_table * t, const struct source * source, struct object o)
{
	revisit_table_offer(t, &o, source);
}

static void
a_blob_is_known_by_all_of_its_name(void)
{
	struct revisit_table t = { 0 };
	struct err e;

	err_init(&e);
	for (int i = 0; i < 200; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "b%d", 199 - i);
		add(&t, blob(name, NULL, NULL, 0), &e);
	}
	revisit_table_ready(&t);
	offer(&t, &here, blob("b7", NULL, NULL, 11));
	offer(&t, &there, blob("b8", NULL, NULL, 12));
	offer(&t, &here, blob("b9", NULL, "2026-11-01T00:00:00.0Z", 13));
	offer(&t, &here, blob("b", NULL, NULL, 14));
	revisit_table_done(&t);
	for (int i = 0; i < 200; i++) {
		EXPECT(t.list[i].order == i);
		EXPECT(t.list[i].is_found == (i == 192));
	}
	EXPECT(t.list[192].later_seq == 11);
	revisit_table_free(&t);
}

static void
the_same_version_counts_else_the_latest(void)
{
	struct revisit_table t = { 0 };
	struct err e;

	err_init(&e);
	add(&t, blob("b", "v1", NULL, 0), &e);
	add(&t, blob("b", "v3", NULL, 0), &e);
	add(&t, blob("b", "v4", NULL, 0), &e);
	revisit_table_ready(&t);
	offer(&t, &here, blob("b", "v3", NULL, 3));
	offer(&t, &here, blob("b", "v5", NULL, 5));
	offer(&t, &here, blob("b", "v4", NULL, 4));
	revisit_table_done(&t);
	EXPECT(t.list[0].is_found && !t.list[0].is_exact);
	EXPECT(t.list[0].later_seq == 5);
	EXPECT(t.list[1].is_exact && (t.list[1].later_seq == 3));
	EXPECT(t.list[2].is_exact && (t.list[2].later_seq == 4));
	revisit_table_free(&t);
}

static void
a_gap_about_a_blob_is_noted(void)
{
	struct revisit_table t = { 0 };
	struct gap gap = { .what = GAP_OBJECT,
		.reason = GAP_DENIED,
		.name = (const uint8_t *)"b",
		.name_len = 1 };
	struct err e;

	err_init(&e);
	add(&t, blob("a", NULL, NULL, 0), &e);
	add(&t, blob("b", NULL, NULL, 0), &e);
	revisit_table_ready(&t);
	revisit_table_offer_gap(&t, &gap, &here);
	revisit_table_done(&t);
	EXPECT(!t.list[0].has_gap);
	EXPECT(t.list[1].has_gap && (t.list[1].reason == GAP_DENIED));
	revisit_table_free(&t);
}

static void
there_is_a_limit(void)
{
	struct revisit_table t = { 0 };
	struct object o = blob("b", NULL, NULL, 0);
	struct err e;

	err_init(&e);
	for (size_t i = 0; i < REVISIT_TABLE_MAX; i++)
		EXPECT(revisit_table_add(&t, &o, &here, &e) == 0);
	EXPECT(revisit_table_add(&t, &o, &here, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	revisit_table_free(&t);
}

int
main(void)
{
	RUN(a_blob_is_known_by_all_of_its_name);
	RUN(the_same_version_counts_else_the_latest);
	RUN(a_gap_about_a_blob_is_noted);
	RUN(there_is_a_limit);
	return unit_failed;
}
