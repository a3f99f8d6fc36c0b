#include <stdint.h>
#include <string.h>

#include "evidence/clock.h"
#include "tests/unit/unit.h"
#include "timeline/build.h"
#include "timeline/coverage.h"
#include "timeline/export.h"
#include "timeline/html.h"

/* Whether the cell of ${text} is ${want}. */
static int
cell_is(const char * text, const char * want)
{
	struct buf out = { 0 };
	struct err e;
	int same;

	err_init(&e);
	same = (export_csv_cell(&out, text, &e) == 0) &&
	    (strcmp(buf_text(&out), want) == 0);
	if (!same)
		printf("# %s\n", buf_text(&out));
	buf_free(&out);
	return same;
}

static void
csv_cells_are_quoted_and_inert(void)
{
	EXPECT(cell_is(NULL, "\"\""));
	EXPECT(cell_is("plain", "\"plain\""));
	EXPECT(cell_is("a\"b", "\"a\"\"b\""));
	EXPECT(cell_is("=1+1", "\"'=1+1\""));
	EXPECT(cell_is("  @x", "\"  '@x\""));
	EXPECT(cell_is("a;=1", "\"a;'=1\""));
	EXPECT(cell_is("a, -1", "\"a, '-1\""));
	EXPECT(cell_is("a-1", "\"a-1\""));
	EXPECT(cell_is("a\"=1", "\"a\"\"'=1\""));
	EXPECT(cell_is("\xEF\xBC\x9D"
		       "1",
	    "\"'\xEF\xBC\x9D"
	    "1\""));
	EXPECT(cell_is("%1|=", "\"'%1|=\""));
}

static void
csv_cells_show_controls(void)
{
	struct buf out = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(export_csv_cell(&out, "\t=1\r\n\x1b[31m\xE2\x80\xAE", &e) == 0);
	for (size_t i = 0; i < out.len; i++)
		EXPECT((out.bytes[i] >= 0x20) && (out.bytes[i] < 0x7f));
	buf_free(&out);
}

static void
html_text_stays_text(void)
{
	struct err e;
	struct html h = { { 0 }, &e, 0 };

	err_init(&e);
	html_text(&h, "<b>&\"'x");
	EXPECT(strcmp(buf_text(&h.out), "&lt;b&gt;&amp;&quot;&#39;x") == 0);
	buf_clear(&h.out);
	html_json(&h, "\"</script>\xE2\x80\xA8&\"", 15);
	EXPECT(strcmp(buf_text(&h.out),
		   "\"\\u003c/script\\u003e\\u2028\\u0026\"") == 0);
	buf_clear(&h.out);
	html_number(&h, -1234567);
	EXPECT(strcmp(buf_text(&h.out), "-1&#8239;234&#8239;567") == 0);
	buf_clear(&h.out);
	html_text(&h, NULL);
	EXPECT(h.out.len == 0);
	html_file(&h, "no such file");
	EXPECT(h.failed);
	EXPECT(e.kind == ERR_BUG);
	buf_free(&h.out);
}

/* Whether ${name} logs ${resource} and the hour ${stamp} (NULL: none). */
static int
place_is(const char * name, const char * resource, const char * stamp)
{
	struct buf out = { 0 };
	struct err e;
	int64_t want = CLOCK_UNKNOWN;
	int64_t hour = 0;
	int same;

	err_init(&e);
	if (stamp != NULL)
		(void)clock_parse(stamp, &want, &e);
	same = (coverage_place(name, &out, &hour, &e) == 0) &&
	    (strcmp(buf_text(&out), resource) == 0) && (hour == want);
	buf_free(&out);
	return same;
}

static void
coverage_place_takes_names_apart(void)
{
	EXPECT(place_is("resourceId=/S/X/y=2026/m=07/d=13/h=22/m=00/"
			"macAddress=6045BD/PT1H.json",
	    "resourceId=/S/X/macAddress=6045BD", "2026-07-13T22:00:00Z"));
	EXPECT(place_is("resourceId=/S/X/y=2026/m=07/d=13/h=22/m=00/PT1H.json",
	    "resourceId=/S/X", "2026-07-13T22:00:00Z"));
	EXPECT(place_is("resourceId=/S/X/y=2026/m=13/d=13/h=22/m=00/PT1H.json",
	    "resourceId=/S/X", NULL));
	EXPECT(place_is("/y=2026/m=1", "", NULL));
	EXPECT(place_is("/y=", "", NULL));
	EXPECT(place_is("notes.txt", "notes.txt", NULL));
	EXPECT(place_is("", "", NULL));
}

static int
options_are_refused(int argc, const char * const * given)
{
	struct build_options o;
	struct err e;
	char * argv[16];

	err_init(&e);
	memset(&o, 0, sizeof(o));
	for (int i = 0; i < argc; i++)
		memcpy(&argv[i], &given[i], sizeof(argv[i]));
	argv[argc] = NULL;
	return (build_options_read(argc, argv, &o, &e) == -1) &&
	    (e.kind == ERR_USAGE);
}

static void
build_options_refuse_what_is_unclear(void)
{
	const char * const none[] = { "build", "p", NULL };
	const char * const twice[] = { "build", "p", "--out", "a", "--out",
		"b" };
	const char * const dots[] = { "build", "p", "--out", "a", "--baseline",
		"2026-01-01T00:00:00Z" };
	const char * const stamp[] = { "build", "p", "--out", "a", "--baseline",
		"yesterday..2026-01-01T00:00:00Z" };
	const char * const good[] = { "build", "--out", "a", "p", "--responder",
		"x", "--responder", "x" };
	struct build_options o;
	struct err e;
	char * argv[16];

	EXPECT(options_are_refused(2, none));
	EXPECT(options_are_refused(6, twice));
	EXPECT(options_are_refused(6, dots));
	EXPECT(options_are_refused(6, stamp));
	err_init(&e);
	memset(&o, 0, sizeof(o));
	for (int i = 0; i < 8; i++)
		memcpy(&argv[i], &good[i], sizeof(argv[i]));
	argv[8] = NULL;
	EXPECT(build_options_read(8, argv, &o, &e) == 1);
	EXPECT(o.responder_count == 1);
	EXPECT((o.package_count == 1) && (strcmp(o.packages[0], "p") == 0));
}

int
main(void)
{
	RUN(csv_cells_are_quoted_and_inert);
	RUN(csv_cells_show_controls);
	RUN(html_text_stays_text);
	RUN(coverage_place_takes_names_apart);
	RUN(build_options_refuse_what_is_unclear);
	return unit_failed;
}
