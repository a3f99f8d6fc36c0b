#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/credential.h"
#include "collect/credential_string.h"
#include "collect/sas.h"
#include "evidence/clock.h"
#include "evidence/text.h"

struct credential {
	struct credential_parts parts; /* Owns key and sas. */
	struct credential_shape shape;
	const char * warning;
};

static const char * const kind_texts[] = {
	[CREDENTIAL_KEY] = "account-key",
	[CREDENTIAL_ACCOUNT_SAS] = "account-sas",
	[CREDENTIAL_SERVICE_SAS] = "service-sas",
	[CREDENTIAL_DELEGATION_SAS] = "user-delegation-sas",
};

static const char environment_warning[] =
    "the credential came from the environment and was wiped there; a file "
    "(--sas-file, --key-file) is safer";

const char *
credential_kind_text(enum credential_kind kind)
{
	return kind_texts[kind];
}

/* Read one file: what it holds must be of the kind its option names. */
static int
load_file(
    struct credential * c, const char * source, bool wants_key, struct err * e)
{
	struct secret * text = secret_load(source, e);
	int rc = -1;

	if (text == NULL)
		return -1;
	if (credential_parts_parse(text, wants_key, &c->parts, e) != 0)
		goto out;
	if (wants_key ? (c->parts.key == NULL) : (c->parts.sas == NULL)) {
		err_set(e, ERR_USAGE, NULL, "no %s in it",
		    wants_key ? "account key" : "SAS");
		goto out;
	}
	rc = 0;

out:
	secret_free(text);
	return rc;
}

/* What the environment holds, taken out of it. */
struct environment {
	struct secret * all; /* The connection string. */
	struct secret * sas;
	struct secret * key;
	struct secret * account;
};

static int
take_environment(struct environment * env, struct err * e)
{
	env->all = secret_from_env("AZURE_STORAGE_CONNECTION_STRING", e);
	env->sas = secret_from_env("AZURE_STORAGE_SAS_TOKEN", e);
	env->key = secret_from_env("AZURE_STORAGE_KEY", e);
	env->account = secret_from_env("AZURE_STORAGE_ACCOUNT", e);
	return (e->kind == ERR_NONE) ? 0 : -1;
}

static void
free_environment(struct environment * env)
{
	secret_free(env->all);
	secret_free(env->sas);
	secret_free(env->key);
	secret_free(env->account);
}

/* ${has_account}: the command line says whose it is. */
static int
use_environment(struct credential * c, const struct environment * env,
    bool has_account, struct err * e)
{
	const struct secret * text = env->all;

	if (text == NULL)
		text = (env->sas != NULL) ? env->sas : env->key;
	if (text == NULL) {
		err_set(e, ERR_USAGE, "give --sas-file or --key-file",
		    "no credential");
		return -1;
	}
	c->warning = environment_warning;
	if (credential_parts_parse(text, text == env->key, &c->parts, e) != 0) {
		err_in(e, "the environment");
		return -1;
	}
	if ((c->parts.account[0] != '\0') || (env->account == NULL) ||
	    has_account)
		return 0;
	return credential_account_set(
	    &c->parts, (const char *)env->account->bytes, e);
}

/* Write "key1(HEX)" of ${bytes}. */
static void
hash_key(const void * bytes, size_t len, char * out)
{
	uint8_t digest[DIGEST_SHA256_LEN];

	digest_sha256(bytes, len, digest);
	(void)snprintf(out, CREDENTIAL_HASH_SIZE, "key1(");
	for (size_t i = 0; i < sizeof(digest); i++)
		(void)snprintf(out + 5 + 2 * i, 3, "%02X", digest[i]);
	(void)snprintf(out + 5 + 2 * sizeof(digest), 2, ")");
}

/* A key can do everything; what it cannot is end. */
static int
shape_of_key(struct credential * c, struct err * e)
{
	const struct secret * key = c->parts.key;
	struct buf text = { 0 };
	int rc = -1;

	c->shape.kind = CREDENTIAL_KEY;
	c->shape.starts = CLOCK_UNKNOWN;
	c->shape.ends = CLOCK_UNKNOWN;
	c->shape.can_read = true;
	c->shape.can_list = true;
	c->shape.can_list_containers = true;
	c->shape.can_read_service = true;
	c->shape.can_write = true;
	c->shape.can_delete = true;
	c->shape.reaches_others = true;
	c->shape.allows_http = true;
	if ((buf_reserve(&text, 2 * key->len + 8, e) != 0) ||
	    (text_base64_encode(&text, key->bytes, key->len, e) != 0))
		goto out;
	hash_key(text.bytes, text.len, c->shape.key_text_hash);
	hash_key(key->bytes, key->len, c->shape.key_bytes_hash);
	rc = 0;

out:
	if (text.bytes != NULL)
		secret_wipe(text.bytes, text.room);
	buf_free(&text);
	return rc;
}

/* With the files and the environment at hand, find the credential. */
static int
find(struct credential * c, const struct credential_source * source,
    const struct environment * env, struct err * e)
{
	if (source->sas_file != NULL) {
		if (load_file(c, source->sas_file, false, e) == 0)
			return 0;
		err_in(e, "SAS of %s", source->sas_file);
		return -1;
	}
	if (source->key_file != NULL) {
		if (load_file(c, source->key_file, true, e) == 0)
			return 0;
		err_in(e, "key of %s", source->key_file);
		return -1;
	}
	return use_environment(c, env, source->account != NULL, e);
}

/* It is for the account ${name}; what it says itself must not differ. */
static int
use_account(struct credential * c, const char * name, struct err * e)
{
	const char * own = c->parts.account;

	if ((own[0] != '\0') && (strcmp(own, name) != 0)) {
		err_set(e, ERR_USAGE, "give the account its own credential",
		    "the credential is of account %s, not %s", own, name);
		return -1;
	}
	return credential_account_set(&c->parts, name, e);
}

/* Read the shape of what was found. */
static int
set_shape(struct credential * c, struct err * e)
{
	if (c->parts.sas == NULL)
		return shape_of_key(c, e);
	return sas_parse(
	    (const char *)c->parts.sas->bytes, c->parts.sas->len, &c->shape, e);
}

struct credential *
credential_open_text(const char * account, const struct secret * text,
    bool is_key, struct err * e)
{
	struct credential * c = calloc(1, sizeof(*c));

	if (c == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "no memory for a credential");
		return NULL;
	}
	if ((credential_parts_parse(text, is_key, &c->parts, e) != 0) ||
	    (use_account(c, account, e) != 0) || (set_shape(c, e) != 0)) {
		credential_free(c);
		return NULL;
	}
	return c;
}

struct credential *
credential_open(const struct credential_source * source, struct err * e)
{
	struct environment env = { 0 };
	struct credential * c = NULL;
	int rc = -1;

	if ((source->sas_file != NULL) && (source->key_file != NULL)) {
		err_set(e, ERR_USAGE, "give one of the two",
		    "both a SAS and an account key");
		return NULL;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "no memory for a credential");
		goto out;
	}
	/* Wiped whether it is used or not. */
	if (source->use_environment && (take_environment(&env, e) != 0))
		goto out;
	if (find(c, source, &env, e) != 0)
		goto out;
	if ((source->account != NULL) &&
	    (use_account(c, source->account, e) != 0))
		goto out;
	rc = set_shape(c, e);

out:
	free_environment(&env);
	if (rc != 0) {
		credential_free(c);
		c = NULL;
	}
	return c;
}

const char *
credential_account(const struct credential * c)
{
	return c->parts.account;
}

const char *
credential_endpoint(const struct credential * c)
{
	return c->parts.endpoint;
}

const char *
credential_container(const struct credential * c)
{
	return c->parts.container;
}

const struct credential_shape *
credential_shape(const struct credential * c)
{
	return &c->shape;
}

const char *
credential_warning(const struct credential * c)
{
	return c->warning;
}

const struct secret *
credential_sas(const struct credential * c)
{
	return c->parts.sas;
}

const struct secret *
credential_key(const struct credential * c)
{
	return c->parts.key;
}

void
credential_free(struct credential * c)
{
	if (c == NULL)
		return;
	secret_free(c->parts.sas);
	secret_free(c->parts.key);
	free(c);
}
