#ifndef VERIFY_PATH_POLICY_H
#define VERIFY_PATH_POLICY_H

#include <stddef.h>

/*
 * Foreign paths, judged alike on every system: what leads out of a folder on
 * one of them is refused on all.  Both "/" and "\" part a path here.
 */
#define PATH_POLICY_PART_MAX 255 /* Bytes of one part. */
#define PATH_POLICY_MAX 1024     /* Bytes of a path that is written. */

/**
 * path_policy_escape(path, len):
 * Return why ${path} of ${len} bytes could name something outside the folder it
 * is used in (absolute, with a drive, "~", "%NAME%", a part ".."), or NULL if
 * it could not on any system.
 */
const char * path_policy_escape(const void * path, size_t len);

/**
 * path_policy_write(path, len):
 * Return why no file may be made by the name ${path} below a new folder: all
 * that path_policy_escape refuses, and what a system would write under another
 * name, take for a device, or show as something else.  Return NULL if it may.
 */
const char * path_policy_write(const void * path, size_t len);

#endif
