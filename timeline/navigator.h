#ifndef TIMELINE_NAVIGATOR_H
#define TIMELINE_NAVIGATOR_H

#include "evidence/err.h"
#include "timeline/output.h"
#include "timeline/rule.h"
#include "timeline/store.h"

/*
 * attack-layer.json: a layer of ATT&CK Navigator, format 4.5.  Every technique
 * that a rule names is in it; its score is how many findings name it, and 0 says
 * that it was looked for and not found.
 */
#define NAVIGATOR_TECHNIQUES_MAX 256

/**
 * navigator_export(s, set, o, e):
 * Write attack-layer.json into ${o}.  Return 0, or -1 with ${e} set.
 */
int navigator_export(struct store * s, const struct rule_set * set,
    struct output * o, struct err * e);

#endif
