#include <string.h>

#include "evidence/clock.h"
#include "evidence/ledger_stamp.h"

struct ledger_entry *
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
		.proved_at =
		    (one->proved_at != CLOCK_UNKNOWN) ? &one->proved_at : NULL,
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

/* At ${at} there was the entry ${one}, and all that it leads back to. */
static void
note_proved(const struct ledger * ledger, struct ledger_entry * one, int64_t at)
{
	/* Where an earlier moment is proved, it is so from there on. */
	while ((one != NULL) &&
	    ((one->proved_at == CLOCK_UNKNOWN) || (at < one->proved_at))) {
		one->proved_at = at;
		one = ledger_previous(ledger, one);
		if ((one != NULL) &&
		    ((one->stamped_at == CLOCK_UNKNOWN) ||
			(at < one->stamped_at)))
			one->stamped_at = at;
	}
}

void
ledger_stamp_prove(
    struct ledger * ledger, const struct ledger_stamp_rules * rules)
{
	for (size_t i = 0; i < ledger->n_entries; i++) {
		struct ledger_entry * one = &ledger->entries[i];

		one->stamp = PROOF_UNTRUSTED;
		one->proved_at = one->stamped_at = CLOCK_UNKNOWN;
	}
	for (size_t i = ledger->n_entries; i > 0; i--) {
		struct ledger_entry * one = &ledger->entries[i - 1];
		struct timestamp_facts facts;
		struct err why;

		if (one->entry.token.file == NULL)
			continue;
		err_init(&why);
		one->stamp =
		    ledger_stamp_verify(ledger, one, rules, &facts, &why);
		if (one->stamp == PROOF_GOOD)
			note_proved(
			    ledger, ledger_stamp_over(ledger, one), facts.at);
	}
}
