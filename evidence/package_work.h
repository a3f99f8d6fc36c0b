#ifndef EVIDENCE_PACKAGE_WORK_H
#define EVIDENCE_PACKAGE_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/checkpoint.h"
#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/frames_write.h"
#include "evidence/member_order.h"
#include "evidence/merkle.h"
#include "evidence/name.h"
#include "evidence/package_write.h"
#include "evidence/spool.h"
#include "evidence/tar.h"

/*
 * The inside of the package writer, shared by package_work, package_write,
 * package_resume, package_seal, and package_publish; nobody else includes this.
 *
 * Definitions
 *
 *   work folder   DIR/NAME.work, mode 0700, locked by whoever writes.
 *   growing file  "package" in it: frames, and at the end the seek table.
 *   border        A place in the growing file between two frames.
 *   spool         A file of lines in it that becomes a member at sealing.
 *   checkpoint    The last whole line of "state" in it: lengths and digests of
 *                 the growing file, at a border, and of all spools.
 *   commit        A member is committed when package_end, package_commit or
 *                 package_tag returned 0.
 *
 * Invariants
 *
 *   1. What the last checkpoint names is durable: it is written only after the
 *      growing file was synced, and then the spools.
 *   2. No file is ever shorter than the last checkpoint says, nor other up to
 *      there: before a dropped member is cut off, a checkpoint is made that
 *      does not name it any more.
 *   3. A checkpoint names either all of a committed member - its bytes, its
 *      manifest line, its catalogue line - or nothing of it.  For checkpoints
 *      are made at borders before a member and inside a large one only, when
 *      every line of the members before has been appended.
 *   4. Nothing counts that no checkpoint names: resuming cuts it off.
 *   5. Each member of the growing file that the tag manifest or the manifest
 *      covers has its line there, in the order of the file.
 *   6. Between package_seal's checkpoint and its last one ("sealed") there is
 *      none: whoever is killed while sealing seals anew.
 *   7. What "sealed" names - the growing file, the ledger folder, the checksum
 *      file - is complete and durable, and needs no key any more.
 *   8. The final name appears by one rename of such a file, after the ledger
 *      and the checksum have theirs.  Nothing is ever replaced.
 *   9. After a failure of disk or compression nothing more is written (fault).
 *
 *	          package_create
 *	                |
 *	                v     package_begin, _data      package_begin (large)
 *	   +-------- IDLE <--------------------> STAGED, STREAMING
 *	   |            |     package_end, _drop        |
 *	   |   package_seal                             | checkpoint
 *	   |            v                               v
 *	   |         SEALING --- killed --> package_resume --> IDLE, STREAMING
 *	   |            | "sealed" line            ^
 *	   |            v                          | killed anywhere
 *	   |         SEALED <--- package_resume ---+
 *	   |            | package_publish: ledger, checksum, final name
 *	   |            v
 *	   +----> work folder removed
 */
#define PACKAGE_GROWING "package"
#define PACKAGE_SUMS "package.sha256"
#define PACKAGE_LEDGER "custody"
#define PACKAGE_PATH_SIZE 96 /* NAME and a suffix. */

enum package_phase {
	PACKAGE_IDLE,      /* Between members. */
	PACKAGE_STAGED,    /* A member is begun and waits in memory. */
	PACKAGE_STREAMING, /* A member over FRAMES_MAX is begun. */
	PACKAGE_SEALING,
	PACKAGE_SEALED
};

/* The member that is begun. */
struct package_begun {
	struct tar_header header; /* Its path with the top folder. */
	uint8_t blocks[TAR_HEADER_MAX];
	size_t blocks_len;
	struct member_order order; /* Behind it. */
	int64_t offset;            /* STREAMING: of its header. */
	int64_t done;              /* Bytes of data received. */
	/* STREAMING, at the last border: */
	int64_t border_done;
	uint8_t border_sha256[DIGEST_SHA256_LEN];
};

struct package_write {
	int dir;  /* Borrowed. */
	int work; /* The work folder; holds the lock. */
	int fd;   /* The growing file. */
	char name[NAME_SIZE];
	bool compress;
	int64_t started_at;
	int64_t checkpoint_bytes;
	int (*state)(void * cookie, struct buf * text, struct err * e);
	void * cookie;

	enum package_phase phase;
	struct frames_write * frames;
	struct spool * spools[PACKAGE_SPOOLS];
	struct digest * digest;  /* Of the member begun. */
	struct digest * scratch; /* For one call. */
	struct merkle merkle;    /* Over the lines of OBJECTS. */
	struct member_order order;
	int64_t objects;
	int64_t payload_bytes;
	struct package_begun begun;
	struct buf stage; /* Data of a staged member. */

	struct checkpoint last; /* As saved; its text is not kept. */
	int64_t last_ms;        /* When, by the monotonic clock. */
	struct err fault;
};

/**
 * package_work_new(dir, options, e):
 * Return a writer with nothing opened but digests, or NULL with ${e} set;
 * package_close frees it.
 */
struct package_write * package_work_new(
    int dir, const struct package_options * options, struct err * e);

/**
 * package_work_lock(w, e):
 * Lock the open work folder.  Return 0, or -1 with ${e} set (ERR_AGAIN).
 */
int package_work_lock(struct package_write * w, struct err * e);

/**
 * package_work_threads(options):
 * Return how many workers ${options} mean.
 */
int package_work_threads(const struct package_options * options);

/**
 * package_work_spool_name(spool):
 * Return the file name of ${spool} in the work folder.
 */
const char * package_work_spool_name(enum package_spool spool);

/**
 * package_work_path(w, suffix, path):
 * Write NAME and ${suffix} to ${path}.
 */
void package_work_path(const struct package_write * w, const char * suffix,
    char path[PACKAGE_PATH_SIZE]);

/**
 * package_work_file_suffix(w):
 * Return ".tar.zst" or ".tar".
 */
const char * package_work_file_suffix(const struct package_write * w);

/**
 * package_work_fail(w, e):
 * Keep ${e} as the fault of ${w}.  Return -1.
 */
int package_work_fail(struct package_write * w, const struct err * e);

/**
 * package_work_is_failed(w, e):
 * Return whether ${w} has a fault, which is then in ${e}.
 */
bool package_work_is_failed(const struct package_write * w, struct err * e);

/**
 * package_work_checkpoint(w, e):
 * Make a checkpoint at the last border.  In IDLE and STAGED all must be in
 * closed frames.  Return 0, or -1 with ${e} set.
 */
int package_work_checkpoint(struct package_write * w, struct err * e);

/**
 * package_work_is_due(w):
 * Return whether it is time for a checkpoint.
 */
bool package_work_is_due(const struct package_write * w);

/**
 * package_work_header(w, path, size, mtime, begun, e):
 * Fill ${begun} for the member ${path}, below the top folder, if it may come
 * next; nothing is done.  Return 0, or -1 with ${e} set.
 */
int package_work_header(const struct package_write * w, const char * path,
    int64_t size, int64_t mtime, struct package_begun * begun, struct err * e);

/**
 * package_work_begin(w, b, e):
 * Make room in the frames for the member ${b} (a checkpoint may fall here) and
 * put its header.  Return 0, or -1 with ${e} set.
 */
int package_work_begin(
    struct package_write * w, struct package_begun * b, struct err * e);

/**
 * package_work_end(w, b, e):
 * Put the padding of ${b} and end it in the frames.  Return 0, or -1 with ${e}
 * set.
 */
int package_work_end(
    struct package_write * w, const struct package_begun * b, struct err * e);

/**
 * package_work_put(w, b, bytes, e):
 * Put the whole member ${b} with its ${bytes}.  Return 0, or -1 with ${e} set.
 */
int package_work_put(struct package_write * w, struct package_begun * b,
    const void * bytes, struct err * e);

/**
 * package_work_enter(w, b, manifest, sha256, e):
 * The member ${b} is in the frames: append its line to the spool ${manifest}
 * and remember its place in the order.  Return 0, or -1 with ${e} set.
 */
int package_work_enter(struct package_write * w, const struct package_begun * b,
    enum package_spool manifest, const uint8_t sha256[DIGEST_SHA256_LEN],
    struct err * e);

#endif
