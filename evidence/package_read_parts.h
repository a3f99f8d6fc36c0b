#ifndef EVIDENCE_PACKAGE_READ_PARTS_H
#define EVIDENCE_PACKAGE_READ_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/package_read.h"
#include "evidence/package_read_index.h"

/*
 * The inside of a reader, for the files of package_read only.
 */
struct package_read {
	int fd;                         /* With an index. */
	struct package_folder * folder; /* Unpacked: instead of frames. */
	struct frames_read * frames;
	struct frames_frame frame;
	size_t at;      /* In the content of frame. */
	bool has_order; /* Read from the beginning: order is checked. */
	bool is_plain;
	bool is_large; /* The member has frames of its own. */
	bool is_ended;
	bool is_broken;
	bool is_framed; /* The frame holds a member that is not alone. */
	struct member_order order;
	char top[NAME_SIZE];
	size_t top_len; /* With its slash; 0 before the first member. */
	char problem[ERR_TEXT_SIZE];
	struct package_item item;
	struct frames_note * note; /* Of item, until the frame is left. */
	int64_t left;              /* Bytes of the member's data to come. */
	size_t padding;            /* And of its padding. */
	struct err why;            /* Of is_broken. */
	struct package_read_index * index; /* NULL: structure only. */
};

/**
 * package_read_fill(r, e):
 * Make sure that there is a byte of the stream at hand.  Return 1; 0 at the
 * end; or -1 with ${e} set and ${r} broken.
 */
int package_read_fill(struct package_read * r, struct err * e);

#endif
