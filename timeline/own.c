#include "evidence/request.h"

#include "timeline/own.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char * const columns[] = { "id", "package", "seq", "request_id",
	"client_request_id", "sent_at", "done_at" };

struct own {
	struct store_bulk * bulk;
	int64_t package; /* The number of the present one. */
	int64_t count;
};

/*
 * The loader has left 0 where the credential is the collector's.  First what the
 * service's own id proves, whatever the credential; then what was not answered,
 * give or take five minutes.
 */
static const char marks[] =
    "CREATE INDEX own_request_id ON own_request (request_id);\n"
    "CREATE INDEX own_request_client ON own_request (client_request_id);\n"
    "UPDATE event SET collector_footprint = 1"
    " WHERE source IN ('storage', 'storage-classic', 'la-storage')"
    " AND request_id IN (SELECT o.request_id FROM own_request AS o"
    " WHERE o.request_id IS NOT NULL);\n"
    "UPDATE event SET collector_footprint = 1"
    " WHERE collector_footprint = 0 AND time IS NOT NULL"
    " AND EXISTS (SELECT 1 FROM own_request AS o"
    " WHERE o.request_id IS NULL"
    " AND o.client_request_id = event.client_request_id"
    " AND event.time >= o.sent_at - 3000000000"
    " AND event.time <= o.done_at + 3000000000);\n";

/* One line of requests.jsonl. */
static int
take_line(void * cookie, const uint8_t * line, size_t len, struct err * e)
{
	struct own * o = cookie;
	struct store_value row[COUNT(columns)];
	struct request request;
	int rc;

	if (request_parse(line, len, &request, e) != 0)
		return -1;
	row[0] = store_integer(++o->count);
	row[1] = store_integer(o->package);
	row[2] = store_integer(request.seq);
	row[3] = store_text(request.request_id);
	row[4] = store_text(request.client_request_id);
	row[5] = store_integer(request.sent_at);
	row[6] = store_integer(request.done_at);
	rc = store_bulk_row(o->bulk, row, e);
	request_free(&request);
	return rc;
}

int
own_mark(
    struct store * s, struct feed * const * feeds, size_t count, struct err * e)
{
	struct own o = { NULL, 0, 0 };
	int rc = 0;

	o.bulk = store_bulk_begin(s, "own_request", columns, COUNT(columns), e);
	if (o.bulk == NULL)
		return -1;
	for (size_t i = 0; (rc == 0) && (i < count); i++) {
		o.package = (int64_t)i + 1;
		rc = feed_requests(feeds[i], take_line, &o, e);
		if (rc != 0)
			err_in(e, "%s", feed_head(feeds[i])->package);
	}
	if (store_bulk_end(o.bulk, e) != 0)
		rc = -1;
	return (rc == 0) ? store_run(s, marks, NULL, NULL, e) : -1;
}
