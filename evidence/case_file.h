#ifndef EVIDENCE_CASE_FILE_H
#define EVIDENCE_CASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/document.h"
#include "evidence/err.h"

/*
 * meta/case.json: the case, who collects for whom and why, what was asked for,
 * and the algorithms of the package.  Written first, before any request.
 */
#define CASE_FILE_MAX ((size_t)1 << 20) /* Bytes. */
#define CASE_FILE_MAX_LIST 256          /* Accounts, containers, kinds. */

#define CASE_FILE_LISTS 5 /* Of a scope. */

/* What was asked for: the scope that completeness is judged against. */
struct case_scope {
	const char * const * accounts;
	size_t n_accounts;
	const char * const * containers; /* Named one by one; may be none. */
	size_t n_containers;
	const char * const * logs; /* As given to --logs. */
	size_t n_logs;
	const char * const *
	    prefixes; /* Of names, in any container; or none. */
	size_t n_prefixes;
	const char * const * include; /* "snapshots", "versions", "deleted" */
	size_t n_include;
	int64_t from; /* CLOCK_UNKNOWN for without a bound. */
	int64_t to;
	const char * const * owned[CASE_FILE_LISTS]; /* Of a parsed one. */
};

/* What was asked for of one account, in place of that: its accounts are none. */
struct case_own {
	const char * account;
	struct case_scope scope;
};

struct case_file {
	const char * package;
	const char * case_number;
	const char * exhibit;
	const char * examiner;
	const char * organisation;
	const char * authority; /* Warrant, consent, contract. */
	const char * purpose;
	const char * acquisition; /* "acquired", or "received" with --folder. */
	const char * previous;    /* Package this one continues, or NULL. */
	int64_t started_at;       /* By the local clock. */
	bool sha512;              /* SHA-512 manifests as well. */
	const char * compression; /* "zstd" or "none" */
	struct case_scope scope;
	const struct case_own * own;
	size_t n_own;

	/* Owned by a parsed one. */
	struct document doc;
	struct case_own * own_scopes;
};

/**
 * case_file_format(c, out, e):
 * Append the document of ${c} to ${out}.  Return 0, or -1 with ${e} set.
 */
int case_file_format(
    const struct case_file * c, struct buf * out, struct err * e);

/**
 * case_file_parse(bytes, len, c, e):
 * Parse the document into ${c}.  Return 0, and case_file_free releases it, or
 * -1 with ${e} set and ${c} empty.
 */
int case_file_parse(
    const void * bytes, size_t len, struct case_file * c, struct err * e);

/**
 * case_file_scope(c, account):
 * Return what ${c} asks for of ${account}: its own scope, or that of all.
 */
const struct case_scope * case_file_scope(
    const struct case_file * c, const char * account);

/**
 * case_scope_has_blob(scope, container, name, len):
 * Return whether the time that the ${len} bytes of the blob's name ${name} in
 * ${container} say it is about touches the span of ${scope}, widened on both
 * sides by kind_margin.  A name that says no time is in scope.
 */
bool case_scope_has_blob(const struct case_scope * scope,
    const char * container, const void * name, size_t len);

/**
 * case_scope_has_folder(scope, container, folder, len):
 * As case_scope_has_blob, for all below the ${len} bytes of the name ${folder},
 * as kind_time_of_folder reads it.
 */
bool case_scope_has_folder(const struct case_scope * scope,
    const char * container, const void * folder, size_t len);

/**
 * case_file_is_root(c, prefix, len):
 * Return whether the listing of a container of any account may begin with the
 * prefix ${prefix} of ${len} bytes: one of those asked for, or none where none
 * was.
 */
bool case_file_is_root(
    const struct case_file * c, const void * prefix, size_t len);

/**
 * case_file_free(c):
 * Release what a parsed ${c} owns and make it zeros.
 */
void case_file_free(struct case_file * c);

#endif
