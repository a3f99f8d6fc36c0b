#ifndef EVIDENCE_LEDGER_VERDICT_H
#define EVIDENCE_LEDGER_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/clock.h"
#include "evidence/ledger.h"
#include "evidence/receipt_check.h"

/*
 * The verdict on a ledger as a whole: everything that was found about it and
 * about the receipts for it, kept in the order in which it was found.
 */
struct ledger_finding {
	enum ledger_problem problem;
	enum ledger_weight weight;
	char * file; /* As found, not escaped; so is why. */
	char * why;
};

struct ledger_verdict {
	struct ledger_finding * findings;
	size_t n;
	size_t wrong;     /* Of them. */
	size_t undecided; /* Of them. */
	struct receipt_proof proof;

	const struct trust * trust; /* Borrowed while judging. */
	struct err * e;
	bool is_failed;
};

/**
 * ledger_judge(ledger, expect, receipts, n, verdict, e):
 * Judge ${ledger} by ${expect} and the ${n} ${receipts} into ${verdict}, which
 * ledger_verdict_free releases whatever is returned.  Return 0, or -1 with
 * ${e} set for want of memory.
 */
int ledger_judge(struct ledger * ledger, const struct ledger_expect * expect,
    const struct receipt_place * receipts, size_t n,
    struct ledger_verdict * verdict, struct err * e);

/**
 * ledger_verdict_of(verdict, one, weight):
 * Whether anything was found about the entry ${one} or its signatures; the
 * worst of it goes into ${weight}.
 */
bool ledger_verdict_of(const struct ledger_verdict * verdict,
    const struct ledger_entry * one, enum ledger_weight * weight);

/**
 * ledger_verdict_end(proof, text, size):
 * Write what can be said about the end of the ledger to ${text} of ${size}
 * bytes: up to which entry ${proof} reaches, and that no more can be proved.
 */
void ledger_verdict_end(
    const struct receipt_proof * proof, char * text, size_t size);

/**
 * ledger_verdict_free(verdict):
 * Release what ${verdict} owns.
 */
void ledger_verdict_free(struct ledger_verdict * verdict);

#endif
