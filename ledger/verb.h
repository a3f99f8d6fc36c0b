#ifndef LEDGER_VERB_H
#define LEDGER_VERB_H

#include <stdbool.h>

#include "evidence/err.h"

/*
 * What azcustody-ledger can do: each verb is one of these constants, which
 * main finds in its table by the first word.
 */
struct verb {
	const char * name;

	/* Do it with the words from the verb's name on.  Return 0, or -1 with
	 * ${e} set. */
	int (*run)(int argc, char ** argv, struct err * e);

	/* For --help: one block, each line with an LF. */
	const char * usage;
	bool is_entry; /* It takes what is said about entries as well. */
};

extern const struct verb verb_keygen;
extern const struct verb verb_show;
extern const struct verb verb_encrypt;
extern const struct verb verb_release;
extern const struct verb verb_receive;
extern const struct verb verb_return;
extern const struct verb verb_store;
extern const struct verb verb_copy;
extern const struct verb verb_note;
extern const struct verb verb_correct;
extern const struct verb verb_destroy;
extern const struct verb verb_enter;
extern const struct verb verb_receipt;
extern const struct verb verb_stamp_query;
extern const struct verb verb_stamp_import;
extern const struct verb verb_derive;
extern const struct verb verb_disclose;
extern const struct verb verb_form;

#endif
