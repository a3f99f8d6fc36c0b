#include <string.h>

#include "timeline/enrich.h"
#include "timeline/network.h"

#include "tests/unit/unit.h"

static void
a_network_is_read_into_one_form(void)
{
	static const char * const good[][2] = { { "10.0.0.0/8", "10.0.0.0/8" },
		{ "0.0.0.0/0", "0.0.0.0/0" }, { "::/0", "::/0" },
		{ "192.0.2.1", "192.0.2.1/32" },
		{ "::ffff:192.0.2.0/120", "192.0.2.0/24" },
		{ "2001:DB8::/32", "2001:db8::/32" },
		{ "::1.2.3.4", "::102:304/128" } };
	char text[NETWORK_TEXT_SIZE];
	struct network n;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		EXPECT(network_parse(good[i][0], &n) == NULL);
		network_format(&n, text);
		EXPECT_TEXT(text, good[i][1]);
	}
}

static void
what_is_no_network_is_refused(void)
{
	static const char * const bad[] = { "", "/8", "10.0.0.0/",
		"10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/8/8", "10.0.0.0/-1",
		"10.0.0.1/8", "2001:db8::/129", "2001:db8::1/32",
		"::ffff:10.0.0.0/95", "10.0.0/8", "10.0.0.0 /8", "x" };
	struct network n;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT(network_parse(bad[i], &n) != NULL);
}

static void
the_narrowest_network_is_found_first(void)
{
	static const char * const texts[] = { "10.0.0.0/8", "10.1.2.3/32",
		"10.1.0.0/16", "10.1.0.0/16", "0.0.0.0/0", "::/0" };
	static const size_t order[] = { 1, 2, 3, 0, 4 };
	struct network_hit hits[NETWORK_HITS_MAX];
	struct network_table * t;
	struct network n;
	struct err e;

	err_init(&e);
	t = network_table_new(&e);
	EXPECT(network_table_find(t, "10.1.2.3", hits) == 0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		EXPECT(network_parse(texts[i], &n) == NULL);
		EXPECT(network_table_add(t, &n, i, &e) == 0);
	}
	EXPECT(network_table_find(t, "10.1.2.3", hits) == 5);
	for (size_t i = 0; i < 5; i++)
		EXPECT(hits[i].value == order[i]);
	EXPECT(network_table_find(t, "2001:db8::1", hits) == 1);
	EXPECT(network_table_find(t, "no address", hits) == 0);
	network_table_free(t);
}

static void
hits_beyond_the_limit_are_counted(void)
{
	struct network_hit hits[NETWORK_HITS_MAX];
	struct network_table * t;
	struct network n;
	struct err e;

	err_init(&e);
	t = network_table_new(&e);
	EXPECT(network_parse("10.0.0.0/8", &n) == NULL);
	for (size_t i = 0; i < NETWORK_HITS_MAX + 3; i++)
		EXPECT(network_table_add(t, &n, i, &e) == 0);
	EXPECT(network_table_find(t, "10.1.2.3", hits) == NETWORK_HITS_MAX + 3);
	EXPECT(hits[NETWORK_HITS_MAX - 1].value == NETWORK_HITS_MAX - 1);
	network_table_free(t);
}

/* Read ${text} as a file of the ${kind}; return as enrich_add. */
static int
add(enum enrich_kind kind, const char * text, struct enrich_file * file,
    struct err * e)
{
	struct enrich * en = enrich_new(e);
	int rc = enrich_add(en, kind, text, strlen(text), e);

	*file = *enrich_file(en, 0);
	enrich_free(en);
	return rc;
}

static void
a_name_has_a_limit(void)
{
	char text[ENRICH_TEXT_MAX + 32];
	struct enrich_file file;
	struct err e;

	err_init(&e);
	(void)snprintf(
	    text, sizeof(text), "1.2.3.4,%0*d\n", ENRICH_TEXT_MAX, 1);
	EXPECT(add(ENRICH_INDICATORS, text, &file, &e) == 0);
	EXPECT(file.entries == 1);
	(void)snprintf(
	    text, sizeof(text), "1.2.3.4,%0*d\n", ENRICH_TEXT_MAX + 1, 1);
	EXPECT(add(ENRICH_INDICATORS, text, &file, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
}

static void
files_have_a_limit(void)
{
	struct enrich * en;
	struct err e;

	err_init(&e);
	en = enrich_new(&e);
	for (int i = 0; i < ENRICH_FILES_MAX; i++)
		EXPECT(
		    enrich_add(en, ENRICH_INDICATORS, "1.2.3.4", 7, &e) == 0);
	EXPECT(enrich_count(en) == ENRICH_FILES_MAX);
	EXPECT(enrich_add(en, ENRICH_INDICATORS, "1.2.3.4", 7, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	enrich_free(en);
}

static void
what_is_not_used_of_a_list_is_counted(void)
{
	struct enrich_file file;
	struct err e;

	err_init(&e);
	EXPECT(add(ENRICH_INDICATORS,
		   "#\xff no row\n\nvalue\tname\nevil.example\ta\n"
		   "deadbeef\tb\n1.2.3.0/24\tc\n\"::1\"\t\"d\"\"\te\"\n",
		   &file, &e) == -1);
	err_init(&e);
	EXPECT(add(ENRICH_INDICATORS,
		   "# no row\n\nvalue\tname\nevil.example\ta\n"
		   "deadbeef\tb\n1.2.3.0/24\tc\n\"::1\"\t\"d\"\"\te\"\n\tf\n",
		   &file, &e) == 0);
	EXPECT(file.entries == 2);
	EXPECT(file.unused == 3);
}

int
main(void)
{
	RUN(a_network_is_read_into_one_form);
	RUN(what_is_no_network_is_refused);
	RUN(the_narrowest_network_is_found_first);
	RUN(hits_beyond_the_limit_are_counted);
	RUN(a_name_has_a_limit);
	RUN(files_have_a_limit);
	RUN(what_is_not_used_of_a_list_is_counted);
	return unit_failed;
}
