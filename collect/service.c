#include <stdio.h>
#include <string.h>

#include "evidence/text.h"

#include "collect/service.h"

/* Copy the name of the account, which must be known by now. */
static int
take_account(
    struct service * s, const struct service_options * options, struct err * e)
{
	const char * name = options->account;

	if (name == NULL)
		name = credential_account(s->credential);
	if ((name[0] == '\0') || (strlen(name) >= sizeof(s->account))) {
		err_set(e, ERR_USAGE, "give --account",
		    "no storage account is named");
		return -1;
	}
	memcpy(s->account, name, strlen(name) + 1);
	return 0;
}

int
service_open(
    struct service * s, const struct service_options * options, struct err * e)
{
	struct credential_source source = {
		.account = options->account,
		.sas_file = options->sas_source,
		.key_file = options->key_source,
		.use_environment = true,
	};
	const char * endpoint = options->endpoint;

	memset(s, 0, sizeof(*s));
	s->credential = (options->given == NULL)
	    ? credential_open(&source, e)
	    : credential_open_text(
		  options->account, options->given, options->is_given_key, e);
	if (s->credential == NULL)
		goto fail;
	if (take_account(s, options, e) != 0)
		goto fail;
	if (!options->is_described_only &&
	    (credential_check(
		 s->credential, options->now, options->accept_excess, e) != 0))
		goto fail;
	if ((endpoint == NULL) && (options->cloud == NULL))
		endpoint = credential_endpoint(s->credential);
	if (((options->cloud != NULL) ? azure_endpoint_of_cloud(s->account,
					    options->cloud, &s->where, e)
				      : azure_endpoint_parse(s->account,
					    endpoint, &s->where, e)) != 0)
		goto fail;
	(void)snprintf(s->endpoint, sizeof(s->endpoint), "%s%s",
	    s->where.origin, s->where.base);
	s->azure = azure_new(&s->where, s->credential, options->run_id, e);
	if (s->azure == NULL)
		goto fail;
	if (way_has_own(options->own)) {
		s->way = way_new(options->words, options->own, e);
		if (s->way == NULL)
			goto fail;
		azure_use_way(s->azure, &s->way->http);
	}
	return 0;

fail:
	err_in(e, "account %s",
	    (options->account == NULL) ? "of the environment"
				       : options->account);
	service_close(s);
	return -1;
}

void
service_take_way(struct service * s, struct service * from)
{
	if (from->way == NULL)
		return;
	s->way = from->way;
	from->way = NULL;
	azure_use_way(s->azure, &s->way->http);
}

int
service_rename(struct service * s, const char * run_id, struct err * e)
{
	struct azure * azure = azure_new(&s->where, s->credential, run_id, e);

	if (azure == NULL)
		return -1;
	if (s->way != NULL)
		azure_use_way(azure, &s->way->http);
	azure_free(s->azure);
	s->azure = azure;
	return 0;
}

static enum source_credential_kind
kind_of(enum credential_kind kind)
{
	switch (kind) {
	case CREDENTIAL_KEY:
		return SOURCE_ACCOUNT_KEY;
	case CREDENTIAL_ACCOUNT_SAS:
		return SOURCE_ACCOUNT_SAS;
	case CREDENTIAL_SERVICE_SAS:
		return SOURCE_SERVICE_SAS;
	case CREDENTIAL_DELEGATION_SAS:
		return SOURCE_USER_DELEGATION_SAS;
	}
	return SOURCE_ACCOUNT_KEY;
}

/* NULL for what is not there. */
static const char *
or_null(const char * text)
{
	return (text[0] == '\0') ? NULL : text;
}

/* The digest inside "SasSignature(64 digits)"; false if that is not there. */
static bool
take_hash(const char * hash, uint8_t digest[DIGEST_SHA256_LEN])
{
	const char * open = strchr(hash, '(');
	char hex[DIGEST_SHA256_HEX];

	if ((open == NULL) || (strlen(open) != sizeof(hex) + 1))
		return false;
	for (size_t i = 0; i + 1 < sizeof(hex); i++) {
		char c = open[1 + i];

		hex[i] = ((c >= 'A') && (c <= 'F')) ? (char)(c | 0x20) : c;
	}
	hex[sizeof(hex) - 1] = '\0';
	return text_hex_decode(hex, digest, DIGEST_SHA256_LEN) == 0;
}

void
service_describe(const struct service * s, struct source_credential * shape)
{
	const struct credential_shape * c = credential_shape(s->credential);

	memset(shape, 0, sizeof(*shape));
	shape->kind = kind_of(c->kind);
	shape->account = s->account;
	shape->can_write = c->can_write;
	shape->can_delete = c->can_delete;
	shape->sas[SOURCE_SAS_SV] = or_null(c->sv);
	shape->sas[SOURCE_SAS_SS] = or_null(c->ss);
	shape->sas[SOURCE_SAS_SRT] = or_null(c->srt);
	shape->sas[SOURCE_SAS_SR] = or_null(c->sr);
	shape->sas[SOURCE_SAS_SP] = or_null(c->sp);
	shape->sas[SOURCE_SAS_ST] = or_null(c->st);
	shape->sas[SOURCE_SAS_SE] = or_null(c->se);
	shape->sas[SOURCE_SAS_SIP] = or_null(c->sip);
	shape->sas[SOURCE_SAS_SPR] = or_null(c->spr);
	shape->sas[SOURCE_SAS_SKOID] = or_null(c->skoid);
	shape->has_log_hash = take_hash(c->hash, shape->log_hash);
}

void
service_close(struct service * s)
{
	azure_free(s->azure);
	credential_free(s->credential);
	way_free(s->way);
	memset(s, 0, sizeof(*s));
}
