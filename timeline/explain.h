#ifndef TIMELINE_EXPLAIN_H
#define TIMELINE_EXPLAIN_H

#include "evidence/err.h"

/*
 * The verb rules: what each rule asks, with which parameters, on what an answer
 * rests, what else could explain it, and what would contradict it.  It is the
 * head of the rule's file and nothing else, so it cannot differ from what runs.
 */
extern const char explain_usage[]; /* For verb.usage. */

/**
 * explain_run(argc, argv, exit_code, e):
 * The verb, as verb.h says.
 */
int explain_run(int argc, char ** argv, int * exit_code, struct err * e);

#endif
