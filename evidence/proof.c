#include <assert.h>

#include "evidence/proof.h"

/* In the order of enum proof. */
static const char * const codes[] = { "good", "encoding", "content", "signers",
	"attributes", "algorithm", "certificate-missing", "signature",
	"untrusted", "chain", "purpose", "expired", "not-yet-valid", "revoked",
	"revocation", "status", "imprint", "nonce", "policy", "time",
	"unknown" };
static_assert(sizeof(codes) / sizeof(codes[0]) == PROOF_COUNT, "one a proof");

const char *
proof_code(enum proof proof)
{
	return codes[proof];
}
