#ifndef TIMELINE_CASE_BUNDLE_H
#define TIMELINE_CASE_BUNDLE_H

#include "evidence/err.h"
#include "timeline/output.h"
#include "timeline/report.h"

/*
 * case.jsonld: the packages and the making of the timeline as a CASE/UCO 1.x
 * bundle in JSON-LD, so that other programs can take the provenance over.  It
 * holds no rows.  Identifiers are made from the seals: no chance, no clock.
 */

/**
 * case_bundle_write(input, o, e):
 * Write case.jsonld into ${o}.  Return 0, or -1 with ${e} set.
 */
int case_bundle_write(
    const struct report_input * input, struct output * o, struct err * e);

#endif
