#ifndef EVIDENCE_BECH32_H
#define EVIDENCE_BECH32_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * Bech32 (BIP 173), as age writes its keys: a prefix, "1", the data in groups
 * of five bits, and six characters of checksum; all of it in one case.
 */
#define BECH32_BYTES_MAX 64 /* Of data. */

/**
 * bech32_decode(text, len, prefix, bytes, want, e):
 * Decode the ${len} characters of ${text}, whose prefix must be ${prefix} in
 * either case and whose data must be exactly ${want} ${bytes}.  ${text} may be a
 * secret: no message quotes it.  Return 0, or -1 with ${e} set (ERR_INPUT) and
 * ${bytes} in any state.
 */
int bech32_decode(const char * text, size_t len, const char * prefix,
    uint8_t * bytes, size_t want, struct err * e);

#endif
