#ifndef TIMELINE_POLICY_H
#define TIMELINE_POLICY_H

#include <stdint.h>

#include "evidence/err.h"
#include "timeline/logging.h"
#include "timeline/output.h"

/*
 * Definitions for Azure Policy that would have requests to a storage service
 * logged from now on: deployIfNotExists, of the kind All, for every account of a
 * region that is given when one is assigned.  One each for a storage account, a
 * Log Analytics workspace, and an Event Hub as the place the logs go to, which
 * Azure wants in the same region (but for a workspace).  They are proposals to
 * whoever administers the accounts; nothing here applies them.
 */
#define POLICY_ACCOUNTS_MAX 1000 /* Named in a definition's metadata. */

struct policy_account {
	char * name;     /* Foreign text, as is */
	char * location; /* that; NULL: no record says it. */
};

struct policy_accounts {
	struct policy_account list[POLICY_ACCOUNTS_MAX];
	size_t count;
	int64_t total; /* With those that are not in the list. */
};

/**
 * policy_write(service, accounts, o, e):
 * Write policy-SERVICE-to-storage.json, policy-SERVICE-to-workspace.json, and
 * policy-SERVICE-to-event-hub.json for the ${accounts} into ${o}.  Return 0, or
 * -1 with ${e} set.
 */
int policy_write(enum logging_service service,
    const struct policy_accounts * accounts, struct output * o, struct err * e);

#endif
