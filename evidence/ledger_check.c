/* Judging a ledger (ledger.h).  Nothing here signs or writes. */
#include <stdio.h>
#include <string.h>

#include "evidence/ledger.h"

/* In the order of enum ledger_problem. */
static const char * const codes[LEDGER_PROBLEM_COUNT] = { "empty", "entry",
	"stray", "order", "chain", "fork", "other", "unsigned", "signature",
	"untrusted", "archive", "time" };

const char *
ledger_problem_code(enum ledger_problem problem)
{
	return codes[problem];
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

/* The predecessor of ${entry}: the file that its prev names, or NULL. */
static const struct ledger_entry *
find_previous(const struct ledger * ledger, const struct custody_entry * entry)
{
	for (size_t i = 0; i < ledger->n_entries; i++) {
		if (memcmp(ledger->entries[i].file->sha256, entry->prev,
			DIGEST_SHA256_LEN) == 0)
			return &ledger->entries[i];
	}
	return NULL;
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
	prev = find_previous(c->ledger, &one->entry);
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

/* Forks and holes: entries stand in the order of their numbers. */
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
		if ((i > 0) && (seq == one[-1].entry.seq))
			say(c, LEDGER_FORK, one->file->name,
			    "another entry has the same number");
		want = seq + 1;
	}
}

/* Two entries that follow the same one. */
static void
check_forks(struct check * c)
{
	const struct ledger * ledger = c->ledger;

	for (size_t i = 1; i < ledger->n_entries; i++) {
		const struct ledger_entry * one = &ledger->entries[i];
		bool twin = false;

		if (one->entry.seq == one[-1].entry.seq)
			continue; /* check_order said so. */
		for (size_t k = 0; (k < i) && !twin; k++)
			twin = memcmp(ledger->entries[k].entry.prev,
				   one->entry.prev, DIGEST_SHA256_LEN) == 0;
		if (twin)
			say(c, LEDGER_FORK, one->file->name,
			    "another entry has the same prev");
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

/* One declared signature. */
static void
check_signature(struct check * c, const struct ledger_entry * one,
    const struct signer * signer)
{
	struct ledger_file * file = ledger_find_file(c->ledger, signer->file);
	const struct trust_key * key;
	struct ed25519_signature sig;
	char comment[CUSTODY_COMMENT_SIZE];
	struct err why;

	err_init(&why);
	if (file == NULL) {
		say(c, LEDGER_UNSIGNED, signer->file,
		    "a declared signature is missing");
		return;
	}
	file->is_claimed = true;
	custody_comment(
	    one->entry.package, one->entry.seq, signer->role, comment);
	if (ed25519_parse_signature(file->bytes, file->len, &sig, &why) != 0) {
		say(c, LEDGER_SIGNATURE, file->name, why.text);
		return;
	}
	if (strcmp(sig.comment, comment) != 0) {
		say(c, LEDGER_SIGNATURE, file->name,
		    "it was made for something else");
		return;
	}
	key = trust_find(c->expect->trust, signer->key_sha256);
	if (key == NULL) {
		say(c, LEDGER_UNTRUSTED, file->name,
		    "its key is not among the trusted ones");
		return;
	}
	if (ed25519_verify(&key->key, &sig, comment, one->file->bytes,
		one->file->len, &why) != 0)
		say(c, LEDGER_SIGNATURE, file->name, why.text);
}

static void
check_signatures(struct check * c, const struct ledger_entry * one)
{
	if (one->entry.n_signers == 0)
		say(c, LEDGER_UNSIGNED, one->file->name, "nobody signed it");
	for (size_t i = 0; i < one->entry.n_signers; i++)
		check_signature(c, one, &one->entry.signers[i]);
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
	return c.findings;
}
