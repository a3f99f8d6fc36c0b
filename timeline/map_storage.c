#include <stdbool.h>
#include <string.h>

#include "evidence/text.h"
#include "timeline/agent.h"
#include "timeline/fold.h"
#include "timeline/operation.h"
#include "timeline/uri.h"

#include "timeline/map.h"

/*
 * One request to a storage service.  Members that do not apply are left out,
 * so absent is not 0; numbers may be texts; statusCode may be "Unknown".
 */

/* ---- Who asked ----------------------------------------------------------- */

static const struct auth_word {
	const char * word;
	enum event_auth auth;
	enum event_actor_kind actor;
} auth_words[] = {
	{ "AccountKey", EVENT_AUTH_ACCOUNT_KEY, EVENT_ACTOR_KEY_HOLDER },
	{ "Account Key", EVENT_AUTH_ACCOUNT_KEY, EVENT_ACTOR_KEY_HOLDER },
	{ "SAS", EVENT_AUTH_SAS, EVENT_ACTOR_SAS_HOLDER },
	{ "SAS Key", EVENT_AUTH_SAS, EVENT_ACTOR_SAS_HOLDER },
	{ "SASKey", EVENT_AUTH_SAS, EVENT_ACTOR_SAS_HOLDER },
	{ "DelegationSAS", EVENT_AUTH_USER_DELEGATION_SAS,
	    EVENT_ACTOR_SAS_HOLDER },
	{ "Delegation SAS", EVENT_AUTH_USER_DELEGATION_SAS,
	    EVENT_ACTOR_SAS_HOLDER },
	{ "OAuth", EVENT_AUTH_OAUTH, EVENT_ACTOR_ABSENT },
	{ "Anonymous", EVENT_AUTH_ANONYMOUS, EVENT_ACTOR_ANONYMOUS },
	{ "Kerberos", EVENT_AUTH_KERBEROS, EVENT_ACTOR_USER },
};

static bool
is_hex(const char * text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr("0123456789abcdefABCDEF", text[i]) == NULL)
			return false;
	}
	return true;
}

/* The hex digits of a hash in upper case, as logs mostly print them. */
static const char *
keep_hash(struct map * m, const char * text, size_t len, struct err * e)
{
	char * copy;

	if (!is_hex(text, len))
		return arena_copy(&m->arena, text, len, e);
	copy = arena_get(&m->arena, len + 1, e);
	if (copy == NULL)
		return NULL;
	for (size_t i = 0; i < len; i++)
		copy[i] = (text[i] >= 'a') ? (char)(text[i] - 32) : text[i];
	copy[len] = '\0';
	return copy;
}

/* One "name(hash)" of a tokenHash. */
static int
set_hash(struct map * m, struct event * ev, const char * name, size_t name_len,
    const char * hash, size_t len, struct err * e)
{
	const char * value = keep_hash(m, hash, len, e);

	if (value == NULL)
		return -1;
	if ((name_len == strlen("SasSignature")) &&
	    fold_begins(name, "SasSignature")) {
		ev->sas_hash = value;
		return 0;
	}
	ev->key_hash = value;
	ev->key_name = arena_copy(&m->arena, name, name_len, e);
	return (ev->key_name == NULL) ? -1 : 0;
}

/* "key1(HASH)", "key1(HASH),SasSignature(HASH)", or the bare hash of a token. */
static int
set_hashes(struct map * m, struct event * ev, const char * text, struct err * e)
{
	const char * open;
	const char * close;

	while (text != NULL) {
		open = strchr(text, '(');
		if (open == NULL)
			return 0;
		close = strchr(open, ')');
		if (close == NULL)
			return 0;
		if (set_hash(m, ev, text, (size_t)(open - text), open + 1,
			(size_t)(close - open - 1), e) != 0)
			return -1;
		text = close + 1;
		text += strspn(text, ", ");
	}
	return 0;
}

/* What an authorisation's principal says it is. */
static enum event_actor_kind
principal_kind(const struct map * m, const struct record_value * identity)
{
	const struct record_value * v;
	const char * type;

	v = map_array(m, identity, "authorization");
	v = (v != NULL) ? record_first(m->record, v) : NULL;
	v = map_array(m, v, "principals");
	v = (v != NULL) ? record_first(m->record, v) : NULL;
	type = record_text(m->record, v, "type");
	if (fold_is(type, "User"))
		return EVENT_ACTOR_USER;
	if (fold_is(type, "ServicePrincipal"))
		return EVENT_ACTOR_APPLICATION;
	return EVENT_ACTOR_ABSENT;
}

static void
set_requester(
    struct map * m, struct event * ev, const struct record_value * identity)
{
	const struct record_value * requester;
	const char * name;

	requester = record_get(m->record, identity, "requester");
	if (requester == NULL)
		return;
	ev->actor_id = record_text(m->record, requester, "objectId");
	ev->app_id = record_text(m->record, requester, "appId");
	ev->tenant_id = record_text(m->record, requester, "tenantId");
	ev->client = operation_client(ev->app_id);
	name = record_text(m->record, requester, "upn");
	if ((name == NULL) || (*name == '\0'))
		name = record_text(m->record, requester, "userName");
	if (ev->auth != EVENT_AUTH_OAUTH)
		return; /* The signer of a SAS: not who used it. */
	ev->actor = ev->actor_id;
	if ((name != NULL) && (*name != '\0'))
		ev->actor = name;
	ev->actor_kind = principal_kind(m, identity);
	if (record_get(m->record, identity, "delegatedResource") != NULL)
		ev->actor_kind = EVENT_ACTOR_MANAGED_IDENTITY;
	else if ((ev->actor_kind == EVENT_ACTOR_ABSENT) && (name != NULL) &&
	    (*name != '\0'))
		ev->actor_kind = EVENT_ACTOR_USER;
}

static int
set_identity(struct map * m, struct event * ev, struct err * e)
{
	const struct record_value * identity;
	const char * type;

	identity = record_get(m->record, m->root, "identity");
	type = record_text(m->record, identity, "type");
	ev->auth_text = type;
	if (type != NULL)
		ev->auth = EVENT_AUTH_OTHER;
	for (size_t i = 0; i < sizeof(auth_words) / sizeof(auth_words[0]);
	     i++) {
		if (!fold_is(type, auth_words[i].word))
			continue;
		ev->auth = auth_words[i].auth;
		ev->actor_kind = auth_words[i].actor;
	}
	set_requester(m, ev, identity);
	return set_hashes(
	    m, ev, record_text(m->record, identity, "tokenHash"), e);
}

/* A SAS in the URI where the identity says less. */
static void
complete_auth(struct event * ev)
{
	if ((ev->auth == EVENT_AUTH_ABSENT) && (ev->uri != NULL) &&
	    (ev->sas_sv != NULL)) {
		ev->auth = EVENT_AUTH_SAS;
		ev->actor_kind = EVENT_ACTOR_SAS_HOLDER;
	}
	if ((ev->auth == EVENT_AUTH_SAS) && (ev->sas_skoid != NULL))
		ev->auth = EVENT_AUTH_USER_DELEGATION_SAS;
}

/* ---- What was asked for -------------------------------------------------- */

/* Cut "container/object..." at the first slash into ${ev}. */
static int
set_path(struct map * m, struct event * ev, const char * path, size_t len,
    struct err * e)
{
	const char * slash = memchr(path, '/', len);
	size_t n = (slash == NULL) ? len : (size_t)(slash - path);

	if (n == 0)
		return 0;
	ev->container = arena_copy(&m->arena, path, n, e);
	if (ev->container == NULL)
		return -1;
	if (n + 1 >= len)
		return 0;
	ev->object = arena_copy(&m->arena, path + n + 1, len - n - 1, e);
	return (ev->object == NULL) ? -1 : 0;
}

/* The host of a URL and what stands behind it, up to the query. */
static bool
split_url(const char * url, const char ** host, size_t * host_len,
    const char ** path, size_t * path_len)
{
	const char * p = strstr(url, "://");

	if (p == NULL)
		return false;
	*host = p + 3;
	*host_len = strcspn(*host, "/?#");
	p = *host + *host_len;
	if (*p == '/')
		p++;
	*path = p;
	*path_len = strcspn(p, "?#");
	return true;
}

/* "account.blob.core.windows.net": account and service out of the host. */
static int
set_host(struct map * m, struct event * ev, const char * host, size_t len,
    struct err * e)
{
	static const char * const services[] = { "blob", "file", "queue",
		"table", "dfs", "web" };
	const char * dot = memchr(host, '.', len);
	size_t n;

	if (dot == NULL)
		return 0;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		n = strlen(services[i]);
		if (((size_t)(host + len - dot) < n + 2) ||
		    !fold_begins(dot + 1, services[i]) || (dot[n + 1] != '.'))
			continue;
		if (ev->service == NULL)
			ev->service = services[i];
		if (ev->account != NULL)
			return 0;
		ev->account =
		    arena_copy(&m->arena, host, (size_t)(dot - host), e);
		return (ev->account == NULL) ? -1 : 0;
	}
	return 0;
}

/* A path of a URL, percent-decoded where that gives text. */
static int
set_url_path(struct map * m, struct event * ev, const char * path, size_t len,
    struct err * e)
{
	struct buf b = { 0 };
	struct err ignored;
	int rc;

	err_init(&ignored);
	if ((text_percent_decode(&b, path, len, &ignored) == 0) &&
	    text_is_utf8(buf_text(&b), b.len) &&
	    (memchr(buf_text(&b), '\0', b.len) == NULL))
		rc = set_path(m, ev, buf_text(&b), b.len, e);
	else
		rc = set_path(m, ev, path, len, e);
	buf_free(&b);
	return rc;
}

/* objectKey: "/account/container/object", or a URL for a copy's source. */
static int
set_key(struct map * m, struct event * ev, const char * key, struct err * e)
{
	const char * host;
	const char * path;
	size_t host_len, len;

	if (*key == '/') {
		len = strcspn(key + 1, "/");
		if (ev->account == NULL) {
			ev->account = arena_copy(&m->arena, key + 1, len, e);
			if (ev->account == NULL)
				return -1;
		}
		path = key + 1 + len;
		if (*path == '/')
			path++;
		return set_path(m, ev, path, strlen(path), e);
	}
	if (!split_url(key, &host, &host_len, &path, &len))
		return 0;
	ev->copy_source = key;
	return set_url_path(m, ev, path, len, e);
}

static int
set_uri(struct map * m, struct event * ev, struct err * e)
{
	const char * host;
	const char * path;
	size_t host_len, len;

	ev->uri = record_text(m->record, m->root, "uri");
	if (ev->uri == NULL)
		return 0;
	if (uri_parse_sas(ev->uri, &m->arena, ev, e) != 0)
		return -1;
	if (!split_url(ev->uri, &host, &host_len, &path, &len))
		return 0;
	if (set_host(m, ev, host, host_len, e) != 0)
		return -1;
	/* Of a copy only the URI says where it went. */
	if ((ev->action == EVENT_ACTION_COPY) && (ev->copy_destination == NULL))
		ev->copy_destination = ev->uri;
	if (ev->container != NULL)
		return 0;
	return set_url_path(m, ev, path, len, e);
}

static int
set_target(struct map * m, struct event * ev,
    const struct record_value * properties, struct err * e)
{
	const char * key = record_text(m->record, properties, "objectKey");

	ev->service = record_text(m->record, properties, "serviceType");
	ev->account = record_text(m->record, properties, "accountName");
	ev->copy_source = record_text(m->record, properties, "sourceUri");
	ev->copy_destination =
	    record_text(m->record, properties, "destinationUri");
	if ((key != NULL) && (set_key(m, ev, key, e) != 0))
		return -1;
	if (set_uri(m, ev, e) != 0)
		return -1;
	return map_set_resource(
	    m, ev, record_text(m->record, m->root, "resourceId"), e);
}

/* ---- What came of it ----------------------------------------------------- */

static enum event_outcome
outcome_by_word(const char * word)
{
	if ((word == NULL) || (*word == '\0'))
		return EVENT_OUTCOME_ABSENT;
	if (fold_ends(word, "Success") || fold_is(word, "Succeeded"))
		return EVENT_OUTCOME_SUCCESS;
	if ((fold_find(word, "Authorization") != NULL) ||
	    (fold_find(word, "Authentication") != NULL) ||
	    (fold_find(word, "Permission") != NULL) ||
	    (fold_find(word, "Denied") != NULL) ||
	    (fold_find(word, "NotPermitted") != NULL) ||
	    fold_is(word, "AccountIsDisabled"))
		return EVENT_OUTCOME_DENIED;
	return EVENT_OUTCOME_FAILURE;
}

/* HTTP's status counts; SMB's and NFS's numbers are others, so words do. */
static enum event_outcome
find_outcome(const struct map * m, struct event * ev, const char * metric)
{
	int64_t code = EVENT_ABSENT;

	if ((ev->status != NULL) && fold_begins(ev->protocol, "HTTP"))
		(void)text_parse_integer(ev->status, strlen(ev->status), &code);
	else if ((ev->status != NULL) && (ev->protocol == NULL))
		code = map_integer(m, ev, m->root, "statusCode");
	if ((code == 401) || (code == 403))
		return EVENT_OUTCOME_DENIED;
	if (code >= 400)
		return EVENT_OUTCOME_FAILURE;
	if (code >= 100)
		return EVENT_OUTCOME_SUCCESS;
	if ((ev->status_text != NULL) && (*ev->status_text != '\0'))
		return outcome_by_word(ev->status_text);
	return outcome_by_word(metric);
}

static void
set_status(
    struct map * m, struct event * ev, const struct record_value * properties)
{
	const char * metric =
	    record_text(m->record, properties, "metricResponseType");

	ev->status = record_text(m->record, m->root, "statusCode");
	ev->status_text = record_text(m->record, m->root, "statusText");
	ev->protocol = record_text(m->record, m->root, "protocol");
	ev->outcome = find_outcome(m, ev, metric);
	if (ev->status_text == NULL)
		ev->status_text = metric;
	map_set_duration(ev, map_integer(m, ev, m->root, "durationMs"));
}

/* "bytes=0-1023"; an open end stays absent. */
static void
set_range(struct event * ev, const char * range)
{
	const char * dash;

	if (!fold_begins(range, "bytes="))
		return;
	range += strlen("bytes=");
	dash = strchr(range, '-');
	if ((dash == NULL) || (dash == range))
		return;
	if ((text_parse_integer(
		 range, (size_t)(dash - range), &ev->range_first) != 0) ||
	    ((dash[1] != '\0') &&
		(text_parse_integer(
		     dash + 1, strlen(dash + 1), &ev->range_last) != 0)))
		ev->flags |= EVENT_FLAG_NUMBER_BAD;
}

static void
set_properties(
    struct map * m, struct event * ev, const struct record_value * properties)
{
	ev->bytes_read = map_integer(m, ev, properties, "responseBodySize");
	ev->bytes_written = map_integer(m, ev, properties, "requestBodySize");
	if (ev->bytes_written == EVENT_ABSENT)
		ev->bytes_written =
		    map_integer(m, ev, properties, "contentLengthHeader");
	ev->operation_count = map_integer(m, ev, properties, "operationCount");
	set_range(ev, record_text(m->record, properties, "downloadRange"));
	ev->user_agent = record_text(m->record, properties, "userAgentHeader");
	ev->referrer = record_text(m->record, properties, "referrerHeader");
	ev->tool = agent_describe(ev->user_agent, ev->referrer, ev->uri);
	ev->client_request_id =
	    record_text(m->record, properties, "clientRequestId");
}

static int
set_version(struct map * m, struct event * ev, struct err * e)
{
	ev->version = record_text(m->record, m->root, "schemaVersion");
	if ((ev->version == NULL) || fold_is(ev->version, "1.0"))
		return 0;
	return map_note(m, ev, EVENT_FLAG_VERSION, e,
	    "schemaVersion is not 1.0; members read by their names");
}

enum map_result
map_storage(struct map * m, struct err * e)
{
	const struct record_value * properties;
	struct event * ev = &m->base;

	properties = record_get(m->record, m->root, "properties");
	if (record_text(m->record, m->root, "operationName") == NULL)
		return map_refuse(m, EVENT_REASON_SHAPE,
		    "a storage record without its operation");
	if (map_begin(m, EVENT_SOURCE_STORAGE, e) != 0)
		return MAP_FAILED;
	ev->category = record_text(m->record, m->root, "category");
	ev->operation = record_text(m->record, m->root, "operationName");
	ev->action = operation_storage_action(ev->operation, ev->category);
	ev->api_version = record_text(m->record, m->root, "operationVersion");
	ev->location = record_text(m->record, m->root, "location");
	ev->correlation_id = record_text(m->record, m->root, "correlationId");
	ev->request_id = ev->correlation_id; /* They are the same. */
	map_set_time(
	    ev, record_text(m->record, m->root, "time"), EVENT_TIME_RECEIVED);
	set_status(m, ev, properties);
	if ((set_version(m, ev, e) != 0) || (set_identity(m, ev, e) != 0) ||
	    (map_set_source(m, ev,
		 record_text(m->record, m->root, "callerIpAddress"), e) != 0) ||
	    (set_target(m, ev, properties, e) != 0))
		return MAP_FAILED;
	complete_auth(ev);
	set_properties(m, ev, properties);
	return (map_emit(m, ev, e) == 0) ? MAP_DONE : MAP_FAILED;
}
