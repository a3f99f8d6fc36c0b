#include <stdint.h>
#include <stdio.h>

#include "evidence/demand.h"

enum demand_state
demand_judge(const struct trust_demand * demand, const struct signer * signers,
    size_t n, const enum signer_verdict * verdicts, char text[DEMAND_TEXT_SIZE])
{
	char what[TRUST_TEXT_SIZE];
	int64_t good = 0, open = 0;

	for (size_t i = 0; i < n; i++) {
		if (!trust_demand_has(demand, signers[i].role))
			continue;
		good += (verdicts[i] == SIGNER_GOOD);
		open += (verdicts[i] == SIGNER_UNTRUSTED) ||
		    (verdicts[i] == SIGNER_UNTIMED);
	}
	if (good >= demand->count)
		return DEMAND_MET;
	trust_demand_text(demand, what);
	(void)snprintf(text, DEMAND_TEXT_SIZE,
	    "%s: there are %lld, and %lld that cannot be judged", what,
	    (long long)good, (long long)open);
	return (good + open >= demand->count) ? DEMAND_OPEN : DEMAND_MISSED;
}
