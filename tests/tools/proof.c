/*
 * proof: signatures and time stamps through our own modules, for suites of
 * others that need rules which no program of ours offers.
 *
 *	proof cms ROOTS FILE DATA [need] [foreign]
 *	proof stamp ROOTS TOKEN DATA [need]
 *	proof sign CERTIFICATE KEY DATA	(writes the signature)
 *	proof query DATA		(writes a request)
 *
 * Prints the reason's word and the words beside it, and ends with 0 if the
 * proof is good, else with 1; 2 is trouble of its own.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/cms_sign.h"
#include "evidence/cms_verify.h"
#include "evidence/io.h"
#include "evidence/process.h"
#include "evidence/timestamp_query.h"
#include "evidence/timestamp_verify.h"

static int
has(int argc, char ** argv, const char * word)
{
	for (int i = 5; i < argc; i++)
		if (strcmp(argv[i], word) == 0)
			return 1;
	return 0;
}

static int
check(int argc, char ** argv, struct err * e)
{
	struct x509_set * roots = x509_new(e);
	struct buf file = { 0 }, data = { 0 };
	struct err why;
	enum proof proof;

	err_init(&why);
	if ((argc < 5) || (roots == NULL) ||
	    (x509_add_file(roots, argv[2], e) != 0) ||
	    (io_load(IO_PATH, argv[3], CMS_MAX, &file, e) != 0) ||
	    (io_load(IO_PATH, argv[4], BUF_MAX, &data, e) != 0))
		return 2;
	if (strcmp(argv[1], "cms") == 0) {
		struct cms_rules rules = { .roots = roots,
			.at = clock_now(),
			.now = clock_now(),
			.need_revocation = has(argc, argv, "need"),
			.is_foreign = has(argc, argv, "foreign") };
		struct cms_facts facts;

		proof = cms_verify(&rules, file.bytes, file.len,
		    buf_text(&data), data.len, &facts, &why);
		(void)printf("%s: %s: %s: %s\n", proof_code(proof),
		    facts.subject, facts.algorithm, why.text);
	} else {
		struct timestamp_rules rules = { .roots = roots,
			.at = CLOCK_UNKNOWN,
			.now = clock_now(),
			.need_revocation = has(argc, argv, "need") };
		struct timestamp_facts facts;

		proof = timestamp_verify(&rules, file.bytes, file.len,
		    buf_text(&data), data.len, &facts, &why);
		(void)printf("%s: %s: %s: %s\n", proof_code(proof),
		    facts.subject, facts.algorithm, why.text);
	}
	buf_free(&file);
	buf_free(&data);
	x509_free(roots);
	return (proof == PROOF_GOOD) ? 0 : 1;
}

static int
make(int argc, char ** argv, struct err * e)
{
	struct cms_key_source source = { 0 };
	struct cms_key * key = NULL;
	struct timestamp_query query;
	struct buf data = { 0 }, out = { 0 };
	int rc = 2;

	if ((argc < 3) ||
	    (io_load(IO_PATH, argv[argc - 1], BUF_MAX, &data, e) != 0))
		goto out;
	if (strcmp(argv[1], "query") == 0) {
		if (timestamp_make_query(
			buf_text(&data), data.len, NULL, &query, &out, e) != 0)
			goto out;
	} else {
		source.certificate = argv[2];
		source.key = argv[3];
		key = cms_load_key(&source, e);
		if ((key == NULL) ||
		    (cms_sign(key, buf_text(&data), data.len, &out, e) != 0))
			goto out;
	}
	rc = (io_write_all(STDOUT_FILENO, out.bytes, out.len, e) == 0) ? 0 : 2;

out:
	cms_free_key(key);
	buf_free(&data);
	buf_free(&out);
	return rc;
}

int
main(int argc, char ** argv)
{
	struct err e;
	int rc = 2;

	if ((process_start(&e) == 0) && (argc > 1))
		rc = ((strcmp(argv[1], "cms") == 0) ||
			 (strcmp(argv[1], "stamp") == 0))
		    ? check(argc, argv, &e)
		    : make(argc, argv, &e);
	if (e.kind != ERR_NONE)
		err_print("proof", &e);
	return rc;
}
