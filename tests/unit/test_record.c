/* One record as a tree: strictness, conflicts, limits, and JSONTestSuite. */
#include <dirent.h>
#include <stdlib.h>

#include "evidence/buf.h"
#include "timeline/record.h"

#include "tests/unit/unit.h"

#define PATH_SIZE 1024
#define FILE_SIZE (1 << 20)

static struct record * record;

static enum record_result
parse(const char * text)
{
	struct err e;

	err_init(&e);
	return record_parse(record, text, strlen(text), &e);
}

static void
record_get_prefers_the_spelling_that_was_asked_for(void)
{
	const struct record_value * root;

	EXPECT(parse("{\"Time\":\"a\",\"time\":\"b\",\"TIME\":\"c\"}") ==
	    RECORD_READ);
	root = record_root(record);
	EXPECT_TEXT(record_text(root, "time"), "b");
	EXPECT_TEXT(record_text(root, "Time"), "a");
	EXPECT_TEXT(record_text(root, "tIme"), "a");
	EXPECT_TEXT(record_conflict(record), "time");
	EXPECT(record_get(root, "tim") == NULL);
	EXPECT(record_get(root, "times") == NULL);
	EXPECT(record_get(NULL, "time") == NULL);
}

static void
record_conflict_shows_duplicates_and_case_twins_at_any_depth(void)
{
	EXPECT(parse("{\"a\":1,\"b\":2}") == RECORD_READ);
	EXPECT(record_conflict(record) == NULL);
	EXPECT(parse("{\"a\":1,\"b\":2,\"a\":1}") == RECORD_READ);
	EXPECT_TEXT(record_conflict(record), "a");
	EXPECT_TEXT(record_text(record_root(record), "a"), "1");
	EXPECT(parse("{\"x\":[{\"y\":{\"k\":1,\"K\":2}}]}") == RECORD_READ);
	EXPECT_TEXT(record_conflict(record), "K");
	EXPECT(parse("{\"x\":{\"a\":1},\"y\":{\"a\":1}}") == RECORD_READ);
	EXPECT(record_conflict(record) == NULL);
	EXPECT(parse("{\"ti\\u006de\":1,\"time\":2}") == RECORD_READ);
	EXPECT_TEXT(record_conflict(record), "time");
	/* Only ASCII letters fold. */
	EXPECT(parse("{\"\xc3\xa9\":1,\"\xc3\x89\":2}") == RECORD_READ);
	EXPECT(record_conflict(record) == NULL);
	/* Names that a NUL only seems to make equal. */
	EXPECT(parse("{\"a\\u0000b\":1,\"a\":2}") == RECORD_READ);
	EXPECT(record_conflict(record) == NULL);
}

static void
record_conflict_is_found_among_many_members(void)
{
	struct buf b = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(buf_add_text(&b, "{", &e) == 0);
	for (int i = 0; i < 100000; i++)
		EXPECT(buf_addf(&b, &e, "\"member%d\":%d,", i, i) == 0);
	EXPECT(buf_add_text(&b, "\"last\":1}", &e) == 0);
	EXPECT(parse(buf_text(&b)) == RECORD_READ);
	EXPECT(record_conflict(record) == NULL);
	b.len--;
	EXPECT(buf_add_text(&b, ",\"MEMBER4711\":0}", &e) == 0);
	EXPECT(parse(buf_text(&b)) == RECORD_READ);
	EXPECT(record_conflict(record) != NULL);
	buf_free(&b);
}

static void
record_text_keeps_numbers_as_they_are_written(void)
{
	const struct record_value * root;

	EXPECT(parse("{\"a\":9007199254740993,\"b\":1e400,\"c\":-0,\"d\":1.0,"
		     "\"e\":18446744073709551616,\"f\":true,\"g\":false,"
		     "\"h\":null,\"i\":[],\"j\":\"\"}") == RECORD_READ);
	root = record_root(record);
	EXPECT_TEXT(record_text(root, "a"), "9007199254740993");
	EXPECT_TEXT(record_text(root, "b"), "1e400");
	EXPECT_TEXT(record_text(root, "c"), "-0");
	EXPECT_TEXT(record_text(root, "d"), "1.0");
	EXPECT_TEXT(record_text(root, "e"), "18446744073709551616");
	EXPECT_TEXT(record_text(root, "f"), "true");
	EXPECT_TEXT(record_text(root, "g"), "false");
	EXPECT(record_text(root, "h") == NULL);
	EXPECT(record_text(root, "i") == NULL);
	EXPECT_TEXT(record_text(root, "j"), "");
}

static void
record_parse_keeps_a_nul_visible_and_shows_lone_surrogates(void)
{
	const struct record_value * root;

	EXPECT(parse("{\"a\":\"x\\u0000y\\u0000\"}") == RECORD_READ);
	root = record_root(record);
	EXPECT_TEXT(record_text(root, "a"), "x\xe2\x90\x80y\xe2\x90\x80");
	EXPECT(record_get(root, "a")->len == 8);
	EXPECT(record_has_nul(record));
	EXPECT(!record_has_surrogate(record));
	EXPECT(parse("{\"a\":\"\\ud83d\\ude00\"}") == RECORD_READ);
	EXPECT_TEXT(record_text(record_root(record), "a"), "\xf0\x9f\x98\x80");
	EXPECT(!record_has_nul(record));
	EXPECT(!record_has_surrogate(record));
	EXPECT(parse("{\"a\":\"\\ud83d\"}") == RECORD_READ);
	EXPECT(record_has_surrogate(record));
	EXPECT(parse("{\"a\":\"\\ude00\"}") == RECORD_READ);
	EXPECT(record_has_surrogate(record));
	EXPECT(parse("{\"a\":\"\\ud83d\\ud83d\\ude00\"}") == RECORD_READ);
	EXPECT(record_has_surrogate(record));
	EXPECT(parse("{\"a\":\"\\\\ud83d\"}") == RECORD_READ);
	EXPECT(!record_has_surrogate(record));
}

static void
record_parse_refuses_what_is_no_utf8_or_holds_control_bytes(void)
{
	static const char * const bad[] = { "\"\xff\"", "\"\xc0\x80\"",
		"\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"",
		"\"\x01\"", "\"\n\"", "\"\t\"", "[1,\f2]", "[1,\v2]", "\x7f",
		"\xef\xbb\xbf{}", "{'a':1}", "{\"a\":1}}", "{\"a\":1} x", "",
		" ", "NaN", "[1,]", "{\"a\":1,}", "/**/1", "01", "+1", ".5",
		"{\"a\":'b'}" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (parse(bad[i]) != RECORD_BAD_SYNTAX)
			EXPECT_TEXT(bad[i], "refused");
		EXPECT(record_root(record) == NULL);
		EXPECT(*record_why(record) != '\0');
	}
}

/* "[[[...]]]" of ${depth} brackets. */
static enum record_result
parse_deep(int depth)
{
	char text[2 * RECORD_MAX_DEPTH + 8];

	memset(text, '[', (size_t)depth);
	memset(text + depth, ']', (size_t)depth);
	text[2 * depth] = '\0';
	return parse(text);
}

static void
record_parse_keeps_to_its_limits(void)
{
	struct err e;
	char * big;

	err_init(&e);
	EXPECT(parse_deep(RECORD_MAX_DEPTH) == RECORD_READ);
	EXPECT(parse_deep(RECORD_MAX_DEPTH + 1) == RECORD_BAD_LIMIT);
	big = malloc(RECORD_MAX_BYTES + 1);
	if (big == NULL)
		abort();
	memset(big, 'x', RECORD_MAX_BYTES + 1);
	big[0] = '"';
	big[RECORD_MAX_BYTES - 1] = '"';
	EXPECT(record_parse(record, big, RECORD_MAX_BYTES, &e) == RECORD_READ);
	EXPECT(record_root(record)->len == RECORD_MAX_BYTES - 2);
	EXPECT(record_parse(record, big, RECORD_MAX_BYTES + 1, &e) ==
	    RECORD_BAD_LIMIT);
	for (size_t i = 1; i < RECORD_MAX_BYTES - 1; i++)
		big[i] = ((i & 1) != 0) ? '1' : ',';
	/* The array itself is a value as well. */
	big[0] = '[';
	big[2 * (RECORD_MAX_VALUES - 1)] = ']';
	EXPECT(record_parse(record, big, 2 * RECORD_MAX_VALUES - 1, &e) ==
	    RECORD_READ);
	big[2 * (RECORD_MAX_VALUES - 1)] = ',';
	big[2 * RECORD_MAX_VALUES] = ']';
	EXPECT(record_parse(record, big, 2 * RECORD_MAX_VALUES + 1, &e) ==
	    RECORD_BAD_LIMIT);
	free(big);
	EXPECT(e.kind == ERR_NONE);
	EXPECT(parse("{\"a\":1}") == RECORD_READ);
}

/* ---- JSONTestSuite ------------------------------------------------------- */

struct verdicts {
	int accepted; /* Files that must be, and were. */
	int refused;
	int wrong;
};

static void
judge(const char * dir, const char * name, struct verdicts * v)
{
	static char bytes[FILE_SIZE];
	char path[2 * PATH_SIZE];
	enum record_result result;
	struct err e;
	FILE * f;
	size_t len;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	EXPECT(f != NULL);
	if (f == NULL)
		return;
	len = fread(bytes, 1, sizeof(bytes), f);
	(void)fclose(f);
	err_init(&e);
	result = record_parse(record, bytes, len, &e);
	EXPECT(result != RECORD_FAILED);
	if ((name[0] == 'y') && (result == RECORD_READ)) {
		v->accepted++;
	} else if ((name[0] == 'n') && (result != RECORD_READ)) {
		v->refused++;
	} else if (name[0] != 'i') {
		v->wrong++;
		(void)printf("# %s: wrong\n", name);
	}
}

static char suite[PATH_SIZE];

static void
record_parse_agrees_with_jsontestsuite(void)
{
	struct verdicts v = { 0 };
	struct dirent * entry;
	DIR * d = opendir(suite);

	EXPECT(d != NULL);
	if (d == NULL)
		return;
	entry = readdir(d);
	while (entry != NULL) {
		if (entry->d_name[0] != '.')
			judge(suite, entry->d_name, &v);
		entry = readdir(d);
	}
	(void)closedir(d);
	EXPECT(v.accepted == 95);
	EXPECT(v.refused == 188);
	EXPECT(v.wrong == 0);
}

static bool
has_suite(void)
{
	const char * shared = getenv("AZCUSTODY_SHARED");
	DIR * d;

	(void)snprintf(suite, sizeof(suite), "%s/suites/jsontestsuite",
	    (shared != NULL) ? shared : "../shared");
	d = opendir(suite);
	if (d != NULL)
		(void)closedir(d);
	return d != NULL;
}

int
main(void)
{
	struct err e;

	err_init(&e);
	record = record_new(&e);
	if (record == NULL)
		return 1;
	RUN(record_get_prefers_the_spelling_that_was_asked_for);
	RUN(record_conflict_shows_duplicates_and_case_twins_at_any_depth);
	RUN(record_conflict_is_found_among_many_members);
	RUN(record_text_keeps_numbers_as_they_are_written);
	RUN(record_parse_keeps_a_nul_visible_and_shows_lone_surrogates);
	RUN(record_parse_refuses_what_is_no_utf8_or_holds_control_bytes);
	RUN(record_parse_keeps_to_its_limits);
	if (has_suite())
		RUN(record_parse_agrees_with_jsontestsuite);
	else
		SKIP("record parse agrees with jsontestsuite",
		    "there is no suite (set AZCUSTODY_SHARED)");
	record_free(record);
	return unit_failed;
}
