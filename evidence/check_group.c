#include <string.h>

#include "evidence/check.h"
#include "evidence/check_group.h"

/*
 * One package of several.  What can be seen of it alone: the seal, bag-info.txt
 * and the gaps agree.  Whether the group is whole shows only when all of it is
 * there; for that the result carries three multisets, as check_listing.c keeps
 * them: what this package answers for, which package it says answers for what,
 * and what the pages list.
 */
const char *
check_own_name(const struct check * c)
{
	return c->has_case ? c->case_file.package : package_read_top(c->r);
}

void
check_group(struct check * c)
{
	const struct seal * s = &c->seal;

	c->result->group_listed = c->in_listing;
	if (!c->result->is_sealed)
		return;
	if (!s->has_group) {
		if (c->has_bag_group)
			check_find(c, CHECK_GROUP, "bag-info.txt",
			    "it names a group, the seal none");
		if (c->gaps[GAP_ELSEWHERE] > 0)
			check_find(c, CHECK_GROUP, "meta/gaps.jsonl",
			    "objects are said to be in other packages, and "
			    "the seal names none");
		return;
	}
	if (c->seen[MEMBER_BAG_INFO] &&
	    (!c->has_bag_group || (strcmp(c->bag_group.id, s->group.id) != 0) ||
		(c->bag_group.number != s->group.number) ||
		(c->bag_group.count != s->group.count)))
		check_find(c, CHECK_GROUP, "bag-info.txt",
		    "its group is not that of the seal");
	check_find(c, CHECK_GROUP_OF, "",
	    "package %lld of %lld of the group %s: %lld objects of the listing "
	    "are in the others, which are judged apart",
	    (long long)s->group.number, (long long)s->group.count, s->group.id,
	    (long long)c->gaps[GAP_ELSEWHERE]);
}
