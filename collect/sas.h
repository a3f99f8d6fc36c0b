#ifndef COLLECT_SAS_H
#define COLLECT_SAS_H

#include <stddef.h>
#include <stdint.h>

#include "collect/credential.h"
#include "evidence/err.h"

/*
 * A shared access signature read for its shape.  The text is looked at and
 * never changed.
 */

/**
 * sas_parse(text, len, shape, e):
 * Read the ${len} bytes of the SAS ${text}, without "?", into ${shape}.  Refuse
 * what is no SAS, a parameter that stands twice, one that belongs to a request
 * and not to a SAS ("comp", "snapshot", ...), bytes that cannot stand in a
 * query, and times that cannot be read.  Return 0, or -1 with ${e} set, which
 * quotes nothing of ${text} but names of parameters.
 */
int sas_parse(const char * text, size_t len, struct credential_shape * shape,
    struct err * e);

/**
 * sas_parse_time(text, at, e):
 * Read a time as a SAS has it: a date, with hours and minutes, with seconds, or
 * with a fraction; UTC.  Return 0, or -1 with ${e} set and ${at} untouched.
 */
int sas_parse_time(const char * text, int64_t * at, struct err * e);

#endif
