#ifndef VERIFY_BAG_WALK_DIR_H
#define VERIFY_BAG_WALK_DIR_H

#include "evidence/err.h"

#include "verify/bag_walk.h"

/*
 * A bag in a directory: each folder is opened from the one above it, nothing is
 * followed, and a file is opened at most once a walk.
 */
extern const struct bag_walk_sort bag_walk_dir;

/**
 * bag_walk_dir_open(fd, e):
 * Start walking the directory ${fd} (borrowed).  Return the state for
 * bag_walk_dir, or NULL with ${e} set.
 */
void * bag_walk_dir_open(int fd, struct err * e);

#endif
