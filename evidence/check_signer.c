/*
 * Who sealed it, and when: the files of seal/ behind seal.json, kept until all
 * of them are there, then judged by what the examiner brought.  Time comes
 * first: a certificate is judged at the moment that a trusted token proves for
 * its own signature, and at no other.
 */
#include <string.h>

#include "evidence/check.h"
#include "evidence/check_start.h"
#include "evidence/clock.h"
#include "evidence/cms_verify.h"
#include "evidence/demand.h"
#include "evidence/ledger_stamp.h"
#include "evidence/signer_verify.h"
#include "evidence/timestamp_verify.h"

/* Which token is ${file}, or -1. */
static int
find_token(const struct seal * seal, const char * file)
{
	for (size_t i = 0; i < seal->n_tokens; i++)
		if (strcmp(seal->tokens[i].file, file) == 0)
			return (int)i;
	return -1;
}

void
check_seal_file(struct check * c, const uint8_t * bytes, size_t len)
{
	const struct signer * s =
	    signer_find(c->seal.signers, c->seal.n_signers, c->item.name);
	int token = find_token(&c->seal, c->item.name);
	struct buf * to = NULL;
	struct err why;

	err_init(&why);
	if (s != NULL) {
		to = &c->signature[s - c->seal.signers];
		c->is_signed[s - c->seal.signers] = true;
	} else if (token >= 0) {
		to = &c->token[token];
		c->is_stamped[token] = true;
	} else {
		check_find(c, CHECK_SEAL_FILE, c->item.path,
		    "the seal does not declare it");
		return;
	}
	if (buf_add(to, bytes, len, &why) != 0)
		check_find_err(c, CHECK_SEAL_FILE, c->item.path, &why);
}

void
check_seal_certificates(struct check * c, const uint8_t * bytes, size_t len)
{
	struct err why;

	err_init(&why);
	c->has_certificates = true;
	if (!c->seal.has_certificates ||
	    (memcmp(c->sha256, c->seal.certificates_sha256,
		 DIGEST_SHA256_LEN) != 0)) {
		check_find(c, CHECK_SEAL_FILE, c->item.path,
		    "it is not the file that the seal declares");
		return;
	}
	c->carried = x509_new(&why);
	if ((c->carried == NULL) ||
	    (x509_add(c->carried, bytes, len, &why) != 0))
		check_find_err(c, CHECK_SEAL_FILE, c->item.path, &why);
}

/* Remember the earliest moment that is proved for signature ${k}. */
static void
note_time(struct check * c, size_t k, int64_t at)
{
	if ((c->stamped_at[k] == CLOCK_UNKNOWN) || (at < c->stamped_at[k]))
		c->stamped_at[k] = at;
}

/* Say what a trusted token shows about ${file}. */
static void
say_time(
    struct check * c, const char * file, const struct timestamp_facts * facts)
{
	char at[CLOCK_TEXT_SIZE];

	clock_format(facts->at, at);
	check_find(c, CHECK_STAMPED, file,
	    "it existed at %s, by %s under %s, policy %s, serial %s%s%s%s%s",
	    at, facts->subject, facts->anchor, facts->policy, facts->serial,
	    facts->is_ordered ? ", ordered" : "",
	    (facts->accuracy < 0) ? ", accuracy not said" : "",
	    facts->is_revocation_known ? "" : ", revocation not known",
	    facts->is_revoked_later ? ", revoked since, which does not matter"
				    : "");
}

/* Is the moment one at which this package can have been sealed? */
static bool
is_possible(
    struct check * c, const char * file, const struct timestamp_facts * facts)
{
	if (!c->has_case ||
	    seal_may_be_of(
		&c->seal, c->case_file.started_at, facts->at, facts->accuracy))
		return true;
	check_find(c, CHECK_TOKEN, file,
	    "time: it is from before the collection began");
	return false;
}

/* Judge token ${i} over the signature that it stamps. */
static void
check_token(struct check * c, size_t i, size_t * untrusted)
{
	const struct seal_token * t = &c->seal.tokens[i];
	const struct signer * s =
	    signer_find(c->seal.signers, c->seal.n_signers, t->over);
	size_t k = (size_t)(s - c->seal.signers);
	struct timestamp_rules rules = check_stamp_rules(c);
	struct timestamp_facts facts;
	enum proof proof;
	struct err why;

	err_init(&why);
	if (!c->is_signed[k])
		return; /* Its signature is missing; that is said. */
	proof =
	    timestamp_verify(&rules, buf_text(&c->token[i]), c->token[i].len,
		buf_text(&c->signature[k]), c->signature[k].len, &facts, &why);
	if (proof == PROOF_GOOD) {
		if (is_possible(c, t->file, &facts)) {
			note_time(c, k, facts.at);
			say_time(c, s->file, &facts);
		}
	} else if (proof == PROOF_UNTRUSTED) {
		(*untrusted)++;
	} else if (proof == PROOF_UNKNOWN) {
		check_find_err(c, CHECK_TOKEN, t->file, &why);
	} else {
		check_find(c, CHECK_TOKEN, t->file, "%s: %s", proof_code(proof),
		    why.text);
	}
}

/* What the tokens that no given root vouches for come to. */
static void
judge_untrusted(struct check * c, size_t untrusted, size_t proved)
{
	if (untrusted == 0)
		return;
	if (trust_set(c->options->trust, TRUST_STAMP_ROOTS) == NULL)
		check_find(c, CHECK_NO_STAMP_TRUST, "",
		    "no root of a time-stamping authority was given, so %zu "
		    "time stamps could not be judged",
		    untrusted);
	else if (proved == 0)
		check_find(c, CHECK_STAMP_UNTRUSTED, "",
		    "no time stamp is by an authority under the roots given");
	else
		check_find(c, CHECK_STAMP_OTHER, "",
		    "%zu further time stamps are by authorities that are not "
		    "under the roots given",
		    untrusted);
}

/* Does ${one} pin this very file, or lead back to an entry that does? */
static bool
is_about_file(const struct check * c, const struct ledger_entry * one)
{
	const struct package_result * r = c->result;

	for (; r->has_archive_digest && (one != NULL);
	     one = ledger_previous(c->ledger, one))
		if (one->entry.has_archive &&
		    (memcmp(one->entry.archive_sha256, r->archive_sha256,
			 DIGEST_SHA256_LEN) == 0))
			return true;
	return false;
}

/*
 * The tokens of the ledger prove when the file existed: those over an entry that
 * pins it, and those over whatever follows one.
 */
static void
prove_file(struct check * c)
{
	const struct ledger_stamp_rules rules = { .trust = c->options->trust,
		.now = c->options->now,
		.need_revocation = c->options->need_revocation };

	c->file_proved_at = CLOCK_UNKNOWN;
	if (c->ledger == NULL)
		return;
	ledger_stamp_prove(c->ledger, &rules);
	for (size_t i = 0; i < c->ledger->n_entries; i++) {
		const struct ledger_entry * one = &c->ledger->entries[i];

		if ((one->proved_at == CLOCK_UNKNOWN) ||
		    ((c->file_proved_at != CLOCK_UNKNOWN) &&
			(one->proved_at >= c->file_proved_at)))
			continue;
		if (is_about_file(c, one))
			c->file_proved_at = one->proved_at;
	}
}

/*
 * What the tokens of the ledger show for the signatures in the file.  What is
 * wrong with one is the ledger's matter.  Return how many are good, or would be
 * if their authority were trusted.
 */
static size_t
check_ledger_tokens(struct check * c, size_t * untrusted)
{
	const struct ledger_stamp_rules rules = { .trust = c->options->trust,
		.now = c->options->now,
		.need_revocation = c->options->need_revocation };
	size_t n = 0;

	for (size_t i = 0; (c->ledger != NULL) && (i < c->ledger->n_entries);
	     i++) {
		const struct ledger_entry * one = &c->ledger->entries[i];
		struct timestamp_facts facts;
		struct err why;

		if ((one->entry.token.file == NULL) ||
		    ((one->stamp != PROOF_GOOD) &&
			(one->stamp != PROOF_UNTRUSTED)) ||
		    !is_about_file(c, ledger_stamp_over(c->ledger, one)))
			continue;
		n++;
		if (one->stamp == PROOF_UNTRUSTED) {
			(*untrusted)++;
			continue;
		}
		err_init(&why);
		if ((ledger_stamp_verify(
			 c->ledger, one, &rules, &facts, &why) != PROOF_GOOD) ||
		    !is_possible(c, one->entry.token.file, &facts))
			continue;
		for (size_t k = 0; k < c->seal.n_signers; k++)
			note_time(c, k, facts.at);
		say_time(c, one->entry.token.file, &facts);
	}
	return n;
}

void
check_time(struct check * c)
{
	size_t untrusted = 0, proved = 0, beside = 0;

	for (size_t k = 0; k < SIGNER_MAX; k++)
		c->stamped_at[k] = CLOCK_UNKNOWN;
	prove_file(c);
	for (size_t i = 0; i < c->seal.n_tokens; i++) {
		if (c->is_stamped[i])
			check_token(c, i, &untrusted);
		else
			check_find(c, CHECK_TOKEN_MISSING,
			    c->seal.tokens[i].file,
			    "the seal declares this time stamp, and it is not "
			    "here");
	}
	beside = check_ledger_tokens(c, &untrusted);
	check_start_time(c, &untrusted);
	for (size_t k = 0; k < c->seal.n_signers; k++)
		proved += (c->stamped_at[k] != CLOCK_UNKNOWN) ? 1 : 0;
	judge_untrusted(c, untrusted, proved);
	if (c->seal.n_tokens + beside == 0)
		check_find(c, CHECK_NO_TOKEN, "",
		    "the seal has no time stamp, and the ledger none over it: "
		    "its time is the collector's own word");
	else if ((proved > 0) && (proved < c->seal.n_signers))
		check_find(c, CHECK_UNSTAMPED, "",
		    "%zu of %zu signatures have no time stamp that is trusted",
		    c->seal.n_signers - proved, c->seal.n_signers);
}

/* A trusted signature: say by what, and what is not known about it. */
static void
note_good(struct check * c, const struct signer * s,
    const struct signer_proof * proof)
{
	c->result->signers_good++;
	c->result->signers_trusted++;
	check_find(c, CHECK_SIGNED_BY, s->file, "%s: %s", s->role, proof->by);
	if (s->kind != SIGNER_CMS)
		return;
	if (!proof->is_revocation_known)
		check_find(c, CHECK_REVOCATION, s->file,
		    "nothing was given that tells whether its certificates are "
		    "revoked");
	if (proof->is_revoked_later)
		check_find(c, CHECK_REVOCATION, s->file,
		    "a certificate was revoked later, when this was proved to "
		    "exist, or for no compromise");
}

/* Judge the signature of signer ${k}.  Return what it is worth. */
static enum signer_verdict
check_signer(struct check * c, size_t k)
{
	const struct signer * s = &c->seal.signers[k];
	char comment[SEAL_COMMENT_SIZE];
	struct signer_claim claim = { .comment = comment,
		.bytes = c->seal_bytes.bytes,
		.len = c->seal_bytes.len,
		.signature = buf_text(&c->signature[k]),
		.signature_len = c->signature[k].len,
		.carried = c->carried,
		.claimed_at = c->seal.sealed_at,
		.now = c->options->now,
		.stamped_at = c->stamped_at[k],
		.need_revocation = c->options->need_revocation };
	enum signer_verdict verdict;
	struct signer_proof proof;
	struct err why;

	err_init(&why);
	seal_comment(c->seal.package, s->role, c->seal.case_number, comment);
	verdict = signer_verify(s, &claim, c->options->trust, &proof, &why);
	switch (verdict) {
	case SIGNER_GOOD:
		note_good(c, s, &proof);
		break;
	case SIGNER_UNTRUSTED:
		break; /* judge_trust counts them. */
	case SIGNER_UNTIMED:
		c->result->signers_good++;
		check_find(c, CHECK_EXPIRED, s->file,
		    "%s: it is good only if it was made when it says; no "
		    "trusted time stamp shows that",
		    why.text);
		break;
	case SIGNER_BAD:
		if ((proof.proof == PROOF_UNKNOWN) ||
		    (s->kind == SIGNER_ED25519))
			check_find_err(c, CHECK_SIGNATURE, s->file, &why);
		else
			check_find(c, CHECK_SIGNATURE, s->file, "%s: %s",
			    proof_code(proof.proof), why.text);
		break;
	}
	return verdict;
}

/* What the trust file demands of who signed. */
static void
judge_demands(struct check * c, const enum signer_verdict * verdicts)
{
	const struct trust * trust = c->options->trust;

	for (size_t i = 0; i < trust_demands(trust); i++) {
		char text[DEMAND_TEXT_SIZE];

		switch (demand_judge(trust_demand_get(trust, i),
		    c->seal.signers, c->seal.n_signers, verdicts, text)) {
		case DEMAND_MET:
			break;
		case DEMAND_OPEN:
			check_find(c, CHECK_DEMAND_OPEN, "", "%s", text);
			break;
		case DEMAND_MISSED:
			check_find(c, CHECK_DEMAND, "", "%s", text);
			break;
		}
	}
}

/* What can be said when no signature could be called trusted. */
static void
judge_trust(struct check * c)
{
	size_t n = c->result->signers;
	size_t good = c->result->signers_good;

	if (trust_count(c->options->trust) == 0)
		check_find(c, CHECK_NO_TRUST, "",
		    "no trusted key or root was given, so the signatures could "
		    "not be judged; a key that travels with a package proves "
		    "nothing");
	else if (good == 0)
		check_find(c, CHECK_UNTRUSTED, "",
		    "no declared signer's key is among the %zu trusted keys "
		    "and roots",
		    trust_count(c->options->trust));
	else if (good < n)
		check_find(c, CHECK_SIGNER, "",
		    "%zu of %zu signers could not be judged: their keys were "
		    "not given",
		    n - good, n);
}

void
check_authenticity(struct check * c)
{
	enum signer_verdict verdicts[SIGNER_MAX];

	for (size_t k = 0; k < SIGNER_MAX; k++)
		verdicts[k] = SIGNER_BAD;
	if (!c->result->is_sealed) {
		check_find(c, CHECK_NO_SEAL, "",
		    "no seal could be read: nothing shows who made this");
		return;
	}
	if (c->seal.has_certificates && !c->has_certificates)
		check_find(c, CHECK_SIGNATURE_MISSING, "seal/certs.pem",
		    "the seal declares it, and it is not here");
	if (c->seal.n_signers == 0) {
		check_find(
		    c, CHECK_NO_SIGNER, "seal/seal.json", "nobody signed it");
		return;
	}
	for (size_t k = 0; k < c->seal.n_signers; k++) {
		if (c->is_signed[k])
			verdicts[k] = check_signer(c, k);
		else
			check_find(c, CHECK_SIGNATURE_MISSING,
			    c->seal.signers[k].file,
			    "the seal declares this signature, and it is not "
			    "here");
	}
	if ((c->found[CHECK_SIGNATURE] == 0) &&
	    (c->found[CHECK_SIGNATURE_MISSING] == 0))
		judge_trust(c);
	judge_demands(c, verdicts);
}

void
check_signer_free(struct check * c)
{
	for (size_t i = 0; i < SIGNER_MAX; i++)
		buf_free(&c->signature[i]);
	for (size_t i = 0; i < SEAL_MAX_TOKENS; i++)
		buf_free(&c->token[i]);
	buf_free(&c->start.case_bytes);
	buf_free(&c->start.token);
	x509_free(c->carried);
	c->carried = NULL;
}
