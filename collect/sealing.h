#ifndef COLLECT_SEALING_H
#define COLLECT_SEALING_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/package_seal.h"
#include "evidence/signing.h"

#include "collect/certificates.h"
#include "collect/facts.h"
#include "collect/service.h"
#include "collect/stamping.h"
#include "collect/state.h"

/*
 * The end of a collection: the last documents, the seal, its signatures and the
 * first entry of the custody ledger, made from what the session knows.
 */
struct sealing {
	const char * package;
	const struct facts * facts;
	const struct state * state;
	const struct service * services;
	size_t service_count;
	const struct certificates * certificates;
	const struct signing * signing; /* Loaded. */
	const struct buf * carried;     /* seal/certs.pem; empty: none. */
	struct stamping * stamping;     /* NULL: no time stamps. */
	const char * client_request_prefix;
	int64_t sealed_at;
};

/**
 * sealing_source_name(s, target, name):
 * Write the folder under data/ of the ${target}, which has a source, to
 * ${name}.
 */
void sealing_source_name(const struct sealing * s,
    const struct state_target * target, char name[NAME_SIZE]);

/**
 * sealing_label(kind):
 * Return what stands for an account where local files are of ${kind}: "attached"
 * for those named one by one, else "folder".
 */
const char * sealing_label(enum kind kind);

/**
 * sealing_local_name(index, kind, name):
 * Write the name of source ${index}, local files of ${kind}, to ${name}.
 */
void sealing_local_name(int index, enum kind kind, char name[NAME_SIZE]);

/**
 * sealing_signers(signing, facts, keys):
 * Fill ${keys} with those who sign both the seal and the ledger, in the order of
 * their files; the first Ed25519 key is the examiner's of ${facts}.  Return how
 * many there are.
 */
size_t sealing_signers(const struct signing * signing,
    const struct facts * facts, struct signer_key keys[SIGNER_MAX]);

/**
 * sealing_run(s, w, facts, e):
 * Seal the package ${w} and fill ${facts}.  Return 0, or -1 with ${e} set.
 */
int sealing_run(const struct sealing * s, struct package_write * w,
    struct package_facts * facts, struct err * e);

#endif
