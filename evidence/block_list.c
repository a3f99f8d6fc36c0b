#include <stdlib.h>
#include <string.h>

#include "evidence/block_list.h"
#include "evidence/gap.h"

#define MEMBER "block_list"
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct document_member members[] = {
	{ "reason", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "at", DOCUMENT_TIME, DOCUMENT_REQUIRED },
	{ "request_id", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "sha256", DOCUMENT_SHA256, DOCUMENT_NULLABLE },
	{ "blocks", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
};

static const struct document_member block_members[] = {
	{ "id", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "size", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
};

void
block_list_put(struct json_out * j, const struct block_list * list)
{
	if (list == NULL)
		return;
	json_open_object(j, MEMBER);
	document_put_nullable(j, "reason", list->reason);
	json_put_time(j, "at", list->at);
	document_put_nullable(j, "request_id", list->request_id);
	if (list->reason == NULL)
		json_put_hex(j, "sha256", list->sha256, DIGEST_SHA256_LEN);
	else
		json_put_null(j, "sha256");
	json_open_array(j, "blocks");
	for (size_t i = 0; i < list->count; i++) {
		json_open_object(j, NULL);
		document_put_nullable(j, "id", list->blocks[i].id);
		json_put_integer(j, "size", list->blocks[i].size);
		json_close_object(j);
	}
	json_close_array(j);
	json_close_object(j);
}

/* The blocks, whose sizes must add up to ${size}. */
static int
get_blocks(struct document * doc, const struct json * array, int64_t size,
    struct block_list * list, struct err * e)
{
	const struct json * one = json_first(array);
	int64_t sum = 0;

	for (; one != NULL; one = json_next(one)) {
		struct block * b = &list->blocks[list->count];

		if (document_check(doc, one, MEMBER ".blocks", block_members,
			COUNT(block_members), e) != 0)
			return -1;
		b->id = document_text(one, "id");
		b->size = document_integer(one, "size", 0);
		if ((b->id[0] == '\0') || (b->size > size - sum)) {
			err_set(e, ERR_INPUT, NULL,
			    "block %zu of its list has no id, or does not fit",
			    list->count + 1);
			return -1;
		}
		sum += b->size;
		list->count++;
	}
	if ((list->reason == NULL) && (sum != size)) {
		err_set(e, ERR_INPUT, NULL,
		    "its blocks have %lld bytes together, not %lld",
		    (long long)sum, (long long)size);
		return -1;
	}
	return 0;
}

static int
get_reason(const struct json * object, struct block_list * list, struct err * e)
{
	bool has_digest =
	    document_digest(object, "sha256", list->sha256, DIGEST_SHA256_LEN);
	size_t n = document_count(json_get(object, "blocks"));
	enum gap_reason reason;

	list->reason = document_text(object, "reason");
	if ((list->reason != NULL) &&
	    (gap_reason_parse(list->reason, &reason) != 0)) {
		err_set(e, ERR_INPUT, NULL,
		    "an unknown reason for no list of blocks");
		return -1;
	}
	if (((list->reason == NULL) != has_digest) ||
	    ((list->reason != NULL) && (n > 0))) {
		err_set(e, ERR_INPUT, NULL,
		    "a list of blocks, or a reason for none: not both");
		return -1;
	}
	if (n > BLOCK_LIST_MAX) {
		err_set(
		    e, ERR_LIMIT, NULL, "more than %d blocks", BLOCK_LIST_MAX);
		return -1;
	}
	return 0;
}

struct block_list *
block_list_get(struct document * doc, const struct json * object, int64_t size,
    struct err * e)
{
	const struct json * one = json_get(object, MEMBER);
	const struct json * array;
	struct block_list * list;

	if (json_is_null(one) || (one == NULL))
		return NULL;
	if (document_check(doc, one, MEMBER, members, COUNT(members), e) != 0)
		return NULL;
	array = json_get(one, "blocks");
	list = calloc(1, sizeof(*list));
	if (list != NULL)
		list->blocks =
		    calloc(document_count(array) + 1, sizeof(*list->blocks));
	if ((list == NULL) || (list->blocks == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		free(list);
		return NULL;
	}
	list->at = document_time(one, "at");
	list->request_id = document_text(one, "request_id");
	if ((get_reason(one, list, e) != 0) ||
	    (get_blocks(doc, array, size, list, e) != 0)) {
		block_list_free(list);
		return NULL;
	}
	return list;
}

size_t
block_list_common(const struct block_list * a, const struct block_list * b)
{
	size_t n = 0;

	while ((n < a->count) && (n < b->count) &&
	    (a->blocks[n].size == b->blocks[n].size) &&
	    (strcmp(a->blocks[n].id, b->blocks[n].id) == 0))
		n++;
	return n;
}

void
block_list_free(struct block_list * list)
{
	if (list == NULL)
		return;
	free(list->blocks);
	free(list->ids);
	free(list);
}
