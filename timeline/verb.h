#ifndef TIMELINE_VERB_H
#define TIMELINE_VERB_H

#include "evidence/err.h"

/*
 * What azcustody-timeline can do: main looks the verb up in a table and calls
 * its function with the arguments from the verb's name on.
 */
struct verb {
	const char * name;

	/* Put the exit code of a success (0, or 3 for recorded gaps and
	 * quarantined records) into ${exit_code}.  Return 0, or -1 with ${e}
	 * set, whose kind then gives the exit code. */
	int (*run)(int argc, char ** argv, int * exit_code, struct err * e);

	const char * usage; /* For --help: its lines, each with an LF. */
};

#define VERB_EXIT_GAPS 3 /* Finished, with quarantined records or gaps. */

#endif
