#ifndef EVIDENCE_FOLDER_WALK_H
#define EVIDENCE_FOLDER_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * All files and folders below a directory: each folder is opened from the one
 * above it, nothing is followed, and a file is opened at most once a walk.
 */
#define FOLDER_WALK_PATH_MAX 4096 /* Bytes of a path below the top. */
#define FOLDER_WALK_DEPTH_MAX 64  /* Folders in folders. */

/* One of them. */
struct folder_item {
	const char * path; /* Below the top folder; borrowed until the next. */
	size_t len;        /* No NUL is in it. */
	bool is_folder;    /* It has no bytes; what is in it comes too. */
	int64_t size;
	const char * problem; /* Why it is not read, or NULL. */
};

struct folder_walk;

/**
 * folder_walk_open(fd, e):
 * Start walking the directory ${fd} (borrowed; its position is not used).
 * Return the walk, which the caller closes with folder_walk_close, or NULL with
 * ${e} set.
 */
struct folder_walk * folder_walk_open(int fd, struct err * e);

/**
 * folder_walk_next(w, item, e):
 * Describe the next one in ${item}, in no particular order; what is neither a
 * folder nor a regular file has a problem.  Return 1; 0 at the end; or -1 with
 * ${e} set.
 */
int folder_walk_next(
    struct folder_walk * w, struct folder_item * item, struct err * e);

/**
 * folder_walk_data(w, bytes, e):
 * Put a pointer to the next bytes of the file into ${bytes}, valid until the
 * next call.  Return how many there are; 0 at its end, which is where its size
 * said; or -1 with ${e} set (ERR_INPUT: it changed meanwhile).
 */
int64_t folder_walk_data(
    struct folder_walk * w, const uint8_t ** bytes, struct err * e);

/**
 * folder_walk_close(w):
 * Release ${w}; NULL is fine.
 */
void folder_walk_close(struct folder_walk * w);

#endif
