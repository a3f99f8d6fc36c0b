#include <stdio.h>
#include <stdlib.h>

#include "collect/block_answer.h"
#include "evidence/block_list.h"
#include "evidence/buf.h"
#include "tests/unit/unit.h"

#define XML "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>"
#define BLOCK(id, size) \
	"<Block><Name>" id "</Name><Size>" size "</Size></Block>"
#define LIST(blocks)                              \
	XML "<BlockList><CommittedBlocks>" blocks \
	    "</CommittedBlocks></BlockList>"

static struct block_list *
parse(const char * text, struct err * e)
{
	err_init(e);
	return block_answer_parse(text, strlen(text), e);
}

static void
block_answer_parse_reads_committed_blocks_in_their_order(void)
{
	struct block_list * list;
	struct err e;

	list = parse(LIST(BLOCK("WjA=", "12") "\n " BLOCK("WTE+/w==", "0")
			     BLOCK("Wg==", "4700")),
	    &e);
	EXPECT(list != NULL);
	if (list == NULL)
		return;
	EXPECT(list->count == 3);
	EXPECT_TEXT(list->blocks[0].id, "WjA=");
	EXPECT_TEXT(list->blocks[1].id, "WTE+/w==");
	EXPECT(list->blocks[1].size == 0);
	EXPECT(list->blocks[2].size == 4700);
	block_list_free(list);
}

static void
block_answer_parse_takes_every_form_of_an_empty_list(void)
{
	static const char * const forms[] = {
		LIST(""),
		"<BlockList></BlockList>",
		"<BlockList><CommittedBlocks /></BlockList>",
		"<BlockList><CommittedBlocks/><UncommittedBlocks/></BlockList>",
		"<BlockList><UncommittedBlocks>" BLOCK(
		    "WjA=", "5") "</UncommittedBlocks></BlockList>\n",
	};
	struct err e;

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct block_list * list = parse(forms[i], &e);

		EXPECT((list != NULL) && (list->count == 0));
		block_list_free(list);
	}
}

static void
block_answer_parse_refuses_whatever_else_comes(void)
{
	static const char * const bad[] = {
		"",
		"x",
		XML,
		"<BlockList>",
		LIST(BLOCK("WjA=", "12")) "x",
		LIST("<Block><Size>1</Size><Name>WjA=</Name></Block>"),
		LIST(BLOCK("", "12")),
		LIST(BLOCK("W&amp;", "12")),
		LIST(BLOCK("WjA=", "")),
		LIST(BLOCK("WjA=", "-1")),
		LIST(BLOCK("WjA=", "99999999999999999999")),
		LIST("<Block a='1'><Name>WjA=</Name><Size>1</Size></Block>"),
		"<!DOCTYPE x><BlockList/>",
		"<?xml <BlockList></BlockList>",
		"<BlockList><CommittedBlocks>" BLOCK(
		    "WjA=", "1") "</BlockList>",
	};
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct block_list * list = parse(bad[i], &e);

		if (list != NULL)
			(void)printf("# accepted: %s\n", bad[i]);
		EXPECT(list == NULL);
		EXPECT(e.kind == ERR_INPUT);
		block_list_free(list);
	}
	err_init(&e);
	EXPECT(block_answer_parse("<BlockList>\0</BlockList>", 24, &e) == NULL);
}

static void
block_answer_parse_keeps_its_limit(void)
{
	struct block_list * list;
	struct buf text = { 0 };
	struct err e;

	err_init(&e);
	for (int more = 0; more < 2; more++) {
		buf_clear(&text);
		(void)buf_add_text(&text, "<BlockList><CommittedBlocks>", &e);
		for (int i = 0; i < BLOCK_LIST_MAX + more; i++)
			(void)buf_add_text(&text, BLOCK("WjA=", "1"), &e);
		(void)buf_add_text(&text, "</CommittedBlocks></BlockList>", &e);
		list = parse(buf_text(&text), &e);
		EXPECT((list == NULL) == (more == 1));
		EXPECT(e.kind == ((more == 1) ? ERR_LIMIT : ERR_NONE));
		block_list_free(list);
	}
	buf_free(&text);
}

static void
block_list_common_counts_what_is_the_same_at_the_front(void)
{
	struct block a[] = { { "a", 1 }, { "b", 2 }, { "z", 2 } };
	struct block b[] = { { "a", 1 }, { "b", 2 }, { "c", 9 }, { "z", 2 } };
	struct block c[] = { { "a", 1 }, { "b", 3 } };
	struct block_list before = { .blocks = a, .count = 3 };
	struct block_list after = { .blocks = b, .count = 4 };
	struct block_list other = { .blocks = c, .count = 2 };
	struct block_list none = { 0 };

	EXPECT(block_list_common(&before, &after) == 2);
	EXPECT(block_list_common(&before, &before) == 3);
	EXPECT(block_list_common(&before, &other) == 1);
	EXPECT(block_list_common(&before, &none) == 0);
}

int
main(void)
{
	RUN(block_answer_parse_reads_committed_blocks_in_their_order);
	RUN(block_answer_parse_takes_every_form_of_an_empty_list);
	RUN(block_answer_parse_refuses_whatever_else_comes);
	RUN(block_answer_parse_keeps_its_limit);
	RUN(block_list_common_counts_what_is_the_same_at_the_front);
	return unit_failed;
}
