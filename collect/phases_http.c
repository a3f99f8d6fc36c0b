#include "evidence/clock.h"

#include "collect/phases.h"
#include "collect/resent.h"

/* Bits a second into bytes. */
#define BYTES_A_MEGABIT INT64_C(125000)

int
phases_open_http(struct phases * p, struct err * e)
{
	const struct options * words = p->o;
	size_t jobs =
	    (size_t)((words->jobs == 0) ? OPTIONS_DEFAULT_JOBS : words->jobs);
	int64_t rate = words->cap_mbps * BYTES_A_MEGABIT;
	struct http_options o = {
		.low_speed_seconds = words->timeout,
		.in_flight_max = jobs,
		.bytes_per_second = rate,
	};

	if (p->way == NULL)
		p->way = way_new(words, NULL, e);
	if (p->way == NULL)
		return -1;
	o.way = p->way->http;
	p->rule = *retry_rule_default();
	if (words->tries != 0) {
		p->rule.tries_max = words->tries;
		p->rule.is_asked = true;
	}
	pace_init(&p->pace, jobs, rate, clock_monotonic_ms());
	p->http = http_new(&o, e);
	return (p->http == NULL) ? -1 : 0;
}

int
phases_open_sent(struct phases * p, struct err * e)
{
	struct sent_left left;

	if (sent_load(p->work, &left, e) != 0)
		return -1;
	p->is_resent_exact = left.is_same_boot;
	if (resent_record(p->record, p->w, &left, &p->resent, e) == 0)
		p->sent = sent_open(p->work, &left, e);
	buf_free(&left.lines);
	record_note(p->record, p->sent);
	return (p->sent == NULL) ? -1 : 0;
}

int
phases_open_stamping(
    const struct phases * p, struct stamping ** stamping, struct err * e)
{
	const struct stamping_rules rules = {
		.urls = p->facts.promised.tsas,
		.count = p->facts.promised.tsa_count,
		.is_optional = p->facts.promised.is_tsa_optional,
		.ca_file = p->o->tls_ca,
		.proxy = p->o->proxy,
		.proxy_login =
		    (p->way == NULL) ? NULL : p->way->http.proxy_login,
		.timeout = p->o->timeout,
		.tries = p->o->tries,
	};

	if (rules.count == 0)
		return 0;
	*stamping = stamping_new(&rules, e);
	return (*stamping == NULL) ? -1 : 0;
}

void
phases_start_ask(struct phases * p, struct ask * ask, struct err * line_e)
{
	*ask = (struct ask){
		.line.http = p->http,
		.line.certificates = p->certificates,
		.line.connections = &p->connections,
		.line.pace = &p->pace,
		.line.sent = p->sent,
		.line.got = p->got,
		.line.e = line_e,
		.line.refused = &p->refused,
		.record = p->record,
		.rule = &p->rule,
		.run = &p->retries,
	};
	err_init(line_e);
	ask_start(ask);
}
