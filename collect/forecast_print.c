#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/json.h"
#include "evidence/kind.h"
#include "evidence/text.h"

#include "collect/forecast.h"
#include "collect/forecast_print.h"
#include "collect/lifetime.h"
#include "collect/report.h"
#include "collect/session.h"

#define HOUR (3600 * CLOCK_TICKS_PER_SECOND)
#define EXIT_GAPS 3

/* What is printed, and what is left to say at the end. */
struct print {
	const struct options * o;
	struct forecast f;
	int64_t listed;
	int64_t out_of_scope;
	int64_t losses;   /* Gaps that a run would begin with. */
	bool is_too_long; /* A SAS ends before the work. */
	bool is_known;    /* The listing was whole. */
};

static const char * const outcomes[] = { "waiting", "listed", "absent",
	"denied", "failed" };

/* "2026-11-01 22:00" of the moment ${at}. */
static void
format_hour(int64_t at, char text[CLOCK_TEXT_SIZE])
{
	clock_format(at, text);
	if (strlen(text) < 16)
		return;
	text[10] = ' ';
	text[16] = '\0';
}

/* ---- Text ---------------------------------------------------------------- */

static void
print_container(const struct print * p, size_t i)
{
	const struct phases * ph = p->f.p;
	const struct state_target * t = &ph->state.targets[i];
	const struct forecast_container * c = &p->f.containers[i];
	char first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];

	(void)printf("%s/%s (%s): ", ph->services[t->service].account,
	    t->container, kind_text(kind_of_container(t->container)));
	if (t->first != STATE_LISTED) {
		(void)printf("%s\n", outcomes[t->first]);
		return;
	}
	(void)printf(
	    "%lld blobs, %lld bytes", (long long)c->blobs, (long long)c->bytes);
	if (c->first != CLOCK_UNKNOWN) {
		format_hour(c->first, first);
		format_hour(c->last, last);
		(void)printf(", %s to %s", first, last);
	}
	if (c->open > 0)
		(void)printf(", %lld still open", (long long)c->open);
	if (c->unplaced > 0)
		(void)printf(", %lld without a time in their names",
		    (long long)c->unplaced);
	if (c->missing > 0)
		(void)printf(
		    ", %lld hours without a blob", (long long)c->missing);
	(void)putchar('\n');
}

static void
print_resource(const struct print * p, const struct forecast_resource * r)
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
	struct forecast_range range = { 0 };
	struct buf name = { 0 };
	struct err e;
	int printed = 0;

	if (r->missing == 0)
		return;
	err_init(&e);
	if (text_escape(&name, r->name, r->name_len, &e) == 0)
		(void)printf("  %s: %lld hours without a blob\n",
		    buf_text(&name), (long long)r->missing);
	buf_free(&name);
	while (forecast_next_missing(&p->f, r, &range)) {
		if (++printed > FORECAST_PRINT_RANGES) {
			(void)printf("    and more; --json has all\n");
			return;
		}
		format_hour(range.from * HOUR, from);
		format_hour(range.to * HOUR, to);
		(void)printf("    %s to %s, %d h\n", from, to,
		    (int)(range.to - range.from));
	}
}

static void
print_service(const struct print * p, const struct service * s)
{
	int64_t ends = credential_shape(s->credential)->ends;
	char at[CLOCK_TEXT_SIZE];

	if (ends == CLOCK_UNKNOWN)
		return;
	format_hour(ends, at);
	(void)printf("%s: the SAS ends %s, in %lld s: %s\n", s->account, at,
	    (long long)((ends - p->f.now) / CLOCK_TICKS_PER_SECOND),
	    ((ends - p->f.now) / CLOCK_TICKS_PER_SECOND < p->f.seconds)
		? "BEFORE the work is done"
		: "long enough");
}

static void
print_text(const struct print * p)
{
	const struct phases * ph = p->f.p;

	for (size_t i = 0; i < ph->state.target_count; i++) {
		if (ph->state.targets[i].container[0] == '\0')
			continue;
		print_container(p, i);
		for (size_t k = 0; k < p->f.resource_count; k++) {
			if (p->f.resources[k].target == i)
				print_resource(p, &p->f.resources[k]);
		}
	}
	(void)printf("in all: %lld blobs, %lld bytes; %lld listed blobs are "
		     "out of scope; %lld gaps already\n",
	    (long long)p->f.blobs, (long long)p->f.bytes,
	    (long long)p->out_of_scope, (long long)p->losses);
	if (p->f.missing > 0)
		(void)printf("hours without a blob: %lld; an idle resource "
			     "writes none, so that is no proof of loss\n",
		    (long long)p->f.missing);
	(void)printf("it may take %lld s, at %lld MB or %lld blobs a second\n",
	    (long long)p->f.seconds,
	    (long long)(LIFETIME_BYTES_A_SECOND / 1000000),
	    (long long)LIFETIME_BLOBS_A_SECOND);
	for (size_t i = 0; i < ph->service_count; i++)
		print_service(p, &ph->services[i]);
}

/* ---- JSON ---------------------------------------------------------------- */

/* Print the object that is complete in ${out}. */
static int
flush(struct json_out * j, struct buf * out)
{
	int rc;

	json_close_object(j);
	rc = json_end(j, true);
	if (rc == 0)
		(void)fputs(buf_text(out), stdout);
	buf_free(out);
	return rc;
}

static int
put_container(const struct print * p, size_t i, struct err * e)
{
	const struct phases * ph = p->f.p;
	const struct state_target * t = &ph->state.targets[i];
	const struct forecast_container * c = &p->f.containers[i];
	struct buf out = { 0 };
	struct json_out j;

	json_begin(&j, &out, e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "container");
	json_put_text(&j, "account", ph->services[t->service].account);
	json_put_text(&j, "container", t->container);
	json_put_text(&j, "kind", kind_text(kind_of_container(t->container)));
	json_put_text(&j, "outcome", outcomes[t->first]);
	json_put_integer(&j, "blobs", c->blobs);
	json_put_integer(&j, "bytes", c->bytes);
	json_put_time(&j, "first", c->first);
	json_put_time(&j, "last", c->last);
	json_put_integer(&j, "open", c->open);
	json_put_integer(&j, "unplaced", c->unplaced);
	json_put_integer(&j, "missing_hours", c->missing);
	return flush(&j, &out);
}

static int
put_resource(
    const struct print * p, const struct forecast_resource * r, struct err * e)
{
	const struct phases * ph = p->f.p;
	const struct state_target * t = &ph->state.targets[r->target];
	struct forecast_range range = { 0 };
	struct buf out = { 0 };
	struct json_out j;

	json_begin(&j, &out, e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "resource");
	json_put_text(&j, "account", ph->services[t->service].account);
	json_put_text(&j, "container", t->container);
	json_put_bytes(&j, "resource", r->name, r->name_len);
	json_put_integer(&j, "blobs", r->blobs);
	json_put_integer(&j, "bytes", r->bytes);
	json_put_integer(&j, "missing_hours", r->missing);
	json_open_array(&j, "missing");
	while (forecast_next_missing(&p->f, r, &range)) {
		json_open_object(&j, NULL);
		json_put_time(&j, "from", range.from * HOUR);
		json_put_time(&j, "to", range.to * HOUR);
		json_put_integer(&j, "hours", range.to - range.from);
		json_close_object(&j);
	}
	json_close_array(&j);
	return flush(&j, &out);
}

static int
put_service(const struct print * p, const struct service * s, struct err * e)
{
	int64_t ends = credential_shape(s->credential)->ends;
	struct buf out = { 0 };
	struct json_out j;

	json_begin(&j, &out, e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "account");
	json_put_text(&j, "verb", "plan");
	json_put_text(&j, "account", s->account);
	json_put_text(&j, "endpoint", s->endpoint);
	json_put_time(&j, "credential_ends", ends);
	json_put_bool(&j, "lives_long_enough",
	    (ends == CLOCK_UNKNOWN) ||
		((ends - p->f.now) / CLOCK_TICKS_PER_SECOND >= p->f.seconds));
	return flush(&j, &out);
}

static int
put_json(const struct print * p, struct err * e)
{
	const struct phases * ph = p->f.p;

	for (size_t i = 0; i < ph->service_count; i++) {
		if (put_service(p, &ph->services[i], e) != 0)
			return -1;
	}
	for (size_t i = 0; i < ph->state.target_count; i++) {
		if ((ph->state.targets[i].container[0] != '\0') &&
		    (put_container(p, i, e) != 0))
			return -1;
	}
	for (size_t i = 0; i < p->f.resource_count; i++) {
		if (put_resource(p, &p->f.resources[i], e) != 0)
			return -1;
	}
	return 0;
}

static void
put_summary(const struct print * p, const struct err * why, int code)
{
	struct buf out = { 0 };
	struct json_out j;
	struct err e;

	err_init(&e);
	json_begin(&j, &out, &e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "summary");
	json_put_text(&j, "verb", "plan");
	if (p->is_known) {
		json_put_integer(&j, "listed", p->listed);
		json_put_integer(&j, "blobs", p->f.blobs);
		json_put_integer(&j, "bytes", p->f.bytes);
		json_put_integer(&j, "out_of_scope", p->out_of_scope);
		json_put_integer(&j, "losses", p->losses);
		json_put_integer(&j, "missing_hours", p->f.missing);
		json_put_integer(&j, "estimated_seconds", p->f.seconds);
		json_put_bool(&j, "credentials_live", !p->is_too_long);
	}
	if (why->kind != ERR_NONE)
		json_put_text(&j, "error", why->text);
	json_put_integer(&j, "exit", code);
	(void)flush(&j, &out);
}

/* ---- The whole ----------------------------------------------------------- */

static int
take(void * cookie, const struct phases * ph, struct err * e)
{
	struct print * p = cookie;
	size_t which;
	int64_t ends;

	if (forecast_read(ph, &p->f, e) != 0)
		return -1;
	p->is_known = true;
	p->listed = ph->state.listed;
	p->out_of_scope = ph->state.gaps[GAP_OUT_OF_SCOPE];
	p->losses = state_losses(&ph->state);
	ends = lifetime_first_end(ph->services, ph->service_count, &which);
	p->is_too_long = (ends != CLOCK_UNKNOWN) &&
	    ((ends - p->f.now) / CLOCK_TICKS_PER_SECOND < p->f.seconds);
	if (p->o->is_json)
		return put_json(p, e);
	print_text(p);
	return 0;
}

int
forecast_print(const struct options * o, struct err * e)
{
	struct print p = { .o = o };
	struct report report;
	int code;

	report_init(&report, "azcustody-collect", o);
	if (session_look(o, &report.session, take, &p, e) != 0)
		code = err_exit_code(e->kind);
	else
		code = (p.is_too_long || (p.losses > 0)) ? EXIT_GAPS : 0;
	report_clear(&report);
	if (o->is_json)
		put_summary(&p, e, code);
	forecast_free(&p.f);
	if ((fflush(stdout) != 0) && (code == 0))
		code = err_exit_code(ERR_SYSTEM);
	return code;
}
