#ifndef COLLECT_CREDENTIAL_STRING_H
#define COLLECT_CREDENTIAL_STRING_H

#include <stdbool.h>

#include "collect/credential.h"
#include "evidence/err.h"
#include "evidence/secret.h"

/*
 * The text of a credential as it stands in a file or a variable: an account
 * key in base64, a SAS, a whole URL with a SAS behind its "?", or a connection
 * string:
 *
 *	string = [ setting ] *( ";" [ setting ] );  setting = name "=" value
 *
 * Names in any order and any case: AccountName, AccountKey,
 * SharedAccessSignature, BlobEndpoint, BlobSecondaryEndpoint, EndpointSuffix,
 * DefaultEndpointsProtocol, UseDevelopmentStorage (true only),
 * DevelopmentStorageProxyUri; the endpoints of files, queues, tables and Data
 * Lake are known and not used.  Any other name is refused, as is one that
 * stands twice: half a credential is worse than none.
 */

struct credential_parts {
	struct secret * sas; /* Without "?"; NULL: none. */
	struct secret * key; /* Decoded; NULL: none. */
	char account[CREDENTIAL_ACCOUNT_MAX + 1];
	char endpoint[CREDENTIAL_ENDPOINT_MAX];
	char container[CREDENTIAL_CONTAINER_MAX + 1]; /* Of a URL. */
};

/**
 * credential_parts_parse(text, is_key, parts, e):
 * Take ${text}, white space around it aside, apart into ${parts}, which is
 * empty: as a connection string or a URL if it is one, else as a key
 * (${is_key}) or a SAS.  The caller frees the secrets in ${parts}, also after a
 * failure.  Return 0, or -1 with ${e} set, which quotes nothing of ${text}.
 */
int credential_parts_parse(const struct secret * text, bool is_key,
    struct credential_parts * parts, struct err * e);

/**
 * credential_account_set(parts, name, e):
 * Set the account of ${parts} to ${name}: 3 to CREDENTIAL_ACCOUNT_MAX of a-z,
 * 0-9 and "-".  Return 0, or -1 with ${e} set and ${parts} untouched.
 */
int credential_account_set(
    struct credential_parts * parts, const char * name, struct err * e);

#endif
