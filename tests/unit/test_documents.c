/* The documents of the package: written, read back, and refused. */
#include "collect/scope.h"
#include "evidence/bag.h"
#include "evidence/case_file.h"
#include "evidence/clock.h"
#include "evidence/clock_sample.h"
#include "evidence/footprint.h"
#include "evidence/readme.h"
#include "evidence/request.h"
#include "evidence/source.h"
#include "evidence/tool_info.h"
#include "tests/unit/replace.h"
#include "tests/unit/unit.h"

#define PACKAGE "case-20261123t231613z-deadbeef"

static const int64_t moment = INT64_C(17953821730000000);

static const char * const words[] = { "one", "two\n", "\xff" };

static struct case_file
full_case(void)
{
	struct case_file c = { 0 };

	c.package = PACKAGE;
	c.case_number = "2026/117";
	c.examiner = "R. Meyer";
	c.acquisition = "acquired";
	c.previous = "case-20261122t231613z-deadbeef";
	c.started_at = moment;
	c.sha512 = true;
	c.compression = "zstd";
	c.scope.accounts = words;
	c.scope.n_accounts = 3;
	c.scope.logs = words;
	c.scope.n_logs = 1;
	c.scope.from = moment;
	c.scope.to = CLOCK_UNKNOWN;
	return c;
}

static void
a_case_comes_back_as_it_was(void)
{
	struct case_file c = full_case();
	struct case_file back;
	struct buf text = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(case_file_format(&c, &text, &e) == 0);
	EXPECT(case_file_parse(text.bytes, text.len, &back, &e) == 0);
	EXPECT_TEXT(back.case_number, c.case_number);
	EXPECT(back.exhibit == NULL);
	EXPECT_TEXT(back.previous, c.previous);
	EXPECT(back.sha512);
	EXPECT(back.scope.n_accounts == 3);
	EXPECT_TEXT(back.scope.accounts[1], "two\n");
	EXPECT_TEXT(back.scope.accounts[2], "\xef\xbf\xbd");
	EXPECT(back.scope.n_containers == 0);
	EXPECT(back.scope.from == moment);
	EXPECT(back.scope.to == CLOCK_UNKNOWN);
	case_file_free(&back);
	buf_free(&text);
}

static void
a_case_that_breaks_a_rule_is_refused(void)
{
	static const char * const bad[][2] = {
		{ PACKAGE, "nonsense" },
		{ "\"acquired\"", "\"found\"" },
		{ "[\"sha256\",\"sha512\"]", "[\"sha512\",\"sha256\"]" },
		{ "[\"sha256\",\"sha512\"]", "[\"md5\"]" },
		{ "[\"sha256\",\"sha512\"]", "[]" },
		{ "[\"sha256\",\"sha512\"]",
		    "[\"sha256\",\"sha512\",\"md5\"]" },
		{ "Ed25519", "RSA" },
		{ "\"zstd\"", "\"gzip\"" },
		{ "\"accounts\":[", "\"accounts\":[1," },
		{ "\"examiner\":\"R. Meyer\"", "\"examiner\":null" },
		{ "case-20261122t231613z-deadbeef", "other" },
	};
	struct case_file c = full_case();
	struct case_file back;
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf text = { 0 };

		err_init(&e);
		EXPECT(case_file_format(&c, &text, &e) == 0);
		replace(&text, bad[i][0], bad[i][1]);
		EXPECT(case_file_parse(text.bytes, text.len, &back, &e) == -1);
		if (e.kind == ERR_NONE)
			(void)printf("# accepted: %s\n", bad[i][1]);
		buf_free(&text);
	}
}

static void
a_case_with_too_many_accounts_is_refused(void)
{
	const char * many[CASE_FILE_MAX_LIST + 1];
	struct case_file c = full_case();
	struct case_file back;
	struct buf text = { 0 };
	struct err e;

	err_init(&e);
	for (size_t i = 0; i <= CASE_FILE_MAX_LIST; i++)
		many[i] = "a";
	c.scope.accounts = many;
	c.scope.n_accounts = CASE_FILE_MAX_LIST;
	EXPECT(case_file_format(&c, &text, &e) == 0);
	EXPECT(case_file_parse(text.bytes, text.len, &back, &e) == 0);
	case_file_free(&back);
	buf_clear(&text);
	c.scope.n_accounts++;
	EXPECT(case_file_format(&c, &text, &e) == 0);
	EXPECT(case_file_parse(text.bytes, text.len, &back, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	buf_free(&text);
}

static const char * const containers[] = { "insights-logs-storageread", "am-x",
	"$logs", "anything" };

/* Whether the blob of one hour of 2026-11-10 is in scope. */
static bool
has_hour(const struct case_file * c, const char * container, int hour)
{
	char name[80];

	(void)snprintf(name, sizeof(name),
	    "r=/y=2026/m=11/d=10/h=%02d/m=00/PT1H.json", hour);
	return case_scope_has_blob(&c->scope, container, name, strlen(name));
}

static void
a_blob_counts_with_an_hour_or_a_day_more_at_both_ends(void)
{
	struct case_file c = full_case();
	struct err e;

	err_init(&e);
	EXPECT(clock_parse("2026-11-10T10:00:00Z", &c.scope.from, &e) == 0);
	EXPECT(clock_parse("2026-11-10T12:00:00Z", &c.scope.to, &e) == 0);
	EXPECT(!has_hour(&c, containers[0], 8));
	for (int hour = 9; hour <= 12; hour++)
		EXPECT(has_hour(&c, containers[0], hour));
	EXPECT(!has_hour(&c, containers[0], 13));
	EXPECT(has_hour(&c, containers[1], 0));
	EXPECT(has_hour(&c, containers[1], 23));
	EXPECT(case_scope_has_blob(&c.scope, containers[0], "x", 1));
	c.scope.from = CLOCK_UNKNOWN;
	EXPECT(has_hour(&c, containers[0], 0));
	c.scope.to = CLOCK_UNKNOWN;
	EXPECT(has_hour(&c, containers[0], 23));
}

static void
collector_and_verifier_have_one_rule_of_scope(void)
{
	struct case_file c = full_case();
	struct scope_window window;
	size_t differ = 0;
	size_t outside = 0;

	for (int i = 0; i < 4 * 48 * 24; i++) {
		const char * container = containers[i % 4];
		char name[80];
		int hour = i / 4 % 24;
		bool here, there;

		c.scope.from = moment + (i / 96 - 24) * (moment / 500000);
		c.scope.to = c.scope.from + (i % 7) * (moment / 100000);
		window.from = c.scope.from;
		window.to = c.scope.to;
		(void)snprintf(name, sizeof(name),
		    (i % 4 == 2) ? "blob/2026/11/23/%02d00/000000.log"
				 : "r=/y=2026/m=11/d=23/h=%02d/m=00/PT1H.json",
		    hour);
		here = case_scope_has_blob(
		    &c.scope, container, name, strlen(name));
		there = scope_place(&window, kind_of_container(container), name,
			    strlen(name)) != SCOPE_OUTSIDE;

		differ += here != there;
		outside += !here;
	}
	EXPECT(differ == 0);
	EXPECT((outside > 100) && (outside < 4 * 48 * 24 - 100));
}

static const struct source_credential credentials[] = {
	{ .kind = SOURCE_ACCOUNT_SAS,
	    .account = "acct",
	    .can_write = true,
	    .sas = { "2024-11-04", "b", "sco", NULL, "rlw" },
	    .has_log_hash = true },
	{ .kind = SOURCE_ACCOUNT_KEY, .account = "other" },
};
static const struct source list[] = {
	{ "0001-acct-nsg-flow", "acct", "blob",
	    "https://acct.blob.core.windows.net", "c", KIND_NSG_FLOW, 0,
	    "https://acct.blob.core.windows.net/", "secondary" },
	{ "0002-other-local", "other", "folder", NULL, NULL, KIND_LOCAL, 1,
	    NULL, NULL },
};

static void
sources_come_back_as_they_were(void)
{
	struct sources s = { .list = list,
		.n = 2,
		.credentials = credentials,
		.n_credentials = 2 };
	struct sources back;
	struct buf text = { 0 };
	struct buf again = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(source_format(&s, &text, &e) == 0);
	EXPECT(source_parse(text.bytes, text.len, &back, &e) == 0);
	EXPECT((back.n == 2) && (back.n_credentials == 2));
	EXPECT_TEXT(back.credentials[0].sas[SOURCE_SAS_SP], "rlw");
	EXPECT(back.credentials[0].sas[SOURCE_SAS_SR] == NULL);
	EXPECT(back.list[1].kind == KIND_LOCAL);
	EXPECT(source_format(&back, &again, &e) == 0);
	EXPECT_TEXT(buf_text(&again), buf_text(&text));
	source_free(&back);
	buf_free(&text);
	buf_free(&again);
}

static void
sources_that_break_a_rule_are_refused(void)
{
	static const char * const bad[][2] = {
		{ "0001-acct-nsg-flow", "0001-acct/nsg-flow" },
		{ "0001-acct-nsg-flow", "0002-other-local" },
		{ "0001-acct-nsg-flow", "../x" },
		{ "\"kind\":\"nsg-flow\"", "\"kind\":\"flow\"" },
		{ "\"service\":\"blob\"", "\"service\":\"ftp\"" },
		{ "\"credential\":1", "\"credential\":2" },
		{ "\"account-sas\"", "\"password\"" },
		{ "\"account-sas\"", "\"account-key\"" },
		{ "\"sas\":null", "\"sas\":{}" },
	};
	struct sources s = { .list = list,
		.n = 2,
		.credentials = credentials,
		.n_credentials = 2 };
	struct sources back;
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf text = { 0 };

		err_init(&e);
		EXPECT(source_format(&s, &text, &e) == 0);
		replace(&text, bad[i][0], bad[i][1]);
		EXPECT(source_parse(text.bytes, text.len, &back, &e) == -1);
		if (e.kind == ERR_NONE)
			(void)printf("# accepted: %s\n", bad[i][1]);
		buf_free(&text);
	}
}

static void
a_request_comes_back_and_is_only_a_reading_one(void)
{
	struct request r = { .seq = 1,
		.source = 0,
		.object = 7,
		.method = "GET",
		.url = "https://a/c/b?sig=-REDACTED-",
		.range_first = 0,
		.range_last = 4095,
		.status = 206,
		.bytes = 4096,
		.request_id = "id",
		.crc64 = "DtjZpL9/o8c=",
		.digest_check = "matched",
		.sent_at = 1,
		.done_at = 2 };
	struct request back;
	struct buf line = { 0 };
	struct buf again = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(request_format(&r, &line, &e) == 0);
	EXPECT(request_parse(line.bytes, line.len - 1, &back, &e) == 0);
	EXPECT((back.range_first == 0) && (back.range_last == 4095));
	EXPECT(request_format(&back, &again, &e) == 0);
	EXPECT_TEXT(buf_text(&again), buf_text(&line));
	request_free(&back);
	replace(&line, "\"GET\"", "\"PUT\"");
	EXPECT(request_parse(line.bytes, line.len - 1, &back, &e) == -1);
	replace(&line, "\"PUT\"", "\"GET\"");
	replace(&line, "\"matched\"", "\"nearly\"");
	EXPECT(request_parse(line.bytes, line.len - 1, &back, &e) == -1);
	replace(&line, "\"digest_check\":\"nearly\",", "");
	EXPECT(request_parse(line.bytes, line.len - 1, &back, &e) == -1);
	replace(&line, "\"crc64\":\"DtjZpL9/o8c=\",", "");
	err_init(&e);
	EXPECT(request_parse(line.bytes, line.len - 1, &back, &e) == 0);
	request_free(&back);
	buf_free(&line);
	buf_free(&again);
}

static void
a_skew_is_never_narrower_than_the_second_of_a_date(void)
{
	const int64_t s = CLOCK_TICKS_PER_SECOND;
	int64_t lo, hi;

	/* Same clocks, no delay, the Date just ticked over. */
	clock_sample_skew(10 * s, 10 * s, 10 * s, &lo, &hi);
	EXPECT((lo == -1000) && (hi == 0));
	/* Ours is 5 s ahead, 300 ms for the round trip. */
	clock_sample_skew(15 * s, 15 * s + 3 * s / 10, 10 * s, &lo, &hi);
	EXPECT((lo == 4000) && (hi == 5300));
	/* Rounded outwards. */
	clock_sample_skew(10 * s + 1, 10 * s + 1, 10 * s, &lo, &hi);
	EXPECT((lo == -1000) && (hi == 1));
	clock_sample_skew(10 * s - 1, 10 * s - 1, 10 * s, &lo, &hi);
	EXPECT((lo == -1001) && (hi == 0));
}

static void
a_clock_sample_comes_back_and_says_how_the_clock_is_kept(void)
{
	struct clock_sample s = { .host = "h", .date = "d", .has_skew = true };
	struct clock_sample back;
	struct buf line = { 0 };
	struct buf again = { 0 };
	struct err e;

	err_init(&e);
	clock_sample_local(&s);
	EXPECT(s.at > moment - moment / 10);
	EXPECT((strcmp(s.sync, "synchronised") == 0) ||
	    (strcmp(s.sync, "unsynchronised") == 0) ||
	    (strcmp(s.sync, "unknown") == 0));
	EXPECT(clock_sample_format(&s, &line, &e) == 0);
	EXPECT(clock_sample_parse(line.bytes, line.len - 1, &back, &e) == 0);
	EXPECT(clock_sample_format(&back, &again, &e) == 0);
	EXPECT_TEXT(buf_text(&again), buf_text(&line));
	clock_sample_free(&back);
	replace(&line, s.sync, "fine");
	EXPECT(clock_sample_parse(line.bytes, line.len - 1, &back, &e) == -1);
	buf_free(&line);
	buf_free(&again);
}

static void
a_footprint_and_a_tool_come_back_as_they_were(void)
{
	static const struct tool_info_pair libraries[] = { { "zstd", "1.5.4" },
		{ "curl", NULL } };
	struct footprint f = { .user_agent = "azcustody/0.1",
		.first_request_at = CLOCK_UNKNOWN,
		.last_request_at = moment,
		.requests = 5,
		.accounts = words,
		.n_accounts = 2 };
	struct tool_info t = { .program = "azcustody-collect",
		.version = "0.1.0",
		.commit = "unknown",
		.libraries = libraries,
		.n_libraries = 2,
		.options = libraries,
		.n_options = 1 };
	struct footprint f2;
	struct tool_info t2;
	struct buf a = { 0 };
	struct buf b = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(footprint_format(&f, &a, &e) == 0);
	EXPECT(footprint_parse(a.bytes, a.len, &f2, &e) == 0);
	EXPECT(f2.n_accounts == 2);
	EXPECT(footprint_format(&f2, &b, &e) == 0);
	EXPECT_TEXT(buf_text(&b), buf_text(&a));
	footprint_free(&f2);
	buf_clear(&a);
	buf_clear(&b);
	EXPECT(tool_info_format(&t, &a, &e) == 0);
	EXPECT(tool_info_parse(a.bytes, a.len, &t2, &e) == 0);
	EXPECT(t2.libraries[1].value == NULL);
	EXPECT(tool_info_format(&t2, &b, &e) == 0);
	EXPECT_TEXT(buf_text(&b), buf_text(&a));
	tool_info_free(&t2);
	buf_free(&a);
	buf_free(&b);
}

static void
a_bag_info_holds_no_control_and_one_oxum(void)
{
	struct bag_info info = { .package = PACKAGE,
		.organisation = "A\nPayload-Oxum: 1.1",
		.examiner = "",
		.at = moment,
		.payload_bytes = 77,
		.payload_objects = 3 };
	struct buf text = { 0 };
	int64_t bytes = -1;
	int64_t objects = -1;
	struct err e;

	err_init(&e);
	EXPECT(bag_format_info(&info, &text, &e) == 0);
	EXPECT(bag_parse_oxum(text.bytes, text.len, &bytes, &objects, &e) == 0);
	EXPECT((bytes == 77) && (objects == 3));
	EXPECT(strstr(buf_text(&text), "Contact-Name") == NULL);
	EXPECT(buf_add_text(&text, "Payload-Oxum: 77.3\n", &e) == 0);
	EXPECT(
	    bag_parse_oxum(text.bytes, text.len, &bytes, &objects, &e) == -1);
	EXPECT(
	    bag_parse_oxum("Payload-Oxum: 1", 15, &bytes, &objects, &e) == -1);
	EXPECT(bag_parse_oxum("", 0, &bytes, &objects, &e) == -1);
	buf_clear(&text);
	err_init(&e);
	info.organisation = "\xff";
	EXPECT(bag_format_info(&info, &text, &e) == -1);
	EXPECT(e.kind == ERR_USAGE);
	buf_free(&text);
}

static void
a_readme_names_every_command_for_this_package(void)
{
	static const struct signer signers[] = {
		{ .role = "examiner", .file = "seal/examiner.minisig" },
		{ .role = "witness", .file = "seal/witness.minisig" },
	};
	struct readme_facts facts = { PACKAGE, true, true, "117", signers, 2,
		false };
	struct buf text = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(readme_format(&facts, &text, &e) == 0);
	EXPECT(strstr(buf_text(&text),
		   "tar --zstd -xf " PACKAGE ".tar.zst\n") != NULL);
	EXPECT(strstr(buf_text(&text), "-x seal/witness.minisig") != NULL);
	EXPECT(strstr(buf_text(&text), "sha512sum --strict") != NULL);
	buf_clear(&text);
	facts.n_signers = 0;
	facts.sha512 = false;
	facts.is_compressed = false;
	EXPECT(readme_format(&facts, &text, &e) == 0);
	EXPECT(strstr(buf_text(&text), "NOBODY SIGNED") != NULL);
	EXPECT(strstr(buf_text(&text), "sha512") == NULL);
	EXPECT(strstr(buf_text(&text), "zst") == NULL);
	buf_free(&text);
}

int
main(void)
{
	RUN(a_case_comes_back_as_it_was);
	RUN(a_case_that_breaks_a_rule_is_refused);
	RUN(a_case_with_too_many_accounts_is_refused);
	RUN(a_blob_counts_with_an_hour_or_a_day_more_at_both_ends);
	RUN(collector_and_verifier_have_one_rule_of_scope);
	RUN(sources_come_back_as_they_were);
	RUN(sources_that_break_a_rule_are_refused);
	RUN(a_request_comes_back_and_is_only_a_reading_one);
	RUN(a_skew_is_never_narrower_than_the_second_of_a_date);
	RUN(a_clock_sample_comes_back_and_says_how_the_clock_is_kept);
	RUN(a_footprint_and_a_tool_come_back_as_they_were);
	RUN(a_bag_info_holds_no_control_and_one_oxum);
	RUN(a_readme_names_every_command_for_this_package);
	return unit_failed;
}
