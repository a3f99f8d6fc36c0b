#include <inttypes.h>
#include <stddef.h>

#include "timeline/tally.h"

static int
take_count(void * cookie, const struct store_row * row, struct err * e)
{
	int64_t * count = cookie;

	(void)e;
	*count = row->values[0].integer;
	return 0;
}

/* Compare one count with what another place has of the same. */
static int
compare(const char * what, int64_t have, int64_t want, struct err * e)
{
	if (have == want)
		return 0;
	err_set(e, ERR_BUG, NULL,
	    "%s: %" PRId64 " were read and %" PRId64 " are there", what, want,
	    have);
	return -1;
}

static int
compare_table(struct store * s, const char * what, const char * sql,
    int64_t want, struct err * e)
{
	int64_t have = -1;

	if (store_run(s, sql, take_count, &have, e) != 0)
		return -1;
	return compare(what, have, want, e);
}

int
tally_check(const struct reader_counts * read,
    const struct load_counts * loaded, struct store * s, struct err * e)
{
	const int64_t bad = read->quarantined + read->tuples_quarantined;

	if ((compare("bytes",
		 read->record_bytes + read->quarantine_bytes +
		     read->filler_bytes,
		 read->bytes, e) != 0) ||
	    (compare("files", loaded->members, read->members, e) != 0) ||
	    (compare("records", loaded->records, read->records, e) != 0) ||
	    (compare("events", loaded->events, read->events, e) != 0) ||
	    (compare("quarantined rows", loaded->quarantined, bad, e) != 0))
		return -1;
	if ((compare_table(s, "records", "SELECT COUNT(*) AS count FROM record",
		 read->records, e) != 0) ||
	    (compare_table(s, "flows", "SELECT COUNT(*) AS count FROM flow",
		 loaded->flows, e) != 0) ||
	    (compare_table(s, "events", "SELECT COUNT(*) AS count FROM event",
		 read->events - loaded->flows, e) != 0))
		return -1;
	return compare_table(s, "quarantined rows",
	    "SELECT COUNT(*) AS count FROM quarantine", bad, e);
}
