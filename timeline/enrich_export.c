#include <inttypes.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/text.h"
#include "timeline/export.h"

#include "timeline/enrich.h"

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

struct writer {
	struct output_file * out;
	struct buf line;
};

static int
put_moment(struct buf * line, const struct store_value * v, struct err * e)
{
	char text[CLOCK_TEXT_SIZE];

	if (v->kind != STORE_INTEGER)
		return buf_add_text(line, ",", e);
	clock_format(v->integer, text);
	return buf_addf(line, e, ",%s", text);
}

/* kind, digest, subject kind, subject, matched, name, detail, sightings. */
static int
put_line(void * cookie, const struct store_row * got, struct err * e)
{
	struct writer * w = cookie;
	const struct store_value * v = got->values;
	char hex[DIGEST_SHA256_HEX];

	text_hex_encode(v[1].bytes, v[1].len, hex);
	if (buf_addf(&w->line, e, "%s,%s,%s", (const char *)v[0].bytes, hex,
		(const char *)v[2].bytes) != 0)
		return -1;
	for (size_t i = 3; i < 7; i++) {
		if (buf_add_text(&w->line, ",", e) != 0)
			return -1;
		if ((v[i].kind == STORE_TEXT) &&
		    (export_csv_cell(&w->line, v[i].bytes, e) != 0))
			return -1;
	}
	if ((buf_addf(&w->line, e, ",%" PRId64, v[7].integer) != 0) ||
	    (put_moment(&w->line, &v[8], e) != 0) ||
	    (put_moment(&w->line, &v[9], e) != 0) ||
	    (buf_add_text(&w->line, "\n", e) != 0))
		return -1;
	return output_put_buf(w->out, &w->line, e);
}

int
enrich_export(const struct enrich * en, struct store * s, struct output * o,
    struct err * e)
{
	static const char head[] =
	    "enrichment,file_sha256,subject_kind,subject,matched,name,detail,"
	    "rows,first_time,last_time\n";
	struct writer w = { NULL, { 0 } };
	int rc = -1;

	if (enrich_count(en) == 0)
		return 0;
	if (store_run(s, sightings, NULL, NULL, e) != 0)
		return -1;
	w.out = output_open(o, "enrichment.csv", e);
	if (w.out == NULL)
		return -1;
	if (output_put(w.out, head, sizeof(head) - 1, e) != 0)
		goto out;
	rc = store_run(s,
	    "SELECT f.kind AS kind, f.sha256 AS sha256,"
	    " m.subject_kind AS subject_kind, m.subject AS subject,"
	    " m.matched AS matched, m.name AS name, m.detail AS detail,"
	    " t.events AS events, t.first_time AS first_time,"
	    " t.last_time AS last_time FROM mark AS m"
	    " JOIN enrichment AS f ON f.id = m.enrichment"
	    " JOIN mark_sight AS t ON t.mark = m.id ORDER BY m.id",
	    put_line, &w, e);

out:
	if (output_close(w.out, e) != 0)
		rc = -1;
	buf_free(&w.line);
	return rc;
}
