#ifndef EVIDENCE_LEDGER_STORY_H
#define EVIDENCE_LEDGER_STORY_H

#include <stdbool.h>

#include "evidence/ledger.h"

/*
 * What a ledger tells: whether each hand-over has its two halves, whether
 * anything happened to what had been destroyed, and where nobody says where
 * the package was.  The chain itself is judged by ledger_check, which calls
 * this.
 */
#define LEDGER_CARRY_DAYS 1 /* As long on the way, without a word on how. */
#define LEDGER_KEEP_DAYS 30 /* As long kept, without a word on where. */

/**
 * ledger_story_is_giving(entry):
 * Return whether ${entry} is the first half of a hand-over.
 */
bool ledger_story_is_giving(const struct ledger_entry * entry);

/**
 * ledger_story_is_answer(entry, giving):
 * Return whether ${entry} is the second half of the hand-over of ${giving}: a
 * reception that quotes its number and digest.
 */
bool ledger_story_is_answer(
    const struct ledger_entry * entry, const struct ledger_entry * giving);

/**
 * ledger_story_withdrawal(ledger, giving):
 * Return the entry of ${ledger} by which somebody who signed ${giving}, the first
 * half of a hand-over, took it back: a correction of it, before anybody signed for
 * it.  NULL if there is none.
 */
const struct ledger_entry * ledger_story_withdrawal(
    const struct ledger * ledger, const struct ledger_entry * giving);

/**
 * ledger_story_check(ledger, report, context):
 * Judge what ${ledger} tells and hand each finding with ${context} to
 * ${report}.  Return the number of findings.
 */
int ledger_story_check(
    const struct ledger * ledger, ledger_report * report, void * context);

#endif
