#ifndef TIMELINE_EVENT_JSON_H
#define TIMELINE_EVENT_JSON_H

#include "evidence/json.h"
#include "timeline/event.h"

/*
 * Events as members of a JSON object: what is absent is left out, moments are
 * RFC 3339 texts, flags an array of names, and integers beyond 2^53, which
 * hostile logs hold, are texts of digits.
 */

#define EVENT_JSON_RUNS 32 /* Of fields between those of tuples. */

/*
 * What the events of a group share, put into words once.  One of zeros is
 * empty; it serves the events of one reader.
 */
struct event_json {
	int64_t group;
	struct buf text;
	size_t ends[EVENT_JSON_RUNS]; /* Of each run; the last is the origin. */
	size_t runs;
};

/**
 * event_json_put(m, j, ev):
 * Put id, fields and provenance of ${ev} into the open object of ${j}, with the
 * help of ${m}.
 */
void event_json_put(
    struct event_json * m, struct json_out * j, const struct event * ev);

/**
 * event_json_free(m):
 * Release what ${m} holds, and make it empty.
 */
void event_json_free(struct event_json * m);

/**
 * event_json_put_quarantine(j, q):
 * Put reason, words and provenance of ${q} into the open object of ${j}.
 */
void event_json_put_quarantine(
    struct json_out * j, const struct event_quarantine * q);

#endif
