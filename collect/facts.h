#ifndef COLLECT_FACTS_H
#define COLLECT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/group.h"
#include "evidence/json.h"

#include "collect/asked.h"
#include "collect/options.h"
#include "collect/promised.h"

/*
 * What a collection was asked for, from its first run to its last.  It stands
 * in every checkpoint, so that resuming needs nothing but the credentials and
 * the key, which are never stored.
 */
struct facts {
	const char * case_id;
	const char * exhibit;
	const char * examiner;
	const char * organisation; /* NULL where not said, and below. */
	const char * authority;
	const char * purpose;
	const char * previous;      /* Package that is continued; */
	const char * previous_seal; /* SHA-256 of its seal, hex digits. */
	const char * revisit;       /* Its file, if open hours are revisited. */
	const char * group;         /* Name of its first package; or NULL. */
	int64_t part;               /* Its number in it, from 1. */
	int64_t max_package;        /* Bytes; 0: one package takes all. */
	const char * accounts[OPTIONS_MAX_ACCOUNTS];
	const char * endpoints[OPTIONS_MAX_ACCOUNTS];
	size_t account_count;
	struct asked asked;                       /* Of all accounts, */
	struct asked * own[OPTIONS_MAX_ACCOUNTS]; /* or of one; NULL: that. */
	const char * folder; /* Packed in place of any account; or NULL. */
	const char * attach[OPTIONS_MAX_ATTACH];
	size_t attach_count;
	const char * cwd; /* Where their paths begin. */
	struct promised promised;
	int64_t started_at;
	bool is_compressed;
	bool accept_excess;
	bool prove_ranges;

	struct json * root; /* What parsed texts borrow from; else NULL. */
};

/**
 * facts_take_asked(f, o, e):
 * Put what the words ${o} ask for of all accounts, and of each, into ${f}.
 * Return 0, or -1 with ${e} set.
 */
int facts_take_asked(
    struct facts * f, const struct options * o, struct err * e);

/**
 * facts_asked(f, account):
 * Return what is asked for of the ${account} with this index.
 */
const struct asked * facts_asked(const struct facts * f, size_t account);

/**
 * facts_format(f, out, e):
 * Append ${f} as one JSON document to ${out}.  Return 0, or -1 with ${e} set.
 */
int facts_format(const struct facts * f, struct buf * out, struct err * e);

/**
 * facts_parse(bytes, len, f, e):
 * Read the document into ${f}, which facts_free releases.  Return 0, or -1
 * with ${e} set and ${f} empty.
 */
int facts_parse(
    const void * bytes, size_t len, struct facts * f, struct err * e);

/**
 * facts_group(f, count, group):
 * Describe in ${group}, of ${count} packages, the one that is collected.  Return
 * whether it is of a group.
 */
bool facts_group(const struct facts * f, int64_t count, struct group * group);

/**
 * facts_free(f):
 * Release what ${f} owns and make it empty.
 */
void facts_free(struct facts * f);

#endif
