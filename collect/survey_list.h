#ifndef COLLECT_SURVEY_LIST_H
#define COLLECT_SURVEY_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/err.h"

#include "collect/state.h"
#include "collect/survey.h"
#include "collect/survey_page.h"

/*
 * The pages of one target, from where the state stands to the last one: folder
 * by folder off the stack of folders.h.
 */
#define SURVEY_LIST_INCLUDE_SIZE 64
#define SURVEY_LIST_SPOILT_MAX 2 /* Spoilt pages that are asked for again. */

/* The listing of one target, as far as it has come in this run. */
struct survey_list {
	struct survey * v;
	struct survey_page page;
	int64_t empty; /* Pages without an entry, in a row. */
	int max_results;
	int given_up;   /* How much less than all is included. */
	int64_t status; /* Of the last answer. */
	int spoilt;     /* Pages that could not be read. */
};

/**
 * survey_list_run(l, outcome, why, e):
 * List what is left of the target that the state of ${l}.v stands at.  Put into
 * ${outcome} what came of it, and into ${why}, unless that is STATE_LISTED, the
 * last reason.  Folders that failed are declared gaps here, anything else is
 * the caller's.  Return 0, or -1 with ${e} set to what ends the run.
 */
int survey_list_run(struct survey_list * l, enum state_outcome * outcome,
    struct err * why, struct err * e);

/**
 * survey_list_include(l, include):
 * Write what the service let us include, "copy,metadata,snapshots", to
 * ${include}; "" for nothing.
 */
void survey_list_include(
    const struct survey_list * l, char include[SURVEY_LIST_INCLUDE_SIZE]);

/**
 * survey_list_clear(l):
 * Release what ${l} owns.
 */
void survey_list_clear(struct survey_list * l);

#endif
