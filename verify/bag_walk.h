#ifndef VERIFY_BAG_WALK_H
#define VERIFY_BAG_WALK_H

#include <stdint.h>

#include "evidence/err.h"
#include "evidence/folder_walk.h"

/*
 * The files and folders of somebody's bag one by one, in a directory or in a .tar or
 * .tar.zst with one top folder (or none).  Nothing is followed: what is no
 * regular file is handed out with a problem and has no bytes.
 */
struct bag_walk;

/**
 * bag_walk_open(fd, e):
 * Start walking the directory or regular file ${fd} (borrowed; its position is
 * not used).  Return the walk, which the caller closes with bag_walk_close, or
 * NULL with ${e} set.
 */
struct bag_walk * bag_walk_open(int fd, struct err * e);

/**
 * bag_walk_next(w, item, e):
 * Describe the next file in ${item}, in no particular order.  Return 1; 0 at
 * the end; or -1 with ${e} set (ERR_INPUT, ERR_LIMIT: damaged, or not for us;
 * else it could not be read).
 */
int bag_walk_next(
    struct bag_walk * w, struct folder_item * item, struct err * e);

/**
 * bag_walk_data(w, bytes, e):
 * Put a pointer to the next bytes of the file into ${bytes}, valid until the
 * next call.  Return how many there are; 0 at its end, which is where its size
 * said; or -1 with ${e} set.
 */
int64_t bag_walk_data(
    struct bag_walk * w, const uint8_t ** bytes, struct err * e);

/**
 * bag_walk_close(w):
 * Release ${w}; NULL is fine.
 */
void bag_walk_close(struct bag_walk * w);

#endif
