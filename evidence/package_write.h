#ifndef EVIDENCE_PACKAGE_WRITE_H
#define EVIDENCE_PACKAGE_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/tar.h"

/*
 * Writing a package: the growing file and the spools in DIR/NAME.work, durable
 * at checkpoints, resumable after a kill at any moment.  Sealing and publishing
 * stand in package_seal.h.
 *
 * One thread calls.  A call may wait for the disk and for the compressing
 * workers, never for the network.  Memory is flat: the frames under way, one
 * staged member of at most PACKAGE_STAGE_MAX, 64 KiB a spool, 8 bytes a frame.
 *
 * After a failure that is not about the member at hand (disk full, I/O) every
 * later call returns the same failure; close it and resume later.
 */
#define PACKAGE_STAGE_MAX ((size_t)8 << 20) /* Header and padding included. */
#define PACKAGE_LINE_MAX \
	((size_t)16 << 20) /* One line of a spool, its LF too. */
#define PACKAGE_STATE_MAX ((size_t)1 << 20) /* The caller's checkpoint text. */
#define PACKAGE_CHECKPOINT_BYTES (INT64_C(64) << 20) /* Of the stream. */
#define PACKAGE_CHECKPOINT_MS 1000
#define PACKAGE_SPARE_FRAMES 65536 /* Of FRAMES_LIMIT, kept for sealing. */

/*
 * Lines that are collected beside the growing file; each file of them becomes a
 * member when the package is sealed.
 */
enum package_spool {
	PACKAGE_OBJECTS,    /* meta/objects.jsonl */
	PACKAGE_GAPS,       /* meta/gaps.jsonl */
	PACKAGE_REQUESTS,   /* meta/requests.jsonl */
	PACKAGE_CLOCK,      /* meta/clock.jsonl */
	PACKAGE_JOURNAL,    /* meta/journal.jsonl */
	PACKAGE_MANIFEST,   /* manifest-sha256.txt; the writer's own */
	PACKAGE_TAGMANIFEST /* tagmanifest-sha256.txt; the writer's own */
};
#define PACKAGE_SPOOLS 7

/* A collection's unchanging facts; the same again when resuming. */
struct package_options {
	const char * name;  /* name_check_package */
	int64_t started_at; /* Start of the run: the time of all but payload. */
	bool compress;      /* .tar.zst, else .tar */
	int threads;        /* Workers; 0: by the processors. */
	int64_t checkpoint_bytes; /* 0: PACKAGE_CHECKPOINT_BYTES; for tests. */
	/*
	 * Called when a checkpoint is made, before the spools are flushed: it
	 * may append lines, and puts into ${text} (UTF-8, no NUL, at most
	 * PACKAGE_STATE_MAX) what the caller wants back when it resumes: its
	 * state with every member committed so far, and with the one begun.
	 * Return 0, or -1 with ${e} set.  NULL: no text.
	 */
	int (*state)(void * cookie, struct buf * text, struct err * e);
	void * cookie;
};

/* What stands where in the package: for the catalogue line. */
struct package_member {
	int64_t offset; /* Of the tar header in the uncompressed stream. */
	int64_t size;
	uint8_t sha256[DIGEST_SHA256_LEN];
};

/* What a resumed collection finds. */
struct package_resumed {
	bool sealed;       /* Nothing is left but package_publish. */
	struct buf text;   /* Of the last checkpoint; the caller frees it. */
	int64_t at;        /* When that checkpoint was made. */
	int64_t cut_bytes; /* Cut off behind it, file and spools together. */
	/* The large member that is begun: go on at ${done}, or drop it. */
	bool in_member;
	char path[TAR_PATH_MAX + 1];
	int64_t size;
	int64_t modified_at; /* Cut to the second and to the tar's range. */
	int64_t done;
};

struct package_write;

/**
 * package_create(dir, options, e):
 * Make NAME.work in the directory ${dir} (borrowed until package_close), lock
 * it, and make it durable with an empty package.  Refuse if NAME.tar.zst or
 * NAME.tar is there.  Return the writer, which the caller closes with
 * package_close, or NULL with ${e} set.
 */
struct package_write * package_create(
    int dir, const struct package_options * options, struct err * e);

/**
 * package_resume(dir, options, found, e):
 * Take up NAME.work in ${dir} again: lock it, cut everything back to the last
 * checkpoint, hash again all that is kept and compare.  A run that was killed
 * while sealing is cut back to before sealing.  Fill ${found}; the started_at
 * and compress of ${options} are replaced by the stored ones.  Return the
 * writer, or NULL with ${e} set (ERR_AGAIN if another process holds it,
 * ERR_INPUT if what stands there is damaged).
 */
struct package_write * package_resume(int dir,
    const struct package_options * options, struct package_resumed * found,
    struct err * e);

/**
 * package_tag(w, path, bytes, len, e):
 * Write a whole tag member ("bagit.txt", "meta/listing/000001.xml"; relative to
 * the top folder) and its line in the tag manifest.  Members must come in the
 * order of FORMAT.md, within one kind in ascending order of path: ERR_BUG
 * otherwise.  Not while a member is begun.  Return 0, or -1 with ${e} set.
 */
int package_tag(struct package_write * w, const char * path, const void * bytes,
    size_t len, struct err * e);

/**
 * package_next_seq(w):
 * Return the number, from 1, that the next payload member must carry in its
 * path: "data/SOURCE/NNNNNNNNN-SLUG".
 */
int64_t package_next_seq(const struct package_write * w);

/**
 * package_begin(w, path, size, modified_at, e):
 * Begin the payload member ${path} of exactly ${size} bytes; ${modified_at} is
 * its Last-Modified (CLOCK_UNKNOWN: the start of the run).  Return 0, or -1
 * with ${e} set; ERR_LIMIT if the package is full, and then it can still be
 * sealed.
 */
int package_begin(struct package_write * w, const char * path, int64_t size,
    int64_t modified_at, struct err * e);

/**
 * package_data(w, bytes, len, e):
 * Put the next ${len} ${bytes} of the member begun.  Return 0, or -1 with ${e}
 * set; ERR_INPUT if that is more than its size, and then the member can only be
 * dropped.
 */
int package_data(
    struct package_write * w, const void * bytes, size_t len, struct err * e);

/**
 * package_end(w, member, e):
 * End the member begun and commit it: line in the manifest, facts in
 * ${member}.  The caller then appends its catalogue line, before anything else
 * is written.  Return 0, or -1 with ${e} set; ERR_INPUT if bytes are missing,
 * and then the member can only be dropped.
 */
int package_end(
    struct package_write * w, struct package_member * member, struct err * e);

/**
 * package_drop(w, e):
 * Give up the member begun: the package is as if it had never been.  Return 0,
 * or -1 with ${e} set.
 */
int package_drop(struct package_write * w, struct err * e);

/**
 * package_commit(w, path, modified_at, bytes, len, sha256, member, e):
 * begin, data and end in one call for ${len} ${bytes}, whose SHA-256 as
 * received is ${sha256} (NULL: computed here).  Return 0, or -1 with ${e} set.
 */
int package_commit(struct package_write * w, const char * path,
    int64_t modified_at, const void * bytes, size_t len,
    const uint8_t sha256[DIGEST_SHA256_LEN], struct package_member * member,
    struct err * e);

/**
 * package_append(w, spool, line, len, e):
 * Append ${len} bytes, one line or several with their LF, to ${spool}.  A line
 * of PACKAGE_OBJECTS is one at a time and becomes a leaf of the Merkle tree.
 * Return 0, or -1 with ${e} set.
 */
int package_append(struct package_write * w, enum package_spool spool,
    const void * line, size_t len, struct err * e);

/* What package_each_line calls with every line, its LF included. */
struct package_each {
	int (*line)(
	    void * cookie, const char * bytes, size_t len, struct err * e);
	void * cookie;
};

/**
 * package_each_line(w, spool, each, e):
 * Call ${each} with every line of ${spool} in order; it may not append to that
 * spool.  Return 0, or -1 with ${e} set or the call having returned -1.
 */
int package_each_line(struct package_write * w, enum package_spool spool,
    const struct package_each * each, struct err * e);

/**
 * package_suspend(w, e):
 * Before a stop that will be resumed: close the open frame and make a
 * checkpoint, so that every member committed is kept.  (A member begun is kept
 * up to the last border if it is large, else lost.)  Return 0, or -1 with ${e}
 * set.
 */
int package_suspend(struct package_write * w, struct err * e);

/**
 * package_close(w):
 * Release ${w}, its lock and its descriptors; NULL is fine.  What came after
 * the last checkpoint is lost.
 */
void package_close(struct package_write * w);

#endif
