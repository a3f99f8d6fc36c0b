#ifndef VERIFY_FOLD_TABLE_H
#define VERIFY_FOLD_TABLE_H

#include <stdint.h>

/*
 * Unicode's canonical decompositions (Unicode 14, below U+F900, Hangul aside,
 * which is computed), in ascending order: a character and the one or two it
 * stands for.
 */
#define FOLD_TABLE_LEN 999

extern const uint16_t fold_table[FOLD_TABLE_LEN][3];

#endif
