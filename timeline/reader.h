#ifndef TIMELINE_READER_H
#define TIMELINE_READER_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "timeline/event.h"

/*
 * The reading of one member after the other: bytes in, records, events,
 * quarantined spans and filler out, in flat memory (at most
 * READER_MEMORY_MAX whatever the input).
 *
 *	r = reader_new(&sink, &e);
 *	for each member:
 *		reader_begin(r, &origin, NULL);
 *		for each block: reader_feed(r, block, len, &e);
 *		reader_end(r, &e);
 *	reader_free(r);
 */
#define READER_MEMORY_MAX ((size_t)192 << 20)

struct reader;

/* What was read since reader_new; all of it adds up. */
struct reader_counts {
	int64_t members;
	int64_t bytes; /* record_bytes + quarantine_bytes + filler_bytes */
	int64_t records;
	int64_t record_bytes;
	int64_t events;
	int64_t quarantined; /* Whole spans. */
	int64_t quarantine_bytes;
	int64_t tuples_quarantined; /* Tuples of records that were read. */
	int64_t filler_bytes;
	int64_t flagged; /* Events with a flag set. */
};

/**
 * reader_new(sink, e):
 * Return a reader that hands what it reads to a copy of ${sink}, whose record
 * and filler may be NULL; the caller frees it with reader_free.  Return NULL
 * with ${e} set on failure.
 */
struct reader * reader_new(const struct event_sink * sink, struct err * e);

/**
 * reader_free(r):
 * Release ${r}; NULL is fine.
 */
void reader_free(struct reader * r);

/**
 * reader_begin(r, origin, kind):
 * Begin a member: package, seal and member of ${origin} are used, and borrowed
 * until reader_end.  ${kind} is the catalogue's word for what the member should
 * hold ("nsg-flow", "storage-read", ...), or NULL: a hint where the record
 * itself does not say.
 */
void reader_begin(
    struct reader * r, const struct event_origin * origin, const char * kind);

/**
 * reader_feed(r, bytes, len, e):
 * Read the next ${len} ${bytes} of the member, in blocks of any size.  What is
 * wrong with them is no failure but quarantined.  Return 0, or -1 with ${e} set
 * (a callback failed, or no memory).
 */
int reader_feed(
    struct reader * r, const void * bytes, size_t len, struct err * e);

/**
 * reader_end(r, e):
 * End the member: what it left unfinished is quarantined, and every byte of it
 * is accounted for.  Return as reader_feed.
 */
int reader_end(struct reader * r, struct err * e);

/**
 * reader_member_counts(r, counts):
 * Put into ${counts} what was read since the last reader_begin.
 */
void reader_member_counts(
    const struct reader * r, struct reader_counts * counts);

/**
 * reader_counts(r):
 * Return the counts so far, borrowed until ${r} is used again.
 */
const struct reader_counts * reader_counts(const struct reader * r);

#endif
