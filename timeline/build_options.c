#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/process.h"
#include "evidence/text.h"

#include "timeline/build.h"
#include "timeline/crew.h"
#include "timeline/store.h"

const char build_usage[] =
    "  build PACKAGE... --out DIR [OPTIONS]\n"
    "      verify each package, load its logs, run the rules, and write the\n"
    "      timeline into the new folder DIR; an altered or damaged package\n"
    "      ends with 1\n"
    "        --out DIR              the folder to make; it must not exist\n"
    "        --trust KEY.pub        a minisign key to trust (repeatable);\n"
    "                               without one nothing is authentic\n"
    "        --trust-file F, --ca ROOTS, --tsa-ca ROOTS, --crl FILE\n"
    "                               as azcustody-verify takes them\n"
    "        --rules DIR            run the rules *.sql of DIR as well\n"
    "        --engine E             where the events are stored: sqlite (the\n"
    "                               default, case.db in DIR), or the address\n"
    "                               of a database, postgresql://USER@HOST/DB\n"
    "        --engine-schema NAME   the schema to make there (default:\n"
    "                               azcustody); it must not exist\n"
    "        --engine-password-file F\n"
    "                               the user's password: a file, - or fd:N\n"
    "        --baseline FROM..TO    what counts as usual, RFC 3339 stamps\n"
    "                               (default: everything before the first\n"
    "                               event of a finding)\n"
    "        --responder ID         label this identity (repeatable)\n"
    "        --service-tags FILE, --geoip FILE, --indicators FILE,\n"
    "        --inventory FILE       what files say of addresses and machines\n"
    "                               (repeatable): Azure's service tags (JSON),\n"
    "                               a MaxMind DB, indicators (CSV or STIX 2.1),\n"
    "                               the owner's machines (CSV); no record is\n"
    "                               changed, and each file is named by digest\n"
    "        --known-secret-file F  secrets that were lost, a SAS or an account\n"
    "                               key a line: a file, - or fd:N; only their\n"
    "                               hashes are kept\n"
    "        --zone NAME            show rows of the report in this zone's time\n"
    "                               too, as Europe/Berlin\n"
    "        --as-of INSTANT        show rows of the report up to this moment\n"
    "                               only; neither changes anything else\n"
    "        --jobs N               workers at a time, 1 to 16 (default: one a\n"
    "                               core); the outputs are the same\n"
    "        --accept-damaged       go on with an altered or damaged package,\n"
    "                               and say so on every output\n";

enum choice {
	CHOICE_OUT = 256,
	CHOICE_TRUST, /* And the others of TRUST_WORD_LIST. */
	CHOICE_RULES = CHOICE_TRUST + TRUST_WORDS,
	CHOICE_ENGINE,
	CHOICE_ENGINE_SCHEMA,
	CHOICE_ENGINE_PASSWORD,
	CHOICE_BASELINE,
	CHOICE_RESPONDER,
	CHOICE_KNOWN,
	CHOICE_ENRICH, /* And the others of enum enrich_kind. */
	CHOICE_DAMAGED = CHOICE_ENRICH + ENRICH_KINDS,
	CHOICE_ZONE,
	CHOICE_AS_OF,
	CHOICE_JOBS,
	CHOICE_HELP
};

/* Take ${value} for the option ${name}, which may be given once. */
static int
take_once(
    const char ** at, const char * name, const char * value, struct err * e)
{
	if (*at != NULL) {
		err_set(e, ERR_USAGE, "try --help", "%s twice", name);
		return -1;
	}
	*at = value;
	return 0;
}

/* Take ${value} for an option that may be given ${max} times. */
static int
take_more(const char ** list, size_t * count, size_t max, const char * name,
    const char * value, struct err * e)
{
	if (*count == max) {
		err_set(
		    e, ERR_USAGE, NULL, "%s more than %zu times", name, max);
		return -1;
	}
	list[(*count)++] = value;
	return 0;
}

/* "FROM..TO" */
static int
take_baseline(struct build_options * o, const char * value, struct err * e)
{
	const char * dots = strstr(value, "..");
	char from[64];

	if (o->has_baseline) {
		err_set(e, ERR_USAGE, "try --help", "--baseline twice");
		return -1;
	}
	if ((dots == NULL) || ((size_t)(dots - value) >= sizeof(from))) {
		err_set(e, ERR_USAGE, "give FROM..TO", "--baseline %s", value);
		return -1;
	}
	memcpy(from, value, (size_t)(dots - value));
	from[dots - value] = '\0';
	if ((clock_parse(from, &o->baseline_from, e) != 0) ||
	    (clock_parse(dots + 2, &o->baseline_to, e) != 0)) {
		e->kind = ERR_USAGE;
		err_in(e, "--baseline");
		return -1;
	}
	if (o->baseline_from >= o->baseline_to) {
		err_set(e, ERR_USAGE, NULL, "--baseline ends before it begins");
		return -1;
	}
	o->has_baseline = true;
	return 0;
}

static int
take_as_of(struct build_options * o, const char * value, struct err * e)
{
	if (o->display.has_as_of) {
		err_set(e, ERR_USAGE, "try --help", "--as-of twice");
		return -1;
	}
	if (clock_parse(value, &o->display.as_of, e) != 0) {
		e->kind = ERR_USAGE;
		err_in(e, "--as-of");
		return -1;
	}
	o->display.has_as_of = true;
	return 0;
}

static int
take_jobs(struct build_options * o, const char * value, struct err * e)
{
	int64_t n;

	if (o->workers != 0) {
		err_set(e, ERR_USAGE, "try --help", "--jobs twice");
		return -1;
	}
	if ((text_parse_integer(value, strlen(value), &n) != 0) || (n < 1) ||
	    (n > CREW_WORKERS_MAX)) {
		err_set(e, ERR_USAGE, "give 1 to 16", "--jobs %s", value);
		return -1;
	}
	o->workers = (int)n;
	return 0;
}

/* An identity is labelled once, however often it is named. */
static int
take_responder(struct build_options * o, const char * value, struct err * e)
{
	for (size_t i = 0; i < o->responder_count; i++) {
		if (strcmp(o->responders[i], value) == 0)
			return 0;
	}
	return take_more(o->responders, &o->responder_count,
	    BUILD_RESPONDERS_MAX, "--responder", value, e);
}

/* Take the file of the option at index ${word} of TRUST_WORD_LIST. */
static int
take_trust(
    struct build_options * o, int word, const char * path, struct err * e)
{
	if (o->trust_count == TRUST_WORDS_MAX) {
		err_set(e, ERR_USAGE, NULL, "more than %d files of trust",
		    TRUST_WORDS_MAX);
		return -1;
	}
	o->trust[o->trust_count].word = word;
	o->trust[o->trust_count++].path = path;
	return 0;
}

/* Take a file of the ${kind}. */
static int
take_enrich(struct build_options * o, enum enrich_kind kind, const char * path,
    struct err * e)
{
	if (o->enrich_count == ENRICH_FILES_MAX) {
		err_set(e, ERR_USAGE, NULL,
		    "more than %d files about addresses", ENRICH_FILES_MAX);
		return -1;
	}
	o->enrich[o->enrich_count].kind = kind;
	o->enrich[o->enrich_count++].path = path;
	return 0;
}

static int
take_option(struct build_options * o, int c, const char * given, struct err * e)
{
	if ((c >= CHOICE_TRUST) && (c < CHOICE_RULES))
		return take_trust(o, c - CHOICE_TRUST, optarg, e);
	if ((c >= CHOICE_ENRICH) && (c < CHOICE_DAMAGED))
		return take_enrich(
		    o, (enum enrich_kind)(c - CHOICE_ENRICH), optarg, e);
	switch (c) {
	case CHOICE_OUT:
		return take_once(&o->out, "--out", optarg, e);
	case CHOICE_RULES:
		return take_once(&o->rules, "--rules", optarg, e);
	case CHOICE_ENGINE:
		return take_once(&o->engine, "--engine", optarg, e);
	case CHOICE_ENGINE_SCHEMA:
		return take_once(
		    &o->engine_schema, "--engine-schema", optarg, e);
	case CHOICE_ENGINE_PASSWORD:
		return take_once(
		    &o->engine_password, "--engine-password-file", optarg, e);
	case CHOICE_RESPONDER:
		return take_responder(o, optarg, e);
	case CHOICE_KNOWN:
		return take_once(
		    &o->known_secrets, "--known-secret-file", optarg, e);
	case CHOICE_BASELINE:
		return take_baseline(o, optarg, e);
	case CHOICE_ZONE:
		if (o->display.zone != NULL) {
			err_set(e, ERR_USAGE, "try --help", "--zone twice");
			return -1;
		}
		return display_take_zone(&o->display, optarg, e);
	case CHOICE_JOBS:
		return take_jobs(o, optarg, e);
	case CHOICE_AS_OF:
		return take_as_of(o, optarg, e);
	case CHOICE_DAMAGED:
		o->accept_damaged = true;
		return 0;
	case ':':
		err_set(e, ERR_USAGE, "try --help", "%s needs a value", given);
		return -1;
	}
	err_set(e, ERR_USAGE, "try --help", "%s is no option of build", given);
	return -1;
}

int
build_options_read(
    int argc, char ** argv, struct build_options * o, struct err * e)
{
	static const struct option longs[] = {
		{ "out", required_argument, NULL, CHOICE_OUT },
		{ "trust", required_argument, NULL, CHOICE_TRUST },
		{ "trust-file", required_argument, NULL, CHOICE_TRUST + 1 },
		{ "ca", required_argument, NULL, CHOICE_TRUST + 2 },
		{ "tsa-ca", required_argument, NULL, CHOICE_TRUST + 3 },
		{ "crl", required_argument, NULL, CHOICE_TRUST + 4 },
		{ "rules", required_argument, NULL, CHOICE_RULES },
		{ "engine", required_argument, NULL, CHOICE_ENGINE },
		{ "engine-schema", required_argument, NULL,
		    CHOICE_ENGINE_SCHEMA },
		{ "engine-password-file", required_argument, NULL,
		    CHOICE_ENGINE_PASSWORD },
		{ "baseline", required_argument, NULL, CHOICE_BASELINE },
		{ "responder", required_argument, NULL, CHOICE_RESPONDER },
		{ "service-tags", required_argument, NULL,
		    CHOICE_ENRICH + ENRICH_SERVICE_TAGS },
		{ "geoip", required_argument, NULL,
		    CHOICE_ENRICH + ENRICH_GEOIP },
		{ "indicators", required_argument, NULL,
		    CHOICE_ENRICH + ENRICH_INDICATORS },
		{ "inventory", required_argument, NULL,
		    CHOICE_ENRICH + ENRICH_INVENTORY },
		{ "known-secret-file", required_argument, NULL, CHOICE_KNOWN },
		{ "accept-damaged", no_argument, NULL, CHOICE_DAMAGED },
		{ "zone", required_argument, NULL, CHOICE_ZONE },
		{ "as-of", required_argument, NULL, CHOICE_AS_OF },
		{ "jobs", required_argument, NULL, CHOICE_JOBS },
		{ "help", no_argument, NULL, CHOICE_HELP },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	opterr = 0;
	optind = 1;
	for (;;) {
		c = getopt_long(argc, argv, ":", longs, NULL);
		if (c == -1)
			break;
		if (c == CHOICE_HELP) {
			(void)printf("usage:\n%s", build_usage);
			return 0;
		}
		if (take_option(o, c, argv[optind - 1], e) != 0)
			return -1;
	}
	for (int i = optind; i < argc; i++) {
		if (take_more(o->packages, &o->package_count,
			BUILD_PACKAGES_MAX, "a package", argv[i], e) != 0)
			return -1;
	}
	if (o->package_count == 0) {
		err_set(e, ERR_USAGE, "try --help", "build needs a package");
		return -1;
	}
	if (o->out == NULL) {
		err_set(e, ERR_USAGE, "try --help", "build needs --out DIR");
		return -1;
	}
	if (o->workers == 0)
		o->workers = crew_workers(process_cores());
	if (o->engine == NULL)
		o->engine = "sqlite";
	if (store_check_engine(o->engine, e) != 0) {
		err_in(e, "--engine");
		return -1;
	}
	if (store_is_local(o->engine) &&
	    ((o->engine_schema != NULL) || (o->engine_password != NULL))) {
		err_set(e, ERR_USAGE, "try --help",
		    "sqlite has no schema and no password");
		return -1;
	}
	return 1;
}
