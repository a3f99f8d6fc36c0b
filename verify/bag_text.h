#ifndef VERIFY_BAG_TEXT_H
#define VERIFY_BAG_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/buf.h"
#include "evidence/err.h"

/*
 * The text files of a bag: their encodings, made UTF-8 without any library's
 * tables, and their lines, which end with LF, CR, CR LF, or the file.
 */
enum bag_encoding {
	BAG_UTF_8,
	BAG_ISO_8859_1,
	BAG_UTF_16 /* By its byte order mark; big-endian without one. */
};

/**
 * bag_text_encoding(name, len, encoding):
 * Find the encoding that is called ${name}, in any case.  Return 0, or -1 if it
 * is none that is read here.
 */
int bag_text_encoding(
    const char * name, size_t len, enum bag_encoding * encoding);

/**
 * bag_text_decode(bytes, encoding, text, e):
 * Append ${bytes} to ${text} as UTF-8, without a byte order mark.  Return 0, or
 * -1 with ${e} set (ERR_INPUT: not in that encoding).
 */
int bag_text_decode(const struct buf * bytes, enum bag_encoding encoding,
    struct buf * text, struct err * e);

/**
 * bag_text_line(text, at, line, len):
 * Take the line at byte ${at} of ${text}, which moves behind it, into ${line},
 * borrowed, and ${len}, its ending not counted.  Return whether there was one.
 */
bool bag_text_line(
    const struct buf * text, size_t * at, const char ** line, size_t * len);

#endif
