#include <stdlib.h>
#include <string.h>

#include "evidence/buf.h"
#include "timeline/coverage.h"
#include "timeline/crew.h"
#include "timeline/lot.h"

#include "timeline/members.h"

#define WORKERS_MAX 8 /* The store takes rows no faster than these give them. */
#define JOBS_MAX (WORKERS_MAX + 2)

/* A member, and where it has got to. */
struct job {
	struct reader * reader;
	struct lot * lot;
	struct load_member member; /* Its texts are the job's own, below. */
	struct event_origin origin;
	struct buf texts[6];
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct buf bytes;
};

struct members {
	struct load * l;
	struct event_sink sink; /* Of l. */
	struct reader * reader; /* Of what passes alone. */
	struct crew * crew;     /* NULL: everything does. */
	struct job jobs[JOBS_MAX];
	size_t jobs_count;
};

/* ---- Side by side -------------------------------------------------------- */

/* A worker's part: bytes become events. */
static int
work(void * cookie, void * job, struct err * e)
{
	struct job * j = job;

	(void)cookie;
	reader_begin(j->reader, &j->origin, j->member.kind);
	if (((j->bytes.len > 0) &&
		(reader_feed(j->reader, j->bytes.bytes, j->bytes.len, e) !=
		    0)) ||
	    (reader_end(j->reader, e) != 0)) {
		err_in(e, "%s", j->member.path);
		return -1;
	}
	return 0;
}

/* In order: events become rows. */
static int
commit(void * cookie, void * job, struct err * e)
{
	struct members * m = cookie;
	struct job * j = job;

	if ((load_member(m->l, &j->member, e) != 0) ||
	    (lot_replay(j->lot, &m->sink, e) != 0)) {
		err_in(e, "%s", j->member.path);
		return -1;
	}
	lot_clear(j->lot);
	return 0;
}

/* Put a copy of ${text} into ${to}, kept in ${room}. */
static int
keep(const char ** to, const char * text, struct buf * room, struct err * e)
{
	buf_clear(room);
	*to = NULL;
	if (text == NULL)
		return 0;
	if (buf_add_text(room, text, e) != 0)
		return -1;
	*to = buf_text(room);
	return 0;
}

/* Take ${member} for ${j}, whatever becomes of the feed. */
static int
keep_member(struct job * j, const struct load_member * member, struct err * e)
{
	struct load_member * own = &j->member;

	*own = *member;
	if ((keep(&own->path, member->path, &j->texts[0], e) != 0) ||
	    (keep(&own->kind, member->kind, &j->texts[1], e) != 0) ||
	    (keep(&own->name, member->name, &j->texts[2], e) != 0) ||
	    (keep(&own->account, member->account, &j->texts[3], e) != 0) ||
	    (keep(&own->container, member->container, &j->texts[4], e) != 0) ||
	    (keep(&own->resource, member->resource, &j->texts[5], e) != 0))
		return -1;
	if (member->sha256 != NULL) {
		memcpy(j->sha256, member->sha256, DIGEST_SHA256_LEN);
		own->sha256 = j->sha256;
	}
	return 0;
}

/* Read all of the member's bytes into ${j}. */
static int
keep_bytes(struct job * j, struct feed * f, struct err * e)
{
	const uint8_t * bytes;
	int64_t got;

	buf_clear(&j->bytes);
	for (;;) {
		got = feed_data(f, &bytes, e);
		if (got <= 0)
			break;
		if (buf_add(&j->bytes, bytes, (size_t)got, e) != 0)
			return -1;
	}
	return (got < 0) ? -1 : 0;
}

static int
read_beside(struct members * m, struct feed * f,
    const struct load_member * member, const struct event_origin * origin,
    struct err * e)
{
	struct job * j = crew_next(m->crew, e);
	struct err earlier;

	if (j == NULL)
		return -1;
	j->origin = *origin;
	if ((keep_member(j, member, e) == 0) && (keep_bytes(j, f, e) == 0)) {
		j->origin.member = j->member.path;
		return crew_submit(m->crew, e);
	}
	err_in(e, "%s", member->path);
	/* A member before this one may still fail: that is then the reason. */
	err_init(&earlier);
	if (crew_drain(m->crew, &earlier) != 0)
		*e = earlier;
	return -1;
}

/* ---- Alone --------------------------------------------------------------- */

static int
read_alone(struct members * m, struct feed * f,
    const struct load_member * member, const struct event_origin * origin,
    struct err * e)
{
	const uint8_t * bytes;
	int64_t got;

	if (load_member(m->l, member, e) != 0)
		return -1;
	reader_begin(m->reader, origin, member->kind);
	for (;;) {
		got = feed_data(f, &bytes, e);
		if (got <= 0)
			break;
		if (reader_feed(m->reader, bytes, (size_t)got, e) != 0)
			return -1;
	}
	return (got == 0) ? reader_end(m->reader, e) : -1;
}

/* ---- All of them --------------------------------------------------------- */

/* The jobs of ${m}, and who does them. */
static int
add_crew(struct members * m, int workers, struct err * e)
{
	void * places[JOBS_MAX];
	struct crew_plan plan = { workers, places, 0, work, commit, m };

	if (plan.workers > WORKERS_MAX)
		plan.workers = WORKERS_MAX;
	m->jobs_count = (size_t)plan.workers + 2;
	plan.jobs_count = m->jobs_count;
	for (size_t i = 0; i < m->jobs_count; i++) {
		struct job * j = &m->jobs[i];
		struct event_sink sink;

		places[i] = j;
		j->lot = lot_new(e);
		if (j->lot == NULL)
			return -1;
		sink = lot_sink(j->lot);
		j->reader = reader_new(&sink, e);
		if (j->reader == NULL)
			return -1;
	}
	m->crew = crew_new(&plan, e);
	return (m->crew != NULL) ? 0 : -1;
}

struct members *
members_new(struct load * l, int workers, struct err * e)
{
	struct members * m = calloc(1, sizeof(*m));

	if (m == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	m->l = l;
	m->sink = load_sink(l);
	m->reader = reader_new(&m->sink, e);
	if ((m->reader == NULL) ||
	    ((workers > 1) && (add_crew(m, workers, e) != 0))) {
		members_free(m);
		return NULL;
	}
	return m;
}

int
members_read(struct members * m, struct feed * f,
    const struct feed_member * member, struct err * e)
{
	const struct feed_head * head = feed_head(f);
	struct load_member loaded = { member->path, member->kind, member->name,
		member->account, member->container, member->size,
		member->sha256, NULL, CLOCK_UNKNOWN };
	struct event_origin origin = { head->package,
		head->is_sealed ? head->seal : NULL, member->path, 0, 0, NULL };
	struct buf resource = { 0 };
	int rc = -1;

	if (coverage_place((member->name != NULL) ? member->name : member->path,
		&resource, &loaded.hour, e) != 0)
		goto out;
	loaded.resource = buf_text(&resource);
	if ((m->crew != NULL) && head->is_proved &&
	    (member->size <= MEMBERS_SMALL)) {
		rc = read_beside(m, f, &loaded, &origin, e);
		goto out;
	}
	if (members_drain(m, e) != 0)
		goto out;
	rc = read_alone(m, f, &loaded, &origin, e);
	if (rc != 0)
		err_in(e, "%s", member->path);

out:
	buf_free(&resource);
	return rc;
}

int
members_drain(struct members * m, struct err * e)
{
	return (m->crew != NULL) ? crew_drain(m->crew, e) : 0;
}

static void
add_counts(struct reader_counts * sum, const struct reader_counts * c)
{
	sum->members += c->members;
	sum->bytes += c->bytes;
	sum->records += c->records;
	sum->record_bytes += c->record_bytes;
	sum->events += c->events;
	sum->quarantined += c->quarantined;
	sum->quarantine_bytes += c->quarantine_bytes;
	sum->tuples_quarantined += c->tuples_quarantined;
	sum->filler_bytes += c->filler_bytes;
	sum->flagged += c->flagged;
}

void
members_counts(const struct members * m, struct reader_counts * counts)
{
	*counts = *reader_counts(m->reader);
	for (size_t i = 0; i < m->jobs_count; i++)
		add_counts(counts, reader_counts(m->jobs[i].reader));
}

void
members_free(struct members * m)
{
	if (m == NULL)
		return;
	crew_free(m->crew);
	for (size_t i = 0; i < m->jobs_count; i++) {
		struct job * j = &m->jobs[i];

		reader_free(j->reader);
		lot_free(j->lot);
		buf_free(&j->bytes);
		for (size_t k = 0; k < 6; k++)
			buf_free(&j->texts[k]);
	}
	reader_free(m->reader);
	free(m);
}
