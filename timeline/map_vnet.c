#include "timeline/fold.h"
#include "timeline/when.h"

#include "timeline/map.h"

/*
 * {"time", "flowLogVersion": 4, "flowLogGUID", "macAddress", "category",
 *  "flowLogResourceID", "targetResourceID", "operationName",
 *  "flowRecords": {"flows": [ {"aclID", "flowGroups": [
 *	{"rule", "flowTuples": [tuple, ...]}, ...]}, ...]}}
 *
 * The members stand at the top: there is no properties and no resourceId.
 */

/* One access control list; the same one may come again in a record. */
static int
map_list(struct map * m, const struct record_value * flow, struct err * e)
{
	const struct record_value * groups = map_array(flow, "flowGroups");
	const struct record_value * v;

	if (groups == NULL)
		return map_refuse_tuple(m, "a list without its groups", e);
	m->base.acl = record_text(flow, "aclID");
	for (v = record_first(groups); v != NULL; v = record_next(v)) {
		m->base.rule = record_text(v, "rule");
		if (map_flows(m, v, TUPLE_VNET, e) != 0)
			return -1;
	}
	return 0;
}

static int
set_base(struct map * m, struct err * e)
{
	struct event * ev = &m->base;
	struct when w;

	ev->action = EVENT_ACTION_FLOW;
	ev->category = record_text(m->root, "category");
	ev->operation = record_text(m->root, "operationName");
	ev->version = record_text(m->root, "flowLogVersion");
	ev->mac = record_text(m->root, "macAddress");
	ev->target = record_text(m->root, "targetResourceID");
	if (when_parse(record_text(m->root, "time"), &w) == 0)
		ev->logged_at = w.at;
	return map_set_resource(
	    m, ev, record_text(m->root, "flowLogResourceID"), e);
}

enum map_result
map_vnet(struct map * m, struct err * e)
{
	const struct record_value * records;
	const struct record_value * flows;
	const struct record_value * v;
	const char * version;

	records = record_get(m->root, "flowRecords");
	flows = map_array(records, "flows");
	version = record_text(m->root, "flowLogVersion");
	if (flows == NULL)
		return map_refuse(
		    m, EVENT_REASON_SHAPE, "a flow record without its flows");
	/* Tuples have no names: of another version nothing can be said. */
	if ((version != NULL) && !fold_is(version, "4"))
		return map_refuse(m, EVENT_REASON_SHAPE,
		    "a flow record of a version that is not known");
	if ((map_begin(m, EVENT_SOURCE_VNET_FLOW, e) != 0) ||
	    (set_base(m, e) != 0))
		return MAP_FAILED;
	if ((version == NULL) &&
	    (map_note(m, &m->base, EVENT_FLAG_VERSION, e,
		 "no flowLogVersion, read as 4") != 0))
		return MAP_FAILED;
	for (v = record_first(flows); v != NULL; v = record_next(v)) {
		if (map_list(m, v, e) != 0)
			return MAP_FAILED;
	}
	return MAP_DONE;
}
