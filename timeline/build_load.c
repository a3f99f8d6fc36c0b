#include "evidence/buf.h"
#include "timeline/coverage.h"
#include "timeline/members.h"
#include "timeline/tally.h"
#include "timeline/verdict.h"

#include "timeline/build_load.h"

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
load_feed(const struct build_load * b, struct load * l, struct members * m,
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
			rc = (members_read(m, f, &member, e) == 0) ? 1 : -1;
		if (rc != 1)
			break;
	}
	if ((rc == 0) && (members_drain(m, e) != 0))
		rc = -1;
	if ((rc != 0) && (excuse(b, l, f, e) != 0))
		return -1;
	return feed_gaps(f, b->feeds, b->feed_count, take_gap, l, e);
}

int
build_load(struct build_load * b, struct err * e)
{
	struct load * l = NULL;
	struct members * m = NULL;
	int rc = -1;

	l = load_new(b->store, e);
	if (l == NULL)
		goto out;
	m = members_new(l, b->workers, e);
	if (m == NULL)
		goto out;
	for (size_t i = 0; i < b->feed_count; i++) {
		if (load_feed(b, l, m, b->feeds[i], e) != 0) {
			err_in(e, "%s", feed_head(b->feeds[i])->package);
			goto out;
		}
	}
	b->counts = *load_counts(l);
	members_counts(m, &b->read);
	rc = load_end(l, e);
	l = NULL;
	if (rc == 0)
		rc = tally_check(&b->read, &b->counts, b->store, e);

out:
	members_free(m);
	load_free(l);
	return rc;
}
