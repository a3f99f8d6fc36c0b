#ifndef EVIDENCE_SOURCE_H
#define EVIDENCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/document.h"
#include "evidence/err.h"
#include "evidence/kind.h"
#include "evidence/name.h"

/*
 * meta/sources.json: what the catalogue's "source" index stands for (account,
 * endpoint, container, kind) and the shape of each credential.
 */
#define SOURCE_DOCUMENT_MAX ((size_t)4 << 20) /* Bytes. */
#define SOURCE_MAX_CREDENTIALS 256

enum source_credential_kind {
	SOURCE_ACCOUNT_KEY,
	SOURCE_ACCOUNT_SAS,
	SOURCE_SERVICE_SAS,
	SOURCE_USER_DELEGATION_SAS,
	SOURCE_ANONYMOUS,
	SOURCE_FILES /* Read from a local folder. */
};
#define SOURCE_CREDENTIAL_KIND_COUNT 6

/* The parameters of a SAS that are no secret, in the document's order. */
enum source_sas {
	SOURCE_SAS_SV,
	SOURCE_SAS_SS,
	SOURCE_SAS_SRT,
	SOURCE_SAS_SR,
	SOURCE_SAS_SP,
	SOURCE_SAS_ST,
	SOURCE_SAS_SE,
	SOURCE_SAS_SIP,
	SOURCE_SAS_SPR,
	SOURCE_SAS_SKOID
};
#define SOURCE_SAS_COUNT 10

struct source_credential {
	enum source_credential_kind kind;
	const char * account;
	bool can_write;
	bool can_delete;
	const char * sas[SOURCE_SAS_COUNT]; /* NULL where absent. */
	bool has_log_hash;
	uint8_t log_hash[DIGEST_SHA256_LEN]; /* As in SasSignature(...). */
};

struct source {
	const char * name; /* The folder under data/, "0001-acct-nsg-flow". */
	const char * account;
	const char * service;   /* "blob", or "folder" */
	const char * endpoint;  /* Without a signature; NULL for a folder. */
	const char * container; /* NULL for a folder. */
	enum kind kind;
	int64_t credential;     /* Index into the credentials. */
	const char * listed_as; /* ServiceEndpoint of its pages, or NULL. */
	const char * replica; /* "secondary" if that one answered; else NULL. */
};

struct sources {
	const struct source * list;
	size_t n;
	const struct source_credential * credentials;
	size_t n_credentials;

	/* Owned by a parsed one. */
	struct document doc;
	struct source * own_list;
	struct source_credential * own_credentials;
};

/**
 * source_format(sources, out, e):
 * Append the document of ${sources} to ${out}.  Return 0, or -1 with ${e} set.
 */
int source_format(
    const struct sources * sources, struct buf * out, struct err * e);

/**
 * source_parse(bytes, len, sources, e):
 * Parse the document into ${sources}.  Return 0, and source_free releases it,
 * or -1 with ${e} set and ${sources} empty.
 */
int source_parse(
    const void * bytes, size_t len, struct sources * sources, struct err * e);

/**
 * source_credential_text(kind):
 * Return the word of ${kind} in documents ("account-sas").
 */
const char * source_credential_text(enum source_credential_kind kind);

/**
 * source_sas_text(parameter):
 * Return the name of the SAS ${parameter} ("sv").
 */
const char * source_sas_text(enum source_sas parameter);

/**
 * source_put_credential(j, key, credential):
 * Put the shape of ${credential} as an object, as sources.json and the journal
 * hold it.
 */
void source_put_credential(struct json_out * j, const char * key,
    const struct source_credential * credential);

/**
 * source_free(sources):
 * Release what a parsed ${sources} owns and make it zeros.
 */
void source_free(struct sources * sources);

#endif
