/* The catalogue line and the gap: written, read back, and refused. */
#include "evidence/clock.h"
#include "evidence/gap.h"
#include "evidence/object.h"
#include "tests/unit/replace.h"
#include "tests/unit/unit.h"

#define PACKAGE "case-20261123t231613z-deadbeef"

static const int64_t moment = INT64_C(17953821730000000);

static const struct object_pair pairs[] = { { "LogType", "read,write" },
	{ "logtype", "" } };
static const struct object_attempt attempts[] = {
	{ 17953821730000000, 412, "precondition", "\"0x1\"", NULL },
	{ 17953821730000001, 206, NULL, "\"0x2\"", "\"0x2\"" }
};
static struct block blocks[] = { { "Wg==", 12 },
	{ "WTE=", INT64_C(9007199254740978) }, { "WjA=", 2 } };
static const struct block_list block_list = { .at = 17953821730000000,
	.request_id = "r",
	.sha256 = { 9 },
	.blocks = blocks,
	.count = 3 };
static const uint8_t raw_name[] = "a/b\xff \x01%41\xc3\xa9";

/* An object with everything in it. */
static struct object
full_object(void)
{
	struct object o = { 0 };

	o.seq = 1;
	o.path = PACKAGE "/data/0001-a-nsg-flow/000000001-x.json";
	o.offset = 512;
	o.size = INT64_C(9007199254740992);
	memset(o.sha256, 0xab, sizeof(o.sha256));
	o.has_sha512 = true;
	memset(o.sha512, 0xcd, sizeof(o.sha512));
	o.source = 3;
	o.name = raw_name;
	o.name_len = sizeof(raw_name) - 1;
	o.blob_type = "AppendBlob";
	o.version_id = "2026-11-01T22:00:00.0000000Z";
	o.snapshot = NULL;
	o.request_url = "https://a.blob.core.windows.net/c/x?sig=-REDACTED-";
	o.status = 206;
	o.content_length = 77;
	o.committed_block_count = 5;
	for (int i = 0; i < OBJECT_HEADER_COUNT; i++)
		o.header[i] = (i % 2 == 0) ? "value \"x\"" : NULL;
	o.metadata = pairs;
	o.n_metadata = 2;
	o.digest_check = OBJECT_DIGEST_MATCHED;
	o.listed.is_listed = true;
	o.listed.etag = "0x8DC";
	o.listed.size = 77;
	o.listed.last_modified = "Sun, 01 Nov 2026 22:00:00 GMT";
	o.changed_since_listing = true;
	o.open_hour = true;
	o.requested_at = moment;
	o.completed_at = moment + 1;
	o.has_skew = true;
	o.skew_lo_ms = -1500;
	o.skew_hi_ms = 500;
	o.has_tls = true;
	memset(o.tls, 0xef, sizeof(o.tls));
	o.attempts = attempts;
	o.n_attempts = 2;
	o.block_list = &block_list;
	o.look.is_there = true;
	o.look.at = 17953821730000002;
	o.look.etag = "\"0x3\"";
	o.look.content_length = INT64_C(9007199254740992);
	o.look.committed_block_count = 3;
	return o;
}

static void
an_object_comes_back_as_it_was(void)
{
	struct object o = full_object();
	struct object back;
	struct buf line = { 0 };
	struct buf again = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(object_format(&o, &line, &e) == 0);
	EXPECT(line.bytes[line.len - 1] == '\n');
	EXPECT(object_parse(line.bytes, line.len - 1, &back, &e) == 0);
	EXPECT(back.doc.unknown.len == 0);
	EXPECT(back.size == o.size);
	EXPECT((back.name_len == o.name_len) &&
	    (memcmp(back.name, raw_name, o.name_len) == 0));
	EXPECT_TEXT(back.metadata[1].name, "logtype");
	EXPECT(back.attempts[1].error == NULL);
	EXPECT(back.skew_lo_ms == -1500);
	EXPECT(object_format(&back, &again, &e) == 0);
	EXPECT_TEXT(buf_text(&again), buf_text(&line));
	object_free(&back);
	buf_free(&line);
	buf_free(&again);
}

/* Where each member of the document ${text} begins; the last place: its end. */
static size_t
split_members(const char * text, size_t at[64])
{
	size_t n = 0;
	int depth = 0;
	bool is_text = false;

	for (size_t i = 0; text[i] != '\0'; i++) {
		if (text[i] == '"')
			is_text = !is_text;
		if (is_text && (text[i] == '\\'))
			i++;
		if (is_text)
			continue;
		depth += ((text[i] == '{') || (text[i] == '[')) ? 1 : 0;
		depth -= ((text[i] == '}') || (text[i] == ']')) ? 1 : 0;
		if (((depth == 1) && ((text[i] == ',') || (i == 0))) ||
		    (depth == 0))
			at[n++] = i + 1;
		if (depth == 0)
			break;
	}
	return n - 1;
}

/* The members of ${text} but ${without}, the one at ${second} coming second. */
static void
join_members(const char * text, const size_t * at, size_t n, size_t without,
    size_t second, struct buf * out)
{
	struct err e;

	err_init(&e);
	buf_clear(out);
	EXPECT(buf_addf(out, &e, "{%.*s", (int)(at[1] - at[0] - 1),
		   text + at[0]) == 0);
	for (size_t i = 0; i < n - 1; i++) {
		size_t k = 1 + (second - 1 + i) % (n - 1);

		if (k != without)
			EXPECT(buf_addf(out, &e, ",%.*s",
				   (int)(at[k + 1] - at[k] - 1),
				   text + at[k]) == 0);
	}
	EXPECT(buf_add_text(out, "}", &e) == 0);
}

static void
members_stand_in_any_order_and_the_missing_one_is_named(void)
{
	static const char * const optional[] = { "sha512", "last_look",
		"block_list" };
	struct object o = full_object();
	struct object back;
	struct buf line = { 0 };
	struct buf other = { 0 };
	size_t at[64], n;
	struct err e;

	err_init(&e);
	EXPECT(object_format(&o, &line, &e) == 0);
	n = split_members(buf_text(&line), at);
	EXPECT(n == 27);
	for (size_t k = 1; k < n; k++) {
		char name[32] = "";
		bool is_optional = false;

		(void)sscanf(buf_text(&line) + at[k], "\"%31[a-z0-9_]", name);
		for (size_t i = 0; i < 3; i++)
			is_optional |= (strcmp(name, optional[i]) == 0);
		join_members(buf_text(&line), at, n, 0, k, &other);
		err_init(&e);
		EXPECT(object_parse(other.bytes, other.len, &back, &e) == 0);
		EXPECT(back.doc.unknown.len == 0);
		object_free(&back);
		join_members(buf_text(&line), at, n, k, 1, &other);
		err_init(&e);
		EXPECT((object_parse(other.bytes, other.len, &back, &e) == 0) ==
		    is_optional);
		EXPECT(is_optional || (strstr(e.text, name) != NULL));
		if (is_optional)
			object_free(&back);
	}
	buf_free(&line);
	buf_free(&other);
}

static void
the_least_object_comes_back_too(void)
{
	struct object o = { 0 };
	struct object back;
	struct buf line = { 0 };
	struct buf again = { 0 };
	struct err e;

	err_init(&e);
	o.seq = 1;
	o.path = PACKAGE "/data/s/000000001-x";
	o.name = (const uint8_t *)"x";
	o.name_len = 1;
	o.content_length = -1;
	o.committed_block_count = -1;
	o.listed.size = -1;
	o.requested_at = CLOCK_UNKNOWN;
	o.completed_at = moment;
	EXPECT(object_format(&o, &line, &e) == 0);
	EXPECT(object_parse(line.bytes, line.len - 1, &back, &e) == 0);
	EXPECT(!back.listed.is_listed && !back.has_tls && !back.has_skew);
	EXPECT(back.requested_at == CLOCK_UNKNOWN);
	EXPECT(object_format(&back, &again, &e) == 0);
	EXPECT_TEXT(buf_text(&again), buf_text(&line));
	object_free(&back);
	buf_free(&line);
	buf_free(&again);
}

static void
an_object_that_breaks_a_rule_is_refused(void)
{
	static const char * const bad[][2] = {
		{ "azcustody/object/1", "azcustody/object/2" },
		{ "{\"format\"", " {\"format\"" },
		{ "\"seq\":1,", "\"seq\":0," },
		{ "\"seq\":1,", "\"seq\":-1," },
		{ "\"seq\":1,", "\"seq\":1000000000," },
		{ "\"seq\":1,", "" },
		{ "\"seq\":1,", "\"seq\":1.0," },
		{ "\"seq\":1,", "\"seq\":1,\"seq\":1," },
		{ "\"seq\":1,", "\"seq\":\"1\"," },
		{ "/data/", "/data/../" },
		{ "/data/", "/DATA/" },
		{ "\"sha256\":\"ab", "\"sha256\":\"AB" },
		{ "\"sha256\":\"ab", "\"sha256\":\"" },
		{ "\"name_pct\":\"a/b", "\"name_pct\":\"a/c" },
		{ "\"name_pct\":\"a/b", "\"name_pct\":\"a%2Fb" },
		{ "\"name_pct\":\"a/b", "\"name_pct\":\"%61/b" },
		{ "%FF", "%ff" },
		{ "\"name\":\"a/b", "\"name\":\"a/c" },
		{ "\"deleted\":false", "\"deleted\":0" },
		{ "\"deleted\":false", "\"deleted\":null" },
		{ "\"matched\"", "\"maybe\"" },
		{ "\"clock_skew_ms\":[-1500,500]",
		    "\"clock_skew_ms\":[500,-1500]" },
		{ "\"clock_skew_ms\":[-1500,500]", "\"clock_skew_ms\":[1]" },
		{ "\"status\":206,\"content", "\"status\":-1,\"content" },
		{ "\"open_hour\":true", "\"open_hour\":\"true\"" },
		{ "Z\",\"completed_at", "+00:00\",\"completed_at" },
		{ "\"attempts\":[{", "\"attempts\":[1,{" },
		{ "\"seq\":1,", "\"critical\":[\"new\"],\"seq\":1,\"new\":1," },
		{ "\"seq\":1,", "\"critical\":[1],\"seq\":1," },
		{ "\"seq\":1,", "\"critical\":{},\"seq\":1," },
	};
	struct object o = full_object();
	struct object back;
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf line = { 0 };

		err_init(&e);
		EXPECT(object_format(&o, &line, &e) == 0);
		replace(&line, bad[i][0], bad[i][1]);
		EXPECT(object_parse(line.bytes, line.len - 1, &back, &e) == -1);
		if (e.kind == ERR_NONE)
			(void)printf("# accepted: %s\n", bad[i][1]);
		EXPECT(back.doc.root == NULL);
		buf_free(&line);
	}
}

static void
an_unknown_member_is_reported_by_its_place(void)
{
	struct object o = full_object();
	struct object back;
	struct buf line = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(object_format(&o, &line, &e) == 0);
	replace(&line, "\"seq\":1,", "\"seq\":1,\"new\":[1],");
	replace(&line, "\"http\":{", "\"http\":{\"newer\":null,");
	replace(&line, "\"listed\":{", "\"listed\":{\"critical\":[],");
	EXPECT(object_parse(line.bytes, line.len - 1, &back, &e) == 0);
	EXPECT_TEXT(
	    buf_text(&back.doc.unknown), "new\nhttp.newer\nlisted.critical\n");
	object_free(&back);
	buf_free(&line);
}

static void
an_object_ends_at_its_limits(void)
{
	struct object o = full_object();
	struct object back;
	struct object_attempt many[OBJECT_MAX_ATTEMPTS + 1] = { { 0 } };
	uint8_t name[OBJECT_NAME_MAX + 1];
	struct buf line = { 0 };
	struct err e;

	err_init(&e);
	memset(name, 'n', sizeof(name));
	o.name = name;
	o.name_len = OBJECT_NAME_MAX;
	o.attempts = many;
	o.n_attempts = OBJECT_MAX_ATTEMPTS;
	EXPECT(object_format(&o, &line, &e) == 0);
	EXPECT(object_parse(line.bytes, line.len - 1, &back, &e) == 0);
	object_free(&back);
	buf_clear(&line);
	o.n_attempts++;
	EXPECT(object_format(&o, &line, &e) == 0);
	EXPECT(object_parse(line.bytes, line.len - 1, &back, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	buf_clear(&line);
	err_init(&e);
	o.n_attempts--;
	o.name_len++;
	EXPECT(object_format(&o, &line, &e) == 0);
	EXPECT(object_parse(line.bytes, line.len - 1, &back, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	buf_free(&line);
}

static void
a_gap_has_a_reason_of_the_table_and_comes_back(void)
{
	struct gap g = { 0 };
	struct gap back;
	struct err e;

	g.what = GAP_OBJECT;
	g.name = raw_name;
	g.name_len = sizeof(raw_name) - 1;
	g.size = -1;
	g.status = 404;
	g.error = "BlobNotFound";
	g.at = moment;
	for (int i = 0; i < GAP_REASON_COUNT; i++) {
		struct buf line = { 0 };
		struct buf again = { 0 };
		enum gap_reason reason = (enum gap_reason)i;

		err_init(&e);
		g.seq = i + 1;
		g.reason = reason;
		g.package = (reason == GAP_ELSEWHERE)
		    ? "case-20261123t231613z-deadbeef"
		    : NULL;
		EXPECT(gap_format(&g, &line, &e) == 0);
		EXPECT(gap_parse(line.bytes, line.len - 1, &back, &e) == 0);
		EXPECT(back.reason == reason);
		EXPECT(gap_is_loss(reason) ==
		    ((reason != GAP_OUT_OF_SCOPE) &&
			(reason != GAP_ELSEWHERE)));
		EXPECT(strlen(gap_reason_words(reason)) > 10);
		EXPECT(gap_format(&back, &again, &e) == 0);
		EXPECT_TEXT(buf_text(&again), buf_text(&line));
		gap_free(&back);
		buf_free(&line);
		buf_free(&again);
	}
}

static void
a_gap_that_breaks_a_rule_is_refused(void)
{
	static const char * const bad[][2] = {
		{ "\"reason\":\"gone\"", "\"reason\":\"lost\"" },
		{ "\"what\":\"object\"", "\"what\":\"container\"" },
		{ "\"what\":\"object\"", "\"what\":\"thing\"" },
		{ "\"source\":0", "\"source\":null" },
		{ "\"name\":\"x\",", "" },
		{ "\"name_pct\":\"x\",", "" },
		{ "\"name\":\"x\",\"name_pct\":\"x\",", "" },
		{ "\"name\":\"x\",\"name_pct\":\"x\"",
		    "\"name\":\"\",\"name_pct\":\"\"" },
	};
	struct gap g = { 0 };
	struct gap back;
	struct err e;

	g.seq = 1;
	g.reason = GAP_GONE;
	g.name = (const uint8_t *)"x";
	g.name_len = 1;
	g.at = moment;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf line = { 0 };

		err_init(&e);
		EXPECT(gap_format(&g, &line, &e) == 0);
		replace(&line, bad[i][0], bad[i][1]);
		EXPECT(gap_parse(line.bytes, line.len - 1, &back, &e) == -1);
		if (e.kind == ERR_NONE)
			(void)printf("# accepted: %s\n", bad[i][1]);
		buf_free(&line);
	}
}

int
main(void)
{
	RUN(an_object_comes_back_as_it_was);
	RUN(members_stand_in_any_order_and_the_missing_one_is_named);
	RUN(the_least_object_comes_back_too);
	RUN(an_object_that_breaks_a_rule_is_refused);
	RUN(an_unknown_member_is_reported_by_its_place);
	RUN(an_object_ends_at_its_limits);
	RUN(a_gap_has_a_reason_of_the_table_and_comes_back);
	RUN(a_gap_that_breaks_a_rule_is_refused);
	return unit_failed;
}
