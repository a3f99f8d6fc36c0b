/* Judging a ledger (ledger.h).  Nothing here signs or writes. */
#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/ledger.h"
#include "evidence/ledger_signature.h"
#include "evidence/ledger_stamp.h"
#include "evidence/ledger_story.h"
#include "evidence/signer_verify.h"
#include "evidence/text.h"

#define WHO_SIZE 384 /* Of signers, in words. */
#define CLOCKS_DIFFER (300 * CLOCK_TICKS_PER_SECOND)

/* In the order of enum ledger_problem. */
static const char * const codes[LEDGER_PROBLEM_COUNT] = { "empty", "entry",
	"stray", "order", "chain", "fork", "other", "unsigned", "signature",
	"untrusted", "archive", "time", "signer", "pair", "open", "destroyed",
	"gap", "receipt", "token" };

const char *
ledger_problem_code(enum ledger_problem problem)
{
	return codes[problem];
}

enum ledger_weight
ledger_problem_weight(enum ledger_problem problem, const struct trust * trust)
{
	switch (problem) {
	case LEDGER_UNTRUSTED:
		return (trust_count(trust) == 0) ? LEDGER_UNDECIDED
						 : LEDGER_WRONG;
	case LEDGER_SIGNER:
	case LEDGER_OPEN:
	case LEDGER_GAP:
		return LEDGER_UNDECIDED;
	case LEDGER_EMPTY:
	case LEDGER_ENTRY:
	case LEDGER_STRAY:
	case LEDGER_ORDER:
	case LEDGER_CHAIN:
	case LEDGER_FORK:
	case LEDGER_OTHER:
	case LEDGER_UNSIGNED:
	case LEDGER_SIGNATURE:
	case LEDGER_ARCHIVE:
	case LEDGER_TIME:
	case LEDGER_PAIR:
	case LEDGER_AFTER:
	case LEDGER_RECEIPT:
	case LEDGER_TOKEN:
		break;
	}
	return LEDGER_WRONG;
}

/* A check under way. */
struct check {
	struct ledger * ledger;
	const struct ledger_expect * expect;
	ledger_report * report;
	void * context;
	int findings;
};

static void
say(struct check * c, enum ledger_problem problem, const char * file,
    const char * why)
{
	c->report(c->context, problem, file, why);
	c->findings++;
}

/* Whether the prev_sigs of ${entry} are exactly the signatures of ${prev}. */
static bool
has_signatures_of(struct check * c, const struct custody_entry * entry,
    const struct custody_entry * prev)
{
	if (entry->n_prev_sigs != prev->n_signers)
		return false;
	for (size_t i = 0; i < prev->n_signers; i++) {
		const struct ledger_file * file =
		    ledger_find_file(c->ledger, prev->signers[i].file);

		if ((file == NULL) ||
		    (strcmp(entry->prev_sigs[i].file, file->name) != 0) ||
		    (memcmp(entry->prev_sigs[i].sha256, file->sha256,
			 DIGEST_SHA256_LEN) != 0))
			return false;
	}
	return true;
}

/* The link of entry ${i} to the one before it. */
static void
check_link(struct check * c, size_t i)
{
	const struct ledger_entry * one = &c->ledger->entries[i];
	const struct ledger_entry * prev;

	if (one->entry.seq == 1)
		return; /* custody_parse tied it to its seal. */
	prev = ledger_previous(c->ledger, one);
	if ((prev == NULL) || (prev->entry.seq != one->entry.seq - 1)) {
		say(c, LEDGER_CHAIN, one->file->name,
		    "its prev is not the digest of the entry before it");
		return;
	}
	if (!has_signatures_of(c, &one->entry, &prev->entry))
		say(c, LEDGER_CHAIN, one->file->name,
		    "its prev_sigs are not the signatures of the entry before");
	if (one->entry.at < prev->entry.at)
		say(c, LEDGER_TIME, one->file->name,
		    "it is dated before the entry that it follows");
}

/* Who signed ${entry}, in words. */
static void
name_signers(const struct custody_entry * entry, char * text, size_t size)
{
	size_t at = 0;

	(void)snprintf(text, size, "nobody");
	for (size_t i = 0; (i < entry->n_signers) && (at < size); i++) {
		const struct signer * s = &entry->signers[i];
		char hex[DIGEST_SHA256_HEX];
		int n;

		text_hex_encode(s->key_sha256, DIGEST_SHA256_LEN, hex);
		n = snprintf(text + at, size - at,
		    "%s\"%.60s\" as %.24s with key %.16s...",
		    (i == 0) ? "" : " and ", (s->name == NULL) ? "" : s->name,
		    s->role, hex);
		at += (n > 0) ? (size_t)n : 0;
	}
}

/* One side of a fork: ${one} says something else than ${other}. */
static void
say_fork(struct check * c, const struct ledger_entry * one,
    const struct ledger_entry * other, const char * what)
{
	char who[WHO_SIZE], why[WHO_SIZE + 128];

	name_signers(&one->entry, who, sizeof(who));
	(void)snprintf(why, sizeof(why), "%s as %.64s has; this one %s %s",
	    what, other->file->name, "is signed by", who);
	say(c, LEDGER_FORK, one->file->name, why);
}

/* Holes: entries stand in the order of their numbers. */
static void
check_order(struct check * c)
{
	const struct ledger * ledger = c->ledger;
	int64_t want = 1;

	for (size_t i = 0; i < ledger->n_entries; i++) {
		const struct ledger_entry * one = &ledger->entries[i];
		int64_t seq = one->entry.seq;

		if (seq > want) {
			char why[80];

			(void)snprintf(why, sizeof(why),
			    "entry %06lld is missing before it",
			    (long long)want);
			say(c, LEDGER_ORDER, one->file->name, why);
		}
		want = seq + 1;
	}
}

/* What makes a fork of these two entries, NULL if nothing does. */
static const char *
is_fork(const struct ledger_entry * one, const struct ledger_entry * other)
{
	if (one == other)
		return NULL;
	if (other->entry.seq == one->entry.seq)
		return "it has the same number";
	if (memcmp(other->entry.prev, one->entry.prev, DIGEST_SHA256_LEN) == 0)
		return "it follows the same entry";
	return NULL;
}

/* Two entries with one number, or that follow the same one: both are shown. */
static void
check_forks(struct check * c)
{
	const struct ledger * ledger = c->ledger;

	for (size_t i = 0; i < ledger->n_entries; i++) {
		const struct ledger_entry * one = &ledger->entries[i];

		for (size_t k = 0; k < ledger->n_entries; k++) {
			const struct ledger_entry * other = &ledger->entries[k];
			const char * what = is_fork(one, other);

			if (what == NULL)
				continue;
			say_fork(c, one, other, what);
			break;
		}
	}
}

/* Package, seal and archive: the same throughout, and the expected ones. */
static void
check_subject(struct check * c, size_t i)
{
	const struct ledger_entry * one = &c->ledger->entries[i];
	const struct custody_entry * entry = &one->entry;
	const struct custody_entry * first = &c->ledger->entries[0].entry;
	const struct ledger_expect * expect = c->expect;
	const char * package =
	    (expect->package != NULL) ? expect->package : first->package;
	const uint8_t * seal = (expect->seal_sha256 != NULL)
	    ? expect->seal_sha256
	    : first->seal_sha256;
	const uint8_t * archive = expect->archive_sha256;
	int64_t size = expect->archive_size;

	if (strcmp(entry->package, package) != 0)
		say(c, LEDGER_OTHER, one->file->name,
		    "it is about another package");
	if (memcmp(entry->seal_sha256, seal, DIGEST_SHA256_LEN) != 0)
		say(c, LEDGER_OTHER, one->file->name,
		    "it is about another seal");
	if (!entry->has_archive)
		return;
	if ((archive == NULL) && first->has_archive) {
		archive = first->archive_sha256;
		size = first->archive_size;
	}
	if ((archive != NULL) &&
	    ((memcmp(entry->archive_sha256, archive, DIGEST_SHA256_LEN) != 0) ||
		(entry->archive_size != size)))
		say(c, LEDGER_ARCHIVE, one->file->name,
		    "the archive has another digest or size");
}

/* One declared signature.  Return what it is worth. */
static enum signer_verdict
check_signature(struct check * c, const struct ledger_entry * one, size_t i)
{
	const char * name = one->entry.signers[i].file;
	struct ledger_file * file = ledger_find_file(c->ledger, name);
	enum signer_verdict verdict;
	struct signer_proof proof;
	struct err why;

	err_init(&why);
	verdict = ledger_signature_verify(
	    c->ledger, one, i, c->expect->trust, &proof, &why);
	if (file != NULL)
		file->is_claimed = true;
	if (verdict == SIGNER_UNTIMED)
		say(c, LEDGER_SIGNER, name, why.text);
	if (verdict == SIGNER_BAD)
		say(c, (file == NULL) ? LEDGER_UNSIGNED : LEDGER_SIGNATURE,
		    name, why.text);
	return verdict;
}

/* All of an entry's signers: whoever is named must have signed. */
static void
check_signatures(struct check * c, const struct ledger_entry * one)
{
	const struct custody_entry * entry = &one->entry;
	char who[WHO_SIZE], why[WHO_SIZE + 64];
	size_t good = 0, untrusted = 0;

	for (size_t i = 0; i < entry->n_signers; i++) {
		enum signer_verdict v = check_signature(c, one, i);

		good += (v == SIGNER_GOOD);
		untrusted += (v == SIGNER_UNTRUSTED);
	}
	if (entry->n_signers == 0)
		say(c, LEDGER_UNSIGNED, one->file->name, "nobody signed it");
	if (untrusted == 0)
		return;
	name_signers(entry, who, sizeof(who));
	if (good > 0)
		(void)snprintf(why, sizeof(why),
		    "%zu of its signers' keys were not given: %s", untrusted,
		    who);
	else
		(void)snprintf(why, sizeof(why),
		    "nobody who is trusted signed it: %s", who);
	say(c, (good > 0) ? LEDGER_SIGNER : LEDGER_UNTRUSTED, one->file->name,
	    why);
}

/*
 * An entry that existed before the moment it is dated to is dated wrongly.  No
 * two clocks are the same.
 */
static void
check_moment(struct check * c, const struct ledger_entry * stamp)
{
	const struct ledger_entry * over = ledger_stamp_over(c->ledger, stamp);

	if ((stamp->stamp != PROOF_GOOD) || (over == NULL) ||
	    (over->proved_at >= over->entry.at - CLOCKS_DIFFER))
		return;
	say(c, LEDGER_TIME, over->file->name,
	    "it is dated after a time stamp over it");
}

/*
 * The time stamp that an entry brings.  One by an authority that nobody trusts
 * makes the ledger no worse: it proves no time, and the ledger claims none.
 */
static void
check_token(struct check * c, size_t i)
{
	const struct ledger_entry * one = &c->ledger->entries[i];
	const struct ledger_stamp_rules rules = { .trust = c->expect->trust };
	struct ledger_file * file = NULL;
	struct timestamp_facts facts;
	char text[ERR_TEXT_SIZE];
	enum proof proof;
	struct err why;

	if (one->entry.token.file == NULL)
		return;
	file = ledger_find_file(c->ledger, one->entry.token.file);
	if (file != NULL)
		file->is_claimed = true;
	if ((one->stamp == PROOF_GOOD) || (one->stamp == PROOF_UNTRUSTED)) {
		check_moment(c, one);
		return;
	}
	err_init(&why);
	proof = ledger_stamp_verify(c->ledger, one, &rules, &facts, &why);
	(void)snprintf(
	    text, sizeof(text), "%s: %.900s", proof_code(proof), why.text);
	say(c, LEDGER_TOKEN, one->entry.token.file, text);
}

/* Files that are nothing, once all entries have claimed theirs. */
static void
check_files(struct check * c)
{
	struct custody_entry entry;
	struct err why;

	for (size_t i = 0; i < c->ledger->n_files; i++) {
		const struct ledger_file * file = &c->ledger->files[i];
		size_t len = strlen(file->name);

		if (file->is_claimed)
			continue;
		if ((len < 5) || (strcmp(file->name + len - 5, ".json") != 0)) {
			say(c, LEDGER_STRAY, file->name,
			    "no entry declares this file");
			continue;
		}
		err_init(&why);
		if (custody_parse(file->bytes, file->len, &entry, &why) == 0) {
			custody_free(&entry);
			say(c, LEDGER_ENTRY, file->name,
			    "its name is not the one of what it holds");
			continue;
		}
		say(c, LEDGER_ENTRY, file->name, why.text);
	}
}

int
ledger_check(struct ledger * ledger, const struct ledger_expect * expect,
    ledger_report * report, void * context)
{
	struct check c = { ledger, expect, report, context, 0 };

	ledger_stamp_prove(
	    ledger, &(struct ledger_stamp_rules){ .trust = expect->trust });
	for (size_t i = 0; i < ledger->n_entries; i++)
		check_token(&c, i);
	for (size_t i = 0; i < ledger->n_entries; i++) {
		check_subject(&c, i);
		check_link(&c, i);
		check_signatures(&c, &ledger->entries[i]);
	}
	if (ledger->n_entries == 0)
		say(&c, LEDGER_EMPTY, "", "it holds no entry");
	check_order(&c);
	check_forks(&c);
	check_files(&c);
	return c.findings + ledger_story_check(ledger, report, context);
}
