#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"

#include "collect/done.h"
#include "collect/facts.h"
#include "collect/state.h"

#include "tests/unit/unit.h"

static char dir_name[] = "/tmp/azcustody-state.XXXXXX";
static int dir = -1;

/* A state in which every member differs from its default. */
static void
fill(struct state * s, struct err * e)
{
	struct state_target * t;

	state_init(s);
	EXPECT(buf_add_text(&s->facts, "{\"a\":\"b\\n\"}", e) == 0);
	s->prologue = 4;
	s->phase = STATE_RELISTING;
	s->run = 3;
	EXPECT(state_add_target(s, 1, "", e) != NULL);
	t = state_add_target(s, 63, "insights-activity-logs", e);
	EXPECT(t != NULL);
	t->is_named = true;
	t->source = 5;
	t->first = STATE_LISTED;
	t->again = STATE_FAILED;
	s->source_count = 6;
	s->at_target = 1;
	memcpy(s->listed_as[63], "https://acct.example/", 22);
	s->folders_top = 4711;
	s->folders_bytes = 5000;
	s->target_pages = 3;
	s->pages = 7;
	s->listed = INT64_C(9007199254740992);
	s->gaps[GAP_GONE] = 9;
	s->gaps[GAP_OUT_OF_SCOPE] = 10;
	s->first_request_at = 123456789;
	s->has_skew = true;
	s->skew_lo_ms = -1500;
	s->journal.seq = 77;
	memset(s->journal.last, 0xab, sizeof(s->journal.last));
	memset(s->running, 0xcd, sizeof(s->running));
	s->open.is_open = true;
	s->open.number = 12;
	s->open.size = INT64_C(200) << 30;
	s->open.blocks = -1;
	s->open.is_append = true;
	memcpy(s->open.etag, "\"0x8D\"", 7);
	state_add_hash(s, "key1(AA)");
	state_add_hash(s, "key1(AA)");
	state_add_hash(s, "");
}

static void
state_parse_gives_back_what_state_format_wrote(void)
{
	struct state a, b;
	struct buf first = { 0 }, second = { 0 };
	struct err e;

	err_init(&e);
	fill(&a, &e);
	state_init(&b);
	EXPECT(state_format(&a, &first, &e) == 0);
	EXPECT(state_parse(first.bytes, first.len, &b, &e) == 0);
	EXPECT(state_format(&b, &second, &e) == 0);
	EXPECT((first.len == second.len) &&
	    (memcmp(first.bytes, second.bytes, first.len) == 0));
	EXPECT((b.target_count == 2) && b.targets[1].is_named);
	EXPECT(b.targets[1].again == STATE_FAILED);
	EXPECT(b.last_request_at == CLOCK_UNKNOWN);
	EXPECT((b.hash_count == 1) && (state_losses(&b) == 9));
	EXPECT_TEXT(b.listed_as[63], "https://acct.example/");
	EXPECT(b.folders_top == 4711);
	EXPECT(b.folders_bytes == 5000);
	EXPECT(b.target_pages == 3);
	EXPECT_TEXT(buf_text(&b.facts), buf_text(&a.facts));
	state_free(&a);
	state_free(&b);
	buf_free(&first);
	buf_free(&second);
}

static void
state_parse_refuses_every_text_that_was_cut_short(void)
{
	struct state a, b;
	struct buf text = { 0 };
	struct err e;

	err_init(&e);
	fill(&a, &e);
	EXPECT(state_format(&a, &text, &e) == 0);
	for (size_t len = 0; len + 1 < text.len; len++) {
		err_init(&e);
		state_init(&b);
		EXPECT(state_parse(text.bytes, len, &b, &e) == -1);
		EXPECT(e.kind != ERR_NONE);
		state_free(&b);
	}
	state_free(&a);
	buf_free(&text);
}

static void
state_add_target_keeps_its_limits(void)
{
	static const char name[] = "a23456789b123456789c123456789d123456789"
				   "e123456789f1234567";
	struct state s;
	struct err e;
	char longer[80];

	err_init(&e);
	state_init(&s);
	memset(longer, 'a', 64);
	longer[64] = '\0';
	EXPECT(state_add_target(&s, 0, name, &e) != NULL);
	EXPECT(state_find_target(&s, 0, name) != NULL);
	EXPECT(state_find_target(&s, 1, name) == NULL);
	EXPECT(state_add_target(&s, 0, longer, &e) == NULL);
	err_init(&e);
	for (int i = 1; i < STATE_MAX_TARGETS; i++)
		EXPECT(state_add_target(&s, 0, "x", &e) != NULL);
	EXPECT(state_add_target(&s, 0, "x", &e) == NULL);
	EXPECT(e.kind == ERR_LIMIT);
	state_free(&s);
}

static void
facts_parse_gives_back_what_facts_format_wrote(void)
{
	struct facts a = {
		.case_id = "C \"1\"",
		.exhibit = "E",
		.examiner = "M\xc3\xbcller",
		.purpose = "p",
		.accounts = { "contoso", "fabrikam" },
		.endpoints = { "https://a", "http://127.0.0.1:1/fabrikam" },
		.account_count = 2,
		.asked = { .containers = { "$logs" },
		    .container_count = 1,
		    .logs = 5,
		    .window = { CLOCK_UNKNOWN, 17 } },
		.started_at = 18,
		.is_compressed = true,
	};
	struct asked own = { .prefixes = { "a", "b" },
		.prefix_count = 2,
		.logs = 1,
		.is_logs_asked = true,
		.window = { 3, CLOCK_UNKNOWN } };
	struct facts b;
	struct buf first = { 0 }, second = { 0 };
	struct err e;

	err_init(&e);
	a.own[1] = &own;
	EXPECT(facts_format(&a, &first, &e) == 0);
	EXPECT(facts_parse(first.bytes, first.len, &b, &e) == 0);
	EXPECT(facts_format(&b, &second, &e) == 0);
	EXPECT_TEXT(buf_text(&second), buf_text(&first));
	EXPECT(b.authority == NULL);
	EXPECT(facts_asked(&b, 0) == &b.asked);
	EXPECT((b.asked.window.from == CLOCK_UNKNOWN) &&
	    (b.asked.window.to == 17));
	EXPECT(facts_asked(&b, 1)->prefix_count == 2);
	EXPECT(facts_asked(&b, 1)->is_logs_asked);
	EXPECT(facts_asked(&b, 1)->window.from == 3);
	facts_free(&b);
	EXPECT(facts_parse("{}\n", 3, &b, &e) == -1);
	buf_free(&first);
	buf_free(&second);
}

static void
done_open_finds_what_was_added_up_to_the_count_and_nothing_more(void)
{
	struct done * d;
	struct err e;

	err_init(&e);
	d = done_open(dir, 1000, 0, &e);
	EXPECT(d != NULL);
	EXPECT(done_add(d, 0, &e) == 0);
	EXPECT(done_add(d, 999, &e) == 0);
	EXPECT(done_add(d, 500, &e) == 0);
	EXPECT(!done_has(d, 0)); /* Only what was there at the start. */
	EXPECT(done_sync(d, &e) == 0);
	EXPECT(done_count(d) == 3);
	EXPECT(done_add(d, 500, &e) == -1);
	err_init(&e);
	EXPECT(done_add(d, 1000, &e) == -1);
	done_free(d);
	err_init(&e);
	d = done_open(dir, 1000, 2, &e);
	EXPECT(d != NULL);
	EXPECT(done_has(d, 0) && done_has(d, 999) && !done_has(d, 500));
	EXPECT(done_add(d, 500, &e) == 0);
	EXPECT(done_sync(d, &e) == 0);
	done_free(d);
	d = done_open(dir, 1000, 4, &e);
	EXPECT(d == NULL); /* The file is shorter. */
	err_init(&e);
	d = done_open(dir, 900, 3, &e);
	EXPECT(d == NULL); /* 999 is not in that plan. */
	EXPECT(e.kind == ERR_INPUT);
}

int
main(void)
{
	if (mkdtemp(dir_name) == NULL)
		return 1;
	dir = open(dir_name, O_RDONLY | O_DIRECTORY);
	RUN(state_parse_gives_back_what_state_format_wrote);
	RUN(state_parse_refuses_every_text_that_was_cut_short);
	RUN(state_add_target_keeps_its_limits);
	RUN(facts_parse_gives_back_what_facts_format_wrote);
	RUN(done_open_finds_what_was_added_up_to_the_count_and_nothing_more);
	(void)unlinkat(dir, DONE_FILE, 0);
	(void)close(dir);
	(void)rmdir(dir_name);
	return unit_failed;
}
