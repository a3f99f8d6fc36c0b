#ifndef TIMELINE_ENRICH_SOURCE_H
#define TIMELINE_ENRICH_SOURCE_H

#include "evidence/buf.h"
#include "timeline/enrich.h"
#include "timeline/geoip.h"
#include "timeline/network.h"
#include "timeline/record.h"

/*
 * One file that was brought, for the modules enrich*.c only: what each of its
 * entries says, and by which network, card, or resource an entry is found.
 */
#define ENRICH_ENTRIES_MAX NETWORKS_MAX

/* What is said: places in the texts of the source. */
struct enrich_entry {
	size_t name;
	size_t detail;
};

/* A card's address or a resource that an entry is found by. */
struct enrich_key {
	size_t text; /* As enrich_fold_key makes it. */
	size_t entry;
};

struct enrich_source {
	struct enrich_file file;
	struct network_table * networks;
	struct geoip * geoip; /* Of a MaxMind DB only. */
	struct buf texts;     /* Each ends in a NUL. */
	struct enrich_entry * entries;
	size_t entry_count;
	size_t entry_room;
	struct enrich_key * keys; /* Sorted by enrich_source_sort. */
	size_t key_count;
	size_t key_room;
};

/**
 * enrich_source_entry(s, name, detail, number, e):
 * Add an entry that says ${name} and ${detail} (NULL: nothing), texts in UTF-8,
 * and put its ${number}.  Return 0, or -1 with ${e} set (also for a text over
 * ENRICH_TEXT_MAX).
 */
int enrich_source_entry(struct enrich_source * s, const char * name,
    const char * detail, size_t * number, struct err * e);

/**
 * enrich_source_network(s, text, entry, e):
 * Let ${entry} be found by the network ${text}.  Return 0, or -1 with ${e} set
 * (ERR_INPUT if it is none).
 */
int enrich_source_network(
    struct enrich_source * s, const char * text, size_t entry, struct err * e);

/**
 * enrich_source_key(s, text, entry, e):
 * Let ${entry} be found by the card's address or resource ${text}.  Return 0, or
 * -1 with ${e} set.
 */
int enrich_source_key(
    struct enrich_source * s, const char * text, size_t entry, struct err * e);

/**
 * enrich_source_sort(s):
 * Sort the keys once all are there.
 */
void enrich_source_sort(struct enrich_source * s);

/**
 * enrich_source_find(s, text, from):
 * Return where in the keys of ${s}, at ${from} or behind it, one is ${text} once
 * it was folded, or SIZE_MAX.
 */
size_t enrich_source_find(
    const struct enrich_source * s, const char * text, size_t from);

/**
 * enrich_fold_key(text, out, e):
 * Put ${text} into ${out}, which is cleared, with ASCII letters small.  Return 0,
 * or -1 with ${e} set.
 */
int enrich_fold_key(const char * text, struct buf * out, struct err * e);

/**
 * enrich_take_root(s, root, e):
 * Read the document whose first value is ${root}.  Return 0, or -1 with ${e}
 * set.
 */
typedef int enrich_take_root(
    struct enrich_source * s, const struct record_value * root, struct err * e);

/**
 * enrich_read_json(s, bytes, len, take, e):
 * Parse ${bytes} as one JSON text and hand it to ${take}.  Return 0, or -1 with
 * ${e} set.
 */
int enrich_read_json(struct enrich_source * s, const void * bytes, size_t len,
    enrich_take_root * take, struct err * e);

/**
 * enrich_read_tags(s, bytes, len, e):
 * Read Azure's service tags.  Return 0, or -1 with ${e} set.
 */
int enrich_read_tags(
    struct enrich_source * s, const void * bytes, size_t len, struct err * e);

/**
 * enrich_read_indicators(s, bytes, len, e):
 * Read a list of indicators, of either form.  Return 0, or -1 with ${e} set.
 */
int enrich_read_indicators(
    struct enrich_source * s, const void * bytes, size_t len, struct err * e);

/**
 * enrich_read_stix(s, bytes, len, e):
 * Read a STIX 2.1 bundle.  Return 0, or -1 with ${e} set.
 */
int enrich_read_stix(
    struct enrich_source * s, const void * bytes, size_t len, struct err * e);

/**
 * enrich_read_inventory(s, bytes, len, e):
 * Read the table of the owner's machines.  Return 0, or -1 with ${e} set.
 */
int enrich_read_inventory(
    struct enrich_source * s, const void * bytes, size_t len, struct err * e);

#endif
