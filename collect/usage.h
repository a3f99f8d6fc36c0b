#ifndef COLLECT_USAGE_H
#define COLLECT_USAGE_H

#include <stdio.h>

/*
 * The words of azcustody-collect --help.
 */

/**
 * usage_print(f):
 * Write what --help says to ${f}.
 */
void usage_print(FILE * f);

#endif
