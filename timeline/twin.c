#include "timeline/twin.h"

/*
 * Only digests that stand in two files are numbered within each: where nothing
 * overlaps this is one pass over the digests.
 */
static const char find[] =
    "CREATE TEMP TABLE v_shared AS SELECT sha256 AS sha256 FROM record"
    " GROUP BY sha256 HAVING MIN(member) <> MAX(member);"
    "CREATE TEMP TABLE v_twin AS SELECT t.record AS record,"
    " t.first_record AS first_record FROM (SELECT n.id AS record,"
    " MIN(n.id) OVER (PARTITION BY n.sha256, n.nth) AS first_record"
    " FROM (SELECT r.id AS id, r.sha256 AS sha256, ROW_NUMBER() OVER"
    " (PARTITION BY r.member, r.sha256 ORDER BY r.id) AS nth"
    " FROM record AS r JOIN v_shared AS s ON s.sha256 = r.sha256) AS n) AS t"
    " WHERE t.record <> t.first_record;"
    "CREATE TABLE duplicate (record BIGINT PRIMARY KEY,"
    " first_record BIGINT NOT NULL, package TEXT NOT NULL,"
    " member TEXT NOT NULL, first_byte BIGINT NOT NULL);"
    "INSERT INTO duplicate (record, first_record, package, member, first_byte)"
    " SELECT t.record, t.first_record, k.name, m.path, r.first_byte"
    " FROM v_twin AS t JOIN record AS r ON r.id = t.first_record"
    " JOIN member AS m ON m.id = r.member"
    " JOIN package AS k ON k.id = m.package ORDER BY t.record;";

static const char move[] =
    "CREATE TABLE event_again AS SELECT e.* FROM event AS e"
    " JOIN duplicate AS d ON d.record = e.record ORDER BY e.id;"
    "CREATE TABLE flow_again AS SELECT f.* FROM flow AS f"
    " JOIN duplicate AS d ON d.record = f.record ORDER BY f.id;"
    "CREATE INDEX event_again_id ON event_again (id);"
    "CREATE INDEX flow_again_id ON flow_again (id);"
    "DELETE FROM event WHERE record IN (SELECT record FROM duplicate);"
    "DELETE FROM flow WHERE record IN (SELECT record FROM duplicate);";

int
twin_mark(struct store * s, int64_t * count, struct err * e)
{
	*count = 0;
	if ((store_schema(s, find, e) != 0) || (store_schema(s, move, e) != 0))
		return -1;
	return store_run(s, "SELECT COUNT(*) AS count FROM duplicate",
	    store_take_integer, count, e);
}
