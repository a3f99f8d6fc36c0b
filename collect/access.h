#ifndef COLLECT_ACCESS_H
#define COLLECT_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

#include "collect/options.h"
#include "collect/probe.h"
#include "collect/service.h"

/*
 * What a credential can do, found out without collecting anything: its shape,
 * and the answers to a handful of GET and HEAD requests of the smallest size.
 * Nothing is kept; the target's logs hold these requests like all others.
 *
 * Whether it can write or delete is never tried, since that would be a write:
 * its shape says so, or nobody knows (a stored policy).
 */
#define ACCESS_SOURCES_MAX 192
#define ACCESS_TEXT_SIZE RESPONSE_TEXT_SIZE

/* What came of asking for one thing. */
enum access_answer {
	ACCESS_UNASKED, /* There was no use in asking. */
	ACCESS_GRANTED,
	ACCESS_ABSENT, /* 404: it is not there. */
	ACCESS_DENIED,
	ACCESS_FAILED /* No answer, or a wrong one. */
};

/* How an account stands, from good to bad. */
enum access_outcome {
	ACCESS_FINE,
	ACCESS_LIMITED, /* Usable; something is refused, or run refuses it. */
	ACCESS_REFUSED, /* Nothing can be collected with it. */
	ACCESS_UNREACHED
};

/* A container that may be asked for. */
struct access_source {
	char container[CREDENTIAL_CONTAINER_MAX + 2];
	enum access_answer list;
	enum access_answer read;     /* Of its first blob. */
	char text[ACCESS_TEXT_SIZE]; /* Why not; "" if nothing was refused. */
};

/* One of the services of an account. */
struct access_service {
	enum access_answer settings; /* Its properties. */
	enum access_answer list; /* Its containers, shares, queues, tables. */
	char text[ACCESS_TEXT_SIZE]; /* Why not; "" if nothing was refused. */
};

struct access_account {
	const struct service * service;
	int64_t now;
	struct buf limits;         /* credential_limits */
	struct buf excess;         /* credential_excess */
	char unfit[ERR_TEXT_SIZE]; /* Why run would refuse it; "" if not. */
	enum http_fault fault;     /* Of the first request. */
	char fault_text[ACCESS_TEXT_SIZE];
	enum access_answer containers; /* The list of them. */
	char containers_text[ACCESS_TEXT_SIZE];
	struct probe first; /* The answer to it; its body is empty. */
	struct access_source sources[ACCESS_SOURCES_MAX];
	size_t source_count;
	struct access_service services[AZURE_SERVICES];
	enum access_outcome outcome;
};

/* Called for each account when all about it is known. */
typedef int access_found(
    void * cookie, const struct access_account * account, struct err * e);

/**
 * access_run(o, found, cookie, e):
 * Look at each account of the options ${o} and call ${found} with ${cookie};
 * what it is given is valid during the call.  Return 0, or -1 with ${e} set (a
 * credential that cannot be read, ERR_STOPPED after a signal, or what ${found}
 * set).
 */
int access_run(const struct options * o, access_found * found, void * cookie,
    struct err * e);

/**
 * access_writing(service):
 * Return in words what is known, untried, about writing with the credential of
 * ${service}.
 */
const char * access_writing(const struct service * service);

/**
 * access_answer_text(answer):
 * Return the word for ${answer}: "unasked", "granted", "absent", "denied",
 * "failed".
 */
const char * access_answer_text(enum access_answer answer);

/**
 * access_outcome_text(outcome):
 * Return the word for ${outcome}: "fine", "limited", "refused", "unreached".
 */
const char * access_outcome_text(enum access_outcome outcome);

/**
 * access_exit_code(outcome):
 * Return the program's exit code for the worst ${outcome} of all accounts: 0,
 * 3, 77 or 69.
 */
int access_exit_code(enum access_outcome outcome);

#endif
