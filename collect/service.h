#ifndef COLLECT_SERVICE_H
#define COLLECT_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/source.h"

#include "collect/azure.h"
#include "collect/credential.h"
#include "collect/way.h"

/*
 * A storage account that is collected from: its endpoint, the credential, and
 * the maker of its requests.
 */
#define SERVICE_ENDPOINT_SIZE (HTTP_ORIGIN_MAX + 80)

struct service {
	char account[CREDENTIAL_ACCOUNT_MAX + 1];
	char endpoint[SERVICE_ENDPOINT_SIZE]; /* "https://host[/ACCOUNT]" */
	struct azure_endpoint where;
	struct credential * credential;
	struct azure * azure;
	struct way * way;   /* Of its own; NULL: that of all. */
	bool refuses_crc64; /* It said so when it was asked for one. */
};

/* What is wanted. */
struct service_options {
	const char * account;  /* NULL: what the environment says. */
	const char * endpoint; /* NULL: what the credential says, else */
	const char * cloud;    /* this cloud; NULL: Azure's public one. */
	const char * key_source;
	const char * sas_source;
	const struct secret * given; /* The text itself; NULL: in a source. */
	bool is_given_key;
	const char * run_id;
	const struct options * words; /* Of all, for a way of its own, */
	const struct options * own;   /* and of this one; NULL: none. */
	bool accept_excess;
	bool is_described_only; /* Open it whatever it can or cannot do. */
	int64_t now;
};

/**
 * service_open(s, options, e):
 * Read the credential that ${options} names, check it and make ${s}, which the
 * caller frees with service_close.  Return 0, or -1 with ${e} set and ${s}
 * empty.
 */
int service_open(
    struct service * s, const struct service_options * options, struct err * e);

/**
 * service_take_way(s, from):
 * Let ${s} go the way of its own that ${from} has, which takes it from there.
 */
void service_take_way(struct service * s, struct service * from);

/**
 * service_rename(s, run_id, e):
 * Let the requests of ${s} carry ${run_id} from now on.  Return 0, or -1 with
 * ${e} set and ${s} untouched.
 */
int service_rename(struct service * s, const char * run_id, struct err * e);

/**
 * service_describe(s, shape):
 * Put the shape of the credential of ${s} into ${shape}, which borrows from
 * ${s}.
 */
void service_describe(
    const struct service * s, struct source_credential * shape);

/**
 * service_close(s):
 * Wipe and release what ${s} owns.
 */
void service_close(struct service * s);

#endif
