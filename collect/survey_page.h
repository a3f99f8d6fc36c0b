#ifndef COLLECT_SURVEY_PAGE_H
#define COLLECT_SURVEY_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"

#include "collect/survey.h"

/*
 * One stored page of a listing and what becomes of its entries.
 */
struct survey_page {
	struct survey * v;
	size_t target; /* Index into the state's targets. */
	int64_t entries;
	struct buf next_marker;
	struct buf last; /* Identity of the entry before, for duplicates. */
};

/**
 * survey_page_check(p, bytes, len, e):
 * Read the whole page ${bytes} without taking anything: count its entries and
 * keep its next marker in ${p}.  Return 0, or -1 with ${e} set if it is not
 * what was asked for.
 */
int survey_page_check(
    struct survey_page * p, const void * bytes, size_t len, struct err * e);

/**
 * survey_page_take(p, bytes, len, e):
 * Take the entries of the page ${bytes}, which survey_page_check has passed:
 * containers become targets, blobs plan entries or gaps.  Return 0, or -1 with
 * ${e} set.
 */
int survey_page_take(
    struct survey_page * p, const void * bytes, size_t len, struct err * e);

/**
 * survey_page_clear(p):
 * Release what ${p} owns.
 */
void survey_page_clear(struct survey_page * p);

#endif
