#ifndef COLLECT_SESSION_H
#define COLLECT_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/package_seal.h"
#include "evidence/revisit.h"

#include "collect/options.h"
#include "collect/progress.h"
#include "collect/state.h"

/*
 * A collection from its first line to the sealed package, in one run or
 * several.
 *
 * Everything that a later run needs is in the checkpoints of the work folder
 * (state.h), credentials and the key aside.  Whatever ends a run - a signal, a
 * service that is down, a full disk, the power - leaves the work folder as the
 * last checkpoint says, and no file under the final name.
 */

struct session_result;

/* What a session tells while it runs; each may be NULL. */
struct session_report {
	void * cookie;
	/* One line for people: a warning, or with -v what is going on. */
	void (*say)(void * cookie, bool is_warning, const char * text);
	/* How far it is; often. */
	void (*progress)(void * cookie, const struct progress_now * now);
	/* A package that others of its group follow has its name. */
	void (*published)(void * cookie, const struct session_result * result);
};

/* How it ended. */
struct session_result {
	bool is_published;
	char file[PACKAGE_FILE_SIZE];      /* Of the package, in --out. */
	char work[256];                    /* The work folder, if it is left. */
	uint8_t sha256[DIGEST_SHA256_LEN]; /* Of the whole package file. */
	bool has_sha256;
	int64_t file_bytes;
	bool has_counts;
	int64_t listed;
	int64_t objects;
	int64_t bytes;
	int64_t gaps[GAP_REASON_COUNT];
	int64_t object_gaps; /* listed = objects + object_gaps */
	int64_t losses;      /* Gaps that something asked for is missing in. */
	int64_t losses_before; /* In packages of the group before this one. */
	int64_t part;          /* Of a group, from 1; 0: of none. */
	int64_t parts;         /* How many it has. */
	bool is_revisit;       /* Of --revisit, */
	bool is_revisited;     /* and what became of the open hours is known: */
	int64_t revisited[REVISIT_STATES];
	int64_t requests;
	int64_t retries;
	int64_t mismatched; /* Objects that a digest of the service denies. */
};

/**
 * session_run(o, report, result, e):
 * Collect as the options ${o} of the verb run say.  Fill ${result}, zeros by
 * now; of a group, for the last package begun.  Return 0
 * if the package is sealed and has its name, or -1 with ${e} set; then
 * ${result}.work names the folder to resume from, or is "" if nothing was
 * begun.
 */
int session_run(const struct options * o, const struct session_report * report,
    struct session_result * result, struct err * e);

/**
 * session_resume(o, report, result, e):
 * Go on with the work folder of the verb resume.  Return as session_run.
 */
int session_resume(const struct options * o,
    const struct session_report * report, struct session_result * result,
    struct err * e);

struct phases; /* phases.h */

/* What session_look hands out when all is listed. */
typedef int session_looked(
    void * cookie, const struct phases * p, struct err * e);

/**
 * session_look(o, report, take, cookie, e):
 * List what the options ${o} ask for, with a plan in a folder of its own that
 * is gone afterwards, and call ${take} with ${cookie}.  No package is made.
 * Return 0, or -1 with ${e} set.
 */
int session_look(const struct options * o, const struct session_report * report,
    session_looked * take, void * cookie, struct err * e);

#endif
