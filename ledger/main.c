#include <stdio.h>
#include <string.h>

#include "evidence/err.h"
#include "evidence/process.h"
#include "evidence/version.h"
#include "evidence/words.h"

#include "ledger/verb.h"

#define PROGRAM "azcustody-ledger"

/* In the order of the help. */
static const struct verb * const verbs[] = { &verb_keygen, &verb_release,
	&verb_receive, &verb_receipt, &verb_return, &verb_store, &verb_copy,
	&verb_note, &verb_correct, &verb_destroy, &verb_enter, &verb_derive,
	&verb_stamp_import, &verb_stamp_query, &verb_encrypt, &verb_disclose,
	&verb_show, &verb_form };

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static const char about_entries[] =
    "Each of release to enter, and of what follows, adds one signed entry:\n"
    "    --by-name N --by-title T --by-organisation O --by-contact C\n"
    "                        who makes the entry\n"
    "    --from-name N --from-title T --from-organisation O --from-contact C\n"
    "    --to-name N --to-title T --to-organisation O --to-contact C\n"
    "                        giver and receiver\n"
    "    --purpose T --authority T --place T --transport T --condition T\n"
    "    --remarks T         why, on what ground, where, how it was carried, "
    "how\n"
    "                        it was found, and anything else\n"
    "    --medium-kind K --medium-serial S --medium-seal S\n"
    "                        on what it is, its number, its physical seal\n"
    "    --facts FILE        any of these from a JSON file, members called "
    "as\n"
    "                        in an entry; an option goes before it\n"
    "    --sign [ROLE=]KEY   a secret key file of keygen's or minisign's signs,\n"
    "                        in this role (default of the first: giver,\n"
    "                        receiver or custodian, by the event); may be\n"
    "                        repeated, and behind each one what is about it:\n"
    "    --role R            its role, in another way\n"
    "    --signer NAME       whose key it is (default of the first: "
    "--by-name)\n"
    "    --password-file F   its password: a file, - or fd:N (default: asked\n"
    "                        for on the terminal)\n"
    "    --cms-key [ROLE=]KEY   a key with a certificate signs: a PEM, DER or\n"
    "                        PKCS#12 file, or a store URI; repeated as --sign\n"
    "    --cms-cert FILE     its certificate and the chain above it\n"
    "    --cms-password-file F   its password or PIN, as --password-file\n"
    "    --cms-provider NAME a module of OpenSSL's that reads it: pkcs11 for the\n"
    "                        URIs of tokens, pkcs11:token=T;object=O\n"
    "    --trust KEY.pub     judge the ledger with this key before adding to "
    "it\n"
    "    --trust-file F, --ca ROOTS, --tsa-ca ROOTS, --crl FILE\n"
    "                        and with these, as azcustody-verify takes them\n"
    "    --ledger DIR        the ledger (default: NAME.custody beside the\n"
    "                        package)\n"
    "The package is hashed then and there.  Nothing is added to a ledger that\n"
    "is wrong, nor for a package that it is not about.\n";

static void
print_help(void)
{
	(void)fputs("usage: azcustody-ledger VERB ARGUMENTS\n"
		    "\n"
		    "Make signing keys, and keep the custody ledger of an "
		    "evidence package.\n"
		    "\n",
	    stdout);
	for (size_t i = 0; i < VERBS; i++)
		(void)fputs(verbs[i]->usage, stdout);
	(void)fputs("  --help, --version\n\n", stdout);
	(void)fputs(about_entries, stdout);
	(void)fputs(
	    "\n"
	    "Exit codes: 0 done; 64 usage; 65 input damaged (show: something "
	    "is wrong\n"
	    "with the ledger); 66 input not readable; 70 our bug; 71 system; "
	    "74 disk;\n"
	    "75 another run is adding to the ledger; 77 not permitted.\n"
	    "\n"
	    "Examples:\n"
	    "  azcustody-ledger keygen --name \"R. Meyer\" meyer\n"
	    "  azcustody-ledger release --facts meyer.json --to-name \"B. "
	    "Lab\" \\\n"
	    "      --transport courier --sign meyer.key "
	    "2026-117-20261123t231613z-1f2e3d4c.tar.zst\n",
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

/* Do what the first word asks for. */
static void
run(int argc, char ** argv, struct err * e)
{
	const char * word = (argc > 1) ? argv[1] : "";
	const struct verb * verb = find_verb(word);

	if (words_is_given(argc, argv, "--help")) {
		if (verb == NULL)
			print_help();
		else
			(void)printf("%s%s", verb->usage,
			    verb->is_entry ? about_entries : "");
		return;
	}
	if (words_is_given(argc, argv, "--version")) {
		(void)printf("%s %s (%s)\n", PROGRAM, version_number(),
		    version_commit());
		return;
	}
	if (verb != NULL)
		(void)verb->run(argc - 1, argv + 1, e);
	else if (word[0] == '\0')
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
