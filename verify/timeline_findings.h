#ifndef VERIFY_TIMELINE_FINDINGS_H
#define VERIFY_TIMELINE_FINDINGS_H

#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"

/*
 * Whether the rows that findings.json names are those of timeline.jsonl: each
 * by its number, with the same event, package, and bytes.  What the findings
 * say of them is an inference, and not judged here.
 *
 * findings.json is one JSON document, which may be large.  It is read in a
 * stream: a row is an object in it without another one in it, and with the
 * member event_id.  That name in any other place, and a name that is written
 * with escapes, is told: no reader is to see a row that was not compared.
 */
#define TIMELINE_FINDINGS_PORTION 262144 /* Rows compared at a time. */
#define TIMELINE_FINDINGS_ROW_MAX ((size_t)64 << 10) /* Bytes of one. */

struct timeline_findings {
	int64_t rows;    /* Named in findings, as often as they are; */
	int64_t matched; /* of them, those that timeline.jsonl has so. */
	uint8_t sha256[DIGEST_SHA256_LEN]; /* Of findings.json. */
};

/* Told of what is wrong, by the offset in findings.json. */
typedef void timeline_findings_note(
    void * context, int64_t offset, const char * text);

/**
 * timeline_findings_check(findings, rows, note, context, result, e):
 * Compare the rows named in ${findings}, an open findings.json, with the lines
 * of ${rows}, an open timeline.jsonl (both are borrowed), into ${result}.  Each
 * is matched, or told to ${note} with ${context}.  Return 0 if all was read, or
 * -1 with ${e} set.
 */
int timeline_findings_check(int findings, int rows,
    timeline_findings_note * note, void * context,
    struct timeline_findings * result, struct err * e);

#endif
