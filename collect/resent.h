#ifndef COLLECT_RESENT_H
#define COLLECT_RESENT_H

#include <stdint.h>

#include "evidence/err.h"
#include "evidence/package_write.h"

#include "collect/record.h"
#include "collect/sent.h"

/*
 * What a killed run had sent and not recorded: its requests are found by
 * comparing what was noted (sent.h) with requests.jsonl as the checkpoint kept
 * it, and each gets a line that says so.
 */
#define RESENT_ERROR "killed" /* The line's error. */

/**
 * resent_record(r, w, left, count, e):
 * Append a line for each request of ${left} that requests.jsonl of ${w} does
 * not have, by ${r}, and put their number into ${count}.  Return 0, or -1 with
 * ${e} set.
 */
int resent_record(struct record * r, struct package_write * w,
    const struct sent_left * left, int64_t * count, struct err * e);

#endif
