#include <stdlib.h>
#include <string.h>

#include "evidence/digest.h"
#include "timeline/csv.h"
#include "timeline/framing.h"
#include "timeline/map.h"
#include "timeline/record.h"

#include "timeline/reader.h"

struct reader {
	struct event_sink sink;
	struct reader_counts counts;
	struct reader_counts before; /* What they were before this member. */
	struct framing * framing;
	struct record * record;
	struct csv * csv;
	struct digest * digest; /* Of the bad span that is being read. */
	struct map map;
	struct event_origin origin; /* Of the member. */
	const char * kind;
	int64_t bad_at; /* Where that span begins; -1 outside of one. */
	int64_t bad_len;
};

/* One span of the member: what an event_origin says of it. */
static struct event_origin
origin_of(const struct reader * r, int64_t offset, int64_t length,
    const uint8_t * sha256)
{
	struct event_origin origin = r->origin;

	origin.offset = offset;
	origin.length = length;
	origin.sha256 = sha256;
	return origin;
}

static int
quarantine(struct reader * r, const struct event_origin * origin,
    enum event_reason reason, const char * text, struct err * e)
{
	struct event_quarantine q = { *origin, EVENT_ABSENT, reason, text };

	r->counts.quarantined++;
	r->counts.quarantine_bytes += origin->length;
	return r->sink.quarantine(r->sink.cookie, &q, e);
}

static int
on_filler(void * cookie, const struct framing_span * span, struct err * e)
{
	struct reader * r = cookie;
	struct event_filler filler;

	r->counts.filler_bytes += (int64_t)span->len;
	if (r->sink.filler == NULL)
		return 0;
	filler.origin = origin_of(r, span->offset, (int64_t)span->len, NULL);
	return r->sink.filler(r->sink.cookie, &filler, e);
}

/*
 * Make r->record of a record's bytes.  Return 0 with ${reason} and ${why} set
 * if they are none, why NULL if they are; or -1 with ${e} set.
 */
static int
parse(struct reader * r, const struct framing_span * span,
    enum event_reason * reason, const char ** why, struct err * e)
{
	enum record_result parsed;

	*why = NULL;
	*reason = EVENT_REASON_SYNTAX;
	if (span->form == FRAMING_ROW) {
		*reason = EVENT_REASON_SHAPE;
		return csv_read(
		    r->csv, span->bytes, span->len, r->record, why, e);
	}
	parsed = record_parse(r->record, span->bytes, span->len, e);
	if (parsed == RECORD_FAILED)
		return -1;
	if (parsed == RECORD_BAD_LIMIT)
		*reason = EVENT_REASON_LIMIT;
	if (parsed != RECORD_READ)
		*why = record_why(r->record);
	return 0;
}

/* Hand out the events of a record, or why there are none. */
static int
map_span(struct reader * r, const struct framing_span * span, struct err * e)
{
	struct map * m = &r->map;
	enum event_reason reason;
	enum map_result mapped;
	const char * why;

	if (span->form == FRAMING_CLASSIC) {
		mapped = map_classic(m, span->bytes, span->len, e);
	} else {
		if (parse(r, span, &reason, &why, e) != 0)
			return -1;
		if (why != NULL)
			return quarantine(r, &m->origin, reason, why, e);
		m->root = record_root(r->record);
		mapped = map_record(m, e);
	}
	if (mapped == MAP_REFUSED)
		return quarantine(r, &m->origin, m->reason, m->why, e);
	return (mapped == MAP_DONE) ? 0 : -1;
}

static int
on_record(void * cookie, const struct framing_span * span, unsigned int flags,
    struct err * e)
{
	struct reader * r = cookie;
	struct map * m = &r->map;
	uint8_t sha256[DIGEST_SHA256_LEN];
	int rc;

	if ((span->form == FRAMING_ROW) &&
	    csv_is_header(r->csv, span->bytes, span->len))
		return on_filler(r, span, e);
	digest_update(r->digest, span->bytes, span->len);
	digest_finish(r->digest, sha256);
	m->origin = origin_of(r, span->offset, (int64_t)span->len, sha256);
	m->sink = &r->sink;
	m->counts = &r->counts;
	m->kind = r->kind;
	m->flags = flags;
	m->record = r->record;
	rc = map_span(r, span, e);
	arena_clear(&m->arena);
	return rc;
}

static int
on_header(void * cookie, const struct framing_span * span, struct err * e)
{
	struct reader * r = cookie;

	return csv_set_header(r->csv, span->bytes, span->len, e);
}

static int
on_bad(void * cookie, const struct framing_span * span, bool last,
    enum event_reason reason, const char * text, struct err * e)
{
	struct reader * r = cookie;
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct event_origin origin;

	if (r->bad_at < 0) {
		r->bad_at = span->offset;
		r->bad_len = 0;
	}
	digest_update(r->digest, span->bytes, span->len);
	r->bad_len += (int64_t)span->len;
	if (!last)
		return 0;
	digest_finish(r->digest, sha256);
	origin = origin_of(r, r->bad_at, r->bad_len, sha256);
	r->bad_at = -1;
	return quarantine(r, &origin, reason, text, e);
}

struct reader *
reader_new(const struct event_sink * sink, struct err * e)
{
	struct framing_sink to = { NULL, on_record, on_bad, on_header,
		on_filler };
	struct reader * r = calloc(1, sizeof(*r));
	int rc = -1;

	if (r == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	r->sink = *sink;
	r->bad_at = -1;
	to.cookie = r;
	r->framing = framing_new(&to, e);
	if (r->framing == NULL)
		goto out;
	r->record = record_new(e);
	if (r->record == NULL)
		goto out;
	r->csv = csv_new(e);
	if (r->csv == NULL)
		goto out;
	r->digest = digest_new(DIGEST_SHA256, e);
	if (r->digest == NULL)
		goto out;
	rc = 0;

out:
	if (rc != 0) {
		reader_free(r);
		r = NULL;
	}
	return r;
}

void
reader_free(struct reader * r)
{
	if (r == NULL)
		return;
	framing_free(r->framing);
	record_free(r->record);
	csv_free(r->csv);
	digest_free(r->digest);
	map_free(&r->map);
	free(r);
}

void
reader_begin(
    struct reader * r, const struct event_origin * origin, const char * kind)
{
	r->origin = *origin;
	r->kind = kind;
	r->bad_at = -1;
	r->before = r->counts;
	digest_restart(r->digest);
	framing_begin(r->framing);
	r->counts.members++;
}

int
reader_feed(struct reader * r, const void * bytes, size_t len, struct err * e)
{
	r->counts.bytes += (int64_t)len;
	return framing_feed(r->framing, bytes, len, e);
}

int
reader_end(struct reader * r, struct err * e)
{
	struct reader_counts c;

	if (framing_end(r->framing, e) != 0)
		return -1;
	reader_member_counts(r, &c);
	if (c.bytes == c.record_bytes + c.quarantine_bytes + c.filler_bytes)
		return 0;
	err_set(e, ERR_BUG, NULL, "bytes of the log were lost while reading");
	return -1;
}

void
reader_member_counts(const struct reader * r, struct reader_counts * counts)
{
	const struct reader_counts * a = &r->before;
	const struct reader_counts * b = &r->counts;

	counts->members = b->members - a->members;
	counts->bytes = b->bytes - a->bytes;
	counts->records = b->records - a->records;
	counts->record_bytes = b->record_bytes - a->record_bytes;
	counts->events = b->events - a->events;
	counts->quarantined = b->quarantined - a->quarantined;
	counts->quarantine_bytes = b->quarantine_bytes - a->quarantine_bytes;
	counts->tuples_quarantined =
	    b->tuples_quarantined - a->tuples_quarantined;
	counts->filler_bytes = b->filler_bytes - a->filler_bytes;
	counts->flagged = b->flagged - a->flagged;
}

const struct reader_counts *
reader_counts(const struct reader * r)
{
	return &r->counts;
}
