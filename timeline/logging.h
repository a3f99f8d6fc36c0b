#ifndef TIMELINE_LOGGING_H
#define TIMELINE_LOGGING_H

#include "evidence/err.h"
#include "timeline/output.h"
#include "timeline/store.h"

/*
 * Which requests were logged, for each storage account that any record names:
 * by service and category, from the records themselves.  Records show that they
 * were logged when they were; their absence shows nothing.
 */
enum logging_service {
	LOGGING_BLOB,
	LOGGING_FILE,
	LOGGING_QUEUE,
	LOGGING_TABLE
};
#define LOGGING_SERVICES 4

enum logging_category {
	LOGGING_READ,
	LOGGING_WRITE,
	LOGGING_DELETE
};
#define LOGGING_CATEGORIES 3

/**
 * logging_service_name(service):
 * Return "blob", "file", "queue", or "table".
 */
const char * logging_service_name(enum logging_service service);

/**
 * logging_make(s, e):
 * Fill the table logging of ${s}: a row an account, service, and category, with
 * how many records there are, when the first and the last was, and how often and
 * when last the activity log has a change of the service's diagnostic settings.
 * Return 0, or -1 with ${e} set.
 */
int logging_make(struct store * s, struct err * e);

/**
 * logging_export(s, o, e):
 * Write logging.csv into ${o}, and for each service of which an account has no
 * record of a read the definitions that timeline/policy.h writes: for blobs in
 * any case, for the other services where the account is known to use them.
 * Return 0, or -1 with ${e} set.
 */
int logging_export(struct store * s, struct output * o, struct err * e);

#endif
