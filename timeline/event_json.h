#ifndef TIMELINE_EVENT_JSON_H
#define TIMELINE_EVENT_JSON_H

#include "evidence/json.h"
#include "timeline/event.h"

/*
 * Events as members of a JSON object: what is absent is left out, moments are
 * RFC 3339 texts, flags an array of names, and integers beyond 2^53, which
 * hostile logs hold, are texts of digits.
 */

/**
 * event_json_put(j, ev):
 * Put id, fields and provenance of ${ev} into the open object of ${j}.
 */
void event_json_put(struct json_out * j, const struct event * ev);

/**
 * event_json_put_quarantine(j, q):
 * Put reason, words and provenance of ${q} into the open object of ${j}.
 */
void event_json_put_quarantine(
    struct json_out * j, const struct event_quarantine * q);

#endif
