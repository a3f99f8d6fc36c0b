#include <stddef.h>
#include <string.h>

#include "timeline/fold.h"

#include "timeline/operation.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Exact names, in any case. */
static const struct storage_operation {
	const char * name;
	enum event_action action;
} storage_operations[] = {
	{ "AbortCopyBlob", EVENT_ACTION_COPY },
	{ "AbortCopyFile", EVENT_ACTION_COPY },
	{ "CopyBlob", EVENT_ACTION_COPY },
	{ "CopyBlobDestination", EVENT_ACTION_COPY },
	{ "CopyBlobSource", EVENT_ACTION_COPY },
	{ "CopyFile", EVENT_ACTION_COPY },
	{ "CopyFileDestination", EVENT_ACTION_COPY },
	{ "CopyFileSource", EVENT_ACTION_COPY },
	{ "PutBlobFromURL", EVENT_ACTION_COPY },
	{ "PutBlockFromURL", EVENT_ACTION_COPY },
	{ "PutPageFromURL", EVENT_ACTION_COPY },
	{ "PutRangeFromURL", EVENT_ACTION_COPY },
	{ "AppendBlockFromURL", EVENT_ACTION_COPY },
	{ "IncrementalCopyBlob", EVENT_ACTION_COPY },

	{ "ListContainers", EVENT_ACTION_LIST_CONTAINERS },
	{ "ListFilesystems", EVENT_ACTION_LIST_CONTAINERS },
	{ "ListQueues", EVENT_ACTION_LIST_CONTAINERS },
	{ "ListShares", EVENT_ACTION_LIST_CONTAINERS },
	{ "QueryTables", EVENT_ACTION_LIST_CONTAINERS },
	{ "FindBlobsByTags", EVENT_ACTION_LIST_BLOBS },
	{ "ListBlobs", EVENT_ACTION_LIST_BLOBS },
	{ "ListDirectoriesAndFiles", EVENT_ACTION_LIST_BLOBS },
	{ "ListFiles", EVENT_ACTION_LIST_BLOBS },
	{ "ListFilesystemDir", EVENT_ACTION_LIST_BLOBS },
	{ "ListFilesystemFile", EVENT_ACTION_LIST_BLOBS },
	{ "ListPaths", EVENT_ACTION_LIST_BLOBS },
	{ "QueryDirectory", EVENT_ACTION_LIST_BLOBS },
	{ "GetBlockList", EVENT_ACTION_PROPERTIES },
	{ "GetPageRegions", EVENT_ACTION_PROPERTIES },
	{ "GetPageRanges", EVENT_ACTION_PROPERTIES },
	{ "ListRanges", EVENT_ACTION_PROPERTIES },
	{ "ListHandles", EVENT_ACTION_PROPERTIES },

	{ "GetBlob", EVENT_ACTION_READ },
	{ "GetFile", EVENT_ACTION_READ },
	{ "GetMessage", EVENT_ACTION_READ },
	{ "GetMessages", EVENT_ACTION_READ },
	{ "PeekMessage", EVENT_ACTION_READ },
	{ "PeekMessages", EVENT_ACTION_READ },
	{ "QueryBlobContents", EVENT_ACTION_READ },
	{ "QueryEntities", EVENT_ACTION_READ },
	{ "QueryEntity", EVENT_ACTION_READ },
	{ "Read", EVENT_ACTION_READ },
	{ "Negotiate", EVENT_ACTION_OTHER },
	{ "SessionSetup", EVENT_ACTION_OTHER },
	{ "Logoff", EVENT_ACTION_OTHER },
	{ "TreeConnect", EVENT_ACTION_OTHER },
	{ "TreeDisconnect", EVENT_ACTION_OTHER },
	{ "Echo", EVENT_ACTION_OTHER },
	{ "Cancel", EVENT_ACTION_OTHER },
	{ "Close", EVENT_ACTION_OTHER },
	{ "Lock", EVENT_ACTION_OTHER },
	{ "Ioctl", EVENT_ACTION_OTHER },
	{ "OplockBreak", EVENT_ACTION_OTHER },
	{ "ChangeNotify", EVENT_ACTION_PROPERTIES },
	{ "QueryInfo", EVENT_ACTION_PROPERTIES },
	{ "ReadFile", EVENT_ACTION_READ },

	{ "GetAccountInformation", EVENT_ACTION_PROPERTIES },
	{ "BlobPreflightRequest", EVENT_ACTION_PROPERTIES },
	{ "GetPathAccessControl", EVENT_ACTION_PROPERTIES },
	{ "GetPathStatus", EVENT_ACTION_PROPERTIES },

	{ "GetUserDelegationKey", EVENT_ACTION_SAS_ISSUE },

	{ "SetContainerACL", EVENT_ACTION_SET_ACCESS },
	{ "SetFilesystemACL", EVENT_ACTION_SET_ACCESS },
	{ "SetPathAccessControl", EVENT_ACTION_SET_ACCESS },
	{ "SetPathAccessControlRecursive", EVENT_ACTION_SET_ACCESS },
	{ "SetQueueACL", EVENT_ACTION_SET_ACCESS },
	{ "SetShareACL", EVENT_ACTION_SET_ACCESS },
	{ "SetTableACL", EVENT_ACTION_SET_ACCESS },
	{ "SetBlobServiceProperties", EVENT_ACTION_LOGGING_CHANGE },
	{ "SetFileServiceProperties", EVENT_ACTION_LOGGING_CHANGE },
	{ "SetQueueServiceProperties", EVENT_ACTION_LOGGING_CHANGE },
	{ "SetTableServiceProperties", EVENT_ACTION_LOGGING_CHANGE },
	{ "SetBlobImmutabilityPolicy", EVENT_ACTION_POLICY_CHANGE },
	{ "DeleteBlobImmutabilityPolicy", EVENT_ACTION_POLICY_CHANGE },
	{ "SetBlobLegalHold", EVENT_ACTION_POLICY_CHANGE },
};

/* Procedures of NFS version 3, behind "Nfs". */
static const struct storage_operation nfs_procedures[] = {
	{ "Read", EVENT_ACTION_READ },
	{ "ReadDir", EVENT_ACTION_LIST_BLOBS },
	{ "ReadDirPlus", EVENT_ACTION_LIST_BLOBS },
	{ "Access", EVENT_ACTION_PROPERTIES },
	{ "FsInfo", EVENT_ACTION_PROPERTIES },
	{ "FsStat", EVENT_ACTION_PROPERTIES },
	{ "GetAttr", EVENT_ACTION_PROPERTIES },
	{ "Lookup", EVENT_ACTION_PROPERTIES },
	{ "PathConf", EVENT_ACTION_PROPERTIES },
	{ "ReadLink", EVENT_ACTION_PROPERTIES },
	{ "Commit", EVENT_ACTION_WRITE },
	{ "Create", EVENT_ACTION_WRITE },
	{ "Link", EVENT_ACTION_WRITE },
	{ "MkDir", EVENT_ACTION_WRITE },
	{ "MkNod", EVENT_ACTION_WRITE },
	{ "Rename", EVENT_ACTION_WRITE },
	{ "SetAttr", EVENT_ACTION_WRITE },
	{ "SymLink", EVENT_ACTION_WRITE },
	{ "Write", EVENT_ACTION_WRITE },
	{ "Remove", EVENT_ACTION_DELETE },
	{ "RmDir", EVENT_ACTION_DELETE },
	{ "Null", EVENT_ACTION_OTHER },
};

/* Beginnings of names, behind the exact ones; the first match counts. */
static const struct storage_operation storage_beginnings[] = {
	{ "Delete", EVENT_ACTION_DELETE },
	{ "Clear", EVENT_ACTION_DELETE },
	{ "Undelete", EVENT_ACTION_WRITE },
	{ "Restore", EVENT_ACTION_WRITE },
	{ "Put", EVENT_ACTION_WRITE },
	{ "Append", EVENT_ACTION_WRITE },
	{ "Create", EVENT_ACTION_WRITE },
	{ "Insert", EVENT_ACTION_WRITE },
	{ "Merge", EVENT_ACTION_WRITE },
	{ "Update", EVENT_ACTION_WRITE },
	{ "Rename", EVENT_ACTION_WRITE },
	{ "Snapshot", EVENT_ACTION_WRITE },
	{ "Flush", EVENT_ACTION_WRITE },
	{ "Write", EVENT_ACTION_WRITE },
	{ "Set", EVENT_ACTION_WRITE },
};

/* Get...Properties, Get...Metadata and the like tell about things. */
static const char * const property_endings[] = { "Properties", "Metadata",
	"ACL", "Stats", "Tags", "Info" };

static enum event_action
by_category(const char * category)
{
	if (fold_is(category, "StorageRead"))
		return EVENT_ACTION_READ;
	if (fold_is(category, "StorageWrite"))
		return EVENT_ACTION_WRITE;
	if (fold_is(category, "StorageDelete"))
		return EVENT_ACTION_DELETE;
	return EVENT_ACTION_OTHER;
}

enum event_action
operation_storage_action(const char * name, const char * category)
{
	if (name == NULL)
		return by_category(category);
	/* SMB's Create opens what is there as well. */
	if (fold_is(name, "Create") && fold_is(category, "StorageRead"))
		return EVENT_ACTION_PROPERTIES;
	for (size_t i = 0;
	     fold_begins(name, "Nfs") && (i < COUNT(nfs_procedures)); i++) {
		if (fold_is(name + strlen("Nfs"), nfs_procedures[i].name))
			return nfs_procedures[i].action;
	}
	for (size_t i = 0; i < COUNT(storage_operations); i++) {
		if (fold_is(name, storage_operations[i].name))
			return storage_operations[i].action;
	}
	for (size_t i = 0; i < COUNT(property_endings); i++) {
		if (fold_begins(name, "Get") &&
		    fold_ends(name, property_endings[i]))
			return EVENT_ACTION_PROPERTIES;
	}
	for (size_t i = 0; i < COUNT(storage_beginnings); i++) {
		if (fold_begins(name, storage_beginnings[i].name))
			return storage_beginnings[i].action;
	}
	return by_category(category);
}

/* Parts of activity names; the first whose part and end both fit counts. */
static const struct activity_operation {
	const char * part;
	const char * end; /* NULL: any. */
	enum event_action action;
} activity_operations[] = {
	{ "/listKeys", "/action", EVENT_ACTION_KEY_LIST },
	{ "/regenerateKey", "/action", EVENT_ACTION_KEY_REGENERATE },
	{ "/rotateKey", "/action", EVENT_ACTION_KEY_REGENERATE },
	{ "/listAccountSas", "/action", EVENT_ACTION_SAS_ISSUE },
	{ "/listServiceSas", "/action", EVENT_ACTION_SAS_ISSUE },
	{ "/generateUserDelegationKey", "/action", EVENT_ACTION_SAS_ISSUE },
	{ "/beginGetAccess", "/action", EVENT_ACTION_SAS_ISSUE },
	{ "/revokeUserDelegationKeys", "/action", EVENT_ACTION_SET_ACCESS },

	{ "/diagnosticSettings", "/read", EVENT_ACTION_PROPERTIES },
	{ "/diagnosticSettings", NULL, EVENT_ACTION_LOGGING_CHANGE },
	{ "/extendedDiagnosticSettings", "/read", EVENT_ACTION_PROPERTIES },
	{ "/extendedDiagnosticSettings", NULL, EVENT_ACTION_LOGGING_CHANGE },
	{ "/logProfiles", "/read", EVENT_ACTION_PROPERTIES },
	{ "/logProfiles", NULL, EVENT_ACTION_LOGGING_CHANGE },
	{ "/networkWatchers", "/queryFlowLogStatus/action",
	    EVENT_ACTION_PROPERTIES },
	{ "/configureFlowLog", "/action", EVENT_ACTION_LOGGING_CHANGE },
	{ "/networkWatchers/flowLogs", "/write", EVENT_ACTION_LOGGING_CHANGE },
	{ "/networkWatchers/flowLogs", "/delete", EVENT_ACTION_LOGGING_CHANGE },
	{ "Microsoft.Network/networkWatchers", "/delete",
	    EVENT_ACTION_LOGGING_CHANGE },
	{ "Microsoft.OperationalInsights/workspaces", "/delete",
	    EVENT_ACTION_LOGGING_CHANGE },
	{ "Microsoft.OperationalInsights/workspaces", "/write",
	    EVENT_ACTION_LOGGING_CHANGE },
	{ "Microsoft.Insights/register", NULL, EVENT_ACTION_LOGGING_CHANGE },
	{ "Microsoft.Insights/unregister", NULL, EVENT_ACTION_LOGGING_CHANGE },
	{ "Microsoft.Insights/dataCollectionRules", "/write",
	    EVENT_ACTION_LOGGING_CHANGE },
	{ "Microsoft.Insights/dataCollectionRules", "/delete",
	    EVENT_ACTION_LOGGING_CHANGE },

	{ "Microsoft.Authorization/roleAssignments", "/write",
	    EVENT_ACTION_ROLE_CHANGE },
	{ "Microsoft.Authorization/roleAssignments", "/delete",
	    EVENT_ACTION_ROLE_CHANGE },
	{ "Microsoft.Authorization/roleDefinitions", "/write",
	    EVENT_ACTION_ROLE_CHANGE },
	{ "Microsoft.Authorization/roleDefinitions", "/delete",
	    EVENT_ACTION_ROLE_CHANGE },
	{ "/elevateAccess", "/action", EVENT_ACTION_ROLE_CHANGE },
	{ "Microsoft.Authorization/policy", "/write",
	    EVENT_ACTION_POLICY_CHANGE },
	{ "Microsoft.Authorization/policy", "/delete",
	    EVENT_ACTION_POLICY_CHANGE },
	{ "Microsoft.Authorization/locks", "/write",
	    EVENT_ACTION_POLICY_CHANGE },
	{ "Microsoft.Authorization/locks", "/delete",
	    EVENT_ACTION_POLICY_CHANGE },
	{ "/immutabilityPolicies", "/write", EVENT_ACTION_POLICY_CHANGE },
	{ "/immutabilityPolicies", "/delete", EVENT_ACTION_POLICY_CHANGE },
	{ "/immutabilityPolicies", "/action", EVENT_ACTION_POLICY_CHANGE },
	{ "/managementPolicies", "/write", EVENT_ACTION_POLICY_CHANGE },
	{ "/managementPolicies", "/delete", EVENT_ACTION_POLICY_CHANGE },
	{ "/objectReplicationPolicies", "/write", EVENT_ACTION_POLICY_CHANGE },
	{ "/setLegalHold", "/action", EVENT_ACTION_POLICY_CHANGE },
	{ "/clearLegalHold", "/action", EVENT_ACTION_POLICY_CHANGE },

	{ "Microsoft.Storage/storageAccounts/write", NULL,
	    EVENT_ACTION_SET_ACCESS },
	{ "/blobServices/containers", "/write", EVENT_ACTION_SET_ACCESS },
	{ "/blobServices/write", NULL, EVENT_ACTION_SET_ACCESS },
	{ "/localUsers", "/write", EVENT_ACTION_SET_ACCESS },

	{ "Microsoft.Network/", "/read", EVENT_ACTION_PROPERTIES },
	{ "Microsoft.Network/", NULL, EVENT_ACTION_NETWORK_CHANGE },

	{ "", "/read", EVENT_ACTION_PROPERTIES },
	{ "", "/delete", EVENT_ACTION_DELETE },
	{ "", "/write", EVENT_ACTION_WRITE },
};

/* The names that the portal shows and puts into its table, in English. */
static const struct storage_operation display_names[] = {
	{ "List Storage Account Keys", EVENT_ACTION_KEY_LIST },
	{ "Regenerate Storage Account Keys", EVENT_ACTION_KEY_REGENERATE },
	{ "Returns Storage Account SAS Token", EVENT_ACTION_SAS_ISSUE },
	{ "Returns Storage Service SAS Token", EVENT_ACTION_SAS_ISSUE },
	{ "Get Disk SAS URI", EVENT_ACTION_SAS_ISSUE },
	{ "Update Storage Account Create", EVENT_ACTION_SET_ACCESS },
	{ "Create/Update Storage Account", EVENT_ACTION_SET_ACCESS },
	{ "Delete Storage Account", EVENT_ACTION_DELETE },
	{ "Put blob container", EVENT_ACTION_SET_ACCESS },
	{ "Create role assignment", EVENT_ACTION_ROLE_CHANGE },
	{ "Delete role assignment", EVENT_ACTION_ROLE_CHANGE },
	{ "Create or update resource diagnostic setting",
	    EVENT_ACTION_LOGGING_CHANGE },
	{ "Delete resource diagnostic setting", EVENT_ACTION_LOGGING_CHANGE },
	{ "Create or Update Network Security Group",
	    EVENT_ACTION_NETWORK_CHANGE },
	{ "Delete Network Security Group", EVENT_ACTION_NETWORK_CHANGE },
	{ "Create or Update Security Rule", EVENT_ACTION_NETWORK_CHANGE },
	{ "Delete Security Rule", EVENT_ACTION_NETWORK_CHANGE },
	{ "Delete Network Watcher", EVENT_ACTION_LOGGING_CHANGE },
};

enum event_action
operation_activity_action(const char * name, const char * resource_id)
{
	const struct activity_operation * o;

	if (name == NULL)
		return EVENT_ACTION_OTHER;
	for (size_t i = 0; i < COUNT(activity_operations); i++) {
		o = &activity_operations[i];
		if ((fold_find(name, o->part) != NULL) &&
		    ((o->end == NULL) || fold_ends(name, o->end)))
			return o->action;
	}
	for (size_t i = 0; i < COUNT(display_names); i++) {
		if (fold_is(name, display_names[i].name))
			return display_names[i].action;
	}
	/* A setting that is named by its resource alone. */
	if (fold_find(resource_id,
		"/providers/microsoft.insights/diagnosticSettings/") != NULL)
		return EVENT_ACTION_LOGGING_CHANGE;
	return EVENT_ACTION_OTHER;
}

/* Application ids that Microsoft publishes for its own clients. */
static const struct application {
	const char * id;
	enum event_client client;
} applications[] = {
	{ "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", EVENT_CLIENT_PORTAL },
	{ "04b07795-8ddb-461a-bbee-02f9e1bf7b46", EVENT_CLIENT_CLI },
	{ "1950a258-227b-4e31-a9cf-717495945fc2", EVENT_CLIENT_POWERSHELL },
	{ "579a7132-0e58-4d80-b1e1-7a1e2d337859", EVENT_CLIENT_AZCOPY },
	{ "872cd9fa-d31f-45e0-9eab-6e460a02d1f1", EVENT_CLIENT_SDK },
	{ "aebc6443-996d-45c2-90f0-388ff96faa56", EVENT_CLIENT_SDK },
	/* Seen to enable flow logs; which service it is was never said. */
	{ "2cf9eb86-36b5-49dc-86ae-9a63135dfa8c", EVENT_CLIENT_PROVIDER },
	{ "262044b1-e2ce-469f-a196-69ab7ada62d3", EVENT_CLIENT_PROVIDER },
	{ "a6aa9161-5291-40bb-8c5c-923b567bee3b", EVENT_CLIENT_PROVIDER },
};

enum event_client
operation_client(const char * app_id)
{
	if (app_id == NULL)
		return EVENT_CLIENT_ABSENT;
	for (size_t i = 0; i < COUNT(applications); i++) {
		if (fold_is(app_id, applications[i].id))
			return applications[i].client;
	}
	return EVENT_CLIENT_ABSENT;
}
