#include "evidence/buf.h"
#include "timeline/coverage.h"
#include "timeline/tally.h"
#include "timeline/verdict.h"

#include "timeline/build_load.h"

/* One payload member through the reader into the store. */
static int
load_one(struct load * l, struct reader * r, struct feed * f,
    const struct feed_member * member, struct err * e)
{
	const struct feed_head * head = feed_head(f);
	struct load_member loaded = { member->path, member->kind, member->name,
		member->account, member->container, member->size,
		member->sha256, NULL, CLOCK_UNKNOWN };
	struct event_origin origin = { head->package,
		head->is_sealed ? head->seal : NULL, member->path, 0, 0, NULL };
	struct buf resource = { 0 };
	const uint8_t * bytes;
	int64_t got;
	int rc = -1;

	if (coverage_place((member->name != NULL) ? member->name : member->path,
		&resource, &loaded.hour, e) != 0)
		goto out;
	loaded.resource = buf_text(&resource);
	if (load_member(l, &loaded, e) != 0)
		goto out;
	reader_begin(r, &origin, member->kind);
	for (;;) {
		got = feed_data(f, &bytes, e);
		if (got <= 0)
			break;
		if (reader_feed(r, bytes, (size_t)got, e) != 0)
			goto out;
	}
	if (got < 0)
		goto out;
	rc = reader_end(r, e);

out:
	buf_free(&resource);
	if (rc != 0)
		err_in(e, "%s", member->path);
	return rc;
}

static int
take_gap(void * cookie, const struct feed_gap * gap, struct err * e)
{
	struct load * l = cookie;
	struct buf resource = { 0 };
	int64_t hour = CLOCK_UNKNOWN;
	int rc = -1;

	if ((gap->name != NULL) &&
	    (coverage_place(gap->name, &resource, &hour, e) != 0))
		goto out;
	rc = load_gap(l, gap->reason, gap->name,
	    (gap->name != NULL) ? buf_text(&resource) : NULL, hour, e);

out:
	buf_free(&resource);
	return rc;
}

/*
 * A damaged package that was accepted gives what can be read of it: what stops
 * the reading becomes a gap, not the end of the build.
 */
static int
excuse(const struct build_load * b, struct load * l, struct feed * f,
    struct err * e)
{
	struct err reason = *e;

	if (!b->accept_damaged || feed_head(f)->is_proved ||
	    ((e->kind != ERR_INPUT) && (e->kind != ERR_FORGED) &&
		(e->kind != ERR_LIMIT)))
		return -1;
	err_init(e);
	return load_gap(l, "unreadable", reason.text, NULL, CLOCK_UNKNOWN, e);
}

/* Logs come late: what one package's collection did stands in the next. */
static bool
is_own(const void * cookie, const char * sas_hash)
{
	const struct build_load * b = cookie;

	for (size_t i = 0; i < b->feed_count; i++) {
		if (feed_is_own(b->feeds[i], sas_hash))
			return true;
	}
	return false;
}

static int
load_feed(const struct build_load * b, struct load * l, struct reader * r,
    struct feed * f, struct err * e)
{
	const struct feed_head * head = feed_head(f);
	struct feed_member member;
	struct skew skew;
	int rc;

	if (skew_read(f, &skew, e) != 0)
		return -1;
	if (load_package(l, head->package, head->is_sealed ? head->seal : NULL,
		verdict_word(head), &skew, e) != 0)
		return -1;
	load_own(l, is_own, b);
	for (;;) {
		rc = feed_next(f, &member, e);
		if (rc == 1)
			rc = (load_one(l, r, f, &member, e) == 0) ? 1 : -1;
		if (rc != 1)
			break;
	}
	if ((rc != 0) && (excuse(b, l, f, e) != 0))
		return -1;
	return feed_gaps(f, b->feeds, b->feed_count, take_gap, l, e);
}

int
build_load(struct build_load * b, struct err * e)
{
	struct load * l = NULL;
	struct reader * r = NULL;
	struct event_sink sink;
	int rc = -1;

	l = load_new(b->store, e);
	if (l == NULL)
		goto out;
	sink = load_sink(l);
	r = reader_new(&sink, e);
	if (r == NULL)
		goto out;
	for (size_t i = 0; i < b->feed_count; i++) {
		if (load_feed(b, l, r, b->feeds[i], e) != 0) {
			err_in(e, "%s", feed_head(b->feeds[i])->package);
			goto out;
		}
	}
	b->counts = *load_counts(l);
	b->read = *reader_counts(r);
	rc = load_end(l, e);
	l = NULL;
	if (rc == 0)
		rc = tally_check(&b->read, &b->counts, b->store, e);

out:
	reader_free(r);
	load_free(l);
	return rc;
}
