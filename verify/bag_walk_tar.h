#ifndef VERIFY_BAG_WALK_TAR_H
#define VERIFY_BAG_WALK_TAR_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/folder_walk.h"

/*
 * A bag in a .tar or .tar.zst as other programs write them: ustar and GNU
 * headers, pax records "path" and "size", GNU long names.  What two programs
 * could read in two ways is refused: global and sparse records, a long name
 * beside a pax record, a NUL in a path, a record twice, a header whose sum is
 * wrong, and anything but zeros behind the two blocks that end it.
 */
#define BAG_WALK_PAX_MAX ((size_t)64 << 10) /* Bytes of one pax header. */

struct bag_walk_tar;

/**
 * bag_walk_tar_open(fd, e):
 * Start walking the archive ${fd} (borrowed).  Return the walk, which the
 * caller closes with bag_walk_tar_close, or NULL with ${e} set.
 */
struct bag_walk_tar * bag_walk_tar_open(int fd, struct err * e);

/**
 * bag_walk_tar_next(w, item, e):
 * As bag_walk_next.
 */
int bag_walk_tar_next(
    struct bag_walk_tar * w, struct folder_item * item, struct err * e);

/**
 * bag_walk_tar_data(w, bytes, e):
 * As bag_walk_data.
 */
int64_t bag_walk_tar_data(
    struct bag_walk_tar * w, const uint8_t ** bytes, struct err * e);

/**
 * bag_walk_tar_close(w):
 * Release ${w}; NULL is fine.
 */
void bag_walk_tar_close(struct bag_walk_tar * w);

#endif
