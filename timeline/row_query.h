#ifndef TIMELINE_ROW_QUERY_H
#define TIMELINE_ROW_QUERY_H

#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"

/*
 * What row_batch asks the store: five statements, whose rows come in no order
 * but that of the heads.  They read the tables themselves, since the view
 * timeline would be put together, and sorted, for every batch.
 */
enum row_statement {
	ROW_QUERY_HEADS, /* flow_head, in order of id. */
	ROW_QUERY_EVENTS,
	ROW_QUERY_FLOWS,
	ROW_QUERY_EVENTS_AGAIN, /* Of records that stand in an earlier file. */
	ROW_QUERY_FLOWS_AGAIN
};

/* The columns of an event or flow before its fields; a flow's own are all. */
enum row_lead {
	ROW_LEAD_PLACE,
	ROW_LEAD_TIE,
	ROW_LEAD_EVENT,
	ROW_LEAD_NUMBER,
	ROW_LEAD_FLAGS,
	ROW_LEAD_RULES,
	ROW_LEAD_PACKAGE,
	ROW_LEAD_SEAL,
	ROW_LEAD_VERDICT,
	ROW_LEAD_SKEW_LO,
	ROW_LEAD_SKEW_HI,
	ROW_LEAD_MEMBER,
	ROW_LEAD_OFFSET,
	ROW_LEAD_LENGTH,
	ROW_LEAD_SHA256,
	ROW_LEAD_U_PACKAGE, /* What it repeats, or nulls. */
	ROW_LEAD_U_MEMBER,
	ROW_LEAD_U_OFFSET,
	ROW_LEAD_MARK_SRC,
	ROW_LEAD_MARK_DST,
	ROW_LEAD_HEAD, /* Of an event: what is said of its card. */
	ROW_LEAD_COUNT
};

/* The columns of a flow_head before the fields that flows lack. */
enum row_head_lead {
	ROW_HEAD_ID,
	ROW_HEAD_MARK, /* What is said of its card. */
	ROW_HEAD_LEAD_COUNT
};

/* Which places; where is a condition on those (p), our own text, or NULL. */
struct row_query {
	int64_t first;
	int64_t last;
	const char * where;
};

/**
 * row_query_text(q, sql, e):
 * Append the statements for ${q} to ${sql}.  Return 0, or -1 with ${e} set.
 */
int row_query_text(
    const struct row_query * q, struct buf * sql, struct err * e);

#endif
