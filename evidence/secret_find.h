#ifndef EVIDENCE_SECRET_FIND_H
#define EVIDENCE_SECRET_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/secret_scan.h"

/**
 * secret_find(bytes, len, at, begin, sort):
 * Return whether the place ${at} of the ${len} ${bytes} is the one where a
 * secret is found (the equals sign before or behind it, or the first letters
 * that tell it), and put where its value begins and what it is into ${begin}
 * and ${sort}.  Each secret is found at one place only.
 */
bool secret_find(const uint8_t * bytes, size_t len, size_t at, size_t * begin,
    enum secret_sort * sort);

#endif
