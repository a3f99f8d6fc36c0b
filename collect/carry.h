#ifndef COLLECT_CARRY_H
#define COLLECT_CARRY_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/err.h"

#include "collect/phases.h"

/*
 * From one package of a group (--max-package-size) to the next.
 *
 * All packages have the one listing, its raw pages and its gaps; the plan made
 * of it is cut by parts.h.  In each of them an object of another one is a gap
 * of reason "elsewhere".  What the accounts are asked at the end, the second
 * listing, and files of this machine are in the last one.
 *
 *	package K sealed --carry_prepare--> work folder of K + 1, durable
 *	   --package_publish--> K has its name --session--> K + 1 is resumed
 *
 * So at any moment there is a work folder to resume from: as long as K has not
 * its name its own, which makes the next one anew; then that one.
 */
#define CARRY_GAPS_FILE "listing-gaps.jsonl" /* What the listing declared. */

/**
 * carry_is_last(p):
 * Return whether no package of the group follows that of ${p}; so it is without
 * a group.
 */
bool carry_is_last(const struct phases * p);

/**
 * carry_split(p, e):
 * When the listing is whole: find out how many packages the plan takes, and
 * keep what the others need.  Return 0, or -1 with ${e} set.
 */
int carry_split(struct phases * p, struct err * e);

/**
 * carry_listing(p, e):
 * The phase STATE_LISTING of every package but the first: take over the raw
 * pages, which stand in the package before, and the gaps.  Return 0, or -1 with
 * ${e} set.
 */
int carry_listing(struct phases * p, struct err * e);

/**
 * carry_elsewhere(p, e):
 * Before anything is fetched: declare each entry of the plan that is in another
 * package, and settle it.  p->done is open, and opened anew.  Return 0, or -1
 * with ${e} set.
 */
int carry_elsewhere(struct phases * p, struct err * e);

/**
 * carry_prepare(p, e):
 * The package of ${p} is sealed and not the last one: make the work folder of
 * the next.  Return 0, or -1 with ${e} set.
 */
int carry_prepare(struct phases * p, struct err * e);

/**
 * carry_next(p, name):
 * Write the name of the package that follows the one of ${p}, which is
 * published, to ${name}.  Return whether one does.
 */
bool carry_next(const struct phases * p, char name[NAME_SIZE]);

#endif
