#include "collect/credentials_used.h"
#include "collect/decide.h"
#include "collect/lifetime.h"
#include "evidence/clock.h"
#include "tests/unit/unit.h"

static void
credentials_used_keeps_each_shape_once_and_in_order(void)
{
	struct source_credential c = { .kind = SOURCE_ACCOUNT_SAS,
		.account = "acct" };
	struct sources all;
	struct state s;
	struct err e;
	char sp[16];

	err_init(&e);
	state_init(&s);
	EXPECT(credentials_used_parse(&s, &all, &e) == 0);
	EXPECT(all.n_credentials == 0);
	c.has_log_hash = true;
	c.sas[SOURCE_SAS_SP] = sp;
	for (int i = 0; i < CREDENTIALS_USED_MAX; i++) {
		(void)snprintf(sp, sizeof(sp), "r%d", i);
		EXPECT(credentials_used_add(&s, &c, &e) == 0);
		EXPECT(credentials_used_add(&s, &c, &e) == 0);
	}
	EXPECT(credentials_used_parse(&s, &all, &e) == 0);
	EXPECT(all.n_credentials == CREDENTIALS_USED_MAX);
	EXPECT_TEXT(all.credentials[0].sas[SOURCE_SAS_SP], "r0");
	EXPECT_TEXT(all.credentials[7].sas[SOURCE_SAS_SP], "r7");
	source_free(&all);
	/* One that is there costs nothing; another signature is another. */
	EXPECT(credentials_used_add(&s, &c, &e) == 0);
	c.log_hash[0] = 1;
	EXPECT(credentials_used_add(&s, &c, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	state_free(&s);
}

static void
lifetime_estimates_by_what_takes_longer(void)
{
	EXPECT(lifetime_estimate(0, 0) == 1);
	EXPECT(lifetime_estimate(100, 0) == 2);
	EXPECT(lifetime_estimate(1, INT64_C(200000000000)) == 10001);
	EXPECT(lifetime_left(0, 10, 100) == -1);
	EXPECT(lifetime_left(5, 10, 5) == -1);
	EXPECT(lifetime_left(5, 10, 100) == 100);
	EXPECT(lifetime_left(10, 10, 100) == 0);
	EXPECT(lifetime_left(1, INT64_C(1000000000), 1000000) ==
	    INT64_C(999999999) * 1000000);
}

static void
decide_end_stops_shortly_before_a_credential_ends(void)
{
	int64_t now = clock_now();
	int refused = 0;
	struct err e;

	err_init(&e);
	EXPECT(decide_end(CLOCK_UNKNOWN, 3, &refused, &e) == 0);
	EXPECT(decide_end(now + 60 * CLOCK_TICKS_PER_SECOND, 3, &refused, &e) ==
	    0);
	EXPECT(refused == 0);
	EXPECT(decide_end(now + DECIDE_END_MARGIN / 2, 3, &refused, &e) == -1);
	EXPECT(e.kind == ERR_DENIED);
	EXPECT(refused == 4);
	EXPECT(decide_end(now - 1, 0, NULL, &e) == -1);
}

int
main(void)
{
	RUN(credentials_used_keeps_each_shape_once_and_in_order);
	RUN(lifetime_estimates_by_what_takes_longer);
	RUN(decide_end_stops_shortly_before_a_credential_ends);
	return unit_failed;
}
