#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/ledger_verdict.h"
#include "evidence/text.h"

/* Keep a finding. */
static void
keep(void * context, enum ledger_problem problem, const char * file,
    const char * why)
{
	struct ledger_verdict * v = context;
	struct ledger_finding * one = NULL;

	if (v->is_failed)
		return;
	/* Room doubles, at powers of two. */
	if ((v->n & (v->n + 1)) == 0) {
		struct ledger_finding * more =
		    realloc(v->findings, (2 * v->n + 2) * sizeof(*more));

		if (more == NULL) {
			err_set(v->e, ERR_SYSTEM, NULL, "out of memory");
			v->is_failed = true;
			return;
		}
		v->findings = more;
	}
	one = &v->findings[v->n];
	one->problem = problem;
	one->weight = ledger_problem_weight(problem, v->trust);
	one->file = text_copy(file, v->e);
	one->why = text_copy(why, v->e);
	if ((one->file == NULL) || (one->why == NULL)) {
		free(one->file);
		free(one->why);
		v->is_failed = true;
		return;
	}
	v->n++;
	if (one->weight == LEDGER_WRONG)
		v->wrong++;
	else
		v->undecided++;
}

int
ledger_judge(struct ledger * ledger, const struct ledger_expect * expect,
    const struct receipt_place * receipts, size_t n,
    struct ledger_verdict * verdict, struct err * e)
{
	memset(verdict, 0, sizeof(*verdict));
	verdict->proof.at = CLOCK_UNKNOWN;
	verdict->trust = expect->trust;
	verdict->e = e;
	(void)ledger_check(ledger, expect, keep, verdict);
	for (size_t i = 0; i < n; i++)
		(void)receipt_check(&receipts[i], ledger, expect,
		    &verdict->proof, keep, verdict);
	return verdict->is_failed ? -1 : 0;
}

bool
ledger_verdict_of(const struct ledger_verdict * verdict,
    const struct ledger_entry * one, enum ledger_weight * weight)
{
	char stem[CUSTODY_NAME_SIZE];
	bool is_found = false;

	custody_stem(one->entry.seq, one->entry.event, stem);
	for (size_t i = 0; i < verdict->n; i++) {
		const struct ledger_finding * f = &verdict->findings[i];

		if (!text_has_prefix(f->file, stem))
			continue;
		if (!is_found || (f->weight > *weight))
			*weight = f->weight;
		is_found = true;
	}
	return is_found;
}

void
ledger_verdict_end(const struct receipt_proof * proof, char * text, size_t size)
{
	char at[CLOCK_TEXT_SIZE] = "unknown";

	if (proof->seq == 0) {
		(void)snprintf(text, size,
		    "the ledger ends here, and no receipt that holds was "
		    "given: that nothing was cut off behind it cannot be "
		    "proved");
		return;
	}
	clock_format(proof->at, at);
	(void)snprintf(text, size,
	    "a receipt of %s proves the ledger up to entry %06lld; completeness "
	    "beyond the last receipt cannot be proved",
	    at, (long long)proof->seq);
}

void
ledger_verdict_free(struct ledger_verdict * verdict)
{
	for (size_t i = 0; i < verdict->n; i++) {
		free(verdict->findings[i].file);
		free(verdict->findings[i].why);
	}
	free(verdict->findings);
	memset(verdict, 0, sizeof(*verdict));
}
