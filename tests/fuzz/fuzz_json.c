/* What json_check lets through, cJSON reads, and no text is cut short. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/json.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

/* Visit all values; return how many there are. */
static size_t
visit(const struct json * value)
{
	size_t n = 1;

	for (const struct json * v = json_first(value); v != NULL;
	     v = json_next(v))
		n += visit(v);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	struct err e;
	struct json * root;

	err_init(&e);
	if (json_check(bytes, len, &e) != 0) {
		if (e.kind == ERR_NONE)
			abort();
		return 0;
	}
	root = json_parse(bytes, len, &e);
	if ((root == NULL) || (visit(root) == 0))
		abort();
	json_free(root);
	return 0;
}
