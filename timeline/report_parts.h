#ifndef TIMELINE_REPORT_PARTS_H
#define TIMELINE_REPORT_PARTS_H

#include "evidence/err.h"
#include "timeline/enrich.h"
#include "timeline/html.h"
#include "timeline/report.h"
#include "timeline/rule.h"
#include "timeline/store.h"

/*
 * The parts of the report that are made from the store; report.c puts them
 * together.  Each returns 0, or -1 with ${e} set.
 */

/**
 * report_chains(h, s, set, e):
 * Append each chain that was found: what it rests on link by link, drawn and as
 * a table, and what speaks against it.
 */
int report_chains(struct html * h, struct store * s,
    const struct rule_set * set, struct err * e);

/**
 * report_findings(h, s, set, e):
 * Append the findings of every rule but the chain.
 */
int report_findings(struct html * h, struct store * s,
    const struct rule_set * set, struct err * e);

/**
 * report_charts(h, s, e):
 * Append events by hour and source, and bytes by hour, each with its numbers.
 */
int report_charts(struct html * h, struct store * s, struct err * e);

/**
 * report_coverage(h, s, e):
 * Append what was logged and what not, by resource.
 */
int report_coverage(struct html * h, struct store * s, struct err * e);

/**
 * report_traffic(h, s, e):
 * Append what rules of the network decided, and how Traffic Analytics agrees with
 * flow logs; nothing if there is neither.
 */
int report_traffic(struct html * h, struct store * s, struct err * e);

/**
 * report_enrichment(h, s, en, e):
 * Append the files of ${en}, if there are any, by digest, and what they say of
 * the addresses, cards, and resources that the records name.
 */
int report_enrichment(struct html * h, struct store * s,
    const struct enrich * en, struct err * e);

/**
 * report_rows(h, s, set, display, e):
 * Append the searchable table of selected rows, as ${display} says.
 */
int report_rows(struct html * h, struct store * s, const struct rule_set * set,
    const struct display * display, struct err * e);

/**
 * report_fact(h, name, value):
 * Append the ${value} of the fact ${name}: a moment if its name ends in _time,
 * else a number or text.
 */
void report_fact(
    struct html * h, const char * name, const struct store_value * value);

/**
 * report_number(h, name, number):
 * Append the ${number} of the fact ${name} as report_fact does, or a span of
 * time if its name begins with ticks_.
 */
void report_number(struct html * h, const char * name, int64_t number);

/**
 * report_rule_words(h, r):
 * Append what the head of ${r} (NULL: nothing) says it rests on, what else could
 * explain it, and what would contradict it.
 */
void report_rule_words(struct html * h, const struct rule * r);

/**
 * report_name(h, name):
 * Append the ${name} of a fact or column as words.
 */
void report_name(struct html * h, const char * name);

#endif
