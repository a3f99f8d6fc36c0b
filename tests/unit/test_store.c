#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "tests/unit/unit.h"
#include "timeline/intern.h"
#include "timeline/schema.h"
#include "timeline/sql_split.h"
#include "timeline/store.h"

static char folder[] = "/tmp/azcustody-store.XXXXXX";
static int dir;

struct seen {
	int rows;
	int64_t number;
	char text[64];
	size_t bytes;
	int stop_at;
};

static int
see(void * cookie, const struct store_row * row, struct err * e)
{
	struct seen * seen = cookie;
	const struct store_value * n = store_column(row, "n");
	const struct store_value * t = store_column(row, "t");
	const struct store_value * b = store_column(row, "b");

	seen->rows++;
	if (n != NULL)
		seen->number = n->integer;
	if ((t != NULL) && (t->kind == STORE_TEXT) && (t->len < 64))
		memcpy(seen->text, t->bytes, t->len + 1);
	if (b != NULL)
		seen->bytes = b->len;
	if (seen->rows == seen->stop_at) {
		err_set(e, ERR_STOPPED, NULL, "enough");
		return -1;
	}
	return 0;
}

static struct store *
open_new(const char * name)
{
	struct err e;
	struct store * s;

	err_init(&e);
	s = store_open(
	    &(struct store_place){ "sqlite", dir, name, NULL, NULL }, &e);
	if (s != NULL)
		(void)store_schema(s,
		    "CREATE TABLE x (n BIGINT PRIMARY KEY, t TEXT, b BYTES)",
		    &e);
	EXPECT(e.kind == ERR_NONE);
	return s;
}

static void
store_gives_back_what_was_put(void)
{
	static const char * const columns[] = { "n", "t", "b" };
	struct seen seen = { 0 };
	struct store_value row[3];
	struct store_bulk * b;
	struct store * s = open_new("a.db");
	struct err e;

	err_init(&e);
	b = store_bulk_begin(s, "x", columns, 3, &e);
	row[0] = store_integer(INT64_MAX);
	row[1] = store_text("'); DROP TABLE x; --");
	row[2] = store_bytes("\0\1\2", 3);
	EXPECT(store_bulk_row(b, row, &e) == 0);
	EXPECT(store_bulk_row(b, row, &e) == -1); /* The key is there. */
	EXPECT(store_bulk_end(b, &e) == -1 || e.kind != ERR_NONE);
	err_init(&e);
	EXPECT(store_run(s, "SELECT n, t, b FROM x", see, &seen, &e) == 0);
	EXPECT(seen.rows == 1);
	EXPECT(seen.number == INT64_MAX);
	EXPECT(strcmp(seen.text, "'); DROP TABLE x; --") == 0);
	EXPECT(seen.bytes == 3);
	EXPECT(store_close(s, &e) == 0);
}

static void
absent_becomes_null_and_not_zero(void)
{
	EXPECT(store_integer(CLOCK_UNKNOWN).kind == STORE_NULL);
	EXPECT(store_integer(0).kind == STORE_INTEGER);
	EXPECT(store_text(NULL).kind == STORE_NULL);
	EXPECT(store_text("").kind == STORE_TEXT);
	EXPECT(store_bytes(NULL, 32).kind == STORE_NULL);
}

static void
store_run_says_which_statement_failed(void)
{
	struct seen seen = { .stop_at = 2 };
	struct store * s = open_new("b.db");
	struct err e;

	err_init(&e);
	EXPECT(store_run(s, "SELECT 1 AS n; SELECT nothing", NULL, NULL, &e) ==
	    -1);
	EXPECT(strstr(e.text, "statement 2") != NULL);
	err_init(&e);
	EXPECT(store_run(s, "SELECT 1 AS n; SELECT 2 AS n; SELECT 3 AS n", see,
		   &seen, &e) == -1);
	EXPECT(seen.rows == 2);
	EXPECT(e.kind == ERR_STOPPED);
	err_init(&e);
	EXPECT(store_run(s, "  -- nothing\n", NULL, NULL, &e) == 0);
	EXPECT(store_run(s, "", NULL, NULL, &e) == 0);
	store_abandon(s);
}

static void
store_opens_no_other_file(void)
{
	struct store * s = open_new("c.db");
	struct err e;

	err_init(&e);
	EXPECT(store_run(s, "ATTACH 'd.db' AS d", NULL, NULL, &e) == -1);
	err_init(&e);
	EXPECT(store_open(
		   &(struct store_place){ "sqlite", dir, "c.db", NULL, NULL },
		   &e) == NULL);
	store_abandon(s);
}

static void
store_knows_its_engines_and_takes_no_password_in_an_address(void)
{
	static const char * const bad[] = { "postgresql", "mysql://host/db",
		"sqlite:x.db", "", "postgresql://user:pass@host/db",
		"postgresql://host/db?user=x&password=y" };
	static const char * const good[] = { "sqlite", "postgresql:///db",
		"postgresql://user@host:5432/db?sslmode=verify-ca",
		"postgresql://[::1]:5432/db" };
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_init(&e);
		EXPECT(store_check_engine(bad[i], &e) == -1);
		EXPECT(e.kind == ERR_USAGE);
		EXPECT(strstr(e.text, "pass@") == NULL);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		err_init(&e);
		EXPECT(store_check_engine(good[i], &e) == 0);
	}
	EXPECT(store_is_local("sqlite"));
	EXPECT(!store_is_local("postgresql:///db"));
}

/* The statements of ${text}, each in angle brackets. */
static const char *
split(const char * text)
{
	static char out[256];
	const char * at = text;
	const char * statement;
	size_t len;

	out[0] = '\0';
	while (sql_split_next(&at, text + strlen(text), &statement, &len))
		(void)snprintf(out + strlen(out), sizeof(out) - strlen(out),
		    "<%.*s>", (int)len, statement);
	return out;
}

static void
sql_split_cuts_outside_strings_and_comments_only(void)
{
	static const char * const table[][2] = { { "", "" }, { " ;; ", "" },
		{ "a", "<a>" }, { "a; b ;", "<a><b >" },
		{ "-- x; y\na;b", "<a><b>" }, { "/* ; */a", "<a>" },
		{ "a /* ; */;b", "<a /* ; */><b>" },
		{ "a ';' b;c", "<a ';' b><c>" },
		{ "'it''s; ' ;c", "<'it''s; ' ><c>" },
		{ "\"a;\"\"b\";c", "<\"a;\"\"b\"><c>" },
		{ "a -- x;", "<a -- x;>" }, { "'open;", "<'open;>" },
		{ "/* open", "" }, { "a-b/c;", "<a-b/c>" } };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		EXPECT(strcmp(split(table[i][0]), table[i][1]) == 0);
}

static void
sql_split_knows_queries_and_tables_that_are_made(void)
{
	static const char made[] = "create temp table w_x as select 1";
	size_t len = 0;

	EXPECT(sql_split_is_query("select 1", 8));
	EXPECT(sql_split_is_query("WITH/**/a AS", 12));
	EXPECT(!sql_split_is_query("selected", 8));
	EXPECT(!sql_split_is_query("INSERT INTO x SELECT", 20));
	EXPECT(sql_split_made_table(made, sizeof(made) - 1, &len) == made + 18);
	EXPECT(len == 3);
	EXPECT(
	    sql_split_made_table("CREATE TABLE x (n INT)", 22, &len) == NULL);
	EXPECT(sql_split_made_table("DROP TABLE x", 12, &len) == NULL);
}

static void
intern_numbers_by_content_and_keeps_its_limit(void)
{
	struct intern * t;
	struct err e;
	int64_t n = 0;

	err_init(&e);
	t = intern_new(2000, &e);
	EXPECT(t != NULL);
	EXPECT(intern_get(t, "a", 1, &n, &e) == 1);
	EXPECT(n == 1);
	EXPECT(intern_get(t, "b", 1, &n, &e) == 1);
	EXPECT(intern_get(t, "a", 1, &n, &e) == 0);
	EXPECT(n == 1);
	for (int i = 2; i < 2000; i++)
		EXPECT(intern_get(t, &i, sizeof(i), &n, &e) == 1);
	EXPECT(n == 2000);
	EXPECT(intern_get(t, "b", 1, &n, &e) == 0);
	EXPECT(n == 2);
	EXPECT(intern_get(t, "more", 4, &n, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	intern_free(t);
}

static void
schema_scope_knows_what_is_not_the_internet(void)
{
	EXPECT(schema_scope("10.0.0.4") == SCHEMA_SCOPE_PRIVATE);
	EXPECT(schema_scope("172.31.255.255") == SCHEMA_SCOPE_PRIVATE);
	EXPECT(schema_scope("172.32.0.0") == SCHEMA_SCOPE_PUBLIC);
	EXPECT(schema_scope("192.168.1.1") == SCHEMA_SCOPE_PRIVATE);
	EXPECT(schema_scope("100.64.0.1") == SCHEMA_SCOPE_PRIVATE);
	EXPECT(schema_scope("100.128.0.1") == SCHEMA_SCOPE_PUBLIC);
	EXPECT(schema_scope("168.63.129.16") == SCHEMA_SCOPE_PLATFORM);
	EXPECT(schema_scope("8.8.8.8") == SCHEMA_SCOPE_PUBLIC);
	EXPECT(schema_scope("fd00::1") == SCHEMA_SCOPE_PRIVATE);
	EXPECT(schema_scope("fe80::1") == SCHEMA_SCOPE_PRIVATE);
	EXPECT(schema_scope("2001:db8::1") == SCHEMA_SCOPE_PUBLIC);
	EXPECT(schema_scope("::1") == SCHEMA_SCOPE_PRIVATE);
	EXPECT(schema_scope("not an address") == SCHEMA_SCOPE_UNKNOWN);
	EXPECT(schema_scope(NULL) == SCHEMA_SCOPE_UNKNOWN);
}

int
main(void)
{
	struct err e;

	err_init(&e);
	if (mkdtemp(folder) == NULL)
		return 1;
	dir = io_open_dir(folder, &e);
	RUN(store_gives_back_what_was_put);
	RUN(absent_becomes_null_and_not_zero);
	RUN(store_run_says_which_statement_failed);
	RUN(store_opens_no_other_file);
	RUN(store_knows_its_engines_and_takes_no_password_in_an_address);
	RUN(sql_split_cuts_outside_strings_and_comments_only);
	RUN(sql_split_knows_queries_and_tables_that_are_made);
	RUN(intern_numbers_by_content_and_keeps_its_limit);
	RUN(schema_scope_knows_what_is_not_the_internet);
	(void)unlinkat(dir, "a.db", 0);
	(void)unlinkat(dir, "b.db", 0);
	(void)unlinkat(dir, "c.db", 0);
	(void)close(dir);
	(void)rmdir(folder);
	return unit_failed;
}
