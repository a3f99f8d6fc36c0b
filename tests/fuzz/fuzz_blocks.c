/* A list of blocks that was understood is within its limits. */
#include <stdint.h>
#include <stdlib.h>

#include "collect/block_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	struct block_list * list;
	struct err e;

	err_init(&e);
	list = block_answer_parse(bytes, len, &e);
	if ((list == NULL) == (e.kind == ERR_NONE))
		abort();
	if (list == NULL)
		return 0;
	if (list->count > BLOCK_LIST_MAX)
		abort();
	for (size_t i = 0; i < list->count; i++) {
		if ((list->blocks[i].id[0] == '\0') ||
		    (list->blocks[i].size < 0))
			abort();
	}
	block_list_free(list);
	return 0;
}
