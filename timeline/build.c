#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/buf.h"
#include "evidence/clock.h"
#include "evidence/trust.h"
#include "evidence/version.h"
#include "timeline/build_load.h"
#include "timeline/case_bundle.h"
#include "timeline/certificate.h"
#include "timeline/confine.h"
#include "timeline/coverage.h"
#include "timeline/derive.h"
#include "timeline/enrich.h"
#include "timeline/export.h"
#include "timeline/feed.h"
#include "timeline/findings_json.h"
#include "timeline/load.h"
#include "timeline/logging.h"
#include "timeline/navigator.h"
#include "timeline/output.h"
#include "timeline/own.h"
#include "timeline/place.h"
#include "timeline/reader.h"
#include "timeline/report.h"
#include "timeline/rule.h"
#include "timeline/schema.h"
#include "timeline/store.h"
#include "timeline/traffic.h"
#include "timeline/twin.h"
#include "timeline/verb.h"
#include "timeline/verdict.h"

#include "timeline/build.h"

#define STORE_NAME "case.db"

/* Everything that is under way. */
struct build {
	const struct build_options * options;
	struct trust * trust;
	struct rule_set rules;
	struct known_secrets known;
	struct feed * feeds[BUILD_PACKAGES_MAX]; /* In order of package. */
	size_t feed_count;
	struct output * output;
	struct store * store;
	struct enrich * enrich;
	struct load_counts counts;
	struct reader_counts read;
	int64_t duplicates; /* Records that stand in an earlier file too. */
	int64_t chains;
	char program[128];
	struct buf warning; /* Empty if nothing has to be said. */
};

static int
load_trust(struct build * b, struct err * e)
{
	b->trust = trust_new(e);
	if (b->trust == NULL)
		return -1;
	for (size_t i = 0; i < b->options->trust_count; i++) {
		const struct build_trust * one = &b->options->trust[i];

		if (trust_take(b->trust, one->word, one->path, e) != 0)
			return -1;
	}
	return 0;
}

/* Judge the package ${path} and put it at its place by name and seal. */
static int
open_feed(struct build * b, const char * path, struct err * e)
{
	struct feed * f = feed_open(path, b->trust, e);
	const struct feed_head * head;
	size_t at = b->feed_count;

	if (f == NULL)
		return -1;
	head = feed_head(f);
	if ((head->verdict == FEED_ALTERED) && !b->options->accept_damaged) {
		err_set(e, ERR_FORGED,
		    "treat it as altered; --accept-damaged goes on all the "
		    "same",
		    "%s: %s", path,
		    (head->first_failure[0] != '\0') ? head->first_failure
						     : head->words);
		feed_close(f);
		return -1;
	}
	while (at > 0) {
		const struct feed_head * other = feed_head(b->feeds[at - 1]);
		int order = strcmp(other->package, head->package);

		if (order == 0)
			order =
			    memcmp(other->seal, head->seal, sizeof(head->seal));
		if (order == 0) {
			err_set(e, ERR_USAGE, NULL, "%s: the package %s twice",
			    path, head->package);
			feed_close(f);
			return -1;
		}
		if (order < 0)
			break;
		b->feeds[at] = b->feeds[at - 1];
		at--;
	}
	b->feeds[at] = f;
	b->feed_count++;
	return 0;
}

static int
open_feeds(struct build * b, struct err * e)
{
	for (size_t i = 0; i < b->options->package_count; i++) {
		if (open_feed(b, b->options->packages[i], e) != 0)
			return -1;
	}
	for (size_t i = 0; i < b->feed_count; i++) {
		if (verdict_warn(feed_head(b->feeds[i]), &b->warning, e) != 0)
			return -1;
	}
	return 0;
}

static int
open_store(struct build * b, struct err * e)
{
	const struct build_options * o = b->options;
	struct store_place place = { o->engine, output_dir(b->output),
		STORE_NAME,
		(o->engine_schema != NULL) ? o->engine_schema : BUILD_SCHEMA,
		NULL };
	struct secret * password = NULL;
	struct buf sql = { 0 };
	int rc = -1;

	if (o->engine_password != NULL) {
		password = secret_load(o->engine_password, e);
		if (password == NULL)
			goto out;
		place.password = password;
	}
	b->store = store_open(&place, e);
	if (b->store == NULL)
		goto out;
	if (schema_text(&sql, e) != 0)
		goto out;
	rc = store_schema(b->store, buf_text(&sql), e);

out:
	secret_free(password);
	buf_free(&sql);
	return rc;
}

static int
load_all(struct build * b, struct err * e)
{
	struct build_load loading = { .feeds = b->feeds,
		.feed_count = b->feed_count,
		.accept_damaged = b->options->accept_damaged,
		.workers = b->options->workers,
		.store = b->store };

	if (build_load(&loading, e) != 0)
		return -1;
	b->counts = loading.counts;
	b->read = loading.read;
	return own_mark(b->store, b->feeds, b->feed_count, e);
}

static int
run_rules(struct build * b, struct err * e)
{
	const struct build_options * o = b->options;
	struct findings_wishes wishes = { CLOCK_UNKNOWN, CLOCK_UNKNOWN,
		o->responders, o->responder_count, &b->known };

	if (o->has_baseline) {
		wishes.baseline_from = o->baseline_from;
		wishes.baseline_to = o->baseline_to;
	}
	if ((place_make(b->store, e) != 0) ||
	    (findings_make(b->store, &b->rules, &wishes, e) != 0) ||
	    (coverage_make(b->store, e) != 0) ||
	    (traffic_make(b->store, e) != 0) ||
	    (logging_make(b->store, e) != 0))
		return -1;
	return store_run(b->store,
	    "SELECT COUNT(DISTINCT finding) AS count FROM finding_fact"
	    " WHERE rule = 'chain'",
	    store_take_integer, &b->chains, e);
}

static int
write_outputs(struct build * b, struct err * e)
{
	struct findings_head head = { b->program,
		(b->warning.len > 0) ? buf_text(&b->warning) : NULL };
	struct report_input input = { b->program, buf_text(&b->warning),
		&b->rules, b->feeds, b->feed_count, b->enrich, &b->counts,
		&b->options->display, b->duplicates };

	if ((export_rows(b->store, &b->rules, enrich_count(b->enrich) > 0,
		 b->options->workers, b->output, e) != 0) ||
	    (findings_export(b->store, &b->rules, &head, b->output, e) != 0) ||
	    (coverage_export(b->store, b->output, e) != 0) ||
	    (logging_export(b->store, b->output, e) != 0) ||
	    (traffic_export(b->store, b->output, e) != 0) ||
	    (enrich_export(b->enrich, b->store, b->output, e) != 0) ||
	    (navigator_export(b->store, &b->rules, b->output, e) != 0) ||
	    (certificate_write(&input, b->output, e) != 0) ||
	    (case_bundle_write(&input, b->output, e) != 0) ||
	    (report_write(b->store, &input, b->output, e) != 0))
		return -1;
	if (store_close(b->store, e) != 0) {
		b->store = NULL;
		return -1;
	}
	b->store = NULL;
	return store_is_local(b->options->engine)
	    ? output_adopt(b->output, STORE_NAME, e)
	    : 0;
}

/*
 * From here on only the packages are read, and only the output is written and
 * the connection to the database, if there is one.
 */
static int
confine(const struct build * b, struct err * e)
{
	const struct build_options * o = b->options;
	const char * inputs[CONFINE_INPUTS_MAX];
	struct confine c = { inputs, 0, output_parent(b->output),
		!store_is_local(o->engine) };

	static_assert(
	    BUILD_PACKAGES_MAX + ENRICH_FILES_MAX <= CONFINE_INPUTS_MAX,
	    "every file may be read");
	for (size_t i = 0; i < o->package_count; i++)
		inputs[c.count++] = o->packages[i];
	for (size_t i = 0; i < o->enrich_count; i++)
		inputs[c.count++] = o->enrich[i].path;
	return confine_enter(&c, e);
}

/* The files that say something of addresses, as they came. */
static int
load_enrichment(struct build * b, struct err * e)
{
	const struct build_options * o = b->options;

	b->enrich = enrich_new(e);
	if (b->enrich == NULL)
		return -1;
	for (size_t i = 0; i < o->enrich_count; i++) {
		if (enrich_load(b->enrich, o->enrich[i].kind, o->enrich[i].path,
			e) != 0)
			return -1;
	}
	return 0;
}

static int
make(struct build * b, struct err * e)
{
	if (rule_set_load(&b->rules, b->options->rules, e) != 0)
		return -1;
	if ((b->options->known_secrets != NULL) &&
	    (known_secrets_load(b->options->known_secrets, &b->known, e) != 0))
		return -1;
	if (load_trust(b, e) != 0)
		return -1;
	b->output = output_begin(b->options->out, e);
	if (b->output == NULL)
		return -1;
	/* A database is reached before the right to reach anything is given up;
	 * what is put into it counts only if all goes well. */
	if (open_store(b, e) != 0)
		return -1;
	if (confine(b, e) != 0)
		return -1;
	if (load_enrichment(b, e) != 0)
		return -1;
	if (open_feeds(b, e) != 0)
		return -1;
	if (load_all(b, e) != 0)
		return -1;
	if (twin_mark(b->store, &b->duplicates, e) != 0)
		return -1;
	if (enrich_mark(b->enrich, b->store, e) != 0)
		return -1;
	if (run_rules(b, e) != 0)
		return -1;
	return write_outputs(b, e);
}

/* The result on standard output: verdict, counts, where the report is. */
static void
print_summary(const struct build * b)
{
	for (size_t i = 0; i < b->feed_count; i++) {
		const struct feed_head * head = feed_head(b->feeds[i]);

		(void)printf("package %s: %s (%s)\n", head->package,
		    verdict_word(head), head->words);
	}
	(void)printf(
	    "events: %lld in %lld records of %lld files, %lld undated\n",
	    (long long)b->counts.events, (long long)b->counts.records,
	    (long long)b->counts.members, (long long)b->counts.undated);
	(void)printf("not readable as records: %lld\n",
	    (long long)b->counts.quarantined);
	(void)printf("records that stand in several files: %lld, kept, marked,"
		     " and counted once\n",
	    (long long)b->duplicates);
	(void)printf("bytes: %lld read = %lld in records + %lld not readable"
		     " + %lld between; every row is in the store\n",
	    (long long)b->read.bytes, (long long)b->read.record_bytes,
	    (long long)b->read.quarantine_bytes,
	    (long long)b->read.filler_bytes);
	(void)printf(
	    "gaps declared by the package: %lld\n", (long long)b->counts.gaps);
	(void)printf("chains found: %lld\n", (long long)b->chains);
	(void)printf("report: %s/data/report.html\n", b->options->out);
}

int
build_run(int argc, char ** argv, int * exit_code, struct err * e)
{
	struct build_options options;
	struct build * b = NULL;
	struct derive derive;
	int rc = -1;
	int go;

	memset(&options, 0, sizeof(options));
	go = build_options_read(argc, argv, &options, e);
	if (go <= 0)
		return go;
	b = calloc(1, sizeof(*b));
	if (b == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	b->options = &options;
	(void)snprintf(b->program, sizeof(b->program),
	    "azcustody-timeline %s (%s)", version_number(), version_commit());
	if (make(b, e) != 0)
		goto out;
	derive = (struct derive){ &options, &b->rules, &b->known, b->feeds,
		b->feed_count, b->enrich, b->program };
	rc = derive_end(&derive, b->output, e);
	b->output = NULL;
	if (rc != 0)
		goto out;
	print_summary(b);
	if ((b->counts.quarantined > 0) || (b->counts.gaps > 0))
		*exit_code = VERB_EXIT_GAPS;

out:
	if (b != NULL) {
		store_abandon(b->store);
		output_abandon(b->output);
		for (size_t i = 0; i < b->feed_count; i++)
			feed_close(b->feeds[i]);
		enrich_free(b->enrich);
		trust_free(b->trust);
		rule_set_free(&b->rules);
		buf_free(&b->warning);
		free(b);
	}
	return rc;
}
