#include "timeline/fold.h"
#include "timeline/when.h"

#include "timeline/map.h"

/*
 * {"time", "systemId", "macAddress", "category", "resourceId",
 *  "operationName", "properties": {"Version": 1 or 2, "flows": [
 *	{"rule", "flows": [ {"mac", "flowTuples": [tuple, ...]}, ...]}, ...]}}
 */

/* One rule and the cards under it; its list may be empty. */
static int
map_rule(struct map * m, const struct record_value * rule, struct err * e)
{
	const struct record_value * cards = map_array(rule, "flows");
	const struct record_value * v;
	const char * own = m->base.mac;
	const char * mac;

	if (cards == NULL)
		return map_refuse_tuple(m, "a rule without its flows", e);
	m->base.rule = record_text(rule, "rule");
	for (v = record_first(cards); v != NULL; v = record_next(v)) {
		mac = record_text(v, "mac");
		m->base.mac = (mac != NULL) ? mac : own;
		if (map_flows(m, v, TUPLE_NSG, e) != 0)
			return -1;
	}
	m->base.mac = own;
	return 0;
}

static int
set_base(struct map * m, const struct record_value * properties, struct err * e)
{
	struct event * ev = &m->base;
	struct when w;

	ev->action = EVENT_ACTION_FLOW;
	ev->category = record_text(m->root, "category");
	ev->operation = record_text(m->root, "operationName");
	ev->version = record_text(properties, "Version");
	ev->mac = record_text(m->root, "macAddress");
	if (when_parse(record_text(m->root, "time"), &w) == 0)
		ev->logged_at = w.at;
	if (map_set_resource(m, ev, record_text(m->root, "resourceId"), e) != 0)
		return -1;
	ev->acl = ev->resource_id;
	return 0;
}

enum map_result
map_nsg(struct map * m, struct err * e)
{
	const struct record_value * properties;
	const struct record_value * rules;
	const struct record_value * v;
	const char * version;

	properties = record_get(m->root, "properties");
	rules = map_array(properties, "flows");
	version = record_text(properties, "Version");
	if (rules == NULL)
		return map_refuse(
		    m, EVENT_REASON_SHAPE, "a flow record without its flows");
	/* Tuples have no names: of another version nothing can be said. */
	if ((version != NULL) && !fold_is(version, "1") &&
	    !fold_is(version, "2"))
		return map_refuse(m, EVENT_REASON_SHAPE,
		    "a flow record of a version that is not known");
	if ((map_begin(m, EVENT_SOURCE_NSG_FLOW, e) != 0) ||
	    (set_base(m, properties, e) != 0))
		return MAP_FAILED;
	for (v = record_first(rules); v != NULL; v = record_next(v)) {
		if (map_rule(m, v, e) != 0)
			return MAP_FAILED;
	}
	return MAP_DONE;
}
