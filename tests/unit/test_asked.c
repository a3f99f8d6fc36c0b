#include <string.h>

#include "collect/asked.h"
#include "collect/config.h"
#include "collect/facts.h"
#include "collect/way.h"
#include "evidence/case_file.h"
#include "evidence/clock.h"
#include "tests/unit/memory.h"
#include "tests/unit/unit.h"

static const char text[] =
    "{\"format\": \"azcustody/config/1\", \"logs\": [\"flow\"],"
    " \"prefixes\": [\"p\"], \"from\": \"2026-11-01\","
    " \"tls_ca\": \"all.pem\", \"proxy\": \"http://all:1\", \"accounts\": ["
    "{\"name\": \"one\"},"
    "{\"name\": \"two\", \"containers\": [\"mine\"], \"include\": [\"none\"],"
    " \"to\": \"2026-11-09\", \"pin_sha256\": [\""
    "4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b\"]},"
    "{\"name\": \"three\", \"prefixes\": [\"q\"], \"tls_ca\": \"own.pem\","
    " \"proxy\": \"http://own:1\"}]}";

/* Read the words ${line} and the config above. */
static int
read_words(struct config * c, struct options * o, int argc, char ** line,
    struct err * e)
{
	if ((options_read(argc, line, o, e) != 0) ||
	    (config_parse(text, strlen(text), c, e) != 0))
		return -1;
	if ((config_apply(c, o, e) == 0) && (options_finish(o, e) == 0))
		return 0;
	config_free(c);
	return -1;
}

static int
read_plain(struct config * c, struct options * o, struct err * e)
{
	static char program[] = "azcustody-collect", verb[] = "plan";
	char * line[] = { program, verb, NULL };

	return read_words(c, o, 2, line, e);
}

static void
asked_takes_the_words_of_an_account_in_place_of_those_of_all(void)
{
	struct config c;
	struct options o;
	struct asked a;
	struct err e;

	err_init(&e);
	EXPECT(read_plain(&c, &o, &e) == 0);
	EXPECT(o.account_count == 3);
	EXPECT(!asked_has_scope(o.accounts[0].own));
	asked_take(&a, &o, o.accounts[0].own);
	EXPECT((a.logs == OPTIONS_LOGS_FLOW) && a.is_logs_asked);
	EXPECT((a.container_count == 0) && (a.prefix_count == 1));
	EXPECT(a.include == OPTIONS_INCLUDE_ALL);
	/* A container alone: no logs; the rest as for all. */
	asked_take(&a, &o, o.accounts[1].own);
	EXPECT((a.logs == 0) && !a.is_logs_asked);
	EXPECT((a.container_count == 1) && (a.include == 0));
	EXPECT_TEXT(a.prefixes[0], "p");
	EXPECT((a.window.from == o.from) && (a.window.to != o.to));
	/* A prefix alone: the logs of all. */
	asked_take(&a, &o, o.accounts[2].own);
	EXPECT((a.logs == OPTIONS_LOGS_FLOW) && (a.prefix_count == 1));
	EXPECT_TEXT(a.prefixes[0], "q");
	config_free(&c);
}

static void
a_word_of_the_command_line_stands_in_place_of_all_of_them(void)
{
	static char program[] = "azcustody-collect", verb[] = "plan";
	static char prefix[] = "--prefix", value[] = "z";
	char * line[] = { program, verb, prefix, value, NULL };
	struct config c;
	struct options o;
	struct asked a;
	struct err e;

	err_init(&e);
	EXPECT(read_words(&c, &o, 4, line, &e) == 0);
	asked_take(&a, &o, o.accounts[2].own);
	EXPECT((a.prefix_count == 1) && (strcmp(a.prefixes[0], "z") == 0));
	config_free(&c);
}

static void
way_mixes_what_is_said_for_all_with_what_is_said_for_one(void)
{
	struct config c;
	struct options o;
	struct way * w;
	struct err e;

	err_init(&e);
	EXPECT(read_plain(&c, &o, &e) == 0);
	EXPECT(!way_has_own(o.accounts[0].own));
	EXPECT(way_has_own(o.accounts[1].own));
	w = way_new(&o, o.accounts[1].own, &e);
	EXPECT((w != NULL) && (w->http.pin_count == 1));
	EXPECT_TEXT(w->http.ca_file, "all.pem");
	EXPECT_TEXT(w->http.proxy, "http://all:1");
	way_free(w);
	w = way_new(&o, o.accounts[2].own, &e);
	EXPECT((w != NULL) && (w->http.pin_count == 0));
	EXPECT_TEXT(w->http.ca_file, "own.pem");
	EXPECT_TEXT(w->http.proxy, "http://own:1");
	way_free(w);
	config_free(&c);
}

static struct config config; /* Read while there is memory: */
static struct options words; /* a digest cannot fail, and ends the program. */

/* All of it there and back, as a run does it and a resumed one. */
static int
there_and_back(struct err * e)
{
	struct facts f = { .case_id = "c",
		.exhibit = "e",
		.examiner = "x",
		.accounts = { "one", "two", "three" },
		.endpoints = { "https://a", "https://b", "https://c" },
		.account_count = 3 };
	struct facts back = { 0 };
	struct way * w = NULL;
	struct buf out = { 0 };
	int rc = -1;

	w = way_new(&words, words.accounts[1].own, e);
	if ((w != NULL) && (facts_take_asked(&f, &words, e) == 0) &&
	    (facts_format(&f, &out, e) == 0) &&
	    (facts_parse(out.bytes, out.len, &back, e) == 0)) {
		EXPECT(facts_asked(&back, 1)->container_count == 1);
		rc = 0;
	}
	way_free(w);
	facts_free(&f);
	facts_free(&back);
	buf_free(&out);
	return rc;
}

/* The same scopes in case.json. */
static int
write_case(struct err * e)
{
	static const char * const names[] = { "one", "two" };
	struct case_own own = { .account = "two",
		.scope = { .containers = names,
		    .n_containers = 2,
		    .prefixes = names,
		    .n_prefixes = 1,
		    .from = 0,
		    .to = CLOCK_UNKNOWN } };
	struct case_file c = {
		.package = "c-20261127t000000z-00000000",
		.case_number = "c",
		.examiner = "x",
		.acquisition = "acquired",
		.compression = "zstd",
		.scope = { .accounts = names,
		    .n_accounts = 2,
		    .from = CLOCK_UNKNOWN,
		    .to = CLOCK_UNKNOWN },
		.own = &own,
		.n_own = 1,
	};
	struct case_file back = { 0 };
	struct buf out = { 0 };
	int rc = -1;

	if ((case_file_format(&c, &out, e) == 0) &&
	    (case_file_parse(out.bytes, out.len, &back, e) == 0)) {
		EXPECT(case_file_scope(&back, "two")->n_containers == 2);
		EXPECT(case_file_scope(&back, "one") == &back.scope);
		EXPECT(case_file_is_root(&back, "one", 3));
		EXPECT(case_file_is_root(&back, "", 0));
		EXPECT(!case_file_is_root(&back, "two", 3));
		case_file_free(&back);
		rc = 0;
	}
	buf_free(&out);
	return rc;
}

static void
what_is_asked_says_so_when_memory_runs_out(void)
{
	struct err e;

	err_init(&e);
	EXPECT(read_plain(&config, &words, &e) == 0);
	run_out(there_and_back);
	config_free(&config);
	run_out(write_case);
}

int
main(void)
{
	RUN(asked_takes_the_words_of_an_account_in_place_of_those_of_all);
	RUN(a_word_of_the_command_line_stands_in_place_of_all_of_them);
	RUN(way_mixes_what_is_said_for_all_with_what_is_said_for_one);
	RUN(what_is_asked_says_so_when_memory_runs_out);
	return unit_failed;
}
