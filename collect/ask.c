#include <string.h>

#include "evidence/clock.h"
#include "evidence/process.h"
#include "evidence/secret.h"

#include "collect/ask.h"
#include "collect/decide.h"

#define POLL_MS 250 /* A signal is noticed within it. */

static void
on_answer(void * cookie, struct exchange * x)
{
	struct ask * a = cookie;

	a->answer = x;
}

void
ask_start(struct ask * a)
{
	a->line.done = on_answer;
	a->line.cookie = a;
	a->answer = NULL;
}

/* Poll once, for at most ${timeout_ms}; -1 if all must end. */
static int
poll_once(struct ask * a, int64_t timeout_ms, struct err * e)
{
	int ms = (timeout_ms > POLL_MS) ? POLL_MS : (int)timeout_ms;

	if (process_is_stopped()) {
		err_set(e, ERR_STOPPED, NULL, "interrupted");
		return -1;
	}
	if (http_poll(a->line.http, ms, e) != 0)
		return -1;
	if (a->line.e->kind != ERR_NONE) {
		if (e != a->line.e)
			*e = *a->line.e;
		return -1;
	}
	return 0;
}

/* Let ${wait_ms} pass. */
static int
wait_for(struct ask * a, int64_t wait_ms, struct err * e)
{
	int64_t until = clock_monotonic_ms() + wait_ms;
	int64_t left = wait_ms;

	while (left > 0) {
		if (poll_once(a, left, e) != 0)
			return -1;
		left = until - clock_monotonic_ms();
	}
	return 0;
}

/* Make the request for ${page}. */
static int
make_request(const struct ask_page * page, struct azure_request * request,
    struct err * e)
{
	struct azure * azure = page->service->azure;

	if (page->about != NULL)
		return azure_ask_about(azure, page->about->what,
		    page->about->service, page->container, clock_now(), request,
		    e);
	if (page->container == NULL)
		return azure_list_containers(
		    azure, &page->page, clock_now(), request, e);
	return azure_list_blobs(
	    azure, page->container, &page->page, clock_now(), request, e);
}

/* Send the question once and wait for the answer. */
static struct exchange *
ask_once(struct ask * a, const struct ask_page * page, struct err * e)
{
	struct response_asked asked = {
		.operation =
		    (page->about != NULL) ? RESPONSE_ABOUT : RESPONSE_LIST,
		.total = -1,
		.committed_blocks = -1,
		.credential_ends =
		    credential_shape(page->service->credential)->ends,
	};
	struct azure_request request;
	struct exchange * x;

	if (make_request(page, &request, e) != 0)
		return NULL;
	x = exchange_start(&a->line, &request, &asked, page->body_max, e);
	azure_request_free(&request);
	if (x == NULL)
		return NULL;
	x->service = page->service_index;
	x->source = page->source;
	a->answer = NULL;
	while (a->answer == NULL) {
		if (poll_once(a, POLL_MS, e) == 0)
			continue;
		if (exchange_is_in_flight(x))
			exchange_stop(x);
		(void)record_answer(a->record, x, e);
		exchange_free(x);
		return NULL;
	}
	return a->answer;
}

/* Ask for less long than for evidence, and let no answer end the run. */
static void
decide_about(struct ask * a, struct exchange * x, struct retry_item * item,
    enum decide_action * action)
{
	struct retry_rule rule = *a->rule;
	struct retry_run alone = { 0 };
	uint32_t chance;

	*action = DECIDE_GIVE_UP;
	if ((x->verdict.outcome != RESPONSE_RETRY) ||
	    (x->verdict.reason == RESPONSE_LIMIT))
		return;
	if (rule.tries_max > ASK_ABOUT_TRIES)
		rule.tries_max = ASK_ABOUT_TRIES;
	secret_random(&chance, sizeof(chance));
	if (retry_next(&rule, item, &alone, x->verdict.retry_after_ms, chance,
		&x->wait_ms))
		*action = DECIDE_WAIT;
}

/* Is the credential of ${page} for its whole account? */
static bool
is_account_wide(const struct ask_page * page)
{
	const struct credential_shape * shape =
	    credential_shape(page->service->credential);

	return (shape->kind == CREDENTIAL_KEY) ||
	    (shape->kind == CREDENTIAL_ACCOUNT_SAS);
}

/* What to do about the answer ${x}; -1 if the run must end. */
static int
decide(struct ask * a, const struct ask_page * page, struct exchange * x,
    struct retry_item * item, enum decide_action * action, struct err * e)
{
	struct decide_budget budget = { a->rule, a->run, item,
		is_account_wide(page) };

	if (x->asked.operation != RESPONSE_ABOUT)
		return decide_answer(x, &budget, action, e);
	decide_about(a, x, item, action);
	return 0;
}

/* Decide, and give the answer its line whatever that is. */
static int
take_answer(struct ask * a, const struct ask_page * page, struct exchange * x,
    struct retry_item * item, enum decide_action * action, struct err * e)
{
	struct err second;

	if (decide(a, page, x, item, action, e) == 0)
		return record_answer(a->record, x, e);
	err_init(&second);
	(void)record_answer(a->record, x, &second);
	return -1;
}

struct exchange *
ask_for_page(struct ask * a, const struct ask_page * page, struct err * e)
{
	struct retry_item item = { 0 };
	enum decide_action action;
	struct exchange * x;
	int64_t wait_ms;

	for (;;) {
		x = ask_once(a, page, e);
		if (x == NULL)
			return NULL;
		if (take_answer(a, page, x, &item, &action, e) != 0) {
			exchange_free(x);
			return NULL;
		}
		if (action != DECIDE_WAIT)
			return x;
		wait_ms = x->wait_ms;
		exchange_free(x);
		if (wait_for(a, wait_ms, e) != 0)
			return NULL;
	}
}
