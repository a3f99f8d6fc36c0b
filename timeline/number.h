#ifndef TIMELINE_NUMBER_H
#define TIMELINE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Numbers as logs write them: a count is an integer in one table, "1234.0" or
 * "1.2E+07" in another, and a text in a third.
 */

/**
 * number_parse(text, value, is_whole):
 * Read the decimal number ${text}, with a fraction and an exponent or without,
 * and put what stands before its point into ${value}, and into ${is_whole}
 * whether that is all of it.  Return 0, or -1 if it is no number or does not
 * fit.
 */
int number_parse(const char * text, int64_t * value, bool * is_whole);

#endif
