#ifndef VERIFY_RECEIPTS_H
#define VERIFY_RECEIPTS_H

#include <stddef.h>

#include "evidence/err.h"
#include "evidence/receipt_check.h"

/*
 * Head receipts that the examiner brings: their folders are opened before
 * anything is read.
 */
#define RECEIPTS_MAX 64

struct receipts {
	const char * paths[RECEIPTS_MAX]; /* As given. */
	struct receipt_place list[RECEIPTS_MAX];
	int dirs[RECEIPTS_MAX]; /* Of list. */
	size_t n;               /* Of paths. */
	size_t open;            /* Of list and dirs. */
};

/**
 * receipts_take(receipts, path, e):
 * Note the receipt ${path}, borrowed from argv.  Return 0, or -1 with ${e} set
 * (ERR_USAGE).
 */
int receipts_take(
    struct receipts * receipts, const char * path, struct err * e);

/**
 * receipts_open(receipts, e):
 * Open the folders of all receipts noted.  Return 0, or -1 with ${e} set;
 * receipts_close may follow either.
 */
int receipts_open(struct receipts * receipts, struct err * e);

/**
 * receipts_close(receipts):
 * Close what ${receipts} holds.
 */
void receipts_close(struct receipts * receipts);

#endif
