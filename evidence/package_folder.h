#ifndef EVIDENCE_PACKAGE_FOLDER_H
#define EVIDENCE_PACKAGE_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/package_read.h"

/*
 * A package that somebody unpacked, read in the order of its members, for
 * package_read: the tag manifest says which tag files there are and the
 * manifest which payload, in archive order both; the tag manifest and the seal
 * come last.  So memory is flat, but for NAME_SET_KEY bytes a member, by
 * which package_folder_is_known finds what no list names.
 *
 * Every file is opened once, from folder to folder, and nothing is followed.
 */
#define PACKAGE_FOLDER_SEALS 64 /* Files below seal/ that are read. */

struct package_folder;

/**
 * package_folder_open(dir, e):
 * Start reading the unpacked top folder ${dir} (borrowed).  Return what
 * package_folder_close ends, or NULL with ${e} set.
 */
struct package_folder * package_folder_open(int dir, struct err * e);

/**
 * package_folder_next(f, item, e):
 * As package_read_next; a member that a list names and that is not here has
 * is_missing, and no bytes.
 */
int package_folder_next(
    struct package_folder * f, struct package_item * item, struct err * e);

/**
 * package_folder_data(f, bytes, e):
 * As package_read_data.
 */
int64_t package_folder_data(
    struct package_folder * f, const uint8_t ** bytes, struct err * e);

/**
 * package_folder_top(f):
 * Return the package's name as the seal says, or "" if there is none to read.
 */
const char * package_folder_top(const struct package_folder * f);

/**
 * package_folder_offset(f):
 * Return where the next member would stand in the stream it was unpacked from.
 */
int64_t package_folder_offset(const struct package_folder * f);

/**
 * package_folder_is_known(f, path):
 * At the end: return whether ${path} was one of the members.
 */
bool package_folder_is_known(struct package_folder * f, const char * path);

/**
 * package_folder_close(f):
 * Release ${f}; NULL is fine.
 */
void package_folder_close(struct package_folder * f);

#endif
