#ifndef EVIDENCE_SECRET_SCAN_H
#define EVIDENCE_SECRET_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Looking for other people's secrets in bytes that come in pieces: what would
 * let a reader of the evidence into the accounts it is about.  Nothing that was
 * found is kept or handed out but its sort and its place.  FORMAT.md, "Secrets
 * in the payload", says what counts.
 *
 * A value may be percent-encoded, once or twice, and its characters may be
 * JSON escapes.  What is compressed, or is text of two bytes a character, cannot
 * be looked into: an object that begins as such files do, or has a NUL among its
 * first bytes, is said to be closed.
 */
#define SECRET_SCAN_HEAD 1024   /* Bytes in which a NUL tells that. */
#define SECRET_SCAN_BEFORE 1024 /* Bytes that are looked at before a place, */
#define SECRET_SCAN_AFTER 8192  /* and behind it. */
#define SECRET_SCAN_PLACES 16   /* That are kept of one object. */

enum secret_sort {
	SECRET_ACCOUNT_KEY, /* Of a storage or database account: 64 bytes. */
	SECRET_ACCESS_KEY,  /* Of a policy of a bus or hub: 32 bytes. */
	SECRET_SIGNATURE,   /* Of a shared access signature. */
	SECRET_TOKEN        /* A signed JWT, as bearer tokens of Azure are. */
};
#define SECRET_SORTS 4

/* What one object holds. */
struct secret_counts {
	int64_t of[SECRET_SORTS];
	int64_t all;
	int64_t records;                    /* Lines that hold any. */
	int64_t places[SECRET_SCAN_PLACES]; /* Offsets of the first ones. */
	bool is_closed;                     /* It may hold more, or any. */
};

struct secret_scan {
	struct secret_counts counts;
	int64_t base; /* Offset in the object of tail[0]. */
	uint8_t tail[2 * (SECRET_SCAN_BEFORE + SECRET_SCAN_AFTER)];
	size_t len;       /* Of tail. */
	size_t scanned;   /* Of tail, from its beginning. */
	int64_t looked;   /* For the end of a line, up to this offset, */
	bool is_new_line; /* since the last secret: whether there was one. */
	uint8_t head[8];  /* Its first bytes. */
	int64_t size;     /* Bytes of the object so far. */
};

/**
 * secret_scan_begin(s):
 * Make ${s} ready for a new object.
 */
void secret_scan_begin(struct secret_scan * s);

/**
 * secret_scan_add(s, bytes, len):
 * Look through the next ${len} ${bytes} of the object.  What may go on behind
 * them is judged when that comes.
 */
void secret_scan_add(struct secret_scan * s, const uint8_t * bytes, size_t len);

/**
 * secret_scan_end(s):
 * Say that nothing follows.  Return the counts, borrowed until ${s} is used
 * again.
 */
const struct secret_counts * secret_scan_end(struct secret_scan * s);

/**
 * secret_sort_text(sort):
 * Return the word for ${sort} ("account-key").
 */
const char * secret_sort_text(enum secret_sort sort);

#endif
