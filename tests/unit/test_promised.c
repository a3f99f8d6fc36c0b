#include <string.h>

#include "collect/facts.h"
#include "collect/options.h"
#include "collect/promised.h"
#include "evidence/buf.h"
#include "evidence/json.h"
#include "tests/unit/memory.h"
#include "tests/unit/unit.h"

/* The recipient in the examples of the age program. */
#define FIRST "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"

static char program[] = "azcustody-collect", resume[] = "resume";
static char work[] = "x.work", sign[] = "--sign", key[] = "k";
static char cms[] = "--cms-key", cms_key[] = "examiner=c";
static char tsa[] = "--tsa", url[] = "http://a/", other[] = "http://b/";
static char optional[] = "--tsa-optional", to[] = "--encrypt-to";
static char recipient[] = FIRST;

static int
parse(struct options * o, int argc, char ** argv, struct err * e)
{
	memset(o, 0, sizeof(*o));
	return options_parse(argc, argv, o, e);
}

/* The words of a first run: two signers, an authority, a recipient. */
static int
begin(struct options * o, struct err * e)
{
	char * argv[] = { program, resume, work, sign, key, cms, cms_key, tsa,
		url, to, recipient, NULL };

	return parse(o, 11, argv, e);
}

static struct buf kept;

/* ${p} in facts that were written to ${kept} and read again. */
static int
keep(const struct promised * p, struct facts * f, struct err * e)
{
	struct facts first = { .case_id = "c",
		.exhibit = "e",
		.examiner = "x",
		.account_count = 1,
		.accounts = { "a" },
		.endpoints = { "https://a/" },
		.promised = *p };

	buf_free(&kept);
	memset(f, 0, sizeof(*f));
	if (facts_format(&first, &kept, e) != 0)
		return -1;
	return facts_parse(kept.bytes, kept.len, f, e);
}

static void
promised_is_kept_for_whoever_resumes(void)
{
	struct promised p = { 0 };
	const char * roles[SIGNER_MAX];
	struct facts f;
	struct options o;
	struct err e;

	err_init(&e);
	EXPECT(begin(&o, &e) == 0);
	EXPECT(promised_take(&p, &o, &e) == 0);
	EXPECT(keep(&p, &f, &e) == 0);
	EXPECT((f.promised.tsa_count == 1) && !f.promised.is_tsa_optional);
	EXPECT_TEXT(f.promised.tsas[0], url);
	EXPECT(f.promised.recipients.n == 1);
	EXPECT(memcmp(&f.promised.recipients, &p.recipients,
		   sizeof(p.recipients.list[0])) == 0);
	EXPECT(f.promised.role_count == 2);
	EXPECT(promised_missing(&f.promised, &o.signing, roles) == 0);
	facts_free(&f);
}

static void
promised_keeps_what_a_resumption_does_not_name(void)
{
	char * plain[] = { program, resume, work, sign, key, NULL };
	char * anew[] = { program, resume, work, sign, key, tsa, other,
		optional, NULL };
	char * eased[] = { program, resume, work, sign, key, optional, NULL };
	const char * roles[SIGNER_MAX];
	struct promised p = { 0 };
	struct options first, o;
	struct err e;

	err_init(&e);
	EXPECT(
	    (begin(&first, &e) == 0) && (promised_take(&p, &first, &e) == 0));
	EXPECT(parse(&o, 5, plain, &e) == 0);
	EXPECT(promised_take(&p, &o, &e) == 0);
	EXPECT((p.tsa_count == 1) && (p.recipients.n == 1));
	EXPECT(promised_missing(&p, &o.signing, roles) == 1);
	EXPECT_TEXT(roles[0], "examiner");
	EXPECT(parse(&o, 6, eased, &e) == 0);
	EXPECT(promised_take(&p, &o, &e) == 0);
	EXPECT((p.tsa_count == 1) && p.is_tsa_optional);
	EXPECT_TEXT(p.tsas[0], url);
	EXPECT(parse(&o, 8, anew, &e) == 0);
	EXPECT(promised_take(&p, &o, &e) == 0);
	EXPECT((p.tsa_count == 1) && p.is_tsa_optional);
	EXPECT_TEXT(p.tsas[0], other);
	EXPECT(p.recipients.n == 1);
	EXPECT(p.role_count == 2);
}

static void
promised_refuses_more_stamps_than_a_seal_can_name(void)
{
	struct promised p = { .tsa_count = OPTIONS_MAX_TSAS };
	struct options o = { 0 };
	struct err e;

	err_init(&e);
	o.signing.n = SIGNER_MAX;
	EXPECT(promised_take(&p, &o, &e) == -1);
	EXPECT(e.kind == ERR_USAGE);
}

static void
promised_refuses_what_it_did_not_write(void)
{
	static const char * const bad[] = { "{}",
		"{\"promised\":{\"tsas\":[1]}}",
		"{\"promised\":{\"recipients\":[\"00\"]}}",
		"{\"promised\":{\"recipients\":[null]}}",
		"{\"promised\":{\"roles\":[\"a\",\"a\",\"a\",\"a\",\"a\",\"a\","
		"\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\","
		"\"a\"]}}" };
	struct promised p;
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct json * j;

		err_init(&e);
		j = json_parse(bad[i], strlen(bad[i]), &e);
		EXPECT(j != NULL);
		EXPECT(promised_get(&p, j) == -1);
		json_free(j);
	}
}

static int
there_and_back(struct err * e)
{
	struct promised p = { 0 };
	struct facts f;
	struct options o;
	int rc;

	if ((begin(&o, e) != 0) || (promised_take(&p, &o, e) != 0))
		return -1;
	rc = keep(&p, &f, e);
	facts_free(&f);
	return rc;
}

static void
promised_says_so_when_memory_runs_out(void)
{
	run_out(there_and_back);
}

int
main(void)
{
	RUN(promised_is_kept_for_whoever_resumes);
	RUN(promised_keeps_what_a_resumption_does_not_name);
	RUN(promised_refuses_more_stamps_than_a_seal_can_name);
	RUN(promised_refuses_what_it_did_not_write);
	RUN(promised_says_so_when_memory_runs_out);
	buf_free(&kept);
	return unit_failed;
}
