#ifndef TIMELINE_DISPLAY_H
#define TIMELINE_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"

/*
 * How the report shows rows: beside UTC in the time of a zone, and only those up to
 * an instant.  No record, no other output, and no finding depends on it.
 */
#define DISPLAY_ZONE_MAX 64  /* Bytes of a zone's name. */
#define DISPLAY_TEXT_SIZE 64 /* "2026-03-29 03:00:00 CEST (+02:00)" */

struct display {
	bool has_as_of;
	int64_t as_of;
	const char * zone;                      /* NULL: UTC alone. */
	uint8_t zone_sha256[DIGEST_SHA256_LEN]; /* Of the zone's rules. */
};

/**
 * display_take_zone(d, name, e):
 * Let the rows of ${d} be shown in the time of the zone ${name} of the system's
 * zone database too, from now on and for the whole process.  Return 0, or -1 with
 * ${e} set (ERR_USAGE if there is no such zone).
 */
int display_take_zone(struct display * d, const char * name, struct err * e);

/**
 * display_local(d, at, text):
 * Write ${at} to the second in the zone of ${d}, with what the zone calls it
 * then and how far it is from UTC; "" without a zone, or for what it cannot say.
 */
void display_local(
    const struct display * d, int64_t at, char text[DISPLAY_TEXT_SIZE]);

#endif
