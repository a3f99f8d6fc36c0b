#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "evidence/buf.h"
#include "evidence/io.h"

#include "timeline/store_engine.h"

/*
 * The store as one SQLite file.  It is made new and held open for one
 * transaction; a file that somebody else made is never opened.
 */
#define STORE_CACHE "-65536" /* KiB of pages kept in memory. */

struct sqlite {
	struct store base;
	sqlite3 * db;
};

struct sqlite_bulk {
	struct store_bulk base;
	struct sqlite * s;
	sqlite3_stmt * put;
	size_t count;
};

/* Record the reason SQLite gives for ${rc}. */
static void
fail(struct sqlite * s, int rc, const char * what, struct err * e)
{
	const char * why =
	    (s->db != NULL) ? sqlite3_errmsg(s->db) : sqlite3_errstr(rc);

	switch (rc & 0xff) {
	case SQLITE_FULL:
		err_set(e, ERR_DISK, NULL, "%s: %s", what, why);
		return;
	case SQLITE_NOMEM:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
		err_set(e, ERR_SYSTEM, NULL, "%s: %s", what, why);
		return;
	default:
		err_set(e, ERR_INPUT, NULL, "%s: %s", what, why);
		return;
	}
}

/* Run fixed text that returns nothing. */
static int
command(struct sqlite * s, const char * sql, struct err * e)
{
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	if (rc != SQLITE_OK) {
		fail(s, rc, "store", e);
		return -1;
	}
	return 0;
}

/* Shut every door that a hostile schema or text could use. */
static int
harden(struct sqlite * s, struct err * e)
{
	static const int off[] = { SQLITE_DBCONFIG_TRUSTED_SCHEMA,
		SQLITE_DBCONFIG_ENABLE_TRIGGER,
		SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, SQLITE_DBCONFIG_DQS_DML,
		SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_WRITABLE_SCHEMA };
	int rc;

	rc = sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	for (size_t i = 0;
	     (rc == SQLITE_OK) && (i < sizeof(off) / sizeof(off[0])); i++)
		rc = sqlite3_db_config(s->db, off[i], 0, NULL);
	if (rc != SQLITE_OK) {
		fail(s, rc, "store", e);
		return -1;
	}
	(void)sqlite3_limit(s->db, SQLITE_LIMIT_ATTACHED, 0);
	(void)sqlite3_limit(s->db, SQLITE_LIMIT_SQL_LENGTH, (int)STORE_SQL_MAX);
	return 0;
}

/*
 * SQLite takes a path: the one /proc gives for the descriptor names the file
 * that was just made, whatever happens to the name meanwhile.
 */
static int
open_file(struct sqlite * s, int dir, const char * name, struct err * e)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_PRIVATECACHE;
	struct buf path = { 0 };
	int fd = -1;
	int rc = -1;
	int opened;

	fd = io_create(dir, name, 0600, e);
	if (fd < 0)
		goto out;
	if (io_close(fd, e) != 0)
		goto out;
	if (buf_addf(&path, e, "/proc/self/fd/%d/%s", dir, name) != 0)
		goto out;
	/* What does not fit into memory is spilt beside it, nowhere else. */
	sqlite3_free(sqlite3_temp_directory);
	sqlite3_temp_directory = sqlite3_mprintf("/proc/self/fd/%d", dir);
	opened = sqlite3_open_v2(buf_text(&path), &s->db, flags, NULL);
	if (opened != SQLITE_OK) {
		fail(s, opened, "store", e);
		goto out;
	}
	rc = 0;

out:
	buf_free(&path);
	return rc;
}

static void
sqlite_abandon(struct store * base)
{
	struct sqlite * s = (struct sqlite *)base;

	(void)sqlite3_close_v2(s->db);
	free(s);
}

static struct store *
sqlite_open(const struct store_place * place, struct err * e)
{
	struct sqlite * s = NULL;
	int rc = -1;

	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	if (open_file(s, place->dir, place->file, e) != 0)
		goto out;
	if (harden(s, e) != 0)
		goto out;
	/*
	 * The file is worthless until the end, so there is no journal to roll
	 * back with; store_close makes it durable.
	 */
	if (command(s,
		"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
		"PRAGMA page_size = 8192; PRAGMA cache_size = " STORE_CACHE ";"
		"PRAGMA temp_store = FILE; PRAGMA encoding = 'UTF-8';"
		"PRAGMA locking_mode = EXCLUSIVE; BEGIN",
		e) != 0)
		goto out;
	rc = 0;

out:
	if (rc != 0) {
		err_in(e, "%s", place->file);
		if (s != NULL)
			sqlite_abandon(&s->base);
		return NULL;
	}
	return &s->base;
}

static int
sqlite_schema(struct store * base, const char * sql, struct err * e)
{
	struct sqlite * s = (struct sqlite *)base;
	static const struct store_word words[] = { { " BYTES", " BLOB" },
		{ "BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY" },
		{ NULL, NULL } };
	struct buf own = { 0 };
	int rc = -1;

	if (store_add_words(&own, sql, words, e) != 0)
		goto out;
	rc = command(s, buf_text(&own), e);

out:
	buf_free(&own);
	return rc;
}

static struct store_bulk *
sqlite_bulk_begin(struct store * base, const char * table,
    const char * const * columns, size_t count, struct err * e)
{
	struct sqlite * s = (struct sqlite *)base;
	struct sqlite_bulk * b = NULL;
	struct buf sql = { 0 };
	int rc = -1;
	int made;

	assert((count > 0) && (count <= STORE_COLUMNS_MAX));
	b = calloc(1, sizeof(*b));
	if (b == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	b->s = s;
	b->count = count;
	if (buf_addf(&sql, e, "INSERT INTO \"%s\" (", table) != 0)
		goto out;
	for (size_t i = 0; i < count; i++) {
		if (buf_addf(&sql, e, "%s\"%s\"", (i > 0) ? "," : "",
			columns[i]) != 0)
			goto out;
	}
	if (buf_add_text(&sql, ") VALUES (", e) != 0)
		goto out;
	for (size_t i = 0; i < count; i++) {
		if (buf_add_text(&sql, (i > 0) ? ",?" : "?", e) != 0)
			goto out;
	}
	if (buf_add_text(&sql, ")", e) != 0)
		goto out;
	made = sqlite3_prepare_v3(s->db, buf_text(&sql), -1,
	    SQLITE_PREPARE_PERSISTENT, &b->put, NULL);
	if (made != SQLITE_OK) {
		fail(s, made, table, e);
		goto out;
	}
	rc = 0;

out:
	buf_free(&sql);
	if (rc != 0) {
		free(b);
		return NULL;
	}
	return &b->base;
}

/* Bind ${value} as parameter ${at}; its bytes stay ours until the step. */
static int
bind_value(sqlite3_stmt * put, int at, const struct store_value * value)
{
	switch (value->kind) {
	case STORE_NULL:
		return sqlite3_bind_null(put, at);
	case STORE_INTEGER:
		return sqlite3_bind_int64(put, at, value->integer);
	case STORE_TEXT:
		return sqlite3_bind_text64(put, at, value->bytes, value->len,
		    SQLITE_STATIC, SQLITE_UTF8);
	case STORE_BYTES:
		return sqlite3_bind_blob64(
		    put, at, value->bytes, value->len, SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

static int
sqlite_bulk_row(
    struct store_bulk * base, const struct store_value * values, struct err * e)
{
	struct sqlite_bulk * b = (struct sqlite_bulk *)base;
	int rc = SQLITE_OK;

	for (size_t i = 0; (rc == SQLITE_OK) && (i < b->count); i++)
		rc = bind_value(b->put, (int)i + 1, &values[i]);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(b->put);
	if (rc == SQLITE_DONE)
		rc = sqlite3_reset(b->put);
	if (rc != SQLITE_OK) {
		fail(b->s, rc, "store", e);
		return -1;
	}
	return 0;
}

static int
sqlite_bulk_end(struct store_bulk * base, struct err * e)
{
	struct sqlite_bulk * b = (struct sqlite_bulk *)base;
	int rc;

	rc = sqlite3_finalize(b->put);
	if (rc != SQLITE_OK)
		fail(b->s, rc, "store", e);
	free(b);
	return (rc == SQLITE_OK) ? 0 : -1;
}

/* Put column ${at} of the present row into ${value}. */
static void
take(sqlite3_stmt * get, int at, struct store_value * value)
{
	value->bytes = NULL;
	value->len = 0;
	value->integer = 0;
	switch (sqlite3_column_type(get, at)) {
	case SQLITE_INTEGER:
		value->kind = STORE_INTEGER;
		value->integer = sqlite3_column_int64(get, at);
		return;
	case SQLITE_NULL:
		value->kind = STORE_NULL;
		return;
	case SQLITE_BLOB:
		value->kind = STORE_BYTES;
		value->bytes = sqlite3_column_blob(get, at);
		break;
	default:
		/* A rule has no floating point: what comes is shown as text. */
		value->kind = STORE_TEXT;
		value->bytes = sqlite3_column_text(get, at);
		break;
	}
	value->len = (size_t)sqlite3_column_bytes(get, at);
}

/* Step through one prepared statement. */
static int
run_one(struct sqlite * s, sqlite3_stmt * get, size_t number,
    store_row_fn * row_fn, void * cookie, struct err * e)
{
	struct store_value values[STORE_COLUMNS_MAX];
	const char * names[STORE_COLUMNS_MAX];
	struct store_row row = { number, 0, names, values };
	int count = sqlite3_column_count(get);
	int rc;

	if (count > STORE_COLUMNS_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a result of %d columns", count);
		return -1;
	}
	row.count = (size_t)count;
	for (int i = 0; i < count; i++)
		names[i] = sqlite3_column_name(get, i);
	for (;;) {
		rc = sqlite3_step(get);
		if (rc != SQLITE_ROW)
			break;
		if (row_fn == NULL)
			continue;
		for (int i = 0; i < count; i++)
			take(get, i, &values[i]);
		if (row_fn(cookie, &row, e) != 0)
			return -1;
	}
	if (rc != SQLITE_DONE) {
		fail(s, rc, "statement", e);
		return -1;
	}
	return 0;
}

static int
sqlite_run(struct store * base, const char * sql, store_row_fn * row,
    void * cookie, struct err * e)
{
	struct sqlite * s = (struct sqlite *)base;
	sqlite3_stmt * get = NULL;
	const char * rest = sql;
	size_t number = 0;
	int rc;

	while (*rest != '\0') {
		rc = sqlite3_prepare_v2(s->db, rest, -1, &get, &rest);
		if (rc != SQLITE_OK) {
			fail(s, rc, "statement", e);
			err_in(e, "statement %zu", number + 1);
			return -1;
		}
		if (get == NULL)
			continue; /* Blanks or a comment. */
		rc = run_one(s, get, number, row, cookie, e);
		(void)sqlite3_finalize(get);
		if (rc != 0) {
			err_in(e, "statement %zu", number + 1);
			return -1;
		}
		number++;
	}
	return 0;
}

static int
sqlite_close(struct store * base, struct err * e)
{
	struct sqlite * s = (struct sqlite *)base;
	int rc = -1;

	if (command(s, "COMMIT", e) != 0)
		goto out;
	rc = 0;

out:
	if (sqlite3_close(s->db) != SQLITE_OK) {
		err_set(e, ERR_BUG, NULL, "the store is still in use");
		rc = -1;
	}
	free(s);
	return rc;
}

const struct store_engine store_sqlite = {
	.open = sqlite_open,
	.schema = sqlite_schema,
	.bulk_begin = sqlite_bulk_begin,
	.bulk_row = sqlite_bulk_row,
	.bulk_end = sqlite_bulk_end,
	.run = sqlite_run,
	.close = sqlite_close,
	.abandon = sqlite_abandon,
};
