#ifndef COLLECT_DECIDE_H
#define COLLECT_DECIDE_H

#include "evidence/err.h"

#include "collect/exchange.h"
#include "collect/retry.h"

/*
 * What is done about an answer that was judged: the one place where verdicts
 * become actions.
 */
enum decide_action {
	DECIDE_TAKE,    /* It is what was asked for. */
	DECIDE_WAIT,    /* Ask again in wait_ms of the exchange. */
	DECIDE_CHANGED, /* Another state than pinned: look again. */
	DECIDE_GIVE_UP
};

#define DECIDE_END_MARGIN INT64_C(50000000) /* Ticks: 5 s. */

struct decide_budget {
	const struct retry_rule * rule;
	struct retry_run * run;   /* Of all that is asked. */
	struct retry_item * item; /* Of the thing that was asked for. */
	/* The credential is good for all of its account or for nothing. */
	bool is_account_wide;
};

/**
 * decide_answer(x, budget, action, e):
 * Put what is to be done about the answer ${x} into ${action}, counting it
 * against ${budget} and setting its wait_ms.  Return 0, or -1 with ${e} set if
 * the whole run must end: ERR_REMOTE if nothing more can be had of the service,
 * ERR_DENIED if the credential has ended or is none, ERR_AGAIN if the run's retries are
 * spent.
 */
int decide_answer(struct exchange * x, const struct decide_budget * budget,
    enum decide_action * action, struct err * e);

/**
 * decide_end(ends, service, refused, e):
 * Refuse to go on shortly (DECIDE_END_MARGIN) before the moment ${ends}, at
 * which the credential of account ${service} ends (CLOCK_UNKNOWN: none does).
 * Return 0, or -1 with ${e} set to ERR_DENIED and ${refused}, unless it is
 * NULL, to ${service} + 1.
 */
int decide_end(int64_t ends, size_t service, int * refused, struct err * e);

#endif
