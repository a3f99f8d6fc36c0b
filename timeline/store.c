#include <string.h>

#include "evidence/clock.h"

#include "timeline/store_engine.h"

#define ADDRESS "postgresql://"

int
store_check_engine(const char * engine, struct err * e)
{
	const char * user = engine + strlen(ADDRESS);

	if (strcmp(engine, "sqlite") == 0)
		return 0;
	if (strncmp(engine, ADDRESS, strlen(ADDRESS)) != 0) {
		err_set(e, ERR_USAGE, "there are sqlite and " ADDRESS "...",
		    "no such engine: %s", engine);
		return -1;
	}
	/* USER:PASSWORD@HOST, or a parameter of that name. */
	if ((memchr(user, '@', strcspn(user, "/?")) != NULL &&
		memchr(user, ':', strcspn(user, "@")) != NULL) ||
	    (strstr(user, "password=") != NULL)) {
		err_set(e, ERR_USAGE, "give it by --engine-password-file",
		    "a password stands in the address of the engine");
		return -1;
	}
	return 0;
}

bool
store_is_local(const char * engine)
{
	return strcmp(engine, "sqlite") == 0;
}

struct store *
store_open(const struct store_place * place, struct err * e)
{
	const struct store_engine * engine;
	struct store * s;

	if (store_check_engine(place->engine, e) != 0)
		return NULL;
	engine =
	    store_is_local(place->engine) ? &store_sqlite : &store_postgres;
	s = engine->open(place, e);
	if (s != NULL)
		s->engine = engine;
	return s;
}

int
store_schema(struct store * s, const char * sql, struct err * e)
{
	return s->engine->schema(s, sql, e);
}

struct store_bulk *
store_bulk_begin(struct store * s, const char * table,
    const char * const * columns, size_t count, struct err * e)
{
	struct store_bulk * b =
	    s->engine->bulk_begin(s, table, columns, count, e);

	if (b != NULL)
		b->engine = s->engine;
	return b;
}

int
store_bulk_row(
    struct store_bulk * b, const struct store_value * values, struct err * e)
{
	return b->engine->bulk_row(b, values, e);
}

int
store_bulk_end(struct store_bulk * b, struct err * e)
{
	return (b == NULL) ? 0 : b->engine->bulk_end(b, e);
}

int
store_run(struct store * s, const char * sql, store_row_fn * row, void * cookie,
    struct err * e)
{
	return s->engine->run(s, sql, row, cookie, e);
}

int
store_take_integer(void * cookie, const struct store_row * row, struct err * e)
{
	(void)e;
	*(int64_t *)cookie = row->values[0].integer;
	return 0;
}

int
store_close(struct store * s, struct err * e)
{
	return (s == NULL) ? 0 : s->engine->close(s, e);
}

void
store_abandon(struct store * s)
{
	if (s != NULL)
		s->engine->abandon(s);
}

int
store_add_words(struct buf * out, const char * text,
    const struct store_word * words, struct err * e)
{
	while (*text != '\0') {
		const struct store_word * w = words;

		while ((w->from != NULL) &&
		    (strncmp(text, w->from, strlen(w->from)) != 0))
			w++;
		if (w->from != NULL) {
			if (buf_add_text(out, w->to, e) != 0)
				return -1;
			text += strlen(w->from);
			continue;
		}
		if (buf_add(out, text, 1, e) != 0)
			return -1;
		text++;
	}
	return 0;
}

const struct store_value *
store_column(const struct store_row * row, const char * name)
{
	for (size_t i = 0; i < row->count; i++) {
		if (strcmp(row->names[i], name) == 0)
			return &row->values[i];
	}
	return NULL;
}

struct store_value
store_integer(int64_t n)
{
	struct store_value value = { STORE_INTEGER, n, NULL, 0 };

	if (n == CLOCK_UNKNOWN)
		value.kind = STORE_NULL;
	return value;
}

struct store_value
store_text(const char * text)
{
	struct store_value value = { STORE_TEXT, 0, text, 0 };

	if (text == NULL)
		value.kind = STORE_NULL;
	else
		value.len = strlen(text);
	return value;
}

struct store_value
store_bytes(const void * bytes, size_t len)
{
	struct store_value value = { STORE_BYTES, 0, bytes, len };

	if (bytes == NULL)
		value.kind = STORE_NULL;
	return value;
}
