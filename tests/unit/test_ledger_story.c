/* What a ledger tells, and every single edit of one with twenty entries. */
#include "evidence/clock.h"
#include "evidence/ledger_verdict.h"
#include "tests/unit/ledger_kit.h"

#define ENTRIES 20
#define DAY (CLOCK_TICKS_PER_SECOND * 86400)

/* One entry: what happened, who says so, and when. */
struct step {
	enum custody_event event;
	const char * by;
	const char * to;
	int64_t day;
	size_t signers; /* 1: the first key; 2: both; 3: the second alone. */
	const char * transport;
};

/* Append ${step} as entry ${seq}, answering the entry before it. */
static void
put_step(int dir, int64_t seq, const struct step * step)
{
	struct custody_entry entry = entry_of(seq, step->event);
	struct signer_key signers[2] = { { "examiner", "R. Meyer", keys[0],
					     NULL },
		{ "witness", NULL, keys[1], NULL } };
	struct ledger * held = NULL;
	struct err e;

	err_init(&e);
	entry.by.name = step->by;
	entry.to.name = step->to;
	entry.at = moment + step->day * DAY + seq;
	entry.transport = step->transport;
	if ((step->event == CUSTODY_COPIED) || (step->event == CUSTODY_DERIVED))
		entry.product.what = "a copy";
	if (step->event == CUSTODY_CORRECTED)
		entry.corrects = seq - 1;
	if (seq > 1)
		follow(dir, &entry, &held);
	if (step->event == CUSTODY_RECEIVED) {
		entry.release.seq = seq - 1;
		memcpy(entry.release.sha256, entry.prev, DIGEST_SHA256_LEN);
	}
	EXPECT(ledger_append(dir, &entry,
		   (step->signers == 3) ? &signers[1] : signers,
		   (step->signers == 2) ? 2 : 1, &e) == 0);
	ledger_free(held);
}

static const struct step sealed = { CUSTODY_SEALED, "R. Meyer", NULL, 0, 1,
	NULL };

/* A ledger of "sealed" and ${n} ${steps}.  Return how many findings it has. */
static int
tell(const struct step * steps, size_t n, struct tally * t)
{
	int dir = new_dir();
	int findings;

	put_step(dir, 1, &sealed);
	for (size_t i = 0; i < n; i++)
		put_step(dir, (int64_t)i + 2, &steps[i]);
	findings = check(dir, t);
	(void)close(dir);
	return findings;
}

static void
a_hand_over_has_two_halves_of_two_hands(void)
{
	static const struct step release = { CUSTODY_RELEASED, "A", "B", 0, 1,
		NULL };
	struct step pair[3] = { release,
		{ CUSTODY_RECEIVED, "B", NULL, 0, 3, NULL },
		{ CUSTODY_NOTED, "B", NULL, 0, 1, NULL } };
	struct tally t;

	EXPECT(tell(pair, 3, &t) == 0);
	EXPECT(tell(pair, 1, &t) == 1);
	EXPECT(t.of[LEDGER_OPEN] == 1);
	pair[1].by = "C";
	EXPECT(tell(pair, 2, &t) == 1);
	EXPECT(t.of[LEDGER_PAIR] == 1);
	pair[1].by = "B";
	pair[1].signers = 1; /* The giver's own key. */
	EXPECT(tell(pair, 2, &t) == 1);
	EXPECT(t.of[LEDGER_PAIR] == 1);
	pair[1].signers = 2; /* His and another one. */
	EXPECT(tell(pair, 2, &t) == 0);
	pair[0].event = CUSTODY_RETURNED;
	EXPECT(tell(pair, 2, &t) == 0);
	pair[0].event = CUSTODY_STORED; /* Answering what gives nothing. */
	EXPECT(tell(pair, 2, &t) == 1);
	EXPECT(t.of[LEDGER_PAIR] == 1);
}

static void
a_release_is_received_once_and_quoted_by_its_digest(void)
{
	static const struct step steps[] = { { CUSTODY_RELEASED, "A", "B", 0, 1,
						 NULL },
		{ CUSTODY_RECEIVED, "B", NULL, 0, 3, NULL } };
	struct custody_entry entry = entry_of(4, CUSTODY_RECEIVED);
	struct signer_key signer = { "witness", NULL, keys[1], NULL };
	struct ledger * held = NULL;
	struct tally t;
	struct err e;

	for (int round = 0; round < 3; round++) {
		int dir = new_dir();

		err_init(&e);
		entry = entry_of(4, CUSTODY_RECEIVED);
		entry.by.name = "B";
		put_step(dir, 1, &sealed);
		put_step(dir, 2, &steps[0]);
		put_step(dir, 3, &steps[1]);
		follow(dir, &entry, &held);
		entry.release.seq = 2;
		memcpy(entry.release.sha256, held->entries[1].file->sha256,
		    DIGEST_SHA256_LEN);
		if (round == 1)
			entry.release.sha256[0] ^= 1;
		if (round == 2)
			entry.release.seq = 0; /* One half alone. */
		EXPECT(ledger_append(dir, &entry, &signer, 1, &e) == 0);
		EXPECT(check(dir, &t) == 1);
		EXPECT(t.of[(round == 2) ? LEDGER_OPEN : LEDGER_PAIR] == 1);
		ledger_free(held);
		(void)close(dir);
	}
}

static void
a_release_that_its_giver_corrects_waits_for_nobody(void)
{
	struct step steps[] = { { CUSTODY_RELEASED, "A", "B", 0, 1, NULL },
		{ CUSTODY_CORRECTED, "A", NULL, 0, 1, NULL },
		{ CUSTODY_NOTED, "A", NULL, 0, 1, NULL } };
	struct tally t;

	EXPECT(tell(steps, 3, &t) == 0);
	steps[1].signers = 3; /* Another hand. */
	EXPECT(tell(steps, 3, &t) == 1);
	EXPECT(t.of[LEDGER_OPEN] == 1);
	steps[1].signers = 2;
	EXPECT(tell(steps, 3, &t) == 0);
	steps[1].event = CUSTODY_NOTED; /* Words about it take nothing back. */
	EXPECT(tell(steps, 3, &t) == 1);
}

static void
who_answers_what_was_taken_back_contradicts_the_giver(void)
{
	static const struct step steps[] = { { CUSTODY_RELEASED, "A", "B", 0, 1,
						 NULL },
		{ CUSTODY_CORRECTED, "A", NULL, 0, 1, NULL } };
	struct custody_entry entry;
	struct signer_key signer = { "witness", NULL, keys[1], NULL };
	struct ledger * held = NULL;
	struct tally t;
	struct err e;
	int dir = new_dir();

	err_init(&e);
	entry = entry_of(4, CUSTODY_RECEIVED);
	entry.by.name = "B";
	put_step(dir, 1, &sealed);
	put_step(dir, 2, &steps[0]);
	put_step(dir, 3, &steps[1]);
	follow(dir, &entry, &held);
	entry.release.seq = 2;
	memcpy(entry.release.sha256, held->entries[1].file->sha256,
	    DIGEST_SHA256_LEN);
	EXPECT(ledger_append(dir, &entry, &signer, 1, &e) == 0);
	EXPECT(check(dir, &t) == 1);
	EXPECT(t.of[LEDGER_PAIR] == 1);
	ledger_free(held);
	(void)close(dir);
}

static void
nothing_but_words_follows_what_was_destroyed(void)
{
	static const struct step steps[] = { { CUSTODY_DESTROYED, "A", NULL, 0,
						 1, NULL },
		{ CUSTODY_NOTED, "A", NULL, 90, 1, NULL },
		{ CUSTODY_CORRECTED, "A", NULL, 300, 1, NULL },
		{ CUSTODY_STORED, "A", NULL, 300, 1, NULL },
		{ CUSTODY_ACCESSED, "A", NULL, 300, 1, NULL } };
	struct tally t;

	EXPECT(tell(steps, 3, &t) == 0);
	EXPECT(tell(steps, 5, &t) == 2);
	EXPECT(t.of[LEDGER_AFTER] == 2);
}

static void
time_of_which_nothing_is_said_is_found_at_its_limits(void)
{
	struct step carried[2] = { { CUSTODY_RELEASED, "A", "B", 0, 1, NULL },
		{ CUSTODY_RECEIVED, "B", NULL, 1, 3, NULL } };
	struct step kept[2] = { { CUSTODY_ACCESSED, "A", NULL, 0, 1, NULL },
		{ CUSTODY_ACCESSED, "A", NULL, 30, 1, NULL } };
	struct step put_right[3] = { kept[0], kept[1],
		{ CUSTODY_CORRECTED, "A", NULL, 30, 1, NULL } };
	struct tally t;

	EXPECT(tell(carried, 2, &t) == 1);
	EXPECT(t.of[LEDGER_GAP] == 1);
	carried[1].transport = "courier";
	EXPECT(tell(carried, 2, &t) == 0);
	carried[1].transport = NULL;
	carried[1].day = 0;
	EXPECT(tell(carried, 2, &t) == 0);
	EXPECT(tell(kept, 2, &t) == 1);
	EXPECT(t.of[LEDGER_GAP] == 1);
	EXPECT(tell(put_right, 3, &t) == 0); /* Entry 4 explains entry 3. */
	kept[1].day = 29;
	EXPECT(tell(kept, 2, &t) == 0);
	kept[0].event = CUSTODY_STORED;
	kept[1].day = 4000;
	EXPECT(tell(kept, 2, &t) == 0);
}

/* A ledger of twenty entries, all sorts among them. */
static int
twenty(void)
{
	static const enum custody_event events[ENTRIES] = { CUSTODY_SEALED,
		CUSTODY_RELEASED, CUSTODY_RECEIVED, CUSTODY_VERIFIED,
		CUSTODY_STORED, CUSTODY_ACCESSED, CUSTODY_COPIED,
		CUSTODY_RELEASED, CUSTODY_RECEIVED, CUSTODY_CORRECTED,
		CUSTODY_NOTED, CUSTODY_DERIVED, CUSTODY_STORED,
		CUSTODY_ACCESSED, CUSTODY_VERIFIED, CUSTODY_RETURNED,
		CUSTODY_RECEIVED, CUSTODY_STORED, CUSTODY_DESTROYED,
		CUSTODY_NOTED };
	int dir = new_dir();

	for (int i = 0; i < ENTRIES; i++) {
		struct step step = { events[i], "R. Meyer", NULL, 0,
			(events[i] == CUSTODY_RECEIVED) ? 3
							: (size_t)(i % 2) + 1,
			NULL };

		if ((events[i] == CUSTODY_RELEASED) ||
		    (events[i] == CUSTODY_RETURNED)) {
			step.to = "R. Meyer";
			step.signers = 1;
		}
		put_step(dir, i + 1, &step);
	}
	return dir;
}

/* Move the file ${from} to ${to}. */
static void
move(int dir, const char * from, const char * to)
{
	EXPECT(renameat(dir, from, dir, to) == 0);
}

static void
every_reordering_of_two_of_twenty_entries_is_found(void)
{
	struct ledger * ledger;
	struct tally t;
	int dir = twenty();
	struct err e;

	err_init(&e);
	EXPECT(check(dir, &t) == 0);
	ledger = ledger_load(dir, &e);
	EXPECT(ledger->n_entries == ENTRIES);
	for (size_t i = 0; i < ENTRIES; i++) {
		for (size_t k = i + 1; k < ENTRIES; k++) {
			const char * a = ledger->entries[i].file->name;
			const char * b = ledger->entries[k].file->name;

			move(dir, a, "x");
			move(dir, b, a);
			move(dir, "x", b);
			EXPECT(check(dir, &t) > 0);
			move(dir, a, "x");
			move(dir, b, a);
			move(dir, "x", b);
		}
	}
	EXPECT(check(dir, &t) == 0);
	ledger_free(ledger);
	(void)close(dir);
}

/* Make the file ${name} be ${bytes}, without waiting for any disk. */
static void
put_file(int dir, const char * name, const void * bytes, size_t len)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	EXPECT((fd >= 0) && (write(fd, bytes, len) == (ssize_t)len));
	(void)close(fd);
}

static void
every_removed_or_flipped_file_of_twenty_entries_is_found(void)
{
	char names[80][64];
	struct tally t;
	int dir = twenty();
	size_t n = list(dir, names, 80);
	size_t missed = 0;
	struct err e;

	err_init(&e);
	EXPECT(n > 2 * (size_t)ENTRIES);
	for (size_t i = 0; i < n; i++) {
		struct buf bytes = { 0 };

		EXPECT(io_load(dir, names[i], 1 << 20, &bytes, &e) == 0);
		EXPECT(unlinkat(dir, names[i], 0) == 0);
		missed += check(dir, &t) == 0;
		for (size_t k = 0; k < bytes.len; k += 37) {
			bytes.bytes[k] ^= 1;
			put_file(dir, names[i], bytes.bytes, bytes.len);
			missed += check(dir, &t) == 0;
			bytes.bytes[k] ^= 1;
		}
		/* Cut short by one byte, and emptied. */
		put_file(dir, names[i], bytes.bytes, bytes.len - 1);
		missed += check(dir, &t) == 0;
		put_file(dir, names[i], "", 0);
		missed += check(dir, &t) == 0;
		put_file(dir, names[i], bytes.bytes, bytes.len);
		buf_free(&bytes);
	}
	EXPECT(missed == 0);
	EXPECT(check(dir, &t) == 0);
	(void)close(dir);
}

static void
an_entry_put_in_a_second_time_or_dated_back_is_found(void)
{
	struct step step = { CUSTODY_ACCESSED, "A", NULL, -1, 1, NULL };
	struct tally t;
	int dir = twenty();
	struct buf bytes = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(io_load(dir, "000014-accessed.json", 1 << 20, &bytes, &e) == 0);
	EXPECT(io_save_new(dir, "000021-accessed.json", bytes.bytes, bytes.len,
		   0600, &e) == 0);
	EXPECT(check(dir, &t) == 1);
	EXPECT(t.of[LEDGER_ENTRY] == 1);
	EXPECT(unlinkat(dir, "000021-accessed.json", 0) == 0);
	step.event = CUSTODY_NOTED;
	put_step(dir, 21, &step);
	EXPECT(check(dir, &t) == 1);
	EXPECT(t.of[LEDGER_TIME] == 1);
	buf_free(&bytes);
	(void)close(dir);
}

static void
the_verdict_of_an_entry_is_the_worst_found_about_it(void)
{
	struct ledger_expect expect = { .trust = trust };
	struct ledger_verdict verdict;
	enum ledger_weight weight = LEDGER_UNDECIDED;
	struct ledger * ledger;
	int dir = twenty();
	struct err e;

	err_init(&e);
	EXPECT(unlinkat(dir, "000003-received.witness.minisig", 0) == 0);
	ledger = ledger_load(dir, &e);
	EXPECT(ledger_judge(ledger, &expect, NULL, 0, &verdict, &e) == 0);
	EXPECT(verdict.wrong > 0);
	EXPECT(ledger_verdict_of(&verdict, &ledger->entries[2], &weight));
	EXPECT(weight == LEDGER_WRONG);
	EXPECT(!ledger_verdict_of(&verdict, &ledger->entries[9], &weight));
	ledger_verdict_free(&verdict);
	ledger_free(ledger);
	(void)close(dir);
}

int
main(void)
{
	if (set_up() != 0)
		return 1;
	RUN(a_hand_over_has_two_halves_of_two_hands);
	RUN(a_release_is_received_once_and_quoted_by_its_digest);
	RUN(a_release_that_its_giver_corrects_waits_for_nobody);
	RUN(who_answers_what_was_taken_back_contradicts_the_giver);
	RUN(nothing_but_words_follows_what_was_destroyed);
	RUN(time_of_which_nothing_is_said_is_found_at_its_limits);
	RUN(every_reordering_of_two_of_twenty_entries_is_found);
	RUN(every_removed_or_flipped_file_of_twenty_entries_is_found);
	RUN(an_entry_put_in_a_second_time_or_dated_back_is_found);
	RUN(the_verdict_of_an_entry_is_the_worst_found_about_it);
	tear_down();
	return unit_failed;
}
