#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/text.h"

#include "collect/block_answer.h"

#define BOM "\xef\xbb\xbf"

/* What is left of the answer; it ends with a NUL. */
struct cursor {
	char * at;
};

static void
skip_blanks(struct cursor * c)
{
	c->at += strspn(c->at, " \t\r\n");
}

/* Whether ${tag} comes next; then pass it. */
static bool
pass(struct cursor * c, const char * tag)
{
	skip_blanks(c);
	if (!text_has_prefix(c->at, tag))
		return false;
	c->at += strlen(tag);
	return true;
}

/* The text up to ${end}, of ${allowed} only, NUL put behind it; or NULL. */
static char *
take_text(struct cursor * c, const char * allowed, const char * end)
{
	char * text = c->at;
	size_t len = strspn(text, allowed);

	c->at += len;
	if ((len == 0) || !text_has_prefix(c->at, end))
		return NULL;
	c->at += strlen(end);
	text[len] = '\0';
	return text;
}

/* One block, behind its first tag. */
static int
take_block(struct cursor * c, struct block * b)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz"
				     "0123456789+/=-_";
	const char * size;

	if (!pass(c, "<Name>"))
		return -1;
	b->id = take_text(c, base64, "</Name>");
	if ((b->id == NULL) || !pass(c, "<Size>"))
		return -1;
	size = take_text(c, "0123456789", "</Size>");
	if ((size == NULL) ||
	    (text_parse_integer(size, strlen(size), &b->size) != 0))
		return -1;
	return pass(c, "</Block>") ? 0 : -1;
}

/* The blocks up to ${end}; those of ${list} NULL are passed over. */
static int
take_blocks(struct cursor * c, const char * end, struct block_list * list,
    struct err * e)
{
	struct block b;

	while (pass(c, "<Block>")) {
		if (take_block(c, &b) != 0)
			return -1;
		if (list == NULL)
			continue;
		if (list->count == BLOCK_LIST_MAX) {
			err_set(e, ERR_LIMIT, NULL, "more than %d blocks",
			    BLOCK_LIST_MAX);
			return -1;
		}
		list->blocks[list->count++] = b;
	}
	return pass(c, end) ? 0 : -1;
}

static int
parse(struct cursor * c, struct block_list * list, struct err * e)
{
	char * end;

	if (text_has_prefix(c->at, BOM))
		c->at += strlen(BOM);
	if (pass(c, "<?xml")) {
		end = strstr(c->at, "?>");
		if (end == NULL)
			return -1;
		c->at = end + strlen("?>");
	}
	if (!pass(c, "<BlockList>"))
		return -1;
	if (!pass(c, "<CommittedBlocks/>") && !pass(c, "<CommittedBlocks />") &&
	    pass(c, "<CommittedBlocks>") &&
	    (take_blocks(c, "</CommittedBlocks>", list, e) != 0))
		return -1;
	if (!pass(c, "<UncommittedBlocks/>") &&
	    !pass(c, "<UncommittedBlocks />") &&
	    pass(c, "<UncommittedBlocks>") &&
	    (take_blocks(c, "</UncommittedBlocks>", NULL, e) != 0))
		return -1;
	if (!pass(c, "</BlockList>"))
		return -1;
	skip_blanks(c);
	return (*c->at == '\0') ? 0 : -1;
}

struct block_list *
block_answer_parse(const void * bytes, size_t len, struct err * e)
{
	struct block_list * list = calloc(1, sizeof(*list));
	struct cursor c;

	if (list == NULL)
		goto memory;
	list->blocks = calloc(BLOCK_LIST_MAX, sizeof(*list->blocks));
	list->ids = malloc(len + 1);
	if ((list->blocks == NULL) || (list->ids == NULL))
		goto memory;
	if (len > 0)
		memcpy(list->ids, bytes, len);
	list->ids[len] = '\0';
	digest_sha256(bytes, len, list->sha256);
	c.at = list->ids;
	if ((strlen(list->ids) == len) && (parse(&c, list, e) == 0))
		return list;
	if (e->kind == ERR_NONE)
		err_set(e, ERR_INPUT, NULL, "no list of blocks");
	block_list_free(list);
	return NULL;

memory:
	err_set(e, ERR_SYSTEM, NULL, "out of memory");
	block_list_free(list);
	return NULL;
}
