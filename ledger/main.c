#include <stdio.h>
#include <string.h>

#include "evidence/err.h"
#include "evidence/process.h"
#include "evidence/version.h"

#include "ledger/keygen.h"
#include "ledger/show.h"

#define PROGRAM "azcustody-ledger"

/* What the program can do, in the order of its help. */
struct verb {
	const char * name;
	int (*run)(int argc, char ** argv, struct err * e);
	const char * usage;
};

static const struct verb verbs[] = {
	{ "keygen", keygen_run,
	    "  keygen OUT            make a key pair: OUT.key (secret, mode\n"
	    "                        0600) and OUT.pub, in minisign's formats\n"
	    "    --name NAME         whose key it is, in OUT.pub's first line\n"
	    "    --password-file F   take the password from a file, - or fd:N\n"
	    "                        (default: asked for twice on the "
	    "terminal)\n"
	    "    --no-password       leave the secret key unencrypted\n" },
	{ "show", show_run,
	    "  show DIR              print a custody ledger and what is wrong\n"
	    "                        with it\n"
	    "    --trust KEY.pub     a public key you have from its owner; may\n"
	    "                        be repeated (default: none, so that no\n"
	    "                        signature can be judged)\n" },
};

#define VERB_COUNT (sizeof(verbs) / sizeof(verbs[0]))

static void
print_help(void)
{
	(void)fputs("usage: azcustody-ledger keygen [--no-password | "
		    "--password-file F]\n"
		    "           [--name NAME] OUT\n"
		    "       azcustody-ledger show [--trust KEY.pub]... DIR\n"
		    "\n"
		    "Make signing keys, and read the custody ledger of an "
		    "evidence package.\n"
		    "\n",
	    stdout);
	for (size_t i = 0; i < VERB_COUNT; i++)
		(void)fputs(verbs[i].usage, stdout);
	(void)fputs(
	    "  --help, --version\n"
	    "\n"
	    "Exit codes: 0 done; 64 usage; 65 input damaged (show: something "
	    "is wrong\n"
	    "with the ledger); 66 input not readable; 70 our bug; 71 system; "
	    "74 disk;\n"
	    "77 not permitted.\n"
	    "\n"
	    "Examples:\n"
	    "  azcustody-ledger keygen --name \"R. Meyer\" meyer\n"
	    "  azcustody-ledger show --trust meyer.pub "
	    "2026-117-20261123t231613z-1f2e3d4c.custody\n",
	    stdout);
}

/* Do what the first word asks for. */
static void
run(int argc, char ** argv, struct err * e)
{
	const char * word = (argc > 1) ? argv[1] : "";

	if (strcmp(word, "--help") == 0) {
		print_help();
		return;
	}
	if (strcmp(word, "--version") == 0) {
		(void)printf("%s %s (%s)\n", PROGRAM, version_number(),
		    version_commit());
		return;
	}
	for (size_t i = 0; i < VERB_COUNT; i++) {
		if (strcmp(word, verbs[i].name) == 0) {
			(void)verbs[i].run(argc - 1, argv + 1, e);
			return;
		}
	}
	if (word[0] == '\0')
		err_set(e, ERR_USAGE, "try --help", "no command");
	else
		err_set(
		    e, ERR_USAGE, "try --help", "no such command: %.80s", word);
}

int
main(int argc, char ** argv)
{
	struct err e;

	err_init(&e);
	if (process_start(&e) == 0)
		run(argc, argv, &e);
	if ((e.kind == ERR_NONE) && (fflush(stdout) != 0))
		err_set(&e, ERR_SYSTEM, NULL, "standard output");
	if (e.kind != ERR_NONE)
		err_print(PROGRAM, &e);
	return err_exit_code(e.kind);
}
