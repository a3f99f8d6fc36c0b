#ifndef EVIDENCE_CMS_PARTS_H
#define EVIDENCE_CMS_PARTS_H

#include <openssl/cms.h>
#include <openssl/x509.h>
#include <stdbool.h>

#include "evidence/err.h"
#include "evidence/proof.h"

/*
 * The inside of a CMS signature, in OpenSSL's types, for the modules that
 * verify one: a detached signature, and a time stamp, which is a signature
 * around its content.
 */
struct cms_shape {
	int content;      /* NID of what it is over. */
	bool is_detached; /* The content is elsewhere, not in it. */
	bool is_strict;   /* As we sign: no other algorithm, attribute. */
};

struct cms {
	CMS_ContentInfo * info;
	CMS_SignerInfo * signer; /* The one, borrowed. */
	STACK_OF(X509) * certificates;
	STACK_OF(X509_CRL) * lists;
	X509 * certificate; /* The signer's, borrowed, once it is found. */
};

/**
 * cms_open(cms, file, len, shape, e):
 * Take ${file} apart into ${cms}, which is zeros, and check that it is of
 * ${shape}.  Return PROOF_GOOD, or the reason with ${e} set; cms_close releases
 * it either way.
 */
enum proof cms_open(struct cms * cms, const void * file, size_t len,
    const struct cms_shape * shape, struct err * e);

/**
 * cms_find_signer(cms, more, n_more, e):
 * Find the signer's certificate in ${cms} or in the ${n_more} stacks ${more},
 * any of which may be NULL.  Return as cms_open.
 */
enum proof cms_find_signer(struct cms * cms, STACK_OF(X509) * const * more,
    size_t n_more, struct err * e);

/**
 * cms_check_algorithm(cms, shape, text, size, e):
 * Check the algorithms and the key of the found signer, and write them to
 * ${text} of ${size} bytes.  Return as cms_open.
 */
enum proof cms_check_algorithm(const struct cms * cms,
    const struct cms_shape * shape, char * text, size_t size, struct err * e);

/**
 * cms_check_signature(cms, bytes, len, e):
 * Verify signature and digest by the found certificate, over the ${bytes} of a
 * detached signature or, if they are NULL, over the content.  Return as
 * cms_open.
 */
enum proof cms_check_signature(
    struct cms * cms, const void * bytes, size_t len, struct err * e);

/**
 * cms_check_certificate_name(cms, more, n_more, is_needed, e):
 * Check that the signed attributes name the certificate that was found first
 * (signing-certificate, RFC 5035), and behind it only ones that are in ${cms}
 * or ${more}.  Return as cms_open.
 */
enum proof cms_check_certificate_name(const struct cms * cms,
    STACK_OF(X509) * const * more, size_t n_more, bool is_needed,
    struct err * e);

/**
 * cms_close(cms):
 * Release what ${cms} owns.
 */
void cms_close(struct cms * cms);

#endif
