#include "timeline/table_export.h"

#include "timeline/traffic.h"

/* An hour in ticks, as the statements below write it. */
#define HOUR "36000000000"

static const char make_traffic[] =
    "CREATE TEMP TABLE v_traffic AS SELECT head AS head, src AS src,"
    " dst AS dst, COALESCE(dst_port, -1) AS port,"
    " COALESCE(protocol_number, -1) AS protocol_number,"
    " COALESCE(direction, 0) AS direction,"
    " COALESCE(decision, 0) AS decision, COUNT(*) AS tuples,"
    " SUM(packets_sd) AS packets_sd, SUM(packets_ds) AS packets_ds,"
    " SUM(bytes_sd) AS bytes_sd, SUM(bytes_ds) AS bytes_ds,"
    " SUM(CASE WHEN bytes_sd IS NULL THEN 1 ELSE 0 END) AS uncounted,"
    " MIN(time) AS first_time, MAX(time) AS last_time FROM flow"
    " GROUP BY head, src, dst, COALESCE(dst_port, -1),"
    " COALESCE(protocol_number, -1), COALESCE(direction, 0),"
    " COALESCE(decision, 0);"
    "CREATE TABLE traffic AS SELECT h.source AS source,"
    " COALESCE(h.target, h.resource_id, '') AS point,"
    " COALESCE(h.mac, '') AS card, s.text AS src_ip, s.scope AS src_scope,"
    " d.text AS dst_ip, d.scope AS dst_scope, v.port AS dst_port,"
    " v.protocol_number AS protocol_number, CASE v.direction WHEN 1"
    " THEN 'in' WHEN 2 THEN 'out' ELSE '' END AS direction,"
    " CASE v.decision WHEN 1 THEN 'allow' WHEN 2 THEN 'deny' ELSE '' END"
    " AS decision, COALESCE(h.acl, '') AS acl, COALESCE(h.rule, '') AS rule,"
    " v.tuples AS tuples, v.packets_sd AS packets_sd,"
    " v.packets_ds AS packets_ds, v.bytes_sd AS bytes_sd,"
    " v.bytes_ds AS bytes_ds, v.uncounted AS uncounted,"
    " v.first_time AS first_time, v.last_time AS last_time"
    " FROM v_traffic AS v JOIN flow_head AS h ON h.id = v.head"
    " JOIN address AS s ON s.id = v.src JOIN address AS d ON d.id = v.dst;";

/* The far end of a flow is its destination where it went out, else its source. */
static const char make_views[] =
    "CREATE VIEW traffic_talkers AS SELECT t.source AS source,"
    " t.point AS point, t.card AS card, t.far AS far_address,"
    " t.far_scope AS far_scope, SUM(t.tuples) AS tuples,"
    " SUM(t.bytes_out) AS bytes_out, SUM(t.bytes_in) AS bytes_in,"
    " CASE WHEN SUM(t.bytes_out) > SUM(t.bytes_in) THEN 'sent more'"
    " WHEN SUM(t.bytes_out) < SUM(t.bytes_in) THEN 'received more'"
    " ELSE 'even' END AS asymmetry, MIN(t.first_time) AS first_time,"
    " MAX(t.last_time) AS last_time FROM (SELECT source, point, card,"
    " CASE direction WHEN 'out' THEN dst_ip ELSE src_ip END AS far,"
    " CASE direction WHEN 'out' THEN dst_scope ELSE src_scope END"
    " AS far_scope, tuples, CASE direction WHEN 'out'"
    " THEN COALESCE(bytes_sd, 0) ELSE COALESCE(bytes_ds, 0) END AS bytes_out,"
    " CASE direction WHEN 'out' THEN COALESCE(bytes_ds, 0)"
    " ELSE COALESCE(bytes_sd, 0) END AS bytes_in, first_time, last_time"
    " FROM traffic) AS t GROUP BY t.source, t.point, t.card, t.far,"
    " t.far_scope;"
    "CREATE VIEW traffic_ports AS SELECT source AS source, point AS point,"
    " dst_port AS dst_port, protocol_number AS protocol_number,"
    " direction AS direction, SUM(CASE decision WHEN 'allow' THEN tuples"
    " ELSE 0 END) AS tuples_allowed, SUM(CASE decision WHEN 'deny'"
    " THEN tuples ELSE 0 END) AS tuples_denied FROM traffic"
    " GROUP BY source, point, dst_port, protocol_number, direction;"
    "CREATE VIEW traffic_internal AS SELECT source AS source, point AS point,"
    " src_ip AS src_ip, dst_ip AS dst_ip, MIN(first_time) AS first_time,"
    " MAX(last_time) AS last_time, SUM(tuples) AS tuples,"
    " SUM(bytes_sd) AS bytes_sd, SUM(bytes_ds) AS bytes_ds FROM traffic"
    " WHERE src_scope = 1 AND dst_scope = 1"
    " GROUP BY source, point, src_ip, dst_ip;"
    "CREATE VIEW traffic_exposure AS SELECT source AS source, point AS point,"
    " dst_ip AS dst_ip, dst_port AS dst_port, protocol_number"
    " AS protocol_number, acl AS acl, rule AS rule,"
    " COUNT(DISTINCT src_ip) AS far_addresses, SUM(tuples) AS tuples,"
    " SUM(bytes_sd) AS bytes_sd, SUM(bytes_ds) AS bytes_ds,"
    " MIN(first_time) AS first_time, MAX(last_time) AS last_time"
    " FROM traffic WHERE direction = 'in' AND decision = 'allow'"
    " AND src_scope = 0 GROUP BY source, point, dst_ip, dst_port,"
    " protocol_number, acl, rule;";

#define KEY                                                            \
	"card, src_ip, dst_ip, dst_port, protocol_number, direction, " \
	"decision, hour"
#define SUMS                                                         \
	" COUNT(*) AS n, SUM(packets_sd) AS packets_sd,"             \
	" SUM(packets_ds) AS packets_ds, SUM(bytes_sd) AS bytes_sd," \
	" SUM(bytes_ds) AS bytes_ds"

/* Of several points the one that saw most. */
#define MOST(from, to)                                             \
	"CREATE TEMP TABLE " to " AS SELECT t.* FROM (SELECT v.*," \
	" ROW_NUMBER() OVER (PARTITION BY " KEY " ORDER BY"        \
	" COALESCE(v.bytes_sd, 0) + COALESCE(v.bytes_ds, 0) DESC," \
	" v.n DESC, v.point) AS place FROM " from " AS v) AS t"    \
	" WHERE t.place = 1;"                                      \
	"CREATE INDEX " to "_key ON " to " (hour, src_ip, dst_ip);"

static const char make_sides[] =
    "CREATE TEMP TABLE v_ta AS SELECT " KEY ", point AS point," SUMS
    " FROM (SELECT COALESCE(mac, '') AS card, src_ip AS src_ip,"
    " dst_ip AS dst_ip, COALESCE(dst_port, -1) AS dst_port,"
    " COALESCE(protocol_number, -1) AS protocol_number,"
    " COALESCE(direction, '') AS direction,"
    " COALESCE(decision, '') AS decision, time - time % " HOUR " AS hour,"
    " COALESCE(target, acl, resource_id, '') AS point, packets_sd,"
    " packets_ds, bytes_sd, bytes_ds FROM event"
    " WHERE source = 'traffic-analytics' AND time IS NOT NULL"
    " AND src_ip IS NOT NULL AND dst_ip IS NOT NULL) AS e"
    " GROUP BY " KEY ", point;" MOST("v_ta", "v_analytics")
    /* A row without a card is compared with every card's. */
    "CREATE TEMP TABLE v_where AS SELECT DISTINCT card AS card, hour AS hour"
    " FROM v_analytics;"
    "CREATE TEMP TABLE v_fl AS SELECT " KEY ", point AS point," SUMS
    " FROM (SELECT w.card AS card, s.text AS src_ip, d.text AS dst_ip,"
    " COALESCE(f.dst_port, -1) AS dst_port,"
    " COALESCE(f.protocol_number, -1) AS protocol_number,"
    " CASE f.direction WHEN 1 THEN 'in' WHEN 2 THEN 'out' ELSE '' END"
    " AS direction, CASE f.decision WHEN 1 THEN 'allow' WHEN 2 THEN 'deny'"
    " ELSE '' END AS decision, w.hour AS hour,"
    " h.source || ' ' || COALESCE(h.mac, '') || ' ' ||"
    " COALESCE(h.target, h.resource_id, '') AS point,"
    " f.packets_sd AS packets_sd, f.packets_ds AS packets_ds,"
    " f.bytes_sd AS bytes_sd, f.bytes_ds AS bytes_ds"
    " FROM flow AS f JOIN flow_head AS h ON h.id = f.head"
    " JOIN v_where AS w ON w.hour = f.time - f.time % " HOUR
    " JOIN address AS s ON s.id = f.src JOIN address AS d ON d.id = f.dst"
    " WHERE f.time IS NOT NULL"
    " AND (w.card = COALESCE(h.mac, '') OR w.card = '')) AS e"
    " GROUP BY " KEY ", point;" MOST("v_fl",
	"v_flows") "CREATE TEMP TABLE v_logged AS SELECT DISTINCT card AS card,"
		   " hour AS hour FROM v_flows;";

#define SAME                                                            \
	" f.hour = t.hour AND f.src_ip = t.src_ip AND f.dst_ip ="       \
	" t.dst_ip AND f.card = t.card AND f.dst_port = t.dst_port AND" \
	" f.protocol_number = t.protocol_number AND f.direction ="      \
	" t.direction AND f.decision = t.decision"
#define EQUAL(name) "COALESCE(t." name ", 0) = COALESCE(f." name ", 0)"

static const char make_agreement[] =
    "CREATE TABLE agreement AS SELECT t.card AS card, t.src_ip AS src_ip,"
    " t.dst_ip AS dst_ip, t.dst_port AS dst_port,"
    " t.protocol_number AS protocol_number, t.direction AS direction,"
    " t.decision AS decision, t.hour AS hour_time,"
    " CASE WHEN l.hour IS NULL THEN 'no flow log'"
    " WHEN f.hour IS NULL THEN 'only in traffic analytics'"
    " WHEN " EQUAL("bytes_sd") " AND " EQUAL(
	"bytes_ds") " THEN 'agree'"
		    " ELSE 'differ' END AS state, t.n AS analytics_rows,"
		    " t.bytes_sd AS analytics_bytes_sd, t.bytes_ds AS analytics_bytes_ds,"
		    " f.n AS flow_tuples, f.bytes_sd AS flow_bytes_sd,"
		    " f.bytes_ds AS flow_bytes_ds, CASE WHEN f.hour IS NULL THEN NULL"
		    " ELSE COALESCE(t.bytes_sd, 0) - COALESCE(f.bytes_sd, 0) END"
		    " AS difference_sd, CASE WHEN f.hour IS NULL THEN NULL"
		    " ELSE COALESCE(t.bytes_ds, 0) - COALESCE(f.bytes_ds, 0) END"
		    " AS difference_ds FROM v_analytics AS t"
		    " LEFT JOIN v_flows AS f ON" SAME
		    " LEFT JOIN v_logged AS l ON l.card = t.card AND l.hour = t.hour"
		    " UNION ALL SELECT f.card, f.src_ip, f.dst_ip, f.dst_port,"
		    " f.protocol_number, f.direction, f.decision, f.hour,"
		    " 'only in flow log', NULL, NULL, NULL, f.n, f.bytes_sd, f.bytes_ds,"
		    " NULL, NULL FROM v_flows AS f LEFT JOIN v_analytics AS t ON" SAME
		    " WHERE t.hour IS NULL;";

/* Put into ${count} how many rows of Traffic Analytics there are. */
static int
count_analytics(struct store * s, int64_t * count, struct err * e)
{
	*count = 0;
	return store_run(s,
	    "SELECT COUNT(*) AS count FROM event"
	    " WHERE source = 'traffic-analytics'",
	    store_take_integer, count, e);
}

int
traffic_make(struct store * s, struct err * e)
{
	int64_t count;

	if ((store_run(s, make_traffic, NULL, NULL, e) != 0) ||
	    (store_run(s, make_views, NULL, NULL, e) != 0) ||
	    (count_analytics(s, &count, e) != 0))
		return -1;
	if (count == 0)
		return 0;
	if (store_run(s, make_sides, NULL, NULL, e) != 0)
		return -1;
	return store_run(s, make_agreement, NULL, NULL, e);
}

int
traffic_export(struct store * s, struct output * o, struct err * e)
{
	int64_t count;

	if (table_export(s,
		"source,point,card,src_ip,dst_ip,dst_port,protocol_number,"
		"direction,decision,acl,rule,tuples,packets_sd,packets_ds,"
		"bytes_sd,bytes_ds,uncounted,first_time,last_time",
		"traffic ORDER BY source, point,"
		" card, src_ip, dst_ip, dst_port, protocol_number, direction,"
		" decision, acl, rule, first_time, last_time, tuples",
		"traffic.csv", o, e) != 0)
		return -1;
	if (count_analytics(s, &count, e) != 0)
		return -1;
	if (count == 0)
		return 0;
	return table_export(s,
	    "state,hour_time,card,src_ip,dst_ip,dst_port,protocol_number,"
	    "direction,decision,analytics_rows,analytics_bytes_sd,"
	    "analytics_bytes_ds,flow_tuples,flow_bytes_sd,flow_bytes_ds,"
	    "difference_sd,difference_ds",
	    "agreement ORDER BY hour_time, card, src_ip, dst_ip, dst_port,"
	    " protocol_number, direction, decision, state",
	    "agreement.csv", o, e);
}
