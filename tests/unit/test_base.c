/* The lowest layer: text, codes, clock, buffers, digests, files. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/buf.h"
#include "evidence/clock.h"
#include "evidence/digest.h"
#include "evidence/io.h"
#include "evidence/secret.h"
#include "evidence/text.h"

#include "tests/unit/unit.h"

static void
clock_parse_reads_what_azure_writes(void)
{
	static const struct {
		const char * text;
		const char * same;
	} rows[] = {
		{ "2024-08-19T18:00:06.8944384Z",
		    "2024-08-19T18:00:06.8944384Z" },
		{ "2024-08-19T18:00:06Z", "2024-08-19T18:00:06.0000000Z" },
		{ "2024-02-29T23:59:59.9Z", "2024-02-29T23:59:59.9000000Z" },
		{ "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000Z" },
		{ "9999-12-31T23:59:59.9999999Z",
		    "9999-12-31T23:59:59.9999999Z" },
		{ "2024-01-01T00:30:00+01:00", "2023-12-31T23:30:00.0000000Z" },
		{ "1969-12-31T23:59:59.9999999Z",
		    "1969-12-31T23:59:59.9999999Z" },
	};
	struct err e;
	int64_t at;
	char text[CLOCK_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		err_init(&e);
		EXPECT(clock_parse(rows[i].text, &at, &e) == 0);
		clock_format(at, text);
		EXPECT_TEXT(text, rows[i].same);
	}
}

static void
clock_parse_refuses_what_it_cannot_hold(void)
{
	static const char * const rows[] = { "", "2024", "2024-02-30T00:00:00Z",
		"2023-02-29T00:00:00Z", "2024-01-01T24:00:00Z",
		"2024-01-01T00:00:60Z", "2024-01-01T00:00:00",
		"2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.12345678Z",
		"2024-01-01 00:00:00Z", "2024-01-01T00:00:00Z ",
		"0000-01-01T00:00:00Z", "2024-13-01T00:00:00Z",
		"2024-01-01T00:00:00+24:00", "-024-01-01T00:00:00Z",
		"2024-01-01t00:00:00Z" };
	struct err e;
	int64_t at = 42;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		err_init(&e);
		EXPECT(clock_parse(rows[i], &at, &e) == -1);
		EXPECT(e.kind == ERR_INPUT);
		EXPECT(at == 42);
	}
}

static void
clock_counts_every_day_of_four_centuries(void)
{
	struct clock_date d;
	int64_t day = 864000000000;
	int64_t at = -62135596800 * CLOCK_TICKS_PER_SECOND;
	int64_t back;
	struct err e;

	err_init(&e);
	for (int i = 0; i < 146097 * 2; i++, at += day) {
		EXPECT(clock_to_date(at, &d) == 0);
		EXPECT(clock_from_date(&d, &back, &e) == 0);
		if (back != at)
			EXPECT(back == at);
	}
}

static void
clock_reads_and_writes_http_dates(void)
{
	struct err e;
	int64_t at;
	char text[CLOCK_TEXT_SIZE];

	err_init(&e);
	EXPECT(clock_parse_http("Sun, 06 Nov 1994 08:49:37 GMT", &at, &e) == 0);
	EXPECT(at == 784111777 * CLOCK_TICKS_PER_SECOND);
	clock_format_http(at, text);
	EXPECT_TEXT(text, "Sun, 06 Nov 1994 08:49:37 GMT");
	clock_format_compact(at, text);
	EXPECT_TEXT(text, "19941106t084937z");
	EXPECT(
	    clock_parse_http("Sun, 06 Nov 1994 08:49:37 UTC", &at, &e) == -1);
}

static void
text_escape_lets_nothing_through_that_moves_a_terminal(void)
{
	static const struct {
		const char * raw;
		const char * shown;
	} rows[] = {
		{ "plain", "plain" },
		{ "\x1b[32mVERIFIED", "\\x{1b}[32mVERIFIED" },
		{ "a\nb\tc", "a\\x{0a}b\\x{09}c" },
		{ "\xc2\x9b"
		  "2J",
		    "\\u{009b}2J" },
		{ "\x9b"
		  "2J",
		    "\\x{9b}2J" },
		{ "\xe2\x80\xae"
		  "gpj",
		    "\\u{202e}gpj" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "back\\slash", "back\\\\slash" },
		{ "\xed\xa0\x80", "\\x{ed}\\x{a0}\\x{80}" },
		{ "\xef\xbb\xbf"
		  "x",
		    "\\u{feff}x" },
		{ "e\xcc\x81", "e\\u{0301}" },
	};
	struct buf out = { 0 };
	struct err e;

	err_init(&e);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&out);
		EXPECT(text_escape(
			   &out, rows[i].raw, strlen(rows[i].raw), &e) == 0);
		EXPECT_TEXT(buf_text(&out), rows[i].shown);
	}
	buf_free(&out);
}

static void
text_is_utf8_sees_every_byte_wherever_it_stands(void)
{
	char text[41];

	for (size_t len = 1; len < sizeof(text); len++) {
		memset(text, 'a', sizeof(text));
		EXPECT(text_is_utf8(text, len));
		for (size_t i = 0; i < len; i++) {
			text[i] = '\xff';
			EXPECT(!text_is_utf8(text, len));
			text[i] = '\xc3'; /* Whole only with what follows. */
			EXPECT(!text_is_utf8(text, len));
			text[i + 1] = '\xa9';
			EXPECT(text_is_utf8(text, len) == (i + 1 < len));
			text[i] = 'a';
			text[i + 1] = 'a';
		}
	}
}

static void
base64_is_canonical_both_ways(void)
{
	static const char * const bad[] = { "A", "AA", "AAA", "AA=A",
		"====", "AB==", "AAB=", "AA A", "AAAA\n", "A-_A", "AA==AAAA",
		"A===" };
	struct buf out = { 0 };
	struct buf text = { 0 };
	struct err e;

	err_init(&e);
	for (size_t len = 0; len < 100; len++) {
		uint8_t bytes[100];

		secret_random(bytes, sizeof(bytes));
		buf_clear(&out);
		buf_clear(&text);
		EXPECT(text_base64_encode(&text, bytes, len, &e) == 0);
		EXPECT(text_base64_decode(
			   &out, buf_text(&text), text.len, &e) == 0);
		EXPECT(out.len == len);
		EXPECT((len == 0) || (memcmp(out.bytes, bytes, len) == 0));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_init(&e);
		EXPECT(
		    text_base64_decode(&out, bad[i], strlen(bad[i]), &e) == -1);
	}
	buf_free(&out);
	buf_free(&text);
}

static void
percent_codes_come_back_whole(void)
{
	struct buf code = { 0 };
	struct buf back = { 0 };
	uint8_t all[256];
	struct err e;

	err_init(&e);
	for (int i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	EXPECT(text_percent_encode(&code, all, sizeof(all), "/", &e) == 0);
	EXPECT(strchr(buf_text(&code), '+') == NULL);
	EXPECT(strstr(buf_text(&code), "%2B") != NULL);
	EXPECT(text_percent_decode(&back, buf_text(&code), code.len, &e) == 0);
	EXPECT((back.len == 256) && (memcmp(back.bytes, all, 256) == 0));
	EXPECT(text_percent_decode(&back, "%4", 2, &e) == -1);
	err_init(&e);
	EXPECT(text_percent_decode(&back, "%zz", 3, &e) == -1);
	buf_free(&code);
	buf_free(&back);
}

static void
integers_are_read_in_one_form_only(void)
{
	static const char * const bad[] = { "", "-", "-0", "01", "+1", " 1",
		"1 ", "1e3", "1.0", "1234567890123456789", "0x1" };
	int64_t n = 7;

	EXPECT((text_parse_integer("0", 1, &n) == 0) && (n == 0));
	EXPECT((text_parse_integer("-15", 3, &n) == 0) && (n == -15));
	EXPECT((text_parse_integer("999999999999999999", 18, &n) == 0) &&
	    (n == 999999999999999999));
	n = 7;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT(text_parse_integer(bad[i], strlen(bad[i]), &n) == -1);
	EXPECT(n == 7);
}

static void
digests_agree_with_published_ones(void)
{
	uint8_t out[DIGEST_MAX_LEN];
	char hex[2 * DIGEST_MAX_LEN + 1];
	struct digest * d;
	struct err e;

	err_init(&e);
	digest_sha256("abc", 3, out);
	text_hex_encode(out, 32, hex);
	EXPECT_TEXT(hex,
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	d = digest_new(DIGEST_MD5, &e);
	EXPECT(d != NULL);
	digest_update(d, "ab", 2);
	digest_peek(d, out);
	digest_update(d, "c", 1);
	digest_finish(d, out);
	text_hex_encode(out, 16, hex);
	EXPECT_TEXT(hex, "900150983cd24fb0d6963f7d28e17f72");
	digest_free(d);
	/* RFC 4231, test case 2. */
	digest_hmac_sha256((const uint8_t *)"Jefe", 4,
	    "what do ya want for nothing?", 28, out);
	text_hex_encode(out, 32, hex);
	EXPECT_TEXT(hex,
	    "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
}

static void
err_keeps_the_first_failure_and_stays_printable(void)
{
	struct err e;

	err_init(&e);
	err_set(&e, ERR_INPUT, "do this", "bad\x1b[2J %s", "name");
	err_set(&e, ERR_BUG, NULL, "another");
	err_in(&e, "place");
	EXPECT(e.kind == ERR_INPUT);
	EXPECT_TEXT(e.text, "place: bad\\x1b[2J name");
	EXPECT_TEXT(e.advice, "do this");
}

static void
files_are_made_new_and_read_whole(void)
{
	char path[] = "/tmp/azcustody-unit-XXXXXX";
	struct buf b = { 0 };
	struct err e;
	int dir;

	err_init(&e);
	EXPECT(mkdtemp(path) != NULL);
	dir = io_open_dir(path, &e);
	EXPECT(dir >= 0);
	EXPECT(io_save_new(dir, "a", "hello", 5, 0600, &e) == 0);
	EXPECT(io_load(dir, "a", 5, &b, &e) == 0);
	EXPECT_TEXT(buf_text(&b), "hello");
	EXPECT(io_load(dir, "a", 4, &b, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	err_init(&e);
	EXPECT(io_save_new(dir, "a", "other", 5, 0600, &e) == -1);
	EXPECT(e.kind == ERR_USAGE);
	EXPECT(faccessat(dir, ".a.new", F_OK, 0) != 0);
	err_init(&e);
	EXPECT(mkfifoat(dir, "fifo", 0600) == 0);
	EXPECT(io_open_read(dir, "fifo", &e) == -1);
	EXPECT(e.kind == ERR_NOINPUT);
	(void)unlinkat(dir, "fifo", 0);
	(void)unlinkat(dir, "a", 0);
	(void)close(dir);
	(void)rmdir(path);
	buf_free(&b);
}

static void
io_open_read_follows_links_of_a_path_alone(void)
{
	char folder[] = "/tmp/azcustody-base-XXXXXX";
	struct io_facts facts;
	char path[64];
	struct err e;
	int dir, fd;

	err_init(&e);
	EXPECT(mkdtemp(folder) != NULL);
	dir = io_open_dir(folder, &e);
	EXPECT(io_save_new(dir, "file", "x", 1, 0600, &e) == 0);
	EXPECT(symlinkat("file", dir, "link") == 0);
	EXPECT(symlinkat(".", dir, "around") == 0);
	EXPECT(mkfifoat(dir, "pipe", 0600) == 0);
	(void)snprintf(path, sizeof(path), "%s/link", folder);
	fd = io_open_read(IO_PATH, path, &e);
	EXPECT(fd >= 0);
	io_drop(fd);
	EXPECT(io_open_read(dir, "link", &e) == -1);
	EXPECT(e.kind == ERR_NOINPUT);
	err_init(&e);
	EXPECT(io_open_below(dir, "link", &fd, &facts, &e) == 0);
	EXPECT(io_open_below(dir, "around/file", &fd, &facts, &e) == 0);
	EXPECT(io_open_below(dir, "pipe", &fd, &facts, &e) == 0);
	EXPECT(io_find(dir, "link", &facts, &e) == 1);
	EXPECT(facts.sort == IO_LINK);
	EXPECT(io_find(dir, "pipe", &facts, &e) == 1);
	EXPECT(facts.sort == IO_OTHER);
	EXPECT(e.kind == ERR_NONE);
	io_drop(dir);
}

static void
secret_load_refuses_a_file_that_others_can_read(void)
{
	char path[] = "/tmp/azcustody-unit-XXXXXX";
	struct secret * s;
	struct err e;
	int fd = mkstemp(path);

	err_init(&e);
	EXPECT(fd >= 0);
	EXPECT(write(fd, "token\r\n", 7) == 7);
	s = secret_load(path, &e);
	EXPECT(s != NULL);
	if (s != NULL)
		EXPECT_TEXT((const char *)s->bytes, "token");
	secret_free(s);
	EXPECT(fchmod(fd, 0640) == 0);
	EXPECT(secret_load(path, &e) == NULL);
	EXPECT(e.kind == ERR_DENIED);
	err_init(&e);
	EXPECT(fchmod(fd, 0600) == 0);
	EXPECT(ftruncate(fd, 0) == 0);
	EXPECT(secret_load(path, &e) == NULL);
	EXPECT(e.kind == ERR_USAGE);
	(void)close(fd);
	(void)unlink(path);
}

int
main(void)
{
	struct err e;

	err_init(&e);
	if (secret_start(&e) != 0)
		return 1;
	RUN(clock_parse_reads_what_azure_writes);
	RUN(clock_parse_refuses_what_it_cannot_hold);
	RUN(clock_counts_every_day_of_four_centuries);
	RUN(clock_reads_and_writes_http_dates);
	RUN(text_escape_lets_nothing_through_that_moves_a_terminal);
	RUN(text_is_utf8_sees_every_byte_wherever_it_stands);
	RUN(base64_is_canonical_both_ways);
	RUN(percent_codes_come_back_whole);
	RUN(integers_are_read_in_one_form_only);
	RUN(digests_agree_with_published_ones);
	RUN(err_keeps_the_first_failure_and_stays_printable);
	RUN(files_are_made_new_and_read_whole);
	RUN(io_open_read_follows_links_of_a_path_alone);
	RUN(secret_load_refuses_a_file_that_others_can_read);
	return unit_failed;
}
