#ifndef EVIDENCE_RECEIPT_CHECK_H
#define EVIDENCE_RECEIPT_CHECK_H

#include <stdint.h>

#include "evidence/ledger.h"

/*
 * Judging a ledger by head receipts that somebody else kept.
 */

/* Where a receipt is: opened before anything is read. */
struct receipt_place {
	int dir;           /* Of the receipt and its signatures; borrowed. */
	const char * name; /* In it: "NNNNNN-receipt.json". */
	const char * path; /* As given, for people. */
};

/* The latest entry that a receipt proves to have been there. */
struct receipt_proof {
	int64_t seq; /* 0: none does. */
	int64_t at;
};

/**
 * receipt_check(place, ledger, expect, proof, report, context):
 * Judge the receipt at ${place} by the keys of ${expect}, compare ${ledger}
 * with it, and hand each finding with ${context} to ${report}; if it is a
 * trusted one that ${ledger} agrees with, let ${proof} know.  Return the number
 * of findings.
 */
int receipt_check(const struct receipt_place * place,
    const struct ledger * ledger, const struct ledger_expect * expect,
    struct receipt_proof * proof, ledger_report * report, void * context);

#endif
