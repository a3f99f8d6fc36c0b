#include <stdlib.h>
#include <string.h>

#include "evidence/buf.h"

#include "timeline/store_postgres.h"

/*
 * The store as one schema of a PostgreSQL database (version 15 and up), made
 * new in the one transaction in which everything is put and asked.
 */

/* A file that cannot be there: else libpq looks into the home folder. */
#define NOWHERE "/dev/null/none"

/* Record why ${r}, or the connection itself, failed. */
void
store_postgres_fail(
    struct postgres * s, const PGresult * r, const char * what, struct err * e)
{
	const char * state =
	    (r != NULL) ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
	const char * why =
	    (r != NULL) ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	enum err_kind kind = ERR_INPUT; /* The statement's own fault. */

	if (why == NULL)
		why = PQerrorMessage(s->db);
	if ((state == NULL) || (strncmp(state, "08", 2) == 0) ||
	    (strncmp(state, "57", 2) == 0))
		kind = ERR_REMOTE;
	else if (strcmp(state, "53100") == 0)
		kind = ERR_DISK;
	else if (strncmp(state, "53", 2) == 0)
		kind = ERR_SYSTEM;
	else if ((strcmp(state, "42501") == 0) ||
	    (strncmp(state, "28", 2) == 0))
		kind = ERR_DENIED;
	err_set(e, kind, NULL, "%s: %.*s", what, (int)strcspn(why, "\n"), why);
}

/* Run ${sql}, whose rows are dropped. */
int
store_postgres_command(
    struct postgres * s, const char * sql, const char * what, struct err * e)
{
	PGresult * r = PQexec(s->db, sql);
	ExecStatusType status = PQresultStatus(r);
	int rc = 0;

	if ((status != PGRES_COMMAND_OK) && (status != PGRES_TUPLES_OK)) {
		store_postgres_fail(s, r, what, e);
		rc = -1;
	}
	PQclear(r);
	return rc;
}

static void
postgres_abandon(struct store * base)
{
	struct postgres * s = (struct postgres *)base;

	PQfinish(s->db); /* The server rolls back. */
	free(s);
}

/* Whether ${engine} names a server on this machine. */
static bool
is_loopback(const char * engine)
{
	static const char * const hosts[] = { "127.", "localhost", "[::1]",
		"%2F", "%2f", "/", ":", "?" };
	const char * host = strstr(engine, "://") + 3;
	const char * at = memchr(host, '@', strcspn(host, "/?"));

	if (at != NULL)
		host = at + 1;
	if (*host == '\0')
		return true;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		if (strncmp(host, hosts[i], strlen(hosts[i])) == 0)
			return true;
	return false;
}

/*
 * Nothing is taken from files or variables of libpq's own.  Another machine
 * must prove who it is, unless its address says otherwise.
 */
static int
connect_to(
    struct postgres * s, const struct store_place * place, struct err * e)
{
	const char * names[] = { "passfile", "application_name", "sslmode",
		"connect_timeout", "dbname", "client_encoding", "password",
		NULL };
	const char * values[] = { NOWHERE, "azcustody-timeline",
		is_loopback(place->engine) ? "prefer" : "verify-full", "20",
		place->engine, "UTF8", NULL, NULL };

	if (place->password != NULL)
		values[6] = (const char *)place->password->bytes;
	s->db = PQconnectdbParams(names, values, 1);
	if ((s->db == NULL) || (PQstatus(s->db) != CONNECTION_OK)) {
		if (s->db == NULL)
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
		else
			store_postgres_fail(s, NULL, "the database", e);
		return -1;
	}
	if (PQserverVersion(s->db) < 150000) {
		err_set(e, ERR_INPUT, "it takes PostgreSQL 15",
		    "the server is of version %d", PQserverVersion(s->db));
		return -1;
	}
	if (strcmp(PQparameterStatus(s->db, "server_encoding"), "UTF8") != 0) {
		err_set(e, ERR_INPUT, "make one with encoding UTF8",
		    "the database is not in UTF-8");
		return -1;
	}
	return 0;
}

/* Begin the transaction, and in it the schema. */
static int
begin(struct postgres * s, const char * schema, struct err * e)
{
	struct buf sql = { 0 };
	char * quoted = PQescapeIdentifier(s->db, schema, strlen(schema));
	int rc = -1;

	if (quoted == NULL) {
		err_set(e, ERR_USAGE, NULL, "not a name: %s", schema);
		goto out;
	}
	if (buf_addf(&sql, e,
		"BEGIN; CREATE SCHEMA %s; SET LOCAL search_path = %s, pg_temp;"
		"SET LOCAL cursor_tuple_fraction = 1; SET LOCAL jit = off;"
		"SET LOCAL work_mem = '64MB'; SET LOCAL TimeZone = 'UTC';"
		"SET LOCAL bytea_output = 'hex';"
		"SET LOCAL standard_conforming_strings = on",
		quoted, quoted) != 0)
		goto out;
	rc = store_postgres_command(s, buf_text(&sql), "making the schema", e);

out:
	PQfreemem(quoted);
	buf_free(&sql);
	return rc;
}

static struct store *
postgres_open(const struct store_place * place, struct err * e)
{
	struct postgres * s = calloc(1, sizeof(*s));

	if (s == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	if ((connect_to(s, place, e) != 0) ||
	    (begin(s, place->schema, e) != 0)) {
		err_in(e, "%s", place->engine);
		postgres_abandon(&s->base);
		return NULL;
	}
	return &s->base;
}

static int
postgres_schema(struct store * base, const char * sql, struct err * e)
{
	/* Texts are compared by their bytes, whatever the database does. */
	static const struct store_word words[] = { { " BYTES", " BYTEA" },
		{ " TEXT", " TEXT COLLATE \"C\"" }, { NULL, NULL } };
	struct buf own = { 0 };
	int rc = -1;

	if (store_add_words(&own, sql, words, e) == 0)
		rc = store_postgres_command((struct postgres *)base,
		    buf_text(&own), "making the tables", e);
	buf_free(&own);
	return rc;
}

static int
postgres_close(struct store * base, struct err * e)
{
	struct postgres * s = (struct postgres *)base;
	PGresult * r = PQexec(s->db, "COMMIT");
	int rc = -1;

	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		store_postgres_fail(s, r, "keeping the store", e);
	else if (strcmp(PQcmdStatus(r), "COMMIT") != 0)
		/* What failed before made it a ROLLBACK. */
		err_set(e, ERR_BUG, NULL, "the store was not kept");
	else
		rc = 0;
	PQclear(r);
	postgres_abandon(base);
	return rc;
}

const struct store_engine store_postgres = {
	.open = postgres_open,
	.schema = postgres_schema,
	.bulk_begin = store_postgres_bulk_begin,
	.bulk_row = store_postgres_bulk_row,
	.bulk_end = store_postgres_bulk_end,
	.run = store_postgres_run,
	.close = postgres_close,
	.abandon = postgres_abandon,
};
