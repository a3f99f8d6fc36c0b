#include <string.h>

#include "evidence/ledger_signature.h"

enum signer_verdict
ledger_signature_verify(const struct ledger * ledger,
    const struct ledger_entry * one, size_t i, const struct trust * trust,
    struct signer_proof * proof, struct err * why)
{
	const struct signer * signer = &one->entry.signers[i];
	const struct ledger_file * file =
	    ledger_find_file(ledger, signer->file);
	char comment[CUSTODY_COMMENT_SIZE];
	struct signer_claim claim = { .comment = comment,
		.bytes = one->file->bytes,
		.len = one->file->len,
		.claimed_at = one->entry.at,
		.stamped_at = one->stamped_at };

	memset(proof, 0, sizeof(*proof));
	if (file == NULL) {
		err_set(
		    why, ERR_FORGED, NULL, "a declared signature is missing");
		return SIGNER_BAD;
	}
	custody_comment(
	    one->entry.package, one->entry.seq, signer->role, comment);
	claim.signature = file->bytes;
	claim.signature_len = file->len;
	return signer_verify(signer, &claim, trust, proof, why);
}
