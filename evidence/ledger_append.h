#ifndef EVIDENCE_LEDGER_APPEND_H
#define EVIDENCE_LEDGER_APPEND_H

#include <stddef.h>

#include "evidence/custody.h"
#include "evidence/err.h"
#include "evidence/signer_sign.h"

/*
 * Writing into a custody ledger.  This signs: the verifier does not link it.
 */

/**
 * ledger_append(dir, entry, signers, n, e):
 * Fill in the signers of ${entry} from the ${n} ${signers}, sign it with each,
 * and write the signatures and then the entry as new files into the directory
 * ${dir}, durably.  Everything else in ${entry} is the caller's, prev and seq
 * included.  What an earlier, interrupted call left of this same entry is
 * replaced as long as the entry itself was not written.  Return 0, or -1 with
 * ${e} set and no entry made (ERR_USAGE if one of that name exists).
 */
int ledger_append(int dir, struct custody_entry * entry,
    const struct signer_key * signers, size_t n, struct err * e);

#endif
