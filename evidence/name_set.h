#ifndef EVIDENCE_NAME_SET_H
#define EVIDENCE_NAME_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * A set of names that is filled and then asked, at NAME_SET_KEY bytes a name
 * (of its SHA-256).  A struct name_set of zeros is empty.
 */
#define NAME_SET_KEY 16

struct name_set {
	uint8_t (*keys)[NAME_SET_KEY];
	size_t n, room;
	bool is_sorted;
};

/**
 * name_set_add(set, name, e):
 * Put ${name} into ${set}.  Return 0, or -1 with ${e} set.
 */
int name_set_add(struct name_set * set, const char * name, struct err * e);

/**
 * name_set_has(set, name):
 * Return whether ${name} is in ${set}, which it sorts.
 */
bool name_set_has(struct name_set * set, const char * name);

/**
 * name_set_free(set):
 * Release what ${set} owns.
 */
void name_set_free(struct name_set * set);

#endif
