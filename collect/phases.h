#ifndef COLLECT_PHASES_H
#define COLLECT_PHASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/package_seal.h"
#include "evidence/package_write.h"
#include "evidence/secret.h"
#include "evidence/signing.h"

#include "collect/ask.h"
#include "collect/certificates.h"
#include "collect/connection.h"
#include "collect/done.h"
#include "collect/facts.h"
#include "collect/folders.h"
#include "collect/http.h"
#include "collect/options.h"
#include "collect/pace.h"
#include "collect/plan.h"
#include "collect/previous.h"
#include "collect/record.h"
#include "collect/retry.h"
#include "collect/service.h"
#include "collect/session.h"
#include "collect/stamping.h"
#include "collect/state.h"

/*
 * The phases of a session (state.h has their order), from an open package to
 * the published one.  Only session.c uses this.
 */
#define PHASES_SPACE_MIN (INT64_C(64) << 20) /* Bytes free at the start. */

struct phases {
	const struct options * o;
	const struct session_report * report;
	struct session_result * result;
	int dir;                /* The folder of --out. */
	int work;               /* The work folder in it. */
	char name[NAME_SIZE];   /* Of the package. */
	char prefix[NAME_SIZE]; /* Of x-ms-client-request-id. */
	char cwd[4096];         /* Where the run began. */
	char run_id[NAME_SIZE + 24];
	struct facts facts;
	struct previous previous; /* Of --previous; the facts borrow, */
	char * revisit;           /* and the path of --revisit. */
	bool has_seal;            /* It was sealed here: its seal.json. */
	uint8_t seal_sha256[DIGEST_SHA256_LEN];
	struct state state;
	struct signing signing; /* Who signs, with their keys. */
	struct buf carried;     /* seal/certs.pem; empty: none. */
	struct service services[OPTIONS_MAX_ACCOUNTS];
	size_t service_count;
	struct certificates * certificates;
	struct connections connections;
	struct pace pace;
	struct sent * sent;
	int64_t resent;       /* Requests of the run before without a line. */
	bool is_resent_exact; /* And those are all. */
	struct http * http;
	struct way * way; /* To all accounts but those with one of their own. */
	struct record * record;
	struct package_write * w;
	struct package_resumed found; /* Of a run that is resumed. */
	bool is_resumed;
	int refused;  /* An account whose credential ended the run, + 1. */
	int renewals; /* Asked for in this process. */
	int64_t fetch_began_ms;
	int64_t done_before; /* Entries settled when it began, */
	int64_t gaps_before; /* losses by then, */
	int64_t bytes_left;  /* and bytes to come, as listed. */
	bool is_warned;      /* That a credential ends before the work. */
	bool is_hopeless;    /* The state is not to be kept: survey.h. */
	struct plan * plan;  /* Being written; kept until the state is saved. */
	struct folders * folders;
	struct done * done;
	struct retry_rule rule;
	struct retry_run retries;
	uint64_t got; /* A bit for each account that gave something. */
};

/**
 * phases_say(p, is_warning, text):
 * Tell the user ${text}.
 */
void phases_say(const struct phases * p, bool is_warning, const char * text);

/**
 * phases_show(p, now):
 * Tell the user how far it is: ${now}, to which the phase and the retries are
 * added.
 */
void phases_show(const struct phases * p, struct progress_now * now);

/**
 * phases_survey(p, e):
 * List into the plan of the work folder and do nothing else; ${p} has no
 * package.  Return 0, or -1 with ${e} set.
 */
int phases_survey(struct phases * p, struct err * e);

/**
 * phases_fetch(p, e):
 * The phase STATE_FETCHING: fetch what is left of the plan and make it durable.
 * Return 0, or -1 with ${e} set.
 */
int phases_fetch(struct phases * p, struct err * e);

/**
 * phases_open_keys(p, e):
 * Read the keys of all who sign, with their passwords, and what is carried for
 * checking them.  Return 0, or -1 with ${e} set.
 */
int phases_open_keys(struct phases * p, struct err * e);

/**
 * phases_take_previous(p, e):
 * Judge the package of --previous or --revisit, if there is one, and put what it
 * says into the facts.  Return 0, or -1 with ${e} set.
 */
int phases_take_previous(struct phases * p, struct err * e);

/**
 * phases_revisit(p):
 * If the package that was just published revisits an earlier one, judge what
 * became of the open hours, tell the user, and enter it in the ledger.
 */
void phases_revisit(struct phases * p);

/**
 * phases_open_http(p, e):
 * Make the transport, the pace and the rule of retries as the options say.
 * Return 0, or -1 with ${e} set.
 */
int phases_open_http(struct phases * p, struct err * e);

/**
 * phases_open_stamping(p, stamping, e):
 * Make what asks for time stamps, if the options want any, and put it into
 * ${stamping}.  Return 0, or -1 with ${e} set.
 */
int phases_open_stamping(
    const struct phases * p, struct stamping ** stamping, struct err * e);

/**
 * phases_start_ask(p, ask, line_e):
 * Make ${ask} ready to ask in the name of ${p}; ${line_e}, its own, is set up
 * here and borrowed as long as ${ask} is used.
 */
void phases_start_ask(struct phases * p, struct ask * ask, struct err * line_e);

/**
 * phases_answers(p, e):
 * The phase STATE_ANSWERS: ask each account about itself and its containers, and
 * store what it says.  Return 0, or -1 with ${e} set.
 */
int phases_answers(struct phases * p, struct err * e);

/**
 * phases_local(p, e):
 * The phase STATE_LOCAL: pack the files of this machine that are left and make
 * them durable.  Return 0, or -1 with ${e} set.
 */
int phases_local(struct phases * p, struct err * e);

/**
 * phases_room(p, bytes, need, free, e):
 * Put into ${need} what the disk must hold for ${bytes} that are still to be
 * taken - as they are in a plain package, a quarter in a compressed one (JSON
 * logs compress to a tenth and less), twice that with an encrypted copy - and
 * into ${free} what it has left.  Return 0, or -1 with ${e} set.
 */
int phases_room(const struct phases * p, int64_t bytes, int64_t * need,
    int64_t * free, struct err * e);

/**
 * phases_check_room(p, bytes, e):
 * Refuse to begin what cannot end: ${bytes} that are still to be taken must fit,
 * unless it was accepted that they do not.  Return 0, or -1 with ${e} set.
 */
int phases_check_room(const struct phases * p, int64_t bytes, struct err * e);

/**
 * phases_open_sent(p, e):
 * Give each request that the run before sent and did not record its line, and
 * begin to note those of this one.  Return 0, or -1 with ${e} set.
 */
int phases_open_sent(struct phases * p, struct err * e);

/**
 * phases_encrypt(p, e):
 * The package is sealed: make the copy for the recipients, if there are any and
 * it was not made before.  Return 0, or -1 with ${e} set.
 */
int phases_encrypt(struct phases * p, struct err * e);

/**
 * phases_save_counts(p, e):
 * Keep the counts and the facts for a run that is killed between sealing and
 * publishing.  Return 0, or -1 with ${e} set.
 */
int phases_save_counts(struct phases * p, struct err * e);

/**
 * phases_load_counts(p):
 * Read them again; without them the result has no counts.
 */
void phases_load_counts(struct phases * p);

/**
 * phases_load_digest(p):
 * Take the digest of the published file from the file beside it.
 */
void phases_load_digest(struct phases * p);

/**
 * phases_run(p, e):
 * Do all that is left, publish, and fill the result.  When it cannot be
 * finished, write that into the journal and make what there is durable.
 * Return 0, or -1 with ${e} set.
 */
int phases_run(struct phases * p, struct err * e);

#endif
