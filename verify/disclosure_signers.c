/*
 * Who sealed the package and who discloses it (disclosure_parts.h): the seal by
 * the rules of a package, with the certificates and the time stamps that stand
 * beside it, by all that the examiner demands of a seal.
 */
#include <stdio.h>
#include <string.h>

#include "evidence/case_file.h"
#include "evidence/clock.h"
#include "evidence/demand.h"
#include "evidence/signer_verify.h"
#include "evidence/tar.h"
#include "evidence/timestamp_verify.h"

#include "verify/disclosure_parts.h"

#define SIGNATURE_MAX ((size_t)256 << 10) /* As in a package. */

/* A document under judgement. */
struct signed_by {
	const char * file; /* It itself, in the folder. */
	bool is_seal;      /* Of the package; else of the disclosure. */
	const struct signer * signers;
	size_t n;
	const struct buf * bytes;
	int64_t at; /* By its own word. */
	struct buf signatures[SIGNER_MAX];
	bool is_here[SIGNER_MAX];
	int64_t stamped_at[SIGNER_MAX];
	enum signer_verdict verdicts[SIGNER_MAX];
};

void
disclosure_original(const char * file, char path[TAR_PATH_MAX])
{
	const char * base = strrchr(file, '/');

	(void)snprintf(path, TAR_PATH_MAX, "original/%s",
	    (base == NULL) ? file : base + 1);
}

/* The certificates that the seal declares, to help find a chain. */
static struct x509_set *
load_certificates(struct disclosure_check * c)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct x509_set * set = NULL;
	struct buf bytes = { 0 };
	char path[TAR_PATH_MAX];
	struct err why;

	err_init(&why);
	disclosure_original(SEAL_CERTIFICATES, path);
	if (!c->seal.has_certificates ||
	    (disclosure_load(c, path, X509_MAX_BYTES, &bytes) != 0))
		goto out;
	digest_sha256(buf_text(&bytes), bytes.len, sha256);
	if (memcmp(sha256, c->seal.certificates_sha256, sizeof(sha256)) != 0) {
		disclosure_find(c, true, "original", path,
		    "it is not the file that the seal declares");
		goto out;
	}
	set = x509_new(&why);
	if ((set == NULL) ||
	    (x509_add(set, buf_text(&bytes), bytes.len, &why) != 0))
		disclosure_find_err(c, "original", path, &why);

out:
	buf_free(&bytes);
	return set;
}

static void
load_signatures(struct disclosure_check * c, struct signed_by * by)
{
	for (size_t i = 0; i < by->n; i++) {
		char path[TAR_PATH_MAX];

		by->stamped_at[i] = CLOCK_UNKNOWN;
		by->verdicts[i] = SIGNER_BAD;
		if (by->is_seal)
			disclosure_original(by->signers[i].file, path);
		else
			(void)snprintf(
			    path, sizeof(path), "%s", by->signers[i].file);
		by->is_here[i] = disclosure_load(c, path, SIGNATURE_MAX,
				     &by->signatures[i]) == 0;
	}
}

/* Judge a time stamp over the signature ${over}. */
static enum proof
verify_token(const struct disclosure_check * c, const struct x509_set * carried,
    const int64_t * proved_at, const struct buf * token,
    const struct buf * over, struct timestamp_facts * facts, struct err * why)
{
	const struct timestamp_rules rules = { .roots = trust_set(
						   c->trust, TRUST_STAMP_ROOTS),
		.revocations = trust_set(c->trust, TRUST_REVOCATIONS),
		.carried = carried,
		.at = CLOCK_UNKNOWN,
		.now = clock_now(),
		.proved_at = proved_at };

	return timestamp_verify(&rules, buf_text(token), token->len,
	    buf_text(over), over->len, facts, why);
}

/*
 * A token that falls since its authority's key was compromised later stands in
 * the package if the ledger proves that it existed before.  No ledger is here.
 */
static bool
may_be_renewed(const struct disclosure_check * c,
    const struct x509_set * carried, const struct buf * token,
    const struct buf * over)
{
	static const int64_t always = 0;
	struct timestamp_facts facts;
	struct err ignored;

	err_init(&ignored);
	return verify_token(c, carried, &always, token, over, &facts,
		   &ignored) == PROOF_GOOD;
}

/* One declared time stamp: by when its signature existed. */
static void
check_token(struct disclosure_check * c, struct signed_by * by,
    const struct seal_token * token, const struct case_file * about,
    const struct x509_set * carried)
{
	size_t k = (size_t)(signer_find(by->signers, by->n, token->over) -
	    by->signers);
	const struct buf * over = &by->signatures[k];
	struct timestamp_facts facts;
	struct buf bytes = { 0 };
	char path[TAR_PATH_MAX];
	enum proof proof;
	struct err why;

	err_init(&why);
	disclosure_original(token->file, path);
	if ((disclosure_load(c, path, TIMESTAMP_MAX, &bytes) != 0) ||
	    !by->is_here[k])
		goto out;
	proof = verify_token(c, carried, NULL, &bytes, over, &facts, &why);
	if (proof == PROOF_UNTRUSTED)
		goto out; /* It shows no time, and none is claimed by it. */
	if ((proof == PROOF_REVOKED) &&
	    may_be_renewed(c, carried, &bytes, over))
		disclosure_find(c, false, "token", path,
		    "%.300s: only the package's ledger can show that it was "
		    "made before",
		    why.text);
	else if (proof != PROOF_GOOD)
		disclosure_find_err(c, "token", path, &why);
	else if ((about != NULL) &&
	    !seal_may_be_of(
		&c->seal, about->started_at, facts.at, facts.accuracy))
		disclosure_find(c, true, "token", path,
		    "it is from before the collection began");
	else if ((by->stamped_at[k] == CLOCK_UNKNOWN) ||
	    (facts.at < by->stamped_at[k]))
		by->stamped_at[k] = facts.at;

out:
	buf_free(&bytes);
}

/* All time stamps that the seal declares. */
static void
check_tokens(struct disclosure_check * c, struct signed_by * by,
    const struct x509_set * carried)
{
	struct case_file about = { 0 };
	struct buf bytes = { 0 };
	bool is_known = false;
	struct err why;

	err_init(&why);
	if (c->seal.n_tokens == 0)
		return;
	/* That case.json is the one that was sealed is judged elsewhere. */
	if (disclosure_load(c, "original/case.json", CASE_FILE_MAX, &bytes) ==
	    0) {
		is_known =
		    case_file_parse(bytes.bytes, bytes.len, &about, &why) == 0;
		if (!is_known)
			disclosure_find_err(
			    c, "document", "original/case.json", &why);
	}
	for (size_t i = 0; i < c->seal.n_tokens; i++)
		check_token(c, by, &c->seal.tokens[i], is_known ? &about : NULL,
		    carried);
	for (size_t k = 0; k < by->n; k++)
		if ((by->stamped_at[k] != CLOCK_UNKNOWN) &&
		    ((c->r->stamped_at == CLOCK_UNKNOWN) ||
			(by->stamped_at[k] < c->r->stamped_at)))
			c->r->stamped_at = by->stamped_at[k];
	if (is_known)
		case_file_free(&about);
	buf_free(&bytes);
}

/* The declared signature ${i}. */
static enum signer_verdict
check_signature(struct disclosure_check * c, const struct signed_by * by,
    size_t i, const struct x509_set * carried)
{
	char comment[SEAL_COMMENT_SIZE + DISCLOSURE_COMMENT_SIZE];
	const struct signer * s = &by->signers[i];
	struct signer_claim claim = { .comment = comment,
		.bytes = by->bytes->bytes,
		.len = by->bytes->len,
		.signature = buf_text(&by->signatures[i]),
		.signature_len = by->signatures[i].len,
		.carried = carried,
		.claimed_at = by->at,
		.stamped_at = by->stamped_at[i] };
	enum signer_verdict verdict;
	struct signer_proof proof;
	struct err why;

	err_init(&why);
	if (by->is_seal)
		seal_comment(
		    c->seal.package, s->role, c->seal.case_number, comment);
	else
		disclosure_comment(c->disclosure.package, s->role, comment);
	verdict = signer_verify(s, &claim, c->trust, &proof, &why);
	if (verdict == SIGNER_BAD)
		disclosure_find_err(c, "signature", s->file, &why);
	if (verdict == SIGNER_UNTIMED)
		disclosure_find(c, false, "expired", s->file,
		    "%.300s: it is good only if it was made when it says; no "
		    "trusted time stamp shows that",
		    why.text);
	return verdict;
}

/* All declared signatures.  Return how many are trusted. */
static size_t
check_signatures(struct disclosure_check * c, struct signed_by * by,
    const struct x509_set * carried)
{
	size_t good = 0, unknown = 0, wrong = 0;

	for (size_t i = 0; i < by->n; i++) {
		if (by->is_here[i])
			by->verdicts[i] = check_signature(c, by, i, carried);
		good += (by->verdicts[i] == SIGNER_GOOD);
		unknown += (by->verdicts[i] == SIGNER_UNTRUSTED);
		wrong += (by->verdicts[i] == SIGNER_BAD);
	}
	if (by->n == 0)
		disclosure_find(
		    c, true, "unsigned", by->file, "nobody signed it");
	else if ((unknown > 0) && (unknown + wrong < by->n))
		disclosure_find(c, false, "signer", by->file,
		    "%zu of %zu signers could not be judged: their keys were "
		    "not given",
		    unknown, by->n);
	else if (unknown > 0)
		disclosure_find(c, by->is_seal && (trust_count(c->trust) > 0),
		    "untrusted", by->file, "%s",
		    by->is_seal
			? "nobody who is trusted signed the seal"
			: "nobody who is trusted signed the disclosure; what "
			  "is disclosed proves itself, the choice does not");
	return good;
}

/* What the trust file demands of a seal. */
static void
check_demands(struct disclosure_check * c, const struct signed_by * by)
{
	for (size_t i = 0; i < trust_demands(c->trust); i++) {
		char text[DEMAND_TEXT_SIZE];
		enum demand_state state =
		    demand_judge(trust_demand_get(c->trust, i), by->signers,
			by->n, by->verdicts, text);

		if (state != DEMAND_MET)
			disclosure_find(c, state == DEMAND_MISSED,
			    (state == DEMAND_MISSED) ? "demand" : "demand-open",
			    by->file, "%s", text);
	}
}

static void
free_signatures(struct signed_by * by)
{
	for (size_t i = 0; i < by->n; i++)
		buf_free(&by->signatures[i]);
}

void
disclosure_check_signers(struct disclosure_check * c)
{
	struct x509_set * carried = load_certificates(c);
	struct signed_by seal = { .file = "original/seal.json",
		.is_seal = true,
		.signers = c->seal.signers,
		.n = c->seal.n_signers,
		.bytes = &c->seal_bytes,
		.at = c->seal.sealed_at };
	struct signed_by statement = { .file = "disclosure.json",
		.signers = c->disclosure.signers,
		.n = c->disclosure.n_signers,
		.bytes = &c->statement,
		.at = c->disclosure.at };

	load_signatures(c, &seal);
	check_tokens(c, &seal, carried);
	c->r->seal_trusted = check_signatures(c, &seal, carried);
	check_demands(c, &seal);
	load_signatures(c, &statement);
	c->r->discloser_trusted = check_signatures(c, &statement, NULL);
	free_signatures(&seal);
	free_signatures(&statement);
	x509_free(carried);
}
