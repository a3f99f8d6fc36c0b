#ifndef COLLECT_SURVEY_H
#define COLLECT_SURVEY_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/package_write.h"

#include "collect/ask.h"
#include "collect/facts.h"
#include "collect/folders.h"
#include "collect/plan.h"
#include "collect/record.h"
#include "collect/service.h"
#include "collect/state.h"

/*
 * The listing phases: the containers of each account, then the blobs of each
 * container that is asked for.  Every page is stored as it came; what is in
 * scope goes to the plan, what is not becomes a gap of reason out-of-scope.
 * The same again at the end, into a second plan, to see what changed meanwhile.
 *
 * Where a span of time is asked for, the folders of a container of logs are
 * walked, one level a page, and what the year, month, day, or hour in a name
 * says is out of scope is left out with all below it: a gap about the folder.
 * A folder that says nothing is walked, one that is in scope as a whole is
 * listed flat; so is one that holds blobs beside folders (snapshots of these
 * are only listed flat), and any other container.
 *
 * An account that may not be listed has its containers tried by name.  A page
 * that cannot be understood, a marker or folder that comes back, or endless
 * empty pages end the listing of a folder with a declared gap.
 *
 * Order within a page: the page is stored, then its entries are taken, then the
 * state moves on.  A checkpoint falls before a page is stored (a page is
 * smaller than one frame), so it holds the page and its entries, or neither.
 */
#define SURVEY_PAGE_ENTRIES 2000             /* Asked for at once. */
#define SURVEY_PAGE_BYTES ((int64_t)6 << 20) /* Else fewer are asked for. */
#define SURVEY_TEXT_MAX 256   /* Bytes of an ETag, a snapshot and the like. */
#define SURVEY_EMPTY_MAX 1000 /* Empty pages in a row. */
#define SURVEY_FOLDERS_MAX 100000 /* Walked one by one; then flat. */

struct survey {
	struct ask * ask;
	struct record * record;
	struct package_write * w; /* NULL: pages are not kept. */
	struct state * state;
	struct plan * plan; /* Of this phase. */
	struct service * services;
	size_t service_count;
	const struct facts * facts; /* What is asked for of each. */
	struct folders * folders;
	char refusal[RESPONSE_TEXT_SIZE]; /* The last one, for people. */
	/* Nothing could be listed: what the state says about it is of no use
	 * to a later run, which must ask again. */
	bool is_hopeless;
	void (*progress)(void * cookie, const struct state * state);
	void * cookie;
};

/**
 * survey_begin(v, e):
 * Set the state at the start of its listing phase: the lists of containers to
 * ask for at first, all targets again the second time.  Return 0, or -1 with
 * ${e} set.
 */
int survey_begin(struct survey * v, struct err * e);

/**
 * survey_run(v, e):
 * List what the state says is left.  Return 0 when all targets have their
 * outcome, or -1 with ${e} set (ERR_STOPPED, ERR_AGAIN, ERR_REMOTE: resumable;
 * ERR_DENIED when nothing may be listed).
 */
int survey_run(struct survey * v, struct err * e);

#endif
