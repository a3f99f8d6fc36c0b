#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/err.h"
#include "evidence/process.h"
#include "evidence/version.h"
#include "evidence/words.h"

#include "verify/verb.h"

#define PROGRAM "azcustody-verify"

static const struct verb * const verbs[] = {
	&verb_package,
	&verb_bag,
	&verb_ledger,
	&verb_revisit,
	&verb_signature,
	&verb_timeline,
	&verb_timestamp,
	&verb_disclosure,
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static void
print_help(void)
{
	(void)fputs(
	    "usage: azcustody-verify [VERB] ARGUMENTS\n"
	    "\n"
	    "Judge evidence, offline and without writing anything that is not "
	    "asked for.\n"
	    "\n",
	    stdout);
	for (size_t i = 0; i < VERBS; i++)
		(void)printf("%s\n", verbs[i]->usage);
	(void)fputs(
	    "  --help, --version\n"
	    "\n"
	    "Exit codes: 0 intact, authentic and complete, and nothing fails; "
	    "1 altered,\n"
	    "forged, stripped, not signed by a trusted key, or damaged; 2 "
	    "undecided;\n"
	    "64 usage; 65 input damaged; 66 input not readable; 70 our bug; 71 "
	    "system;\n"
	    "74 disk; 77 not permitted.\n"
	    "\n"
	    "Examples:\n"
	    "  azcustody-verify --trust meyer.pub \\\n"
	    "      2026-117-20261123t231613z-1f2e3d4c.tar.zst\n"
	    "  azcustody-verify --trust meyer.pub --require custody --json "
	    "case.tar.zst\n",
	    stdout);
}

/* The verb of that name, or NULL. */
static const struct verb *
find_verb(const char * name)
{
	for (size_t i = 0; i < VERBS; i++)
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
	return NULL;
}

/* Do what the words ask for. */
static int
run(int argc, char ** argv, int * exit_code, struct err * e)
{
	const struct verb * verb = (argc > 1) ? find_verb(argv[1]) : NULL;

	if (words_is_given(argc, argv, "--version")) {
		(void)printf("%s %s (%s)\n", PROGRAM, version_number(),
		    version_commit());
		return 0;
	}
	if (words_is_given(argc, argv, "--help")) {
		if (verb == NULL)
			print_help();
		else
			(void)fputs(verb->usage, stdout);
		return 0;
	}
	if (verb == NULL)
		return verb_package.run(argc, argv, exit_code, e);
	return verb->run(argc - 1, argv + 1, exit_code, e);
}

/*
 * libarchive ends the program itself, by exit(1), when memory runs out, and 1
 * would be read as "altered".  Whoever ends it before main has, did not judge.
 */
static bool is_ending;

static void
end_without_verdict(void)
{
	if (!is_ending)
		_exit(err_exit_code(ERR_SYSTEM));
}

int
main(int argc, char ** argv)
{
	struct err e;
	int exit_code = 0;

	err_init(&e);
	if (atexit(end_without_verdict) != 0)
		err_set(&e, ERR_SYSTEM, NULL, "out of memory");
	else if ((process_start(&e) == 0) &&
	    (run(argc, argv, &exit_code, &e) == 0) && (fflush(stdout) != 0))
		err_set(&e, ERR_DISK, NULL, "cannot write standard output");
	is_ending = true;
	if (e.kind == ERR_NONE)
		return exit_code;
	err_print(PROGRAM, &e);
	return err_exit_code(e.kind);
}
