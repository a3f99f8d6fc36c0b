#ifndef TIMELINE_EMBEDDED_H
#define TIMELINE_EMBEDDED_H

#include <stddef.h>

/*
 * Files that the program carries in itself, so that a report depends on nothing
 * that lies around: the rules, and the style and script of the report.  The
 * table is made by embed.sh when the program is built.
 */
struct embedded {
	const char * name; /* Without its folder. */
	const unsigned char *
	    bytes; /* Followed by a NUL that is not counted. */
	size_t len;
};

/**
 * embedded_files(count):
 * Return the table of files and put its length into ${count}.
 */
const struct embedded * embedded_files(size_t * count);

#endif
