#ifndef COLLECT_STATE_H
#define COLLECT_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/gap.h"
#include "evidence/journal.h"
#include "evidence/kind.h"

/*
 * Where a collection stands: all that a resumed run must know and that is not
 * in the package itself.  It is written into every checkpoint, as one JSON
 * document, and agrees with the members and lines that the checkpoint keeps.
 *
 *	LISTING --plan whole--> FETCHING --nothing left--> LOCAL --files packed-->
 *	   RELISTING --second listing whole--> ANSWERS
 *	   --the accounts asked about--> SEALING
 *	   --package_publish--> (no work folder)
 *
 * A folder that is packed without any service begins with LOCAL and goes on
 * with SEALING.
 *
 * survey_run makes the first transition and that from RELISTING, fetch_run the
 * second, phases_local that from LOCAL, phases_answers that from ANSWERS.
 */
#define STATE_MAX_SERVICES 64
#define STATE_MAX_TARGETS 4096
#define STATE_MAX_HASHES 256
#define STATE_HASH_SIZE 80
#define STATE_MAX_ADDRESSES 64
#define STATE_TEXT_SIZE 256     /* An ETag, a date and the like. */
#define STATE_ENDPOINT_SIZE 400 /* What a service calls itself. */

enum state_phase {
	STATE_LISTING,
	STATE_FETCHING,
	STATE_LOCAL,
	STATE_RELISTING,
	STATE_ANSWERS,
	STATE_SEALING
};

/* How it stands with one thing to list. */
enum state_outcome {
	STATE_WAITING,
	STATE_LISTED, /* To its last page. */
	STATE_ABSENT, /* 404 */
	STATE_DENIED,
	STATE_FAILED /* Began or not, it could not be listed whole. */
};

/* The containers of an account, or the blobs of a container. */
struct state_target {
	int service;        /* Index of the account. */
	char container[64]; /* "" for the list of containers. */
	bool is_named;      /* By --container. */
	int source; /* Index into sources.json; -1 before a page came. */
	enum state_outcome first; /* Of the listing. */
	enum state_outcome again; /* Of the one taken again. */
};

/* The large member that is begun. */
struct state_open {
	bool is_open;
	int64_t number; /* In the plan. */
	int64_t size;
	int64_t blocks; /* Committed ones, -1 if unsaid. */
	bool is_append;
	bool is_mismatched; /* A digest of the service denied a part. */
	char etag[STATE_TEXT_SIZE];
	char blob_type[STATE_TEXT_SIZE];
	char creation_time[STATE_TEXT_SIZE];
	char content_md5[STATE_TEXT_SIZE];
};

struct state {
	struct buf facts; /* What was asked for, facts_format. */
	int64_t prologue; /* Steps done before the first request. */
	enum state_phase phase;
	int64_t run; /* 0, and one more each time it is resumed. */

	/* Listing. */
	struct state_target * targets;
	size_t target_count;
	size_t target_room;
	int64_t source_count;
	/* By account: ServiceEndpoint of its pages, "" before one came. */
	char listed_as[STATE_MAX_SERVICES][STATE_ENDPOINT_SIZE];
	size_t at_target;       /* The one being listed. */
	int64_t folders_bytes;  /* Of folders.jsonl. */
	int64_t folders_top;    /* What is left of it; FOLDERS_EMPTY: all. */
	int64_t target_pages;   /* Stored of it so far, */
	int64_t target_entries; /* with as many entries, */
	int64_t target_pruned;  /* and folders out of scope. */
	int64_t pages;          /* Stored in this phase. */
	int64_t listed;         /* Blobs, those out of scope included. */
	int64_t duplicates;     /* Listed twice in a row. */

	/* Files of the work folder. */
	int64_t plan_bytes;
	int64_t plan_count;
	int64_t again_bytes;
	int64_t done_count;
	int64_t parts; /* Packages it is cut into; 0: not known yet. */

	/* Files of this machine. */
	int64_t local_planned;         /* 1: their plan is whole. */
	int64_t local_count;           /* In it. */
	int64_t local_at;              /* The next one. */
	int local_sources[KIND_COUNT]; /* By kind: the source, or -1. */

	/* Answers about the accounts. */
	int64_t answers_at; /* The next question. */
	int64_t answers;    /* That came and are stored. */

	/* What is in the package. */
	int64_t objects;
	int64_t bytes;
	int64_t gaps[GAP_REASON_COUNT];
	int64_t gap_lines;
	int64_t object_gaps; /* Gaps that are about a listed blob. */
	int64_t requests;
	int64_t connections;
	int64_t received;
	int64_t retries;
	int64_t mismatched; /* Objects that a digest of the service denies. */
	int64_t first_request_at;
	int64_t last_request_at;
	bool has_skew; /* The last one. */
	int64_t skew_lo_ms;
	int64_t skew_hi_ms;
	struct journal journal;
	int64_t batch_first; /* First object that no journal line names. */
	uint8_t running[DIGEST_SHA256_LEN]; /* SHA-256(running, line) */
	struct state_open open;
	struct buf credentials; /* credentials_used.h */
	char hashes[STATE_MAX_HASHES][STATE_HASH_SIZE];
	size_t hash_count;
	char addresses[STATE_MAX_ADDRESSES][STATE_HASH_SIZE]; /* Our own. */
	size_t address_count;
};

/**
 * state_init(s):
 * Make ${s} the state before anything was done.
 */
void state_init(struct state * s);

/**
 * state_add_target(s, service, container, e):
 * Add the target ${container} ("" for the list of containers) of account
 * ${service}.  Return it, valid until the next is added, or NULL with ${e} set.
 */
struct state_target * state_add_target(
    struct state * s, int service, const char * container, struct err * e);

/**
 * state_find_target(s, service, container):
 * Return the target ${container} of account ${service}, or NULL.
 */
struct state_target * state_find_target(
    const struct state * s, int service, const char * container);

/**
 * state_add_hash(s, hash):
 * Remember ${hash}, by which the storage logs name a credential, unless it is
 * there already, empty, or the table is full.
 */
void state_add_hash(struct state * s, const char * hash);

/**
 * state_add_address(s, address):
 * Remember ${address}, from which requests were sent, as state_add_hash does.
 */
void state_add_address(struct state * s, const char * address);

/**
 * state_losses(s):
 * Return how many gaps are a loss, that is all but those out of scope.
 */
int64_t state_losses(const struct state * s);

/**
 * state_format(s, out, e):
 * Append ${s} as one JSON document to ${out}.  Return 0, or -1 with ${e} set.
 */
int state_format(const struct state * s, struct buf * out, struct err * e);

/**
 * state_parse(bytes, len, s, e):
 * Read the document into ${s}, which state_init made and state_free releases.
 * Return 0, or -1 with ${e} set and ${s} in any state.
 */
int state_parse(
    const void * bytes, size_t len, struct state * s, struct err * e);

/**
 * state_free(s):
 * Release what ${s} owns.
 */
void state_free(struct state * s);

#endif
