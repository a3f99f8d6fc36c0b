#ifndef EVIDENCE_GROUP_H
#define EVIDENCE_GROUP_H

#include <stdint.h>

#include "evidence/document.h"
#include "evidence/err.h"
#include "evidence/json.h"
#include "evidence/name.h"

/*
 * Several packages of one collection, each whole in itself: a bag group of
 * BagIt.  The group is called as its first package; the names of the others
 * follow from that, so that each package names all of them.
 */
#define GROUP_MAX 9999 /* Packages. */

struct group {
	char id[NAME_SIZE]; /* The name of package 1. */
	int64_t number;     /* Of this package, from 1. */
	int64_t count;      /* Of all of them. */
};

/**
 * group_name(id, number, name):
 * Write the name of package ${number} of the group ${id} to ${name}: ${id} for
 * 1, else ${id} with the first 8 hex digits of the SHA-256 of
 * "azcustody/group/1 ID NUMBER" in place of its last 8.
 */
void group_name(const char * id, int64_t number, char name[NAME_SIZE]);

/**
 * group_check(group, package, e):
 * Check that ${group} can be that of ${package}: the numbers fit, and the name
 * is that of its number.  Return 0, or -1 with ${e} set.
 */
int group_check(
    const struct group * group, const char * package, struct err * e);

/**
 * group_put(j, group):
 * Put ${group} as the member "group" into ${j}.
 */
void group_put(struct json_out * j, const struct group * group);

/**
 * group_parse(doc, group, e):
 * Read the member "group" of the document ${doc} into ${group}.  Return 0, or
 * -1 with ${e} set and ${group} in any state.
 */
int group_parse(struct document * doc, struct group * group, struct err * e);

#endif
