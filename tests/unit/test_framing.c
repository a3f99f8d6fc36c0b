/* Cutting members into records: framings, damage, limits, whatever the block. */
#include <stdlib.h>
#include <time.h>

#include "evidence/buf.h"
#include "timeline/framing.h"

#include "tests/unit/cut.h"

static void
framing_finds_records_in_an_envelope(void)
{
	expect_cut("{\"records\":[{\"a\":1},{\"a\":2}]}", "f12 r7 f1 r7 f2");
	expect_cut("{\"records\":[]}", "f14");
	expect_cut("{ \"records\" : [ ] }\n", "f20");
	expect_cut("{\n  \"records\": [\n    {\n      \"a\": 1\n    },\n"
		   "    {\"a\":[{}]}\n  ]\n}\n",
	    "f21 r20 f6 r10 f7");
	expect_cut("{\"Records\":[{\"a\":\"]}\"}]}", "f12 r10 f2");
	expect_cut("{\"value\":[{\"a\":1}]}", "f10 r7 f2");
	expect_cut("\xef\xbb\xbf{\"records\":[{\"a\":1}]}", "f15 r7 f2");
	expect_cut("{\"records\":[{\"a\":1}]}\n{\"records\":[{\"a\":2}]}\n",
	    "f12 r7 f15 r7 f3");
	expect_cut("{\"records\":[{\"a\":\"\\\\\"},{\"a\":\"\\\"]\"}]}",
	    "f12 r10 f1 r11 f2");
}

static void
framing_finds_records_in_an_array(void)
{
	expect_cut("[{\"a\":1},{\"a\":2}]", "f1 r7 f1 r7 f1");
	expect_cut("[\n  {\"a\":1}\n]\n", "f4 r7 f3");
	expect_cut("[]", "f2");
}

static void
framing_finds_records_in_lines(void)
{
	expect_cut("{\"a\":1}\n{\"a\":2}\n", "r7 f1 r7 f1");
	expect_cut("{\"a\":1}\r\n{\"a\":2}", "r7 f2 r7");
	expect_cut("\xef\xbb\xbf{\"a\":1}\n\n\n{\"a\":2}\n", "f3 r7 f3 r7 f1");
	expect_cut("{}\n{}", "r2 f1 r2");
	expect_cut("{\"a\":1}{\"a\":2}", "r7 r7");
	expect_cut("{ \"a\":1 }\n", "r9 f1");
}

static void
framing_finds_pretty_printed_objects(void)
{
	expect_cut("{\n  \"a\": 1\n}\n{\n  \"a\": {\n \"b\": 2}\n}\n",
	    "r12 f1 r21 f1");
}

static void
framing_finds_records_nested_in_records(void)
{
	expect_cut("{\"records\":[{\"records\":[{\"a\":1},{\"a\":2}]},"
		   "{\"a\":3}]}",
	    "f24 n7 f1 n7 f3 r7 f2");
}

static void
framing_refuses_arrays_of_records_nested_too_deep(void)
{
	struct buf b = { 0 };
	struct transcript t;
	struct err e;

	err_init(&e);
	for (int i = 0; i < FRAMING_MAX_NESTING; i++)
		EXPECT(buf_add_text(&b, "{\"records\":[", &e) == 0);
	EXPECT(buf_add_text(&b, "{\"a\":1}", &e) == 0);
	cut(&t, buf_text(&b), b.len, 5);
	EXPECT_TEXT(buf_text(&t.words), "f96 n7 b0:truncated");
	buf_free(&t.words);
	buf_free(&t.bytes);
	buf_clear(&b);
	for (int i = 0; i < FRAMING_MAX_NESTING + 1; i++)
		EXPECT(buf_add_text(&b, "{\"records\":[", &e) == 0);
	cut(&t, buf_text(&b), b.len, 5);
	EXPECT_TEXT(buf_text(&t.words), "f96 b12:limit");
	buf_free(&t.words);
	buf_free(&t.bytes);
	buf_free(&b);
}

static void
framing_quarantines_what_is_no_text(void)
{
	expect_cut_bytes("Obj\1abc{\"a\":1}\n", 15, "b15:kind-not-read");
	expect_cut_bytes("\x1f\x8b\x08{\"a\":1}\n", 11, "b11:kind-not-read");
	expect_cut_bytes("PK\3\4{\"a\":1}\n", 12, "b12:kind-not-read");
	expect_cut_bytes("\xff\xfe{\0\"\0", 6, "b6:syntax");
	expect_cut_bytes("\xfe\xff\0{\0\"", 6, "b6:syntax");
	expect_cut_bytes("{\0\"\0a\0", 6, "b6:syntax");
	expect_cut_bytes(
	    "{\"a\":1}\n\0\n{\"a\":2}\n", 18, "r7 f1 b1:syntax f1 r7 f1");
	expect_cut("", "");
	expect_cut(" \n", "f2");
	expect_cut("Hello,World\n1,2\n", "b11:syntax f1 b3:syntax f1");
}

static void
framing_loses_one_line_to_a_broken_line(void)
{
	expect_cut("{\"a\":1}\n{\"a\":{'b':'c'}}\n{\"a\":2}\n",
	    "r7 f1 b15:syntax f1 r7 f1");
	expect_cut(
	    "{\"a\":1}\n{\"a\":\"x\n{\"a\":2}\n", "r7 f1 b7:syntax f1 r7 f1");
	expect_cut("{\"a\":{\n{\"a\":2}\n", "b6:syntax f1 r7 f1");
	expect_cut("{\"a\":[{\"b\":1},\n{\"a\":2}\n", "b14:syntax f1 r7 f1");
	expect_cut("rest\"}\n{\"a\":2}\n", "b6:syntax f1 r7 f1");
	expect_cut("{\"a\":1}}\n{\"a\":2}\n", "r7 b1:syntax f1 r7 f1");
	expect_cut("{\"a\":1}\n{\"a\":2", "r7 f1 b6:truncated");
	expect_cut(
	    "{\"a\":1},\n{\"a\":2},\n", "r7 b1:syntax f1 r7 b1:syntax f1");
	expect_cut("{\"a\":\"\x01\"}\n{\"a\":2}", "b9:syntax f1 r7");
	expect_cut("{\"a\":\"\\\x01\"}\n{\"a\":2}", "b10:syntax f1 r7");
	expect_cut("null\n{\"a\":2}\n12\n", "b4:syntax f1 r7 f1 b2:syntax f1");
}

static void
framing_loses_one_record_to_a_broken_record(void)
{
	/* A stray quote turns strings inside out. */
	expect_cut("{\"records\":[{\"time\":\"1\",\"b\":\"x\"y\"},"
		   "{\"time\":\"2\"},{\"time\":\"3\"}]}",
	    "f12 b23:syntax r12 f1 r12 f2");
	/* Bytes in the middle are missing: the rest looks like inner values. */
	expect_cut("{\"records\":[{\"time\":\"1\"},{\"time\":\"2\",\"b\":[["
		   "{\"time\":\"3\"},{\"time\":\"4\"}]}",
	    "f12 r12 f1 b18:syntax r12 f1 r12 f2");
	/* If what is left can be read, it is, and both ends are marked. */
	expect_cut("{\"records\":[{\"time\":\"1\"},{\"time\":\"2\",\"b\":["
		   "{\"time\":\"3\"},{\"time\":\"4\"}]}",
	    "f12 r12 f1 h44 b0:truncated");
	/* The identity of an activity begins as some records do. */
	expect_cut(
	    "{\"time\":1,\"identity\":{\"authorization\":1}}\n", "r41 f1");
	expect_cut("[{\"time\":1},{\"time\":2,\"i\":{\"authorization\":1},,"
		   "{\"time\":3}]",
	    "f1 r10 f1 b35:syntax r10 f1");
	expect_cut("[{\"time\":\"1\",\"b\":{\"c\":1,{\"time\":\"2\"}]",
	    "f1 b23:syntax r12 f1");
	/* It was cut inside of a string, which swallows the next brace. */
	expect_cut("[{\"time\":\"1\"},{\"time\":\"2\",\"b\":\"x,"
		   "{\"time\":\"3\"},{\"time\":\"4\"}]",
	    "f1 r12 f1 b19:syntax r12 f1 r12 f1");
	/* What records begin with was learnt from the first. */
	expect_cut("[{\"zz\":1},{\"zz\":\"x\"y\"},{\"zz\":3}]",
	    "f1 r8 f1 b13:syntax r8 f1");
	/* Two places of damage. */
	expect_cut("[{\"time\":1,\"b\":[{\"time\":2},{\"time\":3,\"b\":["
		   "{\"time\":4},{\"time\":5}]",
	    "f1 b15:truncated r10 f1 b15:truncated r10 f1 r10 f1");
}

static void
framing_shows_what_stands_between_records(void)
{
	expect_cut("[{\"a\":1},null,{\"a\":2}]", "f1 r7 f1 b4:shape f1 r7 f1");
	expect_cut("[{\"a\":1},12,\"x\",[1,[]],{\"a\":2}]",
	    "f1 r7 f1 b2:shape f1 b3:shape f1 b6:shape f1 r7 f1");
	expect_cut("[{\"a\":1}{\"a\":2}]", "f1 r7 b0:syntax r7 f1");
	expect_cut("[{\"a\":1},,{\"a\":2}]", "f1 r7 f1 b1:syntax r7 f1");
	expect_cut("[{\"a\":1},]", "f1 r7 f1 b0:syntax f1");
	expect_cut(
	    "{\"records\":[{\"a\":1}],\"next\":\"u\"}", "f12 r7 f1 b12:shape");
	expect_cut("{\"records\":[{\"a\":1}]}]", "f12 r7 f2 b1:syntax");
}

static void
framing_says_when_an_array_is_not_closed(void)
{
	expect_cut("{\"records\":[{\"a\":1}", "f12 r7 b0:truncated");
	expect_cut("{\"records\":[{\"a\":1}]", "f12 r7 f1 b0:truncated");
	expect_cut("{\"records\":[{\"a\":1},{\"a\":", "f12 r7 f1 b5:truncated");
	expect_cut("[", "f1 b0:truncated");
	expect_cut("{\"records\":[\n", "f13 b0:truncated");
	/* Lines of envelopes, the first of them cut. */
	expect_cut("{\"records\":[{\"a\":1},{\"a\n{\"records\":[{\"a\":2}]}\n",
	    "f12 r7 f1 b4:syntax f12 r7 f3");
}

static void
framing_refuses_what_is_nested_too_deep(void)
{
	struct buf b = { 0 };
	struct transcript t;
	struct err e;

	err_init(&e);
	for (int depth = 64; depth <= 65; depth++) {
		buf_clear(&b);
		EXPECT(buf_add_text(&b, "{\"a\":", &e) == 0);
		for (int i = 1; i < depth; i++)
			EXPECT(buf_add_text(&b, "[", &e) == 0);
		for (int i = 1; i < depth; i++)
			EXPECT(buf_add_text(&b, "]", &e) == 0);
		EXPECT(buf_add_text(&b, "}\n{\"a\":1}", &e) == 0);
		cut(&t, buf_text(&b), b.len, 9);
		EXPECT_TEXT(buf_text(&t.words),
		    (depth == 64) ? "r132 f1 r7" : "b134:limit f1 r7");
		buf_free(&t.words);
		buf_free(&t.bytes);
	}
	buf_free(&b);
}

/* A record of ${len} bytes, then a line of 7. */
static char *
make_long(size_t len, const char * begin, const char * end)
{
	char * bytes = malloc(len + strlen(end) + 1);

	if (bytes == NULL)
		abort();
	memset(bytes, 'x', len);
	memcpy(bytes, begin, strlen(begin));
	memcpy(bytes + len - 2, "\"}", 2);
	memcpy(bytes + len, end, strlen(end) + 1);
	return bytes;
}

static void
framing_takes_records_of_16_mib_and_none_longer(void)
{
	static const char * const words[] = { "r16777216 f1 r7",
		"b16777217:limit f1 r7" };
	static const char * const in_array[] = { "f1 r16777216 f1 r7 f1",
		"f1 b16777217:limit f1 r7 f1" };
	struct transcript t;
	char * bytes;

	for (size_t i = 0; i < 2; i++) {
		bytes = make_long(
		    FRAMING_MAX_RECORD + i, "{\"a\":\"", "\n{\"a\":1}");
		cut(&t, bytes, strlen(bytes), 100003);
		EXPECT_TEXT(buf_text(&t.words), words[i]);
		buf_free(&t.words);
		buf_free(&t.bytes);
		free(bytes);
		bytes = make_long(
		    FRAMING_MAX_RECORD + i + 1, "[{\"a\":\"", ",{\"a\":1}]");
		cut(&t, bytes, strlen(bytes), 1 << 20);
		EXPECT_TEXT(buf_text(&t.words), in_array[i]);
		buf_free(&t.words);
		buf_free(&t.bytes);
		free(bytes);
	}
}

static void
framing_streams_what_has_no_end(void)
{
	char * bytes = make_long(40 << 20, "{\"a\":\"", "");
	struct transcript t;

	bytes[(40 << 20) - 2] = 'x';
	cut(&t, bytes, 40 << 20, 65536);
	EXPECT_TEXT(buf_text(&t.words), "b41943040:limit");
	buf_free(&t.words);
	buf_free(&t.bytes);
	memset(bytes, 'x', 40 << 20);
	cut(&t, bytes, 40 << 20, 65536);
	EXPECT_TEXT(buf_text(&t.words), "b41943040:syntax");
	buf_free(&t.words);
	buf_free(&t.bytes);
	free(bytes);
}

/* Seconds of this process that ${times} the unit take, nested without end. */
static double
time_nested(int times)
{
	struct buf b = { 0 };
	struct transcript t;
	struct err e;
	clock_t begun;

	err_init(&e);
	EXPECT(buf_add_text(&b, "[{\"time\":1},", &e) == 0);
	for (int i = 0; i < times; i++) {
		for (int k = 0; k < 60; k++)
			EXPECT(buf_add_text(&b, "{\"time\":", &e) == 0);
		EXPECT(buf_add_text(&b, "[", &e) == 0);
		for (int k = 0; k < 300000; k++)
			EXPECT(buf_add_text(&b, "1,", &e) == 0);
	}
	begun = clock();
	cut(&t, buf_text(&b), b.len, 1 << 20);
	buf_free(&t.words);
	buf_free(&t.bytes);
	buf_free(&b);
	return (double)(clock() - begun) / CLOCKS_PER_SEC;
}

static void
framing_takes_linear_time_however_records_are_nested_and_broken(void)
{
	double once = time_nested(8);

	EXPECT(time_nested(32) < 4 * (once + 0.05) * 2);
}

/* Any bytes at all: cut() checks that each comes back once and in order. */
static void
framing_accounts_for_every_byte_of_noise(void)
{
	static const char alphabet[] =
	    "{}[],:\"\\ \n\r1atime-records;{}\"\"\x01";
	static const char head[] = "{\"records\":[{\"time\":1},";
	uint32_t seed = 1;
	char bytes[400];
	struct transcript once, twice;

	for (int round = 0; round < 20000; round++) {
		size_t len = sizeof(bytes);
		size_t begin = ((round & 1) != 0) ? sizeof(head) - 1 : 0;

		memcpy(bytes, head, sizeof(head) - 1);
		for (size_t i = begin; i < len; i++) {
			seed = seed * 1664525u + 1013904223u;
			bytes[i] =
			    alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		}
		len -= (seed >> 8) % 300;
		cut(&once, bytes, len, len + 1);
		cut(&twice, bytes, len, 1 + (seed >> 20) % 17);
		EXPECT_TEXT(buf_text(&twice.words), buf_text(&once.words));
		buf_free(&once.words);
		buf_free(&once.bytes);
		buf_free(&twice.words);
		buf_free(&twice.bytes);
	}
}

int
main(void)
{
	RUN(framing_finds_records_in_an_envelope);
	RUN(framing_finds_records_in_an_array);
	RUN(framing_finds_records_in_lines);
	RUN(framing_finds_pretty_printed_objects);
	RUN(framing_finds_records_nested_in_records);
	RUN(framing_refuses_arrays_of_records_nested_too_deep);
	RUN(framing_quarantines_what_is_no_text);
	RUN(framing_loses_one_line_to_a_broken_line);
	RUN(framing_loses_one_record_to_a_broken_record);
	RUN(framing_shows_what_stands_between_records);
	RUN(framing_says_when_an_array_is_not_closed);
	RUN(framing_refuses_what_is_nested_too_deep);
	RUN(framing_takes_records_of_16_mib_and_none_longer);
	RUN(framing_streams_what_has_no_end);
	RUN(framing_takes_linear_time_however_records_are_nested_and_broken);
	RUN(framing_accounts_for_every_byte_of_noise);
	return unit_failed;
}
