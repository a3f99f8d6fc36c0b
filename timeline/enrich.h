#ifndef TIMELINE_ENRICH_H
#define TIMELINE_ENRICH_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "timeline/output.h"
#include "timeline/store.h"

/*
 * What files that the analyst brought say of the addresses, network cards, and
 * resources of a case.  Nothing of it is evidence, and no record is changed by
 * it: it stands in the tables enrichment (one row a file) and mark (one row a
 * thing and what a file says of it), in enrichment.csv, and in columns of its
 * own, and each file is named by its SHA-256.  The file is what the network looked like
 * when the file was made, which may not be when a record was.
 *
 *	service tags  Azure's list of its own networks, as it is downloaded (JSON)
 *	geoip	      a MaxMind DB: country, city, autonomous system
 *	indicators    addresses and networks to look for: CSV, or a STIX 2.1
 *		      bundle, of which IPv4 and IPv6 patterns are used
 *	inventory     CSV of the owner's machines: their cards and addresses
 *
 * A file that cannot be read whole is refused with the reason.  What a file holds and
 * is not used (a domain among indicators) is counted.
 */
enum enrich_kind {
	ENRICH_SERVICE_TAGS,
	ENRICH_GEOIP,
	ENRICH_INDICATORS,
	ENRICH_INVENTORY
};
#define ENRICH_KINDS 4

#define ENRICH_FILES_MAX 16                 /* Of all kinds together. */
#define ENRICH_BYTES_MAX ((size_t)16 << 20) /* Of a file that is text. */
#define ENRICH_TEXT_MAX 512 /* Bytes of a name; longer ones are refused. */
#define ENRICH_ABOUT_SIZE 256

/* What is known of a file; borrowed from its set. */
struct enrich_file {
	enum enrich_kind kind;
	uint8_t sha256[DIGEST_SHA256_LEN];
	int64_t size;
	int64_t entries; /* That are used; -1: cannot be counted. */
	int64_t unused;  /* Entries of another sort. */
	char about[ENRICH_ABOUT_SIZE]; /* What it says of itself. */
};

struct enrich;

/**
 * enrich_option(kind):
 * Return the option that brings a file of the ${kind}, without its dashes,
 * which is the kind's name in every output too.
 */
const char * enrich_option(enum enrich_kind kind);

/**
 * enrich_new(e):
 * Return a set without files, which the caller frees with enrich_free, or NULL
 * with ${e} set.
 */
struct enrich * enrich_new(struct err * e);

/**
 * enrich_free(en):
 * Release ${en}; NULL is fine.
 */
void enrich_free(struct enrich * en);

/**
 * enrich_load(en, kind, path, e):
 * Read the file ${path} of the ${kind} into ${en}.  Return 0, or -1 with ${e} set
 * to what in it cannot be read, and ${en} of no use but to be freed.
 */
int enrich_load(struct enrich * en, enum enrich_kind kind, const char * path,
    struct err * e);

/**
 * enrich_add(en, kind, bytes, len, e):
 * As enrich_load for ${len} ${bytes}, of any kind but ENRICH_GEOIP.
 */
int enrich_add(struct enrich * en, enum enrich_kind kind, const void * bytes,
    size_t len, struct err * e);

/**
 * enrich_count(en):
 * Return how many files there are.
 */
size_t enrich_count(const struct enrich * en);

/**
 * enrich_file(en, i):
 * Return file number ${i}, in the order in which they came.
 */
const struct enrich_file * enrich_file(const struct enrich * en, size_t i);

/**
 * enrich_mark(en, s, e):
 * Fill the tables enrichment, mark, and mark_line of ${s}, whose events are in.
 * Return 0, or -1 with ${e} set.
 */
int enrich_mark(struct enrich * en, struct store * s, struct err * e);

/**
 * enrich_export(en, s, o, e):
 * Write enrichment.csv into ${o}, if there are files.  Return 0, or -1 with ${e}
 * set.
 */
int enrich_export(const struct enrich * en, struct store * s, struct output * o,
    struct err * e);

#endif
