#include <string.h>

#include "evidence/bag.h"
#include "evidence/clock.h"
#include "evidence/derivation.h"
#include "evidence/derived.h"
#include "tests/unit/unit.h"

static void
a_bag_without_a_date_has_no_line_of_it(void)
{
	struct bag_info info = { .tool = "t 1", .at = CLOCK_UNKNOWN };
	struct buf text = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(bag_format_info(&info, &text, &e) == 0);
	EXPECT(strcmp(buf_text(&text),
		   "Bag-Software-Agent: t 1\nPayload-Oxum: 0.0\n") == 0);
	buf_free(&text);
}

/* A derived document with ${n} options. */
static int
derived_with_options(size_t n, struct derived * parsed, struct err * e)
{
	struct derived_option options[DERIVED_LIST_MAX + 1];
	struct derived one = { .program = "p",
		.version = "1",
		.commit = "unknown",
		.options = options,
		.n_options = n };
	struct buf text = { 0 };
	int rc = -1;

	for (size_t i = 0; i < n; i++)
		options[i] = (struct derived_option){ "--responder", NULL };
	if (derived_format(&one, &text, e) == 0)
		rc = derived_parse(text.bytes, text.len, parsed, e);
	buf_free(&text);
	return rc;
}

static void
a_derived_document_has_a_limit_of_options(void)
{
	struct derived parsed;
	struct err e;

	err_init(&e);
	EXPECT(derived_with_options(DERIVED_LIST_MAX, &parsed, &e) == 0);
	EXPECT(parsed.n_options == DERIVED_LIST_MAX);
	EXPECT((parsed.n_packages == 0) && (parsed.n_rules == 0));
	derived_free(&parsed);
	EXPECT(derived_with_options(DERIVED_LIST_MAX + 1, &parsed, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	EXPECT(parsed.options == NULL);
}

/* A derivation of ${n} packages, parsed again. */
static int
derivation_of_packages(size_t n, struct derivation * parsed, struct err * e)
{
	struct derivation_package packages[DERIVED_LIST_MAX + 1] = { { NULL,
	    { 0 } } };
	struct derivation one = { .packages = packages,
		.n_packages = n,
		.at = 0,
		.by = { .name = "A" },
		.tool = "t" };
	struct buf text = { 0 };
	int rc = -1;

	for (size_t i = 0; i < n; i++)
		packages[i].package = "test-20261101t000000z-00000000";
	if (derivation_format(&one, &text, e) == 0)
		rc = derivation_parse(text.bytes, text.len, parsed, e);
	buf_free(&text);
	return rc;
}

static void
a_derivation_names_one_to_512_packages(void)
{
	struct derivation parsed;
	struct err e;

	err_init(&e);
	EXPECT(derivation_of_packages(1, &parsed, &e) == 0);
	derivation_free(&parsed);
	EXPECT(derivation_of_packages(DERIVED_LIST_MAX, &parsed, &e) == 0);
	EXPECT(parsed.n_packages == DERIVED_LIST_MAX);
	derivation_free(&parsed);
	EXPECT(derivation_of_packages(DERIVED_LIST_MAX + 1, &parsed, &e) == -1);
	EXPECT((e.kind == ERR_LIMIT) && (parsed.packages == NULL));
	err_init(&e);
	EXPECT(derivation_of_packages(0, &parsed, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
}

static void
the_comment_of_a_derivation_binds_bag_and_role(void)
{
	static const uint8_t sha256[DIGEST_SHA256_LEN] = { 0xab };
	char comment[DERIVATION_COMMENT_SIZE];

	derivation_comment(sha256, "deriver", comment);
	EXPECT(strcmp(comment,
		   "azcustody/derivation/1 ab00000000000000000000000000000000"
		   "000000000000000000000000000000 deriver") == 0);
}

int
main(void)
{
	RUN(a_bag_without_a_date_has_no_line_of_it);
	RUN(a_derived_document_has_a_limit_of_options);
	RUN(a_derivation_names_one_to_512_packages);
	RUN(the_comment_of_a_derivation_binds_bag_and_role);
	return unit_failed;
}
