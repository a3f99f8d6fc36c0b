/* Our own JSON: what is refused, what is read, what is written. */
#include "evidence/clock.h"
#include "evidence/json.h"

#include "tests/unit/unit.h"

static void
json_check_refuses_all_that_readers_could_see_two_ways(void)
{
	static const char * const bad[] = { "", "{", "{\"a\":1,}", "[1,]",
		"{\"a\":1}{", "{\"a\":1} x", "{\"a\":1,\"a\":2}", "01", "-0",
		"1.0", "1e2", "9007199254740993", "\"\\u0000\"", "\"\\ud800\"",
		"\"\\udc00\"", "\"\x01\"", "\"\xff\"", "'a'", "NaN", "tru",
		"{\"\\u0061\":1}", "{1:2}", "[1 2]", "\"a", "{\"a\" 1}",
		"\xef\xbb\xbf{}", "{}\n\n",
		"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]" };
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_init(&e);
		if (json_check(bad[i], strlen(bad[i]), &e) == 0)
			EXPECT_TEXT(bad[i], "refused");
		EXPECT(e.kind == ERR_INPUT);
	}
	err_init(&e);
	EXPECT(json_check("\"a\0b\"", 5, &e) == -1);
}

static void
json_check_takes_every_plain_form(void)
{
	static const char * const good[] = { "{}", "[]", "0", "-1", "true",
		"null", "{\"a\":{\"a\":1},\"b\":[{},{}]}",
		"\"\\u00e9\\ud83d\\ude00\"", "9007199254740992",
		" { \"a\" : [ 1 , 2 ] }\n", "\"\\\"\\\\\\/\"\n" };
	struct err e;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		err_init(&e);
		if (json_check(good[i], strlen(good[i]), &e) != 0)
			EXPECT_TEXT(e.text, "");
	}
}

/* Check an array of ${n} zeros with ${blanks} in front. */
static int
check_zeros(size_t n, size_t blanks)
{
	struct buf b = { 0 };
	struct err e;
	int rc;

	err_init(&e);
	(void)buf_add_text(&b, "[", &e);
	for (size_t i = 0; i < blanks; i++)
		(void)buf_add_text(&b, " ", &e);
	for (size_t i = 0; i < n; i++)
		(void)buf_add_text(&b, (i == 0) ? "0" : ",0", &e);
	(void)buf_add_text(&b, "]", &e);
	rc = json_check(b.bytes, b.len, &e);
	buf_free(&b);
	return rc;
}

static void
json_check_limits_how_many_values_there_are(void)
{
	EXPECT(check_zeros(JSON_MAX_VALUES - 1, 0) == 0);
	EXPECT(check_zeros(JSON_MAX_VALUES, 0) == -1);
	EXPECT(check_zeros(JSON_MAX_VALUES_LARGE - 1, JSON_LARGE) == 0);
	EXPECT(check_zeros(JSON_MAX_VALUES_LARGE, JSON_LARGE) == -1);
}

static void
json_document_must_begin_with_its_format(void)
{
	static const char text[] =
	    "{\"format\":\"azcustody/seal/1\",\"n\":9007199254740991}\n";
	struct err e;
	struct json * root;
	int64_t n = 0;

	err_init(&e);
	root = json_parse_document(text, sizeof(text) - 1, "seal", &e);
	EXPECT(root != NULL);
	EXPECT(json_integer(json_get(root, "n"), &n) == 0);
	EXPECT(n == INT64_C(9007199254740991));
	EXPECT(json_get(root, "N") == NULL);
	json_free(root);
	EXPECT(json_parse_document(text, sizeof(text) - 1, "case", &e) == NULL);
}

static void
json_out_writes_what_json_check_takes(void)
{
	struct buf out = { 0 };
	struct json_out j;
	struct err e;
	const uint8_t digest[2] = { 0xab, 0x01 };

	err_init(&e);
	json_begin_document(&j, &out, "test", &e);
	json_put_text(&j, "text", "a\"b\\c\n\x01\x7f");
	json_put_bytes(&j, "bytes", "x\0y\xff", 4);
	json_put_integer(&j, "n", -5);
	json_put_time(&j, "never", CLOCK_UNKNOWN);
	json_put_time(&j, "at", 0);
	json_put_hex(&j, "digest", digest, 2);
	json_open_array(&j, "list");
	json_put_bool(&j, NULL, true);
	json_open_object(&j, NULL);
	json_close_object(&j);
	json_close_array(&j);
	EXPECT(json_end_document(&j) == 0);
	EXPECT_TEXT(buf_text(&out),
	    "{\"format\":\"azcustody/test/1\","
	    "\"text\":\"a\\\"b\\\\c\\n\\u0001\\u007f\","
	    "\"bytes\":\"x\xef\xbf\xbdy\xef\xbf\xbd\",\"n\":-5,\"never\":null,"
	    "\"at\":\"1970-01-01T00:00:00.0000000Z\",\"digest\":\"ab01\","
	    "\"list\":[true,{}]}\n");
	EXPECT(json_check(out.bytes, out.len, &e) == 0);
	buf_free(&out);
}

static void
json_out_refuses_what_it_cannot_hold(void)
{
	struct buf out = { 0 };
	struct json_out j;
	struct err e;

	err_init(&e);
	json_begin(&j, &out, &e);
	json_put_integer(&j, NULL, INT64_MAX);
	EXPECT(json_end(&j, true) == -1);
	EXPECT(e.kind == ERR_BUG);
	err_init(&e);
	json_begin(&j, &out, &e);
	json_put_text(&j, NULL, "\xff");
	EXPECT(json_end(&j, true) == -1);
	buf_free(&out);
}

static void
json_put_text_escapes_what_a_terminal_would_obey(void)
{
	static const char text[] =
	    "a\x1b[2J\x7f\xc2\x9b\xe2\x80\xae\xe2\x80\xa8"
	    "\xcc\x80\xf3\xa0\x80\x81\xc3\xa9\xe2\x82\xac";
	struct buf b = { 0 };
	struct json_out j;
	struct json * root;
	struct err e;

	err_init(&e);
	json_begin(&j, &b, &e);
	json_put_text(&j, NULL, text);
	EXPECT(json_end(&j, false) == 0);
	EXPECT_TEXT(buf_text(&b),
	    "\"a\\u001b[2J\\u007f\\u009b\\u202e\\u2028\\u0300\\udb40\\udc01"
	    "\xc3\xa9\xe2\x82\xac\"");
	/* And it is still the same text. */
	root = json_parse(b.bytes, b.len, &e);
	EXPECT_TEXT(json_text(root), text);
	json_free(root);
	buf_free(&b);
}

static void
json_parse_gives_what_the_text_says(void)
{
	static const char text[] =
	    "{\"a\":\"x\\u00e9\\ud83d\\ude00\\u20ac\\n\\\\\\\"\\/\\t\", \"n\":-12,"
	    "\"l\":[1,[],{},true,false,null]}\n";
	struct err e;
	struct json * root;
	const struct json * item;
	int64_t n = 0;

	err_init(&e);
	root = json_parse(text, sizeof(text) - 1, &e);
	EXPECT(root != NULL);
	EXPECT_TEXT(json_text(json_get(root, "a")),
	    "x\xc3\xa9\xf0\x9f\x98\x80\xe2\x82\xac\n\\\"/\t");
	EXPECT((json_integer(json_get(root, "n"), &n) == 0) && (n == -12));
	EXPECT(json_get(root, "A") == NULL);
	EXPECT(json_is_array(json_get(root, "l")));
	item = json_first(json_get(root, "l"));
	EXPECT((json_integer(item, &n) == 0) && (n == 1));
	item = json_next(item);
	EXPECT(json_is_array(item) && (json_first(item) == NULL));
	item = json_next(item);
	EXPECT(json_is_object(item) && (json_first(item) == NULL));
	item = json_next(item);
	EXPECT(json_is_true(item));
	item = json_next(item);
	EXPECT(!json_is_true(item) && !json_is_null(item));
	item = json_next(item);
	EXPECT(json_is_null(item) && (json_next(item) == NULL));
	EXPECT_TEXT(json_key(json_next(json_first(root))), "n");
	json_free(root);
}

int
main(void)
{
	RUN(json_check_refuses_all_that_readers_could_see_two_ways);
	RUN(json_check_takes_every_plain_form);
	RUN(json_check_limits_how_many_values_there_are);
	RUN(json_document_must_begin_with_its_format);
	RUN(json_parse_gives_what_the_text_says);
	RUN(json_out_writes_what_json_check_takes);
	RUN(json_out_refuses_what_it_cannot_hold);
	RUN(json_put_text_escapes_what_a_terminal_would_obey);
	return unit_failed;
}
