/*
 * Judging signatures when memory runs out: each allocation fails once, the n-th
 * for every n.  What is sound is then called sound, or it is said that there was
 * no memory: never that it is forged.  (libcrypto 3.0 itself may die of it; that
 * is told apart and is no verdict.)
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/cms_verify.h"
#include "evidence/der.h"
#include "evidence/text.h"
#include "evidence/timestamp_verify.h"
#include "evidence/trust.h"
#include "evidence/x509.h"

#include "tests/unit/memory_hook.h"
#include "tests/unit/signature_vectors.h"
#include "tests/unit/unit.h"

/* The vectors, decoded before anything fails. */
static struct buf root, signer, crl, ocsp, cms, token;
static const char data[] = "what is signed";
static int64_t now;

static void
decode(struct buf * out, const char * text)
{
	struct err e;

	err_init(&e);
	EXPECT(text_base64_decode(out, text, strlen(text), &e) == 0);
}

/* All sets that a judgement needs, or -1. */
static int
make_sets(struct x509_set ** roots, struct x509_set ** lists, struct err * e)
{
	*roots = x509_new(e);
	*lists = (*roots == NULL) ? NULL : x509_new(e);
	if ((*lists == NULL) ||
	    (x509_add(*roots, root.bytes, root.len, e) != 0) ||
	    (x509_add(*lists, crl.bytes, crl.len, e) != 0) ||
	    (x509_add(*lists, ocsp.bytes, ocsp.len, e) != 0))
		return -1;
	return 0;
}

/* Each job returns 0 if all is as it is, or -1 with ${e} set. */
static int
check_der(struct err * e)
{
	return ((der_check(signer.bytes, signer.len, e) == 0) &&
		   (der_check(token.bytes, token.len, e) == 0))
	    ? 0
	    : -1;
}

static int
check_sets(struct err * e)
{
	struct x509_set * roots = NULL;
	struct x509_set * lists = NULL;
	struct buf text = { 0 };
	int rc = -1;

	if ((make_sets(&roots, &lists, e) == 0) &&
	    (x509_format(lists, &text, e) == 0)) {
		EXPECT(x509_certificates(roots) == 1);
		EXPECT(x509_revocations(lists) == 2);
		rc = 0;
	}
	x509_free(roots);
	x509_free(lists);
	buf_free(&text);
	return rc;
}

static int
check_cms(struct err * e)
{
	struct cms_rules rules = {
		.at = now, .now = now, .need_revocation = true
	};
	struct x509_set * roots = NULL;
	struct x509_set * lists = NULL;
	struct cms_facts facts;
	int rc = make_sets(&roots, &lists, e);

	rules.roots = roots;
	rules.revocations = lists;
	if ((rc == 0) &&
	    (cms_verify(&rules, cms.bytes, cms.len, data, sizeof(data) - 1,
		 &facts, e) != PROOF_GOOD))
		rc = -1;
	if (rc == 0)
		EXPECT_TEXT(facts.subject, "CN = signer");
	x509_free(roots);
	x509_free(lists);
	return rc;
}

static int
check_token(struct err * e)
{
	struct timestamp_rules rules = { .at = CLOCK_UNKNOWN, .now = now };
	struct x509_set * roots = NULL;
	struct x509_set * lists = NULL;
	struct timestamp_facts facts;
	int rc = make_sets(&roots, &lists, e);

	rules.roots = roots;
	rules.revocations = lists;
	if ((rc == 0) &&
	    (timestamp_verify(&rules, token.bytes, token.len, data,
		 sizeof(data) - 1, &facts, e) != PROOF_GOOD))
		rc = -1;
	if (rc == 0)
		EXPECT_TEXT(facts.policy, "1.2.3.4");
	x509_free(roots);
	x509_free(lists);
	return rc;
}

static int
check_trust(struct err * e)
{
	static const char file[] =
	    "{\"format\":\"azcustody/trust/1\",\"signers\":[{\"name\":\"N\","
	    "\"kind\":\"cms\",\"certificate_sha256\":\"c3c3c3c3c3c3c3c3c3c3c3"
	    "c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3\",\"roles\":[\"a\","
	    "\"b\"],\"from\":null,\"to\":null}],\"demands\":[{\"roles\":"
	    "[\"a\"],\"count\":1}]}\n";
	struct trust * trust = trust_new(e);
	struct buf unknown = { 0 };
	int rc = -1;

	if ((trust != NULL) &&
	    (trust_parse(trust, file, sizeof(file) - 1, &unknown, e) == 0)) {
		EXPECT(trust_keys(trust) == 1);
		EXPECT(trust_get(trust, 0)->n_roles == 2);
		EXPECT(trust_demands(trust) == 1);
		rc = 0;
	}
	buf_free(&unknown);
	trust_free(trust);
	return rc;
}

enum said {
	SAID_SOUND,
	SAID_NO_MEMORY,
	SAID_DIED,
	SAID_UNHURT,
	SAID_LIE
};

/* Do ${job} in a child with its ${n}-th allocation failing. */
static enum said
starve(int (*job)(struct err * e), long n)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		struct err e;
		int rc;

		err_init(&e);
		fail_at = n;
		rc = job(&e);
		fail_at = 0;
		if (unit_bad)
			_exit(SAID_LIE);
		if (rc == 0)
			_exit((failed == 0) ? SAID_UNHURT : SAID_SOUND);
		if (e.kind == ERR_SYSTEM)
			_exit(SAID_NO_MEMORY);
		(void)printf("# %ld: %s\n", n, e.text);
		(void)fflush(stdout);
		_exit(SAID_LIE);
	}
	if ((child < 0) || (waitpid(child, &status, 0) != child))
		return SAID_LIE;
	return WIFEXITED(status) ? (enum said)WEXITSTATUS(status) : SAID_DIED;
}

/*
 * Every allocation of ${job} fails once: or, where there is no time, every 17th of
 * a job that has thousands.
 */
static void
starve_all(int (*job)(struct err * e), bool may_die)
{
	long step = (may_die && (getenv("LONG") == NULL)) ? 17 : 1;
	long count[SAID_LIE + 1] = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(job(&e) == 0);
	for (long n = 1;
	     (n < 20000) && (count[SAID_UNHURT] == 0) && (count[SAID_LIE] < 5);
	     n += step)
		count[starve(job, n)]++;
	(void)printf("# %ld sound, %ld no memory, %ld died, %ld wrong\n",
	    count[SAID_SOUND], count[SAID_NO_MEMORY], count[SAID_DIED],
	    count[SAID_LIE]);
	EXPECT(count[SAID_UNHURT] == 1);
	EXPECT(count[SAID_LIE] == 0);
	EXPECT(may_die || (count[SAID_DIED] == 0));
}

static void
der_needs_no_memory(void)
{
	starve_all(check_der, false);
}

static void
a_trust_file_is_read_whole_or_not_for_want_of_memory(void)
{
	starve_all(check_trust, false);
}

static void
certificates_and_lists_are_read_whole_or_not_for_want_of_memory(void)
{
	starve_all(check_sets, true);
}

static void
a_signature_is_not_called_forged_for_want_of_memory(void)
{
	starve_all(check_cms, true);
}

static void
a_time_stamp_is_not_called_forged_for_want_of_memory(void)
{
	starve_all(check_token, true);
}

int
main(void)
{
	struct err e;

	err_init(&e);
	if (!HAS_OWN_MALLOC) {
		SKIP("signatures are judged for want of memory",
		    "the sanitizer has an allocator of its own");
		return 0;
	}
	decode(&root, root_b64);
	decode(&signer, signer_b64);
	decode(&crl, crl_b64);
	decode(&ocsp, ocsp_b64);
	decode(&cms, cms_b64);
	decode(&token, token_b64);
	if (clock_parse("2027-06-01T00:00:00Z", &now, &e) != 0)
		return 1;
	RUN(der_needs_no_memory);
	RUN(a_trust_file_is_read_whole_or_not_for_want_of_memory);
	RUN(certificates_and_lists_are_read_whole_or_not_for_want_of_memory);
	RUN(a_signature_is_not_called_forged_for_want_of_memory);
	RUN(a_time_stamp_is_not_called_forged_for_want_of_memory);
	buf_free(&root);
	buf_free(&signer);
	buf_free(&crl);
	buf_free(&ocsp);
	buf_free(&cms);
	buf_free(&token);
	return unit_failed;
}
