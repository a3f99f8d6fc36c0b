#ifndef COLLECT_FOLDERS_H
#define COLLECT_FOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"

/*
 * What is still to be listed of a container: a stack of folders, each with the
 * marker of its next page.  It lies in a file of the work folder that is only
 * ever appended to, so that any number of folders takes no memory and a
 * checkpoint is two numbers: the file's length and where the top one stands.
 *
 * Each line names the one below it, {"below":OFFSET,"prefix_pct":"...",
 * "marker":"...","flat":false}: taking the top off writes nothing.  An offset of
 * FOLDERS_EMPTY says that there is none.
 */
#define FOLDERS_FILE "folders.jsonl"
#define FOLDERS_EMPTY INT64_C(-1)
#define FOLDERS_LINE_MAX ((size_t)192 << 10) /* Bytes of a line. */

struct folders;

/* One folder; all zeros is an empty one. */
struct folder {
	int64_t below;     /* Offset of the one below it. */
	struct buf prefix; /* Any bytes; "" is the whole container. */
	struct buf marker; /* "" for its first page. */
	bool is_flat;      /* All below it at once, not its folders first. */
};

/**
 * folders_open(dir, bytes, e):
 * Open the file in the work folder ${dir}, cut back to ${bytes}; 0 begins a new
 * one.  Return it (the caller frees it with folders_free), or NULL with ${e}
 * set.
 */
struct folders * folders_open(int dir, int64_t bytes, struct err * e);

/**
 * folders_push(f, top, folder, e):
 * Put ${folder} on top of the one at ${top}, whatever its own below says, and
 * the offset of it into ${top}.  Return 0, or -1 with ${e} set and ${top}
 * untouched.
 */
int folders_push(struct folders * f, int64_t * top,
    const struct folder * folder, struct err * e);

/**
 * folders_read(f, top, folder, e):
 * Read the folder at ${top} into ${folder}, which folder_clear releases.  Return
 * 0, or -1 with ${e} set.
 */
int folders_read(
    struct folders * f, int64_t top, struct folder * folder, struct err * e);

/**
 * folders_sync(f, e):
 * Make everything pushed durable.  Return 0, or -1 with ${e} set.
 */
int folders_sync(struct folders * f, struct err * e);

/**
 * folders_bytes(f):
 * Return how many bytes everything pushed has.
 */
int64_t folders_bytes(const struct folders * f);

/**
 * folder_clear(folder):
 * Release what ${folder} owns and make it empty.
 */
void folder_clear(struct folder * folder);

/**
 * folders_free(f):
 * Close and release ${f}; NULL is fine.
 */
void folders_free(struct folders * f);

#endif
