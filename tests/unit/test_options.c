#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"

#include "collect/options.h"
#include "collect/usage.h"

#include "tests/unit/unit.h"

#define MAX_WORDS 400

/* The words that every run needs. */
#define NEEDED                                                                \
	"run", "--case", "C-1", "--exhibit", "E-1", "--examiner", "A. Meyer", \
	    "--out", "/cases", "--sign", "k.key", "--account", "contoso"

/* Parse the given words; getopt may reorder them, hence the copy. */
static int
parse(struct options * o, struct err * e, const char * const * words)
{
	static char room[MAX_WORDS][OPTIONS_MAX_TEXT + 16];
	static char * argv[MAX_WORDS + 2];
	int argc = 0;

	argv[argc++] = (char *)(void *)room[MAX_WORDS - 1];
	for (size_t i = 0; words[i] != NULL; i++) {
		(void)snprintf(room[i], sizeof(room[i]), "%s", words[i]);
		argv[argc++] = room[i];
	}
	argv[argc] = NULL;
	err_init(e);
	return options_parse(argc, argv, o, e);
}

#define PARSE(...) parse(&o, &e, (const char * const[]){ __VA_ARGS__, NULL })

static void
options_parse_takes_a_run_with_all_its_words(void)
{
	struct options o;
	struct err e;

	EXPECT(PARSE(NEEDED, "--endpoint", "http://127.0.0.1:1/contoso",
		   "--key-file", "fd:3", "--logs", "flow,activity",
		   "--container", "$logs", "--from", "2026-11-01", "--to",
		   "2026-11-02T00:00:00Z", "--jobs", "64", "--compress", "none",
		   "--tls-ca", "ca.pem", "--organisation", "O", "--authority",
		   "W", "--purpose", "P", "--password-file", "p",
		   "--accept-excess-permissions", "-v", "--json") == 0);
	EXPECT(o.verb == OPTIONS_RUN);
	EXPECT(o.account_count == 1);
	EXPECT_TEXT(o.accounts[0].name, "contoso");
	EXPECT_TEXT(o.accounts[0].endpoint, "http://127.0.0.1:1/contoso");
	EXPECT_TEXT(o.accounts[0].key_source, "fd:3");
	EXPECT(o.accounts[0].sas_source == NULL);
	EXPECT(o.logs == (OPTIONS_LOGS_FLOW | OPTIONS_LOGS_ACTIVITY));
	EXPECT(o.container_count == 1);
	EXPECT_TEXT(o.containers[0], "$logs");
	EXPECT(o.to - o.from == 24 * 3600 * CLOCK_TICKS_PER_SECOND);
	EXPECT(o.jobs == 64);
	EXPECT(!o.is_compressed);
	EXPECT(o.accept_excess && o.is_verbose && o.is_json && !o.is_quiet);
	EXPECT_TEXT(o.case_id, "C-1");
	EXPECT_TEXT(o.examiner, "A. Meyer");
	EXPECT_TEXT(o.signing.list[0].password_source, "p");
}

static void
options_parse_takes_access_and_plan_with_little(void)
{
	static const char * const verbs[] = { "access", "plan" };
	struct options o;
	struct err e;

	for (size_t i = 0; i < 2; i++) {
		EXPECT(PARSE(verbs[i], "--account", "contoso", "--sas-file",
			   "s") == 0);
		EXPECT(o.verb == (i == 0 ? OPTIONS_ACCESS : OPTIONS_PLAN));
		EXPECT(!o.has_logs && (o.logs == OPTIONS_LOGS_ALL));
		EXPECT(PARSE(verbs[i]) == 0);
		EXPECT(PARSE(verbs[i], "--account", "contoso", "--case", "C",
			   "--out", "x", "--sign", "k", "--logs", "flow") == 0);
		EXPECT(o.has_logs && (o.logs == OPTIONS_LOGS_FLOW));
		EXPECT(PARSE(verbs[i], "work") != 0);
		EXPECT(PARSE(verbs[i], "--from", "2026-11-02", "--to",
			   "2026-11-01") != 0);
	}
	EXPECT(PARSE("look") != 0);
}

static void
options_parse_takes_all_logs_and_zstd_when_nothing_is_said(void)
{
	struct options o;
	struct err e;

	EXPECT(PARSE(NEEDED) == 0);
	EXPECT(o.logs == OPTIONS_LOGS_ALL);
	EXPECT(o.is_compressed);
	EXPECT((o.from == CLOCK_UNKNOWN) && (o.to == CLOCK_UNKNOWN));
	EXPECT(PARSE(NEEDED, "--container", "mine") == 0);
	EXPECT(o.logs == 0);
}

static void
options_parse_gives_each_account_what_follows_it(void)
{
	struct options o;
	struct err e;

	EXPECT(PARSE(NEEDED, "--key-file", "k1", "--account", "fabrikam",
		   "--sas-file", "s2", "--endpoint", "https://x") == 0);
	EXPECT(o.account_count == 2);
	EXPECT_TEXT(o.accounts[0].key_source, "k1");
	EXPECT(o.accounts[0].endpoint == NULL);
	EXPECT_TEXT(o.accounts[1].sas_source, "s2");
	EXPECT_TEXT(o.accounts[1].endpoint, "https://x");
	EXPECT(PARSE("run", "--key-file", "k") == -1);
	EXPECT(PARSE(NEEDED, "--key-file", "k", "--sas-file", "s") == -1);
	EXPECT(PARSE(NEEDED, "--key-file", "k", "--key-file", "k") == -1);
	EXPECT(PARSE(NEEDED, "--account", "contoso") == -1);
}

static void
options_parse_takes_a_folder_alone_and_files_beside_anything(void)
{
#define BARE                                                                \
	"run", "--case", "1", "--exhibit", "2", "--examiner", "m", "--out", \
	    "o", "--sign", "k"
	struct options o;
	struct err e;

	EXPECT(PARSE(BARE, "--folder", "in", "--attach", "a", "--attach",
		   "b") == 0);
	EXPECT_TEXT(o.folder, "in");
	EXPECT((o.attach_count == 2) && (o.logs == 0));
	EXPECT(PARSE(BARE, "--folder", "in", "--logs", "flow") == -1);
	EXPECT(PARSE(BARE, "--folder", "in", "--account", "acctb") == -1);
	EXPECT(PARSE(BARE, "--attach", "a", "--attach", "a") == -1);
}

static void
options_parse_takes_prefixes_that_do_not_overlap_and_what_to_include(void)
{
	struct options o;
	struct err e;

	EXPECT(PARSE(NEEDED, "--prefix", "a/", "--prefix", "b", "--include",
		   "deleted,snapshots") == 0);
	EXPECT(o.prefix_count == 2);
	EXPECT(
	    o.include == (OPTIONS_INCLUDE_DELETED | OPTIONS_INCLUDE_SNAPSHOTS));
	EXPECT(PARSE(NEEDED) == 0);
	EXPECT(o.include == OPTIONS_INCLUDE_ALL);
	EXPECT(PARSE(NEEDED, "--include", "none") == 0);
	EXPECT(o.include == 0);
	EXPECT(PARSE(NEEDED, "--include", "none,deleted") == -1);
	EXPECT(PARSE(NEEDED, "--include", "deleted,deleted") == -1);
	EXPECT(PARSE(NEEDED, "--prefix", "a/", "--prefix", "a/b") == -1);
	EXPECT(PARSE(NEEDED, "--prefix", "a/b", "--prefix", "a") == -1);
	EXPECT(PARSE(NEEDED, "--prefix", "") == -1);
	EXPECT(PARSE(NEEDED, "--prefix", "\xff") == -1);
	EXPECT(PARSE(NEEDED, "--logs", "classic,la") == 0);
	EXPECT(o.logs == (OPTIONS_LOGS_CLASSIC | OPTIONS_LOGS_LA));
	EXPECT(PARSE(NEEDED, "--account", "acctb", "--cloud", "china") == 0);
	EXPECT_TEXT(o.accounts[o.account_count - 1].cloud, "china");
	EXPECT(PARSE(NEEDED, "--account", "acctb", "--cloud", "china",
		   "--endpoint", "https://x") == -1);
}

static void
options_parse_takes_several_who_sign(void)
{
	struct options o;
	struct err e;

	EXPECT(PARSE(NEEDED, "--sign", "witness=w.key", "--password-file", "p",
		   "--cms-cert", "c", "--cms-key", "notary=file:a=b", "--sign",
		   "./clerk=x", "--cms-key", "pkcs11:object=k") == -1);
	EXPECT(e.kind == ERR_USAGE);
	EXPECT(PARSE(NEEDED, "--sign", "witness=w.key", "--password-file", "p",
		   "--cms-cert", "c", "--cms-key", "pkcs11:object=k") == 0);
	EXPECT(o.signing.n == 3);
	EXPECT_TEXT(o.signing.list[0].role, "collector");
	EXPECT_TEXT(o.signing.list[1].role, "witness");
	EXPECT_TEXT(o.signing.list[1].path, "w.key");
	EXPECT_TEXT(o.signing.list[1].password_source, "p");
	EXPECT_TEXT(o.signing.list[2].role, "examiner");
	EXPECT_TEXT(o.signing.list[2].path, "pkcs11:object=k");
	EXPECT_TEXT(o.signing.list[2].certificate, "c");
	EXPECT(PARSE(NEEDED, "--sign", "collector=w.key") == -1);
	EXPECT(PARSE(NEEDED, "--sign", "9=w.key") == -1);
	EXPECT(PARSE(NEEDED, "--password-file", "-", "--cms-key", "k",
		   "--cms-password-file", "-") == -1);
}

static void
options_parse_refuses_what_is_no_option(void)
{
	static const char * const wrong[] = { "--sas", "--key", "-x",
		"--insecure", "--password", "--sas-token" };
	struct options o;
	struct err e;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		EXPECT(PARSE(NEEDED, wrong[i], "x") == -1);
		EXPECT(e.kind == ERR_USAGE);
	}
	EXPECT(PARSE(NEEDED, "--cms-key", "k", "--cms-cert", "c", "--cms-role",
		   "notary") == 0);
	EXPECT(o.signing.n == 2);
	EXPECT_TEXT(o.signing.list[1].role, "notary");
	EXPECT(PARSE(NEEDED, "--cms-cert", "c") == -1);
	EXPECT(
	    PARSE(NEEDED, "--cms-key", "k", "--cms-role", "collector") == -1);
	EXPECT(PARSE(NEEDED, "--cms-key", "k", "--cms-role", "../x") == -1);
	EXPECT(PARSE(NEEDED, "word") == -1);
	EXPECT(PARSE("--case", "x") == -1);
}

static void
options_parse_refuses_a_word_twice_or_without_its_value(void)
{
	struct options o;
	struct err e;

	EXPECT(PARSE(NEEDED, "--case", "other") == -1);
	EXPECT(PARSE(NEEDED, "--jobs", "1", "--jobs", "2") == -1);
	EXPECT(PARSE(NEEDED, "--jobs") == -1);
	EXPECT_TEXT(e.text, "--jobs needs a value");
}

static void
options_parse_refuses_a_run_that_says_too_little(void)
{
	static const char * const needed[] = { "--case", "--exhibit",
		"--examiner", "--out", "--sign" };
	const char * words[32] = { NEEDED };
	struct options o;
	struct err e;

	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		const char * left[32] = { NULL };
		size_t n = 0;

		for (size_t w = 0; words[w] != NULL; w++) {
			if (strcmp(words[w], needed[i]) == 0)
				w++;
			else
				left[n++] = words[w];
		}
		EXPECT(parse(&o, &e, left) == -1);
		EXPECT(strstr(e.text, needed[i]) != NULL);
	}
}

static void
options_parse_keeps_its_limits(void)
{
	static char long_text[OPTIONS_MAX_TEXT + 2];
	static char names[OPTIONS_MAX_ACCOUNTS + 1][16];
	const char * words[MAX_WORDS] = { NEEDED };
	struct options o;
	struct err e;
	size_t n = 13;

	memset(long_text, 'a', OPTIONS_MAX_TEXT);
	EXPECT(PARSE(NEEDED, "--purpose", long_text) == 0);
	long_text[OPTIONS_MAX_TEXT] = 'a';
	EXPECT(PARSE(NEEDED, "--purpose", long_text) == -1);
	EXPECT(PARSE(NEEDED, "--jobs", "0") == -1);
	EXPECT(PARSE(NEEDED, "--jobs", "65") == -1);
	EXPECT(PARSE(NEEDED, "--jobs", "1x") == -1);
	for (size_t i = 0; i < OPTIONS_MAX_ACCOUNTS; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "acct%zu", i);
		words[n++] = "--account";
		words[n++] = names[i];
		if (i + 2 == OPTIONS_MAX_ACCOUNTS)
			EXPECT(parse(&o, &e, words) == 0);
	}
	EXPECT(parse(&o, &e, words) == -1);
	EXPECT(strstr(e.text, "more than 64 accounts") != NULL);
}

static void
options_parse_refuses_texts_and_names_that_lie(void)
{
	struct options o;
	struct err e;

	EXPECT(PARSE(NEEDED, "--purpose", "a\nb") == -1);
	EXPECT(PARSE(NEEDED, "--purpose", "a\x1b[31m") == -1);
	EXPECT(PARSE(NEEDED, "--purpose", "\xff") == -1);
	EXPECT(PARSE(NEEDED, "--purpose", "") == -1);
	EXPECT(PARSE(NEEDED, "--purpose", "\xc3\xa9t\xc3\xa9") == 0);
	EXPECT(PARSE(NEEDED, "--account", "Contoso2") == -1);
	EXPECT(PARSE(NEEDED, "--account", "ab") == -1);
	EXPECT(PARSE(NEEDED, "--account", "a/../b") == -1);
	EXPECT(PARSE(NEEDED, "--container", "../x") == -1);
	EXPECT(PARSE(NEEDED, "--container", "same1", "--container", "same1") ==
	    -1);
	EXPECT(PARSE(NEEDED, "--logs", "flow,flow") == -1);
	EXPECT(PARSE(NEEDED, "--logs", "") == -1);
	EXPECT(PARSE(NEEDED, "--logs", "flow,") == -1);
	EXPECT(PARSE(NEEDED, "--compress", "gzip") == -1);
	EXPECT(PARSE(NEEDED, "-q", "-v") == -1);
}

static void
options_parse_refuses_a_window_that_is_none(void)
{
	struct options o;
	struct err e;

	EXPECT(
	    PARSE(NEEDED, "--from", "2026-11-02", "--to", "2026-11-01") == -1);
	EXPECT(
	    PARSE(NEEDED, "--from", "2026-11-01", "--to", "2026-11-01") == -1);
	EXPECT(PARSE(NEEDED, "--from", "yesterday") == -1);
	EXPECT(PARSE(NEEDED, "--from", "2026-02-30") == -1);
	EXPECT(PARSE(NEEDED, "--from", "2026-11-01") == 0);
	EXPECT(o.to == CLOCK_UNKNOWN);
}

static void
options_parse_lets_resume_take_only_what_is_never_stored(void)
{
	struct options o;
	struct err e;

	EXPECT(PARSE("resume", "/c/p.work", "--account", "contoso",
		   "--sas-file", "s", "--sign", "k") == 0);
	EXPECT(o.verb == OPTIONS_RESUME);
	EXPECT_TEXT(o.work_dir, "/c/p.work");
	EXPECT(PARSE("resume", "--sign", "k", "/c/p.work") == 0);
	EXPECT_TEXT(o.work_dir, "/c/p.work");
	EXPECT(PARSE("resume", "--sign", "k") == -1);
	EXPECT(PARSE("resume", "w", "--sign", "k", "--case", "C") == -1);
	EXPECT(
	    PARSE("resume", "w", "--sign", "k", "--from", "2026-01-01") == -1);
	EXPECT(PARSE("resume", "w", "--sign", "k", "--container", "abc") == -1);
	EXPECT(PARSE("resume", "w", "--sign", "k", "--previous", "p") == -1);
	EXPECT(PARSE("resume", "w", "--sign", "k", "--account", "abc",
		   "--endpoint", "https://x") == -1);
	EXPECT(PARSE("resume", "w", "x", "--sign", "k") == -1);
}

static void
options_parse_lets_standard_input_hold_one_secret(void)
{
	struct options o;
	struct err e;

	EXPECT(PARSE(NEEDED, "--key-file", "-") == 0);
	EXPECT(PARSE(NEEDED, "--key-file", "-", "--password-file", "-") == -1);
	EXPECT(PARSE(NEEDED, "--key-file", "-", "--account", "other",
		   "--sas-file", "-") == -1);
}

static void
options_parse_shows_help_with_and_without_a_verb(void)
{
	struct options o;
	struct err e;

	EXPECT((PARSE("--help") == 0) && (o.verb == OPTIONS_HELP));
	EXPECT((PARSE("-h") == 0) && (o.verb == OPTIONS_HELP));
	EXPECT((PARSE("run", "--help") == 0) && (o.verb == OPTIONS_HELP));
	EXPECT((PARSE("--version") == 0) && (o.verb == OPTIONS_VERSION));
	EXPECT(parse(&o, &e, (const char * const[]){ NULL }) == -1);
	EXPECT(PARSE("-q") == -1);
}

static void
usage_fits_a_terminal_and_knows_every_exit_code(void)
{
	static const char * const codes[] = { "0 ", "3 ", "64", "65", "66",
		"69", "70", "71", "74", "75", "77", "130" };
	char text[16384] = "";
	const char * at = text;
	FILE * f = fmemopen(text, sizeof(text) - 1, "w");

	EXPECT(f != NULL);
	usage_print(f);
	EXPECT(fclose(f) == 0);
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		EXPECT(strstr(strstr(at, "Exit codes"), codes[i]) != NULL);
	while (*at != '\0') {
		size_t len = strcspn(at, "\n");

		EXPECT(len <= 80);
		at += len + 1;
	}
}

int
main(void)
{
	RUN(options_parse_takes_a_run_with_all_its_words);
	RUN(options_parse_takes_access_and_plan_with_little);
	RUN(options_parse_takes_all_logs_and_zstd_when_nothing_is_said);
	RUN(options_parse_gives_each_account_what_follows_it);
	RUN(options_parse_takes_a_folder_alone_and_files_beside_anything);
	RUN(options_parse_takes_prefixes_that_do_not_overlap_and_what_to_include);
	RUN(options_parse_takes_several_who_sign);
	RUN(options_parse_refuses_what_is_no_option);
	RUN(options_parse_refuses_a_word_twice_or_without_its_value);
	RUN(options_parse_refuses_a_run_that_says_too_little);
	RUN(options_parse_keeps_its_limits);
	RUN(options_parse_refuses_texts_and_names_that_lie);
	RUN(options_parse_refuses_a_window_that_is_none);
	RUN(options_parse_lets_resume_take_only_what_is_never_stored);
	RUN(options_parse_lets_standard_input_hold_one_secret);
	RUN(options_parse_shows_help_with_and_without_a_verb);
	RUN(usage_fits_a_terminal_and_knows_every_exit_code);
	return unit_failed;
}
