#ifndef COLLECT_LOCAL_H
#define COLLECT_LOCAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/clock.h"
#include "evidence/err.h"

#include "collect/plan.h"

/*
 * Files of this machine: those of a folder that somebody else exported, and
 * those named one by one.  They go into a plan first, what cannot be packed
 * too, so that a resumed run goes on where the last one stood.
 *
 * In such a plan an entry's name is the path below the folder, or as it was
 * given; source is the enum kind that the path suggests; last_modified is the
 * file's own time, as clock_format writes it; is_deleted says that it cannot be
 * packed, and blob_type why.
 *
 * Symbolic links are not followed, nothing but regular files is opened, and no
 * more folders are open at a time than LOCAL_DEPTH_MAX.
 */
#define LOCAL_FILE "local.jsonl" /* The plan, in the work folder. */
#define LOCAL_DEPTH_MAX 64

/* What is known about a file, to see whether it changed. */
struct local_stamp {
	int64_t size;
	int64_t modified_at;
	int64_t changed_ns; /* Of its inode. */
	uint64_t inode;
};

/**
 * local_walk(dir, out, plan, e):
 * Add all that is in the folder ${dir} and below to ${plan}, in the order the
 * system gives.  Return 0, or -1 with ${e} set (ERR_USAGE if the folder ${out},
 * where the package grows, is in it).
 */
int local_walk(int dir, int out, struct plan * plan, struct err * e);

/**
 * local_name(cwd, path, plan, e):
 * Add the file ${path}, relative to the folder ${cwd}, to ${plan} under its
 * path as given.  Return 0, or -1 with ${e} set if it is no file that can be
 * read.
 */
int local_name(int cwd, const char * path, struct plan * plan, struct err * e);

/**
 * local_open(dir, name, follows, stamp, e):
 * Open the regular file ${name} below ${dir}; without ${follows} no part of the
 * path may be a symbolic link.  Put what is known about it into ${stamp}.  Return
 * a descriptor that the caller closes, or -1 with ${e} set.
 */
int local_open(int dir, const char * name, bool follows,
    struct local_stamp * stamp, struct err * e);

/**
 * local_has_changed(fd, stamp):
 * Return whether the open file ${fd} is no longer as ${stamp} says.
 */
bool local_has_changed(int fd, const struct local_stamp * stamp);

#endif
