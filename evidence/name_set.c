#include <stdlib.h>
#include <string.h>

#include "evidence/digest.h"
#include "evidence/name_set.h"

int
name_set_add(struct name_set * set, const char * name, struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];

	if (set->n == set->room) {
		size_t room = (set->room == 0) ? 1024 : set->room * 2;
		void * keys = realloc(set->keys, room * NAME_SET_KEY);

		if (keys == NULL) {
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			return -1;
		}
		set->keys = keys;
		set->room = room;
	}
	digest_sha256(name, strlen(name), sha256);
	memcpy(set->keys[set->n++], sha256, NAME_SET_KEY);
	set->is_sorted = false;
	return 0;
}

static int
compare(const void * a, const void * b)
{
	return memcmp(a, b, NAME_SET_KEY);
}

bool
name_set_has(struct name_set * set, const char * name)
{
	uint8_t sha256[DIGEST_SHA256_LEN];

	if (set->n == 0)
		return false;
	if (!set->is_sorted)
		qsort(set->keys, set->n, NAME_SET_KEY, compare);
	set->is_sorted = true;
	digest_sha256(name, strlen(name), sha256);
	return bsearch(sha256, set->keys, set->n, NAME_SET_KEY, compare) !=
	    NULL;
}

void
name_set_free(struct name_set * set)
{
	free(set->keys);
	memset(set, 0, sizeof(*set));
}
