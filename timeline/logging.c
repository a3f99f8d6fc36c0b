#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/text.h"
#include "timeline/fold.h"
#include "timeline/policy.h"
#include "timeline/table_export.h"

#include "timeline/logging.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define NONE (-1)

static const char * const columns[] = { "account", "service", "category",
	"state", "records", "first_time", "last_time", "location", "changes",
	"last_change_time" };

/* What is known of one category of one service. */
struct cell {
	int64_t records;
	int64_t first;
	int64_t last;
};

struct account {
	char * name;     /* NULL: none yet. */
	char * location; /* Of the account's records; NULL if none says it. */
	struct cell cells[LOGGING_SERVICES][LOGGING_CATEGORIES];
	int64_t changes[LOGGING_SERVICES];
	int64_t last_change[LOGGING_SERVICES];
	struct store_bulk * bulk;
};

const char *
logging_service_name(enum logging_service service)
{
	switch (service) {
	case LOGGING_BLOB:
		return "blob";
	case LOGGING_FILE:
		return "file";
	case LOGGING_QUEUE:
		return "queue";
	case LOGGING_TABLE:
		return "table";
	}
	return "";
}

static const char *
category_name(int category)
{
	static const char * const names[LOGGING_CATEGORIES] = { "StorageRead",
		"StorageWrite", "StorageDelete" };

	return names[category];
}

/* The service whose log a request is in: dfs and web are blob's. */
static int
service_of(const char * text)
{
	for (int i = 0; i < LOGGING_SERVICES; i++) {
		if (fold_is(
			text, logging_service_name((enum logging_service)i)))
			return i;
	}
	if (fold_is(text, "dfs") || fold_is(text, "web"))
		return LOGGING_BLOB;
	return NONE;
}

/* Classic logs name no category; there the action tells. */
static int
category_of(const char * category, const char * action)
{
	static const char * const writes[] = { "write", "copy", "set-access" };

	for (int i = 0; i < LOGGING_CATEGORIES; i++) {
		if (fold_is(category, category_name(i)))
			return i;
	}
	if (fold_is(action, "delete"))
		return LOGGING_DELETE;
	for (size_t i = 0; i < COUNT(writes); i++) {
		if (fold_is(action, writes[i]))
			return LOGGING_WRITE;
	}
	return LOGGING_READ;
}

/* The service whose settings the resource is, or all of an account's. */
static int
service_of_setting(const char * resource)
{
	static const char * const parts[LOGGING_SERVICES] = { "/blobservices/",
		"/fileservices/", "/queueservices/", "/tableservices/" };

	for (int i = 0; i < LOGGING_SERVICES; i++) {
		if (fold_find(resource, parts[i]) != NULL)
			return i;
	}
	return NONE;
}

static int
put_cell(const struct account * a, int service, int category, struct err * e)
{
	const struct cell * cell = &a->cells[service][category];
	struct store_value row[COUNT(columns)];

	row[0] = store_text(a->name);
	row[1] =
	    store_text(logging_service_name((enum logging_service)service));
	row[2] = store_text(category_name(category));
	row[3] = store_text((cell->records > 0) ? "logged" : "no record");
	row[4] = store_integer(cell->records);
	row[5] = store_integer(cell->first);
	row[6] = store_integer(cell->last);
	row[7] = store_text(a->location);
	row[8] = store_integer(a->changes[service]);
	row[9] = store_integer(a->last_change[service]);
	return store_bulk_row(a->bulk, row, e);
}

/* Put the rows of ${a}, if there is one, and forget it. */
static int
end_account(struct account * a, struct err * e)
{
	struct store_bulk * bulk = a->bulk;
	int rc = 0;

	for (int i = 0; (a->name != NULL) && (i < LOGGING_SERVICES); i++) {
		for (int k = 0; (rc == 0) && (k < LOGGING_CATEGORIES); k++)
			rc = put_cell(a, i, k, e);
	}
	free(a->name);
	free(a->location);
	memset(a, 0, sizeof(*a));
	a->bulk = bulk;
	for (int i = 0; i < LOGGING_SERVICES; i++) {
		a->last_change[i] = CLOCK_UNKNOWN;
		for (int k = 0; k < LOGGING_CATEGORIES; k++) {
			a->cells[i][k].first = CLOCK_UNKNOWN;
			a->cells[i][k].last = CLOCK_UNKNOWN;
		}
	}
	return rc;
}

static void
add_records(struct account * a, int service, int category, int64_t records,
    int64_t first, int64_t last)
{
	struct cell * cell = &a->cells[service][category];

	cell->records += records;
	if ((cell->first == CLOCK_UNKNOWN) || (first < cell->first))
		cell->first = first;
	if ((cell->last == CLOCK_UNKNOWN) || (last > cell->last))
		cell->last = last;
}

/* A change of the account's own settings may bear on each of its services. */
static void
add_changes(struct account * a, int service, int64_t changes, int64_t last)
{
	for (int i = 0; i < LOGGING_SERVICES; i++) {
		if ((service != NONE) && (i != service))
			continue;
		a->changes[i] += changes;
		if ((a->last_change[i] == CLOCK_UNKNOWN) ||
		    (last > a->last_change[i]))
			a->last_change[i] = last;
	}
}

/* account, sort, service, category, action, resource, location, count, times */
static int
take_row(void * cookie, const struct store_row * row, struct err * e)
{
	struct account * a = cookie;
	const struct store_value * v = row->values;
	int service;

	if ((a->name == NULL) || (strcmp(a->name, v[0].bytes) != 0)) {
		if (end_account(a, e) != 0)
			return -1;
		a->name = text_copy(v[0].bytes, e);
		if (a->name == NULL)
			return -1;
	}
	switch (v[1].integer) {
	case 1: /* Requests. */
		service = service_of(v[2].bytes);
		if (service != NONE)
			add_records(a, service,
			    category_of(v[3].bytes, v[4].bytes), v[7].integer,
			    v[8].integer, v[9].integer);
		if ((a->location == NULL) && (v[6].kind == STORE_TEXT)) {
			a->location = text_copy(v[6].bytes, e);
			if (a->location == NULL)
				return -1;
		}
		return 0;
	case 2: /* Changes of settings. */
		add_changes(a, service_of_setting(v[5].bytes), v[7].integer,
		    v[9].integer);
		return 0;
	}
	return 0; /* The account is named, and no more. */
}

static const char known[] =
    "SELECT account AS account, 1 AS sort, service AS service,"
    " category AS category, action AS action, NULL AS resource,"
    " MIN(location) AS location, COUNT(*) AS n, MIN(time) AS first_time,"
    " MAX(time) AS last_time FROM event WHERE source IN ('storage',"
    " 'storage-classic', 'la-storage') AND account IS NOT NULL"
    " AND time IS NOT NULL GROUP BY account, service, category, action"
    " UNION ALL SELECT account, 2, NULL, NULL, NULL, resource_id, NULL,"
    " COUNT(*), MIN(time), MAX(time) FROM event WHERE source IN ('activity',"
    " 'la-activity') AND action = 'logging-change' AND account IS NOT NULL"
    " AND time IS NOT NULL GROUP BY account, resource_id"
    " UNION ALL SELECT account, 3, NULL, NULL, NULL, NULL, NULL, COUNT(*),"
    " MIN(time), MAX(time) FROM event WHERE source IN ('activity',"
    " 'la-activity') AND account IS NOT NULL AND time IS NOT NULL"
    " GROUP BY account ORDER BY 1, 2, 3, 4, 5, 6";

int
logging_make(struct store * s, struct err * e)
{
	struct account a = { .name = NULL };
	int rc = -1;

	if (store_schema(s,
		"CREATE TABLE logging (account TEXT NOT NULL,"
		" service TEXT NOT NULL, category TEXT NOT NULL,"
		" state TEXT NOT NULL, records BIGINT NOT NULL,"
		" first_time BIGINT, last_time BIGINT, location TEXT,"
		" changes BIGINT NOT NULL, last_change_time BIGINT);",
		e) != 0)
		return -1;
	a.bulk = store_bulk_begin(s, "logging", columns, COUNT(columns), e);
	if (a.bulk == NULL)
		return -1;
	(void)end_account(&a, e);
	if (store_run(s, known, take_row, &a, e) != 0)
		goto out;
	rc = 0;

out:
	if (rc != 0) {
		free(a.name);
		a.name = NULL;
	}
	if (end_account(&a, e) != 0)
		rc = -1;
	if (store_bulk_end(a.bulk, e) != 0)
		rc = -1;
	return rc;
}

static int
take_wanting(void * cookie, const struct store_row * row, struct err * e)
{
	struct policy_accounts * accounts = cookie;
	struct policy_account * one;
	const struct store_value * v = row->values;

	accounts->total++;
	if (accounts->count == POLICY_ACCOUNTS_MAX)
		return 0;
	one = &accounts->list[accounts->count++];
	one->name = text_copy(v[0].bytes, e);
	one->location = NULL;
	if ((one->name != NULL) && (v[1].kind == STORE_TEXT))
		one->location = text_copy(v[1].bytes, e);
	return (e->kind == ERR_NONE) ? 0 : -1;
}

/* Write the policies for one service, if some account is in want of them. */
static int
export_policies(struct store * s, enum logging_service service,
    struct output * o, struct err * e)
{
	struct policy_accounts accounts = { .count = 0 };
	const char * name = logging_service_name(service);
	struct buf sql = { 0 };
	int rc = -1;

	if (buf_addf(&sql, e,
		"SELECT l.account AS account, MIN(l.location) AS location"
		" FROM logging AS l WHERE l.service = '%s' GROUP BY l.account"
		" HAVING SUM(CASE WHEN l.category = 'StorageRead'"
		" THEN l.records ELSE 0 END) = 0 AND SUM(l.records + %d) > 0"
		" ORDER BY l.account",
		name, (service == LOGGING_BLOB) ? 1 : 0) != 0)
		goto out;
	if (store_run(s, buf_text(&sql), take_wanting, &accounts, e) != 0)
		goto out;
	rc = (accounts.count > 0) ? policy_write(service, &accounts, o, e) : 0;

out:
	for (size_t i = 0; i < accounts.count; i++) {
		free(accounts.list[i].name);
		free(accounts.list[i].location);
	}
	buf_free(&sql);
	return rc;
}

int
logging_export(struct store * s, struct output * o, struct err * e)
{
	if (table_export(s,
		"account,service,category,state,records,first_time,last_time,"
		"location,changes,last_change_time,meaning",
		"(SELECT logging.*, CASE state WHEN 'logged' THEN 'records are"
		" there: it was logged when they were, and no more is known'"
		" ELSE 'no record: not enabled, idle, filtered or deleted, the"
		" logs cannot tell' END AS meaning FROM logging) AS t"
		" ORDER BY account, service, category",
		"logging.csv", o, e) != 0)
		return -1;
	for (int i = 0; i < LOGGING_SERVICES; i++) {
		if (export_policies(s, (enum logging_service)i, o, e) != 0)
			return -1;
	}
	return 0;
}
