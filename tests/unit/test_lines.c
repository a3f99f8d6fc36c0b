/* Numbers, tables, and classic lines, and that their work stays linear. */
#include <stdlib.h>
#include <time.h>

#include "timeline/classic.h"
#include "timeline/csv.h"
#include "timeline/number.h"

#include "tests/unit/cut.h"

static void
number_parse_reads_what_logs_write_for_counts(void)
{
	static const struct row {
		const char * text;
		int64_t value;
		bool is_whole;
	} rows[] = {
		{ "0", 0, true },
		{ "47", 47, true },
		{ "-5", -5, true },
		{ "1234.0", 1234, true },
		{ "12.75", 12, false },
		{ "1.2E+07", 12000000, true },
		{ "1.25e1", 12, false },
		{ "5e-1", 0, false },
		{ "9007199254740993", INT64_C(9007199254740993), true },
		{ "9223372036854775807", INT64_MAX, true },
	};
	static const char * const bad[] = { "", "-", "x", "1x", "1.", ".5",
		"1e", "1e+", "+1", " 1", "1 ", "0x1", "9223372036854775808",
		"1e400", "1e99999", "NaN" };
	bool is_whole;
	int64_t value;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		EXPECT(number_parse(rows[i].text, &value, &is_whole) == 0);
		EXPECT(value == rows[i].value);
		EXPECT(is_whole == rows[i].is_whole);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT(number_parse(bad[i], &value, &is_whole) == -1);
}

static char
delimiter_of(const char * text, size_t len)
{
	char delimiter = 'x';
	struct err e;

	err_init(&e);
	EXPECT(csv_find_delimiter((const uint8_t *)text, len, &delimiter, &e) ==
	    0);
	return delimiter;
}

static void
csv_find_delimiter_takes_only_headers_that_say_something(void)
{
	static const struct row {
		const char * text;
		char delimiter;
	} rows[] = {
		{ "TimeGenerated,Type", ',' },
		{ "\"TimeGenerated [UTC]\",\"Caller\"", ',' },
		{ "Caller;Status;x", ';' },
		{ "Caller\tStatus", '\t' },
		{ "Caller,Name", 0 },
		{ "Caller", 0 },
		{ "Caller,\"Status", 0 },
		{ "Caller,Sta\"tus", 0 },
		{ "Caller,Status,\xff", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		EXPECT(delimiter_of(rows[i].text, strlen(rows[i].text)) ==
		    rows[i].delimiter);
}

static void
csv_keeps_to_its_limit_of_columns(void)
{
	struct buf b = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(buf_add_text(&b, "Caller,Status", &e) == 0);
	for (int i = 2; i < CSV_MAX_COLUMNS; i++)
		EXPECT(buf_add_text(&b, ",x", &e) == 0);
	EXPECT(delimiter_of(buf_text(&b), b.len) == ',');
	EXPECT(buf_add_text(&b, ",x", &e) == 0);
	EXPECT(delimiter_of(buf_text(&b), b.len) == 0);
	buf_free(&b);
}

static void
classic_parse_takes_one_pair_of_quotes_and_the_entities_off(void)
{
	static const char line[] =
	    "1.0;\"\"0x8D\"\";a&amp;b;\"&quot;x&quot;\";\"[{\"a\":\"b c\"}]\";"
	    "&#65;&#x42;;&lt;;&nope;;\"c;d\"";
	struct classic c = { .count = 0 };
	struct err e;

	err_init(&e);
	EXPECT(classic_parse(&c, line, strlen(line), &e) == 0);
	EXPECT(c.count == 10);
	EXPECT_TEXT(c.fields[1], "\"0x8D\"");
	EXPECT_TEXT(c.fields[2], "a&b");
	EXPECT_TEXT(c.fields[3], "\"x\"");
	EXPECT_TEXT(c.fields[4], "[{\"a\":\"b c\"}]");
	EXPECT_TEXT(c.fields[5], "AB");
	EXPECT_TEXT(c.fields[6], "<");
	EXPECT_TEXT(c.fields[7], "&nope");
	EXPECT(c.fields[8] == NULL);
	EXPECT_TEXT(c.fields[9], "c;d");
	classic_free(&c);
}

/* Seconds to cut ${times} copies of ${text} behind ${head}. */
static double
time_cut(const char * head, const char * text, int times)
{
	struct transcript t;
	struct buf b = { 0 };
	clock_t begun;
	struct err e;

	err_init(&e);
	EXPECT(buf_add_text(&b, head, &e) == 0);
	for (int i = 0; i < times; i++)
		EXPECT(buf_add_text(&b, text, &e) == 0);
	begun = clock();
	cut(&t, buf_text(&b), b.len, 1 << 16);
	buf_free(&t.words);
	buf_free(&t.bytes);
	buf_free(&b);
	return (double)(clock() - begun) / CLOCKS_PER_SEC;
}

static void
framing_takes_linear_time_in_quotes_that_are_never_closed(void)
{
	const char * head = "Caller,Status\n";
	double once = time_cut(head, "\"a,b\n", 20001);

	EXPECT(time_cut(head, "\"a,b\n", 160001) < 8 * (once + 0.05) * 3);
	once = time_cut(head, "a\"b,\n", 20000);
	EXPECT(time_cut(head, "a\"b,\n", 160000) < 8 * (once + 0.05) * 3);
}

static double
time_classic(const char * text, int times)
{
	struct classic c = { .count = 0 };
	struct buf b = { 0 };
	clock_t begun;
	struct err e;

	err_init(&e);
	for (int i = 0; i < times; i++)
		EXPECT(buf_add_text(&b, text, &e) == 0);
	begun = clock();
	EXPECT(classic_parse(&c, buf_text(&b), b.len, &e) == 0);
	classic_free(&c);
	buf_free(&b);
	return (double)(clock() - begun) / CLOCKS_PER_SEC;
}

static void
classic_parse_takes_linear_time(void)
{
	static const char * const texts[] = { "&amp;", "\";", "&", ";&#1;" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		double once = time_classic(texts[i], 100000);

		EXPECT(time_classic(texts[i], 800000) < 8 * (once + 0.05) * 3);
	}
}

int
main(void)
{
	RUN(number_parse_reads_what_logs_write_for_counts);
	RUN(csv_find_delimiter_takes_only_headers_that_say_something);
	RUN(csv_keeps_to_its_limit_of_columns);
	RUN(classic_parse_takes_one_pair_of_quotes_and_the_entities_off);
	RUN(framing_takes_linear_time_in_quotes_that_are_never_closed);
	RUN(classic_parse_takes_linear_time);
	return unit_failed;
}
