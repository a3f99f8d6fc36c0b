#ifndef LEDGER_FACTS_H
#define LEDGER_FACTS_H

#include "evidence/buf.h"
#include "evidence/custody.h"
#include "evidence/err.h"
#include "evidence/json.h"
#include "evidence/words.h"

/*
 * What a person says for an entry of the ledger: options of the command line,
 * or a JSON file whose members are called as in the entry.  An option goes
 * before the file, so that everybody can keep a file about themselves.
 */
enum fact {
	FACT_BY_NAME,
	FACT_BY_TITLE,
	FACT_BY_ORGANISATION,
	FACT_BY_CONTACT,
	FACT_FROM_NAME,
	FACT_FROM_TITLE,
	FACT_FROM_ORGANISATION,
	FACT_FROM_CONTACT,
	FACT_TO_NAME,
	FACT_TO_TITLE,
	FACT_TO_ORGANISATION,
	FACT_TO_CONTACT,
	FACT_PURPOSE,
	FACT_AUTHORITY,
	FACT_PLACE,
	FACT_MEDIUM_KIND,
	FACT_MEDIUM_SERIAL,
	FACT_MEDIUM_SEAL,
	FACT_TRANSPORT,
	FACT_CONDITION,
	FACT_REMARKS,
	FACT_FILE
};
#define FACTS 22

/* The options, in that order, for a verb's table of words. */
#define FACT_WORDS                                                             \
	{ "by-name", true, false }, { "by-title", true, false },               \
	    { "by-organisation", true, false }, { "by-contact", true, false }, \
	    { "from-name", true, false }, { "from-title", true, false },       \
	    { "from-organisation", true, false },                              \
	    { "from-contact", true, false }, { "to-name", true, false },       \
	    { "to-title", true, false }, { "to-organisation", true, false },   \
	    { "to-contact", true, false }, { "purpose", true, false },         \
	    { "authority", true, false }, { "place", true, false },            \
	    { "medium-kind", true, false }, { "medium-serial", true, false },  \
	    { "medium-seal", true, false }, { "transport", true, false },      \
	    { "condition", true, false }, { "remarks", true, false },          \
	{                                                                      \
		"facts", true, false                                           \
	}

struct facts {
	const char * value[FACTS]; /* Borrowed from argv or from json. */
	struct json * json;        /* Of the file, or NULL. */
};

/**
 * facts_take(facts, fact, value):
 * Note the option ${fact} with its ${value}, borrowed from argv.
 */
void facts_take(struct facts * facts, enum fact fact, const char * value);

/**
 * facts_load(facts, e):
 * Read the file, if one was named, for what no option says.  Return 0, or -1
 * with ${e} set: not readable, no JSON, or a member that an entry does not
 * have.
 */
int facts_load(struct facts * facts, struct err * e);

/**
 * facts_fill(facts, entry, e):
 * Put all of ${facts} into ${entry}, which borrows it.  Return 0, or -1 with
 * ${e} set (ERR_USAGE): a name is missing, or something is empty.
 */
int facts_fill(
    const struct facts * facts, struct custody_entry * entry, struct err * e);

/**
 * facts_free(facts):
 * Release what ${facts} owns.
 */
void facts_free(struct facts * facts);

#endif
