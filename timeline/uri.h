#ifndef TIMELINE_URI_H
#define TIMELINE_URI_H

#include "evidence/err.h"
#include "timeline/arena.h"
#include "timeline/event.h"

/*
 * Shared access signatures in logged URIs: their parameters are evidence, the
 * signature itself is a secret that no output may hold.  (Logs mostly print it
 * as XXXXX, but not everywhere: the key of a CopyBlobSource is a whole URL.)
 */

/**
 * uri_parse_sas(uri, a, ev, e):
 * Put the SAS parameters of the query of ${uri} into ${ev}, percent-decoded
 * where that gives clean text, in memory of ${a}.  A query without "sig" and
 * "sv" holds no SAS and leaves ${ev} untouched.  Of a parameter given twice the
 * first counts, and EVENT_FLAG_CONFLICT is set.  Return 0, or -1 with ${e} set
 * (no memory).
 */
int uri_parse_sas(
    const char * uri, struct arena * a, struct event * ev, struct err * e);

/**
 * uri_redact(text, a, e):
 * Return ${text} if it holds no signature, or else a copy in ${a} where the
 * value of each parameter "sig" is "-REDACTED-": also where the text is, or
 * holds, a URL that is percent-encoded, once or more often, in any case.  A
 * value that is nothing but "X" stays.  Return NULL with ${e} set on failure.
 */
const char * uri_redact(const char * text, struct arena * a, struct err * e);

#endif
