#ifndef VERIFY_SIGNATURE_BOUNDS_H
#define VERIFY_SIGNATURE_BOUNDS_H

#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/signer.h"
#include "evidence/trust.h"

/*
 * What the trusted keys say of a key that made a signature which stands alone:
 * whether it may sign in its role at its moment.  In a package the document
 * says role and moment; here the examiner does, or the trusted comment.
 */
enum signature_bounds {
	SIGNATURE_FITS,      /* It may. */
	SIGNATURE_NOT_NAMED, /* Nothing is said of this key. */
	SIGNATURE_ROLELESS,  /* It may in some roles, and none is known. */
	SIGNATURE_OUTSIDE    /* Not in this role, or not then. */
};

/**
 * signature_bounds_role(comment, role):
 * Copy the role that the trusted ${comment} of one of our documents tells to
 * ${role}; "" if it is of another sort.
 */
void signature_bounds_role(const char * comment, char role[SIGNER_FILE_SIZE]);

/**
 * signature_bounds_check(trust, signer, at, key, why):
 * Judge by ${trust} whether ${signer}, whose role may be "" if it is not known,
 * may sign at the moment ${at}.  Put the key that says so into ${key}, borrowed
 * until trust_free, NULL if none does; SIGNATURE_ROLELESS and _OUTSIDE set ${why}.
 */
enum signature_bounds signature_bounds_check(const struct trust * trust,
    const struct signer * signer, int64_t at, const struct trust_key ** key,
    struct err * why);

#endif
