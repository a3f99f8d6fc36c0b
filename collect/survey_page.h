#ifndef COLLECT_SURVEY_PAGE_H
#define COLLECT_SURVEY_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"

#include "collect/folders.h"
#include "collect/seen.h"
#include "collect/survey.h"

/*
 * One stored page of a listing and what becomes of its entries.
 */
struct survey_page {
	struct survey * v;
	size_t target;    /* Index into the state's targets. */
	struct folder at; /* What was asked for. */
	struct seen seen; /* Folders and markers of this target. */
	int64_t entries;
	int64_t blobs; /* Entries that are no folder. */
	struct buf next_marker;
	struct buf endpoint;    /* As the page calls the service. */
	struct buf folders;     /* Names one behind the other, */
	struct buf folder_ends; /* and where each ends: size_t. */
	struct buf last; /* Identity of the entry before, for duplicates. */
};

/**
 * survey_page_check(p, bytes, len, e):
 * Read the whole page ${bytes} without taking anything: count its entries and
 * keep its next marker and its folders in ${p}.  Return 0, or -1 with ${e} set
 * if it is not what was asked for.
 */
int survey_page_check(
    struct survey_page * p, const void * bytes, size_t len, struct err * e);

/**
 * survey_page_follow(p, e):
 * Note where the page just checked leads, its marker and its folders.  Return 0,
 * or -1 with ${e} set if it leads back to where the listing has been.
 */
int survey_page_follow(struct survey_page * p, struct err * e);

/**
 * survey_page_take(p, bytes, len, e):
 * Take the entries of the page ${bytes}, which survey_page_check has passed:
 * containers become targets, blobs plan entries or gaps.  Return 0, or -1 with
 * ${e} set.
 */
int survey_page_take(
    struct survey_page * p, const void * bytes, size_t len, struct err * e);

/**
 * survey_page_folder(p, i, len):
 * Return the name of folder ${i} of the page, of ${len} bytes, or NULL if it has
 * no more.
 */
const char * survey_page_folder(
    const struct survey_page * p, size_t i, size_t * len);

/**
 * survey_page_clear(p):
 * Release what ${p} owns.
 */
void survey_page_clear(struct survey_page * p);

#endif
