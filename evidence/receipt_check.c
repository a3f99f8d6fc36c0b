#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/ed25519_verify.h"
#include "evidence/io.h"
#include "evidence/receipt.h"
#include "evidence/receipt_check.h"
#include "evidence/signer_verify.h"

#define WHY_SIZE 400
#define SIGNATURE_MAX ((size_t)64 << 10) /* Bytes of one file. */

/* A check under way. */
struct check {
	const struct receipt_place * place;
	const struct ledger * ledger;
	const struct ledger_expect * expect;
	struct receipt receipt;
	struct buf bytes;
	ledger_report * report;
	void * context;
	int findings;
};

static void
say(struct check * c, enum ledger_problem problem, const char * why)
{
	c->report(c->context, problem, c->place->path, why);
	c->findings++;
}

/* One declared signature.  Return what it is worth. */
static enum signer_verdict
check_signature(struct check * c, const struct signer * signer)
{
	char comment[RECEIPT_COMMENT_SIZE];
	struct signer_claim claim = { .comment = comment,
		.bytes = c->bytes.bytes,
		.len = c->bytes.len,
		.claimed_at = c->receipt.at,
		.stamped_at = CLOCK_UNKNOWN };
	struct signer_proof proof;
	enum signer_verdict verdict = SIGNER_BAD;
	struct buf file = { 0 };
	struct err why;

	err_init(&why);
	receipt_comment(
	    c->receipt.package, c->receipt.seq, signer->role, comment);
	if (io_load(c->place->dir, signer->file, SIGNATURE_MAX, &file, &why) ==
	    0) {
		claim.signature = file.bytes;
		claim.signature_len = file.len;
		verdict = signer_verify(
		    signer, &claim, c->expect->trust, &proof, &why);
	}
	if (verdict == SIGNER_BAD)
		say(c, LEDGER_RECEIPT, why.text);
	if (verdict == SIGNER_UNTIMED)
		say(c, LEDGER_SIGNER, why.text);
	buf_free(&file);
	return verdict;
}

/* Whether somebody who is trusted signed it, and nobody wrongly. */
static bool
is_trusted(struct check * c)
{
	size_t good = 0, bad = 0, unknown = 0;

	for (size_t i = 0; i < c->receipt.n_signers; i++) {
		enum signer_verdict v =
		    check_signature(c, &c->receipt.signers[i]);

		good += (v == SIGNER_GOOD);
		bad += (v == SIGNER_BAD);
		unknown += (v == SIGNER_UNTRUSTED);
	}
	if (unknown == c->receipt.n_signers)
		say(c, LEDGER_UNTRUSTED,
		    "nobody who is trusted signed this receipt");
	else if (unknown > 0)
		say(c, LEDGER_SIGNER,
		    "the keys of some of its signers were not given");
	return (good > 0) && (bad == 0);
}

/* The ledger against what the receipt says. */
static bool
is_kept(struct check * c)
{
	const struct receipt * r = &c->receipt;
	const struct ledger_entry * one = NULL;
	char why[WHY_SIZE];

	for (size_t i = 0; i < c->ledger->n_entries; i++) {
		if (c->ledger->entries[i].entry.seq != r->seq)
			continue;
		one = &c->ledger->entries[i];
		if (memcmp(one->file->sha256, r->head, DIGEST_SHA256_LEN) == 0)
			return true;
	}
	if (one == NULL)
		(void)snprintf(why, sizeof(why),
		    "entry %06lld, which it was given for, is not in the "
		    "ledger: the ledger was cut short",
		    (long long)r->seq);
	else
		(void)snprintf(why, sizeof(why),
		    "entry %06lld is another one than it was given for: the "
		    "ledger was written anew",
		    (long long)r->seq);
	say(c, LEDGER_RECEIPT, why);
	return false;
}

/* Whether it is about this ledger. */
static bool
is_about_it(struct check * c)
{
	const struct ledger_expect * expect = c->expect;
	const char * package = expect->package;
	const uint8_t * seal = expect->seal_sha256;

	if (c->ledger->n_entries > 0) {
		if (package == NULL)
			package = c->ledger->entries[0].entry.package;
		if (seal == NULL)
			seal = c->ledger->entries[0].entry.seal_sha256;
	}
	if (((package == NULL) || (strcmp(package, c->receipt.package) == 0)) &&
	    ((seal == NULL) ||
		(memcmp(seal, c->receipt.seal_sha256, DIGEST_SHA256_LEN) == 0)))
		return true;
	say(c, LEDGER_RECEIPT, "it is a receipt for another package or seal");
	return false;
}

int
receipt_check(const struct receipt_place * place, const struct ledger * ledger,
    const struct ledger_expect * expect, struct receipt_proof * proof,
    ledger_report * report, void * context)
{
	struct check c = { .place = place,
		.ledger = ledger,
		.expect = expect,
		.report = report,
		.context = context };
	struct err why;

	err_init(&why);
	if ((io_load(place->dir, place->name, RECEIPT_MAX, &c.bytes, &why) !=
		0) ||
	    (receipt_parse(c.bytes.bytes, c.bytes.len, &c.receipt, &why) !=
		0)) {
		say(&c, LEDGER_RECEIPT, why.text);
		buf_free(&c.bytes);
		return c.findings;
	}
	/* A receipt that nobody can judge still contradicts, or does not. */
	if (is_about_it(&c)) {
		bool is_proof = is_trusted(&c);

		is_proof = is_kept(&c) && is_proof;
		if (is_proof && (c.receipt.seq > proof->seq)) {
			proof->seq = c.receipt.seq;
			proof->at = c.receipt.at;
		}
	}
	receipt_free(&c.receipt);
	buf_free(&c.bytes);
	return c.findings;
}
