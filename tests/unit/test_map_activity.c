/* Activities to events, in every form they are exported in; names to actions. */
#include "timeline/agent.h"
#include "timeline/operation.h"

#include "tests/unit/events.h"

#define XMLSOAP "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
#define MICROSOFT "http://schemas.microsoft.com/identity/claims/"

static void
read_one(const char * text)
{
	struct reader_counts c = events_read(text, NULL);

	EXPECT((c.events == 1) && (c.quarantined == 0));
}

/* What every form of the same activity must come to. */
static void
expect_same(void)
{
	EXPECT_GET(0, "source", "activity");
	EXPECT_GET(0, "time", "2024-12-24T10:30:00.1200000Z");
	EXPECT_GET(0, "time_kind", "generated");
	EXPECT_GET(0, "action", "key-list");
	EXPECT_GET(0, "outcome", "success");
	EXPECT_GET(0, "src_ip", "1.2.3.4");
	EXPECT_GET(0, "actor", "a@b.example");
	EXPECT_GET(0, "actor_kind", "user");
	EXPECT_GET(0, "account", "acct");
	EXPECT_GET(0, "subscription", "ab-1");
	EXPECT_GET(0, "correlation_id", "c1");
	EXPECT_GET(0, "flags", "");
}

static void
map_activity_reads_the_exported_form(void)
{
	read_one(
	    "{\"time\":\"2024-12-24T10:30:00.12Z\",\"resourceId\":"
	    "\"/SUBSCRIPTIONS/AB-1/RESOURCEGROUPS/R/PROVIDERS/"
	    "MICROSOFT.STORAGE/STORAGEACCOUNTS/ACCT\",\"operationName\":"
	    "\"MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION\","
	    "\"category\":\"Action\",\"resultType\":\"Success\","
	    "\"resultSignature\":\"Succeeded.OK\",\"durationMs\":\"2826\","
	    "\"callerIpAddress\":\"1.2.3.4\",\"correlationId\":\"c1\","
	    "\"identity\":{\"authorization\":{\"evidence\":{\"role\":\"Owner\","
	    "\"principalType\":\"User\"}},\"claims\":{\"" XMLSOAP "upn\":"
	    "\"a@b.example\",\"name\":\"A B\",\"appid\":"
	    "\"c44b4083-3bb0-49c1-b47d-974e53cbdf3c\",\"" MICROSOFT
	    "objectidentifier\":\"oid\",\"" MICROSOFT "tenantid\":\"tid\"}},"
	    "\"properties\":{\"eventCategory\":\"Administrative\","
	    "\"operationId\":\"o1\",\"serviceRequestId\":\"s1\"}}");
	expect_same();
	EXPECT_GET(0, "duration_ms", "2826");
	EXPECT_GET(0, "time_end", "2024-12-24T10:30:02.9460000Z");
	EXPECT_GET(0, "client", "portal");
	EXPECT_GET(0, "role", "Owner");
	EXPECT_GET(0, "actor_id", "oid");
	EXPECT_GET(0, "tenant_id", "tid");
	EXPECT_GET(0, "category", "Administrative");
	EXPECT_GET(0, "operation_id", "o1");
	EXPECT_GET(0, "request_id", "s1");
}

static void
map_activity_reads_an_array_of_rest(void)
{
	struct reader_counts c;

	c = events_read(
	    "[\n  {\n    \"authorization\": {\"action\": \"x\"},\n"
	    "    \"caller\": \"a@b.example\",\n    \"claims\": {\"" XMLSOAP
	    "upn\": \"a@b.example\"},\n    \"correlationId\": \"c1\",\n"
	    "    \"eventTimestamp\": \"2024-12-24T10:30:00.12Z\",\n"
	    "    \"operationName\": {\"localizedValue\": \"List Keys\", "
	    "\"value\": \"Microsoft.Storage/storageAccounts/listKeys/action\""
	    "},\n    \"httpRequest\": {\"clientIpAddress\": \"1.2.3.4\"},\n"
	    "    \"status\": {\"value\": \"Succeeded\"},\n    \"subStatus\": "
	    "{\"value\": \"\"},\n    \"resourceId\": \"/subscriptions/ab-1/"
	    "resourceGroups/r/providers/Microsoft.Storage/storageAccounts/"
	    "acct\",\n    \"category\": {\"value\": \"Administrative\"},\n"
	    "    \"eventDataId\": \"e1\"\n  }\n]\n",
	    NULL);
	EXPECT(c.events == 1);
	expect_same();
	EXPECT_GET(0, "event_data_id", "e1");
	EXPECT_GET(0, "status_text", "");
	/* The same in the envelope of the service's own answer. */
	c = events_read("{\"value\":[{\"eventTimestamp\":\"2024-12-24T10:30:00Z"
			"\",\"operationName\":{\"value\":\"a/b/write\"}}],"
			"\"nextLink\":\"https://x\"}",
	    NULL);
	EXPECT((c.events == 1) && (c.quarantined == 1));
}

static void
map_activity_reads_a_dump_of_the_sdk(void)
{
	read_one(
	    "{\"claims\":{\"" XMLSOAP "upn\":\"a@b.example\"},"
	    "\"correlation_id\":\"c1\",\"event_timestamp\":"
	    "\"2024-12-24 10:30:00.120000+00:00\",\"operation_name\":{"
	    "\"value\":\"Microsoft.Storage/storageAccounts/listKeys/action\","
	    "\"localized_value\":\"x\"},\"http_request\":{"
	    "\"client_ip_address\":\"1.2.3.4\"},\"status\":{\"value\":"
	    "\"Succeeded\"},\"resource_id\":\"/subscriptions/ab-1/"
	    "resourceGroups/r/providers/microsoft.storage/storageaccounts/"
	    "acct/blobServices/default\"}");
	expect_same();
	EXPECT_GET(0, "service", "blob");
}

static void
map_activity_reads_the_words_of_both_worlds(void)
{
	static const struct row {
		const char * status;
		const char * sub;
		const char * outcome;
	} rows[] = { { "Start", "Started.", "started" },
		{ "Started", "", "started" }, { "Success", "200", "success" },
		{ "Succeeded", "", "success" }, { "SUCCESS", "", "success" },
		{ "Accept", "Accepted.Accepted", "accepted" },
		{ "Accepted", "", "accepted" },
		{ "Failure", "Failed.Forbidden", "denied" },
		{ "Failed", "403", "denied" },
		{ "Failed", "Unauthorized", "denied" },
		{ "Failed", "Conflict", "failure" },
		{ "Failed", "", "failure" }, { "Active", "", "" } };
	char text[512];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(text, sizeof(text),
		    "{\"time\":\"2024-12-24T10:30:00Z\",\"category\":"
		    "\"Administrative\",\"operationName\":\"a/b\","
		    "\"resultType\":\"%s\",\"resultSignature\":\"%s\"}",
		    rows[i].status, rows[i].sub);
		read_one(text);
		EXPECT_GET(0, "outcome", rows[i].outcome);
		EXPECT_GET(0, "status", rows[i].status);
	}
}

static void
map_activity_names_the_actor_by_the_best_claim(void)
{
	static const struct row {
		const char * claims;
		const char * actor;
		const char * kind;
	} rows[] = {
		{ "\"" XMLSOAP "upn\":\"u\",\"" XMLSOAP "name\":\"n\"", "u",
		    "user" },
		{ "\"upn\":\"u\",\"name\":\"n\"", "u", "user" },
		{ "\"" XMLSOAP "name\":\"n\",\"name\":\"d\"", "n", "user" },
		{ "\"name\":\"d\"", "d", "user" },
		{ "\"appid\":\"a\",\"idtyp\":\"app\",\"" MICROSOFT
		  "objectidentifier\":\"o\"",
		    "o", "application" },
		{ "\"appid\":\"a\"", "a", "application" },
		{ "\"oid\":\"o\",\"xms_mirid\":\"/x\"", "o",
		    "managed-identity" },
		{ "\"upn\":\"\"", "", "" },
		{ "\"aud\":\"x\"", "", "" },
	};
	char text[1024];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(text, sizeof(text),
		    "{\"category\":\"Write\",\"operationName\":\"a/b\","
		    "\"identity\":{\"claims\":{%s}}}",
		    rows[i].claims);
		read_one(text);
		EXPECT_GET(0, "actor", rows[i].actor);
		EXPECT_GET(0, "actor_kind", rows[i].kind);
	}
}

static void
map_activity_shows_two_times_that_differ(void)
{
	read_one("{\"category\":\"Write\",\"operationName\":\"a/b\",\"time\":"
		 "\"2024-12-24T10:30:00Z\",\"eventTimestamp\":"
		 "\"2020-01-01T00:00:00Z\"}");
	EXPECT_GET(0, "time", "2024-12-24T10:30:00.0000000Z");
	EXPECT_GET(0, "flags", "conflict");
	EXPECT_GET(
	    0, "note", "time and eventTimestamp differ (2020-01-01T00:00:00Z)");
	read_one("{\"category\":\"Write\",\"operationName\":\"a/b\",\"time\":"
		 "\"2024-12-24T10:30:00Z\",\"eventTimestamp\":"
		 "\"2024-12-24T11:30:00+01:00\"}");
	EXPECT_GET(0, "flags", "");
}

static void
map_record_quarantines_what_it_does_not_know(void)
{
	struct reader_counts c;

	c = events_read("{\"TimeGenerated\":\"2024-12-24T10:30:00Z\",\"Type\":"
			"\"SigninLogs\"}",
	    NULL);
	EXPECT((c.events == 0) && (c.quarantined == 1));
	EXPECT_GET(0, "reason", "unknown-kind");
	EXPECT_GET(0, "text",
	    "a row of the Log Analytics table \"SigninLogs\", which is not read");
	EXPECT_GET(0, "record_offset", "0");
	c = events_read("{\"a\":1}\n{}\n", NULL);
	EXPECT((c.events == 0) && (c.quarantined == 2));
	EXPECT_GET(0, "reason", "unknown-kind");
	/* Single quotes, as function logs have them: one line is lost. */
	c = events_read("{\"category\":\"Write\",\"operationName\":\"a/b\"}\r\n"
			"{\"category\":\"FunctionAppLogs\",\"properties\":"
			"{'appName':'x'}}\r\n"
			"{\"category\":\"Write\",\"operationName\":\"a/b\"}",
	    NULL);
	EXPECT((c.events == 2) && (c.quarantined == 1));
	EXPECT_GET(1, "reason", "syntax");
	/* Cut well, but no JSON: yajl says so. */
	c = events_read("{\"category\":\"Write\",\"operationName\":tru}\n"
			"{\"category\":\"Write\",\"operationName\":\"\xff\"}\n"
			"{\"category\":\"Write\",\"operationName\":\"\\x\"}\n",
	    NULL);
	EXPECT((c.events == 0) && (c.quarantined == 3));
	EXPECT_GET(1, "text", "not UTF-8");
}

static void
operation_activity_action_reads_names_in_any_case(void)
{
	static const struct row {
		const char * name;
		const char * action;
	} rows[] = {
		{ "Microsoft.Storage/storageAccounts/listKeys/action",
		    "key-list" },
		{ "MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION",
		    "key-list" },
		{ "Microsoft.EventHub/namespaces/authorizationRules/listKeys/"
		  "action",
		    "key-list" },
		{ "microsoft.storage/storageaccounts/regeneratekey/action",
		    "key-regenerate" },
		{ "Microsoft.Storage/storageAccounts/listAccountSas/action",
		    "sas-issue" },
		{ "Microsoft.Storage/storageAccounts/listServiceSas/action",
		    "sas-issue" },
		{ "Microsoft.Compute/disks/beginGetAccess/action",
		    "sas-issue" },
		{ "microsoft.insights/diagnosticsettings/delete",
		    "logging-change" },
		{ "Microsoft.Storage/storageAccounts/blobServices/providers/"
		  "Microsoft.Insights/diagnosticSettings/write",
		    "logging-change" },
		{ "Microsoft.Insights/extendedDiagnosticSettings/write",
		    "logging-change" },
		{ "Microsoft.Insights/logProfiles/delete", "logging-change" },
		{ "Microsoft.Network/networkWatchers/flowLogs/delete",
		    "logging-change" },
		{ "Microsoft.Network/networkWatchers/configureFlowLog/action",
		    "logging-change" },
		{ "MICROSOFT.NETWORK/NETWORKWATCHERS/DELETE",
		    "logging-change" },
		{ "Microsoft.OperationalInsights/workspaces/delete",
		    "logging-change" },
		{ "Microsoft.Network/networkSecurityGroups/securityRules/write",
		    "network-change" },
		{ "Microsoft.Network/networkWatchers/packetCaptures/write",
		    "network-change" },
		{ "Microsoft.Network/networkSecurityGroups/read",
		    "properties" },
		{ "Microsoft.Authorization/roleAssignments/write",
		    "role-change" },
		{ "Microsoft.Authorization/policyAssignments/delete",
		    "policy-change" },
		{ "Microsoft.Storage/storageAccounts/blobServices/containers/"
		  "immutabilityPolicies/lock/action",
		    "policy-change" },
		{ "Microsoft.Storage/storageAccounts/managementPolicies/write",
		    "policy-change" },
		{ "Microsoft.Storage/storageAccounts/write", "set-access" },
		{ "Microsoft.Storage/storageAccounts/delete", "delete" },
		{ "Microsoft.Compute/virtualMachines/write", "write" },
		{ "Microsoft.Compute/virtualMachines/start/action", "other" },
		{ "", "other" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		EXPECT_TEXT(event_action_name(
				operation_activity_action(rows[i].name, NULL)),
		    rows[i].action);
	EXPECT(operation_activity_action(NULL, NULL) == EVENT_ACTION_OTHER);
}

static void
operation_storage_action_reads_rest_and_smb_names(void)
{
	static const struct row {
		const char * name;
		const char * category;
		const char * action;
	} rows[] = {
		{ "GetBlob", "StorageRead", "read" },
		{ "getblob", NULL, "read" },
		{ "ReadFile", "StorageRead", "read" },
		{ "GetMessages", "StorageRead", "read" },
		{ "QueryEntities", "StorageRead", "read" },
		{ "Read", "StorageRead", "read" },
		{ "ListContainers", "StorageRead", "list-containers" },
		{ "ListShares", "StorageRead", "list-containers" },
		{ "ListBlobs", "StorageRead", "list-blobs" },
		{ "GetBlobServiceProperties", "StorageRead", "properties" },
		{ "GetContainerACL", "StorageRead", "properties" },
		{ "GetBlobProperties", "StorageRead", "properties" },
		{ "PutBlob", "StorageWrite", "write" },
		{ "PutBlock", "StorageWrite", "write" },
		{ "CopyBlobSource", "StorageWrite", "copy" },
		{ "PutBlobFromURL", "StorageWrite", "copy" },
		{ "PutBlockFromURL", "StorageWrite", "copy" },
		{ "DeleteBlob", "StorageDelete", "delete" },
		{ "ClearMessages", "StorageDelete", "delete" },
		{ "SetContainerACL", "StorageWrite", "set-access" },
		{ "GetUserDelegationKey", "StorageRead", "sas-issue" },
		{ "SetBlobServiceProperties", "StorageWrite",
		    "logging-change" },
		{ "Unheard", "StorageRead", "read" },
		{ "Unheard", "StorageWrite", "write" },
		{ "Unheard", "StorageDelete", "delete" },
		{ "Unheard", NULL, "other" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		EXPECT_TEXT(event_action_name(operation_storage_action(
				rows[i].name, rows[i].category)),
		    rows[i].action);
	EXPECT(operation_storage_action(NULL, NULL) == EVENT_ACTION_OTHER);
}

static void
agent_describe_tells_tools_by_what_they_say_they_are(void)
{
	static const struct row {
		const char * agent;
		const char * words;
	} rows[] = {
		{ "AZURECLI/2.34.1 (MSI) azsdk-python-storage-blob/12.9.0 "
		  "Python/3.8.9 (Windows-10-10.0.19041-SP0)",
		    "Azure CLI" },
		{ "Azure-Storage/2.1.0-2.1.0 (Python CPython 3.8.9; Windows "
		  "10) AZURECLI/2.34.1 (MSI)",
		    "Azure CLI" },
		{ "AZURECLI/2.79.0 (RPM) azsdk-python-storage-blob/12.16.0 "
		  "Python/3.12.9 cloud-shell/1.0",
		    "Azure CLI (Cloud Shell)" },
		{ "Microsoft Azure Storage Explorer, 1.20.1, win32 "
		  "azsdk-js-storagequeue/12.3.1 (NODE-VERSION v12.16.3)",
		    "Storage Explorer" },
		{ "Microsoft Azure Storage Explorer, 1.20.1, win32, "
		  "azcopy-node, 2.0.0, win32,  AzCopy/10.11.0 "
		  "Azure-Storage/0.13 (go1.15; Windows_NT)",
		    "Storage Explorer (embedded AzCopy)" },
		{ "AzCopy/10.32.6 azsdk-go-azblob/1.0", "AzCopy" },
		{ "S3Import AzCopy/10.32.6", "AzCopy" },
		{ "azsdk-net-Storage.Blobs/12.16.0 (.NET 6.0.25; Linux)",
		    "Azure SDK for .NET" },
		{ "WA-Storage/4.0.1 (.NET CLR 4.0; Win32NT 6.2)",
		    "Azure Storage client for .NET, old" },
		{ "APN/2.0 Azure Blob FS/4.0 (Oracle)", "ABFS driver" },
		{ "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) "
		  "WindowsPowerShell/5.1.19041",
		    "PowerShell web request" },
		{ "Mozilla/5.0 (X11; Linux) Firefox/120.0", "browser" },
		{ "rclone/v1.60.1", "rclone" },
		{ "python-requests/2.31.0", "python-requests" },
		{ "curl/8.4.0", "curl" },
		{ "=cmd|' /C calc'!A0", "other" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		EXPECT_TEXT(
		    agent_describe(rows[i].agent, NULL, NULL), rows[i].words);
	EXPECT_TEXT(
	    agent_describe("Mozilla/5.0", "https://portal.azure.com/", NULL),
	    "browser (portal)");
	EXPECT_TEXT(agent_describe("Mozilla/5.0",
			"blob:https://ms.portal.azure.com/1", NULL),
	    "browser (portal)");
	EXPECT_TEXT(agent_describe("Mozilla/5.0", NULL,
			"https://a/b?comp=list&_=1551125215"),
	    "browser (portal)");
	EXPECT_TEXT(
	    agent_describe("Mozilla/5.0", NULL, "https://a/b?c=_"), "browser");
	EXPECT(agent_describe(NULL, NULL, NULL) == NULL);
	EXPECT(agent_describe("", NULL, NULL) == NULL);
}

int
main(void)
{
	RUN(map_activity_reads_the_exported_form);
	RUN(map_activity_reads_an_array_of_rest);
	RUN(map_activity_reads_a_dump_of_the_sdk);
	RUN(map_activity_reads_the_words_of_both_worlds);
	RUN(map_activity_names_the_actor_by_the_best_claim);
	RUN(map_activity_shows_two_times_that_differ);
	RUN(map_record_quarantines_what_it_does_not_know);
	RUN(operation_activity_action_reads_names_in_any_case);
	RUN(operation_storage_action_reads_rest_and_smb_names);
	RUN(agent_describe_tells_tools_by_what_they_say_they_are);
	events_free();
	return unit_failed;
}
