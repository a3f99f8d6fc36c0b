#include <stdio.h>
#include <string.h>

#include "evidence/words.h"

#include "tests/unit/unit.h"

static const struct word words[] = {
	{ "trust", true, true },
	{ "out", true, false },
	{ "json", false, false },
	{ NULL, false, false },
};

static char said[256];

/* Note what is handed over; the operand "bad" is refused. */
static int
take(void * context, int word, const char * value, struct err * e)
{
	size_t len = strlen(said);

	(void)context;
	if ((value != NULL) && (strcmp(value, "bad") == 0))
		return words_refuse(e, "not this: ", value);
	(void)snprintf(said + len, sizeof(said) - len, "%d=%s;", word,
	    (value == NULL) ? "" : value);
	return 0;
}

static int
parse(struct err * e, int argc, const char * const * given)
{
	static char room[8][64];
	char * argv[8];

	for (int i = 0; i < argc; i++) {
		(void)snprintf(room[i], sizeof(room[i]), "%s", given[i]);
		argv[i] = room[i];
	}
	said[0] = '\0';
	err_init(e);
	return words_parse(argc, argv, words, take, NULL, e);
}

#define PARSE(...)                                                        \
	parse(&e,                                                         \
	    (int)(sizeof((const char * const[]){ "verb", __VA_ARGS__ }) / \
		sizeof(const char *)),                                    \
	    (const char * const[]){ "verb", __VA_ARGS__ })

static void
words_parse_takes_options_and_operands_in_any_order(void)
{
	struct err e;

	EXPECT(PARSE("a", "--trust", "k", "--json", "b", "--trust=l") == 0);
	EXPECT_TEXT(said, "-1=a;0=k;2=;-1=b;0=l;");
	EXPECT(PARSE("--out=", "-") == 0);
	EXPECT_TEXT(said, "1=;-1=-;");
	EXPECT(PARSE("--out", "--json") == 0);
	EXPECT_TEXT(said, "1=--json;");
	EXPECT(PARSE("--", "--json", "--") == 0);
	EXPECT_TEXT(said, "-1=--json;-1=--;");
}

static void
words_parse_refuses_what_it_does_not_know_whole(void)
{
	struct err e;

	EXPECT(PARSE("--jso") == -1);
	EXPECT_TEXT(e.text, "unknown option: --jso");
	EXPECT(e.kind == ERR_USAGE);
	EXPECT(PARSE("--jsonx") == -1);
	EXPECT(PARSE("-j") == -1);
	EXPECT(PARSE("--=x") == -1);
	EXPECT(PARSE("-trust", "k") == -1);
}

static void
words_parse_refuses_repetition_and_values_out_of_place(void)
{
	struct err e;

	EXPECT(PARSE("--json", "--json") == -1);
	EXPECT_TEXT(e.text, "given twice: --json");
	EXPECT(PARSE("--json=1") == -1);
	EXPECT_TEXT(e.text, "it takes no value: --json=1");
	EXPECT(PARSE("--trust") == -1);
	EXPECT_TEXT(e.text, "it needs a value: --trust");
	EXPECT(PARSE("bad") == -1);
	EXPECT_TEXT(e.text, "not this: bad");
}

static void
words_is_given_looks_no_further_than_two_dashes(void)
{
	char program[] = "p", help[] = "--help", end[] = "--";
	char * argv[] = { program, end, help };
	char * first[] = { program, help };

	EXPECT(!words_is_given(3, argv, "--help"));
	EXPECT(words_is_given(2, first, "--help"));
	EXPECT(!words_is_given(1, first, "--help"));
}

int
main(void)
{
	RUN(words_parse_takes_options_and_operands_in_any_order);
	RUN(words_parse_refuses_what_it_does_not_know_whole);
	RUN(words_parse_refuses_repetition_and_values_out_of_place);
	RUN(words_is_given_looks_no_further_than_two_dashes);
	return unit_failed;
}
