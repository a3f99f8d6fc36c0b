#ifndef EVIDENCE_WORDS_H
#define EVIDENCE_WORDS_H

#include <stdbool.h>

#include "evidence/err.h"

/*
 * Taking a command line apart: long options only, in full, in any order
 * among the operands, as --name VALUE or --name=VALUE; behind "--" everything
 * is an operand.
 */
#define WORDS_OPERAND (-1)
#define WORDS_MAX 48 /* Options a verb may have. */

/* One option; a table of them ends with a NULL name. */
struct word {
	const char * name; /* Without the dashes. */
	bool has_value;
	bool is_repeatable;
};

/**
 * words_take(context, word, value, e):
 * Take the option at index ${word} of the table, or the operand ${value} if
 * ${word} is WORDS_OPERAND; ${value} is borrowed from argv, or NULL for an
 * option without one.  Return 0, or -1 with ${e} set.
 */
typedef int words_take(
    void * context, int word, const char * value, struct err * e);

/**
 * words_parse(argc, argv, words, take, context, e):
 * Hand the words behind ${argv}[0] to ${take}, as the table ${words} says; an
 * option that is not repeatable comes once.  Return 0, or -1 with ${e} set
 * (ERR_USAGE, or as ${take} sets it).
 */
int words_parse(int argc, char ** argv, const struct word * words,
    words_take * take, void * context, struct err * e);

/**
 * words_refuse(e, what, value):
 * Set ${e} to ERR_USAGE with the text ${what} and, behind it, ${value}.  Return
 * -1.
 */
int words_refuse(struct err * e, const char * what, const char * value);

/**
 * words_is_given(argc, argv, option):
 * Return whether ${option}, with its dashes, is one of the words before "--".
 */
bool words_is_given(int argc, char ** argv, const char * option);

#endif
