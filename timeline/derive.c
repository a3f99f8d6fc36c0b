#include <stdio.h>
#include <string.h>

#include "evidence/buf.h"
#include "evidence/clock.h"
#include "evidence/derived.h"
#include "evidence/text.h"
#include "evidence/version.h"

#include "timeline/derive.h"

#define BASELINE_SIZE (2 * CLOCK_TEXT_SIZE + 2)
#define KNOWN_SIZE 128
#define FILE_SIZE (sizeof("sha256:") + DIGEST_SHA256_HEX)

/* Texts that the options of the document borrow. */
struct texts {
	char baseline[BASELINE_SIZE];
	char files[ENRICH_FILES_MAX][FILE_SIZE];
	char names[ENRICH_FILES_MAX][32];
	char zone[DISPLAY_ZONE_MAX + 2 + FILE_SIZE];
	char as_of[CLOCK_TEXT_SIZE];
	char known[KNOWN_SECRETS_MAX][KNOWN_SIZE];
};

static const char readme[] =
    "This folder is derived evidence: a timeline that azcustody-timeline made\n"
    "from sealed packages.  It is a BagIt 1.0 bag (RFC 8493).\n"
    "\n"
    "  data/report.html      read this first\n"
    "  data/timeline.jsonl   every dated row, each with the place of its bytes\n"
    "  data/timeline.csv     the same rows for other programs\n"
    "  data/undated.jsonl    what has no readable time or is no record\n"
    "  data/findings.json    the rules and what they found\n"
    "  data/traffic.csv      flows added up by point, addresses, port, and rule\n"
    "  data/agreement.csv    flow logs and Traffic Analytics compared, if both\n"
    "                        are there\n"
    "  data/coverage.csv     which hours of which log are there\n"
    "  data/enrichment.csv   what files that were brought say of addresses, if\n"
    "                        there were any; derived.json has their digests\n"
    "  data/logging.csv      which requests were logged, by account and service\n"
    "  data/policy-*.json    definitions that would have them logged, if any\n"
    "                        account has no records of reads\n"
    "  data/attack-layer.json  ATT&CK techniques of the findings, for Navigator\n"
    "  data/case.jsonld      packages and making of the timeline, as CASE/UCO\n"
    "  data/certificate-draft.txt  a draft that nobody signed\n"
    "  data/case.db          the store (SQLite), unless it is in a database\n"
    "  derived.json          the packages and seals it was made from, the\n"
    "                        program, its rules, and its options\n"
    "\n"
    "To check it without any program of ours:\n"
    "\n"
    "  sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt\n"
    "\n"
    "To check that it came from its packages, and that each of its rows is bytes\n"
    "of them:\n"
    "\n"
    "  azcustody-verify timeline FOLDER --package PACKAGE --trust KEY.pub\n"
    "\n"
    "To check all the rest, build it again: the same packages, options, and\n"
    "version of the program give the same bytes.\n";

static const char *
verdict_word(enum feed_verdict verdict)
{
	switch (verdict) {
	case FEED_INTACT:
		return "intact";
	case FEED_UNDECIDED:
		return "undecided";
	case FEED_ALTERED:
		break;
	}
	return "altered";
}

static void
put_option(struct derived * to, const char * name, const char * value)
{
	to->options[to->n_options].name = name;
	to->options[to->n_options].value = value;
	to->n_options++;
}

/* Of the secrets that were lost the hashes, by which the bag can be told. */
static void
put_known(struct derived * to, const struct known_secrets * known,
    struct texts * texts)
{
	for (size_t i = 0; i < known->count; i++) {
		const struct known_secret * one = &known->list[i];

		(void)snprintf(texts->known[i], KNOWN_SIZE, "line %lld: %s %s",
		    (long long)one->line, one->is_key ? "account key" : "SAS",
		    one->of_text);
		put_option(to, "--known-secret-file", texts->known[i]);
	}
}

/* What bears on the result, but for the rules, which have digests. */
static void
put_options(struct derived * to, const struct derive * d, struct texts * texts)
{
	const struct build_options * o = d->options;
	char hex[DIGEST_SHA256_HEX];
	char from[CLOCK_TEXT_SIZE];
	char till[CLOCK_TEXT_SIZE];

	if (o->has_baseline) {
		clock_format(o->baseline_from, from);
		clock_format(o->baseline_to, till);
		(void)snprintf(
		    texts->baseline, BASELINE_SIZE, "%s..%s", from, till);
		put_option(to, "--baseline", texts->baseline);
	}
	for (size_t i = 0; i < o->responder_count; i++)
		put_option(to, "--responder", o->responders[i]);
	/* A file is what is in it, not what it is called. */
	for (size_t i = 0; i < enrich_count(d->enrich); i++) {
		const struct enrich_file * f = enrich_file(d->enrich, i);

		text_hex_encode(f->sha256, sizeof(f->sha256), hex);
		(void)snprintf(texts->names[i], sizeof(texts->names[i]), "--%s",
		    enrich_option(f->kind));
		(void)snprintf(texts->files[i], FILE_SIZE, "sha256:%s", hex);
		put_option(to, texts->names[i], texts->files[i]);
	}
	/* These bear on the report alone. */
	if (o->display.zone != NULL) {
		text_hex_encode(o->display.zone_sha256,
		    sizeof(o->display.zone_sha256), hex);
		(void)snprintf(texts->zone, sizeof(texts->zone), "%s sha256:%s",
		    o->display.zone, hex);
		put_option(to, "--zone", texts->zone);
	}
	if (o->display.has_as_of) {
		clock_format(o->display.as_of, texts->as_of);
		put_option(to, "--as-of", texts->as_of);
	}
	if (o->accept_damaged)
		put_option(to, "--accept-damaged", NULL);
}

static void
put_packages(struct derived * to, const struct derive * d)
{
	for (size_t i = 0; i < d->feed_count; i++) {
		const struct feed_head * head = feed_head(d->feeds[i]);
		struct derived_package * p = &to->packages[to->n_packages++];

		p->package = head->package;
		p->is_sealed = head->is_sealed;
		memcpy(p->seal_sha256, head->seal, sizeof(p->seal_sha256));
		p->verdict = verdict_word(head->verdict);
	}
}

static void
put_rules(struct derived * to, const struct rule_set * set)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct rule * rule = set->rules[i];
		struct derived_rule * r = &to->rules[to->n_rules++];

		r->id = rule_value(rule, "id", 0);
		r->file = rule->file;
		memcpy(r->sha256, rule->sha256, sizeof(r->sha256));
	}
}

static int
put_tags(const struct derive * d, struct output * o, struct err * e)
{
	struct derived_package packages[BUILD_PACKAGES_MAX];
	struct derived_rule rules[RULE_COUNT_MAX];
	struct derived_option options[BUILD_RESPONDERS_MAX + ENRICH_FILES_MAX +
	    KNOWN_SECRETS_MAX + 4];
	struct derived derived = { .program = "azcustody-timeline",
		.version = version_number(),
		.commit = version_commit(),
		.packages = packages,
		.rules = rules,
		.options = options };
	struct texts texts;
	struct buf text = { 0 };
	int rc = -1;

	put_packages(&derived, d);
	put_rules(&derived, d->rules);
	put_options(&derived, d, &texts);
	put_known(&derived, d->known, &texts);
	if ((derived_format(&derived, &text, e) != 0) ||
	    (output_tag(o, DERIVED_NAME, &text, e) != 0))
		goto out;
	buf_clear(&text);
	if (buf_add_text(&text, readme, e) != 0)
		goto out;
	rc = output_tag(o, "README.txt", &text, e);

out:
	buf_free(&text);
	return rc;
}

int
derive_end(const struct derive * d, struct output * o, struct err * e)
{
	const char * number = feed_head(d->feeds[0])->case_number;
	struct bag_info info = {
		.case_number = number, .tool = d->program, .at = CLOCK_UNKNOWN
	};

	/* A case that all packages share is named. */
	for (size_t i = 1; i < d->feed_count; i++) {
		if (strcmp(feed_head(d->feeds[i])->case_number, number) != 0)
			info.case_number = NULL;
	}
	if (put_tags(d, o, e) != 0) {
		output_abandon(o);
		return -1;
	}
	return output_end(o, &info, e);
}
