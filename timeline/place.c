#include <stdbool.h>

#include "evidence/buf.h"
#include "timeline/schema.h"

#include "timeline/place.h"

#define COLUMNS 4
#define AGAIN 2 /* From here on: of records that stand in an earlier file. */

/* A row whose neighbour behind it has not come yet. */
struct waiting {
	bool is_there;
	int64_t place;
	int64_t event;
	int64_t flow;
	int64_t time;
	bool is_tied;
};

struct order {
	struct store_bulk * out;
	int64_t count;
	struct waiting last[2]; /* Of those counted, and of the others. */
};

/* The database sorts; which are tied is seen as they go by. */
static const char ordered[] =
    "SELECT t.id AS id, t.time AS time, t.flow AS flow FROM"
    " (SELECT id, time, 0 AS flow FROM event WHERE time IS NOT NULL"
    " UNION ALL SELECT id, time, 1 FROM flow WHERE time IS NOT NULL"
    " UNION ALL SELECT id, time, 2 FROM event_again WHERE time IS NOT NULL"
    " UNION ALL SELECT id, time, 3 FROM flow_again WHERE time IS NOT NULL)"
    " AS t ORDER BY t.time, t.id";

static int
put(struct order * o, const struct waiting * w, struct err * e)
{
	struct store_value row[COLUMNS];

	if (!w->is_there)
		return 0;
	row[0] = store_integer(w->place);
	row[1] = store_integer(w->event);
	row[2] = store_integer(w->flow);
	row[3] = store_integer(w->is_tied ? 1 : 0);
	return store_bulk_row(o->out, row, e);
}

static int
take(void * cookie, const struct store_row * got, struct err * e)
{
	struct order * o = cookie;
	struct waiting now = { true, ++o->count, got->values[0].integer,
		got->values[2].integer, got->values[1].integer, false };
	struct waiting * last = &o->last[(now.flow >= AGAIN) ? 1 : 0];

	if (last->is_there && (last->time == now.time)) {
		last->is_tied = true;
		now.is_tied = true;
	}
	if (put(o, last, e) != 0)
		return -1;
	*last = now;
	return 0;
}

static int
fill(struct store * s, struct err * e)
{
	static const char * const columns[COLUMNS] = { "id", "event", "flow",
		"tie" };
	struct order o = { .count = 0 };
	int rc;

	o.out = store_bulk_begin(s, "place", columns, COLUMNS, e);
	if (o.out == NULL)
		return -1;
	rc = store_run(s, ordered, take, &o, e);
	for (int i = 0; (rc == 0) && (i < 2); i++)
		rc = put(&o, &o.last[i], e);
	if (store_bulk_end(o.out, e) != 0)
		rc = -1;
	return rc;
}

int
place_make(struct store * s, struct err * e)
{
	struct buf sql = { 0 };
	int rc = -1;

	if (fill(s, e) != 0)
		return -1;
	if (schema_order_text(&sql, e) == 0)
		rc = store_schema(s, buf_text(&sql), e);
	buf_free(&sql);
	return rc;
}
