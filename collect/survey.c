#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"

#include "collect/options.h"
#include "collect/survey.h"
#include "collect/survey_list.h"

static bool
is_again(const struct survey * v)
{
	return v->state->phase == STATE_RELISTING;
}

/* The next target has nothing yet. */
static void
begin_target(struct state * s)
{
	s->folders_top = FOLDERS_EMPTY;
	s->target_pages = 0;
	s->target_entries = 0;
	s->target_pruned = 0;
}

int
survey_begin(struct survey * v, struct err * e)
{
	struct state * s = v->state;

	s->at_target = 0;
	s->pages = 0;
	begin_target(s);
	if (is_again(v))
		return 0;
	for (size_t i = 0; i < v->service_count; i++) {
		/* A run that ended before its first page has them already. */
		if ((state_find_target(s, (int)i, "") == NULL) &&
		    (state_add_target(s, (int)i, "", e) == NULL))
			return -1;
	}
	return 0;
}

/* The journal's line for a target that has its outcome. */
static int
note_target(struct survey * v, const struct survey_list * l,
    enum state_outcome outcome, const struct err * why, struct err * e)
{
	static const char * const words[] = { "waiting", "listed", "absent",
		"denied", "failed" };
	const struct state_target * t = &v->state->targets[v->state->at_target];
	char include[SURVEY_LIST_INCLUDE_SIZE];
	struct json_out * j =
	    record_event(v->record, JOURNAL_LISTED, clock_now(), e);

	survey_list_include(l, include);
	json_put_text(j, "pass", is_again(v) ? "again" : "first");
	json_put_text(j, "account", v->services[t->service].account);
	json_put_text(
	    j, "container", (t->container[0] == '\0') ? NULL : t->container);
	json_put_text(j, "outcome", words[outcome]);
	json_put_integer(j, "source", t->source);
	json_put_integer(j, "pages", v->state->target_pages);
	json_put_integer(j, "entries", v->state->target_entries);
	json_put_integer(j, "folders_left_out", v->state->target_pruned);
	json_put_text(j, "include", include);
	if (why->kind != ERR_NONE)
		json_put_text(j, "why", why->text);
	return record_event_end(v->record, e);
}

/* Declare the container a gap. */
static int
declare_gap(struct survey * v, const struct state_target * t,
    enum gap_reason reason, const struct survey_list * l,
    const struct err * why, struct err * e)
{
	char container[160];
	struct gap gap = {
		.what = GAP_CONTAINER,
		.reason = reason,
		.source = t->source,
		.container = container,
		.size = -1,
		.status = l->status,
		.error = why->text,
		.attempts = 1,
		.at = clock_now(),
	};

	(void)snprintf(container, sizeof(container), "%s/%s",
	    v->services[t->service].account, t->container);
	return record_gap(v->record, &gap, e);
}

/* Ask for the container ${name} of account ${service} whether it is listed or
 * not. */
static int
add_named(struct survey * v, int service, const char * name, bool is_named,
    struct err * e)
{
	struct state_target * t;

	if (state_find_target(v->state, service, name) != NULL)
		return 0;
	t = state_add_target(v->state, service, name, e);
	if (t == NULL)
		return -1;
	t->is_named = is_named;
	return 0;
}

/* Exports have names that nobody can know who may not list them. */
static int
declare_exports(struct survey * v, int service, const struct survey_list * l,
    const struct err * why, struct err * e)
{
	const struct state_target exports = {
		.service = service, .container = "am-*", .source = -1
	};

	if ((facts_asked(v->facts, (size_t)service)->logs & OPTIONS_LOGS_LA) ==
	    0)
		return 0;
	return declare_gap(v, &exports, GAP_DENIED, l, why, e);
}

/*
 * What is asked for but not in the list of containers: all that is known by
 * name if it could not be listed, "$logs" if it cannot show that.
 */
static int
add_by_name(struct survey * v, int service, const struct survey_list * l,
    const struct err * why, bool is_listed, struct err * e)
{
	const struct asked * a = facts_asked(v->facts, (size_t)service);
	const struct scope_container * known = NULL;
	char include[SURVEY_LIST_INCLUDE_SIZE];

	for (size_t i = 0; i < a->container_count; i++) {
		if (add_named(v, service, a->containers[i], true, e) != 0)
			return -1;
	}
	survey_list_include(l, include);
	for (;;) {
		known = scope_next_container(known);
		if (known == NULL)
			break;
		if ((known->logs & a->logs) == 0)
			continue;
		if (is_listed &&
		    ((known->logs != OPTIONS_LOGS_CLASSIC) ||
			(strstr(include, "system") != NULL)))
			continue;
		if (add_named(v, service, known->name, false, e) != 0)
			return -1;
	}
	return is_listed ? 0 : declare_exports(v, service, l, why, e);
}

/* What follows from the outcome of the target the first time. */
static int
conclude_first(struct survey * v, const struct survey_list * l,
    enum state_outcome outcome, const struct err * why, struct err * e)
{
	struct state_target * t = &v->state->targets[v->state->at_target];
	int service = t->service;

	t->first = outcome;
	if (t->container[0] == '\0') {
		if (outcome == STATE_FAILED) {
			*e = *why;
			err_in(e, "account %s", v->services[service].account);
			return -1;
		}
		return add_by_name(
		    v, service, l, why, outcome == STATE_LISTED, e);
	}
	if ((outcome == STATE_ABSENT) && t->is_named)
		return declare_gap(v, t, GAP_NO_CONTAINER, l, why, e);
	if (outcome == STATE_DENIED)
		return declare_gap(v, t, GAP_DENIED, l, why, e);
	/* It went away between two pages. */
	if ((outcome == STATE_ABSENT) && (v->state->target_pages > 0))
		return declare_gap(v, t, GAP_GONE, l, why, e);
	return 0; /* Of what failed there is a gap for each folder. */
}

/* List one target and say what came of it. */
static int
run_target(struct survey * v, struct err * e)
{
	struct state * s = v->state;
	struct survey_list l = { .v = v };
	enum state_outcome outcome = STATE_FAILED;
	struct err why;
	int rc = -1;

	err_init(&why);
	if ((survey_list_run(&l, &outcome, &why, e) != 0) ||
	    (note_target(v, &l, outcome, &why, e) != 0))
		goto out;
	if (is_again(v))
		s->targets[s->at_target].again = outcome;
	else if (conclude_first(v, &l, outcome, &why, e) != 0)
		goto out;
	s->at_target++;
	begin_target(s);
	rc = 0;

out:
	survey_list_clear(&l);
	return rc;
}

/* The journal's line for a kind of log that nobody named and nobody holds. */
static int
note_missing(struct survey * v, const char * container, struct err * e)
{
	struct json_out * j =
	    record_event(v->record, JOURNAL_LISTED, clock_now(), e);

	json_put_text(j, "container", container);
	json_put_text(j, "outcome", "absent");
	return record_event_end(v->record, e);
}

/*
 * A kind of log that no account holds: if it was asked for by name, that is a
 * gap, else a line in the journal.
 */
static int
declare_missing(struct survey * v, struct err * e)
{
	const struct scope_container * known = NULL;
	unsigned seen = 0, wanted = 0, named = 0;

	for (size_t i = 0; i < v->service_count; i++) {
		const struct asked * a = facts_asked(v->facts, i);

		wanted |= a->logs;
		named |= a->is_logs_asked ? a->logs : 0;
	}

	for (size_t i = 0; i < v->state->target_count; i++) {
		const struct state_target * t = &v->state->targets[i];

		if ((t->container[0] != '\0') && (t->first != STATE_ABSENT))
			seen |= scope_logs_of(t->container);
	}
	for (;;) {
		struct gap gap = {
			.what = GAP_CONTAINER,
			.reason = GAP_NO_CONTAINER,
			.source = -1,
			.size = -1,
			.error = "no account holds this kind of log",
			.at = clock_now(),
		};

		known = scope_next_kind(known);
		if (known == NULL)
			return 0;
		if ((known->logs & wanted & ~seen) == 0)
			continue;
		gap.container = known->name;
		if ((((known->logs & named) != 0)
			    ? record_gap(v->record, &gap, e)
			    : note_missing(v, known->name, e)) != 0)
			return -1;
	}
}

/* Fail if nothing at all may be listed: that is no collection. */
static int
check_any(struct survey * v, struct err * e)
{
	bool is_denied = false;

	for (size_t i = 0; i < v->state->target_count; i++) {
		const struct state_target * t = &v->state->targets[i];

		if (t->first == STATE_LISTED)
			return 0;
		if (t->first == STATE_DENIED)
			is_denied = true;
	}
	err_set(e, is_denied ? ERR_DENIED : ERR_REMOTE,
	    "check the credential and the endpoint",
	    "nothing could be listed%s%s", (v->refusal[0] == '\0') ? "" : ": ",
	    v->refusal);
	v->is_hopeless = true;
	return -1;
}

int
survey_run(struct survey * v, struct err * e)
{
	while (v->state->at_target < v->state->target_count) {
		/* What was not there the first time is not asked again. */
		if (is_again(v) &&
		    (v->state->targets[v->state->at_target].first !=
			STATE_LISTED)) {
			v->state->at_target++;
			continue;
		}
		if (run_target(v, e) != 0)
			return -1;
	}
	if (is_again(v))
		return 0;
	if (check_any(v, e) != 0)
		return -1;
	return declare_missing(v, e);
}
