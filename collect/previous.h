#ifndef COLLECT_PREVIOUS_H
#define COLLECT_PREVIOUS_H

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

/**
 * previous_open(path, previous, e):
 * Judge the sealed package in the file ${path}, without trust in any key, and
 * describe it in ${previous}.  Return 0, or -1 with ${e} set: ERR_FORGED if it
 * is not intact, or anything in it fails.
 */
int previous_open(
    const char * path, struct previous * previous, struct err * e);

/**
 * previous_judge(fd, previous, e):
 * As previous_open, of the open file ${fd}.
 */
int previous_judge(int fd, struct previous * previous, struct err * e);

#endif
