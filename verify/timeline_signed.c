#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/derivation.h"
#include "evidence/io.h"
#include "evidence/ledger.h"
#include "evidence/signer_verify.h"

#include "verify/timeline_signed.h"

#define SIGNATURE_MAX ((size_t)256 << 10) /* As in a package. */

/* Whether ${d} names ${package} with its seal. */
static bool
names(const struct derivation * d, const struct derived_package * package)
{
	for (size_t i = 0; i < d->n_packages; i++)
		if (package->is_sealed &&
		    (strcmp(d->packages[i].package, package->package) == 0) &&
		    (memcmp(d->packages[i].seal_sha256, package->seal_sha256,
			 DIGEST_SHA256_LEN) == 0))
			return true;
	return false;
}

/* What was signed is this bag, and its packages are those it was made from. */
static void
check_binding(struct timeline_check * c, const struct derivation * d,
    const struct derived * derived,
    const uint8_t tagmanifest_sha256[DIGEST_SHA256_LEN])
{
	if (memcmp(d->tagmanifest_sha256, tagmanifest_sha256,
		DIGEST_SHA256_LEN) != 0)
		timeline_check_tell(c, true, "derivation", DERIVATION_NAME,
		    "what was signed is another tag manifest than this one");
	if (d->n_packages != derived->n_packages)
		timeline_check_tell(c, true, "derivation", DERIVATION_NAME,
		    "it names other packages than derived.json");
	for (size_t i = 0; i < derived->n_packages; i++)
		if (!names(d, &derived->packages[i]))
			timeline_check_tell(c, true, "derivation",
			    derived->packages[i].package,
			    "derivation.json does not name it with this seal");
}

/* One declared signer. */
static enum signer_verdict
check_signer(struct timeline_check * c, const struct derivation * d,
    const struct signer * signer, const struct buf * text)
{
	char comment[DERIVATION_COMMENT_SIZE];
	struct signer_claim claim = { .comment = comment,
		.bytes = text->bytes,
		.len = text->len,
		.claimed_at = d->at,
		.stamped_at = CLOCK_UNKNOWN };
	enum signer_verdict verdict = SIGNER_BAD;
	struct signer_proof proof;
	struct buf sig = { 0 };
	struct err why;

	err_init(&why);
	derivation_comment(d->tagmanifest_sha256, signer->role, comment);
	if (io_load(c->bag, signer->file, SIGNATURE_MAX, &sig, &why) == 0) {
		claim.signature = sig.bytes;
		claim.signature_len = sig.len;
		verdict = signer_verify(signer, &claim, c->trust, &proof, &why);
	}
	if ((verdict == SIGNER_BAD) || (verdict == SIGNER_UNTIMED))
		timeline_check_tell(c, verdict == SIGNER_BAD, "signature",
		    signer->file, why.text);
	buf_free(&sig);
	return verdict;
}

static void
check_signers(struct timeline_check * c, const struct derivation * d,
    const struct buf * text)
{
	size_t unknown = 0;

	c->signers = d->n_signers;
	for (size_t i = 0; i < d->n_signers; i++) {
		enum signer_verdict verdict =
		    check_signer(c, d, &d->signers[i], text);

		c->signers_trusted += (verdict == SIGNER_GOOD);
		unknown += (verdict == SIGNER_UNTRUSTED);
	}
	if (d->n_signers == 0)
		timeline_check_tell(
		    c, true, "unsigned", DERIVATION_NAME, "nobody signed it");
	else if ((unknown > 0) && (unknown < d->n_signers))
		timeline_check_tell(c, false, "signer", DERIVATION_NAME,
		    "the keys of some of its signers were not given");
	else if (unknown > 0)
		timeline_check_tell(c, false, "untrusted", DERIVATION_NAME,
		    "nobody who is trusted signed the timeline; its rows prove "
		    "themselves, that none is missing does not");
}

/* The number of the entry that says the bag was signed; 0: there is none. */
static int64_t
find_entry(const struct ledger * ledger,
    const uint8_t tagmanifest_sha256[DIGEST_SHA256_LEN])
{
	for (size_t i = 0; i < ledger->n_entries; i++) {
		const struct custody_entry * one = &ledger->entries[i].entry;

		if ((one->event == CUSTODY_DERIVED) &&
		    (memcmp(one->product.sha256, tagmanifest_sha256,
			 DIGEST_SHA256_LEN) == 0))
			return one->seq;
	}
	return 0;
}

/* What the ledger of ${p} says.  That it holds together was judged with it. */
static int
check_ledger(struct timeline_check * c, const struct timeline_package * p,
    const uint8_t tagmanifest_sha256[DIGEST_SHA256_LEN], struct err * e)
{
	struct ledger * ledger = ledger_load(p->subject.ledger, e);
	int64_t seq;

	if (ledger == NULL)
		return -1;
	seq = find_entry(ledger, tagmanifest_sha256);
	ledger_free(ledger);
	if (seq > 0) {
		char text[128];

		c->entered++;
		(void)snprintf(text, sizeof(text),
		    "entry %06lld of its ledger says that this timeline was "
		    "signed, and " DERIVATION_NAME " is not here",
		    (long long)seq);
		if (!c->is_signed)
			timeline_check_tell(
			    c, true, "stripped", p->subject.path, text);
	} else if (c->is_signed) {
		timeline_check_tell(c, false, "entry", p->subject.path,
		    "no entry of its ledger says that the timeline was derived "
		    "from it");
	}
	return 0;
}

int
timeline_signed_check(struct timeline_check * c, const struct derived * derived,
    const uint8_t tagmanifest_sha256[DIGEST_SHA256_LEN], struct err * e)
{
	struct derivation d = { 0 };
	struct buf text = { 0 };
	struct err why;
	int rc = 0;

	err_init(&why);
	if (io_load(c->bag, DERIVATION_NAME, DERIVATION_MAX, &text, &why) ==
	    0) {
		c->is_signed = true;
		if (derivation_parse(text.bytes, text.len, &d, &why) != 0) {
			timeline_check_tell(
			    c, true, "derivation", DERIVATION_NAME, why.text);
		} else {
			check_binding(c, &d, derived, tagmanifest_sha256);
			check_signers(c, &d, &text);
		}
	} else if (why.kind != ERR_NOINPUT) {
		c->is_signed = true;
		timeline_check_tell(
		    c, true, "derivation", DERIVATION_NAME, why.text);
	}
	for (size_t i = 0; (i < c->n_packages) && (rc == 0); i++)
		if (c->packages[i].subject.ledger >= 0)
			rc = check_ledger(
			    c, &c->packages[i], tagmanifest_sha256, e);
	derivation_free(&d);
	buf_free(&text);
	return rc;
}
