#ifndef VERIFY_GROUP_JUDGE_H
#define VERIFY_GROUP_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/package_check.h"

/*
 * The packages of one group that were judged together: are all of them here,
 * each once, of one collection, and is each object of the listing in exactly
 * one of them?  A package alone is judged alone, and that is said.
 */

/* What is kept of a package for it. */
struct group_member {
	bool is_sound; /* Integrity passed: what it says can be relied on. */
	struct group group;
	char package[NAME_SIZE];
	char case_number[256];
	uint8_t seal_sha256[DIGEST_SHA256_LEN];
	bool has_previous;
	uint8_t previous_seal[DIGEST_SHA256_LEN];
	struct package_set own, whole, listed;
	bool is_told; /* Its group was judged. */
};

/**
 * group_judge_take(member, result):
 * Keep of ${result} in ${member} what is needed.  Return whether it belongs to
 * a group; if not, ${member} is untouched.
 */
bool group_judge_take(
    struct group_member * member, const struct package_result * result);

/**
 * group_judge(members, n, is_json, out, code, e):
 * Judge each group that the ${n} ${members} belong to, and append a report on it
 * to ${out}.  Put into ${code} 1 if something about one fails, 2 if one is not
 * whole here or cannot be judged, else 0, as for one package alone.  Return 0,
 * or -1 with ${e} set.
 */
int group_judge(struct group_member * members, size_t n, bool is_json,
    struct buf * out, int * code, struct err * e);

#endif
