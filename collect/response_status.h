#ifndef COLLECT_RESPONSE_STATUS_H
#define COLLECT_RESPONSE_STATUS_H

#include "collect/response_check.h"

/*
 * The part of response_check that reads a status which is no success, and the
 * writing of verdicts.
 */

/**
 * response_say(verdict, outcome, reason, fmt, ...):
 * Write ${outcome}, ${reason} and the text made from ${fmt} into ${verdict},
 * bytes outside printable ASCII as \xNN; leave the rest of it.
 */
void response_say(struct response_verdict * verdict,
    enum response_outcome outcome, enum response_reason reason,
    const char * fmt, ...) __attribute__((format(printf, 4, 5)));

/**
 * response_judge_status(asked, came, verdict):
 * Judge the answer ${came} to ${asked}, whose status is neither 200 nor 206,
 * and write ${verdict}.
 */
void response_judge_status(const struct response_asked * asked,
    const struct response_came * came, struct response_verdict * verdict);

#endif
