#ifndef EVIDENCE_KIND_H
#define EVIDENCE_KIND_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * What sort of log a container or blob holds, by its name, and the hour a
 * blob's name says it is about.
 */
enum kind {
	KIND_NSG_FLOW,
	KIND_VNET_FLOW,
	KIND_STORAGE_READ,
	KIND_STORAGE_WRITE,
	KIND_STORAGE_DELETE,
	KIND_CLASSIC,
	KIND_ACTIVITY,
	KIND_ACTIVITY_LEGACY,
	KIND_LA_EXPORT,
	KIND_OTHER,
	KIND_LOCAL /* A file handed over by a person, not acquired. */
};
#define KIND_COUNT 11

/**
 * kind_text(kind):
 * Return the word for ${kind} in documents ("nsg-flow").
 */
const char * kind_text(enum kind kind);

/**
 * kind_parse(text, kind):
 * Put the kind whose word is ${text} into ${kind}.  Return 0, or -1 with
 * ${kind} untouched.
 */
int kind_parse(const char * text, enum kind * kind);

/**
 * kind_of_container(container):
 * Return the kind of log that the container ${container} holds; KIND_OTHER if
 * its name says nothing.  Case does not matter.
 */
enum kind kind_of_container(const char * container);

/**
 * kind_of_path(path, len):
 * Return the kind of log that a file with the ${len} bytes ${path} seems to hold:
 * that of the container one of its folders is called after, else what the rest
 * of a blob's name says; KIND_OTHER if that is nothing.
 */
enum kind kind_of_path(const void * path, size_t len);

/**
 * kind_margin(kind):
 * Return how many ticks before and after its span a blob of ${kind} may still
 * be about: an hour, since Azure Monitor files records by the hour of arrival;
 * a day for Log Analytics exports, which file late data into old blobs.
 */
int64_t kind_margin(enum kind kind);

/**
 * kind_time_of_blob(kind, blob, len, from, to):
 * Put the span [${from}, ${to}) of time that the ${len} bytes of the name
 * ${blob} say they are about into ${from} and ${to}: the "y=/m=/d=/h=/m="
 * folders read by position (m= is the month behind y= and the minute behind
 * h=), an hour long, or 5 minutes for PT5M and PT05M; for KIND_CLASSIC the
 * "YYYY/MM/DD/hhmm/" folders.  Return 0, or -1 with both untouched if the name
 * does not say: such a blob is always in scope.
 */
int kind_time_of_blob(enum kind kind, const void * blob, size_t len,
    int64_t * from, int64_t * to);

/**
 * kind_time_of_folder(kind, folder, len, from, to):
 * Put the span [${from}, ${to}) of time that all below the folder ${folder}
 * ("...y=2026/m=11/", ${len} bytes with the "/" at its end) is about into
 * ${from} and ${to}, if the folder ends with a run of a year, a month, a day,
 * an hour and a minute, or the beginning of one.  Return 0, or -1 with both
 * untouched if it does not: then nothing is known about what is below.
 */
int kind_time_of_folder(enum kind kind, const void * folder, size_t len,
    int64_t * from, int64_t * to);

#endif
