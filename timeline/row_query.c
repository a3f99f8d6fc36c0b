#include <inttypes.h>
#include <stdbool.h>

#include "timeline/event.h"
#include "timeline/schema.h"

#include "timeline/row_query.h"

/* The columns before the fields, of a row ${x} of place p. */
static int
add_lead(struct buf * sql, char x, bool is_again, struct err * e)
{
	return buf_addf(sql, e,
	    "SELECT p.id, p.tie, %c.id, %c.number, %c.flags + %u,"
	    " COALESCE(g.rules, 0), k.name, k.seal, k.verdict, k.skew_lo,"
	    " k.skew_hi, m.path, r.first_byte, r.length, r.sha256, %s,"
	    " ms.text, md.text",
	    x, x, x, is_again ? EVENT_FLAG_DUPLICATE : 0u,
	    is_again ? "u.package, u.member, u.first_byte"
		     : "NULL, NULL, NULL");
}

/* The table of a row ${x} of place p, and where it came from. */
static int
add_from(
    struct buf * sql, const char * table, char x, bool is_again, struct err * e)
{
	if (buf_addf(sql, e,
		" FROM place AS p JOIN %s%s AS %c ON %c.id = p.event"
		" JOIN record AS r ON r.id = %c.record"
		" JOIN member AS m ON m.id = r.member"
		" JOIN package AS k ON k.id = m.package",
		table, is_again ? "_again" : "", x, x, x) != 0)
		return -1;
	if (is_again &&
	    (buf_addf(sql, e, " JOIN duplicate AS u ON u.record = %c.record",
		 x) != 0))
		return -1;
	return buf_addf(
	    sql, e, " LEFT JOIN finding_tag AS g ON g.event = %c.id", x);
}

/* Which places: those of a ${kind} (schema.h) that ${q} names. */
static int
add_where(
    struct buf * sql, int kind, const struct row_query * q, struct err * e)
{
	return buf_addf(sql, e,
	    " WHERE p.flow = %d AND p.id BETWEEN %" PRId64 " AND %" PRId64
	    "%s%s",
	    kind, q->first, q->last, (q->where != NULL) ? " AND " : "",
	    (q->where != NULL) ? q->where : "");
}

static int
add_events(
    struct buf * sql, const struct row_query * q, bool is_again, struct err * e)
{
	size_t count;
	const struct event_field * fields = event_fields(&count);

	if ((add_lead(sql, 'e', is_again, e) != 0) ||
	    (buf_add_text(sql, ", mc.text", e) != 0))
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (buf_addf(sql, e, ", e.\"%s\"", fields[i].name) != 0)
			return -1;
	}
	if ((add_from(sql, "event", 'e', is_again, e) != 0) ||
	    (buf_add_text(sql,
		 " LEFT JOIN mark_line AS ms ON ms.subject = e.src_ip"
		 " LEFT JOIN mark_line AS md ON md.subject = e.dst_ip"
		 " LEFT JOIN mark_line AS mc ON mc.subject = e.mac",
		 e) != 0) ||
	    (add_where(sql, is_again ? 2 : 0, q, e) != 0))
		return -1;
	return buf_add_text(sql, ";", e);
}

/* As add_events; of the fields only those that are the flow's own. */
static int
add_flows(
    struct buf * sql, const struct row_query * q, bool is_again, struct err * e)
{
	size_t count;
	const struct event_field * fields = event_fields(&count);

	if ((add_lead(sql, 'f', is_again, e) != 0) ||
	    (buf_add_text(sql, ", f.head", e) != 0))
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (schema_is_flow_column(fields[i].name) &&
		    (schema_add_flow_column(sql, fields[i].name, e) != 0))
			return -1;
	}
	if ((add_from(sql, "flow", 'f', is_again, e) != 0) ||
	    (buf_add_text(sql,
		 " JOIN address AS sa ON sa.id = f.src"
		 " JOIN address AS da ON da.id = f.dst"
		 " LEFT JOIN mark_line AS ms ON ms.subject = sa.text"
		 " LEFT JOIN mark_line AS md ON md.subject = da.text",
		 e) != 0) ||
	    (add_where(sql, is_again ? 3 : 1, q, e) != 0))
		return -1;
	return buf_add_text(sql, ";", e);
}

/* What the flows of the batch share, in order of its number. */
static int
add_heads(struct buf * sql, const struct row_query * q, struct err * e)
{
	size_t count;
	const struct event_field * fields = event_fields(&count);

	if (buf_add_text(sql, "SELECT h.id, mc.text", e) != 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (!schema_is_flow_column(fields[i].name) &&
		    (buf_addf(sql, e, ", h.\"%s\"", fields[i].name) != 0))
			return -1;
	}
	if ((buf_add_text(sql,
		 " FROM flow_head AS h LEFT JOIN mark_line AS mc"
		 " ON mc.subject = h.mac WHERE h.id IN (SELECT f.head"
		 " FROM place AS p JOIN flow AS f ON f.id = p.event",
		 e) != 0) ||
	    (add_where(sql, 1, q, e) != 0) ||
	    (buf_add_text(sql,
		 " UNION SELECT f.head FROM place AS p"
		 " JOIN flow_again AS f ON f.id = p.event",
		 e) != 0) ||
	    (add_where(sql, 3, q, e) != 0))
		return -1;
	return buf_add_text(sql, ") ORDER BY h.id;", e);
}

int
row_query_text(const struct row_query * q, struct buf * sql, struct err * e)
{
	if ((add_heads(sql, q, e) != 0) ||
	    (add_events(sql, q, false, e) != 0) ||
	    (add_flows(sql, q, false, e) != 0) ||
	    (add_events(sql, q, true, e) != 0) ||
	    (add_flows(sql, q, true, e) != 0))
		return -1;
	return 0;
}
