#ifndef TIMELINE_FINDINGS_JSON_H
#define TIMELINE_FINDINGS_JSON_H

#include "evidence/err.h"
#include "timeline/output.h"
#include "timeline/rule.h"
#include "timeline/store.h"

/*
 * findings.json: the rules with all they say about themselves, and every
 * finding with its links, facts, and rows.  A row names the record's bytes:
 * package, member, offset, length, SHA-256, and the tuple within it.
 */

/* What stands at the head of every output. */
struct findings_head {
	const char * program; /* Name and version. */
	const char * warning; /* What the verdict wants said, or NULL. */
};

/**
 * findings_export(s, set, head, o, e):
 * Write findings.json into ${o}.  Return 0, or -1 with ${e} set.
 */
int findings_export(struct store * s, const struct rule_set * set,
    const struct findings_head * head, struct output * o, struct err * e);

#endif
