#ifndef EVIDENCE_DEMAND_H
#define EVIDENCE_DEMAND_H

#include <stddef.h>

#include "evidence/signer_verify.h"
#include "evidence/trust.h"

/*
 * What a trust file demands of who signed a seal, held against what the
 * signatures are worth.
 */
#define DEMAND_TEXT_SIZE (TRUST_TEXT_SIZE + 80)

enum demand_state {
	DEMAND_MET,
	DEMAND_OPEN,  /* Those that cannot be judged could make up for it. */
	DEMAND_MISSED /* Too few are trusted and good. */
};

/**
 * demand_judge(demand, signers, n, verdicts, text):
 * Hold ${demand} against the ${n} ${signers} and their ${verdicts}.  Return
 * what it comes to; any but DEMAND_MET writes why, for people, to ${text}.
 */
enum demand_state demand_judge(const struct trust_demand * demand,
    const struct signer * signers, size_t n,
    const enum signer_verdict * verdicts, char text[DEMAND_TEXT_SIZE]);

#endif
