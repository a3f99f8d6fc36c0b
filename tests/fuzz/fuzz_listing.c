/* A page read whole and read byte by byte is the same page, or none. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/listing.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

/* What came out of one reading. */
struct seen {
	int64_t entries;
	uint64_t sum;
};

static int
note(void * cookie, const struct listing_entry * entry, struct err * e)
{
	struct seen * seen = cookie;

	(void)e;
	seen->entries++;
	if ((entry->name_len == 0) || (entry->name_len > LISTING_NAME_MAX) ||
	    (entry->content_length < -1) ||
	    (entry->name[entry->name_len] != '\0'))
		abort();
	for (size_t i = 0; i < entry->name_len; i++)
		seen->sum = seen->sum * 31 + (uint8_t)entry->name[i];
	if (entry->etag != NULL)
		seen->sum += strlen(entry->etag);
	return 0;
}

static int
read_page(enum listing_kind kind, const uint8_t * bytes, size_t len,
    size_t step, struct seen * seen)
{
	struct listing * l;
	struct err e;
	int rc = -1;

	err_init(&e);
	memset(seen, 0, sizeof(*seen));
	l = listing_new(kind, note, seen, &e);
	if (l == NULL)
		abort();
	for (size_t at = 0; at < len; at += step) {
		size_t part = (len - at < step) ? len - at : step;

		if (listing_feed(l, bytes + at, part, &e) != 0)
			goto out;
	}
	if (listing_finish(l, &e) != 0)
		goto out;
	if ((listing_page(l)->entries != seen->entries) ||
	    (listing_page(l)->bytes != (int64_t)len))
		abort();
	rc = 0;

out:
	if ((rc != 0) != (e.kind != ERR_NONE))
		abort();
	listing_free(l);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	struct seen whole;
	struct seen pieces;
	enum listing_kind kind = LISTING_BLOBS;
	int rc;

	if ((len > 0) && (bytes[0] == 'C')) {
		kind = LISTING_CONTAINERS;
		bytes++;
		len--;
	}
	rc = read_page(kind, bytes, len, (len > 0) ? len : 1, &whole);
	if (read_page(kind, bytes, len, 1, &pieces) != rc)
		abort();
	if ((rc == 0) &&
	    ((whole.entries != pieces.entries) || (whole.sum != pieces.sum)))
		abort();
	return 0;
}
