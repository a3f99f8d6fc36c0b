#ifndef COLLECT_PROMISED_H
#define COLLECT_PROMISED_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/age_file.h"
#include "evidence/err.h"
#include "evidence/json.h"
#include "evidence/signer.h"

#include "collect/options.h"

/*
 * What the package is to have beside what is collected: time stamps, copies for
 * recipients, and the signatures of all who were to sign.  Who resumes need not
 * name the first two again, since nothing of them is secret; a signer who does
 * not come back is told.
 */
struct promised {
	const char * tsas[OPTIONS_MAX_TSAS]; /* Borrowed. */
	size_t tsa_count;
	bool is_tsa_optional;
	struct age_recipients recipients;
	const char * roles[SIGNER_MAX]; /* Borrowed. */
	size_t role_count;
};

/**
 * promised_take(p, o, e):
 * Take what the words ${o} say: authorities they name stand in place of those in
 * ${p}, and so do recipients; the signers of the first run stay.  ${p} borrows
 * from ${o}.  Return 0, or -1 with ${e} set.
 */
int promised_take(
    struct promised * p, const struct options * o, struct err * e);

/**
 * promised_missing(p, signing, roles):
 * Write to ${roles} those of ${p} in which nobody of ${signing} signs, and
 * return how many they are.
 */
size_t promised_missing(const struct promised * p,
    const struct signing * signing, const char * roles[SIGNER_MAX]);

/**
 * promised_put(p, j):
 * Put ${p} as a member into the object of ${j} that is open.
 */
void promised_put(const struct promised * p, struct json_out * j);

/**
 * promised_get(p, object):
 * Read the member of ${object} into ${p}, which borrows from it.  Return 0, or
 * -1 if it is not ours.
 */
int promised_get(struct promised * p, const struct json * object);

#endif
