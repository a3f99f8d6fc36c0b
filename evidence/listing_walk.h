#ifndef EVIDENCE_LISTING_WALK_H
#define EVIDENCE_LISTING_WALK_H

#include <stddef.h>

#include "evidence/err.h"
#include "evidence/listing.h"

/*
 * What the elements of a listing mean, one after the other: the part of
 * listing.h that knows Azure and nothing of the XML library.  Only listing.c
 * uses it.
 */
struct listing_walk;

/**
 * listing_walk_new(kind, found, cookie, e):
 * Return a walk through a page of ${kind}, as listing_new; the caller frees it
 * with listing_walk_free.  Return NULL with ${e} set on failure.
 */
struct listing_walk * listing_walk_new(enum listing_kind kind,
    listing_found * found, void * cookie, struct err * e);

/**
 * listing_walk_open(w, name, attributes, e):
 * An element ${name} begins; ${attributes} are names and values in turn, NULL
 * behind the last.  Return 0, or -1 with ${e} set.
 */
int listing_walk_open(struct listing_walk * w, const char * name,
    const char * const * attributes, struct err * e);

/**
 * listing_walk_text(w, text, len, e):
 * ${len} bytes of ${text} stand here.  Return 0, or -1 with ${e} set.
 */
int listing_walk_text(
    struct listing_walk * w, const char * text, size_t len, struct err * e);

/**
 * listing_walk_close(w, e):
 * The innermost element ends.  Return 0, or -1 with ${e} set.
 */
int listing_walk_close(struct listing_walk * w, struct err * e);

/**
 * listing_walk_finish(w, page, e):
 * The document ends: put what it said about itself into ${page} (all but
 * bytes), with texts that are valid until ${w} is freed.  Return 0, or -1 with
 * ${e} set.
 */
int listing_walk_finish(
    struct listing_walk * w, struct listing_page * page, struct err * e);

/**
 * listing_walk_free(w):
 * Release ${w}; NULL is fine.
 */
void listing_walk_free(struct listing_walk * w);

#endif
