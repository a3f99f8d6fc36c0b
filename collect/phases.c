#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"

#include "collect/ask.h"
#include "collect/carry.h"
#include "collect/compare.h"
#include "collect/phases.h"
#include "collect/prologue.h"
#include "collect/sealing.h"
#include "collect/survey.h"

#define AGAIN_FILE "again.jsonl"
#define NAMED_AT_ONCE 50 /* Differences in a line of the journal. */

void
phases_say(const struct phases * p, bool is_warning, const char * text)
{
	if ((p->report != NULL) && (p->report->say != NULL))
		p->report->say(p->report->cookie, is_warning, text);
}

void
phases_show(const struct phases * p, struct progress_now * now)
{
	if ((p->report == NULL) || (p->report->progress == NULL))
		return;
	now->phase = p->state.phase;
	now->retries = p->retries.again;
	p->report->progress(p->report->cookie, now);
}

static void
show_survey(void * cookie, const struct state * s)
{
	struct progress_now now = { .done = s->listed,
		.total = PROGRESS_UNKNOWN,
		.pages = s->pages,
		.bytes_total = PROGRESS_UNKNOWN,
		.gaps = state_losses(s) };

	phases_show(cookie, &now);
}

/* ---- Listing ------------------------------------------------------------- */

static struct plan *
open_plan(struct phases * p, const char * name, int64_t bytes, int64_t count,
    struct err * e)
{
	if (bytes == 0)
		return plan_create(p->work, name, e);
	return plan_continue(p->work, name, bytes, count, e);
}

/* One listing, from where the state stands, into p->plan. */
static int
list(struct phases * p, struct err * e)
{
	struct err line_e;
	struct ask ask;
	struct survey v = {
		.ask = &ask,
		.record = p->record,
		.w = p->w,
		.state = &p->state,
		.plan = p->plan,
		.services = p->services,
		.service_count = p->service_count,
		.facts = &p->facts,
		.progress = show_survey,
		.cookie = p,
	};

	phases_start_ask(p, &ask, &line_e);
	p->folders = folders_open(p->work, p->state.folders_bytes, e);
	if (p->folders == NULL)
		return -1;
	v.folders = p->folders;
	record_use(p->record, p->w, p->plan, NULL);
	record_use_folders(p->record, p->folders);
	if ((p->state.at_target == 0) && (p->state.pages == 0) &&
	    (survey_begin(&v, e) != 0))
		return -1;
	if (survey_run(&v, e) != 0) {
		p->is_hopeless = v.is_hopeless;
		return -1;
	}
	p->got |= ask.line.got;
	return plan_sync(p->plan, e);
}

/* How much was listed, and whether the disk holds it. */
static int
put_room(struct phases * p, struct json_out * j, struct err * e)
{
	struct plan * plan = plan_open(p->work, PLAN_FILE, e);
	struct plan_entry * entry;
	int64_t bytes = 0;
	int64_t need;
	int64_t free;
	int got = -1;

	while (plan != NULL) {
		got = plan_next(plan, &entry, e);
		if (got <= 0)
			break;
		bytes += (entry->size > 0) ? entry->size : 0;
		plan_entry_free(entry);
	}
	plan_free(plan);
	if ((got != 0) || (phases_room(p, bytes, &need, &free, e) != 0))
		return -1;
	json_put_integer(j, "bytes", bytes);
	json_put_integer(j, "disk_needed", need);
	json_put_integer(j, "disk_free", free);
	json_put_bool(j, "low_space_accepted", p->o->accept_low_space);
	return 0;
}

/* The journal's line for a whole listing. */
static int
note_listing(
    struct phases * p, const char * pass, int64_t entries, struct err * e)
{
	const struct state * s = &p->state;
	struct json_out * j =
	    record_event(p->record, JOURNAL_LISTED, clock_now(), e);

	json_put_text(j, "pass", pass);
	json_put_integer(j, "pages_total", s->pages);
	json_put_integer(j, "in_scope", entries);
	json_put_integer(j, "listed", s->listed);
	json_put_integer(j, "out_of_scope", s->gaps[GAP_OUT_OF_SCOPE]);
	json_put_integer(j, "duplicates", s->duplicates);
	if (put_room(p, j, e) != 0)
		return -1;
	return record_event_end(p->record, e);
}

/* The plan that was written is whole: nobody writes to it any more. */
static void
close_plan(struct phases * p)
{
	record_use(p->record, p->w, NULL, NULL);
	record_use_folders(p->record, NULL);
	plan_free(p->plan);
	p->plan = NULL;
	folders_free(p->folders);
	p->folders = NULL;
}

static int
run_listing(struct phases * p, struct err * e)
{
	struct state * s = &p->state;

	if (p->facts.part > 1)
		return carry_listing(p, e);
	p->plan = open_plan(p, PLAN_FILE, s->plan_bytes, s->plan_count, e);
	if ((p->plan == NULL) || (list(p, e) != 0))
		return -1;
	s->plan_bytes = plan_bytes(p->plan);
	s->plan_count = plan_count(p->plan);
	if ((carry_split(p, e) != 0) ||
	    (note_listing(p, "first", s->plan_count, e) != 0))
		return -1;
	s->phase = STATE_FETCHING;
	close_plan(p);
	return 0;
}

/* ---- Listing again ------------------------------------------------------- */

/* The journal's line for some of the differences, those from ${at} on. */
static int
note_named(struct phases * p, const struct compare_result * r, size_t at,
    struct err * e)
{
	struct json_out * j =
	    record_event(p->record, JOURNAL_LISTED, clock_now(), e);

	json_put_text(j, "pass", "again");
	json_open_array(j, "differences");
	for (size_t i = at; (i < r->example_count) && (i < at + NAMED_AT_ONCE);
	     i++) {
		json_open_object(j, NULL);
		json_put_text(
		    j, "what", compare_word(r->examples[i].difference));
		json_put_integer(j, "source", r->examples[i].source);
		json_put_text(j, "name_pct", r->examples[i].name_pct);
		json_close_object(j);
	}
	json_close_array(j);
	return record_event_end(p->record, e);
}

/* Compare both plans and write down what changed meanwhile. */
static int
note_differences(struct phases * p, struct err * e)
{
	uint8_t skip[STATE_MAX_TARGETS] = { 0 };
	struct compare_pair pair = { PLAN_FILE, AGAIN_FILE, skip,
		sizeof(skip) };
	struct compare_result r;
	struct json_out * j;
	int rc;

	/* What was not listed again has not vanished. */
	for (size_t i = 0; i < p->state.target_count; i++) {
		const struct state_target * t = &p->state.targets[i];

		if ((t->source >= 0) && (t->again != STATE_LISTED))
			skip[t->source] = 1;
	}
	if (compare_plans(p->work, &pair, &r, e) != 0)
		return -1;
	j = record_event(p->record, JOURNAL_LISTED, clock_now(), e);
	json_put_text(j, "pass", "again");
	json_put_integer(j, "pages_total", p->state.pages);
	json_put_integer(j, "same", r.same);
	json_put_integer(j, "changed", r.changed);
	json_put_integer(j, "appeared", r.appeared);
	json_put_integer(j, "vanished", r.vanished);
	json_put_integer(j, "named", (int64_t)r.example_count);
	rc = record_event_end(p->record, e);
	for (size_t at = 0; (rc == 0) && (at < r.example_count);
	     at += NAMED_AT_ONCE)
		rc = note_named(p, &r, at, e);
	compare_clear(&r);
	return rc;
}

static int
run_relisting(struct phases * p, struct err * e)
{
	struct state * s = &p->state;

	p->plan = open_plan(p, AGAIN_FILE, s->again_bytes, 0, e);
	if ((p->plan == NULL) || (list(p, e) != 0))
		return -1;
	s->again_bytes = plan_bytes(p->plan);
	close_plan(p);
	if (note_differences(p, e) != 0)
		return -1;
	s->phase = STATE_ANSWERS;
	return 0;
}

/* ---- Sealing ------------------------------------------------------------- */

static int
note_sealing(struct phases * p, struct err * e)
{
	const struct promised * promised = &p->facts.promised;
	const struct state * s = &p->state;
	struct json_out * j =
	    record_event(p->record, JOURNAL_SEALING, clock_now(), e);

	json_put_integer(j, "listed", s->listed);
	json_put_integer(j, "objects", s->objects);
	json_put_integer(j, "object_gaps", s->object_gaps);
	json_put_integer(j, "payload_bytes", s->bytes);
	json_put_integer(j, "requests", s->requests);
	json_put_integer(j, "retries", s->retries);
	json_put_integer(j, "digest_mismatched", s->mismatched);
	json_put_integer(j, "runs", s->run + 1);
	if (promised->tsa_count > 0) {
		json_open_array(j, "time_stamps_asked_of");
		for (size_t i = 0; i < promised->tsa_count; i++)
			json_put_text(j, NULL, promised->tsas[i]);
		json_close_array(j);
		json_put_bool(
		    j, "time_stamps_optional", promised->is_tsa_optional);
	}
	return record_event_end(p->record, e);
}

static int
run_sealing(struct phases * p, struct err * e)
{
	struct package_facts facts;
	struct sealing s = {
		.package = p->name,
		.facts = &p->facts,
		.state = &p->state,
		.services = p->services,
		.service_count = p->service_count,
		.certificates = p->certificates,
		.signing = &p->signing,
		.carried = &p->carried,
		.client_request_prefix = p->prefix,
		.sealed_at = clock_now(),
	};

	int rc = -1;

	if ((phases_open_stamping(p, &s.stamping, e) != 0) ||
	    (phases_save_counts(p, e) != 0) || (note_sealing(p, e) != 0) ||
	    (sealing_run(&s, p->w, &facts, e) != 0))
		goto out;
	memcpy(p->result->sha256, facts.file_sha256, DIGEST_SHA256_LEN);
	p->result->has_sha256 = true;
	memcpy(p->seal_sha256, facts.seal_sha256, DIGEST_SHA256_LEN);
	p->has_seal = true;
	p->result->file_bytes = facts.file_bytes;
	rc = 0;

out:
	stamping_free(s.stamping);
	return rc;
}

/* ---- The whole ------------------------------------------------------------ */

int
phases_survey(struct phases * p, struct err * e)
{
	if (phases_open_http(p, e) != 0)
		return -1;
	p->plan = open_plan(p, PLAN_FILE, 0, 0, e);
	if ((p->plan == NULL) || (list(p, e) != 0))
		return -1;
	p->state.plan_count = plan_count(p->plan);
	close_plan(p);
	return 0;
}

/* The journal's line about the run before. */
static int
note_resumed(struct phases * p, struct err * e)
{
	const char * roles[SIGNER_MAX];
	size_t n;
	struct json_out * j =
	    record_event(p->record, JOURNAL_RESUMED, clock_now(), e);

	json_put_integer(j, "run", p->state.run);
	json_put_time(j, "checkpoint_at", p->found.at);
	json_put_integer(j, "cut_bytes", p->found.cut_bytes);
	json_put_bool(j, "in_member", p->found.in_member);
	json_put_integer(j, "objects", p->state.objects);
	json_put_integer(j, "requests_without_answer", p->resent);
	json_put_bool(j, "low_space_accepted", p->o->accept_low_space);
	n = promised_missing(&p->facts.promised, &p->signing, roles);
	json_open_array(j, "signers_missing");
	for (size_t i = 0; i < n; i++)
		json_put_text(j, NULL, roles[i]);
	json_close_array(j);
	json_put_bool(j, "requests_exact", p->is_resent_exact);
	if (!p->is_resent_exact) {
		/* How the target's logs name what may be missing here. */
		json_put_bool(j, "requests_maybe_unrecorded", true);
		json_put_text(j, "client_request_prefix", p->prefix);
		json_put_time(j, "unrecorded_after", p->found.at);
	}
	return record_event_end(p->record, e);
}

static int
begin(struct phases * p, struct err * e)
{
	struct prologue prologue = {
		.package = p->name,
		.facts = &p->facts,
		.options = p->o,
		.services = p->services,
		.service_count = p->service_count,
		.state = &p->state,
		.record = p->record,
		.w = p->w,
	};
	bool had_begun = (p->state.prologue > 0);
	int rc;

	record_use(p->record, p->w, NULL, NULL);
	if (phases_open_stamping(p, &prologue.stamping, e) != 0)
		return -1;
	rc = prologue_run(&prologue, e);
	stamping_free(prologue.stamping);
	if (rc != 0)
		return -1;
	if (phases_open_sent(p, e) != 0)
		return -1;
	if (!p->is_resumed)
		return 0;
	if (note_resumed(p, e) != 0)
		return -1;
	/* Else the prologue has just described them. */
	return had_begun
	    ? prologue_describe(&prologue, JOURNAL_CREDENTIAL_RENEWED, e)
	    : 0;
}

static int
run_phases(struct phases * p, struct err * e)
{
	static int (*const phases[])(struct phases *, struct err *) = {
		[STATE_LISTING] = run_listing,
		[STATE_FETCHING] = phases_fetch,
		[STATE_LOCAL] = phases_local,
		[STATE_RELISTING] = run_relisting,
		[STATE_ANSWERS] = phases_answers,
	};

	/* Without a service nothing that could reach the network is made. */
	if (((p->service_count > 0) && (phases_open_http(p, e) != 0)) ||
	    (begin(p, e) != 0))
		return -1;
	if ((p->state.phase == STATE_LISTING) && (p->facts.folder != NULL))
		p->state.phase = STATE_LOCAL;
	while (p->state.phase != STATE_SEALING) {
		phases_say(p, false, progress_phase_text(p->state.phase));
		if (phases[p->state.phase](p, e) != 0)
			return -1;
	}
	phases_say(p, false, progress_phase_text(p->state.phase));
	return run_sealing(p, e);
}

static void
fill_counts(struct phases * p)
{
	struct session_result * r = p->result;
	const struct state * s = &p->state;

	r->has_counts = (s->prologue > 0);
	r->listed = s->listed;
	r->objects = s->objects;
	r->bytes = s->bytes;
	memcpy(r->gaps, s->gaps, sizeof(r->gaps));
	r->object_gaps = s->object_gaps;
	r->losses = state_losses(s);
	r->requests = s->requests;
	r->retries = s->retries;
	r->mismatched = s->mismatched;
	r->part = (p->facts.group == NULL) ? 0 : p->facts.part;
	r->parts = s->parts;
}

/*
 * The run ends here with ${why}.  If that came from outside, between two
 * members, what there is can be kept; after a trouble of this machine only the
 * last checkpoint counts.
 */
static void
suspend(struct phases * p, const struct err * why)
{
	struct json_out * j;
	struct err e;

	if (p->is_hopeless)
		return;
	if ((why->kind != ERR_STOPPED) && (why->kind != ERR_REMOTE) &&
	    (why->kind != ERR_AGAIN) && (why->kind != ERR_DENIED))
		return;
	err_init(&e);
	j = record_event(p->record, JOURNAL_INTERRUPTED, clock_now(), &e);
	json_put_text(j, "why", why->text);
	if ((record_event_end(p->record, &e) != 0) ||
	    (package_suspend(p->w, &e) != 0))
		phases_say(p, true, e.text);
}

int
phases_run(struct phases * p, struct err * e)
{
	if (p->found.sealed) {
		phases_load_counts(p);
		if (promised_take(&p->facts.promised, p->o, e) != 0)
			return -1;
	} else if (run_phases(p, e) != 0) {
		fill_counts(p);
		suspend(p, e);
		return -1;
	}
	fill_counts(p);
	if (phases_encrypt(p, e) != 0)
		return -1;
	if (!carry_is_last(p) && (carry_prepare(p, e) != 0))
		return -1;
	if (package_publish(p->w, p->result->file, e) != 0)
		return -1;
	p->result->is_published = true;
	if (!p->result->has_sha256)
		phases_load_digest(p);
	p->result->work[0] = '\0';
	return 0;
}
