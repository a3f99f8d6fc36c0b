#include <string.h>

#include "evidence/package_check.h"
#include "evidence/text.h"
#include "evidence/words.h"

#include "verify/arguments.h"

/* Indices into the table below. */
enum {
	WORD_TRUST, /* These five are trust_words in their order. */
	WORD_TRUST_FILE,
	WORD_CA,
	WORD_TSA_CA,
	WORD_CRL,
	WORD_EXPECT,
	WORD_REQUIRE,
	WORD_JSON,
	WORD_EXTRACT,
	WORD_SALVAGE,
	WORD_JOBS,
	WORD_RECEIPT,
	WORD_IDENTITY,
	WORD_SCRATCH,
	WORD_NAMES,
	WORD_SECRETS
};

static const struct word words[] = {
	[WORD_TRUST] = { "trust", true, true },
	[WORD_TRUST_FILE] = { "trust-file", true, true },
	[WORD_CA] = { "ca", true, true },
	[WORD_TSA_CA] = { "tsa-ca", true, true },
	[WORD_CRL] = { "crl", true, true },
	[WORD_EXPECT] = { "expect-sha256", true, false },
	[WORD_REQUIRE] = { "require", true, false },
	[WORD_JSON] = { "json", false, false },
	[WORD_EXTRACT] = { "extract", true, false },
	[WORD_SALVAGE] = { "salvage", true, false },
	[WORD_JOBS] = { "jobs", true, false },
	[WORD_RECEIPT] = { "receipt", true, true },
	[WORD_IDENTITY] = { "identity", true, false },
	[WORD_SCRATCH] = { "scratch", true, false },
	[WORD_NAMES] = { "names", true, false },
	[WORD_SECRETS] = { "secrets", true, false },
	{ NULL, false, false },
};

/* Not a question, but how strictly one is answered. */
#define REQUIRE_REVOCATION (1U << PACKAGE_QUESTIONS)

static int
parse_require(const char * text, struct arguments * a, struct err * e)
{
	static const struct {
		const char * name;
		unsigned bits;
	} names[] = { { "time", 1U << PACKAGE_TIME },
		{ "custody", 1U << PACKAGE_CUSTODY },
		{ "revocation", REQUIRE_REVOCATION },
		{ "all", (1U << PACKAGE_TIME) | (1U << PACKAGE_CUSTODY) } };

	for (;;) {
		size_t len = strcspn(text, ",");
		unsigned bits = 0;

		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if ((strlen(names[i].name) == len) &&
			    (strncmp(names[i].name, text, len) == 0))
				bits = names[i].bits;
		if (bits == 0)
			return words_refuse(e, "nothing to require: ", text);
		a->require |= bits & ~REQUIRE_REVOCATION;
		a->need_revocation |= (bits & REQUIRE_REVOCATION) != 0;
		if (text[len] == '\0')
			return 0;
		text += len + 1;
	}
}

static int
parse_jobs(const char * text, int * jobs, struct err * e)
{
	int64_t n;

	if ((text_parse_integer(text, strlen(text), &n) != 0) || (n < 1) ||
	    (n > ARGUMENTS_MAX_JOBS))
		return words_refuse(e, "not a number of jobs: ", text);
	*jobs = (int)n;
	return 0;
}

static int
parse_names(const char * text, struct arguments * a, struct err * e)
{
	a->has_names = true;
	a->is_true_names = (strcmp(text, "true") == 0);
	if (a->is_true_names || (strcmp(text, "stored") == 0))
		return 0;
	return words_refuse(e, "names are true or stored, not ", text);
}

static int
take(void * context, int word, const char * value, struct err * e)
{
	struct arguments * a = context;

	switch (word) {
	case WORDS_OPERAND:
		if (a->n_paths == ARGUMENTS_MAX_PATHS)
			return words_refuse(e, "too many packages: ", value);
		a->paths[a->n_paths++] = value;
		return 0;
	case WORD_TRUST:
	case WORD_TRUST_FILE:
	case WORD_CA:
	case WORD_TSA_CA:
	case WORD_CRL:
		if (a->n_trust == TRUST_WORDS_MAX)
			return words_refuse(e, "too many keys: ", value);
		a->trust[a->n_trust].word = words[word].name;
		a->trust[a->n_trust++].path = value;
		return 0;
	case WORD_EXPECT:
		a->has_expected = true;
		if (text_hex_decode(
			value, a->expected_sha256, DIGEST_SHA256_LEN) != 0)
			return words_refuse(
			    e, "not a SHA-256 in lower-case hex: ", value);
		return 0;
	case WORD_REQUIRE:
		return parse_require(value, a, e);
	case WORD_JSON:
		a->is_json = true;
		return 0;
	case WORD_EXTRACT:
		a->extract = value;
		return 0;
	case WORD_SALVAGE:
		a->salvage = value;
		return 0;
	case WORD_JOBS:
		return parse_jobs(value, &a->jobs, e);
	case WORD_IDENTITY:
		a->identity = value;
		return 0;
	case WORD_SCRATCH:
		a->scratch = value;
		return 0;
	case WORD_NAMES:
		return parse_names(value, a, e);
	case WORD_SECRETS:
		a->secrets = value;
		return 0;
	case WORD_RECEIPT:
		return receipts_take(&a->receipts, value, e);
	default:
		return -1;
	}
}

int
arguments_parse(int argc, char ** argv, struct arguments * a, struct err * e)
{
	memset(a, 0, sizeof(*a));
	if (words_parse(argc, argv, words, take, a, e) != 0)
		return -1;
	if (a->n_paths == 0)
		return words_refuse(e, "no package was named", "");
	if ((a->n_paths > 1) && a->has_expected)
		return words_refuse(
		    e, "--expect-sha256 is for one package", "");
	if ((a->n_paths > 1) && (a->secrets != NULL))
		return words_refuse(e, "--secrets is for one package", "");
	if ((a->n_paths > 1) && (a->receipts.n > 0))
		return words_refuse(e, "--receipt is for one package", "");
	if (a->has_names && (a->extract == NULL))
		return words_refuse(e, "--names is for --extract", "");
	if ((a->extract != NULL) && (a->salvage != NULL))
		return words_refuse(
		    e, "--extract and --salvage exclude each other", "");
	return 0;
}
