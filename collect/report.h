#ifndef COLLECT_REPORT_H
#define COLLECT_REPORT_H

#include "evidence/err.h"

#include "collect/options.h"
#include "collect/progress.h"
#include "collect/session.h"

/*
 * What the user sees: a line of progress on a terminal, warnings, and the last
 * words; with --json one object a line on standard output.
 */
struct report {
	const struct options * o;
	const char * program;
	struct session_report session; /* For session_run. */
	bool is_terminal;              /* Standard error is one. */
	bool has_line;                 /* A line of progress stands there. */
	struct progress progress;
};

/**
 * report_init(r, program, o):
 * Make ${r} ready for the options ${o}; ${program} is the name in front of
 * messages.
 */
void report_init(
    struct report * r, const char * program, const struct options * o);

/**
 * report_clear(r):
 * Take the line of progress off the terminal.
 */
void report_clear(struct report * r);

/**
 * report_refuse(o, e):
 * With --json, give the words ${o} that cannot be followed their summary, which
 * says ${e}.
 */
void report_refuse(const struct options * o, const struct err * e);

/**
 * report_end(r, result, e):
 * Say how it ended: ${result}, and ${e} if that holds a failure.  Return the
 * exit code of the program.
 */
int report_end(struct report * r, const struct session_result * result,
    const struct err * e);

#endif
