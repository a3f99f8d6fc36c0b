#include "collect/retry.h"
#include "tests/unit/unit.h"

static void
retry_waits_grow_and_stay_between_half_and_the_whole(void)
{
	static const int64_t longest[] = { 1000, 2000, 4000, 8000, 16000, 32000,
		60000, 60000 };

	for (uint32_t chance = 0; chance < 50000; chance += 777) {
		struct retry_item item = { 0 };
		struct retry_run run = { 0 };
		int64_t wait = -1;

		for (size_t i = 0; i < sizeof(longest) / sizeof(longest[0]);
		     i++) {
			EXPECT(retry_next(retry_rule_default(), &item, &run, -1,
			    chance, &wait));
			EXPECT(wait >= longest[i] / 2);
			EXPECT(wait <= longest[i]);
		}
	}
}

static void
retry_ends_after_its_tries(void)
{
	struct retry_rule rule = *retry_rule_default();
	struct retry_item item = { 0 };
	struct retry_run run = { 0 };
	int64_t wait = 0;
	int tries = 1;

	rule.base_ms = 1;
	while (retry_next(&rule, &item, &run, -1, 0, &wait))
		tries++;
	EXPECT(tries == rule.tries_max);
	rule.tries_max = 1;
	item = (struct retry_item){ 0 };
	wait = -7;
	EXPECT(!retry_next(&rule, &item, &run, -1, 0, &wait));
	EXPECT(wait == -7);
}

static void
retry_ends_when_one_thing_has_waited_long_enough(void)
{
	struct retry_rule rule = *retry_rule_default();
	struct retry_item item = { 0 };
	struct retry_run run = { 0 };
	int64_t wait = 0;
	int64_t all = 0;

	rule.tries_max = 1000;
	while (retry_next(&rule, &item, &run, -1, UINT32_MAX, &wait))
		all += wait;
	EXPECT(all <= rule.wait_max_ms);
	EXPECT(all == item.waited_ms);
	EXPECT(all > rule.wait_max_ms - 2 * rule.cap_ms);
}

static void
retry_honours_the_service_up_to_a_cap(void)
{
	struct retry_item item = { 0 };
	struct retry_run run = { 0 };
	int64_t wait = 0;

	EXPECT(retry_next(retry_rule_default(), &item, &run, 30000, 5, &wait));
	EXPECT(wait == 30000);
	EXPECT(
	    retry_next(retry_rule_default(), &item, &run, 86400000, 5, &wait));
	EXPECT(wait == 120000);
	/* Less than our own wait does not make it shorter. */
	EXPECT(retry_next(retry_rule_default(), &item, &run, 0, 5, &wait));
	EXPECT(wait >= 2000);
}

static void
retry_gives_a_run_up_when_the_service_is_down(void)
{
	struct retry_rule rule = *retry_rule_default();
	struct retry_run run = { 0 };
	int64_t wait;
	int more = 0;

	rule.run_tries_max = 10;
	for (int i = 0; i < 20; i++) {
		struct retry_item item = { 0 };

		more += retry_next(&rule, &item, &run, -1, 0, &wait) ? 1 : 0;
	}
	EXPECT(more == 9);
	EXPECT(retry_is_run_spent(&rule, &run));
	EXPECT(run.in_a_row == 20);
	for (int i = 0; i < 15; i++)
		retry_success(&run);
	EXPECT(run.in_a_row == 0);
	EXPECT(run.tries == 5);
	EXPECT(!retry_is_run_spent(&rule, &run));
	for (int i = 0; i < 15; i++)
		retry_success(&run);
	EXPECT(run.tries == 0);
}

static void
retry_after_is_read_or_refused(void)
{
	static const char now[] = "Sun, 01 Nov 2026 12:00:00 GMT";
	int64_t ms = -7;

	EXPECT(retry_parse_after("86400", now, &ms) == 0);
	EXPECT(ms == 86400000);
	EXPECT(
	    retry_parse_after("Mon, 02 Nov 2026 12:00:00 GMT", now, &ms) == 0);
	EXPECT(ms == 86400000);
	ms = -7;
	EXPECT(retry_parse_after("86401", now, &ms) == -1);
	EXPECT(
	    retry_parse_after("Mon, 02 Nov 2026 12:00:01 GMT", now, &ms) == -1);
	EXPECT(
	    retry_parse_after("Mon, 02 Nov 2026 12:00:00 GMT", "", &ms) == -1);
	EXPECT(retry_parse_after("99999999999999999999", now, &ms) == -1);
	EXPECT(retry_parse_after("1 ", now, &ms) == -1);
	EXPECT(retry_parse_after("-0", now, &ms) == -1);
	EXPECT(ms == -7);
}

int
main(void)
{
	RUN(retry_waits_grow_and_stay_between_half_and_the_whole);
	RUN(retry_ends_after_its_tries);
	RUN(retry_ends_when_one_thing_has_waited_long_enough);
	RUN(retry_honours_the_service_up_to_a_cap);
	RUN(retry_gives_a_run_up_when_the_service_is_down);
	RUN(retry_after_is_read_or_refused);
	return unit_failed;
}
