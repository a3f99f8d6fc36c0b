#ifndef TIMELINE_ROW_H
#define TIMELINE_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "timeline/event.h"
#include "timeline/store.h"

/* The fields that are asked for by name. */
enum row_field {
	ROW_ACCOUNT,
	ROW_ACTION,
	ROW_ACTOR,
	ROW_AUTH,
	ROW_BYTES_DS,
	ROW_BYTES_READ,
	ROW_BYTES_SD,
	ROW_CONTAINER,
	ROW_DECISION,
	ROW_DIRECTION,
	ROW_DST_IP,
	ROW_DST_PORT,
	ROW_FLOW_STATE,
	ROW_OBJECT,
	ROW_OPERATION,
	ROW_PROTOCOL,
	ROW_RESOURCE_ID,
	ROW_SOURCE,
	ROW_SRC_IP,
	ROW_SRC_PORT,
	ROW_STATUS,
	ROW_TIME,
	ROW_TIME_KIND
};
#define ROW_FIELDS 23

/* What enrich.h's files say of the row's addresses and network card. */
enum row_mark {
	ROW_MARK_SRC,
	ROW_MARK_DST,
	ROW_MARK_CARD
};
#define ROW_MARKS 3

/*
 * The rows of the view timeline on their way out, with their provenance, and
 * the sentence that says each.
 */
struct row {
	int64_t number; /* 1 for the first dated event. */
	int64_t event;  /* Its number in the store. */
	bool is_tied;   /* Another row has the same tick: order unknown. */
	int64_t flags;
	int64_t rules; /* Bits of the rules that name it. */
	char id[EVENT_ID_HEX];
	const char * package;
	const char * verdict; /* Of the package: "intact", ... */
	const char * seal;    /* Hex of SHA-256 of seal.json, or "". */
	const char * member;
	int64_t offset;
	int64_t length;
	char sha256[DIGEST_SHA256_HEX];
	char duplicate_of[EVENT_ID_HEX]; /* The id of what it repeats; or "". */
	const char * marks[ROW_MARKS];   /* What files say; or NULL. */
	const size_t * places;           /* Of each row_field in values. */
	const struct store_value * values; /* One each of event_fields. */
};

/* Called for each; return 0, or -1 with ${e} set to stop. */
typedef int row_fn(void * cookie, const struct row * row, struct err * e);

/**
 * row_each(s, where, fn, cookie, e):
 * Call ${fn} for every dated row in order, or for those that the condition
 * ${where} on the columns of place (p) selects, which is our own text.  Return
 * 0, or -1 with ${e} set.
 */
int row_each(struct store * s, const char * where, row_fn * fn, void * cookie,
    struct err * e);

/**
 * row_count(s, count, e):
 * Put the number of dated rows into ${count}.  Return 0, or -1 with ${e} set.
 */
int row_count(struct store * s, int64_t * count, struct err * e);

/**
 * row_field_name(field):
 * Return the name of ${field}, as event_fields has it.
 */
const char * row_field_name(enum row_field field);

/**
 * row_text(row, field):
 * Return the text of ${field} of ${row}, or NULL if it is absent or no
 * text.
 */
const char * row_text(const struct row * row, enum row_field field);

/**
 * row_integer(row, field):
 * Return the integer of ${field} of ${row}, or EVENT_ABSENT.
 */
int64_t row_integer(const struct row * row, enum row_field field);

/**
 * row_message(row, out, e):
 * Append to ${out} the sentence that says ${row}: what, by whom, on what, from
 * where, with what outcome.  Its parts are foreign text.  Return 0, or -1 with
 * ${e} set.
 */
int row_message(const struct row * row, struct buf * out, struct err * e);

/**
 * row_time_words(row):
 * Return what kind of time the row has, for people.
 */
const char * row_time_words(const struct row * row);

#endif
