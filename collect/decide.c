#include <string.h>

#include "evidence/clock.h"
#include "evidence/secret.h"

#include "collect/decide.h"

/* Ask again if the budget allows. */
static int
decide_retry(struct exchange * x, const struct decide_budget * budget,
    enum decide_action * action, struct err * e)
{
	uint32_t chance;
	int64_t wait_ms;

	*action = DECIDE_GIVE_UP;
	/* Where nobody knew how long it would be, it will be too long again. */
	if ((x->verdict.reason == RESPONSE_LIMIT) &&
	    ((x->asked.operation == RESPONSE_LIST) ||
		(x->asked.operation == RESPONSE_BLOCKS) ||
		(x->asked.operation == RESPONSE_WHOLE)))
		return 0;
	secret_random(&chance, sizeof(chance));
	if (retry_next(budget->rule, budget->item, budget->run,
		x->verdict.retry_after_ms, chance, &wait_ms)) {
		x->wait_ms = wait_ms;
		*action = DECIDE_WAIT;
		return 0;
	}
	if (retry_is_run_spent(budget->rule, budget->run)) {
		err_set(e, ERR_AGAIN, "resume later",
		    "the service failed too often: %s", x->verdict.text);
		return -1;
	}
	return 0;
}

/* Say for whoever asks whose credential ended the run. */
static void
note_refused(const struct exchange * x)
{
	if (x->line->refused != NULL)
		*x->line->refused = x->service + 1;
}

/* Nothing was got of its account in this run. */
static bool
is_first_contact(const struct exchange * x)
{
	return (x->line->got & (UINT64_C(1) << x->service)) == 0;
}

/*
 * A handshake that is refused before anything was got will be refused again;
 * one in the middle of a run may be a server of many that is not well.
 */
static bool
is_no_tls(const struct exchange * x)
{
	return (x->verdict.reason == RESPONSE_TLS) && is_first_contact(x);
}

/*
 * Where nobody was reached yet the endpoint is likely wrong, or the way to it
 * shut: that is said at once, and not after all tries, unless their number was
 * asked for.
 */
static bool
is_no_contact(const struct exchange * x, const struct decide_budget * budget)
{
	return !budget->rule->is_asked && is_first_contact(x) &&
	    ((x->fault == HTTP_NO_HOST) || (x->fault == HTTP_NO_CONNECT));
}

/* What to do about an answer that ends the run. */
static const char *
advice_of(const struct exchange * x)
{
	if (x->verdict.reason == RESPONSE_CERTIFICATE)
		return "check the endpoint; --tls-ca and --pin-sha256 say "
		       "whom to trust";
	if (x->verdict.reason == RESPONSE_TLS)
		return "check the endpoint; TLS 1.2 is the least that is taken";
	if (x->fault == HTTP_NO_HOST)
		return "check --account and --endpoint: the name is not known";
	if (x->fault == HTTP_NO_CONNECT)
		return "check --endpoint, the network and its firewall";
	return NULL;
}

/*
 * Is it this blob that is forbidden, or is it the credential?  With a wrong or
 * revoked one every blob left would become a gap.
 */
static int
decide_denied(const struct exchange * x, const struct decide_budget * budget,
    struct err * e)
{
	bool has_got = (x->line->got & (UINT64_C(1) << x->service)) != 0;
	bool is_unknown = x->has_headers &&
	    (strcmp(x->headers.error_code, "AuthenticationFailed") == 0);

	/* What was good before and is not known now was taken back; what is
	 * for the whole account and not known at first is wrong. */
	has_got |= budget->is_account_wide;
	if ((x->asked.operation == RESPONSE_LIST) && !(has_got && is_unknown))
		return 0;
	/* Who may read a blob may not be allowed to ask for its blocks. */
	has_got |= (x->asked.operation == RESPONSE_BLOCKS);
	if (has_got && !is_unknown)
		return 0;
	note_refused(x);
	err_set(e, ERR_DENIED, "resume with another one",
	    "the credential is not accepted: %s", x->verdict.text);
	return -1;
}

int
decide_answer(struct exchange * x, const struct decide_budget * budget,
    enum decide_action * action, struct err * e)
{
	*action = DECIDE_GIVE_UP;
	switch (x->verdict.outcome) {
	case RESPONSE_OK:
		retry_success(budget->run);
		*action = DECIDE_TAKE;
		return 0;
	case RESPONSE_RETRY:
		if (is_no_tls(x) || is_no_contact(x, budget)) {
			err_set(
			    e, ERR_REMOTE, advice_of(x), "%s", x->verdict.text);
			return -1;
		}
		return decide_retry(x, budget, action, e);
	case RESPONSE_CHANGED:
		*action = DECIDE_CHANGED;
		return 0;
	case RESPONSE_GAP:
		return 0;
	case RESPONSE_DENIED:
		return decide_denied(x, budget, e);
	case RESPONSE_EXPIRED:
		note_refused(x);
		err_set(e, ERR_DENIED, "resume with a new one",
		    "the credential has ended: %s", x->verdict.text);
		return -1;
	case RESPONSE_STOP:
		err_set(e, ERR_REMOTE, advice_of(x), "%s", x->verdict.text);
		return -1;
	}
	return 0;
}

int
decide_end(int64_t ends, size_t service, int * refused, struct err * e)
{
	if ((ends == CLOCK_UNKNOWN) || (clock_now() < ends - DECIDE_END_MARGIN))
		return 0;
	if (refused != NULL)
		*refused = (int)service + 1;
	err_set(e, ERR_DENIED, "resume with a new one",
	    "the credential ends before all was fetched");
	return -1;
}
