#ifndef LEDGER_KEYGEN_H
#define LEDGER_KEYGEN_H

#include "evidence/err.h"

/*
 * The command keygen: a new key pair in minisign's formats.
 */

/**
 * keygen_run(argc, argv, e):
 * Make the key pair that the words ${argv} behind "keygen" ask for and say on
 * standard output where it is.  Return 0, or -1 with ${e} set and no file left.
 */
int keygen_run(int argc, char ** argv, struct err * e);

#endif
