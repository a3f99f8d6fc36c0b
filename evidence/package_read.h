#ifndef EVIDENCE_PACKAGE_READ_H
#define EVIDENCE_PACKAGE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/frames_read.h"
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
#define PACKAGE_READ_MEMBERS_MAX (NAME_MAX_OBJECTS + INT64_C(2000000))

/* What a member is, in the order in which members must stand. */
enum package_class {
	PACKAGE_CLASS_BAGIT,
	PACKAGE_CLASS_CASE,
	PACKAGE_CLASS_TOOL,
	PACKAGE_CLASS_LISTING, /* any number, ascending */
	PACKAGE_CLASS_PAYLOAD, /* any number, numbered from 1 */
	PACKAGE_CLASS_RELISTING,
	PACKAGE_CLASS_SOURCES,
	PACKAGE_CLASS_OBJECTS,
	PACKAGE_CLASS_GAPS,
	PACKAGE_CLASS_REQUESTS,
	PACKAGE_CLASS_CLOCK,
	PACKAGE_CLASS_TLS, /* any number, ascending */
	PACKAGE_CLASS_FOOTPRINT,
	PACKAGE_CLASS_JOURNAL,
	PACKAGE_CLASS_README,
	PACKAGE_CLASS_BAG_INFO,
	PACKAGE_CLASS_MANIFEST,
	PACKAGE_CLASS_MANIFEST_SHA512,
	PACKAGE_CLASS_TAGMANIFEST,
	PACKAGE_CLASS_TAGMANIFEST_SHA512,
	PACKAGE_CLASS_SEAL,
	PACKAGE_CLASS_SEAL_FILE /* any number, ascending */
};
#define PACKAGE_CLASS_COUNT 22

/* One member. */
struct package_item {
	char path[TAR_PATH_MAX + 1]; /* The whole, top folder included. */
	const char * name;           /* In it, below the top folder. */
	enum package_class class;
	int64_t number; /* Of payload and listing pages; else 0. */
	int64_t offset; /* Of its tar header in the uncompressed stream. */
	int64_t size;
	int64_t mtime;
	struct frames_place place; /* Of the frame its header begins in. */
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
	char package[NAME_SIZE];    /* The top folder. */
	struct package_place first; /* The first payload member. */
	struct package_place sources;
	struct package_place objects;
	struct package_place manifest;
};

struct package_read;

/**
 * package_read_open(fd, threads, e):
 * Start reading the structure of the package in the regular file ${fd}
 * (borrowed) with ${threads} threads for decompressing.  Return the reader,
 * which the caller closes with package_read_close, or NULL with ${e} set.
 */
struct package_read * package_read_open(int fd, int threads, struct err * e);

/**
 * package_read_open_index(fd, index, e):
 * Start reading the payload of the package in ${fd} against what ${index}
 * proved.  Return as package_read_open; ERR_FORGED if sources.json is not what
 * it was.
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
 * Return the reader of the frames underneath, borrowed.
 */
struct frames_read * package_read_frames(struct package_read * r);

/**
 * package_read_close(r):
 * Release ${r}; NULL is fine.
 */
void package_read_close(struct package_read * r);

/**
 * package_class_parse(name, class, number):
 * Put what the member ${name} (below the top folder) is into ${class}, and the
 * number in its name, or 0, into ${number}.  Return 0, or -1 if the format has
 * no such member.
 */
int package_class_parse(
    const char * name, enum package_class * class, int64_t * number);

#endif
