#ifndef COLLECT_SCRATCH_H
#define COLLECT_SCRATCH_H

#include "evidence/err.h"

/*
 * A folder for what is needed for a moment only: made empty for this user
 * alone, and gone afterwards.
 */
#define SCRATCH_FILES_MAX 1024 /* In it; more are left behind. */

/**
 * scratch_make(path, e):
 * Make a folder whose name ${path} is a template that ends in XXXXXX, which are
 * replaced.  Return it opened (the caller closes it), or -1 with ${e} set.
 */
int scratch_make(char * path, struct err * e);

/**
 * scratch_remove(dir, path):
 * Remove the files in the folder ${dir}, made by scratch_make, and the folder
 * by its name ${path}; ${dir} stays open.
 */
void scratch_remove(int dir, const char * path);

/**
 * scratch_empty(dir):
 * Remove the files of the folder ${dir}, at most SCRATCH_FILES_MAX.
 */
void scratch_empty(int dir);

#endif
