#ifndef COLLECT_PREVIOUS_H
#define COLLECT_PREVIOUS_H

#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/name.h"

/*
 * The earlier package that a collection continues: it is judged before anything
 * is asked, and named in case.json and in the seal.
 */
struct previous {
	char package[NAME_SIZE];
	char seal_sha256[DIGEST_SHA256_HEX]; /* Of its seal.json. */
};

/* What it took of hours that were open. */
struct previous_hours {
	int64_t blobs;
	int64_t from; /* The first moment that their names are about, */
	int64_t to;   /* and the first one behind all. */
};

/**
 * previous_open(path, hours, previous, e):
 * Judge the sealed package in the file ${path}, without trust in any key, and
 * describe it in ${previous}, and in ${hours} unless that is NULL.  Return 0, or
 * -1 with ${e} set: ERR_FORGED if it is not intact, or anything in it fails.
 */
int previous_open(const char * path, struct previous_hours * hours,
    struct previous * previous, struct err * e);

/**
 * previous_judge(fd, hours, previous, e):
 * As previous_open, of the open file ${fd}.
 */
int previous_judge(int fd, struct previous_hours * hours,
    struct previous * previous, struct err * e);

#endif
