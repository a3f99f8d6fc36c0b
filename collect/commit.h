#ifndef COLLECT_COMMIT_H
#define COLLECT_COMMIT_H

#include "evidence/err.h"
#include "evidence/package_write.h"

#include "collect/pipe.h"
#include "collect/record.h"
#include "collect/state.h"

/*
 * The committing thread: it takes what comes through the pipe, hashes it and
 * writes it, while the network's thread fetches on and the package's workers
 * compress.  From commit_start to commit_join the recorder, its state and the
 * package belong to it alone.
 */
struct commit;

/* What the thread works with; all borrowed until commit_join. */
struct commit_options {
	struct pipe * pipe;
	struct record * record;
	struct package_write * w;
	struct state * state;
};

/**
 * commit_start(options, e):
 * Start the thread.  Return it, or NULL with ${e} set.
 */
struct commit * commit_start(
    const struct commit_options * options, struct err * e);

/**
 * commit_join(c, e):
 * Wait until the pipe, which was ended, is empty; end and free ${c}.  Return 0,
 * or -1 with ${e} set to what the thread failed with.
 */
int commit_join(struct commit * c, struct err * e);

#endif
