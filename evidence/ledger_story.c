#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/ledger_story.h"

#define WHY_SIZE 512
#define TICKS_PER_DAY (CLOCK_TICKS_PER_SECOND * 86400)

/* A check under way. */
struct story {
	const struct ledger * ledger;
	ledger_report * report;
	void * context;
	int findings;
};

static void say(struct story * s, enum ledger_problem problem,
    const struct ledger_entry * one, const char * fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void
say(struct story * s, enum ledger_problem problem,
    const struct ledger_entry * one, const char * fmt, ...)
{
	char why[WHY_SIZE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	s->report(s->context, problem, one->file->name, why);
	s->findings++;
}

/* Whether the package leaves somebody's hands by ${one}. */
bool
ledger_story_is_giving(const struct ledger_entry * one)
{
	return (one->entry.event == CUSTODY_RELEASED) ||
	    (one->entry.event == CUSTODY_RETURNED);
}

/* The entry that the reception ${one} answers, or NULL. */
static const struct ledger_entry *
find_release(const struct ledger * ledger, const struct ledger_entry * one)
{
	for (size_t i = 0; i < ledger->n_entries; i++) {
		const struct ledger_entry * other = &ledger->entries[i];

		if ((other->entry.seq == one->entry.release.seq) &&
		    ledger_story_is_giving(other) &&
		    (memcmp(other->file->sha256, one->entry.release.sha256,
			 DIGEST_SHA256_LEN) == 0))
			return other;
	}
	return NULL;
}

bool
ledger_story_is_answer(
    const struct ledger_entry * one, const struct ledger_entry * release)
{
	return (one->entry.event == CUSTODY_RECEIVED) &&
	    (one->entry.release.seq == release->entry.seq) &&
	    (memcmp(one->entry.release.sha256, release->file->sha256,
		 DIGEST_SHA256_LEN) == 0);
}

/* Whether ${signer} signed ${one}, too. */
static bool
has_signed(const struct ledger_entry * one, const struct signer * signer)
{
	for (size_t i = 0; i < one->entry.n_signers; i++)
		if (memcmp(one->entry.signers[i].key_sha256, signer->key_sha256,
			DIGEST_SHA256_LEN) == 0)
			return true;
	return false;
}

/* Whether somebody signed ${one} who did not sign ${release}. */
static bool
is_other_hand(
    const struct ledger_entry * one, const struct ledger_entry * release)
{
	for (size_t i = 0; i < one->entry.n_signers; i++)
		if (!has_signed(release, &one->entry.signers[i]))
			return true;
	return one->entry.n_signers == 0; /* Said as unsigned. */
}

/* Whether somebody who signed ${one} signed ${release}. */
static bool
is_same_hand(
    const struct ledger_entry * one, const struct ledger_entry * release)
{
	for (size_t i = 0; i < one->entry.n_signers; i++)
		if (has_signed(release, &one->entry.signers[i]))
			return true;
	return false;
}

const struct ledger_entry *
ledger_story_withdrawal(
    const struct ledger * ledger, const struct ledger_entry * giving)
{
	for (size_t i = 0; i < ledger->n_entries; i++) {
		const struct ledger_entry * one = &ledger->entries[i];

		if (ledger_story_is_answer(one, giving))
			return NULL;
		if ((one->entry.corrects == giving->entry.seq) &&
		    is_same_hand(one, giving))
			return one;
	}
	return NULL;
}

/* The second half of a hand-over against the first. */
static void
check_reception(struct story * s, size_t i)
{
	const struct ledger_entry * one = &s->ledger->entries[i];
	const struct ledger_entry *release = NULL, *back = NULL;

	if (one->entry.release.seq == 0) {
		say(s, LEDGER_OPEN, one,
		    "\"%.100s\" received it, and quotes no release: one half "
		    "of a hand-over",
		    one->entry.by.name);
		return;
	}
	release = find_release(s->ledger, one);
	if (release == NULL) {
		say(s, LEDGER_PAIR, one,
		    "it answers entry %06lld, which is no release with the "
		    "digest it quotes",
		    (long long)one->entry.release.seq);
		return;
	}
	back = ledger_story_withdrawal(s->ledger, release);
	if (back != NULL)
		say(s, LEDGER_PAIR, one,
		    "it answers entry %06lld, which %.80s had taken back",
		    (long long)release->entry.seq, back->file->name);
	if (strcmp(release->entry.to.name, one->entry.by.name) != 0)
		say(s, LEDGER_PAIR, one,
		    "entry %06lld gives it to \"%.100s\", and \"%.100s\" "
		    "received it",
		    (long long)release->entry.seq, release->entry.to.name,
		    one->entry.by.name);
	if (!is_other_hand(one, release))
		say(s, LEDGER_PAIR, one,
		    "nobody signed it but who signed entry %06lld: the giver "
		    "cannot sign for the receiver",
		    (long long)release->entry.seq);
	if (release->entry.has_archive &&
	    (memcmp(release->entry.archive_sha256, one->entry.archive_sha256,
		 DIGEST_SHA256_LEN) != 0))
		say(s, LEDGER_PAIR, one,
		    "giver and receiver computed two digests of the archive");
	for (size_t k = 0; k < i; k++)
		if (ledger_story_is_answer(&s->ledger->entries[k], release))
			say(s, LEDGER_PAIR, one,
			    "entry %06lld was received before, in %.80s",
			    (long long)release->entry.seq,
			    s->ledger->entries[k].file->name);
}

/* The first half of a hand-over: did anybody sign for it? */
static void
check_release(struct story * s, size_t i)
{
	const struct ledger_entry * one = &s->ledger->entries[i];

	for (size_t k = 0; k < s->ledger->n_entries; k++)
		if (ledger_story_is_answer(&s->ledger->entries[k], one))
			return;
	if (ledger_story_withdrawal(s->ledger, one) != NULL)
		return;
	say(s, LEDGER_OPEN, one,
	    "it was given to \"%.100s\", who has not signed for it",
	    one->entry.to.name);
}

/* Whether ${event} only says something, and happens to nothing. */
static bool
is_word(enum custody_event event)
{
	return (event == CUSTODY_NOTED) || (event == CUSTODY_CORRECTED) ||
	    (event == CUSTODY_TIMESTAMPED);
}

/* What may still follow when it was destroyed. */
static void
check_destroyed(struct story * s, size_t i)
{
	const struct ledger_entry * one = &s->ledger->entries[i];

	for (size_t k = i + 1; k < s->ledger->n_entries; k++)
		if (!is_word(s->ledger->entries[k].entry.event))
			say(s, LEDGER_AFTER, &s->ledger->entries[k],
			    "it was destroyed by entry %06lld, and then %s",
			    (long long)one->entry.seq,
			    custody_event_text(
				s->ledger->entries[k].entry.event));
}

/* Whether a later entry explains ${one}. */
static bool
is_explained(const struct ledger * ledger, const struct ledger_entry * one)
{
	for (size_t i = 0; i < ledger->n_entries; i++) {
		const struct custody_entry * other = &ledger->entries[i].entry;

		if ((other->about == one->entry.seq) ||
		    (other->corrects == one->entry.seq))
			return true;
	}
	return false;
}

/* Whole days between two entries that stand side by side; 0 if unknown. */
static long long
days_between(const struct ledger_entry * a, const struct ledger_entry * b)
{
	if ((a->entry.at == CLOCK_UNKNOWN) || (b->entry.at == CLOCK_UNKNOWN) ||
	    (b->entry.at < a->entry.at))
		return 0;
	return (long long)((b->entry.at - a->entry.at) / TICKS_PER_DAY);
}

/* Time of which nobody says where the package was. */
static void
check_gaps(struct story * s)
{
	bool is_kept = false; /* It is where an entry says it is. */

	for (size_t i = 0; i + 1 < s->ledger->n_entries; i++) {
		const struct ledger_entry * one = &s->ledger->entries[i];
		const struct ledger_entry * next = one + 1;
		long long days = days_between(one, next);

		if (!is_word(one->entry.event))
			is_kept = (one->entry.event == CUSTODY_STORED) ||
			    (one->entry.event == CUSTODY_DESTROYED);
		if (ledger_story_is_giving(one) &&
		    (days >= LEDGER_CARRY_DAYS) &&
		    (one->entry.transport == NULL) &&
		    (next->entry.transport == NULL) &&
		    !is_explained(s->ledger, next))
			say(s, LEDGER_GAP, next,
			    "%lld days after it was given away, and neither "
			    "entry says how it was carried",
			    days);
		else if (!ledger_story_is_giving(one) && !is_kept &&
		    (days >= LEDGER_KEEP_DAYS) &&
		    !is_explained(s->ledger, next))
			say(s, LEDGER_GAP, next,
			    "%lld days after the entry before it, and nothing "
			    "says where it was kept",
			    days);
	}
}

int
ledger_story_check(
    const struct ledger * ledger, ledger_report * report, void * context)
{
	struct story s = { ledger, report, context, 0 };
	bool is_destroyed = false;

	for (size_t i = 0; i < ledger->n_entries; i++) {
		const struct ledger_entry * one = &ledger->entries[i];

		if (one->entry.event == CUSTODY_RECEIVED)
			check_reception(&s, i);
		if (ledger_story_is_giving(one))
			check_release(&s, i);
		if ((one->entry.event == CUSTODY_DESTROYED) && !is_destroyed) {
			check_destroyed(&s, i);
			is_destroyed = true;
		}
	}
	check_gaps(&s);
	return s.findings;
}
