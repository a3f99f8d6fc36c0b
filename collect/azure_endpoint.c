#include <stdio.h>
#include <string.h>

#include "collect/azure.h"
#include "evidence/text.h"

/*
 * endpoint = origin [ "/" [ account [ "-secondary" ] [ "/" ] ] ]
 *
 * Only an emulator's has a path, and that path is the account alone.
 */
#define SECONDARY "-secondary"

static int
check_account(const char * account, struct err * e)
{
	size_t len = strlen(account);
	bool is_good = (len >= 3) && (len <= CREDENTIAL_ACCOUNT_MAX);

	for (size_t i = 0; is_good && (i < len); i++)
		is_good = ((account[i] >= 'a') && (account[i] <= 'z')) ||
		    ((account[i] >= '0') && (account[i] <= '9')) ||
		    ((account[i] == '-') && (i > 0));
	if (is_good)
		return 0;
	err_set(e, ERR_USAGE, "give --account NAME",
	    "this cannot be the name of a storage account: \"%.64s\"", account);
	return -1;
}

/* Are the ${len} bytes ${text} "ACCOUNT-secondary"? */
static bool
is_secondary(const char * text, size_t len, const char * account)
{
	size_t account_len = strlen(account);

	return (len == account_len + strlen(SECONDARY)) &&
	    (memcmp(text, account, account_len) == 0) &&
	    (memcmp(text + account_len, SECONDARY, strlen(SECONDARY)) == 0);
}

static int
parse_path(const char * path, struct azure_endpoint * endpoint, struct err * e)
{
	size_t len = strlen(path);

	if ((len > 0) && (path[len - 1] == '/'))
		len--;
	if (len == 0)
		return 0;
	if (is_secondary(path + 1, len - 1, endpoint->account)) {
		endpoint->is_secondary = true;
	} else if ((len != strlen(endpoint->account) + 1) ||
	    (memcmp(path + 1, endpoint->account, len - 1) != 0)) {
		err_set(e, ERR_USAGE, "give it as http://HOST:PORT/ACCOUNT",
		    "the path of the endpoint is not the account %s",
		    endpoint->account);
		return -1;
	}
	(void)snprintf(endpoint->base, sizeof(endpoint->base), "/%s%s",
	    endpoint->account, endpoint->is_secondary ? SECONDARY : "");
	return 0;
}

int
azure_endpoint_parse(const char * account, const char * text,
    struct azure_endpoint * endpoint, struct err * e)
{
	const char * path;
	const char * host;
	size_t len;

	memset(endpoint, 0, sizeof(*endpoint));
	if (check_account(account, e) != 0)
		return -1;
	memcpy(endpoint->account, account, strlen(account) + 1);
	if ((text == NULL) || (text[0] == '\0')) {
		(void)snprintf(endpoint->origin, sizeof(endpoint->origin),
		    "https://%s.blob.core.windows.net", account);
		return 0;
	}
	path = strstr(text, "://");
	path = (path == NULL) ? NULL : strchr(path + 3, '/');
	len = (path == NULL) ? strlen(text) : (size_t)(path - text);
	if (len >= sizeof(endpoint->origin)) {
		err_set(e, ERR_LIMIT, NULL, "the endpoint is too long");
		return -1;
	}
	memcpy(endpoint->origin, text, len);
	endpoint->origin[len] = '\0';
	if (http_check_origin(endpoint->origin, e) != 0)
		return -1;
	host = strstr(endpoint->origin, "://") + 3;
	endpoint->is_secondary =
	    is_secondary(host, strcspn(host, ".:"), account);
	return (path == NULL) ? 0 : parse_path(path, endpoint, e);
}

int
azure_endpoint_origin(const struct azure_endpoint * endpoint,
    enum azure_service service, char origin[HTTP_ORIGIN_MAX])
{
	static const char * const labels[AZURE_SERVICES] = { "blob", "file",
		"queue", "table" };
	const char * label = strstr(endpoint->origin, ".blob.");
	size_t before;
	int len;

	memcpy(origin, endpoint->origin, sizeof(endpoint->origin));
	if (service == AZURE_BLOB)
		return 0;
	if (label == NULL)
		return -1;
	before = (size_t)(label - endpoint->origin) + 1;
	len = snprintf(origin, HTTP_ORIGIN_MAX, "%.*s%s%s", (int)before,
	    endpoint->origin, labels[service],
	    endpoint->origin + before + strlen(labels[AZURE_BLOB]));
	return (len < HTTP_ORIGIN_MAX) ? 0 : -1;
}

/* Where the clouds keep blobs. */
static const struct {
	const char * cloud;
	const char * suffix;
} clouds[] = {
	{ "public", "core.windows.net" },
	{ "china", "core.chinacloudapi.cn" },
	{ "usgov", "core.usgovcloudapi.net" },
	{ "germany", "core.cloudapi.de" },
};

int
azure_endpoint_of_cloud(const char * account, const char * cloud,
    struct azure_endpoint * endpoint, struct err * e)
{
	char text[128];

	for (size_t i = 0; i < sizeof(clouds) / sizeof(clouds[0]); i++) {
		if (strcmp(clouds[i].cloud, cloud) != 0)
			continue;
		(void)snprintf(text, sizeof(text), "https://%.*s.blob.%s",
		    CREDENTIAL_ACCOUNT_MAX, account, clouds[i].suffix);
		return azure_endpoint_parse(account, text, endpoint, e);
	}
	err_set(e, ERR_USAGE, "give public, china, usgov or germany",
	    "no such cloud: %.40s", cloud);
	return -1;
}

/* Containers that the service makes for itself. */
static const char * const special_containers[] = { "$logs", "$root", "$web",
	"$blobchangefeed" };

int
azure_container_check(const char * name, struct err * e)
{
	size_t len = strlen(name);
	bool is_good = (len >= 3) && (len <= 63);

	for (size_t i = 0;
	     i < sizeof(special_containers) / sizeof(special_containers[0]);
	     i++) {
		if (strcmp(name, special_containers[i]) == 0)
			return 0;
	}
	for (size_t i = 0; is_good && (i < len); i++) {
		bool is_dash = (name[i] == '-');

		is_good = ((name[i] >= 'a') && (name[i] <= 'z')) ||
		    ((name[i] >= '0') && (name[i] <= '9')) || is_dash;
		if (is_dash &&
		    ((i == 0) || (i + 1 == len) || (name[i - 1] == '-')))
			is_good = false;
	}
	if (is_good)
		return 0;
	err_set(e, ERR_USAGE, NULL,
	    "this cannot be the name of a container: \"%.64s\"", name);
	return -1;
}
