/*
 * signature: one file and one signature beside it, ours or of others.  What a
 * package demands beyond that (the comment, RSA of 3072 bits, a certificate
 * named in the signature) is not asked for here.
 */
#include <string.h>

#include "evidence/clock.h"
#include "evidence/cms_verify.h"
#include "evidence/ed25519_verify.h"
#include "evidence/io.h"
#include "evidence/name.h"
#include "evidence/sandbox.h"
#include "evidence/text.h"
#include "evidence/trust.h"
#include "evidence/words.h"

#include "verify/proof_report.h"
#include "verify/signature_bounds.h"
#include "verify/verb.h"

enum {
	WORD_DATA,
	WORD_MINISIG,
	WORD_CMS,
	WORD_TRUST,
	WORD_TRUST_FILE,
	WORD_CA,
	WORD_CRL,
	WORD_REQUIRE,
	WORD_AT,
	WORD_ROLE,
	WORD_JSON
};

static const struct word words[] = {
	[WORD_DATA] = { "data", true, false },
	[WORD_MINISIG] = { "minisig", true, false },
	[WORD_CMS] = { "cms", true, false },
	[WORD_TRUST] = { "trust", true, true },
	[WORD_TRUST_FILE] = { "trust-file", true, true },
	[WORD_CA] = { "ca", true, true },
	[WORD_CRL] = { "crl", true, true },
	[WORD_REQUIRE] = { "require", true, false },
	[WORD_AT] = { "at", true, false },
	[WORD_ROLE] = { "role", true, false },
	[WORD_JSON] = { "json", false, false },
	{ NULL, false, false },
};

struct run {
	const char * data;
	const char * minisig;
	const char * cms;
	const char * role; /* As the examiner says, or NULL. */
	char comment_role[SIGNER_FILE_SIZE]; /* As the comment does, or "". */
	struct trust * trust;
	int64_t at;
	bool need_revocation, is_json;
	struct buf bytes, signature;
};

static int
take(void * context, int word, const char * value, struct err * e)
{
	struct run * run = context;
	struct trust_word trust = { NULL, value };

	switch (word) {
	case WORD_DATA:
		run->data = value;
		return 0;
	case WORD_MINISIG:
		run->minisig = value;
		return 0;
	case WORD_CMS:
		run->cms = value;
		return 0;
	case WORD_TRUST:
	case WORD_TRUST_FILE:
	case WORD_CA:
	case WORD_CRL:
		trust.word = words[word].name;
		return trust_add(run->trust, &trust, e);
	case WORD_REQUIRE:
		if (strcmp(value, "revocation") != 0)
			return words_refuse(e, "nothing to require: ", value);
		run->need_revocation = true;
		return 0;
	case WORD_AT:
		return clock_parse(value, &run->at, e);
	case WORD_ROLE:
		run->role = value;
		return name_check_role(value, e);
	case WORD_JSON:
		run->is_json = true;
		return 0;
	default:
		return words_refuse(e, "one word too many: ", value);
	}
}

/*
 * The signature verifies by the key ${sha256}: may that key sign so?  Say it in
 * ${r}, and put the trusted key that says so into ${key}.
 */
static bool
is_within(const struct run * run, struct proof_report * r,
    enum signer_kind kind, const uint8_t sha256[DIGEST_SHA256_LEN],
    const struct trust_key ** key, struct err * why)
{
	struct signer signer = { .kind = kind,
		.role = (run->role != NULL) ? run->role : run->comment_role };

	memcpy(signer.key_sha256, sha256, DIGEST_SHA256_LEN);
	switch (
	    signature_bounds_check(run->trust, &signer, run->at, key, why)) {
	case SIGNATURE_FITS:
	case SIGNATURE_NOT_NAMED:
		return true;
	case SIGNATURE_ROLELESS:
		r->reason = "role";
		r->exit_code = 2;
		return false;
	case SIGNATURE_OUTSIDE:
		break;
	}
	r->reason = "bounds";
	r->exit_code = 1;
	return false;
}

/* The comment of one of our documents tells a role: it is the one asked for. */
static bool
is_role(struct run * run, const char * comment, struct err * why)
{
	signature_bounds_role(comment, run->comment_role);
	if ((run->role == NULL) || (run->comment_role[0] == '\0') ||
	    (strcmp(run->role, run->comment_role) == 0))
		return true;
	err_set(why, ERR_FORGED, NULL,
	    "it was made in the role %s, by its trusted comment",
	    run->comment_role);
	return false;
}

/* The brought key by which ${sig} verifies, or NULL and why not. */
static const struct trust_key *
find_signing_key(const struct run * run, const struct ed25519_signature * sig,
    bool * has_id, struct err * why)
{
	for (size_t i = 0; i < trust_keys(run->trust); i++) {
		const struct trust_key * key = trust_get(run->trust, i);
		struct err other;

		if ((key->kind != SIGNER_ED25519) ||
		    (memcmp(key->key.id, sig->id, ED25519_ID_LEN) != 0))
			continue;
		*has_id = true;
		err_init(&other);
		if (ed25519_verify(&key->key, sig, NULL, buf_text(&run->bytes),
			run->bytes.len, &other) == 0)
			return key;
		*why = other;
	}
	return NULL;
}

/* A minisign signature, with any comment. */
static void
judge_minisig(struct run * run, struct proof_report * r,
    struct ed25519_signature * sig, char who[TRUST_TEXT_SIZE], struct err * why)
{
	const struct trust_key *key = NULL, *fit = NULL;
	bool has_id = false;

	r->exit_code = 1;
	r->reason = "encoding";
	if (ed25519_parse_signature(
		run->signature.bytes, run->signature.len, sig, why) != 0)
		return;
	proof_report_add(r, "comment", sig->comment);
	r->reason = "signature";
	key = find_signing_key(run, sig, &has_id, why);
	if (key == NULL) {
		if (has_id)
			return;
		r->reason = "untrusted";
		r->exit_code = (trust_count(run->trust) == 0) ? 2 : 1;
		err_set(
		    why, ERR_FORGED, NULL, "no key with its number was given");
		return;
	}
	err_init(why);
	trust_key_text(key, who);
	r->reason = "bounds";
	if (is_role(run, sig->comment, why) &&
	    is_within(run, r, SIGNER_ED25519, key->sha256, &fit, why)) {
		r->exit_code = 0;
		r->reason = "good";
		trust_key_text(fit, who);
	}
	proof_report_add(r, "signed by", who);
}

static void
judge_cms(struct run * run, struct proof_report * r, struct cms_facts * facts,
    char who[TRUST_TEXT_SIZE], struct err * why)
{
	struct cms_rules rules = { .roots = trust_set(run->trust, TRUST_ROOTS),
		.revocations = trust_set(run->trust, TRUST_REVOCATIONS),
		.at = run->at,
		.now = clock_now(),
		.need_revocation = run->need_revocation,
		.is_foreign = true };
	const struct trust_key * pin = NULL;
	bool is_fit = true;
	struct err bounds;
	enum proof proof =
	    cms_verify(&rules, buf_text(&run->signature), run->signature.len,
		buf_text(&run->bytes), run->bytes.len, facts, why);

	/* Whose certificate it is must be known before it can be named. */
	err_init(&bounds);
	if (facts->subject[0] != '\0')
		is_fit = is_within(run, r, SIGNER_CMS,
		    facts->certificate_sha256, &pin, &bounds);
	if (is_fit && (pin != NULL)) {
		err_init(why);
		rules.is_pinned = true;
		rules.certificate_sha256 = pin->sha256;
		proof = cms_verify(&rules, buf_text(&run->signature),
		    run->signature.len, buf_text(&run->bytes), run->bytes.len,
		    facts, why);
		trust_key_text(pin, who);
		proof_report_add(r, "named as", who);
	}
	proof_report_add(r, "signed by", facts->subject);
	proof_report_add(r, "algorithm", facts->algorithm);
	proof_report_add(r, "trusted", facts->anchor);
	if (!is_fit && ((proof == PROOF_GOOD) || (proof >= PROOF_UNTRUSTED))) {
		*why = bounds;
		return;
	}
	if (proof == PROOF_GOOD)
		proof_report_add(r, "revocation",
		    facts->is_revocation_known ? "not revoked" : "not known");
	r->reason = proof_code(proof);
	r->exit_code = (proof == PROOF_GOOD) ? 0 : 1;
	if ((proof == PROOF_UNTRUSTED) && (trust_count(run->trust) == 0))
		r->exit_code = 2;
}

static int
judge(struct run * run, int * exit_code, struct err * e)
{
	struct proof_report r = { .type = "signature", .why = "" };
	char certificate[DIGEST_SHA256_HEX] = "", claimed[CLOCK_TEXT_SIZE] = "";
	struct ed25519_signature sig;
	char who[TRUST_TEXT_SIZE];
	struct cms_facts facts;
	struct err why;

	err_init(&why);
	r.path = (run->cms != NULL) ? run->cms : run->minisig;
	if (run->cms == NULL) {
		judge_minisig(run, &r, &sig, who, &why);
	} else {
		judge_cms(run, &r, &facts, who, &why);
		if (facts.subject[0] != '\0')
			text_hex_encode(facts.certificate_sha256,
			    DIGEST_SHA256_LEN, certificate);
		if (facts.claimed_at != CLOCK_UNKNOWN)
			clock_format(facts.claimed_at, claimed);
		proof_report_add(&r, "certificate", certificate);
		proof_report_add(&r, "claimed at", claimed);
	}
	if (why.kind == ERR_SYSTEM) {
		*e = why;
		return -1;
	}
	if (r.exit_code != 0)
		r.why = why.text;
	*exit_code = r.exit_code;
	return proof_report_put(&r, run->is_json, e);
}

static int
verb_run(int argc, char ** argv, int * exit_code, struct err * e)
{
	struct run run = { .at = clock_now() };
	enum sandbox_level level;
	int rc = -1;

	run.trust = trust_new(e);
	if ((run.trust == NULL) ||
	    (words_parse(argc, argv, words, take, &run, e) != 0))
		goto out;
	if ((run.data == NULL) ||
	    ((run.minisig == NULL) == (run.cms == NULL))) {
		(void)words_refuse(
		    e, "it needs --data, and --minisig or --cms", "");
		goto out;
	}
	if ((io_load(IO_PATH, run.data, BUF_MAX - 1, &run.bytes, e) != 0) ||
	    (io_load(IO_PATH, (run.cms != NULL) ? run.cms : run.minisig,
		 CMS_MAX, &run.signature, e) != 0) ||
	    (sandbox_enter(NULL, &level, e) != 0))
		goto out;
	rc = judge(&run, exit_code, e);

out:
	buf_free(&run.bytes);
	buf_free(&run.signature);
	trust_free(run.trust);
	return rc;
}

const struct verb verb_signature = {
	.name = "signature",
	.run = verb_run,
	.usage =
	    "  signature --data F --minisig S | --cms S [options]\n"
	    "                        judge one signature over one file\n"
	    "    --data F            what was signed\n"
	    "    --minisig S         a signature in minisign's format\n"
	    "    --cms S             a detached CMS signature, DER\n"
	    "    --trust KEY.pub, --trust-file F, --ca ROOTS, --crl FILE\n"
	    "                        as for a package\n"
	    "    --require revocation\n"
	    "                        a certificate of which nothing says whether "
	    "it is\n"
	    "                        revoked will not do\n"
	    "    --at TIME           judge certificates, and what a trust file "
	    "says, at that\n"
	    "                        moment (default: now)\n"
	    "    --role ROLE         in which it was signed, where a trust file "
	    "bounds that\n"
	    "    --json              JSON, one object a line\n",
};
