#ifndef COLLECT_ASK_H
#define COLLECT_ASK_H

#include <stdint.h>

#include "evidence/err.h"

#include "collect/exchange.h"
#include "collect/record.h"
#include "collect/retry.h"
#include "collect/service.h"

/*
 * Asking for a page of a listing and waiting for the answer: one request at a
 * time, asked again as the rule of retries says, every answer recorded.
 */
#define ASK_ABOUT_TRIES 3

struct ask {
	struct exchange_line line; /* Its done and cookie are ask's own. */
	struct record * record;
	const struct retry_rule * rule;
	struct retry_run * run;
	struct exchange * answer; /* When it has come. */
};

/* What is asked about an account, or about the container of the question. */
struct ask_about {
	enum azure_about what;
	enum azure_service service;
};

/* Which page. */
struct ask_page {
	struct service * service;
	int service_index;
	int64_t source;         /* -1 while it has none. */
	const char * container; /* NULL: the list of containers. */
	struct azure_page page;
	int64_t body_max;
	/* Not a page, but this about the account; NULL: a page. */
	const struct ask_about * about;
};

/**
 * ask_start(a):
 * Make ${a} ready; its line, record, rule and run are set by the caller.
 */
void ask_start(struct ask * a);

/**
 * ask_for_page(a, page, e):
 * Ask for ${page} until it came or there is no use in asking again.  Return the
 * last answer, recorded, which the caller frees with exchange_free and whose
 * verdict says what it is; or NULL with ${e} set (ERR_STOPPED after a signal,
 * else as decide_answer when the run must end).  What is asked about an account
 * never ends a run: it is asked again ASK_ABOUT_TRIES times in all.
 */
struct exchange * ask_for_page(
    struct ask * a, const struct ask_page * page, struct err * e);

#endif
