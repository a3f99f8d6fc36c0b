#ifndef COLLECT_RENEWAL_H
#define COLLECT_RENEWAL_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/err.h"

#include "collect/phases.h"

/*
 * A credential that comes to its end while the work goes on.
 *
 *	refused by the service, or about to end --> the run stops where it is and
 *	makes that durable (phases_run) --terminal--> renewal_ask --> the session
 *	goes on as a resumed one
 *	                                --no terminal--> the program ends, and
 *	resume takes a new credential
 *
 * Either way the new credential must be of the same account and able to do what
 * is left.
 */
#define RENEWAL_TRIES 3 /* Answers at one prompt. */
#define RENEWAL_MAX 64  /* Prompts of one process. */

/**
 * renewal_check(state, s, which, e):
 * Compare the credential of ${s}, the account ${which} of ${state}, with what
 * is left to do there.  Return 0, or -1 with ${e} set (ERR_DENIED) to what it
 * lacks.
 */
int renewal_check(const struct state * state, const struct service * s,
    size_t which, struct err * e);

/**
 * renewal_is_wanted(p):
 * Return whether the run ${p} ended for a credential and somebody is there to
 * give another one: standard input and standard error are a terminal.
 */
bool renewal_is_wanted(const struct phases * p);

/**
 * renewal_ask(p, why, e):
 * Say ${why} the run ${p} stopped, ask for another credential on the terminal
 * without echo, or read the file of the old one again when the answer is empty,
 * and put it in the place of the old one.  Return 0, or -1 with ${e} set when
 * nothing fit was given (ERR_STOPPED after a signal).
 */
int renewal_ask(struct phases * p, const struct err * why, struct err * e);

#endif
