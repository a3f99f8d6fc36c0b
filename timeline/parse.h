#ifndef TIMELINE_PARSE_H
#define TIMELINE_PARSE_H

#include <stdbool.h>

#include "evidence/err.h"

/*
 * The verb "parse": loose log files to events as JSON Lines on standard output.
 * Nothing was verified, and each line says so.
 */
struct parse_options {
	const char * kind; /* The word for what the files hold, or NULL. */
	char ** files;     /* Borrowed from the arguments. */
	int count;
	bool help;
};

extern const char parse_usage[];

/**
 * parse_options_read(argc, argv, o, e):
 * Read the arguments of the verb, argv[0] its name, into ${o}.  Return 0, or
 * -1 with ${e} set to what is wrong with them.
 */
int parse_options_read(
    int argc, char ** argv, struct parse_options * o, struct err * e);

/**
 * parse_run(argc, argv, exit_code, e):
 * Do it, as struct verb says.  The last line is of type "summary", also when it
 * fails at a file.
 */
int parse_run(int argc, char ** argv, int * exit_code, struct err * e);

#endif
