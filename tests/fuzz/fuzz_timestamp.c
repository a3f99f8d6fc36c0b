/*
 * A request for a time stamp and an answer of any bytes: taken apart without a
 * crash; an answer is never good where nobody is trusted; and a request that is
 * read has an imprint of a length that there is.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/timestamp_query.h"
#include "evidence/timestamp_verify.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

static void
check_query(const uint8_t * bytes, size_t len)
{
	struct timestamp_query query;
	struct err e;

	err_init(&e);
	if (timestamp_parse_query(bytes, len, &query, &e) != 0)
		return;
	if (((query.imprint_len != 32) && (query.imprint_len != 48) &&
		(query.imprint_len != 64)) ||
	    (query.nonce_len > sizeof(query.nonce)) ||
	    (memchr(query.policy, '\0', sizeof(query.policy)) == NULL))
		abort();
}

static void
check_answer(const uint8_t * bytes, size_t len)
{
	static const char over[] = "what was stamped";
	const struct timestamp_rules rules = { .at = CLOCK_UNKNOWN,
		.now = CLOCK_TICKS_PER_SECOND };
	struct timestamp_facts facts;
	struct err e;

	err_init(&e);
	if ((timestamp_verify(&rules, bytes, len, over, sizeof(over) - 1,
		 &facts, &e) == PROOF_GOOD) ||
	    (e.kind == ERR_NONE) ||
	    (memchr(facts.serial, '\0', sizeof(facts.serial)) == NULL) ||
	    (memchr(facts.subject, '\0', sizeof(facts.subject)) == NULL))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	check_query(bytes, len);
	check_answer(bytes, len);
	return 0;
}
