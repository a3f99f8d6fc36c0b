#ifndef EVIDENCE_X509_H
#define EVIDENCE_X509_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/err.h"

/*
 * A set of certificates, revocation lists and OCSP answers.  What it is trusted
 * for is said by where it is used: as roots only if the examiner brought it.
 */
#define X509_MAX_OBJECTS 1024            /* Of each sort. */
#define X509_MAX_BYTES ((size_t)8 << 20) /* Of one file. */

struct x509_set;

/**
 * x509_new(e):
 * Return an empty set, which the caller frees with x509_free, or NULL with
 * ${e} set.
 */
struct x509_set * x509_new(struct err * e);

/**
 * x509_add(set, bytes, len, e):
 * Add what stands in ${bytes}: PEM blocks (CERTIFICATE, X509 CRL, OCSP
 * RESPONSE), or one of these in DER.  Return 0, or -1 with ${e} set: nothing in
 * it, something else in it, or over a limit.
 */
int x509_add(
    struct x509_set * set, const void * bytes, size_t len, struct err * e);

/**
 * x509_add_file(set, path, e):
 * As x509_add, from the regular file ${path}.
 */
int x509_add_file(struct x509_set * set, const char * path, struct err * e);

/**
 * x509_format(set, out, e):
 * Append all of ${set} to ${out}, as PEM blocks: certificates, lists, answers.
 * Return 0, or -1 with ${e} set (ERR_LIMIT over X509_MAX_BYTES).
 */
int x509_format(const struct x509_set * set, struct buf * out, struct err * e);

/**
 * x509_certificates(set):
 * Return how many certificates ${set} holds; 0 for NULL.
 */
size_t x509_certificates(const struct x509_set * set);

/**
 * x509_revocations(set):
 * Return how many revocation lists and OCSP answers ${set} holds; 0 for NULL.
 */
size_t x509_revocations(const struct x509_set * set);

/**
 * x509_free(set):
 * Release ${set}; NULL is fine.
 */
void x509_free(struct x509_set * set);

#endif
