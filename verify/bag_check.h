#ifndef VERIFY_BAG_CHECK_H
#define VERIFY_BAG_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/package_check.h"

/*
 * Judging any BagIt bag, version 0.93 to 1.0 (RFC 8493), as complete and valid
 * or not.  fetch.txt is read and never followed.  Where versions differ, the
 * version that bagit.txt declares decides.
 */
#define BAG_CHECK_TEXT_MAX ((size_t)64 << 20) /* All text files together. */
#define BAG_CHECK_REPORT_MAX 100 /* Findings of a sort that are reported. */

struct bag_result {
	int64_t fails;     /* Findings that make it not valid, */
	int64_t undecided; /* that leave it open, */
	int64_t warnings;  /* and that do neither. */
	char version[8];   /* As declared, or "". */
	const char * encoding;
	char digests[64]; /* Of payload, "md5, sha256"; "" for none. */
	int64_t objects;  /* Payload files that are here, */
	int64_t bytes;
	int64_t objects_intact; /* and those that their lists prove. */
	int64_t tag_files;
};

/**
 * bag_check(fd, report, context, result, e):
 * Judge the bag in the directory, .tar or .tar.zst ${fd} (borrowed) into
 * ${result} and hand each finding to ${report} with ${context}: FAIL; UNDECIDED;
 * or PASS, for a warning.  Return 0 if it was judged, or -1 with ${e} set if it
 * could not be (I/O, memory).
 */
int bag_check(int fd, package_report * report, void * context,
    struct bag_result * result, struct err * e);

/**
 * bag_exit_code(result):
 * Return 0 if the bag is valid, 1 if it is not, 2 if that stays open.
 */
int bag_exit_code(const struct bag_result * result);

#endif
