#include <stdlib.h>
#include <string.h>

#include "evidence/source.h"

/* In the order of enum source_credential_kind. */
static const char * const kinds[SOURCE_CREDENTIAL_KIND_COUNT] = { "account-key",
	"account-sas", "service-sas", "user-delegation-sas", "anonymous",
	"files" };

/* In the order of enum source_sas. */
static const char * const sas[SOURCE_SAS_COUNT] = { "sv", "ss", "srt", "sr",
	"sp", "st", "se", "sip", "spr", "skoid" };

static const char * const services[] = { "blob", "folder" };

static const struct document_member members[] = {
	{ "sources", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "credentials", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
};

static const struct document_member source_members[] = {
	{ "name", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "account", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "service", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "endpoint", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "container", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "listed_as", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "replica", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "kind", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "credential", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
};

static const struct document_member credential_members[] = {
	{ "kind", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "account", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "can_write", DOCUMENT_BOOL, DOCUMENT_REQUIRED },
	{ "can_delete", DOCUMENT_BOOL, DOCUMENT_REQUIRED },
	{ "sas", DOCUMENT_OBJECT, DOCUMENT_NULLABLE },
	{ "log_hash", DOCUMENT_SHA256, DOCUMENT_NULLABLE },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const char *
source_credential_text(enum source_credential_kind kind)
{
	return kinds[kind];
}

const char *
source_sas_text(enum source_sas parameter)
{
	return sas[parameter];
}

static bool
is_sas(enum source_credential_kind kind)
{
	return (kind == SOURCE_ACCOUNT_SAS) || (kind == SOURCE_SERVICE_SAS) ||
	    (kind == SOURCE_USER_DELEGATION_SAS);
}

void
source_put_credential(struct json_out * j, const char * key,
    const struct source_credential * credential)
{
	json_open_object(j, key);
	json_put_text(j, "kind", kinds[credential->kind]);
	document_put_nullable(j, "account", credential->account);
	json_put_bool(j, "can_write", credential->can_write);
	json_put_bool(j, "can_delete", credential->can_delete);
	if (is_sas(credential->kind)) {
		json_open_object(j, "sas");
		for (int i = 0; i < SOURCE_SAS_COUNT; i++)
			document_put_optional(j, sas[i], credential->sas[i]);
		json_close_object(j);
	} else {
		json_put_null(j, "sas");
	}
	if (credential->has_log_hash)
		json_put_hex(
		    j, "log_hash", credential->log_hash, DIGEST_SHA256_LEN);
	else
		json_put_null(j, "log_hash");
	json_close_object(j);
}

static void
put_source(struct json_out * j, const struct source * source)
{
	json_open_object(j, NULL);
	json_put_text(j, "name", source->name);
	document_put_nullable(j, "account", source->account);
	json_put_text(j, "service", source->service);
	document_put_nullable(j, "endpoint", source->endpoint);
	document_put_nullable(j, "container", source->container);
	document_put_optional(j, "listed_as", source->listed_as);
	document_put_optional(j, "replica", source->replica);
	json_put_text(j, "kind", kind_text(source->kind));
	json_put_integer(j, "credential", source->credential);
	json_close_object(j);
}

int
source_format(const struct sources * sources, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, "sources", e);
	json_open_array(&j, "sources");
	for (size_t i = 0; i < sources->n; i++)
		put_source(&j, &sources->list[i]);
	json_close_array(&j);
	json_open_array(&j, "credentials");
	for (size_t i = 0; i < sources->n_credentials; i++)
		source_put_credential(&j, NULL, &sources->credentials[i]);
	json_close_array(&j);
	return json_end_document(&j);
}

static int
parse_sas(struct sources * sources, const struct json * object,
    struct source_credential * to, struct err * e)
{
	struct document_member table[SOURCE_SAS_COUNT];

	if (json_is_null(object) != !is_sas(to->kind)) {
		err_set(e, ERR_INPUT, NULL, "\"sas\" for a SAS, and only so");
		return -1;
	}
	if (json_is_null(object))
		return 0;
	for (int i = 0; i < SOURCE_SAS_COUNT; i++) {
		table[i].name = sas[i];
		table[i].type = DOCUMENT_TEXT;
		table[i].need = DOCUMENT_OPTIONAL;
	}
	if (document_check(&sources->doc, object, "credentials.sas", table,
		SOURCE_SAS_COUNT, e) != 0)
		return -1;
	for (int i = 0; i < SOURCE_SAS_COUNT; i++)
		to->sas[i] = document_text(object, sas[i]);
	return 0;
}

static int
parse_credential(struct sources * sources, const struct json * object,
    struct source_credential * to, struct err * e)
{
	int which;

	if (document_check(&sources->doc, object, "credentials",
		credential_members, COUNT(credential_members), e) != 0)
		return -1;
	which =
	    document_word(document_text(object, "kind"), kinds, COUNT(kinds));
	if (which < 0) {
		err_set(e, ERR_INPUT, NULL, "an unknown kind of credential");
		return -1;
	}
	to->kind = (enum source_credential_kind)which;
	to->account = document_text(object, "account");
	to->can_write = document_bool(object, "can_write");
	to->can_delete = document_bool(object, "can_delete");
	to->has_log_hash = document_digest(
	    object, "log_hash", to->log_hash, DIGEST_SHA256_LEN);
	return parse_sas(sources, json_get(object, "sas"), to, e);
}

/* Whether ${name} may be one folder below data/: a number and more. */
static int
check_name(const char * name, struct err * e)
{
	static const char digits[] = "0123456789";
	size_t len = strlen(name);

	if (name_check_stored(name, e) != 0)
		return -1;
	if ((strchr(name, '/') == NULL) && (len <= NAME_SOURCE_MAX) &&
	    (len > 5) && (strspn(name, digits) == 4) && (name[4] == '-') &&
	    (strncmp(name, "0000", 4) != 0))
		return 0;
	err_set(e, ERR_INPUT, NULL, "not the name of a source: %.80s", name);
	return -1;
}

static int
parse_source(struct sources * sources, const struct json * object,
    struct source * to, struct err * e)
{
	if (document_check(&sources->doc, object, "sources", source_members,
		COUNT(source_members), e) != 0)
		return -1;
	to->name = document_text(object, "name");
	to->account = document_text(object, "account");
	to->service = document_text(object, "service");
	to->endpoint = document_text(object, "endpoint");
	to->container = document_text(object, "container");
	to->listed_as = document_text(object, "listed_as");
	to->replica = document_text(object, "replica");
	to->credential = document_integer(object, "credential", 0);
	if (check_name(to->name, e) != 0)
		return -1;
	if ((to->replica != NULL) && (strcmp(to->replica, "secondary") != 0)) {
		err_set(e, ERR_INPUT, NULL, "an unknown replica");
		return -1;
	}
	if ((kind_parse(document_text(object, "kind"), &to->kind) != 0) ||
	    (document_word(to->service, services, COUNT(services)) < 0)) {
		err_set(e, ERR_INPUT, NULL, "an unknown kind or service");
		return -1;
	}
	if ((uint64_t)to->credential >= sources->n_credentials) {
		err_set(e, ERR_INPUT, NULL, "a credential that is not there");
		return -1;
	}
	for (size_t i = 0; i < sources->n; i++) {
		if (strcmp(sources->own_list[i].name, to->name) == 0) {
			err_set(e, ERR_INPUT, NULL, "two sources of one name");
			return -1;
		}
	}
	return 0;
}

static int
parse_credentials(struct sources * sources, struct err * e)
{
	const struct json * array = json_get(sources->doc.root, "credentials");
	const struct json * one = json_first(array);
	size_t n = document_count(array);

	if (n > SOURCE_MAX_CREDENTIALS) {
		err_set(e, ERR_LIMIT, NULL, "more than %d credentials",
		    SOURCE_MAX_CREDENTIALS);
		return -1;
	}
	sources->own_credentials =
	    calloc(n + 1, sizeof(*sources->own_credentials));
	if (sources->own_credentials == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	sources->credentials = sources->own_credentials;
	for (; one != NULL; one = json_next(one)) {
		size_t i = sources->n_credentials;

		if (parse_credential(
			sources, one, &sources->own_credentials[i], e) != 0)
			return -1;
		sources->n_credentials++;
	}
	return 0;
}

static int
parse_list(struct sources * sources, struct err * e)
{
	const struct json * array = json_get(sources->doc.root, "sources");
	const struct json * one = json_first(array);
	size_t n = document_count(array);

	if (n > NAME_MAX_SOURCES) {
		err_set(e, ERR_LIMIT, NULL, "more than %d sources",
		    NAME_MAX_SOURCES);
		return -1;
	}
	sources->own_list = calloc(n + 1, sizeof(*sources->own_list));
	if (sources->own_list == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	sources->list = sources->own_list;
	for (; one != NULL; one = json_next(one)) {
		if (parse_source(
			sources, one, &sources->own_list[sources->n], e) != 0)
			return -1;
		sources->n++;
	}
	return 0;
}

int
source_parse(
    const void * bytes, size_t len, struct sources * sources, struct err * e)
{
	memset(sources, 0, sizeof(*sources));
	if (len > SOURCE_DOCUMENT_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than 4 MiB");
		return -1;
	}
	if (document_parse_file(&sources->doc, bytes, len, "sources", members,
		COUNT(members), e) != 0)
		return -1;
	if ((parse_credentials(sources, e) != 0) ||
	    (parse_list(sources, e) != 0)) {
		source_free(sources);
		return -1;
	}
	return 0;
}

void
source_free(struct sources * sources)
{
	free(sources->own_list);
	free(sources->own_credentials);
	document_free(&sources->doc);
	memset(sources, 0, sizeof(*sources));
}
