/*
 * A detached CMS signature of any bytes: judged without a crash, the same way
 * twice, and never good where nobody is trusted.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/cms_verify.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

static enum proof
judge(const uint8_t * bytes, size_t len, bool is_foreign)
{
	static const char over[] = "what was signed";
	const struct cms_rules rules = { .at = CLOCK_TICKS_PER_SECOND,
		.now = CLOCK_TICKS_PER_SECOND,
		.is_foreign = is_foreign };
	struct cms_facts facts;
	enum proof proof;
	struct err e;

	err_init(&e);
	proof =
	    cms_verify(&rules, bytes, len, over, sizeof(over) - 1, &facts, &e);
	if ((proof == PROOF_GOOD) || (e.kind == ERR_NONE) ||
	    (memchr(facts.subject, '\0', sizeof(facts.subject)) == NULL))
		abort();
	return proof;
}

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	for (int foreign = 0; foreign <= 1; foreign++) {
		if (judge(bytes, len, foreign != 0) !=
		    judge(bytes, len, foreign != 0))
			abort();
	}
	return 0;
}
