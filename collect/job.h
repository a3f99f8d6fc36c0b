#ifndef COLLECT_JOB_H
#define COLLECT_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/block_list.h"
#include "evidence/err.h"
#include "evidence/gap.h"
#include "evidence/kind.h"
#include "evidence/name.h"
#include "evidence/object.h"

#include "collect/azure.h"
#include "collect/exchange.h"
#include "collect/plan.h"
#include "collect/retry.h"
#include "collect/service.h"

/*
 * One blob on its way: the plan's entry, the state of the blob that is pinned,
 * and what was tried.
 *
 * A block or page blob is pinned by its ETag, first that of the listing: every
 * read carries If-Match.  An append blob grows, so its ETag is no use; it is
 * pinned by its length, and what is read is [0, length), which appending never
 * changes.  An answer that does not fit the pin sends the job back to asking
 * for the blob's properties, JOB_CHANGES_MAX times.
 */
#define JOB_SMALL_MAX (INT64_C(8) << 20) /* Bytes; more is a large blob. */
#define JOB_RANGE (INT64_C(4) << 20)     /* Bytes of a large blob's read. */
#define JOB_CHANGES_MAX 5
#define JOB_TEXTS_MAX 16
#define JOB_MISMATCHES_MAX 2 /* Then the body is taken, and said so. */

/* Where blobs come from: a container. */
struct job_source {
	struct service * service;
	int service_index;
	const char * container;
	enum kind kind;
	bool prove;           /* Every range with a digest of the service's. */
	char name[NAME_SIZE]; /* The folder under data/. */
};

/* The state of a blob that reads must agree with. */
struct job_pin {
	bool is_append;
	int64_t length;
	int64_t blocks;     /* -1: not known. */
	char etag[256];     /* With quotes; "" for none. */
	char blob_type[32]; /* "" while not known. */
	char creation_time[64];
	char content_md5[64];
};

/* Bytes that are asked for, inclusive. */
struct job_part {
	int64_t first, last;
	bool accept_mismatch; /* It was tried often enough: response_asked. */
};

struct job {
	struct job * next;
	struct plan_entry * entry;
	const struct job_source * source;
	struct job_pin pin;
	bool needs_head;   /* Before anything is read. */
	bool needs_blocks; /* After that: the list of its blocks. */
	struct retry_item retry;
	struct retry_item blocks_retry;
	struct block_list * blocks; /* Of the pinned state; NULL: none. */
	int changes;
	int mismatches;
	bool is_postponed; /* It held up the others once: it is done last. */
	int64_t due_ms;    /* Monotonic; when its turn is. */
	struct object_attempt attempts[OBJECT_MAX_ATTEMPTS];
	size_t attempt_count;
	char * texts[JOB_TEXTS_MAX]; /* ETags of attempts. */
	size_t text_count;
	int64_t attempts_all;    /* Also those the table has no room for. */
	enum gap_reason failing; /* What it would be as a gap. */
};

/**
 * job_new(entry, source, e):
 * Return a job for ${entry}, which it takes, of ${source} (borrowed), pinned to
 * what was listed; or NULL with ${e} set and ${entry} freed.
 */
struct job * job_new(struct plan_entry * entry,
    const struct job_source * source, struct err * e);

/**
 * job_pin_properties(job, h):
 * Pin ${job} to the state that the answer with the headers ${h} to a question
 * for its properties says.  Return 0, or -1 if that is no state to pin to (no
 * length or one that no package can hold, no type, an ETag that is too long or
 * cannot be sent back).
 */
int job_pin_properties(struct job * job, const struct response_headers * h);

/**
 * job_has_same_pin(job, h):
 * Return whether the blob of ${job} with the headers ${h} still is the one that
 * is pinned: the same ETag, or for an append blob the same birth and type and
 * no fewer bytes and blocks.
 */
bool job_has_same_pin(
    const struct job * job, const struct response_headers * h);

/**
 * job_ask_blocks(job, line, e):
 * Ask for the committed blocks of the blob of ${job}.  Return the exchange in
 * flight, or NULL with ${e} set.
 */
struct exchange * job_ask_blocks(
    struct job * job, struct exchange_line * line, struct err * e);

/**
 * job_take_blocks(job, x, e):
 * Keep what the answer ${x} to job_ask_blocks, which is the last word, says:
 * the blocks, or why there are none.  Return 0, or -1 with ${e} set.
 */
int job_take_blocks(struct job * job, struct exchange * x, struct err * e);

/**
 * job_note(job, x):
 * Add the attempt ${x} to those of ${job}.
 */
void job_note(struct job * job, const struct exchange * x);

/**
 * job_ask_properties(job, line, e):
 * Ask for the properties of the blob of ${job}.  Return the exchange in flight,
 * or NULL with ${e} set.
 */
struct exchange * job_ask_properties(
    struct job * job, struct exchange_line * line, struct err * e);

/**
 * job_ask_bytes(job, line, part, e):
 * Ask for the bytes of ${part} of the blob of ${job} as it is pinned; for the
 * whole blob if it is pinned as empty.  Return as above.
 */
struct exchange * job_ask_bytes(struct job * job, struct exchange_line * line,
    const struct job_part * part, struct err * e);

/**
 * job_small_max(source):
 * Return how many bytes a blob of ${source} may have that is read in one piece.
 */
int64_t job_small_max(const struct job_source * source);

/**
 * job_accepts(rule, mismatches):
 * Return whether a body that was ${mismatches} times not what the service's
 * digest of it says is now taken as it is: nobody can tell which is wrong.
 */
bool job_accepts(const struct retry_rule * rule, int mismatches);

/**
 * job_forgoes_crc64(job, x):
 * Return whether the answer ${x} says that the service of ${job} has no CRC64
 * to give; it is not asked for one again, and the same question is to be asked
 * at once.
 */
bool job_forgoes_crc64(struct job * job, struct exchange * x);

/**
 * job_fill_gap(job, reason, x, gap):
 * Fill ${gap} for ${job} given up for ${reason} after the answer ${x} (NULL:
 * none); it borrows from them.
 */
void job_fill_gap(const struct job * job, enum gap_reason reason,
    const struct exchange * x, struct gap * gap);

/**
 * job_free(job):
 * Release ${job}; NULL is fine.
 */
void job_free(struct job * job);

#endif
