#ifndef EVIDENCE_LEDGER_APPEND_H
#define EVIDENCE_LEDGER_APPEND_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/custody.h"
#include "evidence/err.h"
#include "evidence/ledger.h"
#include "evidence/signer_sign.h"

/*
 * Writing into a custody ledger.  This signs: the verifier does not link it.
 */

/**
 * ledger_follow(ledger, head, entry):
 * Make ${entry} the one that follows ${head}, an entry of ${ledger}: its number,
 * package and seal, and the digests of ${head} and of its signatures.  Names are
 * borrowed from ${ledger}; a signature file that is missing is left out.
 */
void ledger_follow(const struct ledger * ledger,
    const struct ledger_entry * head, struct custody_entry * entry);

/**
 * ledger_append(dir, entry, signers, n, e):
 * Fill in the signers of ${entry} from the ${n} ${signers}, sign it with each,
 * and write the signatures and then the entry as new files into the directory
 * ${dir}, durably.  Everything else in ${entry} is the caller's, prev and seq
 * included.  The files get their names only when all of them are written; a
 * call that is killed leaves nothing, or what ledger_recover finishes.  Return
 * 0, or -1 with ${e} set and no entry made (ERR_USAGE if a file of one of their
 * names exists).
 */
int ledger_append(int dir, struct custody_entry * entry,
    const struct signer_key * signers, size_t n, struct err * e);

/**
 * ledger_recover(dir, is_changed, e):
 * Finish what a killed ledger_append left in ${dir}, which the caller holds
 * locked: give an entry that was written whole its name, or remove what was not.
 * No file that has its name is touched.  Put whether anything was to do into
 * ${is_changed}.  Return 0, or -1 with ${e} set.
 */
int ledger_recover(int dir, bool * is_changed, struct err * e);

#endif
