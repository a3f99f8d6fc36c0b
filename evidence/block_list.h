#ifndef EVIDENCE_BLOCK_LIST_H
#define EVIDENCE_BLOCK_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/document.h"
#include "evidence/err.h"
#include "evidence/json.h"

/*
 * The committed blocks of a block blob, in their order, as the service listed
 * them for the very state that was read: member "block_list" of a catalogue
 * line.  A flow log grows by blocks put in front of its last one, so that two
 * of these show how one state became the next.  Where there is none for a
 * reason, the reason stands there.
 */
#define BLOCK_LIST_MAX 4096 /* Blocks; more are the reason "too-large". */

struct block {
	const char * id; /* Base64, as the service has it. */
	int64_t size;
};

struct block_list {
	const char * reason; /* Word of a gap: why there is none; else NULL. */
	int64_t at;          /* When it was asked for. */
	const char * request_id;           /* The service's; NULL for unsaid. */
	uint8_t sha256[DIGEST_SHA256_LEN]; /* Of the answer as it came. */
	struct block * blocks;
	size_t count;
	char * ids; /* Owned with the blocks; NULL in a parsed document's. */
};

/**
 * block_list_put(j, list):
 * Put ${list} as the member "block_list"; nothing if it is NULL.
 */
void block_list_put(struct json_out * j, const struct block_list * list);

/**
 * block_list_get(doc, object, size, e):
 * Check the member "block_list" of ${object} in ${doc} against the ${size} of
 * the blob, which its blocks must add up to.  Return what block_list_free
 * releases, borrowing from ${doc}; NULL with ${e} untouched if there is none;
 * or NULL with ${e} set.
 */
struct block_list * block_list_get(struct document * doc,
    const struct json * object, int64_t size, struct err * e);

/**
 * block_list_common(a, b):
 * Return how many blocks at the front are the same, id and size, in ${a} and
 * ${b}.
 */
size_t block_list_common(
    const struct block_list * a, const struct block_list * b);

/**
 * block_list_free(list):
 * Release ${list}; NULL is fine.
 */
void block_list_free(struct block_list * list);

#endif
