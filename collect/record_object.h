#ifndef COLLECT_RECORD_OBJECT_H
#define COLLECT_RECORD_OBJECT_H

#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/package_write.h"

#include "collect/record.h"

/*
 * The catalogue line of a blob, made from the answer that brought it.
 */

/**
 * record_object_format(t, seq, path, member, out, e):
 * Append the line of ${t}, which became the member ${path} (top folder
 * included) with the facts ${member}, as number ${seq} to ${out}.  Return 0, or
 * -1 with ${e} set.
 */
int record_object_format(const struct record_taken * t, int64_t seq,
    const char * path, const struct package_member * member, struct buf * out,
    struct err * e);

/**
 * record_object_is_etag(a, b):
 * Return whether the ETags ${a} and ${b} are the same but for the quotes that
 * headers have and listings have not; NULL is the same as nothing.
 */
bool record_object_is_etag(const char * a, const char * b);

/**
 * record_object_format_file(t, seq, path, member, out, e):
 * As record_object_format, for a file of this machine: there is no answer, and
 * what was listed is what was found when its folder was read.
 */
int record_object_format_file(const struct record_taken * t, int64_t seq,
    const char * path, const struct package_member * member, struct buf * out,
    struct err * e);

#endif
