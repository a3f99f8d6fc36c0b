#ifndef LEDGER_SHOW_H
#define LEDGER_SHOW_H

#include "evidence/err.h"

/*
 * The command show: a custody ledger for people to read.
 */

/**
 * show_run(argc, argv, e):
 * Print the ledger that the words ${argv} behind "show" name, an entry a
 * paragraph, then each finding.  Return 0, or -1 with ${e} set: it cannot be
 * read, or (ERR_INPUT) something is wrong with it.
 */
int show_run(int argc, char ** argv, struct err * e);

#endif
