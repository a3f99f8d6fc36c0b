#include <stdio.h>

#include "timeline/report_parts.h"
#include "timeline/traffic.h"

/* A row of any result: texts, numbers, and moments by the column's name. */
static int
put_row(void * cookie, const struct store_row * row, struct err * e)
{
	struct html * h = cookie;

	(void)e;
	html_raw(h, "<tr>");
	for (size_t i = 0; i < row->count; i++) {
		const struct store_value * v = &row->values[i];

		html_raw(h,
		    (v->kind == STORE_TEXT) ? "<td class=\"wrap\">"
					    : "<td class=\"number\">");
		report_fact(h, row->names[i], v);
		html_raw(h, "</td>");
	}
	html_raw(h, "</tr>\n");
	return h->failed ? -1 : 0;
}

static void
begin_table(struct html * h, const char * caption, const char * const * columns)
{
	html_rawf(h, "<table class=\"wide\"><caption>%s</caption><thead><tr>",
	    caption);
	for (; *columns != NULL; columns++)
		html_rawf(h, "<th scope=\"col\">%s</th>", *columns);
	html_raw(h, "</tr></thead><tbody>\n");
}

/* What each rule of the network let through and what it denied. */
static int
put_rules(struct html * h, struct store * s, struct err * e)
{
	static const char * const columns[] = { "Log", "Direction",
		"Rule that decided", "Pairs and ports allowed",
		"Tuples allowed", "Tuples denied", NULL };

	begin_table(h,
	    "Allowed and denied, by the rule that decided, over all points of "
	    "observation; at most 60, those with most tuples first; all are in "
	    "traffic.csv",
	    columns);
	if (store_run(s,
		"SELECT source, direction, rule, SUM(CASE decision WHEN"
		" 'allow' THEN 1 ELSE 0 END) AS pairs, SUM(CASE decision WHEN"
		" 'allow' THEN tuples ELSE 0 END) AS allowed, SUM(CASE"
		" decision WHEN 'deny' THEN tuples ELSE 0 END) AS denied"
		" FROM traffic GROUP BY source, direction, rule"
		" ORDER BY SUM(tuples) DESC, source, direction, rule LIMIT 60",
		put_row, h, e) != 0)
		return -1;
	html_raw(h, "</tbody></table>\n");
	return 0;
}

static int
put_states(struct html * h, struct store * s, struct err * e)
{
	static const char * const columns[] = { "Result", "Rows", "First hour",
		"Last hour", NULL };

	begin_table(h,
	    "Traffic Analytics and flow logs compared, by two addresses, port, "
	    "protocol, direction, decision, network card, and hour",
	    columns);
	if (store_run(s,
		"SELECT state, COUNT(*) AS n, MIN(hour_time) AS first_time,"
		" MAX(hour_time) AS last_time FROM agreement GROUP BY state"
		" ORDER BY state",
		put_row, h, e) != 0)
		return -1;
	html_raw(h, "</tbody></table>\n");
	return 0;
}

/* Those that do not agree, the widest apart first. */
static int
put_differences(struct html * h, struct store * s, struct err * e)
{
	static const char * const columns[] = { "Result", "Hour", "Source",
		"Destination", "Port", "Bytes there: analytics", "flow log",
		"Bytes back: analytics", "flow log", NULL };
	char caption[160];
	int64_t all = 0;

	if (store_run(s,
		"SELECT COUNT(*) FROM agreement WHERE state <> 'agree'",
		store_take_integer, &all, e) != 0)
		return -1;
	(void)snprintf(caption, sizeof(caption),
	    "What does not agree: %lld of %lld, the widest apart first; all "
	    "are in agreement.csv",
	    (long long)((all < TRAFFIC_AGREEMENT_MAX) ? all
						      : TRAFFIC_AGREEMENT_MAX),
	    (long long)all);
	begin_table(h, caption, columns);
	if (store_run(s,
		"SELECT state, hour_time, src_ip, dst_ip,"
		" CASE WHEN dst_port < 0 THEN NULL ELSE dst_port END AS port,"
		" analytics_bytes_sd, flow_bytes_sd, analytics_bytes_ds,"
		" flow_bytes_ds FROM agreement WHERE state <> 'agree'"
		" ORDER BY ABS(COALESCE(analytics_bytes_sd, 0) -"
		" COALESCE(flow_bytes_sd, 0)) + ABS(COALESCE("
		"analytics_bytes_ds, 0) - COALESCE(flow_bytes_ds, 0)) DESC,"
		" hour_time, card, src_ip, dst_ip, dst_port, protocol_number,"
		" direction, decision, state LIMIT 60",
		put_row, h, e) != 0)
		return -1;
	html_raw(h, "</tbody></table>\n");
	return 0;
}

int
report_traffic(struct html * h, struct store * s, struct err * e)
{
	int64_t flows = 0;
	int64_t rows = 0;

	if ((store_run(s, "SELECT COUNT(*) FROM traffic", store_take_integer,
		 &flows, e) != 0) ||
	    (store_run(s,
		 "SELECT COUNT(*) FROM event WHERE source ="
		 " 'traffic-analytics'",
		 store_take_integer, &rows, e) != 0))
		return -1;
	if ((flows == 0) && (rows == 0))
		return 0;
	html_raw(h,
	    "<section id=\"traffic\"><h2>Traffic</h2><p>Added up from flow "
	    "logs, each point of observation apart; talkers, ports, pairs "
	    "inside, and what came in from the internet stand under the rule "
	    "on network traffic, and all of it in traffic.csv. Allowed means "
	    "that a rule let it through, not that anything answered.</p>\n");
	if ((flows > 0) && (put_rules(h, s, e) != 0))
		return -1;
	if ((rows > 0) &&
	    ((put_states(h, s, e) != 0) || (put_differences(h, s, e) != 0)))
		return -1;
	if (rows > 0)
		html_raw(h,
		    "<p>Both sorts are made from the same tuples, so that "
		    "they should agree; a gap in either, an hour that was not "
		    "processed yet, or a network that is logged at another "
		    "point explains most of what does not.</p>\n");
	html_raw(h, "</section>\n");
	return h->failed ? -1 : 0;
}
