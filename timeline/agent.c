#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "timeline/fold.h"

#include "timeline/agent.h"

/* First match wins; both parts must be in the string, in any case. */
static const struct pattern {
	const char * part;
	const char * other; /* NULL: the first is enough. */
	const char * words;
} patterns[] = {
	{ "Azure Storage Explorer", "AzCopy/",
	    "Storage Explorer (embedded AzCopy)" },
	{ "Azure Storage Explorer", NULL, "Storage Explorer" },
	{ "AzCopy/", NULL, "AzCopy" },
	{ "AZURECLI/", "cloud-shell", "Azure CLI (Cloud Shell)" },
	{ "AZURECLI/", NULL, "Azure CLI" },
	{ "azurehound", NULL, "AzureHound" },
	{ "AzurePowershell/", NULL, "Azure PowerShell" },
	{ "WindowsPowerShell/", NULL, "PowerShell web request" },
	{ "PowerShell/", NULL, "PowerShell web request" },
	{ "Azure Blob FS/", NULL, "ABFS driver" },
	{ "rclone/", NULL, "rclone" },
	{ "azsdk-net-", NULL, "Azure SDK for .NET" },
	{ "azsdk-python-", NULL, "Azure SDK for Python" },
	{ "azsdk-js-", NULL, "Azure SDK for JavaScript" },
	{ "azsdk-java-", NULL, "Azure SDK for Java" },
	{ "azsdk-go-", NULL, "Azure SDK for Go" },
	{ "azsdk-cpp-", NULL, "Azure SDK for C++" },
	{ "azsdk-rust-", NULL, "Azure SDK for Rust" },
	{ "Azure-Storage/", "Python", "Azure Storage client for Python, old" },
	{ "Azure-Storage/", ".NET", "Azure Storage client for .NET, old" },
	{ "Azure-Storage/", "NODE", "Azure Storage client for Node, old" },
	{ "Azure-Storage/", "Java", "Azure Storage client for Java, old" },
	{ "Azure-Storage/", NULL, "Azure Storage client, old" },
	{ "WA-Storage/", NULL, "Azure Storage client for .NET, old" },
	{ "python-requests/", NULL, "python-requests" },
	{ "python-urllib", NULL, "python-urllib" },
	{ "aiohttp/", NULL, "aiohttp" },
	{ "curl/", NULL, "curl" },
	{ "wget/", NULL, "wget" },
	{ "Go-http-client/", NULL, "Go program" },
	{ "okhttp/", NULL, "okhttp" },
	{ "Postman", NULL, "Postman" },
	{ "Mozilla/", NULL, "browser" },
};

/* The portal's page asks with a clock value as parameter "_". */
static bool
is_portal(const char * referrer, const char * uri)
{
	const char * query = (uri != NULL) ? strchr(uri, '?') : NULL;

	if (fold_find(referrer, "portal.azure.") != NULL)
		return true;
	return (query != NULL) &&
	    ((strncmp(query, "?_=", 3) == 0) || (strstr(query, "&_=") != NULL));
}

const char *
agent_describe(const char * user_agent, const char * referrer, const char * uri)
{
	const char * words = "other";

	if ((user_agent == NULL) || (*user_agent == '\0'))
		return NULL;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		if ((fold_find(user_agent, patterns[i].part) != NULL) &&
		    ((patterns[i].other == NULL) ||
			(fold_find(user_agent, patterns[i].other) != NULL))) {
			words = patterns[i].words;
			break;
		}
	}
	if ((strcmp(words, "browser") == 0) && is_portal(referrer, uri))
		return "browser (portal)";
	return words;
}
