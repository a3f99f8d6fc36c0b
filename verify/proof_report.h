#ifndef VERIFY_PROOF_REPORT_H
#define VERIFY_PROOF_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/json.h"

/*
 * The report on one signature or time stamp: a verdict, a reason, and what was
 * learnt, as lines for people or as one line of JSON and a summary.
 */
struct proof_report {
	const char * type;   /* "signature" or "timestamp" */
	const char * path;   /* Of the signature or token. */
	int exit_code;       /* 0 good, 1 bad, 2 undecided */
	const char * reason; /* A word for programs. */
	const char * why;    /* In words; "" for good. */
	struct {
		const char * name; /* "signed by"; in JSON with "_" for " ". */
		const char * value;
	} facts[16];
	size_t n;
};

/**
 * proof_report_add(report, name, value):
 * Add the fact ${name}, unless ${value} is "".  Both are borrowed.
 */
void proof_report_add(
    struct proof_report * report, const char * name, const char * value);

/**
 * proof_report_put(report, is_json, e):
 * Write ${report} to standard output.  Return 0, or -1 with ${e} set.
 */
int proof_report_put(
    const struct proof_report * report, bool is_json, struct err * e);

#endif
