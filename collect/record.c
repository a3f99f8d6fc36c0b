#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/clock_sample.h"
#include "evidence/digest.h"
#include "evidence/name.h"
#include "evidence/request.h"

#include "collect/clock_watch.h"
#include "collect/record.h"
#include "collect/record_object.h"

struct record {
	struct state * s;
	const char * package;
	struct package_write * w;
	struct plan * plan;
	struct done * done;
	struct sent * sent;
	struct folders * folders;
	struct json_out j;   /* Of the journal line being made. */
	struct journal next; /* Where the journal stands behind it. */
	struct buf event;    /* That line. */
	struct buf line;     /* Any other line. */
	struct digest * sha256;
	char path[NAME_SIZE]; /* Of the large member that is begun. */
	int64_t sampled_ms[RECORD_MAX_SERVICES]; /* 0: not in this run. */
	struct clock_watch watch;
	int64_t
	    jumped_ms; /* When the clock was last seen to be set; 0: never. */
};

struct record *
record_new(struct state * s, const char * package, struct err * e)
{
	struct record * r = calloc(1, sizeof(*r));

	if (r == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	r->s = s;
	r->package = package;
	r->sha256 = digest_new(DIGEST_SHA256, e);
	if (r->sha256 == NULL) {
		record_free(r);
		return NULL;
	}
	return r;
}

void
record_use(struct record * r, struct package_write * w, struct plan * plan,
    struct done * done)
{
	r->w = w;
	r->plan = plan;
	r->done = done;
}

/* Append to a spool of the package; a listing that is only looked at has none. */
static int
append(struct record * r, enum package_spool spool, const void * bytes,
    size_t len, struct err * e)
{
	return (r->w == NULL) ? 0 : package_append(r->w, spool, bytes, len, e);
}

void
record_use_folders(struct record * r, struct folders * folders)
{
	r->folders = folders;
}

struct json_out *
record_event(
    struct record * r, enum journal_event event, int64_t at, struct err * e)
{
	r->next = r->s->journal;
	journal_begin(&r->next, &r->j, &r->event, event, at, e);
	return &r->j;
}

int
record_event_end(struct record * r, struct err * e)
{
	if (journal_end(&r->next, &r->j, e) != 0)
		return -1;
	if (append(r, PACKAGE_JOURNAL, r->event.bytes, r->event.len, e) != 0)
		return -1;
	r->s->journal = r->next;
	return 0;
}

/* The journal's line for the objects since the last such line. */
static int
save_batch(struct record * r, struct err * e)
{
	struct state * s = r->s;
	struct json_out * j;

	if (s->batch_first > s->objects)
		return 0;
	j = record_event(r, JOURNAL_OBJECTS_COMMITTED, clock_now(), e);
	json_put_integer(j, "first", s->batch_first);
	json_put_integer(j, "last", s->objects);
	json_put_integer(j, "payload_bytes", s->bytes);
	json_put_hex(j, "running_sha256", s->running, sizeof(s->running));
	if (record_event_end(r, e) != 0)
		return -1;
	s->batch_first = s->objects + 1;
	return 0;
}

int
record_save(void * cookie, struct buf * text, struct err * e)
{
	struct record * r = cookie;
	struct state * s = r->s;

	if ((r->w != NULL) && (save_batch(r, e) != 0))
		return -1;
	if (r->sent != NULL)
		sent_save(r->sent);
	if (r->plan != NULL) {
		if (plan_sync(r->plan, e) != 0)
			return -1;
		if (s->phase == STATE_LISTING) {
			s->plan_bytes = plan_bytes(r->plan);
			s->plan_count = plan_count(r->plan);
		} else {
			s->again_bytes = plan_bytes(r->plan);
		}
	}
	if ((r->folders != NULL) && (folders_sync(r->folders, e) != 0))
		return -1;
	if (r->done != NULL) {
		if (done_sync(r->done, e) != 0)
			return -1;
		s->done_count = done_count(r->done);
	}
	return state_format(s, text, e);
}

/* The journal's line for the first sample of an account in this run. */
static int
note_sample(struct record * r, const struct clock_sample * sample, int service,
    struct err * e)
{
	struct json_out * j;

	if ((service >= 0) && (r->sampled_ms[service] != 0))
		return 0;
	j = record_event(r, JOURNAL_CLOCK_SAMPLED, sample->at, e);
	json_put_text(j, "host", sample->host);
	json_put_text(j, "sync", sample->sync);
	if (sample->has_skew) {
		json_put_integer(j, "skew_lo_ms", sample->skew_lo_ms);
		json_put_integer(j, "skew_hi_ms", sample->skew_hi_ms);
	}
	return record_event_end(r, e);
}

/* Append the line of ${sample}, its local part filled in here. */
static int
record_sample(struct record * r, struct clock_sample * sample, struct err * e)
{
	int64_t at = sample->at;

	clock_sample_local(sample);
	if (at != CLOCK_UNKNOWN)
		sample->at = at;
	buf_clear(&r->line);
	if (clock_sample_format(sample, &r->line, e) != 0)
		return -1;
	return append(r, PACKAGE_CLOCK, r->line.bytes, r->line.len, e);
}

int
record_clock(struct record * r, struct clock_sample * sample, int service,
    struct err * e)
{
	if (record_sample(r, sample, e) != 0)
		return -1;
	if (note_sample(r, sample, service, e) != 0)
		return -1;
	if (service >= 0)
		r->sampled_ms[service] = clock_monotonic_ms() + 1;
	return 0;
}

/* A clock sample of the answer ${x}, if one is due. */
static int
sample_answer(struct record * r, const struct exchange * x, struct err * e)
{
	struct clock_sample sample = { 0 };
	int64_t last;

	if (!x->has_skew)
		return 0;
	r->s->has_skew = true;
	r->s->skew_lo_ms = x->skew_lo_ms;
	r->s->skew_hi_ms = x->skew_hi_ms;
	assert((x->service >= 0) && (x->service < RECORD_MAX_SERVICES));
	last = r->sampled_ms[x->service];
	if ((last != 0) && (clock_monotonic_ms() - last < RECORD_SAMPLE_MS))
		return 0;
	/* What was asked before the clock was set tells nothing of it now. */
	if (x->sent_monotonic_ms <= r->jumped_ms)
		return 0;
	sample.at = x->done_at;
	sample.host = x->host;
	sample.date = x->headers.date;
	sample.has_skew = true;
	sample.skew_lo_ms = x->skew_lo_ms;
	sample.skew_hi_ms = x->skew_hi_ms;
	return record_clock(r, &sample, x->service, e);
}

static int
note_retry(struct record * r, const struct exchange * x, struct err * e)
{
	struct json_out * j = record_event(r, JOURNAL_RETRY, x->done_at, e);

	json_put_bytes(j, "url", x->url, strlen(x->url));
	json_put_text(j, "client_request_id", x->client_request_id);
	json_put_integer(j, "status", x->status);
	json_put_text(j, "reason", response_reason_text(x->verdict.reason));
	json_put_text(j, "outcome", response_outcome_text(x->verdict.outcome));
	json_put_integer(j, "wait_ms", x->wait_ms);
	r->s->retries++;
	return record_event_end(r, e);
}

void
record_note(struct record * r, struct sent * sent)
{
	r->sent = sent;
}

int
record_request(struct record * r, struct request * line, struct err * e)
{
	struct state * s = r->s;

	line->seq = s->requests + 1;
	buf_clear(&r->line);
	if ((request_format(line, &r->line, e) != 0) ||
	    (append(r, PACKAGE_REQUESTS, r->line.bytes, r->line.len, e) != 0))
		return -1;
	s->requests++;
	s->received += line->bytes;
	if ((s->first_request_at == CLOCK_UNKNOWN) ||
	    (line->sent_at < s->first_request_at))
		s->first_request_at = line->sent_at;
	if ((s->last_request_at == CLOCK_UNKNOWN) ||
	    (line->sent_at > s->last_request_at))
		s->last_request_at = line->sent_at;
	return 0;
}

/* Has the clock been set since the last answer, or did the machine sleep? */
static int
watch_clock(struct record * r, struct err * e)
{
	struct clock_sample sample = { 0 };
	struct clock_watch now = { .is_started = true };
	struct json_out * j;
	int64_t jump_ms;
	int64_t asleep_ms;

	clock_sample_local(&sample);
	now.at = sample.at;
	now.monotonic_ms = sample.monotonic_ms;
	now.boot_ms = sample.boot_ms;
	if (!clock_watch_look(&r->watch, &now, &jump_ms, &asleep_ms))
		return 0;
	/* The skew of each account is another one now: sample it anew. */
	memset(r->sampled_ms, 0, sizeof(r->sampled_ms));
	r->jumped_ms = now.monotonic_ms;
	sample.at = CLOCK_UNKNOWN;
	j = record_event(r, JOURNAL_CLOCK_SAMPLED, now.at, e);
	json_put_text(j, "host", NULL);
	json_put_text(j, "sync", sample.sync);
	json_put_integer(j, "jump_ms", jump_ms);
	json_put_integer(j, "asleep_ms", asleep_ms);
	if (record_event_end(r, e) != 0)
		return -1;
	return record_sample(r, &sample, e);
}

int
record_answer(struct record * r, const struct exchange * x, struct err * e)
{
	struct state * s = r->s;
	struct request line;

	exchange_describe(x, &line);
	connection_describe(x->connection, &s->connections, &line);
	if (record_request(r, &line, e) != 0)
		return -1;
	if ((r->sent != NULL) && (x->sent_file > 0))
		sent_settle(r->sent, x->sent_file);
	state_add_address(s, x->local);
	/* In this order: the answer at hand may be from before the jump. */
	if ((sample_answer(r, x, e) != 0) || (watch_clock(r, e) != 0))
		return -1;
	return (x->wait_ms >= 0) ? note_retry(r, x, e) : 0;
}

/* The journal's line for a loss. */
static int
note_gap(struct record * r, const struct gap * gap, struct err * e)
{
	static const char * const what[] = { "object", "container", "account",
		"folder" };
	struct json_out * j = record_event(r, JOURNAL_GAP, gap->at, e);

	json_put_integer(j, "gap", gap->seq);
	json_put_text(j, "what", what[gap->what]);
	json_put_text(j, "reason", gap_reason_code(gap->reason));
	json_put_integer(j, "source", gap->source);
	json_put_text(j, "container", gap->container);
	if (gap->name != NULL)
		json_put_bytes(j, "name", gap->name, gap->name_len);
	return record_event_end(r, e);
}

int
record_gap(struct record * r, struct gap * gap, struct err * e)
{
	struct state * s = r->s;

	gap->seq = s->gap_lines + 1;
	buf_clear(&r->line);
	if ((gap_format(gap, &r->line, e) != 0) ||
	    (append(r, PACKAGE_GAPS, r->line.bytes, r->line.len, e) != 0))
		return -1;
	s->gap_lines++;
	s->gaps[gap->reason]++;
	if (gap->what == GAP_OBJECT)
		s->object_gaps++;
	return gap_is_loss(gap->reason) ? note_gap(r, gap, e) : 0;
}

int
record_settle(struct record * r, int64_t number, struct err * e)
{
	return done_add(r->done, number, e);
}

/* The path of the next member, below the top folder, into ${r}. */
static void
make_path(struct record * r, const struct record_taken * t)
{
	char name[NAME_SIZE];
	int len;

	name_make_object(
	    package_next_seq(r->w), t->entry->name, t->entry->name_len, name);
	len = snprintf(
	    r->path, sizeof(r->path), "data/%s/%s", t->source_name, name);
	assert((len > 0) && ((size_t)len < sizeof(r->path)));
}

static int64_t
modified_at(const struct record_taken * t)
{
	struct err ignored;
	int64_t at = CLOCK_UNKNOWN;

	if (t->x == NULL)
		return t->modified_at;
	err_init(&ignored);
	(void)clock_parse_http(t->x->headers.last_modified, &at, &ignored);
	return at;
}

/* The catalogue line of the member that was just ended. */
static int
append_object(struct record * r, const struct record_taken * t,
    const struct package_member * member, struct err * e)
{
	char path[2 * NAME_SIZE];
	struct state * s = r->s;

	(void)snprintf(path, sizeof(path), "%s/%s", r->package, r->path);
	buf_clear(&r->line);
	if (((t->x == NULL) ? record_object_format_file(
				  t, s->objects + 1, path, member, &r->line, e)
			    : record_object_format(t, s->objects + 1, path,
				  member, &r->line, e)) != 0)
		return -1;
	if (append(r, PACKAGE_OBJECTS, r->line.bytes, r->line.len, e) != 0)
		return -1;
	digest_update(r->sha256, s->running, sizeof(s->running));
	digest_update(r->sha256, r->line.bytes, r->line.len);
	digest_finish(r->sha256, s->running);
	s->objects++;
	s->bytes += member->size;
	if (t->digest_check == OBJECT_DIGEST_MISMATCHED)
		s->mismatched++;
	/* Files are settled by their order alone. */
	return (t->x == NULL) ? 0 : record_settle(r, t->entry->number, e);
}

int
record_commit(struct record * r, const struct record_taken * t,
    const void * bytes, size_t len, struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct package_member member;

	digest_sha256(bytes, len, sha256);
	make_path(r, t);
	if (package_commit(r->w, r->path, modified_at(t), bytes, len, sha256,
		&member, e) != 0)
		return -1;
	return append_object(r, t, &member, e);
}

int
record_begin(struct record * r, const struct record_taken * t, int64_t size,
    struct err * e)
{
	make_path(r, t);
	return package_begin(r->w, r->path, size, modified_at(t), e);
}

void
record_continue(struct record * r, const char * path)
{
	(void)snprintf(r->path, sizeof(r->path), "%s", path);
}

int
record_end(struct record * r, const struct record_taken * t, struct err * e)
{
	struct package_member member;

	if (package_end(r->w, &member, e) != 0)
		return -1;
	return append_object(r, t, &member, e);
}

void
record_free(struct record * r)
{
	if (r == NULL)
		return;
	digest_free(r->sha256);
	buf_free(&r->event);
	buf_free(&r->line);
	free(r);
}
