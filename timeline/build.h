#ifndef TIMELINE_BUILD_H
#define TIMELINE_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/err.h"
#include "evidence/trust.h"
#include "timeline/display.h"
#include "timeline/enrich.h"
#include "timeline/findings.h"

/*
 * The verb build: packages in, a folder with the timeline out.
 */
#define BUILD_PACKAGES_MAX 64
#define BUILD_RESPONDERS_MAX 256
#define BUILD_SCHEMA "azcustody" /* Of a database, where none is named. */

/* A file that brings trust. */
struct build_trust {
	int word; /* Of TRUST_WORD_LIST. */
	const char * path;
};

/* A file that says something of addresses. */
struct build_enrich {
	enum enrich_kind kind;
	const char * path;
};

struct build_options {
	const char * packages[BUILD_PACKAGES_MAX];
	size_t package_count;
	struct build_trust trust[TRUST_WORDS_MAX];
	size_t trust_count;
	const char * responders[BUILD_RESPONDERS_MAX];
	size_t responder_count;
	struct build_enrich enrich[ENRICH_FILES_MAX]; /* As they came. */
	size_t enrich_count;
	const char * known_secrets; /* A file, "-" or "fd:N"; NULL: none. */
	const char * out;
	const char * rules;           /* NULL: the program's own only. */
	const char * engine;          /* store.h; NULL: sqlite. */
	const char * engine_schema;   /* NULL: BUILD_SCHEMA. */
	const char * engine_password; /* A file, "-" or "fd:N"; NULL: none. */
	int workers; /* At a time (crew.h); 0 while none were named. */
	struct display display;
	bool has_baseline;
	int64_t baseline_from;
	int64_t baseline_to;
	bool accept_damaged;
};

extern const char build_usage[]; /* For verb.usage. */

/**
 * build_options_read(argc, argv, o, e):
 * Read the arguments behind the verb's name, argv[0], into ${o}, which must be
 * zeros.  Return 1 if the verb is to run, 0 if --help was asked for and given,
 * or -1 with ${e} set.
 */
int build_options_read(
    int argc, char ** argv, struct build_options * o, struct err * e);

/**
 * build_run(argc, argv, exit_code, e):
 * The verb, as verb.h says.
 */
int build_run(int argc, char ** argv, int * exit_code, struct err * e);

#endif
