#ifndef COLLECT_ACCOUNTS_H
#define COLLECT_ACCOUNTS_H

#include "evidence/err.h"

#include "collect/phases.h"

/*
 * The accounts of a session: each opened with its credential, and the user told
 * what that cannot do and what it can do beyond the need.
 */

/**
 * accounts_open_new(p, e):
 * Open the accounts of a new run, as the words say, else the environment.
 * Return 0, or -1 with ${e} set.
 */
int accounts_open_new(struct phases * p, struct err * e);

/**
 * accounts_open_again(p, e):
 * Open the accounts of a run that is resumed, with the credentials given now.
 * Return 0, or -1 with ${e} set.
 */
int accounts_open_again(struct phases * p, struct err * e);

/**
 * accounts_take_over(p, from, e):
 * Move the accounts of ${from}, the run before in this process, to ${p}, whose
 * run id they carry from now on.  Return 0, or -1 with ${e} set.
 */
int accounts_take_over(struct phases * p, struct phases * from, struct err * e);

#endif
