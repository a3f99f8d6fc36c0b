#ifndef EVIDENCE_LEDGER_STAMP_H
#define EVIDENCE_LEDGER_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/ledger.h"
#include "evidence/proof.h"
#include "evidence/timestamp_verify.h"
#include "evidence/trust.h"

/*
 * Time stamps in a ledger: an entry "timestamped" brings the token over the
 * bytes of an entry before it.  Where that one pins the digest of the package's
 * file, the token shows that all of the file existed by then.  Nothing here
 * signs.
 */
struct ledger_stamp_rules {
	const struct trust * trust; /* NULL: nothing is trusted. */
	int64_t now;                /* 0: by the clock. */
	bool need_revocation;
};

/**
 * ledger_stamp_over(ledger, one):
 * Return the entry that the token of ${one} is about, or NULL if ${ledger} does
 * not have it, or ${one} brings no token.
 */
struct ledger_entry * ledger_stamp_over(
    const struct ledger * ledger, const struct ledger_entry * one);

/**
 * ledger_stamp_prove(ledger, rules):
 * Judge all tokens of ${ledger}, the last first, since a later one can prove
 * that an earlier one existed before its authority's key was compromised; note in
 * each entry what its token came to, and by when the good ones prove that it and
 * its signatures existed.
 */
void ledger_stamp_prove(
    struct ledger * ledger, const struct ledger_stamp_rules * rules);

/**
 * ledger_stamp_verify(ledger, one, rules, facts, why):
 * Judge the token of ${one}, which brings one, over the entry that it is about;
 * what ledger_stamp_prove has found of ${one} counts.
 * Return as timestamp_verify; PROOF_CONTENT also if the token is not here, or
 * is another file than ${one} declares.
 */
enum proof ledger_stamp_verify(const struct ledger * ledger,
    const struct ledger_entry * one, const struct ledger_stamp_rules * rules,
    struct timestamp_facts * facts, struct err * why);

#endif
