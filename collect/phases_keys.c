#include "collect/phases.h"

int
phases_open_keys(struct phases * p, struct err * e)
{
	const struct signing_defaults defaults = { .role = OPTIONS_ROLE,
		.cms_role = OPTIONS_CMS_ROLE };

	p->signing = p->o->signing;
	return signing_load(&p->signing, p->dir, &defaults, e);
}
