/* Shared access signatures: no signature gets through, no parameter is lost. */
#include <string.h>

#include "timeline/uri.h"

#include "tests/unit/unit.h"

static const struct row {
	const char * text;
	const char * want;
} rows[] = {
	{ "https://a/b?sv=1&sig=SECRET", "https://a/b?sv=1&sig=-REDACTED-" },
	{ "https://a/b?sig=SECRET&sv=1", "https://a/b?sig=-REDACTED-&sv=1" },
	{ "https://a/b?sig=ab%2Bcd%2F%3D&sv=1",
	    "https://a/b?sig=-REDACTED-&sv=1" },
	{ "https://a/b?sig=ab+/cd==&sv=1", "https://a/b?sig=-REDACTED-&sv=1" },
	{ "https://a/b?SIG=SECRET", "https://a/b?SIG=-REDACTED-" },
	{ "https://a/b?%73ig=SECRET", "https://a/b?%73ig=-REDACTED-" },
	{ "https://a/b?s%69%67%3dSECRET", "https://a/b?s%69%67%3d-REDACTED-" },
	{ "https://a/b?x=1&amp;sig=SECRET&amp;sp=r",
	    "https://a/b?x=1&amp;sig=-REDACTED-&amp;sp=r" },
	{ "https://a/?u=https%3A%2F%2Fb%2Fc%3Fsv%3D1%26sig%3DSECRET%26sp%3Dr",
	    "https://a/?u=https%3A%2F%2Fb%2Fc%3Fsv%3D1%26sig%3D-REDACTED-"
	    "%26sp%3Dr" },
	{ "x%253Fsig%253DSECRET%2526sp", "x%253Fsig%253D-REDACTED-%2526sp" },
	{ "sig=SECRET", "sig=-REDACTED-" },
	{ "a?sig=ONE&sig=TWO", "a?sig=-REDACTED-&sig=-REDACTED-" },
	{ "a?sig=ONE b?sig=TWO c", "a?sig=-REDACTED- b?sig=-REDACTED- c" },
	{ "https://a/b?sig=XXXXX&sv=1", "https://a/b?sig=XXXXX&sv=1" },
	{ "https://a/b?sig=XXXXY&sv=1", "https://a/b?sig=-REDACTED-&sv=1" },
	{ "https://a/b?sig=", "https://a/b?sig=" },
	{ "https://a/b?design=SECRET", "https://a/b?design=SECRET" },
	{ "https://a/b?sign=SECRET", "https://a/b?sign=SECRET" },
	{ "https://a/sig=b", "https://a/sig=b" },
	{ "100% of sig", "100% of sig" },
	{ "%", "%" },
	{ "", "" },
};

static void
uri_redact_leaves_no_signature(void)
{
	struct arena a = { 0 };
	struct err e;

	err_init(&e);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		EXPECT_TEXT(uri_redact(rows[i].text, &a, &e), rows[i].want);
	EXPECT(e.kind == ERR_NONE);
	arena_free(&a);
}

static void
uri_redact_copies_only_what_it_changes(void)
{
	static const char clean[] = "https://a/b?sv=1";
	struct arena a = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(uri_redact(clean, &a, &e) == clean);
	EXPECT(a.block == NULL);
	arena_free(&a);
}

static void
uri_parse_sas_reads_every_parameter_decoded(void)
{
	struct arena a = { 0 };
	struct event ev;
	struct err e;

	err_init(&e);
	event_init(&ev);
	EXPECT(uri_parse_sas(
		   "https://a.blob.core.windows.net/c?st=2025-09-17T14%3A"
		   "12%3A45Z&sv=2022-05-01&sr=c&sig=S&se=2025-09-17T15%3A"
		   "22%3A45Z&skoid=12&spr=https,http&sp=rw&ss=b&srt=sco&"
		   "sip=1.2.3.4-1.2.3.9&si=policy#frag",
		   &a, &ev, &e) == 0);
	EXPECT_TEXT(ev.sas_st, "2025-09-17T14:12:45Z");
	EXPECT_TEXT(ev.sas_se, "2025-09-17T15:22:45Z");
	EXPECT(ev.sas_se_time - ev.sas_st_time ==
	    70 * 60 * CLOCK_TICKS_PER_SECOND);
	EXPECT_TEXT(ev.sas_sv, "2022-05-01");
	EXPECT_TEXT(ev.sas_sr, "c");
	EXPECT_TEXT(ev.sas_sp, "rw");
	EXPECT_TEXT(ev.sas_ss, "b");
	EXPECT_TEXT(ev.sas_srt, "sco");
	EXPECT_TEXT(ev.sas_spr, "https,http");
	EXPECT_TEXT(ev.sas_sip, "1.2.3.4-1.2.3.9");
	EXPECT_TEXT(ev.sas_si, "policy");
	EXPECT_TEXT(ev.sas_skoid, "12");
	EXPECT(ev.flags == 0);
	arena_free(&a);
}

static void
uri_parse_sas_leaves_requests_without_a_sas_alone(void)
{
	struct arena a = { 0 };
	struct event ev;
	struct err e;

	err_init(&e);
	event_init(&ev);
	EXPECT(
	    uri_parse_sas("https://a/c?comp=list&sp=x&st=y", &a, &ev, &e) == 0);
	EXPECT(uri_parse_sas("https://a/c", &a, &ev, &e) == 0);
	EXPECT(uri_parse_sas("https://a/c?", &a, &ev, &e) == 0);
	EXPECT(uri_parse_sas("", &a, &ev, &e) == 0);
	EXPECT((ev.sas_sp == NULL) && (ev.sas_st == NULL));
	EXPECT(ev.sas_st_time == EVENT_ABSENT);
	arena_free(&a);
}

static void
uri_parse_sas_shows_a_parameter_given_twice(void)
{
	struct arena a = { 0 };
	struct event ev;
	struct err e;

	err_init(&e);
	event_init(&ev);
	EXPECT(
	    uri_parse_sas("https://a/c?sv=1&sp=r&sp=rwdl", &a, &ev, &e) == 0);
	EXPECT_TEXT(ev.sas_sp, "r");
	EXPECT((ev.flags & EVENT_FLAG_CONFLICT) != 0);
	arena_free(&a);
}

static void
uri_parse_sas_keeps_a_value_encoded_that_decodes_to_no_text(void)
{
	struct arena a = { 0 };
	struct event ev;
	struct err e;

	err_init(&e);
	event_init(&ev);
	EXPECT(uri_parse_sas(
		   "https://a/c?sv=1&sp=r%00w&sr=%FF&si=%4", &a, &ev, &e) == 0);
	EXPECT_TEXT(ev.sas_sp, "r%00w");
	EXPECT_TEXT(ev.sas_sr, "%FF");
	EXPECT_TEXT(ev.sas_si, "%4");
	arena_free(&a);
}

int
main(void)
{
	RUN(uri_redact_leaves_no_signature);
	RUN(uri_redact_copies_only_what_it_changes);
	RUN(uri_parse_sas_reads_every_parameter_decoded);
	RUN(uri_parse_sas_leaves_requests_without_a_sas_alone);
	RUN(uri_parse_sas_shows_a_parameter_given_twice);
	RUN(uri_parse_sas_keeps_a_value_encoded_that_decodes_to_no_text);
	return unit_failed;
}
