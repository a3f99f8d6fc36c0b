#include <string.h>

#include "evidence/clock.h"
#include "evidence/process.h"

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

/* Send the question once and wait for the answer. */
static struct exchange *
ask_once(struct ask * a, const struct ask_page * page, struct err * e)
{
	struct response_asked asked = {
		.operation = RESPONSE_LIST,
		.total = -1,
		.committed_blocks = -1,
		.credential_ends =
		    credential_shape(page->service->credential)->ends,
	};
	struct azure_request request;
	struct exchange * x;
	int made;

	made = (page->container == NULL)
	    ? azure_list_containers(
		  page->service->azure, &page->page, clock_now(), &request, e)
	    : azure_list_blobs(page->service->azure, page->container,
		  &page->page, clock_now(), &request, e);
	if (made != 0)
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

struct exchange *
ask_for_page(struct ask * a, const struct ask_page * page, struct err * e)
{
	struct retry_item item = { 0 };
	struct decide_budget budget = { a->rule, a->run, &item };
	enum decide_action action;
	struct exchange * x;
	int64_t wait_ms;

	for (;;) {
		x = ask_once(a, page, e);
		if (x == NULL)
			return NULL;
		if ((decide_answer(x, &budget, &action, e) != 0) ||
		    (record_answer(a->record, x, e) != 0)) {
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
