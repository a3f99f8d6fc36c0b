#ifndef EVIDENCE_README_H
#define EVIDENCE_README_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/signer.h"

/*
 * README-VERIFY.txt: how to check the package with ordinary tools, the
 * commands filled in.
 */
struct readme_facts {
	const char * package;
	bool is_compressed; /* .tar.zst, else .tar */
	bool sha512;
	const char * case_number;
	const struct signer * signers;
	size_t n_signers;
	bool is_received; /* Files that somebody else exported. */
};

/**
 * readme_format(facts, out, e):
 * Append the text for the package of ${facts} to ${out}.  Return 0, or -1 with
 * ${e} set.
 */
int readme_format(
    const struct readme_facts * facts, struct buf * out, struct err * e);

#endif
