#ifndef VERIFY_FOLD_H
#define VERIFY_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Names that some file systems take for one: those that differ only in case, or
 * only in the normalisation of their characters.
 */
#define FOLD_KEY_LEN 16

/**
 * fold_key(name, len, is_cased, key):
 * Write to ${key} what two names have in common that are canonically the same
 * text, and, unless ${is_cased}, the same but for the case of Latin, Greek and
 * Cyrillic letters.  Bytes that are no UTF-8 are the same as themselves only.
 */
void fold_key(
    const char * name, size_t len, bool is_cased, uint8_t key[FOLD_KEY_LEN]);

#endif
