#ifndef COLLECT_CREDENTIALS_USED_H
#define COLLECT_CREDENTIALS_USED_H

#include "evidence/err.h"
#include "evidence/source.h"

#include "collect/state.h"

/*
 * The shapes of all credentials that a collection used, the renewed ones
 * included, in the order of their use.  They stand in the state as a
 * sources.json without sources, so that nothing else has to write or read them.
 */
#define CREDENTIALS_USED_MAX 128

/**
 * credentials_used_add(s, shape, e):
 * Add ${shape} to those of the state ${s}, unless it is there already.  Return
 * 0, or -1 with ${e} set (ERR_LIMIT over CREDENTIALS_USED_MAX).
 */
int credentials_used_add(
    struct state * s, const struct source_credential * shape, struct err * e);

/**
 * credentials_used_parse(s, all, e):
 * Read those of the state ${s} into the credentials of ${all}, which
 * source_free releases.  Return 0, or -1 with ${e} set and ${all} empty.
 */
int credentials_used_parse(
    const struct state * s, struct sources * all, struct err * e);

#endif
