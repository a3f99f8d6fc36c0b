#include <stdlib.h>
#include <string.h>

#include "timeline/arena.h"

#define BLOCK_SIZE ((size_t)64 << 10)

struct arena_block {
	struct arena_block * before;
	size_t size;
	char bytes[];
};

char *
arena_get(struct arena * a, size_t len, struct err * e)
{
	struct arena_block * block;
	size_t size = (len > BLOCK_SIZE) ? len : BLOCK_SIZE;

	if ((a->block == NULL) || (a->block->size - a->used < len)) {
		block = malloc(sizeof(*block) + size);
		if (block == NULL) {
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			return NULL;
		}
		block->before = a->block;
		block->size = size;
		a->block = block;
		a->used = 0;
	}
	a->used += len;
	return a->block->bytes + a->used - len;
}

const char *
arena_copy(struct arena * a, const char * text, size_t len, struct err * e)
{
	char * copy = arena_get(a, len + 1, e);

	if (copy == NULL)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

void
arena_clear(struct arena * a)
{
	struct arena_block * before;

	while ((a->block != NULL) &&
	    ((a->block->before != NULL) || (a->block->size > BLOCK_SIZE))) {
		before = a->block->before;
		free(a->block);
		a->block = before;
	}
	a->used = 0;
}

void
arena_free(struct arena * a)
{
	struct arena_block * before;

	while (a->block != NULL) {
		before = a->block->before;
		free(a->block);
		a->block = before;
	}
	a->used = 0;
}
