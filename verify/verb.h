#ifndef VERIFY_VERB_H
#define VERIFY_VERB_H

#include "evidence/err.h"

/*
 * What azcustody-verify can do.  A verb is a file verb_NAME.c that defines one
 * of the constants below; main finds it in its table by the first word, and a
 * first word that is no verb is the first operand of "package".
 *
 * A verb opens all that the command line names, enters the sandbox, and only
 * then reads what it judges.
 */
struct verb {
	const char * name;

	/* Do it with the words from the verb's name on (argv[0]; --help and
	 * --version were answered before).  Put the exit code of a judgement
	 * (0, 1, 2) into ${exit_code}.  Return 0, or -1 with ${e} set, whose
	 * kind then gives the exit code. */
	int (*run)(int argc, char ** argv, int * exit_code, struct err * e);

	/* For --help: "  name OPERANDS  words", then the options as
	 * "    --option VALUE  words", each line with an LF. */
	const char * usage;
};

extern const struct verb verb_package;
extern const struct verb verb_signature;
extern const struct verb verb_timeline;
extern const struct verb verb_timestamp;
extern const struct verb verb_bag;
extern const struct verb verb_ledger;
extern const struct verb verb_disclosure;
extern const struct verb verb_revisit;

#endif
