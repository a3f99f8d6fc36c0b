/*
 * The verb derive: a bag of derived evidence is signed, and entered in the
 * ledger of each package it was made from (FORMAT.md, "Derived evidence").
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/derivation.h"
#include "evidence/io.h"
#include "evidence/package_check.h"
#include "evidence/signing.h"
#include "evidence/version.h"
#include "evidence/words.h"

#include "ledger/derive_bag.h"
#include "ledger/facts.h"
#include "ledger/place.h"
#include "ledger/verb.h"

#define PACKAGES_MAX 64

enum derive_word {
	WORD_TRUST = FACTS + SIGNING_WORDS_COUNT,
	WORD_PACKAGE = WORD_TRUST + TRUST_WORDS
};

static const struct word words[] = {
	FACT_WORDS,
	SIGNING_WORDS,
	TRUST_WORD_LIST,
	{ "package", true, true },
	{ NULL, false, false },
};

struct deriving {
	struct facts facts;
	struct signing signing;
	struct signer_key keys[SIGNER_MAX];
	size_t n_keys;
	struct trust * trust;
	const char * path; /* Of the bag. */
	const char * packages[PACKAGES_MAX];
	size_t n_packages;

	struct derive_bag bag;
	struct place places[PACKAGES_MAX];
	size_t opened; /* Of places. */
	char files[SIGNER_MAX][SIGNER_FILE_SIZE];
	struct derivation derivation;
	struct derivation_package named[PACKAGES_MAX];
};

static int
take(void * context, int word, const char * value, struct err * e)
{
	struct deriving * x = context;

	if (word == WORDS_OPERAND) {
		if (x->path != NULL)
			return words_refuse(e, "one folder, not also ", value);
		x->path = value;
		return 0;
	}
	if (word < FACTS) {
		facts_take(&x->facts, (enum fact)word, value);
		return 0;
	}
	if (word < WORD_TRUST)
		return signing_take(
		    &x->signing, (enum signing_word)(word - FACTS), value, e);
	if (word < WORD_PACKAGE)
		return trust_take(x->trust, word - WORD_TRUST, value, e);
	if (x->n_packages == PACKAGES_MAX)
		return words_refuse(e, "too many packages: ", value);
	x->packages[x->n_packages++] = value;
	return 0;
}

/* Whether derived.json names the package that ${r} is about. */
static bool
is_named(const struct deriving * x, const struct package_result * r)
{
	for (size_t i = 0; i < x->bag.derived.n_packages; i++) {
		const struct derived_package * p = &x->bag.derived.packages[i];

		if (p->is_sealed && (strcmp(p->package, r->package) == 0) &&
		    (memcmp(p->seal_sha256, r->seal_sha256,
			 DIGEST_SHA256_LEN) == 0))
			return true;
	}
	return false;
}

/* The package at ${place} is intact, and the bag was made from it. */
static int
check_package(
    const struct deriving * x, const struct place * place, struct err * e)
{
	struct package_check_options o = { .trust = x->trust };
	struct package_result * r = calloc(1, sizeof(*r));
	int rc = -1;

	if (r == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	if (package_check(place->fd, &o, r, e) != 0)
		goto out;
	if (!r->has_index ||
	    (r->verdict[PACKAGE_AUTHENTICITY] == PACKAGE_FAIL)) {
		err_set(e, ERR_INPUT, "see azcustody-verify",
		    "integrity %s, authenticity %s",
		    package_verdict_text(r->verdict[PACKAGE_INTEGRITY]),
		    package_verdict_text(r->verdict[PACKAGE_AUTHENTICITY]));
		goto out;
	}
	if (!is_named(x, r)) {
		err_set(e, ERR_INPUT, NULL,
		    "the folder was not made from it: " DERIVED_NAME
		    " does not name its seal");
		goto out;
	}
	rc = 0;

out:
	free(r);
	return rc;
}

/* Lock the ledger of every package, and judge all before anything is signed. */
static int
open_packages(struct deriving * x, struct err * e)
{
	for (size_t i = 0; i < x->n_packages; i++) {
		struct place * place = &x->places[i];
		int rc = place_open(place, x->packages[i], NULL, e);

		x->opened++;
		if ((rc != 0) || (place_hash(place, e) != 0) ||
		    (place_judge(place, x->trust, false, e) != 0))
			return -1;
		if (check_package(x, place, e) != 0) {
			err_in(e, "%s", x->packages[i]);
			return -1;
		}
	}
	if (x->n_packages == x->bag.derived.n_packages)
		return 0;
	err_set(e, ERR_USAGE, "give each of them with --package",
	    "the folder was made from %zu packages, and %zu were given",
	    x->bag.derived.n_packages, x->n_packages);
	return -1;
}

/* What ties the entries to one another and to the moment. */
static int
make_entries(
    struct deriving * x, struct custody_entry * entries, struct err * e)
{
	for (size_t i = 0; i < x->n_packages; i++) {
		struct custody_entry * entry = &entries[i];
		const struct place * place = &x->places[i];

		if ((facts_fill(&x->facts, entry, e) != 0) ||
		    (place_follow(&x->places[i], entry, e) != 0))
			return -1;
		entry->event = CUSTODY_DERIVED;
		entry->product.what = "tagmanifest-sha256.txt";
		memcpy(entry->product.sha256, x->bag.tagmanifest_sha256,
		    DIGEST_SHA256_LEN);
		entry->product.size = -1;
		place_pin(place, entry);
		x->named[i].package = entry->package;
		memcpy(x->named[i].seal_sha256, entry->seal_sha256,
		    DIGEST_SHA256_LEN);
	}
	return 0;
}

/* Fill in the statement from what the first entry says. */
static void
make_statement(struct deriving * x, const struct custody_entry * entry,
    char * tool, size_t tool_size)
{
	struct derivation * d = &x->derivation;

	(void)snprintf(tool, tool_size, "azcustody-ledger %s (%s)",
	    version_number(), version_commit());
	memcpy(d->tagmanifest_sha256, x->bag.tagmanifest_sha256,
	    DIGEST_SHA256_LEN);
	d->packages = x->named;
	d->n_packages = x->n_packages;
	d->at = entry->at;
	d->clock = entry->clock;
	d->by = entry->by;
	d->purpose = entry->purpose;
	d->authority = entry->authority;
	d->remarks = entry->remarks;
	d->tool = tool;
	d->n_signers = x->n_keys;
	for (size_t i = 0; i < x->n_keys; i++)
		signer_describe(
		    &x->keys[i], DERIVATION_STEM, x->files[i], &d->signers[i]);
}

/* Stage the statement and its signatures: they have no names yet. */
static int
stage(struct deriving * x, struct err * e)
{
	struct derivation * d = &x->derivation;
	struct buf bytes = { 0 }, sig = { 0 };
	int rc = -1;

	if ((derivation_format(d, &bytes, e) != 0) ||
	    (io_stage(x->bag.dir, DERIVATION_NAME, bytes.bytes, bytes.len, 0444,
		 e) != 0))
		goto out;
	for (size_t i = 0; i < x->n_keys; i++) {
		char comment[DERIVATION_COMMENT_SIZE];

		buf_clear(&sig);
		derivation_comment(
		    d->tagmanifest_sha256, d->signers[i].role, comment);
		if ((signer_sign(&x->keys[i], comment, bytes.bytes, bytes.len,
			 &sig, e) != 0) ||
		    (io_stage(x->bag.dir, x->files[i], sig.bytes, sig.len, 0444,
			 e) != 0))
			goto out;
	}
	rc = 0;

out:
	buf_free(&bytes);
	buf_free(&sig);
	return rc;
}

static void
unstage(struct deriving * x)
{
	io_unstage(x->bag.dir, DERIVATION_NAME);
	for (size_t i = 0; i < x->n_keys; i++)
		io_unstage(x->bag.dir, x->files[i]);
}

/* The statement gets its name last: what has it is signed and entered. */
static int
publish(struct deriving * x, struct err * e)
{
	for (size_t i = 0; i < x->n_keys; i++)
		if (io_publish(x->bag.dir, x->files[i], e) != 0)
			return -1;
	return io_publish(x->bag.dir, DERIVATION_NAME, e);
}

/* A key may not lie with the packages either. */
static int
check_keys(const struct deriving * x, struct err * e)
{
	for (size_t i = 0; i < x->signing.n; i++) {
		const struct signing_one * one = &x->signing.list[i];

		for (size_t k = 0; k < x->n_packages; k++)
			if ((one->kind == SIGNER_ED25519) &&
			    (ed25519_check_place(
				 one->path, x->places[k].around, e) != 0))
				return -1;
	}
	return 0;
}

static int
sign(struct deriving * x, struct custody_entry * entries, struct err * e)
{
	struct signing_defaults defaults = { .role = "deriver" };
	char tool[96];

	if (make_entries(x, entries, e) != 0)
		return -1;
	defaults.name = entries[0].by.name;
	if (signing_load(&x->signing, x->bag.dir, &defaults, e) != 0)
		return -1;
	x->n_keys = signing_keys(&x->signing, x->keys);
	if (check_keys(x, e) != 0)
		return -1;
	make_statement(x, &entries[0], tool, sizeof(tool));
	if (stage(x, e) != 0) {
		unstage(x);
		return -1;
	}
	for (size_t i = 0; i < x->n_packages; i++)
		if (place_append(&x->places[i], &entries[i], x->keys, x->n_keys,
			e) != 0) {
			unstage(x);
			return -1;
		}
	if (publish(x, e) != 0)
		return -1;
	(void)printf("%lld files signed as derived from %zu packages\n",
	    (long long)x->bag.files, x->n_packages);
	return 0;
}

static int
derive(struct deriving * x, struct err * e)
{
	struct custody_entry * entries = calloc(PACKAGES_MAX, sizeof(*entries));
	int rc = -1;

	if (entries == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	if ((derive_bag_open(&x->bag, x->path, e) == 0) &&
	    (open_packages(x, e) == 0))
		rc = sign(x, entries, e);
	free(entries);
	return rc;
}

static int
run(int argc, char ** argv, struct err * e)
{
	struct deriving * x = calloc(1, sizeof(*x));
	int rc = -1;

	if (x == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	x->bag.dir = -1;
	x->trust = trust_new(e);
	if ((x->trust != NULL) &&
	    (words_parse(argc, argv, words, take, x, e) == 0) &&
	    (facts_load(&x->facts, e) == 0)) {
		if (x->path == NULL)
			rc = words_refuse(e, "no folder was named", "");
		else if (x->n_packages == 0)
			rc = words_refuse(e, "--package is missing", "");
		else
			rc = derive(x, e);
	}
	for (size_t i = 0; i < x->opened; i++)
		place_close(&x->places[i]);
	derive_bag_close(&x->bag);
	signing_free(&x->signing);
	facts_free(&x->facts);
	trust_free(x->trust);
	free(x);
	return rc;
}

const struct verb verb_derive = { "derive", run,
	"  derive DIR            sign the timeline in the folder DIR as derived\n"
	"                        evidence, and enter it in the ledger of each\n"
	"                        package it was made from\n"
	"    --package P         such a package; all of them must be given\n",
	true };
