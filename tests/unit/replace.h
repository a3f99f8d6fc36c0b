#ifndef TESTS_REPLACE_H
#define TESTS_REPLACE_H

#include <string.h>

#include "evidence/buf.h"
#include "tests/unit/unit.h"

/* Change the first ${from} in the text of ${b} into ${to}. */
static inline void
replace(struct buf * b, const char * from, const char * to)
{
	struct buf out = { 0 };
	const char * at = strstr(buf_text(b), from);
	struct err e;

	err_init(&e);
	EXPECT(at != NULL);
	if (at == NULL)
		return;
	(void)buf_add(&out, b->bytes, (size_t)(at - buf_text(b)), &e);
	(void)buf_add_text(&out, to, &e);
	(void)buf_add_text(&out, at + strlen(from), &e);
	buf_free(b);
	*b = out;
}

#endif
