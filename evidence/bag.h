#ifndef EVIDENCE_BAG_H
#define EVIDENCE_BAG_H

#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/group.h"

/*
 * The two text files of a BagIt 1.0 bag (RFC 8493) that are no manifests.
 */
struct bag_info {
	const char * package;
	const char * organisation;
	const char * examiner;
	const char * case_number;
	const char * exhibit;
	const char * tool;
	int64_t at; /* Bagging-Date; CLOCK_UNKNOWN: none. */
	int64_t payload_bytes;
	int64_t payload_objects;
	const struct group * group; /* NULL: it is of none. */
};

/**
 * bag_format_declaration(out, e):
 * Append bagit.txt to ${out}.  Return 0, or -1 with ${e} set.
 */
int bag_format_declaration(struct buf * out, struct err * e);

/**
 * bag_format_info(info, out, e):
 * Append bag-info.txt to ${out}; control characters in its texts become
 * spaces.  Return 0, or -1 with ${e} set.
 */
int bag_format_info(
    const struct bag_info * info, struct buf * out, struct err * e);

/**
 * bag_parse_oxum(bytes, len, payload_bytes, payload_objects, e):
 * Find the one Payload-Oxum of a bag-info.txt of ${len} ${bytes} and put its
 * two numbers into ${payload_bytes} and ${payload_objects}.  Return 0, or -1
 * with ${e} set and both untouched.
 */
int bag_parse_oxum(const void * bytes, size_t len, int64_t * payload_bytes,
    int64_t * payload_objects, struct err * e);

/**
 * bag_parse_group(bytes, len, group, e):
 * Read Bag-Group-Identifier and Bag-Count, "N of M", of a bag-info.txt of
 * ${len} ${bytes} into ${group}.  Return 1, or 0 if neither is there, or -1
 * with ${e} set and ${group} in any state.
 */
int bag_parse_group(
    const void * bytes, size_t len, struct group * group, struct err * e);

#endif
