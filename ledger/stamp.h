#ifndef LEDGER_STAMP_H
#define LEDGER_STAMP_H

#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/ledger.h"
#include "evidence/trust.h"

/*
 * A time stamp for the ledger, had in two steps so that this machine needs no
 * network: stamp-query writes what is carried to the authority, and
 * stamp-import takes its answer.
 */
struct stamp_import {
	const char * token; /* The authority's answer, a file. */
	const char * query; /* What was asked, a file; NULL: not compared. */
};

/**
 * stamp_load(import, ledger, trust, token, about, e):
 * Read the token of ${import} into ${token} and find the entry of ${ledger}
 * that it is over, whose number goes to ${about}.  It must be whole, answer the
 * query, and be signed by a certificate that it brings; if ${trust} has roots
 * of authorities, one under them.  Return 0, or -1 with ${e} set.
 */
int stamp_load(const struct stamp_import * import, const struct ledger * ledger,
    const struct trust * trust, struct buf * token, int64_t * about,
    struct err * e);

#endif
