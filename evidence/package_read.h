#ifndef EVIDENCE_PACKAGE_READ_H
#define EVIDENCE_PACKAGE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/frames_read.h"
#include "evidence/member_order.h"
#include "evidence/name.h"
#include "evidence/object.h"
#include "evidence/source.h"
#include "evidence/tar.h"

/*
 * Reading a package member by member.  One open file, read by offset; the name
 * is never used twice.
 *
 * A reader comes in two sorts.  Without an index it checks the structure only:
 * frames, canonical tar headers, padding, names, the order of members, the two
 * zero blocks, nothing behind them.  That is what package_check builds on, and
 * nothing it hands out is proved.  With the index that package_check gave for
 * the same descriptor it hands out payload only, each member with its catalogue
 * line, and says that a member ended only if its bytes have the digest of the
 * manifest: act on a member's bytes only after that.
 *
 *	while ((rc = package_read_next(r, &item, e)) == 1) {
 *		while ((n = package_read_data(r, &bytes, e)) > 0)
 *			...;
 *		if (n < 0)
 *			... forget what this member gave ...
 *	}
 */
/* One member. */
struct package_item {
	char path[TAR_PATH_MAX + 1]; /* The whole, top folder included. */
	const char * name;           /* In it, below the top folder. */
	bool is_known; /* The format has such a member: kind holds. */
	enum member_kind kind;
	const char * problem; /* Why it may not stand here; NULL: it may. */
	int64_t offset; /* Of its tar header in the uncompressed stream. */
	int64_t size;
	int64_t mtime;
	struct frames_place place; /* Of the frame its header begins in. */
	/* The SHA-256 of its data, if a thread has computed it; NULL: not yet.
	 * Borrowed until the next package_read_next. */
	const uint8_t * sha256;
	/* Of an unpacked folder: */
	bool is_missing;          /* A list names it, and it is not here. */
	const uint8_t * expected; /* Its SHA-256 by the manifest, or NULL. */
	/* Of payload read with an index, borrowed until the next call: */
	const struct object * object; /* Its catalogue line. */
	const struct source * source; /* Where it came from. */
};

/* Where a member stands and what it must be. */
struct package_place {
	bool is_known;
	struct frames_place frame; /* The border before its header. */
	int64_t offset;
	int64_t size;
	uint8_t sha256[DIGEST_SHA256_LEN];
};

/* What has been proved about a package, for reading it again. */
struct package_index {
	char package[NAME_SIZE];      /* The top folder. */
	struct package_place payload; /* The first one; its digest is unused. */
	struct package_place case_file;
	struct package_place sources;
	struct package_place objects;
	struct package_place gaps;
	struct package_place requests;
	struct package_place clock;
	struct package_place manifest;
	struct package_place tagmanifest;
};

struct package_folder;
struct package_read;

/**
 * package_read_open_place(fd, place, e):
 * Start reading the structure at the member that ${place} names, which becomes
 * the first one.  Neither the order of members, nor the file's digest, nor what
 * stands behind the last frame is checked by such a reader.  Return as
 * package_read_open.
 */
struct package_read * package_read_open_place(
    int fd, const struct package_place * place, struct err * e);

/**
 * package_read_open(fd, threads, e):
 * Start reading the structure of the package in the regular file ${fd}
 * (borrowed) with ${threads} threads for decompressing.  Return the reader,
 * which the caller closes with package_read_close, or NULL with ${e} set.
 */
struct package_read * package_read_open(int fd, int threads, struct err * e);

/**
 * package_read_open_noted(fd, threads, noting, e):
 * As package_read_open; the threads also compute digests, and make what
 * ${noting}, borrowed, makes of a member that is in one frame.
 */
struct package_read * package_read_open_noted(
    int fd, int threads, const struct frames_noting * noting, struct err * e);

/**
 * package_read_made(r):
 * Take what a thread made of the current member; NULL: nothing.
 */
void * package_read_made(struct package_read * r);

/**
 * package_read_open_folder(dir, e):
 * Start reading the package that was unpacked into the directory ${dir}
 * (borrowed), its top folder: the same members in the same order, with the
 * offsets they had, but no frames and no file's digest.  Return as
 * package_read_open.
 */
struct package_read * package_read_open_folder(int dir, struct err * e);

/**
 * package_read_folder(r):
 * Return the folder that ${r} reads, borrowed, or NULL if it reads a file.
 */
struct package_folder * package_read_folder(const struct package_read * r);

/**
 * package_read_open_index(fd, index, e):
 * Start reading the payload of the package in ${fd} against what ${index}
 * proved.  Return as package_read_open; ERR_FORGED if sources.json is not what
 * it was.  A member that may not stand where it stands is a failure here.
 */
struct package_read * package_read_open_index(
    int fd, const struct package_index * index, struct err * e);

/**
 * package_read_next(r, item, e):
 * Go to the next member, passing over what is left of this one, and describe it
 * in ${item}.  Return 1; 0 at the end, which was where it must be; or -1 with
 * ${e} set (ERR_INPUT, ERR_LIMIT, ERR_FORGED: damaged or altered; else it could
 * not be read).
 */
int package_read_next(
    struct package_read * r, struct package_item * item, struct err * e);

/**
 * package_read_is_broken(r):
 * Return whether nothing more can be read from ${r}: package_read_next would
 * fail again.
 */
bool package_read_is_broken(const struct package_read * r);

/**
 * package_read_data(r, bytes, e):
 * Put a pointer to the next bytes of the member into ${bytes}, valid until the
 * next call.  Return how many there are; 0 at the member's end (with an index:
 * its digest is right); or -1 with ${e} set (with an index, ERR_FORGED says
 * that this member is not what was sealed, and package_read_next may go on).
 */
int64_t package_read_data(
    struct package_read * r, const uint8_t ** bytes, struct err * e);

/**
 * package_read_seek(r, offset, e):
 * In a reader with an index: make the payload member whose header stands at
 * ${offset} of the stream the next one.  Return 0, or -1 with ${e} set.
 */
int package_read_seek(struct package_read * r, int64_t offset, struct err * e);

/**
 * package_read_sources(r):
 * Return the sources of a reader with an index, borrowed until it is closed;
 * NULL for one without.
 */
const struct sources * package_read_sources(const struct package_read * r);

/**
 * package_read_frames(r):
 * Return the reader of the frames underneath, borrowed; NULL for a folder.
 */
struct frames_read * package_read_frames(struct package_read * r);

/**
 * package_read_border(r, sha256):
 * Write the SHA-256 of the file's bytes before the current member to ${sha256}
 * (in a compressed file its frame must begin with it), directly after
 * package_read_next.  Return the number of those bytes, or -1 if it does not.
 */
int64_t package_read_border(
    struct package_read * r, uint8_t sha256[DIGEST_SHA256_LEN]);

/**
 * package_read_top(r):
 * Return the top folder, the package's name; "" before the first member.
 */
const char * package_read_top(const struct package_read * r);

/**
 * package_read_offset(r):
 * Return how many bytes of the stream have been passed.
 */
int64_t package_read_offset(const struct package_read * r);

/**
 * package_read_close(r):
 * Release ${r}; NULL is fine.
 */
void package_read_close(struct package_read * r);

#endif
