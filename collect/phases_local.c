#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/kind.h"
#include "evidence/process.h"

#include "collect/credentials_used.h"
#include "collect/job.h"
#include "collect/local.h"
#include "collect/phases.h"
#include "collect/sealing.h"

#define TRIES_MAX 3 /* For a file that changes while it is read. */
#define BLOCK_BYTES ((size_t)1 << 20)

/* How it went with a file. */
enum outcome {
	OUTCOME_FAILED, /* What ends the run. */
	OUTCOME_PACKED,
	OUTCOME_CHANGED,
	OUTCOME_UNREADABLE
};

/* ---- The plan ------------------------------------------------------------- */

static int
walk(struct phases * p, int cwd, struct plan * plan, struct err * e)
{
	int dir;
	int rc;

	if (p->facts.folder == NULL)
		return 0;
	dir = openat(cwd, p->facts.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0) {
		err_set(e, ERR_USAGE, NULL, "%s cannot be opened as a folder",
		    p->facts.folder);
		return -1;
	}
	rc = local_walk(dir, p->dir, plan, e);
	(void)close(dir);
	return rc;
}

/* The journal's line about what is going to be packed. */
static int
note_plan(struct phases * p, struct err * e)
{
	struct json_out * j =
	    record_event(p->record, JOURNAL_LISTED, clock_now(), e);

	json_put_text(j, "pass", "local");
	json_put_text(j, "acquisition",
	    (p->facts.folder != NULL) ? "received" : "acquired");
	json_put_text(j, "folder", p->facts.folder);
	json_put_integer(j, "attached", (int64_t)p->facts.attach_count);
	json_put_text(j, "working_directory", p->facts.cwd);
	json_put_integer(j, "entries", p->state.local_count);
	return record_event_end(p->record, e);
}

static int
make_plan(struct phases * p, int cwd, struct err * e)
{
	struct plan * plan = plan_create(p->work, LOCAL_FILE, e);
	int rc = -1;

	if (plan == NULL)
		return -1;
	for (size_t i = 0; i < p->facts.attach_count; i++) {
		if (local_name(cwd, p->facts.attach[i], plan, e) != 0)
			goto out;
	}
	if ((walk(p, cwd, plan, e) != 0) || (plan_sync(plan, e) != 0))
		goto out;
	p->state.local_count = plan_count(plan);
	p->state.local_at = 0;
	if (note_plan(p, e) != 0)
		goto out;
	p->state.local_planned = 1;
	rc = 0;

out:
	plan_free(plan);
	return rc;
}

/* Refuse to begin what cannot end. */
static int
check_room(struct phases * p, struct plan * plan, struct err * e)
{
	struct plan_entry * entry;
	int64_t need = 0;
	int got;

	for (;;) {
		got = plan_next(plan, &entry, e);
		if (got <= 0)
			break;
		need +=
		    ((entry->size > 0) && (entry->number >= p->state.local_at))
		    ? entry->size
		    : 0;
		plan_entry_free(entry);
	}
	if (got < 0)
		return -1;
	plan_rewind(plan);
	return phases_check_room(p, need, e);
}

/* ---- A file --------------------------------------------------------------- */

static enum outcome
commit_small(struct phases * p, int fd, const struct local_stamp * stamp,
    struct record_taken * t, struct err * e)
{
	struct buf body = { 0 };
	enum outcome outcome = OUTCOME_FAILED;
	struct err why;
	ssize_t got;

	err_init(&why);
	if (buf_reserve(&body, (size_t)stamp->size + 1, e) != 0)
		return OUTCOME_FAILED;
	got = io_read_at(fd, body.bytes, (size_t)stamp->size, 0, &why);
	t->completed_at = clock_now();
	if (got < 0)
		outcome = OUTCOME_UNREADABLE;
	else if ((got != stamp->size) || local_has_changed(fd, stamp))
		outcome = OUTCOME_CHANGED;
	else if (record_commit(p->record, t, body.bytes, (size_t)got, e) == 0)
		outcome = OUTCOME_PACKED;
	buf_free(&body);
	return outcome;
}

/* The data of a large file, into the member begun. */
static enum outcome
put_data(struct phases * p, int fd, int64_t size, struct err * e)
{
	struct buf block = { 0 };
	enum outcome outcome = OUTCOME_PACKED;
	struct err why;
	int64_t at = 0;

	err_init(&why);
	if (buf_reserve(&block, BLOCK_BYTES, e) != 0)
		return OUTCOME_FAILED;
	while ((at < size) && (outcome == OUTCOME_PACKED)) {
		int64_t left = size - at;
		size_t want =
		    (left < (int64_t)BLOCK_BYTES) ? (size_t)left : BLOCK_BYTES;
		ssize_t got = io_read_at(fd, block.bytes, want, at, &why);

		if (process_is_stopped()) {
			err_set(e, ERR_STOPPED, NULL, "interrupted");
			outcome = OUTCOME_FAILED;
		} else if (got < 0) {
			outcome = OUTCOME_UNREADABLE;
		} else if (got == 0) {
			outcome = OUTCOME_CHANGED;
		} else if (package_data(p->w, block.bytes, (size_t)got, e) !=
		    0) {
			outcome = OUTCOME_FAILED;
		}
		at += (got > 0) ? got : 0;
	}
	buf_free(&block);
	return outcome;
}

static enum outcome
commit_large(struct phases * p, int fd, const struct local_stamp * stamp,
    struct record_taken * t, struct err * e)
{
	enum outcome outcome;

	if (record_begin(p->record, t, stamp->size, e) != 0)
		return OUTCOME_FAILED;
	outcome = put_data(p, fd, stamp->size, e);
	if (outcome == OUTCOME_FAILED)
		return OUTCOME_FAILED;
	if ((outcome == OUTCOME_PACKED) && local_has_changed(fd, stamp))
		outcome = OUTCOME_CHANGED;
	if (outcome != OUTCOME_PACKED)
		return (package_drop(p->w, e) == 0) ? outcome : OUTCOME_FAILED;
	t->completed_at = clock_now();
	return (record_end(p->record, t, e) == 0) ? OUTCOME_PACKED
						  : OUTCOME_FAILED;
}

/* Read the file once, and pack it if it stayed as it was. */
static enum outcome
pack_once(struct phases * p, int root, struct plan_entry * entry,
    struct record_taken * t, struct err * e)
{
	bool is_named = (t->kind == KIND_LOCAL);
	char modified[CLOCK_TEXT_SIZE];
	struct local_stamp stamp;
	enum outcome outcome;
	struct err why;
	int fd;

	err_init(&why);
	t->requested_at = clock_now();
	fd = local_open(root, entry->name, is_named, &stamp, &why);
	if (fd < 0)
		return OUTCOME_UNREADABLE;
	clock_format(stamp.modified_at, modified);
	t->is_changed = (entry->size != stamp.size) ||
	    (strcmp(entry->last_modified, modified) != 0);
	t->modified_at = stamp.modified_at;
	outcome = (stamp.size <= JOB_SMALL_MAX)
	    ? commit_small(p, fd, &stamp, t, e)
	    : commit_large(p, fd, &stamp, t, e);
	(void)close(fd);
	return outcome;
}

static int
declare_gap(struct phases * p, const struct plan_entry * entry,
    enum gap_reason reason, const char * why, int64_t tries, struct err * e)
{
	struct gap gap = {
		.what = GAP_OBJECT,
		.reason = reason,
		.source = entry->source,
		.name = (const uint8_t *)entry->name,
		.name_len = entry->name_len,
		.size = entry->size,
		.last_modified = entry->last_modified,
		.error = why,
		.attempts = tries,
		.at = clock_now(),
	};

	return record_gap(p->record, &gap, e);
}

/* Put the source of files of ${kind}, made if there is none, into ${source}. */
static int
find_source(struct phases * p, enum kind kind, int * source, struct err * e)
{
	struct source_credential shape = { .kind = SOURCE_FILES,
		.account = sealing_label(kind) };
	struct state * s = &p->state;

	if (s->local_sources[kind] < 0) {
		if (credentials_used_add(s, &shape, e) != 0)
			return -1;
		s->local_sources[kind] = (int)s->source_count++;
	}
	*source = s->local_sources[kind];
	return 0;
}

/* Pack the file of ${entry}, or say why not. */
static int
pack(struct phases * p, int root, struct plan_entry * entry, struct err * e)
{
	enum kind kind = (enum kind)entry->source;
	enum outcome outcome = OUTCOME_CHANGED;
	char source[NAME_SIZE];
	struct record_taken t = {
		.entry = entry, .source_name = source, .kind = kind
	};
	int64_t tries = 0;

	if (find_source(p, kind, &entry->source, e) != 0)
		return -1;
	sealing_local_name(entry->source, kind, source);
	if (entry->is_deleted)
		return declare_gap(
		    p, entry, GAP_UNREADABLE, entry->blob_type, 0, e);
	while ((outcome == OUTCOME_CHANGED) && (tries < TRIES_MAX)) {
		tries++;
		outcome = pack_once(p, root, entry, &t, e);
	}
	switch (outcome) {
	case OUTCOME_PACKED:
		return 0;
	case OUTCOME_CHANGED:
		return declare_gap(p, entry, GAP_CHANGED,
		    "it changed each time it was read", tries, e);
	case OUTCOME_UNREADABLE:
		return declare_gap(
		    p, entry, GAP_UNREADABLE, "it could not be read", tries, e);
	case OUTCOME_FAILED:
		break;
	}
	return -1;
}

/* ---- All of them ---------------------------------------------------------- */

static void
show(const struct phases * p)
{
	const struct state * s = &p->state;
	struct progress_now now = { .done = s->local_at,
		.total = s->local_count,
		.bytes = s->bytes,
		.bytes_total = PROGRESS_UNKNOWN,
		.gaps = state_losses(s) };

	phases_show(p, &now);
}

/* Pack what is left of the plan: files below ${folder}, or named from ${cwd}. */
static int
pack_plan(
    struct phases * p, struct plan * plan, int cwd, int folder, struct err * e)
{
	struct state * s = &p->state;
	struct plan_entry * entry;
	int got, rc;

	for (;;) {
		if (process_is_stopped()) {
			err_set(e, ERR_STOPPED, NULL, "interrupted");
			return -1;
		}
		got = plan_next(plan, &entry, e);
		if (got <= 0)
			return got;
		rc = 0;
		if ((entry->source < 0) || (entry->source >= KIND_COUNT)) {
			err_set(e, ERR_INPUT, NULL, "the plan is not ours");
			rc = -1;
		} else if (entry->number >= s->local_at) {
			rc = pack(p,
			    (entry->source == (int)KIND_LOCAL) ? cwd : folder,
			    entry, e);
			s->local_at += (rc == 0) ? 1 : 0;
			s->listed += (rc == 0) ? 1 : 0;
		}
		plan_entry_free(entry);
		if (rc != 0)
			return -1;
		show(p);
	}
}

static int
run(struct phases * p, int cwd, struct err * e)
{
	struct plan * plan = NULL;
	int folder = -1;
	int rc = -1;

	if ((p->state.local_planned == 0) && (make_plan(p, cwd, e) != 0))
		return -1;
	/* A file whose member was begun in an earlier run is read anew. */
	if (p->found.in_member && (package_drop(p->w, e) != 0))
		return -1;
	p->found.in_member = false;
	plan = plan_open(p->work, LOCAL_FILE, e);
	if ((plan == NULL) || (check_room(p, plan, e) != 0))
		goto out;
	if (p->facts.folder != NULL) {
		folder = openat(
		    cwd, p->facts.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (folder < 0) {
			err_set(e, ERR_USAGE, NULL,
			    "%s cannot be opened as a folder", p->facts.folder);
			goto out;
		}
	}
	rc = pack_plan(p, plan, cwd, folder, e);

out:
	plan_free(plan);
	if (folder >= 0)
		(void)close(folder);
	return rc;
}

int
phases_local(struct phases * p, struct err * e)
{
	bool is_received = (p->facts.folder != NULL);
	int cwd;

	if (is_received || (p->facts.attach_count > 0)) {
		cwd = open(p->facts.cwd, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (cwd < 0) {
			err_set(e, ERR_USAGE, NULL,
			    "%s, where the run began, cannot be opened",
			    p->facts.cwd);
			return -1;
		}
		if (run(p, cwd, e) != 0) {
			(void)close(cwd);
			return -1;
		}
		(void)close(cwd);
		/* A checkpoint: the journal's line for the last objects. */
		if (package_suspend(p->w, e) != 0)
			return -1;
	}
	p->state.phase = is_received ? STATE_SEALING : STATE_RELISTING;
	return 0;
}
