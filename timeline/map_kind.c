#include <string.h>

#include "timeline/fold.h"

#include "timeline/map.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What a record can turn out to be. */
enum log {
	LOG_UNKNOWN,
	LOG_NSG,
	LOG_VNET,
	LOG_STORAGE,
	LOG_ACTIVITY,
	LOG_PORTAL_ACTIVITY,
	LOG_LA_STORAGE,
	LOG_LA_ACTIVITY,
	LOG_TRAFFIC
};

struct word {
	const char * name;
	enum log log;
};

static const struct word categories[] = {
	{ "NetworkSecurityGroupFlowEvent", LOG_NSG },
	{ "FlowLogFlowEvent", LOG_VNET },
	{ "StorageRead", LOG_STORAGE },
	{ "StorageWrite", LOG_STORAGE },
	{ "StorageDelete", LOG_STORAGE },
	{ "Administrative", LOG_ACTIVITY },
	{ "Write", LOG_ACTIVITY },
	{ "Delete", LOG_ACTIVITY },
	{ "Action", LOG_ACTIVITY },
	{ "ServiceHealth", LOG_ACTIVITY },
	{ "ResourceHealth", LOG_ACTIVITY },
	{ "Alert", LOG_ACTIVITY },
	{ "Autoscale", LOG_ACTIVITY },
	{ "Recommendation", LOG_ACTIVITY },
	{ "Security", LOG_ACTIVITY },
	{ "Policy", LOG_ACTIVITY },
};

/* The column Type of a row of Log Analytics. */
static const struct word tables[] = {
	{ "AzureActivity", LOG_LA_ACTIVITY },
	{ "StorageBlobLogs", LOG_LA_STORAGE },
	{ "StorageFileLogs", LOG_LA_STORAGE },
	{ "StorageQueueLogs", LOG_LA_STORAGE },
	{ "StorageTableLogs", LOG_LA_STORAGE },
	{ "AzureNetworkAnalytics_CL", LOG_TRAFFIC },
	{ "NTANetAnalytics", LOG_TRAFFIC },
};

/* The catalogue's words (package-format.md). */
static const struct word hints[] = {
	{ "nsg-flow", LOG_NSG },
	{ "vnet-flow", LOG_VNET },
	{ "storage-read", LOG_STORAGE },
	{ "storage-write", LOG_STORAGE },
	{ "storage-delete", LOG_STORAGE },
	{ "storage", LOG_STORAGE },
	{ "activity", LOG_ACTIVITY },
	{ "activity-legacy", LOG_ACTIVITY },
};

static enum log
find_word(const struct word * table, size_t count, const char * name)
{
	for (size_t i = 0; i < count; i++) {
		if (fold_is(name, table[i].name))
			return table[i].log;
	}
	return LOG_UNKNOWN;
}

static bool
has(const struct record_value * object, const char * names)
{
	return map_any(object, names) != NULL;
}

/* A row of Log Analytics by columns that no other of its tables has. */
static enum log
log_by_columns(const struct record_value * root)
{
	const char * table = map_text(root, "Type");
	enum log log = find_word(tables, COUNT(tables), table);

	if ((log != LOG_UNKNOWN) || (table != NULL))
		return log;
	if (has(root, "FlowType_s|SubType_s|NSGList_s") ||
	    (has(root, "FlowType|SubType") &&
		has(root, "FlowDirection|FlowStatus|L4Protocol")))
		return LOG_TRAFFIC;
	if (has(root, "OperationNameValue|ActivityStatusValue") ||
	    (has(root, "OperationName") &&
		has(root, "ActivityStatus|ActivitySubstatus|Caller")))
		return LOG_LA_ACTIVITY;
	if (has(root, "OperationName") &&
	    has(root, "AuthenticationType|ObjectKey|Uri|MetricResponseType"))
		return LOG_LA_STORAGE;
	return LOG_UNKNOWN;
}

/* By the members that no other kind has. */
static enum log
log_by_shape(const struct record_value * root)
{
	const struct record_value * properties = record_get(root, "properties");
	const char * operation = map_text(root, "operationName");
	const char * resource = map_text(root, "resourceId");
	bool ignored;

	if (record_get(root, "flowRecords") != NULL)
		return LOG_VNET;
	if (map_array(properties, "flows") != NULL)
		return LOG_NSG;
	if (map_time_text(root, "TimeGenerated", &ignored) != NULL)
		return log_by_columns(root);
	if (has(root, "Operation name") &&
	    has(root, "Event initiated by|Correlation id|Time stamp|Time"))
		return LOG_PORTAL_ACTIVITY;
	if (record_get(properties, "objectKey") != NULL)
		return LOG_STORAGE;
	if ((operation != NULL) && (strchr(operation, '/') == NULL) &&
	    fold_ends(resource, "Services/default") &&
	    (fold_find(resource, "/microsoft.storage/storageAccounts/") !=
		NULL))
		return LOG_STORAGE;
	if ((map_member(root, "eventTimestamp") != NULL) ||
	    ((operation != NULL) && (strchr(operation, '/') != NULL) &&
		(fold_begins(operation, "microsoft.") ||
		    (map_text(root, "resultType") != NULL))))
		return LOG_ACTIVITY;
	return LOG_UNKNOWN;
}

static enum log
classify(const struct map * m)
{
	const char * category = map_text(m->root, "category");
	enum log log = LOG_UNKNOWN;
	bool ignored;
	bool is_row;

	/* Rows of Log Analytics have a category too, that of their record. */
	is_row = map_time_text(m->root, "TimeGenerated", &ignored) != NULL;
	if (!is_row)
		log = find_word(categories, COUNT(categories), category);
	if (log == LOG_UNKNOWN)
		log = log_by_shape(m->root);
	/* A category that we do not know is no empty place for a hint. */
	if ((log == LOG_UNKNOWN) && (category == NULL) && !is_row)
		log = find_word(hints, COUNT(hints), m->kind);
	return log;
}

/* Say what it is called, where it says so itself. */
static enum map_result
refuse_unknown(struct map * m)
{
	const char * table = map_text(m->root, "Type");
	const char * category = map_text(m->root, "category");

	if ((table != NULL) && has(m->root, "TimeGenerated"))
		return map_refuse(m, EVENT_REASON_KIND,
		    "a row of the Log Analytics table \"%.60s\", which is not "
		    "read",
		    table);
	if (map_array(m->root, "tables") != NULL)
		return map_refuse(m, EVENT_REASON_KIND,
		    "an answer of the Log Analytics query service, which is "
		    "not read: export its rows");
	if (category != NULL)
		return map_refuse(m, EVENT_REASON_KIND,
		    "a record of the category \"%.60s\", which is no kind "
		    "that is known",
		    category);
	return map_refuse(
	    m, EVENT_REASON_KIND, "a record of no kind that is known");
}

enum map_result
map_record(struct map * m, struct err * e)
{
	m->tuples = 0;
	m->part_count = 0;
	switch (classify(m)) {
	case LOG_NSG:
		return map_nsg(m, e);
	case LOG_VNET:
		return map_vnet(m, e);
	case LOG_STORAGE:
		return map_storage(m, e);
	case LOG_ACTIVITY:
		return map_activity(m, e);
	case LOG_PORTAL_ACTIVITY:
		return map_portal_activity(m, e);
	case LOG_LA_STORAGE:
		return map_la_storage(m, e);
	case LOG_LA_ACTIVITY:
		return map_la_activity(m, e);
	case LOG_TRAFFIC:
		return map_traffic(m, e);
	case LOG_UNKNOWN:
		break;
	}
	return refuse_unknown(m);
}

void
map_free(struct map * m)
{
	for (size_t i = 0; i < MAP_PARTS; i++)
		record_free(m->parts[i]);
	classic_free(&m->classic);
	arena_free(&m->arena);
}
