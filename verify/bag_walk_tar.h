#ifndef VERIFY_BAG_WALK_TAR_H
#define VERIFY_BAG_WALK_TAR_H

#include "evidence/err.h"

#include "verify/bag_walk.h"

/*
 * A bag in a .tar or .tar.zst as other programs write them: ustar and GNU
 * headers, pax records "path" and "size", GNU long names.  What two programs
 * could read in two ways is refused: global and sparse records, a long name
 * beside a pax record, a NUL in a path, a record twice, a header whose sum is
 * wrong, and anything but zeros behind the two blocks that end it.
 */
#define BAG_WALK_PAX_MAX ((size_t)64 << 10) /* Bytes of one pax header. */

extern const struct bag_walk_sort bag_walk_tar;

/**
 * bag_walk_tar_open(fd, e):
 * Start walking the archive ${fd} (borrowed).  Return the state for
 * bag_walk_tar, or NULL with ${e} set.
 */
void * bag_walk_tar_open(int fd, struct err * e);

#endif
