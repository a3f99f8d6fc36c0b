#include <string.h>

#include "evidence/clock.h"
#include "evidence/ledger_stamp.h"

const struct ledger_entry *
ledger_stamp_over(const struct ledger * ledger, const struct ledger_entry * one)
{
	if (one->entry.token.file == NULL)
		return NULL;
	for (size_t i = 0; i < ledger->n_entries; i++) {
		if (ledger->entries[i].entry.seq == one->entry.about)
			return &ledger->entries[i];
	}
	return NULL;
}

static enum proof
refuse(struct err * why, const char * text)
{
	err_set(why, ERR_FORGED, NULL, "%s", text);
	return PROOF_CONTENT;
}

enum proof
ledger_stamp_verify(const struct ledger * ledger,
    const struct ledger_entry * one, const struct ledger_stamp_rules * rules,
    struct timestamp_facts * facts, struct err * why)
{
	const struct ledger_entry * over = ledger_stamp_over(ledger, one);
	const struct ledger_file * token =
	    ledger_find_file(ledger, one->entry.token.file);
	const struct timestamp_rules by = {
		.roots = (rules->trust == NULL)
		    ? NULL
		    : trust_set(rules->trust, TRUST_STAMP_ROOTS),
		.revocations = (rules->trust == NULL)
		    ? NULL
		    : trust_set(rules->trust, TRUST_REVOCATIONS),
		.at = CLOCK_UNKNOWN,
		.now = (rules->now != 0) ? rules->now : clock_now(),
		.need_revocation = rules->need_revocation,
	};

	memset(facts, 0, sizeof(*facts));
	facts->at = CLOCK_UNKNOWN;
	if (over == NULL)
		return refuse(why, "the entry that it stamps is not here");
	if (token == NULL)
		return refuse(why, "the declared time stamp is missing");
	if (memcmp(token->sha256, one->entry.token.sha256, DIGEST_SHA256_LEN) !=
	    0)
		return refuse(
		    why, "it is not the file that the entry declares");
	return timestamp_verify(&by, token->bytes, token->len,
	    over->file->bytes, over->file->len, facts, why);
}
