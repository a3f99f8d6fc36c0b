#include "timeline/enrich.h"
#include "timeline/table_export.h"

/*
 * How often and when the dated rows name what a file knows.  A row whose two
 * addresses are one is counted once.
 */
static const char sightings[] =
    "CREATE TEMP TABLE v_sight AS SELECT t.subject AS subject,"
    " SUM(t.events) AS events, MIN(t.first_time) AS first_time,"
    " MAX(t.last_time) AS last_time FROM ("
    "SELECT src_ip AS subject, COUNT(*) AS events, MIN(time) AS first_time,"
    " MAX(time) AS last_time FROM event WHERE time IS NOT NULL"
    " AND src_ip IS NOT NULL GROUP BY src_ip"
    " UNION ALL SELECT dst_ip, COUNT(*), MIN(time), MAX(time) FROM event"
    " WHERE time IS NOT NULL AND dst_ip IS NOT NULL"
    " AND dst_ip <> COALESCE(src_ip, '') GROUP BY dst_ip"
    " UNION ALL SELECT mac, COUNT(*), MIN(time), MAX(time) FROM event"
    " WHERE time IS NOT NULL AND mac IS NOT NULL GROUP BY mac"
    " UNION ALL SELECT target, COUNT(*), MIN(time), MAX(time) FROM event"
    " WHERE time IS NOT NULL AND target IS NOT NULL GROUP BY target"
    " UNION ALL SELECT a.text, f.events, f.first_time, f.last_time FROM"
    " (SELECT src, COUNT(*) AS events, MIN(time) AS first_time,"
    " MAX(time) AS last_time FROM flow WHERE time IS NOT NULL GROUP BY src)"
    " AS f JOIN address AS a ON a.id = f.src"
    " UNION ALL SELECT a.text, f.events, f.first_time, f.last_time FROM"
    " (SELECT dst, COUNT(*) AS events, MIN(time) AS first_time,"
    " MAX(time) AS last_time FROM flow WHERE time IS NOT NULL"
    " AND dst <> src GROUP BY dst) AS f JOIN address AS a ON a.id = f.dst"
    " UNION ALL SELECT h.mac, f.events, f.first_time, f.last_time FROM"
    " (SELECT head, COUNT(*) AS events, MIN(time) AS first_time,"
    " MAX(time) AS last_time FROM flow WHERE time IS NOT NULL GROUP BY head)"
    " AS f JOIN flow_head AS h ON h.id = f.head WHERE h.mac IS NOT NULL"
    " UNION ALL SELECT h.target, f.events, f.first_time, f.last_time FROM"
    " (SELECT head, COUNT(*) AS events, MIN(time) AS first_time,"
    " MAX(time) AS last_time FROM flow WHERE time IS NOT NULL GROUP BY head)"
    " AS f JOIN flow_head AS h ON h.id = f.head WHERE h.target IS NOT NULL"
    ") AS t GROUP BY t.subject;"
    "CREATE TABLE mark_sight AS SELECT m.id AS mark,"
    " COALESCE(s.events, 0) AS events, s.first_time AS first_time,"
    " s.last_time AS last_time FROM mark AS m"
    " LEFT JOIN v_sight AS s ON s.subject = m.subject;"
    "CREATE INDEX mark_sight_mark ON mark_sight (mark);";

int
enrich_export(const struct enrich * en, struct store * s, struct output * o,
    struct err * e)
{
	if (enrich_count(en) == 0)
		return 0;
	if (store_run(s, sightings, NULL, NULL, e) != 0)
		return -1;
	return table_export(s,
	    "enrichment,file_sha256,subject_kind,subject,matched,name,detail,"
	    "rows,first_time,last_time",
	    "(SELECT f.kind AS enrichment, f.sha256 AS file_sha256,"
	    " m.subject_kind AS subject_kind, m.subject AS subject,"
	    " m.matched AS matched, m.name AS name, m.detail AS detail,"
	    " t.events AS rows, t.first_time AS first_time,"
	    " t.last_time AS last_time, m.id AS mark FROM mark AS m"
	    " JOIN enrichment AS f ON f.id = m.enrichment"
	    " JOIN mark_sight AS t ON t.mark = m.id) AS t ORDER BY mark",
	    "enrichment.csv", o, e);
}
