#ifndef COLLECT_CREDENTIAL_H
#define COLLECT_CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/secret.h"

/*
 * The right to read one storage account: an account key or a shared access
 * signature.  A SAS is opaque text: it is sent byte for byte as it was given
 * and only a copy is parsed, for its shape.  Neither ever leaves this module
 * but into a request's query or a signature.
 */
#define CREDENTIAL_SAS_MAX 8192 /* Bytes of a SAS. */
#define CREDENTIAL_PARAMETERS_MAX 64
#define CREDENTIAL_VALUE_MAX 512  /* Bytes of a decoded parameter. */
#define CREDENTIAL_KEY_MAX 512    /* Bytes of a decoded account key. */
#define CREDENTIAL_DAYS_MAX 30    /* A SAS that lives longer is in excess. */
#define CREDENTIAL_ACCOUNT_MAX 63 /* Bytes of an account name (Azure: 24). */
#define CREDENTIAL_ENDPOINT_MAX 400
#define CREDENTIAL_CONTAINER_MAX 63 /* Bytes of a container's name. */
#define CREDENTIAL_HASH_SIZE 80     /* "SasSignature(64 digits)" and a NUL. */

enum credential_kind {
	CREDENTIAL_KEY,
	CREDENTIAL_ACCOUNT_SAS,
	CREDENTIAL_SERVICE_SAS,
	CREDENTIAL_DELEGATION_SAS /* Signed with a user delegation key. */
};

/* Where a credential can be read; absent words are NULL. */
struct credential_source {
	const char * account;  /* What it must be for; a source that says
				* another one is refused. */
	const char * sas_file; /* A path, "-" or "fd:N". */
	const char * key_file;
	bool use_environment; /* AZURE_STORAGE_* where no file is named. */
};

/* What a credential is, free of secrets.  "" is absent; times may be
 * CLOCK_UNKNOWN. */
struct credential_shape {
	enum credential_kind kind;
	char sv[16], ss[16], srt[16], sr[16], sp[64], spr[32], sip[64];
	char st[40], se[40]; /* As given, percent-decoded. */
	char si[72];         /* A stored policy may say the rest. */
	char skoid[48], sktid[48];
	char skt[40], ske[40]; /* Life of the delegation key. */
	char sks[8], skv[16];
	char saoid[48], suoid[48], scid[48]; /* On behalf of whom. */
	char sduoid[48], skdutid[48];        /* Bound to one user. */
	char srh[256], srq[256];             /* Names the request must carry. */
	char sdd[8];    /* How deep the folder of sr=d is. */
	char ses[72];   /* Encryption scope. */
	int64_t starts; /* The later of st and skt. */
	int64_t ends;   /* The earlier of se and ske. */
	bool can_read;
	bool can_list;            /* Blobs of a container. */
	bool can_list_containers; /* srt with s, or a key. */
	bool can_read_service;    /* Service properties. */
	bool can_write;  /* Add, create, write, tags, policy, permissions ... */
	bool can_delete; /* d, x, y */
	bool allows_http;
	bool reaches_others; /* Queues, tables or files too. */
	bool has_odd_rights; /* Letters that are not known. */
	bool is_unknown;     /* Rights are in a stored policy, or not known. */
	/* "SasSignature(UPPER-CASE HEX)" as storage logs print it. */
	char hash[CREDENTIAL_HASH_SIZE];
	/* A key as "key1(HEX)": SHA-256 of its base64 text, and of its bytes,
	 * since which of the two the logs print is not documented, and neither
	 * can say whether it is key1 or key2. */
	char key_text_hash[CREDENTIAL_HASH_SIZE];
	char key_bytes_hash[CREDENTIAL_HASH_SIZE];
};

struct credential; /* A key or SAS and its account. */

/**
 * credential_open(source, e):
 * Read the credential that ${source} names: its files, else (if allowed)
 * AZURE_STORAGE_CONNECTION_STRING, else AZURE_STORAGE_SAS_TOKEN or
 * AZURE_STORAGE_KEY with AZURE_STORAGE_ACCOUNT, all of which are wiped.  A file
 * may hold a key, a SAS (a leading "?" is cut), a whole URL with a SAS, or a
 * connection string.  Return it (the caller frees it with credential_free), or NULL with ${e} set, never
 * quoting the secret.
 */
struct credential * credential_open(
    const struct credential_source * source, struct err * e);

/**
 * credential_open_text(account, text, is_key, e):
 * As credential_open, for ${account} and the ${text} that a file would hold: a
 * key if ${is_key}, else a SAS, or what says itself what it is.
 */
struct credential * credential_open_text(const char * account,
    const struct secret * text, bool is_key, struct err * e);

/**
 * credential_check(c, now, accept_excess, e):
 * Refuse (ERR_DENIED) a SAS that cannot do the work at ${now}: expired, not yet
 * valid, not for blobs, unable to read or to list.  Unless ${accept_excess}, refuse also
 * one that can do more than read and list, is good over HTTP, has no end, or
 * ends more than CREDENTIAL_DAYS_MAX days from ${now}, and one whose rights
 * cannot be seen.  An account key is in excess by nature; what it can do is
 * said by its shape and is for the journal, not refused.  Return 0, or -1 with
 * ${e} set.
 */
int credential_check(const struct credential * c, int64_t now,
    bool accept_excess, struct err * e);

/**
 * credential_excess(c, now, out, e):
 * Append to ${out} what ${c} can do beyond the need, as words joined by ", "
 * ("can delete, lives 3650 days"); nothing if it is fit.  Return 0, or -1 with
 * ${e} set.
 */
int credential_excess(
    const struct credential * c, int64_t now, struct buf * out, struct err * e);

/**
 * credential_limits(c, out, e):
 * Append to ${out} what ${c} cannot do that a whole collection may want, as
 * sentences joined by "; " ("cannot list containers (s is not in srt)");
 * nothing if it can do all.  Return 0, or -1 with ${e} set.
 */
int credential_limits(
    const struct credential * c, struct buf * out, struct err * e);

/**
 * credential_account(c):
 * Return the account's name, "" if nothing said one.
 */
const char * credential_account(const struct credential * c);

/**
 * credential_endpoint(c):
 * Return the blob endpoint a connection string named ("https://host[:port]" or
 * "http://host:port/account"), "" if none did.
 */
const char * credential_endpoint(const struct credential * c);

/**
 * credential_container(c):
 * Return the container that the URL of a SAS named, "" if none did.
 */
const char * credential_container(const struct credential * c);

/**
 * credential_shape(c):
 * Return the shape of ${c}, valid until it is freed.
 */
const struct credential_shape * credential_shape(const struct credential * c);

/**
 * credential_warning(c):
 * Return a line for the user ("the SAS came from the environment ..."), or NULL
 * if there is nothing to say.
 */
const char * credential_warning(const struct credential * c);

/**
 * credential_sas(c):
 * Return the SAS as it was given, without "?", for a request's query; NULL for
 * a key.  Borrowed until ${c} is freed; it must not be copied into anything
 * that is kept.
 */
const struct secret * credential_sas(const struct credential * c);

/**
 * credential_key(c):
 * Return the decoded account key, NULL for a SAS.  Borrowed as above.
 */
const struct secret * credential_key(const struct credential * c);

/**
 * credential_kind_text(kind):
 * Return the word for ${kind}: "account-key", "account-sas", "service-sas",
 * "user-delegation-sas".
 */
const char * credential_kind_text(enum credential_kind kind);

/**
 * credential_free(c):
 * Wipe and release ${c}; NULL is fine.
 */
void credential_free(struct credential * c);

#endif
