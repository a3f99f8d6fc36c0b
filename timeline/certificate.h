#ifndef TIMELINE_CERTIFICATE_H
#define TIMELINE_CERTIFICATE_H

#include "evidence/err.h"
#include "timeline/output.h"
#include "timeline/report.h"

/*
 * certificate-draft.txt: what a person could certify about the packages, with
 * every statement that only a person can make left blank.  It is marked as a
 * draft on top, between its parts, and at the end; nothing here ever signs it.
 */

/**
 * certificate_write(input, o, e):
 * Write certificate-draft.txt into ${o}.  Return 0, or -1 with ${e} set.
 */
int certificate_write(
    const struct report_input * input, struct output * o, struct err * e);

#endif
