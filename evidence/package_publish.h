#ifndef EVIDENCE_PACKAGE_PUBLISH_H
#define EVIDENCE_PACKAGE_PUBLISH_H

#include "evidence/err.h"
#include "evidence/package_write.h"

/*
 * The names of a sealed package, prepared in the work folder and given at the
 * end; inside of the package writer.
 */

/**
 * package_remove_prepared(w, e):
 * Remove what an earlier, killed sealing prepared in the work folder.  Return
 * 0, or -1 with ${e} set.
 */
int package_remove_prepared(struct package_write * w, struct err * e);

#endif
