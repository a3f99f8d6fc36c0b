#ifndef VERIFY_VERDICT_H
#define VERIFY_VERDICT_H

#include <stddef.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/package_check.h"
#include "evidence/sandbox.h"
#include "evidence/trust.h"

#include "verify/subject.h"

/*
 * What is said about one package: a report for people, whose first and last
 * line is the verdict, or JSON for programs, one object a line.  Both are made
 * in memory, after everything is known.
 */
struct verdict {
	const struct subject * subject;
	const struct trust * trust;
	const struct package_result * result;
	const struct buf * findings; /* As verdict_note keeps them. */
	enum sandbox_level sandbox;
	unsigned require;
	int exit_code;
	const char * written; /* Where members were written, or NULL. */
	int64_t written_members;
	const char * secrets; /* Where they were listed, or NULL. */
};

/**
 * verdict_note(findings, finding, e):
 * Keep ${finding} in ${findings}.  Return 0, or -1 with ${e} set.
 */
int verdict_note(struct buf * findings, const struct package_finding * finding,
    struct err * e);

/**
 * verdict_read(findings, at, finding):
 * Take the finding at byte ${at} of ${findings}, which moves behind it, into
 * ${finding}, whose texts are borrowed from ${findings}.  Return whether there
 * was one.
 */
bool verdict_read(
    const struct buf * findings, size_t * at, struct package_finding * finding);

/**
 * verdict_text(v, out, e):
 * Append the report of ${v} to ${out}.  Return 0, or -1 with ${e} set.
 */
int verdict_text(const struct verdict * v, struct buf * out, struct err * e);

/**
 * verdict_json(v, out, e):
 * Append the findings and verdicts of ${v} to ${out}.  Return as verdict_text.
 */
int verdict_json(const struct verdict * v, struct buf * out, struct err * e);

#endif
