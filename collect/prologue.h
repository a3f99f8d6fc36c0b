#ifndef COLLECT_PROLOGUE_H
#define COLLECT_PROLOGUE_H

#include <stddef.h>

#include "evidence/err.h"
#include "evidence/package_write.h"

#include "collect/facts.h"
#include "collect/options.h"
#include "collect/record.h"
#include "collect/service.h"
#include "collect/stamping.h"
#include "collect/state.h"

/*
 * What a package begins with, before the first request: bagit.txt, case.json,
 * tool.json, and the journal's first lines.  state.prologue counts the steps,
 * so that a run that was killed in between goes on where it stood.
 */
struct prologue {
	const char * package;
	const struct facts * facts;
	const struct options * options; /* Of this run. */
	const struct service * services;
	size_t service_count;
	struct state * state;
	struct record * record;
	struct package_write * w;
	struct stamping * stamping; /* For a token over case.json; or NULL. */
};

/**
 * prologue_run(p, e):
 * Do the steps that are left.  Return 0, or -1 with ${e} set.
 */
int prologue_run(const struct prologue * p, struct err * e);

/**
 * prologue_describe(p, event, e):
 * Append a journal line ${event} (JOURNAL_CREDENTIAL_DESCRIBED or
 * JOURNAL_CREDENTIAL_RENEWED) for the credential of each account.  Return 0, or
 * -1 with ${e} set.
 */
int prologue_describe(
    const struct prologue * p, enum journal_event event, struct err * e);

#endif
