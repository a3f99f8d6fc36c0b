#include "timeline/map.h"

int
map_flows(struct map * m, const struct record_value * holder,
    enum tuple_kind kind, struct err * e)
{
	const struct record_value * list = map_array(holder, "flowTuples");
	const struct record_value * v;
	struct tuple t;
	const char * why;
	int rc;

	if (list == NULL)
		return map_refuse_tuple(m, "a flow without its tuples", e);
	if (map_clean(m, &m->base, e) != 0)
		return -1;
	m->base.group = ++m->groups;
	for (v = record_first(list); v != NULL; v = record_next(v)) {
		struct event ev = m->base;

		why = "not a text";
		if (v->type == RECORD_STRING)
			why = tuple_parse(v->text, v->len, kind, &t, &ev);
		rc = (why == NULL) ? map_emit_flow(m, &ev, e)
				   : map_refuse_tuple(m, why, e);
		if (rc != 0)
			return -1;
	}
	return 0;
}
