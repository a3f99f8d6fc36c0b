#ifndef COLLECT_RECORD_H
#define COLLECT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/clock_sample.h"
#include "evidence/err.h"
#include "evidence/gap.h"
#include "evidence/journal.h"
#include "evidence/json.h"
#include "evidence/kind.h"
#include "evidence/object.h"
#include "evidence/package_write.h"
#include "evidence/request.h"

#include "collect/done.h"
#include "collect/exchange.h"
#include "collect/folders.h"
#include "collect/plan.h"
#include "collect/sent.h"
#include "collect/state.h"

/*
 * The one place that writes evidence: lines of the spools, payload members and
 * their catalogue lines, the journal, and the state of every checkpoint.  One
 * thread at a time calls: the main one, and while blobs are fetched the
 * committing one.
 *
 * Invariants, at every return and hence at every checkpoint:
 *  1. state.objects = lines of objects.jsonl = payload members that are ended;
 *     the same for gaps, requests and journal with their counters.
 *  2. A plan entry is in done.bin when, and only when, its member or its gap
 *     line is in the package.
 */
#define RECORD_SAMPLE_MS 10000 /* Between clock samples of one account. */
#define RECORD_MAX_SERVICES 64

/*
 * A blob, or a file of this machine, that was taken: what its catalogue line
 * says beside the member.
 */
struct record_taken {
	const struct plan_entry * entry;
	const struct exchange * x; /* Whose headers are the evidence. */
	enum kind kind;            /* Of a file, which has no answer; and */
	int64_t modified_at;       /* its own time, and */
	bool is_changed;           /* whether it changed since it was found. */
	const char * source_name;  /* Folder under data/. */
	enum object_digest_check digest_check;
	bool open_hour;
	int64_t requested_at;
	int64_t completed_at;
	const struct object_attempt * attempts;
	size_t attempt_count;
	const struct exchange * look;         /* The last one; NULL: none. */
	const struct block_list * block_list; /* NULL: not asked for. */
};

struct record;

/**
 * record_new(s, package, e):
 * Return a recorder for the package named ${package}, which keeps its state in
 * ${s}; both are borrowed until record_free.  Return NULL with ${e} set on
 * failure.
 */
struct record * record_new(
    struct state * s, const char * package, struct err * e);

/**
 * record_save(cookie, text, e):
 * The state function of package_options; ${cookie} is the recorder.  Append the
 * journal's line for the objects since the last one, make the files of the work
 * folder durable and put the state into ${text}.  Return 0, or -1 with ${e}
 * set.
 */
int record_save(void * cookie, struct buf * text, struct err * e);

/**
 * record_use(r, w, plan, done):
 * Let ${r} write to ${w} (NULL: nothing is written, only counted), and make ${plan} and ${done} durable (NULL: none) at
 * checkpoints; all are borrowed.
 */
void record_use(struct record * r, struct package_write * w, struct plan * plan,
    struct done * done);

/**
 * record_use_folders(r, folders):
 * Make ${folders}, borrowed, durable at checkpoints; NULL for none.
 */
void record_use_folders(struct record * r, struct folders * folders);

/**
 * record_event(r, event, at, e):
 * Begin the journal line ${event} of the moment ${at}.  Return where to put its
 * facts; record_event_end must follow.
 */
struct json_out * record_event(
    struct record * r, enum journal_event event, int64_t at, struct err * e);

/**
 * record_event_end(r, e):
 * End the line of record_event and append it.  Return 0, or -1 with ${e} set.
 */
int record_event_end(struct record * r, struct err * e);

/**
 * record_request(r, line, e):
 * Append the line ${line} of a request, its seq filled in here.  Return 0, or
 * -1 with ${e} set.
 */
int record_request(struct record * r, struct request * line, struct err * e);

/**
 * record_note(r, sent):
 * Let ${r} say to ${sent} (borrowed; NULL: to nobody) which requests have their
 * line, and when checkpoints are made.
 */
void record_note(struct record * r, struct sent * sent);

/**
 * record_answer(r, x, e):
 * Append the line of the answered request ${x}, a clock sample if one is due,
 * and the journal's line if it will be asked again.  Return 0, or -1 with ${e}
 * set.
 */
int record_answer(struct record * r, const struct exchange * x, struct err * e);

/**
 * record_clock(r, sample, service, e):
 * Append the clock sample ${sample} about account ${service} (-1: none), its
 * local part filled in here.  Return 0, or -1 with ${e} set.
 */
int record_clock(struct record * r, struct clock_sample * sample, int service,
    struct err * e);

/**
 * record_gap(r, gap, e):
 * Append ${gap}, its seq filled in here, and the journal's line if it is a
 * loss.  Return 0, or -1 with ${e} set.
 */
int record_gap(struct record * r, struct gap * gap, struct err * e);

/**
 * record_settle(r, number, e):
 * Note that the plan's entry ${number} is settled.  Return 0, or -1 with ${e}
 * set.
 */
int record_settle(struct record * r, int64_t number, struct err * e);

/**
 * record_commit(r, t, bytes, len, e):
 * Write the blob ${t} of ${len} ${bytes}: member, catalogue line, settled.
 * Return 0, or -1 with ${e} set.
 */
int record_commit(struct record * r, const struct record_taken * t,
    const void * bytes, size_t len, struct err * e);

/**
 * record_begin(r, t, size, e):
 * Begin the large member of ${size} bytes for the blob ${t}; package_data
 * follows.  Return 0, or -1 with ${e} set.
 */
int record_begin(struct record * r, const struct record_taken * t, int64_t size,
    struct err * e);

/**
 * record_continue(r, path):
 * Say that a large member was begun in an earlier run, as ${path} below the top
 * folder; package_data and record_end follow.
 */
void record_continue(struct record * r, const char * path);

/**
 * record_end(r, t, e):
 * End the large member begun: catalogue line, settled.  Return 0, or -1 with
 * ${e} set.
 */
int record_end(
    struct record * r, const struct record_taken * t, struct err * e);

/**
 * record_free(r):
 * Release ${r}; NULL is fine.
 */
void record_free(struct record * r);

#endif
