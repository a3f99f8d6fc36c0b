#ifndef COLLECT_BLOCK_ANSWER_H
#define COLLECT_BLOCK_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/block_list.h"
#include "evidence/err.h"

/*
 * The answer to Get Block List, of committed blocks:
 *
 *	[BOM] [<?xml ... ?>] <BlockList> [<CommittedBlocks> block* </...>]
 *	    [<UncommittedBlocks> block* </...>] </BlockList>
 *	block = <Block> <Name> base64 </Name> <Size> digits </Size> </Block>
 *
 * An empty list may be written as one tag.  Between tags there may be white
 * space; nothing else is understood, neither attributes nor entities.
 */
#define BLOCK_ANSWER_MAX (INT64_C(1) << 20) /* Bytes of an answer. */

/**
 * block_answer_parse(bytes, len, e):
 * Read the committed blocks out of ${len} ${bytes}.  Return the list with its
 * digest, which block_list_free releases, or NULL with ${e} set (ERR_INPUT: not
 * such an answer; ERR_LIMIT: over BLOCK_LIST_MAX).
 */
struct block_list * block_answer_parse(
    const void * bytes, size_t len, struct err * e);

#endif
