#ifndef COLLECT_PLAN_H
#define COLLECT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * The plan: what the listing found in scope, one line of JSON an entry, in a
 * file of the work folder, so that a million blobs take no memory.  An entry's
 * number is its line, from 0; nothing is added once the listing is whole.
 *
 *	{"source":0,"name_pct":"resourceId%3D...","size":12,"etag":"0x8D...",
 *	 "last_modified":"...","blob_type":"BlockBlob","snapshot":null,
 *	 "version_id":null,"current":false,"deleted":false}
 *
 * A plan belongs to this machine and this run; it never enters the package.
 */
#define PLAN_FILE "plan.jsonl"
#define PLAN_LINE_MAX ((size_t)64 << 10) /* Bytes of a line, LF included. */
#define PLAN_MAX INT64_C(999999999)      /* Entries: nine digits of a name. */

/* One planned blob; texts are NULL where the listing did not say. */
struct plan_entry {
	int64_t number;
	int source;        /* Index into sources.json. */
	const char * name; /* The true name: any bytes, a NUL behind them. */
	size_t name_len;
	int64_t size; /* As listed, -1 if it did not say. */
	const char * etag;
	const char * last_modified;
	const char * blob_type;
	const char * snapshot;
	const char * version_id;
	bool is_current; /* The current one of several versions. */
	bool is_deleted;
};

struct plan; /* A plan being written, or read. */

/**
 * plan_create(dir, name, e):
 * Start an empty plan in the file ${name} of the folder ${dir}, in place of
 * one that a listing left behind when it was cut off.  Return it (the caller
 * frees it with plan_free), or NULL with ${e} set.
 */
struct plan * plan_create(int dir, const char * name, struct err * e);

/**
 * plan_continue(dir, name, bytes, count, e):
 * Take up the plan ${name} in ${dir} again, cut back to the ${bytes} that its
 * first ${count} entries have.  Return it, or NULL with ${e} set.
 */
struct plan * plan_continue(
    int dir, const char * name, int64_t bytes, int64_t count, struct err * e);

/**
 * plan_add(p, entry, e):
 * Write ${entry} as the next one; its number is ignored.  Return 0, or -1 with
 * ${e} set (ERR_LIMIT over PLAN_MAX entries or PLAN_LINE_MAX bytes).
 */
int plan_add(struct plan * p, const struct plan_entry * entry, struct err * e);

/**
 * plan_sync(p, e):
 * Make everything added durable.  Return 0, or -1 with ${e} set.
 */
int plan_sync(struct plan * p, struct err * e);

/**
 * plan_open(dir, name, e):
 * Open the finished plan ${name} in ${dir} for reading.  Return it, or NULL
 * with ${e} set.
 */
struct plan * plan_open(int dir, const char * name, struct err * e);

/**
 * plan_next(p, entry, e):
 * Read the next entry and put it into ${entry}: one allocation that the caller
 * frees with plan_entry_free.  Return 1, 0 behind the last one, or -1 with
 * ${e} set.
 */
int plan_next(struct plan * p, struct plan_entry ** entry, struct err * e);

/**
 * plan_rewind(p):
 * Let plan_next begin again with entry 0.
 */
void plan_rewind(struct plan * p);

/**
 * plan_count(p):
 * Return how many entries were added, or read since the last rewind.
 */
int64_t plan_count(const struct plan * p);

/**
 * plan_bytes(p):
 * Return how many bytes the entries added have.
 */
int64_t plan_bytes(const struct plan * p);

/**
 * plan_free(p):
 * Close and release ${p}; NULL is fine.
 */
void plan_free(struct plan * p);

/**
 * plan_entry_copy(from, e):
 * Return a copy of ${from} in one allocation, or NULL with ${e} set.
 */
struct plan_entry * plan_entry_copy(
    const struct plan_entry * from, struct err * e);

/**
 * plan_entry_free(entry):
 * Release ${entry}; NULL is fine.
 */
void plan_entry_free(struct plan_entry * entry);

#endif
