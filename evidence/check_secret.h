#ifndef EVIDENCE_CHECK_SECRET_H
#define EVIDENCE_CHECK_SECRET_H

#include <stddef.h>
#include <stdint.h>

struct check;

/*
 * The part of a check that looks for secrets in the payload, if that is asked
 * for.
 */

/**
 * check_payload_begin(c):
 * Get ready to look for secrets in the payload member at hand.
 */
void check_payload_begin(struct check * c);

/**
 * check_payload_data(c, bytes, len):
 * Look for secrets in the next ${len} ${bytes} of it.
 */
void check_payload_data(struct check * c, const uint8_t * bytes, size_t len);

/**
 * check_secret_end(c):
 * Count the secrets of the payload member that ended, and tell of it.
 */
void check_secret_end(struct check * c);

#endif
