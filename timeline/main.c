#include <stdio.h>
#include <string.h>

#include "evidence/err.h"
#include "evidence/process.h"
#include "evidence/version.h"
#include "timeline/build.h"
#include "timeline/explain.h"
#include "timeline/parse.h"
#include "timeline/show.h"
#include "timeline/verb.h"

#define PROGRAM "azcustody-timeline"

static const struct verb verbs[] = {
	{ "build", build_run, build_usage },
	{ "parse", parse_run, parse_usage },
	{ "rules", explain_run, explain_usage },
	{ "show", show_run, show_usage },
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static void
print_help(void)
{
	(void)printf("usage: %s VERB ARGUMENTS\n\n"
		     "Turn Azure resource logs into a timeline of events.\n\n",
	    PROGRAM);
	for (size_t i = 0; i < VERBS; i++)
		(void)printf("%s\n", verbs[i].usage);
	(void)printf(
	    "  --help, --version\n\n"
	    "Exit codes: 0 done; 1 altered, forged or damaged; 3 finished,\n"
	    "with quarantined records or gaps; 64 usage; 65 input damaged;\n"
	    "66 input not readable; 70 our bug; 71 system; 74 disk;\n"
	    "77 not permitted.\n\n"
	    "Examples:\n"
	    "  azcustody-timeline parse PT1H.json >events.jsonl\n"
	    "  azcustody-timeline parse --kind activity export/*.json\n");
}

static int
run_verb(int argc, char ** argv, int * exit_code, struct err * e)
{
	for (size_t i = 0; (argc > 1) && (i < VERBS); i++) {
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1, exit_code, e);
	}
	if (argc > 1)
		err_set(
		    e, ERR_USAGE, "try --help", "there is no verb %s", argv[1]);
	else
		err_set(e, ERR_USAGE, "try --help", "a verb is needed");
	return -1;
}

int
main(int argc, char ** argv)
{
	struct err e;
	int exit_code = 0;

	err_init(&e);
	if (process_start(&e) != 0)
		goto out;
	if ((argc > 1) && (strcmp(argv[1], "--help") == 0)) {
		print_help();
	} else if ((argc > 1) && (strcmp(argv[1], "--version") == 0)) {
		(void)printf("%s %s (%s)\n", PROGRAM, version_number(),
		    version_commit());
	} else {
		(void)run_verb(argc, argv, &exit_code, &e);
	}
	if ((fflush(stdout) != 0) && (e.kind == ERR_NONE))
		err_set(&e, ERR_DISK, NULL, "cannot write standard output");

out:
	if (e.kind == ERR_NONE)
		return exit_code;
	err_print(PROGRAM, &e);
	return err_exit_code(e.kind);
}
