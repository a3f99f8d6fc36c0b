#ifndef TIMELINE_FOLD_H
#define TIMELINE_FOLD_H

#include <stdbool.h>

/*
 * Comparing texts with ASCII letters folded: names in logs vary in case from
 * one service to the next.
 */

/**
 * fold_is(text, other):
 * Return whether both are the same; NULL is nothing's same.
 */
bool fold_is(const char * text, const char * other);

/**
 * fold_begins(text, with):
 * Return whether ${text} begins with ${with}; NULL does not.
 */
bool fold_begins(const char * text, const char * with);

/**
 * fold_ends(text, with):
 * Return whether ${text} ends with ${with}; NULL does not.
 */
bool fold_ends(const char * text, const char * with);

/**
 * fold_find(text, part):
 * Return where ${part} first stands in ${text}, or NULL (also for NULL).
 */
const char * fold_find(const char * text, const char * part);

#endif
