#ifndef COLLECT_CREDENTIAL_URL_H
#define COLLECT_CREDENTIAL_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "collect/credential.h"
#include "evidence/err.h"

/*
 * What the URL of a blob service, a container or a blob says by itself: the
 * endpoint, the account, the container.
 *
 *	url  = scheme "://" host [ ":" port ] [ "/" path ]
 *	path = [ account "/" ] [ container [ "/" blob ] ]
 *
 * The account is in the path where the host is an address, "localhost" or one
 * word (emulators), else it is the host's first label, if "blob" is another
 * one; any other host says no account.  "-secondary" is cut off an account.
 */
struct credential_place {
	char endpoint[CREDENTIAL_ENDPOINT_MAX];
	char account[CREDENTIAL_ACCOUNT_MAX + 1]; /* "" if not said. */
	char container[CREDENTIAL_CONTAINER_MAX + 1];
	bool has_blob;
};

/**
 * credential_url_is(text, len):
 * Return whether ${len} bytes of ${text} begin as an HTTP or HTTPS URL does.
 */
bool credential_url_is(const char * text, size_t len);

/**
 * credential_url_parse(text, len, place, e):
 * Read the ${len} bytes of the URL ${text}, which ends before any "?", into
 * ${place}.  Return 0, or -1 with ${e} set, which quotes nothing of ${text}.
 */
int credential_url_parse(const char * text, size_t len,
    struct credential_place * place, struct err * e);

#endif
