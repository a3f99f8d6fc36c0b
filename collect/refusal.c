#include <stddef.h>
#include <string.h>

#include "collect/refusal.h"

static const struct {
	const char * code;
	const char * words;
} refusals[] = {
	{ "AuthenticationFailed",
	    "the signature is not accepted: the key was replaced, the SAS was "
	    "altered or has ended, or it is of another account" },
	{ "AuthorizationFailure",
	    "the credential is of another account or was withdrawn, or the "
	    "account's firewall shuts this address out" },
	{ "AuthorizationPermissionMismatch",
	    "the credential lacks this right (sp)" },
	{ "AuthorizationResourceTypeMismatch",
	    "the SAS does not reach this kind of thing (srt)" },
	{ "AuthorizationServiceMismatch",
	    "the SAS is not for this service (ss)" },
	{ "AuthorizationSourceIPMismatch",
	    "the SAS is for other addresses than this machine's (sip)" },
	{ "AuthorizationProtocolMismatch",
	    "the SAS is not for this protocol (spr)" },
	{ "InsufficientAccountPermissions", "the credential lacks this right" },
	{ "InvalidAuthenticationInfo",
	    "the credential cannot be read by the service" },
	{ "NoAuthenticationInformation",
	    "the service saw no credential in the request" },
	{ "KeyBasedAuthenticationNotPermitted",
	    "the account does not take keys, nor a SAS made with one: ask for "
	    "a user delegation SAS" },
	{ "AccountIsDisabled", "the account is disabled" },
	{ "PublicAccessNotPermitted",
	    "the account gives nothing without a credential" },
};

const char *
refusal_words(const char * code)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (strcmp(refusals[i].code, code) == 0)
			return refusals[i].words;
	}
	return "";
}
