#ifndef COLLECT_COMPARE_H
#define COLLECT_COMPARE_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * Two plans of one scope, taken at the start and at the end: what changed at
 * the source meanwhile.  Both are walked side by side.  A service lists by
 * name, so that equal names meet; where its order is another than ours, what
 * did not meet is matched afterwards by digests, as long as there are no more
 * than COMPARE_LOOSE_MAX of them on a side.
 */
#define COMPARE_EXAMPLES_MAX 4096 /* Differences told by name. */
#define COMPARE_NAME_MAX 512      /* Bytes of an example's name; then cut. */
#define COMPARE_LOOSE_MAX 65536

enum compare_difference {
	COMPARE_CHANGED, /* Another ETag or size. */
	COMPARE_APPEARED,
	COMPARE_VANISHED
};

struct compare_example {
	enum compare_difference difference;
	int source;
	char * name_pct; /* Percent-encoded name. */
};

struct compare_result {
	int64_t same;
	int64_t changed;
	int64_t appeared;
	int64_t vanished;
	struct compare_example examples[COMPARE_EXAMPLES_MAX];
	size_t example_count;
};

/* Which plans. */
struct compare_pair {
	const char * first;
	const char * again;
	const uint8_t * skip; /* By source: not 0 for those to leave out. */
	size_t skip_count;
};

/**
 * compare_plans(dir, pair, r, e):
 * Compare the plans ${pair} of the work folder ${dir} into ${r}, which
 * compare_clear releases.  Return 0, or -1 with ${e} set and ${r} empty.
 */
int compare_plans(int dir, const struct compare_pair * pair,
    struct compare_result * r, struct err * e);

/**
 * compare_word(difference):
 * Return the word for ${difference} in the journal.
 */
const char * compare_word(enum compare_difference difference);

/**
 * compare_clear(r):
 * Release what ${r} owns.
 */
void compare_clear(struct compare_result * r);

#endif
