#ifndef TIMELINE_LOAD_H
#define TIMELINE_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/err.h"
#include "timeline/event.h"
#include "timeline/skew.h"
#include "timeline/store.h"

/*
 * The loading of a store: an event_sink that puts records, events, flows and
 * quarantined spans into the tables of schema.h as they come.
 *
 *	l = load_new(s, &e);
 *	load_package(l, ...);
 *	load_member(l, ...);	(then read the member with load_sink(l))
 *	load_end(l, &e);
 */
struct load;

/* What is known of a member besides its content; NULL where nothing is. */
struct load_member {
	const char * path;
	const char * kind;
	const char * name; /* Of the blob, as text. */
	const char * account;
	const char * container;
	int64_t size;
	const uint8_t * sha256;
	const char * resource; /* What it logs, out of its name. */
	int64_t hour;          /* The hour its name says, or CLOCK_UNKNOWN. */
};

struct load_counts {
	int64_t members;
	int64_t records;
	int64_t events; /* Flows included. */
	int64_t flows;
	int64_t quarantined;
	int64_t gaps;
	int64_t undated; /* Events without a time that could be read. */
};

/* Whether a hash is of the collector's own credential. */
typedef bool load_own_fn(const void * cookie, const char * sas_hash);

/**
 * load_new(s, e):
 * Return a loader into ${s}, whose tables are there and empty; ${s} is borrowed
 * until load_end or load_free.  Return NULL with ${e} set on failure.
 */
struct load * load_new(struct store * s, struct err * e);

/**
 * load_package(l, name, seal, verdict, skew, e):
 * Begin a package: its ${name}, the SHA-256 of its ${seal} (NULL if it has
 * none), its ${verdict} in a word, and its ${skew}.  Return 0, or -1 with ${e}
 * set.
 */
int load_package(struct load * l, const char * name, const uint8_t * seal,
    const char * verdict, const struct skew * skew, struct err * e);

/**
 * load_own(l, is_own, cookie):
 * From now on mark the storage requests for whose SAS hash ${is_own} says so,
 * called with ${cookie}, with 0 as collector_footprint: they used the collector's
 * credential, which alone proves nothing.  NULL: none.
 */
void load_own(struct load * l, load_own_fn * is_own, const void * cookie);

/**
 * load_member(l, member, e):
 * Begin a member of the package.  Return 0, or -1 with ${e} set.
 */
int load_member(
    struct load * l, const struct load_member * member, struct err * e);

/**
 * load_gap(l, reason, name, resource, hour, e):
 * Note what the package says it does not hold: the ${reason} code, and where
 * they are known (else NULL and CLOCK_UNKNOWN) the ${name} of the blob, the
 * ${resource} and ${hour} that name says.  Return 0, or -1 with ${e} set.
 */
int load_gap(struct load * l, const char * reason, const char * name,
    const char * resource, int64_t hour, struct err * e);

/**
 * load_sink(l):
 * Return the sink that takes what is read of the member.
 */
struct event_sink load_sink(struct load * l);

/**
 * load_counts(l):
 * Return the counts so far, borrowed until ${l} is used again.
 */
const struct load_counts * load_counts(const struct load * l);

/**
 * load_end(l, e):
 * Complete the tables and release ${l}.  Return 0, or -1 with ${e} set; ${l} is
 * released in any case.
 */
int load_end(struct load * l, struct err * e);

/**
 * load_free(l):
 * Release ${l} without completing anything; NULL is fine.
 */
void load_free(struct load * l);

#endif
