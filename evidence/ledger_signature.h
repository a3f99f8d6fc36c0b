#ifndef EVIDENCE_LEDGER_SIGNATURE_H
#define EVIDENCE_LEDGER_SIGNATURE_H

#include <stddef.h>

#include "evidence/err.h"
#include "evidence/ledger.h"
#include "evidence/signer_verify.h"
#include "evidence/trust.h"

/*
 * One signature of one entry of a ledger, judged.  Nothing here signs.
 */

/**
 * ledger_signature_verify(ledger, one, i, trust, proof, why):
 * Judge by ${trust} (NULL: nothing is trusted) the signature of signer ${i} of
 * the entry ${one}, which ledger_check has seen, and fill ${proof}.  Return the verdict, SIGNER_BAD also if
 * its file is not in ${ledger}; any but SIGNER_GOOD sets ${why}.
 */
enum signer_verdict ledger_signature_verify(const struct ledger * ledger,
    const struct ledger_entry * one, size_t i, const struct trust * trust,
    struct signer_proof * proof, struct err * why);

#endif
