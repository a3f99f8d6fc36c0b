#ifndef VERIFY_TIMELINE_CHECK_H
#define VERIFY_TIMELINE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/package_check.h"
#include "evidence/trust.h"

#include "verify/subject.h"
#include "verify/timeline_findings.h"
#include "verify/timeline_rows.h"

/*
 * Judging the bag of a timeline: that it is a valid bag, that it is bound to
 * the seals of the packages that were brought, that each of its rows, with a
 * time or without, is bytes of them, and that its findings name those rows.
 */
#define TIMELINE_CHECK_PACKAGES_MAX 64
#define TIMELINE_CHECK_REPORT_MAX 100 /* Rows that are told one by one. */

/* A package that was brought. */
struct timeline_package {
	struct subject subject;
	struct package_result result;
	int exit_code; /* Of package_exit_code. */
};

/* Told of what fails, and of what could not be judged. */
typedef void timeline_check_note(void * context, bool is_wrong,
    const char * code, const char * where, const char * text);

struct timeline_check {
	int bag;                            /* The directory. */
	struct timeline_package * packages; /* Opened. */
	size_t n_packages;
	const struct trust * trust;
	timeline_check_note * note;
	void * context;

	/* What was found. */
	size_t named;    /* Packages in derived.json; */
	size_t bound;    /* of them, those that were brought and are it. */
	bool is_counted; /* The rows were read: what follows holds. */
	struct timeline_rows rows;
	struct timeline_rows undated_rows; /* Of undated.jsonl. */
	struct timeline_findings findings;
	bool is_signed; /* As derived evidence: it has derivation.json. */
	size_t signers; /* Declared there; */
	size_t signers_trusted; /* of them. */
	size_t entered;         /* Ledgers that say so, of those brought. */
	int64_t wrong;
	int64_t undecided;
};

/**
 * timeline_check(c, e):
 * Judge the bag of ${c}, whose last part is zeros, into it.  Return 0, or -1
 * with ${e} set if it could not be judged.
 */
int timeline_check(struct timeline_check * c, struct err * e);

/**
 * timeline_check_tell(c, is_wrong, code, where, text):
 * Count a finding of ${c}, wrong or undecided, and hand it to its note.
 */
void timeline_check_tell(struct timeline_check * c, bool is_wrong,
    const char * code, const char * where, const char * text);

/**
 * timeline_check_exit(c):
 * Return 0 if all holds, 1 if anything fails, 2 if that stays open.
 */
int timeline_check_exit(const struct timeline_check * c);

#endif
