#ifndef TIMELINE_RULE_H
#define TIMELINE_RULE_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"

/*
 * A rule: a file of SQL whose first lines say what it is.  A line of the head is
 *
 *	-- KEY: VALUE		begins an entry
 *	--   MORE		goes on with it
 *
 * and the first line that does not begin with "--" ends the head.  The keys:
 *
 *	id		lower-case letters, digits, and "-"; once
 *	title		what is recorded, in neutral words; once
 *	question	the question it answers; once
 *	attack		ATT&CK technique ids
 *	ms-threat	ids of Microsoft's threat matrix for storage services
 *	param		NAME = INTEGER: what it is (any number of them)
 *	link		NAME: what the link says (any number, in order)
 *	rests-on	what an answer rests on (any number)
 *	alternative	what else could explain it (any number, at least one)
 *	contradiction	what would contradict it (any number, at least one)
 *	work		the file only prepares tables for others
 *
 * Its parameters go into the table param under its id.  Its statements run in
 * order, and every row of every result must have the column finding, an integer,
 * and may have link and role, texts.  A row with a column event names that event
 * as part of the finding; a row without it states facts: each further column is
 * one, under the column's name.  Names that end in _time are moments.
 */
#define RULE_ENTRIES_MAX 64
#define RULE_FILE_MAX ((size_t)256 << 10)
#define RULE_COUNT_MAX 64

struct rule_entry {
	char * key;
	char * value;
};

struct rule {
	char * file; /* Its name, which orders the rules. */
	char * text; /* All of it. */
	size_t len;
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct rule_entry entries[RULE_ENTRIES_MAX];
	size_t count;
};

struct rule_set {
	struct rule * rules[RULE_COUNT_MAX];
	size_t count;
};

/**
 * rule_parse(file, text, len, e):
 * Read the head of the rule ${text} of ${len} bytes named ${file}.  Return the
 * rule, which the caller frees with rule_free, or NULL with ${e} set.
 */
struct rule * rule_parse(
    const char * file, const char * text, size_t len, struct err * e);

/**
 * rule_free(r):
 * Release ${r}; NULL is fine.
 */
void rule_free(struct rule * r);

/**
 * rule_value(r, key, n):
 * Return the value of entry number ${n} (from 0) with the ${key} of ${r}, or
 * NULL if there is none.
 */
const char * rule_value(const struct rule * r, const char * key, size_t n);

/**
 * rule_param(r, n, name, name_size, value, words):
 * Take param number ${n} of ${r} apart: its ${name} (cut to ${name_size}), its
 * default ${value} and, borrowed, what it is.  Return 0, or -1 if there is none
 * of that number or it cannot be read.
 */
int rule_param(const struct rule * r, size_t n, char * name, size_t name_size,
    int64_t * value, const char ** words);

/**
 * rule_set_load(set, dir_path, e):
 * Fill ${set} with the rules of the program and, unless ${dir_path} is NULL,
 * with the files *.sql of that folder, all ordered by file name.  The caller
 * releases it with rule_set_free, also on failure.  Return 0, or -1 with ${e}
 * set (also if two rules have one id).
 */
int rule_set_load(struct rule_set * set, const char * dir_path, struct err * e);

/**
 * rule_set_free(set):
 * Release what ${set} owns.
 */
void rule_set_free(struct rule_set * set);

/**
 * rule_set_get(set, id):
 * Return the rule with the ${id}, or NULL.
 */
const struct rule * rule_set_get(const struct rule_set * set, const char * id);

#endif
