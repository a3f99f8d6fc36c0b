#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/listing.h"
#include "evidence/secret.h"
#include "evidence/text.h"

#include "collect/access.h"
#include "collect/asked.h"
#include "collect/scope.h"

#define NAME_MAX_BYTES LISTING_NAME_MAX

/* One account being looked at. */
struct look {
	const struct options * o;
	struct way * way; /* To all but those with one of their own. */
	struct http * http;
	struct service service;
	struct asked asked; /* Of the account. */
	struct access_account a;
};

/* The first blob of a page. */
struct first_blob {
	char name[NAME_MAX_BYTES + 1];
	size_t len; /* 0: the page has none. */
};

const char *
access_answer_text(enum access_answer answer)
{
	static const char * const texts[] = { "unasked", "granted", "absent",
		"denied", "failed" };

	return texts[answer];
}

const char *
access_outcome_text(enum access_outcome outcome)
{
	static const char * const texts[] = { "fine", "limited", "refused",
		"unreached" };

	return texts[outcome];
}

int
access_exit_code(enum access_outcome outcome)
{
	switch (outcome) {
	case ACCESS_FINE:
		return 0;
	case ACCESS_LIMITED:
		return 3;
	case ACCESS_REFUSED:
		return err_exit_code(ERR_DENIED);
	case ACCESS_UNREACHED:
		return err_exit_code(ERR_REMOTE);
	}
	return err_exit_code(ERR_BUG);
}

static enum access_answer
answer_of(const struct probe * p)
{
	if (p->verdict.outcome == RESPONSE_OK)
		return ACCESS_GRANTED;
	if ((p->verdict.outcome == RESPONSE_DENIED) ||
	    (p->verdict.outcome == RESPONSE_EXPIRED))
		return ACCESS_DENIED;
	if ((p->verdict.reason == RESPONSE_NOT_FOUND) ||
	    (p->verdict.reason == RESPONSE_GONE))
		return ACCESS_ABSENT;
	return ACCESS_FAILED;
}

/* Keep the first blob that is no deleted one, a version or a snapshot. */
static int
keep_first(void * cookie, const struct listing_entry * entry, struct err * e)
{
	struct first_blob * first = cookie;

	(void)e;
	if ((first->len > 0) || (entry->kind != LISTING_BLOB) ||
	    entry->is_deleted || (entry->snapshot != NULL))
		return 0;
	memcpy(first->name, entry->name, entry->name_len);
	first->name[entry->name_len] = '\0';
	first->len = entry->name_len;
	return 0;
}

/* Read the page; 0, or -1 if it is none, with ${why} set. */
static int
read_page(const struct buf * body, struct first_blob * first, struct err * why)
{
	struct listing * l = listing_new(LISTING_BLOBS, keep_first, first, why);
	int rc = -1;

	if (l == NULL)
		return -1;
	if ((listing_feed(l, body->bytes, body->len, why) == 0) &&
	    (listing_finish(l, why) == 0))
		rc = 0;
	listing_free(l);
	return rc;
}

/* Send ${request}, which is freed, and judge the answer as one to ${asked}. */
static int
send_request(struct look * l, struct azure_request * request,
    struct response_asked * asked, struct probe * p, struct err * e)
{
	int rc;

	asked->client_request_id = request->client_request_id;
	asked->credential_ends = credential_shape(l->service.credential)->ends;
	asked->total = -1;
	asked->committed_blocks = -1;
	rc = probe_send(l->http, request, asked, p, e);
	azure_request_free(request);
	return rc;
}

/* Ask for one entry of a listing: the containers, or the blobs of one. */
static int
ask_list(
    struct look * l, const char * container, struct probe * p, struct err * e)
{
	struct response_asked asked = { .operation = RESPONSE_LIST };
	struct azure_page page = { .max_results = 1 };
	struct azure_request request;
	int made;

	made = (container == NULL)
	    ? azure_list_containers(
		  l->service.azure, &page, clock_now(), &request, e)
	    : azure_list_blobs(
		  l->service.azure, container, &page, clock_now(), &request, e);
	if (made != 0)
		return -1;
	return send_request(l, &request, &asked, p, e);
}

/* Ask for the properties of the blob ${first}. */
static int
ask_blob(struct look * l, struct access_source * source,
    const struct first_blob * first, struct err * e)
{
	struct response_asked asked = { .operation = RESPONSE_PROPERTIES };
	struct azure_blob blob = { .container = source->container,
		.name = first->name,
		.name_len = first->len };
	struct azure_request request;
	struct probe p;

	if (azure_blob_properties(
		l->service.azure, &blob, clock_now(), &request, e) != 0)
		return -1;
	if (send_request(l, &request, &asked, &p, e) != 0)
		return -1;
	source->read = answer_of(&p);
	if (source->read != ACCESS_GRANTED)
		(void)snprintf(
		    source->text, sizeof(source->text), "%s", p.verdict.text);
	probe_clear(&p);
	return 0;
}

/* Try the container ${name}. */
static int
try_source(struct look * l, const char * name, struct err * e)
{
	struct access_source * source = &l->a.sources[l->a.source_count];
	struct first_blob * first = NULL;
	struct probe p = { 0 };
	struct err why;
	int rc = -1;

	if (l->a.source_count == ACCESS_SOURCES_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than %d containers",
		    ACCESS_SOURCES_MAX);
		return -1;
	}
	memset(source, 0, sizeof(*source));
	(void)snprintf(
	    source->container, sizeof(source->container), "%s", name);
	first = calloc(1, sizeof(*first));
	if (first == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	if (ask_list(l, name, &p, e) != 0)
		goto out;
	err_init(&why);
	source->list = answer_of(&p);
	if (source->list != ACCESS_GRANTED) {
		err_set(&why, ERR_REMOTE, NULL, "%s", p.verdict.text);
	} else if (read_page(&p.body, first, &why) != 0) {
		source->list = ACCESS_FAILED;
	} else if ((first->len > 0) && (ask_blob(l, source, first, e) != 0)) {
		goto out;
	}
	if (why.kind != ERR_NONE)
		(void)snprintf(source->text, sizeof(source->text), "%.*s",
		    (int)sizeof(source->text) - 1, why.text);
	l->a.source_count++;
	rc = 0;

out:
	probe_clear(&p);
	free(first);
	return rc;
}

/* The first request: is there a service, and does it know us? */
static int
try_containers(struct look * l, struct err * e)
{
	struct access_account * a = &l->a;

	if (ask_list(l, NULL, &a->first, e) != 0)
		return -1;
	buf_free(&a->first.body);
	a->fault = a->first.fault;
	a->containers = answer_of(&a->first);
	if (a->containers != ACCESS_GRANTED)
		(void)snprintf(a->containers_text, sizeof(a->containers_text),
		    "%s", a->first.verdict.text);
	if (!a->first.has_headers)
		(void)snprintf(a->fault_text, sizeof(a->fault_text), "%s",
		    a->first.verdict.text);
	return 0;
}

/* The containers that the words ask for, by name. */
static int
try_sources(struct look * l, struct err * e)
{
	const struct asked * o = &l->asked;
	const struct scope_container * known = NULL;
	const char * named = credential_container(l->service.credential);
	bool is_one = (named[0] != '\0') && !o->is_logs_asked &&
	    (o->container_count == 0);

	if (is_one)
		return try_source(l, named, e);
	for (size_t i = 0; i < o->container_count; i++) {
		if (try_source(l, o->containers[i], e) != 0)
			return -1;
	}
	for (;;) {
		known = scope_next_container(known);
		if (known == NULL)
			return 0;
		if (((known->logs & o->logs) != 0) &&
		    (try_source(l, known->name, e) != 0))
			return -1;
	}
}

/* Ask ${service} ${about} itself; the first refusal goes into ${text}. */
static int
ask_service(struct look * l, enum azure_about about, enum azure_service service,
    enum access_answer * answer, char text[ACCESS_TEXT_SIZE], struct err * e)
{
	struct response_asked asked = { .operation = RESPONSE_ABOUT };
	struct azure_request request;
	struct probe p;

	if (azure_ask_about(l->service.azure, about, service, NULL, clock_now(),
		&request, e) != 0)
		return -1;
	request.http.takes_any = true;
	request.http.body_max = PROBE_BODY_MAX;
	if (send_request(l, &request, &asked, &p, e) != 0)
		return -1;
	*answer = answer_of(&p);
	if ((*answer != ACCESS_GRANTED) && (text[0] == '\0'))
		(void)snprintf(text, ACCESS_TEXT_SIZE, "%s", p.verdict.text);
	probe_clear(&p);
	return 0;
}

/* All four services, of which only that of blobs is collected from. */
static int
try_services(struct look * l, struct err * e)
{
	for (int i = 0; i < AZURE_SERVICES; i++) {
		enum azure_service which = (enum azure_service)i;
		struct access_service * s = &l->a.services[i];

		if (!azure_has_service(l->service.azure, which)) {
			(void)snprintf(s->text, sizeof(s->text),
			    "the endpoint does not tell where it is");
			continue;
		}
		if (ask_service(l, AZURE_ABOUT_SERVICE, which, &s->settings,
			s->text, e) != 0)
			return -1;
		if (which == AZURE_BLOB)
			s->list = l->a.containers;
		/* Where nobody answers, the second question is no use. */
		else if ((s->settings != ACCESS_FAILED) &&
		    (ask_service(l, AZURE_ABOUT_LIST, which, &s->list, s->text,
			 e) != 0))
			return -1;
	}
	return 0;
}

const char *
access_writing(const struct service * service)
{
	const struct credential_shape * s =
	    credential_shape(service->credential);

	if (s->is_unknown)
		return "not known: a stored policy has its rights, and trying "
		       "would be a write";
	if (s->can_write && s->can_delete)
		return "it may write and delete, by its rights; not tried";
	if (s->can_write || s->can_delete)
		return s->can_write ? "it may write, by its rights; not tried"
				    : "it may delete, by its rights; not tried";
	return "it may not, by its rights; not tried";
}

/* All answers are there: how does the account stand? */
static enum access_outcome
judge(const struct access_account * a)
{
	bool can_list = false;
	bool is_refused = false;

	if (!a->first.has_headers)
		return ACCESS_UNREACHED;
	for (size_t i = 0; i < a->source_count; i++) {
		const struct access_source * s = &a->sources[i];

		can_list = can_list || (s->list == ACCESS_GRANTED);
		is_refused = is_refused || (s->list == ACCESS_DENIED) ||
		    (s->list == ACCESS_FAILED) || (s->read == ACCESS_DENIED) ||
		    (s->read == ACCESS_FAILED);
	}
	/* Where all are absent, only the list of them says that it works. */
	if (!can_list && (is_refused || (a->containers != ACCESS_GRANTED)))
		return ACCESS_REFUSED;
	/* The excess of an account key is its nature. */
	if (is_refused || (a->containers != ACCESS_GRANTED) ||
	    (a->unfit[0] != '\0'))
		return ACCESS_LIMITED;
	return ACCESS_FINE;
}

/* What the credential says about itself. */
static int
describe(struct look * l, struct err * e)
{
	const struct credential * c = l->service.credential;
	struct access_account * a = &l->a;
	struct err why;

	a->service = &l->service;
	a->now = clock_now();
	if ((credential_limits(c, &a->limits, e) != 0) ||
	    (credential_excess(c, a->now, &a->excess, e) != 0))
		return -1;
	err_init(&why);
	if (credential_check(c, a->now, l->o->accept_excess, &why) != 0)
		(void)snprintf(a->unfit, sizeof(a->unfit), "%s", why.text);
	return 0;
}

/* A transport for this account alone: it may have a way of its own. */
static int
open_http(struct look * l, struct err * e)
{
	const struct http_options o = {
		.way = (l->service.way != NULL) ? l->service.way->http
						: l->way->http,
		.low_speed_seconds = l->o->timeout,
		.in_flight_max = 1,
	};

	l->http = http_new(&o, e);
	return (l->http == NULL) ? -1 : 0;
}

/* Look at the account of the words ${words} (NULL: of the environment). */
static int
look_at(struct look * l, const struct options_account * words,
    access_found * found, void * cookie, struct err * e)
{
	char run_id[] = "azc-access-00000000";
	struct service_options so = {
		.account = (words == NULL) ? NULL : words->name,
		.endpoint = (words == NULL) ? NULL : words->endpoint,
		.cloud = (words == NULL) ? NULL : words->cloud,
		.key_source = (words == NULL) ? NULL : words->key_source,
		.sas_source = (words == NULL) ? NULL : words->sas_source,
		.run_id = run_id,
		.words = l->o,
		.own = (words == NULL) ? NULL : words->own,
		.is_described_only = true,
		.now = clock_now(),
	};
	uint8_t random[4];
	int rc = -1;

	memset(&l->a, 0, sizeof(l->a));
	asked_take(&l->asked, l->o, so.own);
	secret_random(random, sizeof(random));
	text_hex_encode(random, sizeof(random), run_id + strlen(run_id) - 8);
	if (service_open(&l->service, &so, e) != 0)
		return -1;
	if ((open_http(l, e) != 0) || (describe(l, e) != 0) ||
	    (try_containers(l, e) != 0))
		goto out;
	if (l->a.first.has_headers &&
	    ((try_sources(l, e) != 0) || (try_services(l, e) != 0)))
		goto out;
	l->a.outcome = judge(&l->a);
	rc = found(cookie, &l->a, e);

out:
	http_free(l->http);
	l->http = NULL;
	probe_clear(&l->a.first);
	buf_free(&l->a.limits);
	buf_free(&l->a.excess);
	service_close(&l->service);
	return rc;
}

int
access_run(const struct options * o, access_found * found, void * cookie,
    struct err * e)
{
	struct look * l = calloc(1, sizeof(*l));
	int rc = -1;

	if (l == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	l->o = o;
	l->way = way_new(o, NULL, e);
	if (l->way == NULL)
		goto out;
	rc = 0;
	if (o->account_count == 0)
		rc = look_at(l, NULL, found, cookie, e);
	for (size_t i = 0; (rc == 0) && (i < o->account_count); i++)
		rc = look_at(l, &o->accounts[i], found, cookie, e);

out:
	way_free(l->way);
	free(l);
	return rc;
}
