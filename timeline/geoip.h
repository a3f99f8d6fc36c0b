#ifndef TIMELINE_GEOIP_H
#define TIMELINE_GEOIP_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/err.h"

/*
 * A MaxMind DB: the only door to libmaxminddb.  It is mapped, never written,
 * and asked for country, city, and autonomous system, whichever it has.
 */
#define GEOIP_BYTES_MAX ((int64_t)1 << 32)

struct geoip;

/* What a database says of itself; type is foreign text. */
struct geoip_about {
	uint8_t sha256[DIGEST_SHA256_LEN]; /* Of the bytes that are mapped. */
	int64_t size;
	int64_t built; /* Ticks. */
	char type[64];
};

/**
 * geoip_open(path, about, e):
 * Open the database ${path} and describe it in ${about}.  Return what
 * geoip_close releases, or NULL with ${e} set (ERR_INPUT if it is none).
 */
struct geoip * geoip_open(
    const char * path, struct geoip_about * about, struct err * e);

/**
 * geoip_close(g):
 * Release ${g}; NULL is fine.
 */
void geoip_close(struct geoip * g);

/**
 * geoip_find(g, address, place, bits, e):
 * Look up ${address}, a text in its one form; put what is known of it, as text,
 * into ${place}, which is cleared, and the width of the network it was found by
 * into ${bits}.  Return 1, 0 if nothing is known, or -1 with ${e} set (ERR_INPUT if the
 * database is damaged there).
 */
int geoip_find(struct geoip * g, const char * address, struct buf * place,
    int * bits, struct err * e);

#endif
