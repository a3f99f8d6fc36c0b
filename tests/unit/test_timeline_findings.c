#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/buf.h"
#include "tests/unit/unit.h"
#include "verify/timeline_findings.h"

#define SAYS                                                           \
	"\"event_id\":\"0a\",\"package\":\"p\",\"member\":\"data/m\"," \
	"\"offset\":3,\"length\":4,\"record_sha256\":\"ff\""
#define ROW "{\"row\":2," SAYS "}"
#define LINES "{\"row\":1}\n{\"row\":2,\"more\":{}," SAYS "}\n[]\n"

static char said[1024]; /* What was told, one "OFFSET TEXT" a line. */

static void
note(void * context, int64_t offset, const char * text)
{
	size_t len = strlen(said);

	(void)context;
	(void)snprintf(said + len, sizeof(said) - len, "%lld %s\n",
	    (long long)offset, text);
}

/* A file without a name that holds ${text}. */
static int
file_of(const void * text, size_t len)
{
	char path[] = "/tmp/azcustody-unit.XXXXXX";
	int fd = mkstemp(path);

	EXPECT((fd >= 0) && (unlink(path) == 0));
	EXPECT(write(fd, text, len) == (ssize_t)len);
	return fd;
}

/* Compare the ${len} bytes of ${findings} with the rows above. */
static int
check_bytes(const void * findings, size_t len, struct timeline_findings * r,
    struct err * e)
{
	int at = file_of(findings, len);
	int rows = file_of(LINES, strlen(LINES));
	int rc;

	said[0] = '\0';
	rc = timeline_findings_check(at, rows, note, NULL, r, e);
	(void)close(at);
	(void)close(rows);
	return rc;
}

static int
check(const char * findings, struct timeline_findings * r, struct err * e)
{
	return check_bytes(findings, strlen(findings), r, e);
}

static void
findings_name_rows_as_they_are(void)
{
	struct timeline_findings r;
	struct err e;

	err_init(&e);
	EXPECT(check("{\"findings\":[{\"links\":[{\"facts\":{\"a\":\"{}\\\"\"},"
		     "\"rows\":[" ROW "," ROW "],\"beside\":[]}]}]}",
		   &r, &e) == 0);
	EXPECT((r.rows == 2) && (r.matched == 2));
	EXPECT_TEXT(said, "");
}

static void
findings_name_no_row_at_all(void)
{
	struct timeline_findings r;
	struct err e;

	err_init(&e);
	EXPECT(check("{\"a\":\"event_id\",\"b\":[{\"c\":1}]}", &r, &e) == 0);
	EXPECT((r.rows == 0) && (r.matched == 0));
	EXPECT_TEXT(said, "");
}

static void
findings_that_name_other_rows_are_told_with_their_place(void)
{
	static const struct {
		const char * text;
		const char * says;
	} bad[] = {
		{ "[{\"row\":1," SAYS "}]",
		    "1 timeline.jsonl has another row of this number\n" },
		{ "[{\"row\":3," SAYS "}]",
		    "1 timeline.jsonl has another row of this number\n" },
		{ "[{\"row\":4," SAYS "}]",
		    "1 timeline.jsonl has no row of this number\n" },
		{ "[{\"row\":2,\"event_id\":\"0a\"}]",
		    "1 it does not say which row it is\n" },
		{ "[{\"event_id\":1,\"x\":{}}]",
		    "1 a row holds something else\n" },
		{ "[{\"x\":{},\"event_id\":1}]",
		    "19 a row is named in another form than rows are\n" },
		{ "[{\"event\\u005fid\":1}]",
		    "17 a name is written with escapes\n" },
		{ "[" ROW ",{\"event_id\":", "114 it ends in the middle\n" },
		{ "[" ROW ",\"", "103 it ends in the middle\n" },
	};
	struct timeline_findings r;
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		err_init(&e);
		EXPECT(check(bad[i].text, &r, &e) == 0);
		EXPECT_TEXT(said, bad[i].says);
	}
}

/* One more than is compared at a time: ${text} grows to about 40 MB. */
static void
findings_of_any_number_are_compared(void)
{
	struct timeline_findings r;
	struct buf text = { 0 };
	struct err e;

	err_init(&e);
	for (size_t i = 0; i <= TIMELINE_FINDINGS_PORTION; i++)
		EXPECT(buf_add_text(&text, ROW, &e) == 0);
	EXPECT(check_bytes(text.bytes, text.len, &r, &e) == 0);
	EXPECT(r.rows == TIMELINE_FINDINGS_PORTION + 1);
	EXPECT(r.matched == r.rows);
	EXPECT_TEXT(said, "");
	buf_free(&text);
}

static void
findings_hold_no_row_without_end(void)
{
	struct timeline_findings r;
	struct buf text = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(buf_add_text(&text, "{\"event_id\":\"", &e) == 0);
	while (text.len <= TIMELINE_FINDINGS_ROW_MAX)
		EXPECT(buf_add_text(&text, "0123456789abcdef", &e) == 0);
	EXPECT(buf_add_text(&text, "\"}", &e) == 0);
	EXPECT(check_bytes(text.bytes, text.len, &r, &e) == 0);
	EXPECT(r.rows == 0);
	EXPECT_TEXT(said, "0 a row is longer than rows are\n");
	buf_free(&text);
}

int
main(void)
{
	RUN(findings_name_rows_as_they_are);
	RUN(findings_name_no_row_at_all);
	RUN(findings_that_name_other_rows_are_told_with_their_place);
	RUN(findings_of_any_number_are_compared);
	RUN(findings_hold_no_row_without_end);
	return unit_failed;
}
