#ifndef TIMELINE_SQL_SPLIT_H
#define TIMELINE_SQL_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The statements of a text of SQL, cut at the semicolons that stand neither in
 * a string, a quoted name, nor a comment.  For an engine whose library runs one
 * statement at a time and does not say where it ends.
 */

/**
 * sql_split_next(at, end, statement, len):
 * Find the next statement from ${*at} on, before ${end}: put its first byte
 * into ${statement}, its length without the semicolon into ${len}, and set
 * ${*at} behind it.  Blanks and comments in front of it are no part of it.
 * Return whether there was one.
 */
bool sql_split_next(
    const char ** at, const char * end, const char ** statement, size_t * len);

/**
 * sql_split_is_query(statement, len):
 * Return whether the ${statement} gives rows: it begins with SELECT, WITH, or
 * VALUES.
 */
bool sql_split_is_query(const char * statement, size_t len);

/**
 * sql_split_made_table(statement, len, name_len):
 * Return the name of the table that ${statement} makes and fills (CREATE
 * [TEMP|TEMPORARY] TABLE NAME AS), with its length in ${name_len}; NULL if it
 * does not do that.
 */
const char * sql_split_made_table(
    const char * statement, size_t len, size_t * name_len);

#endif
