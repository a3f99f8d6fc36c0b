/* The custody ledger: entries, the chain, and every single change to it. */
#include "tests/unit/ledger_kit.h"

#define ENTRIES 6

/* A whole ledger in a new directory. */
static int
new_ledger(void)
{
	static const enum custody_event events[ENTRIES] = { CUSTODY_SEALED,
		CUSTODY_RELEASED, CUSTODY_RECEIVED, CUSTODY_VERIFIED,
		CUSTODY_STORED, CUSTODY_CORRECTED };
	int dir = new_dir();

	for (int i = 0; i < ENTRIES; i++) {
		struct custody_entry entry = entry_of(i + 1, events[i]);

		if (events[i] == CUSTODY_CORRECTED)
			entry.corrects = 2;
		EXPECT(append(dir, &entry, (i % 2 == 0) ? 2 : 1) == 0);
	}
	return dir;
}

static void
a_ledger_of_ours_has_nothing_wrong_but_an_empty_one_has(void)
{
	struct tally t;
	int dir = new_ledger();

	EXPECT(check(dir, &t) == 0);
	(void)close(dir);
	dir = new_dir();
	EXPECT(check(dir, &t) == 1);
	EXPECT(t.of[LEDGER_EMPTY] == 1);
	(void)close(dir);
}

static void
every_removed_file_is_found_but_the_last_entry_with_its_signatures(void)
{
	char names[64][64];
	struct tally t;
	int dir = new_ledger();
	size_t n = list(dir, names, 64);
	struct buf bytes = { 0 };
	struct err e;

	err_init(&e); /* 6 entries, 9 signatures */
	EXPECT(n == 15);
	for (size_t i = 0; i < n; i++) {
		buf_clear(&bytes);
		EXPECT(io_load(dir, names[i], 1 << 20, &bytes, &e) == 0);
		EXPECT(unlinkat(dir, names[i], 0) == 0);
		EXPECT(check(dir, &t) > 0);
		EXPECT(io_save_new(dir, names[i], bytes.bytes, bytes.len, 0444,
			   &e) == 0);
	}
	EXPECT(check(dir, &t) == 0);
	/* What no receipt contradicts cannot be seen: FORMAT.md says so. */
	EXPECT(unlinkat(dir, "000006-corrected.json", 0) == 0);
	EXPECT(unlinkat(dir, "000006-corrected.examiner.minisig", 0) == 0);
	EXPECT(check(dir, &t) == 0);
	buf_free(&bytes);
	(void)close(dir);
}

static void
every_flipped_byte_of_every_file_is_found(void)
{
	char names[64][64];
	struct tally t;
	int dir = new_ledger();
	size_t n = list(dir, names, 64);
	size_t missed = 0;

	for (size_t i = 0; i < n; i++) {
		struct buf bytes = { 0 };
		struct err e;
		int fd;

		err_init(&e);
		EXPECT(io_load(dir, names[i], 1 << 20, &bytes, &e) == 0);
		EXPECT(fchmodat(dir, names[i], 0600, 0) == 0);
		fd = openat(dir, names[i], O_WRONLY);
		for (size_t k = 0; k < bytes.len; k += 7) {
			uint8_t flipped = bytes.bytes[k] ^ 1;

			EXPECT(pwrite(fd, &flipped, 1, (off_t)k) == 1);
			missed += check(dir, &t) == 0;
			EXPECT(pwrite(fd, &bytes.bytes[k], 1, (off_t)k) == 1);
		}
		(void)close(fd);
		buf_free(&bytes);
	}
	EXPECT(missed == 0);
	(void)close(dir);
}

static void
a_file_that_nobody_declares_is_found(void)
{
	static const char * const strays[] = { "x", "000007-released.json",
		"000002-released.other.minisig", "000001-sealed.json.bak",
		".hidden" };
	struct tally t;
	int dir = new_ledger();
	struct err e;

	for (size_t i = 0; i < sizeof(strays) / sizeof(strays[0]); i++) {
		err_init(&e);
		EXPECT(io_save_new(dir, strays[i], "{}", 2, 0600, &e) == 0);
		EXPECT(check(dir, &t) == 1);
		EXPECT(t.of[LEDGER_STRAY] + t.of[LEDGER_ENTRY] == 1);
		EXPECT(unlinkat(dir, strays[i], 0) == 0);
	}
	(void)close(dir);
}

static void
an_unsigned_entry_that_is_added_is_found(void)
{
	struct custody_entry entry = entry_of(7, CUSTODY_DESTROYED);
	struct ledger * held = NULL;
	struct buf text = { 0 };
	struct tally t;
	int dir = new_ledger();
	struct err e;

	err_init(&e);
	follow(dir, &entry, &held);
	EXPECT(custody_format(&entry, &text, &e) == 0);
	EXPECT(io_save_new(dir, "000007-destroyed.json", text.bytes, text.len,
		   0600, &e) == 0);
	EXPECT(check(dir, &t) == 1);
	EXPECT(t.of[LEDGER_UNSIGNED] == 1);
	ledger_free(held);
	buf_free(&text);
	(void)close(dir);
}

static void
two_entries_with_one_prev_are_a_fork(void)
{
	struct custody_entry a = entry_of(2, CUSTODY_RELEASED);
	struct custody_entry b = entry_of(2, CUSTODY_COPIED);
	struct custody_entry first = entry_of(1, CUSTODY_SEALED);
	struct signer_key signer = { "examiner", NULL, keys[0], NULL };
	struct ledger * held = NULL;
	struct tally t;
	int dir = new_dir();
	struct err e;

	err_init(&e);
	EXPECT(append(dir, &first, 1) == 0);
	follow(dir, &a, &held);
	memcpy(b.prev, a.prev, sizeof(b.prev));
	b.n_prev_sigs = 1;
	b.prev_sigs[0] = a.prev_sigs[0];
	EXPECT(ledger_append(dir, &a, &signer, 1, &e) == 0);
	EXPECT(ledger_append(dir, &b, &signer, 1, &e) == 0);
	EXPECT(check(dir, &t) == 3);
	EXPECT(t.of[LEDGER_FORK] == 2); /* Both sides are shown. */
	EXPECT(t.of[LEDGER_OPEN] == 1);
	ledger_free(held);
	(void)close(dir);
}

static void
a_signature_of_another_entry_role_or_package_is_no_good(void)
{
	struct custody_entry entry = entry_of(1, CUSTODY_SEALED);
	struct buf text = { 0 };
	struct buf sig = { 0 };
	struct tally t;
	static const char * const wrong[] = { "azcustody/custody/1 " OTHER
					      " 000001 examiner",
		"azcustody/custody/1 " PACKAGE " 000002 examiner",
		"azcustody/custody/1 " PACKAGE " 000001 witness",
		"azcustody/seal/1 " PACKAGE " examiner",
		"azcustody/custody/2 " PACKAGE " 000001 examiner" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		int dir = new_dir();
		struct err e;

		err_init(&e);
		EXPECT(append(dir, &entry, 1) == 0);
		EXPECT(check(dir, &t) == 0);
		EXPECT(io_load(dir, "000001-sealed.json", 1 << 20, &text, &e) ==
		    0);
		EXPECT(unlinkat(dir, "000001-sealed.examiner.minisig", 0) == 0);
		EXPECT(ed25519_sign(keys[0], wrong[i], text.bytes, text.len,
			   &sig, &e) == 0);
		EXPECT(io_save_new(dir, "000001-sealed.examiner.minisig",
			   sig.bytes, sig.len, 0600, &e) == 0);
		EXPECT(check(dir, &t) == 1);
		EXPECT(t.of[LEDGER_SIGNATURE] == 1);
		buf_clear(&text);
		buf_clear(&sig);
		(void)close(dir);
	}
	buf_free(&text);
	buf_free(&sig);
}

static void
another_archive_seal_or_package_is_found(void)
{
	struct ledger_expect expect = { PACKAGE, seal, archive, 4711, trust };
	uint8_t wrong[DIGEST_SHA256_LEN] = { 9 };
	struct ledger * ledger;
	struct tally t = { { 0 } };
	int dir = new_ledger();
	struct err e;

	err_init(&e);
	ledger = ledger_load(dir, &e);
	/* Two entries say the archive's digest. */
	expect.archive_size++;
	EXPECT(ledger_check(ledger, &expect, count, &t) == 2);
	expect.archive_size--;
	expect.archive_sha256 = wrong;
	EXPECT(ledger_check(ledger, &expect, count, &t) == 2);
	EXPECT(t.of[LEDGER_ARCHIVE] == 4);
	expect.archive_sha256 = NULL;
	EXPECT(ledger_check(ledger, &expect, count, &t) == 0);
	expect.seal_sha256 = wrong;
	EXPECT(ledger_check(ledger, &expect, count, &t) == ENTRIES);
	expect.seal_sha256 = NULL;
	expect.package = OTHER;
	EXPECT(ledger_check(ledger, &expect, count, &t) == ENTRIES);
	expect.package = NULL;
	EXPECT(ledger_check(ledger, &expect, count, &t) == 0);
	expect.trust = NULL;
	EXPECT(ledger_check(ledger, &expect, count, &t) == ENTRIES);
	EXPECT(t.of[LEDGER_UNTRUSTED] == ENTRIES);
	ledger_free(ledger);
	(void)close(dir);
}

static void
an_entry_that_breaks_a_rule_is_not_written(void)
{
	struct custody_entry entry = entry_of(2, CUSTODY_SEALED);
	struct signer_key twice[2] = { { "a", NULL, keys[0], NULL },
		{ "b", NULL, keys[0], NULL } };
	char names[8][64];
	int dir = new_dir();
	struct err e;

	err_init(&e);
	EXPECT(ledger_append(dir, &entry, twice, 0, &e) == -1);
	err_init(&e);
	EXPECT(ledger_append(dir, &entry, twice, 1, &e) == -1);
	entry = entry_of(1, CUSTODY_SEALED);
	err_init(&e);
	EXPECT(ledger_append(dir, &entry, twice, 2, &e) == -1);
	entry.has_archive = false;
	err_init(&e);
	EXPECT(ledger_append(dir, &entry, twice, 1, &e) == -1);
	EXPECT(list(dir, names, 8) == 0);
	(void)close(dir);
}

/* Give ${name} the name under which a file is staged, or take it away. */
static void
restage(int dir, const char * name, bool is_staged)
{
	char staged[80];

	(void)snprintf(staged, sizeof(staged), ".%s.new", name);
	EXPECT(renameat(dir, is_staged ? name : staged, dir,
		   is_staged ? staged : name) == 0);
}

static void
an_append_killed_at_any_point_leaves_all_of_an_entry_or_nothing(void)
{
	static const char * const steps[] = { "000002-noted.json",
		"000002-noted.witness.minisig",
		"000002-noted.examiner.minisig" };
	struct tally t;
	bool is_changed;
	struct err e;

	/* As many files have lost their names as steps were not reached. */
	for (size_t left = 0; left <= 3; left++) {
		struct custody_entry first = entry_of(1, CUSTODY_SEALED);
		struct custody_entry next = entry_of(2, CUSTODY_NOTED);
		int dir = new_dir();

		err_init(&e);
		EXPECT(append(dir, &first, 1) == 0);
		EXPECT(append(dir, &next, 2) == 0);
		for (size_t i = 0; i < left; i++)
			restage(dir, steps[i], true);
		EXPECT((check(dir, &t) == 0) == (left == 0));
		EXPECT(ledger_recover(dir, &is_changed, &e) == 0);
		EXPECT(is_changed == (left > 0));
		EXPECT(check(dir, &t) == 0);
		EXPECT(faccessat(dir, steps[0], F_OK, 0) == 0);
		(void)close(dir);
	}
}

static void
what_an_append_wrote_in_part_is_removed(void)
{
	struct custody_entry first = entry_of(1, CUSTODY_SEALED);
	struct custody_entry next = entry_of(2, CUSTODY_NOTED);
	struct tally t;
	bool is_changed;
	int dir = new_dir();
	struct err e;

	err_init(&e);
	EXPECT(append(dir, &first, 1) == 0);
	EXPECT(io_stage(dir, "000002-noted.examiner.minisig", "ha", 2, 0600,
		   &e) == 0);
	EXPECT(io_stage(dir, "000002-noted.json", "{\"format\":", 10, 0600,
		   &e) == 0);
	EXPECT(check(dir, &t) > 0);
	EXPECT(ledger_recover(dir, &is_changed, &e) == 0);
	EXPECT(is_changed);
	EXPECT(check(dir, &t) == 0);
	EXPECT(append(dir, &next, 1) == 0);
	EXPECT(check(dir, &t) == 0);
	EXPECT(append(dir, &next, 1) == -1);
	(void)close(dir);
}

static void
a_signature_whose_entry_is_gone_is_never_tidied_away(void)
{
	struct custody_entry first = entry_of(1, CUSTODY_SEALED);
	struct custody_entry next = entry_of(2, CUSTODY_NOTED);
	struct signer_key signer = { "examiner", NULL, keys[0], NULL };
	struct ledger * held = NULL;
	struct tally t;
	bool is_changed;
	int dir = new_dir();
	struct err e;

	err_init(&e);
	EXPECT(append(dir, &first, 1) == 0);
	EXPECT(append(dir, &next, 1) == 0);
	EXPECT(unlinkat(dir, "000002-noted.json", 0) == 0);
	EXPECT(ledger_recover(dir, &is_changed, &e) == 0);
	EXPECT(!is_changed);
	EXPECT(check(dir, &t) == 1);
	EXPECT(t.of[LEDGER_STRAY] == 1);
	next = entry_of(2, CUSTODY_NOTED);
	follow(dir, &next, &held);
	EXPECT(ledger_append(dir, &next, &signer, 1, &e) == -1);
	EXPECT(e.kind == ERR_USAGE);
	EXPECT(faccessat(dir, "000002-noted.examiner.minisig", F_OK, 0) == 0);
	ledger_free(held);
	(void)close(dir);
}

int
main(void)
{
	if (set_up() != 0)
		return 1;
	RUN(a_ledger_of_ours_has_nothing_wrong_but_an_empty_one_has);
	RUN(every_removed_file_is_found_but_the_last_entry_with_its_signatures);
	RUN(every_flipped_byte_of_every_file_is_found);
	RUN(a_file_that_nobody_declares_is_found);
	RUN(an_unsigned_entry_that_is_added_is_found);
	RUN(two_entries_with_one_prev_are_a_fork);
	RUN(a_signature_of_another_entry_role_or_package_is_no_good);
	RUN(another_archive_seal_or_package_is_found);
	RUN(an_entry_that_breaks_a_rule_is_not_written);
	RUN(an_append_killed_at_any_point_leaves_all_of_an_entry_or_nothing);
	RUN(what_an_append_wrote_in_part_is_removed);
	RUN(a_signature_whose_entry_is_gone_is_never_tidied_away);
	tear_down();
	return unit_failed;
}
