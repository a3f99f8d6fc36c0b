#ifndef COLLECT_REDACT_H
#define COLLECT_REDACT_H

#include <stddef.h>

#include "evidence/buf.h"
#include "evidence/err.h"

/*
 * Text from which signatures are taken out before anybody sees or keeps it.
 */
#define REDACT_WORD "-REDACTED-"

/**
 * redact_text(out, text, len, e):
 * Append ${len} bytes of ${text} to ${out} with the value of every "sig="
 * replaced by "-REDACTED-": in any case, with letters of the name or the "="
 * percent-encoded (once, or twice as inside an x-ms-copy-source), up to the
 * next "&", ";", white space, quote, "<", ">", encoded "&" or the end.  The
 * values of "AccountKey=" and of "SharedKey ACCOUNT:" go the same way.
 * Return 0, or -1 with ${e} set.
 */
int redact_text(
    struct buf * out, const char * text, size_t len, struct err * e);

#endif
