#ifndef LEDGER_FOLDER_H
#define LEDGER_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/err.h"

/*
 * A new bag in a folder: files are written below another name, each hashed as
 * it is written, and the folder gets its name when all is there.
 */
struct folder {
	int around; /* The folder it will stand in. */
	int dir;    /* The new one; -1: none. */
	char name[200];
	char temporary[216];
	struct buf tags; /* Lines of the tag manifest. */

	/* The file at hand. */
	int fd;
	char path[160];
	struct digest * digest;
	int64_t size;
	uint8_t sha256[DIGEST_SHA256_LEN]; /* Of the file ended last. */
};

/**
 * folder_begin(f, path, e):
 * Start the new folder ${path}, which may not exist.  Return 0, or -1 with ${e}
 * set; folder_end follows either.
 */
int folder_begin(struct folder * f, const char * path, struct err * e);

/**
 * folder_open(f, path, e):
 * Begin the file ${path} in it ("original/seal.json"), making the folders it
 * needs.  Return 0, or -1 with ${e} set.
 */
int folder_open(struct folder * f, const char * path, struct err * e);

/**
 * folder_write(f, bytes, len, e):
 * Write the next ${len} ${bytes} of the file at hand.  Return 0, or -1 with
 * ${e} set.
 */
int folder_write(
    struct folder * f, const void * bytes, size_t len, struct err * e);

/**
 * folder_close(f, is_tag, e):
 * End the file at hand, durably; if ${is_tag}, add its line to the tag
 * manifest.  Return 0, or -1 with ${e} set.
 */
int folder_close(struct folder * f, bool is_tag, struct err * e);

/**
 * folder_put(f, path, bytes, len, is_tag, e):
 * Write a whole file.  Return as folder_close.
 */
int folder_put(struct folder * f, const char * path, const void * bytes,
    size_t len, bool is_tag, struct err * e);

/**
 * folder_publish(f, e):
 * Give the folder its name.  Return 0, or -1 with ${e} set.
 */
int folder_publish(struct folder * f, struct err * e);

/**
 * folder_end(f):
 * Release ${f}.  A folder without its name stays under the temporary one.
 */
void folder_end(struct folder * f);

#endif
