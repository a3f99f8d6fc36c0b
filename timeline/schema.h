#ifndef TIMELINE_SCHEMA_H
#define TIMELINE_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "timeline/event.h"

/*
 * The tables of a case.  Integers, text, and bytes only, so that every engine
 * reads them alike.
 *
 *	package     one row a package, with its verdict, and its skew in ms
 *	member      one row a payload member
 *	record      one row a record: member, offset, length, SHA-256 (bytes)
 *	event       one row an event that is no flow: every field of event.h
 *	flow        one row a flow tuple: integers, and the id of a flow_head
 *	flow_head   what many tuples share: every field of event.h that flow lacks
 *	address     the addresses of flows, each once, with its scope
 *	quarantine  bytes that could not be read as records
 *	param       parameters of the rules, and the baseline
 *	responder   identities named with --responder
 *	rule, finding_fact, finding_row     what the rules found
 *	gap         what the package says it does not hold
 *	enrichment  the files that were brought (timeline/enrich.h), by digest
 *	mark        what a file says of an address, a card, or a resource
 *	mark_line   the same in a line for each of them
 *	event_again, flow_again, duplicate  of records that stand in an earlier
 *	            file as well (timeline/twin.h)
 *	place       the order of all dated rows: time, then event number
 *	timeline    a view: events and flows, alike, with their provenance
 *
 * Event numbers are given in the order (package, member, offset, tuple index)
 * and are one series for events and flows.
 */

/* How an address of a flow stands to the internet. */
#define SCHEMA_SCOPE_PUBLIC 0
#define SCHEMA_SCOPE_PRIVATE 1  /* RFC 1918, 4193, 6598, link-local, ... */
#define SCHEMA_SCOPE_PLATFORM 2 /* 168.63.129.16, which is the platform. */
#define SCHEMA_SCOPE_UNKNOWN 3  /* No address. */

/**
 * schema_text(out, e):
 * Append the statements that make the tables to ${out}.  Return 0, or -1 with
 * ${e} set.
 */
int schema_text(struct buf * out, struct err * e);

/**
 * schema_order_text(out, e):
 * Append the statements that index place, once it is filled (timeline/place.h),
 * and make the view timeline.  Return 0, or -1 with ${e} set.
 */
int schema_order_text(struct buf * out, struct err * e);

/**
 * schema_is_flow_column(name):
 * Return whether the field ${name} of event.h stands in the table flow itself;
 * all others of a flow stand in its flow_head.
 */
bool schema_is_flow_column(const char * name);

/**
 * schema_add_flow_column(out, name, e):
 * Append a comma and the field ${name} of a flow as the view timeline shows it,
 * by the aliases f of flow, h of flow_head, and sa and da of address.  Return 0,
 * or -1 with ${e} set.
 */
int schema_add_flow_column(struct buf * out, const char * name, struct err * e);

/**
 * schema_scope(address):
 * Return which SCHEMA_SCOPE the address text ${address} has (NULL: unknown).
 */
int schema_scope(const char * address);

#endif
