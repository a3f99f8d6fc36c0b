/* timestamp: one RFC 3161 answer over one file, or against one request. */
#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/sandbox.h"
#include "evidence/text.h"
#include "evidence/timestamp_verify.h"
#include "evidence/trust.h"
#include "evidence/words.h"

#include "verify/proof_report.h"
#include "verify/verb.h"

enum {
	WORD_DATA,
	WORD_QUERY,
	WORD_TOKEN,
	WORD_TSA_CA,
	WORD_CRL,
	WORD_REQUIRE,
	WORD_AT,
	WORD_JSON
};

static const struct word words[] = {
	[WORD_DATA] = { "data", true, false },
	[WORD_QUERY] = { "query", true, false },
	[WORD_TOKEN] = { "token", true, false },
	[WORD_TSA_CA] = { "tsa-ca", true, true },
	[WORD_CRL] = { "crl", true, true },
	[WORD_REQUIRE] = { "require", true, false },
	[WORD_AT] = { "at", true, false },
	[WORD_JSON] = { "json", false, false },
	{ NULL, false, false },
};

struct run {
	const char * data;
	const char * query_path;
	const char * token_path;
	struct trust * trust;
	int64_t at;
	bool need_revocation, is_json;
	struct buf bytes, token;
	struct timestamp_query query;
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
	case WORD_QUERY:
		run->query_path = value;
		return 0;
	case WORD_TOKEN:
		run->token_path = value;
		return 0;
	case WORD_TSA_CA:
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
	case WORD_JSON:
		run->is_json = true;
		return 0;
	default:
		return words_refuse(e, "one word too many: ", value);
	}
}

/* What is said of the moment, in words. */
static void
format_moment(const struct timestamp_facts * facts, char text[128])
{
	char at[CLOCK_TEXT_SIZE];

	text[0] = '\0';
	if (facts->at == CLOCK_UNKNOWN)
		return;
	clock_format(facts->at, at);
	if (facts->accuracy < 0)
		(void)snprintf(text, 128, "%s, accuracy not said%s", at,
		    facts->is_ordered ? ", ordered" : "");
	else
		(void)snprintf(text, 128, "%s, give or take %lld.%06lld s%s",
		    at, (long long)(facts->accuracy / CLOCK_TICKS_PER_SECOND),
		    (long long)(facts->accuracy % CLOCK_TICKS_PER_SECOND / 10),
		    facts->is_ordered ? ", ordered" : "");
}

static int
judge(struct run * run, int * exit_code, struct err * e)
{
	struct timestamp_rules rules = { .roots = trust_set(
					     run->trust, TRUST_STAMP_ROOTS),
		.revocations = trust_set(run->trust, TRUST_REVOCATIONS),
		.query = (run->query_path == NULL) ? NULL : &run->query,
		.at = run->at,
		.now = clock_now(),
		.need_revocation = run->need_revocation };
	struct proof_report r = {
		.type = "timestamp", .path = run->token_path, .why = ""
	};
	char certificate[DIGEST_SHA256_HEX] = "", moment[128];
	struct timestamp_facts facts;
	enum proof proof;
	struct err why;

	err_init(&why);
	proof = timestamp_verify(&rules, buf_text(&run->token), run->token.len,
	    (run->data == NULL) ? NULL : buf_text(&run->bytes), run->bytes.len,
	    &facts, &why);
	if (proof == PROOF_UNKNOWN) {
		*e = why;
		return -1;
	}
	format_moment(&facts, moment);
	if (facts.subject[0] != '\0')
		text_hex_encode(
		    facts.certificate_sha256, DIGEST_SHA256_LEN, certificate);
	/* A moment that is not proved is no moment. */
	proof_report_add(
	    &r, (proof == PROOF_GOOD) ? "existed at" : "claims", moment);
	proof_report_add(&r, "stamped by", facts.subject);
	proof_report_add(&r, "certificate", certificate);
	proof_report_add(&r, "trusted", facts.anchor);
	proof_report_add(&r, "policy", facts.policy);
	proof_report_add(&r, "serial", facts.serial);
	proof_report_add(&r, "algorithm", facts.algorithm);
	if (proof == PROOF_GOOD)
		proof_report_add(&r, "revocation",
		    facts.is_revocation_known ? "not revoked" : "not known");
	r.reason = proof_code(proof);
	if (proof != PROOF_GOOD) {
		r.why = why.text;
		r.exit_code =
		    ((proof == PROOF_UNTRUSTED) && (rules.roots == NULL)) ? 2
									  : 1;
	}
	*exit_code = r.exit_code;
	return proof_report_put(&r, run->is_json, e);
}

/* Read all that the command line names. */
static int
load(struct run * run, struct err * e)
{
	struct buf query = { 0 };
	int rc = 0;

	if ((run->token_path == NULL) ||
	    ((run->data == NULL) && (run->query_path == NULL)))
		return words_refuse(
		    e, "it needs --token, and --data or --query", "");
	if (run->data != NULL)
		rc = io_load(IO_PATH, run->data, BUF_MAX - 1, &run->bytes, e);
	if ((rc == 0) && (run->query_path != NULL)) {
		rc = io_load(
		    IO_PATH, run->query_path, TIMESTAMP_QUERY_MAX, &query, e);
		if (rc == 0)
			rc = timestamp_parse_query(
			    buf_text(&query), query.len, &run->query, e);
		if (rc != 0)
			err_in(e, "%s", run->query_path);
	}
	buf_free(&query);
	if (rc != 0)
		return -1;
	return io_load(IO_PATH, run->token_path, TIMESTAMP_MAX, &run->token, e);
}

static int
verb_run(int argc, char ** argv, int * exit_code, struct err * e)
{
	struct run run = { .at = CLOCK_UNKNOWN };
	enum sandbox_level level;
	int rc = -1;

	run.trust = trust_new(e);
	if ((run.trust != NULL) &&
	    (words_parse(argc, argv, words, take, &run, e) == 0) &&
	    (load(&run, e) == 0) && (sandbox_enter(NULL, &level, e) == 0))
		rc = judge(&run, exit_code, e);
	buf_free(&run.bytes);
	buf_free(&run.token);
	trust_free(run.trust);
	return rc;
}

const struct verb verb_timestamp = {
	.name = "timestamp",
	.run = verb_run,
	.usage =
	    "  timestamp --data F | --query Q --token T --tsa-ca ROOTS "
	    "[options]\n"
	    "                        judge one RFC 3161 time stamp\n"
	    "    --data F            what was stamped\n"
	    "    --query Q           the request: nonce, policy and digest must "
	    "be its\n"
	    "    --token T           the authority's answer, DER\n"
	    "    --tsa-ca ROOTS, --crl FILE, --require revocation\n"
	    "                        as for a package\n"
	    "    --at TIME           judge certificates at that moment (default: "
	    "the\n"
	    "                        moment of the time stamp)\n"
	    "    --json              JSON, one object a line\n",
};
