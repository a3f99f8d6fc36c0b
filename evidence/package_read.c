#include <assert.h>
#include <string.h>

#include "evidence/package_folder.h"
#include "evidence/package_read.h"
#include "evidence/package_read_parts.h"

/*
 * Framing of a compressed package, as far as a reader can see it.  E is the
 * whole of a member, header and padding included.
 *
 *  1. E up to FRAMES_READ_MAX: in one frame; not the first in it only while
 *     the frame has at most SMALL bytes with it.
 *  2. A larger one begins a frame; all its frames but the last have
 *     FRAMES_READ_MAX bytes, and nothing else is in them.
 *  3. seal/seal.json begins a frame.
 *  4. The two zero blocks are a frame, and the last.
 *
 * So a header lies in one frame, and no byte of a frame is read in two ways.
 */
#define SMALL ((size_t)256 << 10)

/* Nothing more can be read: keep the reason for later calls. */
static int
broken(struct package_read * r, struct err * e)
{
	r->is_broken = true;
	r->why = *e;
	return -1;
}

static int
damaged(struct package_read * r, struct err * e, const char * why)
{
	err_set(e, ERR_INPUT, NULL, "at byte %lld of the stream: %s",
	    (long long)package_read_offset(r), why);
	return broken(r, e);
}

int
package_read_fill(struct package_read * r, struct err * e)
{
	int rc;

	if (r->at < r->frame.len)
		return 1;
	r->frame.stream_at += (int64_t)r->frame.len;
	r->frame.len = 0;
	r->frame.notes = NULL;
	r->note = NULL;
	r->at = 0;
	rc = frames_read_next(r->frames, &r->frame, e);
	if (rc < 0)
		return broken(r, e);
	return rc;
}

/* Gather ${len} bytes of the stream. */
static int
gather(struct package_read * r, uint8_t * bytes, size_t len, struct err * e)
{
	while (len > 0) {
		int rc = package_read_fill(r, e);
		size_t n = r->frame.len - r->at;

		if (rc < 0)
			return -1;
		if (rc == 0)
			return damaged(r, e, "the archive is cut short");
		if (n > len)
			n = len;
		memcpy(bytes, r->frame.bytes + r->at, n);
		r->at += n;
		bytes += n;
		len -= n;
	}
	return 0;
}

/* Check rules 1 to 3 for the member that begins at r->at. */
static int
check_begin(
    struct package_read * r, int64_t whole, size_t begin, struct err * e)
{
	size_t rest = r->frame.len - begin;

	if (r->is_plain)
		return 0;
	if (whole > (int64_t)FRAMES_READ_MAX) {
		if ((begin != 0) || (rest != FRAMES_READ_MAX))
			return damaged(
			    r, e, "a large member has no frames of its own");
		r->is_large = true;
		return 0;
	}
	if (whole > (int64_t)rest)
		return damaged(r, e, "a member does not end with its frame");
	if (r->is_framed && (begin + (size_t)whole > SMALL))
		return damaged(r, e, "a frame holds too many members");
	r->is_framed = true;
	return 0;
}

/* The frame of a large member: rule 2. */
static int
check_large(struct package_read * r, struct err * e)
{
	int64_t rest = r->left + (int64_t)r->padding;
	int64_t want =
	    (rest > (int64_t)FRAMES_READ_MAX) ? (int64_t)FRAMES_READ_MAX : rest;

	if (r->is_plain || ((int64_t)r->frame.len == want))
		return 0;
	return damaged(r, e, "a large member is not cut as it must be");
}

/* Split off the top folder; note what is wrong with the name. */
static void
judge_name(struct package_read * r)
{
	struct package_item * item = &r->item;
	const char * slash = strchr(item->path, '/');
	struct err why;

	err_init(&why);
	item->is_known = false;
	item->problem = NULL;
	item->name = (slash == NULL) ? item->path : slash + 1;
	if (r->top_len == 0) {
		size_t n = (size_t)(item->name - item->path);

		if ((n == 0) || (n > NAME_PACKAGE_MAX + 1)) {
			err_set(&why, ERR_INPUT, NULL,
			    "it is in no folder of a package");
		} else {
			memcpy(r->top, item->path, n - 1);
			r->top[n - 1] = '\0';
			r->top_len = n;
			(void)name_check_package(r->top, &why);
		}
	} else if ((strncmp(item->path, r->top, r->top_len - 1) != 0) ||
	    (item->path[r->top_len - 1] != '/')) {
		err_set(
		    &why, ERR_INPUT, NULL, "it is not in the package's folder");
	}
	if (why.kind == ERR_NONE)
		(void)name_check_stored(item->path, &why);
	if ((why.kind == ERR_NONE) && r->has_order)
		item->is_known = (member_order_next(&r->order, item->name,
				      &item->kind, &why) == 0);
	else if (why.kind == ERR_NONE)
		item->is_known =
		    (member_order_kind(item->name, &item->kind) == 0);
	if (why.kind != ERR_NONE) {
		memcpy(r->problem, why.text, sizeof(r->problem));
		item->problem = r->problem;
	}
}

/* Behind the first zero block: a second one, and nothing more. */
static int
read_end(struct package_read * r, size_t begin, struct err * e)
{
	uint8_t block[TAR_BLOCK];
	int rc;

	if (!r->is_plain && ((begin != 0) || (r->frame.len != TAR_END_LEN)))
		return damaged(r, e, "the end is not a frame of its own");
	if (gather(r, block, sizeof(block), e) != 0)
		return -1;
	if (!tar_is_zero(block, sizeof(block)))
		return damaged(r, e, "something follows the first zero block");
	rc = package_read_fill(r, e);
	if (rc < 0)
		return -1;
	if (rc != 0)
		return damaged(r, e, "something follows the end");
	r->is_ended = true;
	return 0;
}

/* Take what the notes of the frame know of the header at hand, if they do. */
static bool
take_note(struct package_read * r, struct tar_header * header, size_t * len)
{
	r->note = frames_notes_find(r->frame.notes, r->at);
	if (r->note == NULL)
		return false;
	r->at += r->note->header_len;
	*len = r->note->header_len;
	*header = r->note->header;
	if (r->note->has_sha256)
		r->item.sha256 = r->note->sha256;
	return true;
}

/* Read and judge a header; 1, 0 if a zero block stands there, -1. */
static int
parse_header(struct package_read * r, struct tar_header * header, size_t * len,
    struct err * e)
{
	uint8_t bytes[TAR_HEADER_MAX];

	if (take_note(r, header, len))
		return 1;
	if (gather(r, bytes, TAR_BLOCK, e) != 0)
		return -1;
	if (tar_is_zero(bytes, TAR_BLOCK))
		return 0;
	*len = tar_header_len(bytes);
	if ((*len > TAR_BLOCK) &&
	    (gather(r, bytes + TAR_BLOCK, *len - TAR_BLOCK, e) != 0))
		return -1;
	if (tar_header_parse(bytes, *len, header, e) == 0)
		return 1;
	err_in(e, "at byte %lld of the stream", (long long)r->item.offset);
	return broken(r, e);
}

/* Read the header of the next member; 1, 0 at the end, -1. */
static int
read_header(struct package_read * r, struct err * e)
{
	struct tar_header header;
	struct package_item * item = &r->item;
	size_t len, begin;
	int rc = package_read_fill(r, e);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return damaged(r, e, "the archive is cut short");
	begin = r->at;
	if (begin == 0)
		r->is_framed = false;
	memset(item, 0, sizeof(*item));
	item->offset = package_read_offset(r);
	item->place =
	    (struct frames_place){ r->frame.file_at, r->frame.stream_at };
	rc = parse_header(r, &header, &len, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return read_end(r, begin, e);
	memcpy(item->path, header.path, sizeof(item->path));
	item->size = header.size;
	item->mtime = header.mtime;
	r->left = header.size;
	r->padding = tar_padding(header.size);
	r->is_large = false;
	judge_name(r);
	if (check_begin(r, tar_member_len(len, header.size), begin, e) != 0)
		return -1;
	if (!r->is_plain && item->is_known && (item->kind == MEMBER_SEAL) &&
	    (begin != 0))
		return damaged(r, e, "the seal does not begin a frame");
	return 1;
}

/* The next bytes of the member's data; as package_read_data. */
static int64_t
read_piece(struct package_read * r, const uint8_t ** bytes, struct err * e)
{
	uint8_t padding[TAR_BLOCK];
	size_t n = r->padding;

	if (r->left == 0) {
		r->padding = 0;
		if (gather(r, padding, n, e) != 0)
			return -1;
		if (!tar_is_zero(padding, n)) {
			err_set(e, ERR_INPUT, NULL,
			    "the bytes behind its end are not zero");
			return -1;
		}
		return 0;
	}
	switch (package_read_fill(r, e)) {
	case 1:
		break;
	case 0:
		return damaged(r, e, "the archive is cut short");
	default:
		return -1;
	}
	if (r->is_large && (r->at == 0) && (check_large(r, e) != 0))
		return -1;
	n = r->frame.len - r->at;
	if ((int64_t)n > r->left)
		n = (size_t)r->left;
	*bytes = r->frame.bytes + r->at;
	r->at += n;
	r->left -= (int64_t)n;
	return (int64_t)n;
}

/* Pass over what is left of the member. */
static int
skip_rest(struct package_read * r, struct err * e)
{
	const uint8_t * bytes;
	int64_t n = 1;

	while ((r->left > 0) || (r->padding > 0)) {
		n = read_piece(r, &bytes, e);
		if (n < 0)
			return -1;
	}
	return 0;
}

int
package_read_next(
    struct package_read * r, struct package_item * item, struct err * e)
{
	int rc;

	if (r->is_broken) {
		err_set(e, r->why.kind, NULL, "%s", r->why.text);
		return -1;
	}
	if (r->is_ended)
		return 0;
	if (r->folder != NULL) {
		rc = package_folder_next(r->folder, item, e);
		return (rc < 0) ? broken(r, e) : rc;
	}
	if (skip_rest(r, e) != 0)
		return -1;
	rc = read_header(r, e);
	if (rc != 1)
		return rc;
	if (r->index != NULL)
		rc = package_read_index_begin(r->index, &r->item, e);
	if (rc == 0)
		r->is_ended = true;
	*item = r->item;
	item->name = item->path + (r->item.name - r->item.path);
	return rc;
}

int64_t
package_read_data(
    struct package_read * r, const uint8_t ** bytes, struct err * e)
{
	int64_t n;

	if (r->is_broken) {
		err_set(e, r->why.kind, NULL, "%s", r->why.text);
		return -1;
	}
	if (r->folder != NULL) {
		n = package_folder_data(r->folder, bytes, e);
		return (n < 0) ? broken(r, e) : n;
	}
	n = read_piece(r, bytes, e);
	if (r->index == NULL)
		return n;
	if (n > 0)
		package_read_index_data(r->index, *bytes, (size_t)n);
	if (n == 0)
		return package_read_index_end(r->index, e);
	return n;
}
