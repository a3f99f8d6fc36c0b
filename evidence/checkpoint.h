#ifndef EVIDENCE_CHECKPOINT_H
#define EVIDENCE_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/frames_write.h"
#include "evidence/member_order.h"
#include "evidence/name.h"
#include "evidence/package_write.h"
#include "evidence/spool.h"
#include "evidence/tar.h"

/*
 * The state of a work folder at a moment: one line of JSON in its file "state"
 * that names what is durable.  Lines are only appended; the last whole one
 * counts.  Each ends with the SHA-256 of its own bytes before ,"sha256":
 */
#define CHECKPOINT_FILE "state"
#define CHECKPOINT_LINE_MAX ((size_t)8 << 20)  /* Bytes, the LF too. */
#define CHECKPOINT_FILE_MAX ((size_t)16 << 20) /* Then it is begun anew. */

/* A large member that is begun. */
struct checkpoint_member {
	struct tar_header header;   /* Its path with the top folder. */
	int64_t done;               /* Bytes of its data in closed frames. */
	struct frames_border first; /* Before its header. */
	uint8_t sha256[DIGEST_SHA256_LEN]; /* Of these bytes. */
};

struct checkpoint {
	char package[NAME_SIZE];
	bool compress;
	int64_t started_at;
	int64_t at;
	bool sealed;
	bool has_custody; /* When sealed: a ledger folder is prepared. */
	struct frames_border border;       /* When sealed: the whole file. */
	uint8_t sha256[DIGEST_SHA256_LEN]; /* Of the file up to there. */
	struct spool_mark spools[PACKAGE_SPOOLS];
	int64_t objects;
	int64_t payload_bytes;
	struct member_order order;
	bool in_member;
	struct checkpoint_member member;
	struct buf text; /* The caller's. */
};

/**
 * checkpoint_format(c, out, e):
 * Append the line of ${c} to ${out}.  Return 0, or -1 with ${e} set.
 */
int checkpoint_format(
    const struct checkpoint * c, struct buf * out, struct err * e);

/**
 * checkpoint_parse(line, len, c, e):
 * Read the ${len} bytes of ${line}, LF included, into ${c}, whose text the
 * caller frees.  Return 0, or -1 with ${e} set and ${c} in any state.
 */
int checkpoint_parse(
    const char * line, size_t len, struct checkpoint * c, struct err * e);

/**
 * checkpoint_save(dir, c, e):
 * Append ${c} to the state file of the work folder ${dir}, making the file if
 * there is none, durably.  Return 0, or -1 with ${e} set.
 */
int checkpoint_save(int dir, const struct checkpoint * c, struct err * e);

/**
 * checkpoint_load(dir, c, e):
 * Read the last whole line of the state file of ${dir} into ${c}, whose text
 * the caller frees, and cut off what follows it.  Return 0, or -1 with ${e}
 * set (ERR_NOINPUT: there is none).
 */
int checkpoint_load(int dir, struct checkpoint * c, struct err * e);

/**
 * checkpoint_free(c):
 * Release what ${c} owns.
 */
void checkpoint_free(struct checkpoint * c);

#endif
