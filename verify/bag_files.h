#ifndef VERIFY_BAG_FILES_H
#define VERIFY_BAG_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"

/*
 * Every path that is in somebody's bag or that its lists name, once, with what
 * the lists say about it.  Kept in memory: about 150 bytes, the path, and its
 * digests for each.
 */
#define BAG_FILES_MAX 1000000
#define BAG_FILES_LISTS 12 /* Six digests, for payload and for tag files. */

/* What one list says about a file. */
struct bag_want {
	struct bag_want * next;
	int list;      /* Index of the list. */
	bool is_right; /* The file was read and has this digest. */
	bool is_read;
	uint8_t digest[]; /* digest_len bytes. */
};

struct bag_file {
	struct bag_file * next; /* In its bucket. */
	struct bag_want * wants;
	int64_t size;
	size_t len;
	bool is_here;
	bool is_unread;  /* It may not be in a bag: a finding says why. */
	bool is_fetched; /* fetch.txt names it. */
	char path[];     /* UTF-8 as the lists write it; any bytes on disk. */
};

struct bag_files {
	struct bag_file ** buckets;
	struct bag_file ** all; /* In no order until bag_files_sort. */
	size_t count, room;
};

/**
 * bag_files_open(files, e):
 * Make ${files} empty and ready; bag_files_close ends it.  Return 0, or -1 with
 * ${e} set.
 */
int bag_files_open(struct bag_files * files, struct err * e);

/**
 * bag_files_find(files, path, len):
 * Return the file ${path} of ${len} bytes, or NULL.
 */
struct bag_file * bag_files_find(
    const struct bag_files * files, const void * path, size_t len);

/**
 * bag_files_get(files, path, len, e):
 * Return the file ${path}, made if it is not there yet, or NULL with ${e} set
 * (ERR_LIMIT: too many).
 */
struct bag_file * bag_files_get(
    struct bag_files * files, const void * path, size_t len, struct err * e);

/**
 * bag_files_want(file, list, digest, len, e):
 * Note that ${list} gives ${file} the ${digest} of ${len} bytes.  Return 0, or
 * -1 with ${e} set.
 */
int bag_files_want(struct bag_file * file, int list, const uint8_t * digest,
    size_t len, struct err * e);

/**
 * bag_files_wanted(file, list):
 * Return what ${list} says about ${file}, or NULL.
 */
struct bag_want * bag_files_wanted(const struct bag_file * file, int list);

/**
 * bag_files_sort(files):
 * Put ${files}->all into the order of the bytes of their paths.
 */
void bag_files_sort(struct bag_files * files);

/**
 * bag_files_close(files):
 * Release what ${files} owns.
 */
void bag_files_close(struct bag_files * files);

#endif
