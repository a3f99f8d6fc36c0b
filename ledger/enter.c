/*
 * The verbs that add one entry to the ledger of a package.  They differ in the
 * event, in what they ask for, and in the role that signs by default; a table
 * says so.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/ledger_story.h"
#include "evidence/signing.h"
#include "evidence/text.h"
#include "evidence/words.h"

#include "ledger/facts.h"
#include "ledger/place.h"
#include "ledger/stamp.h"
#include "ledger/verb.h"

/* The options, behind those of facts and signing. */
enum entry_word {
	WORD_TRUST = FACTS + SIGNING_WORDS_COUNT,
	WORD_LEDGER = WORD_TRUST + TRUST_WORDS,
	WORD_RELEASE,
	WORD_ABOUT,
	WORD_CORRECTS,
	WORD_PRODUCT,
	WORD_DAMAGED,
	WORD_TOKEN,
	WORD_QUERY
};

static const struct word words[] = {
	FACT_WORDS,
	SIGNING_WORDS,
	TRUST_WORD_LIST,
	{ "ledger", true, false },
	{ "release", true, false },
	{ "about", true, false },
	{ "corrects", true, false },
	{ "product", true, false },
	{ "damaged", false, false },
	{ "token", true, false },
	{ "query", true, false },
	{ NULL, false, false },
};

/* What is asked for. */
struct entering {
	enum custody_event event;
	bool is_any; /* enter EVENT: the first operand is the event. */
	struct facts facts;
	struct signing signing;
	struct trust * trust;
	const char * package;
	const char * ledger;
	const char * product;
	struct stamp_import import;
	struct buf token;
	int64_t release, about, corrects;
	bool is_damaged;
};

/* Which role signs an event by default. */
static const char *
role_of(enum custody_event event)
{
	if ((event == CUSTODY_RELEASED) || (event == CUSTODY_RETURNED))
		return "giver";
	return (event == CUSTODY_RECEIVED) ? "receiver" : "custodian";
}

static int
take_event(struct entering * x, const char * word, struct err * e)
{
	static const enum custody_event by_hand[] = { CUSTODY_ACCESSED,
		CUSTODY_VERIFIED, CUSTODY_COPIED, CUSTODY_ENCRYPTED,
		CUSTODY_STORED, CUSTODY_NOTED };

	x->is_any = false;
	for (size_t i = 0; i < sizeof(by_hand) / sizeof(by_hand[0]); i++)
		if (strcmp(word, custody_event_text(by_hand[i])) == 0) {
			x->event = by_hand[i];
			return 0;
		}
	return words_refuse(e, "no event that is entered by this verb: ", word);
}

static int
take_number(int64_t * to, const char * value, struct err * e)
{
	if ((text_parse_integer(value, strlen(value), to) != 0) || (*to < 1))
		return words_refuse(e, "no number of an entry: ", value);
	return 0;
}

static int
take(void * context, int word, const char * value, struct err * e)
{
	struct entering * x = context;

	if (word == WORDS_OPERAND) {
		if (x->is_any)
			return take_event(x, value, e);
		if (x->package != NULL)
			return words_refuse(e, "one package, not also ", value);
		x->package = value;
		return 0;
	}
	if (word < FACTS) {
		facts_take(&x->facts, (enum fact)word, value);
		return 0;
	}
	if (word < FACTS + SIGNING_WORDS_COUNT)
		return signing_take(
		    &x->signing, (enum signing_word)(word - FACTS), value, e);
	if (word < WORD_LEDGER)
		return trust_take(x->trust, word - WORD_TRUST, value, e);
	switch ((enum entry_word)word) {
	case WORD_TRUST: /* And those behind it: taken. */
		break;
	case WORD_LEDGER:
		x->ledger = value;
		return 0;
	case WORD_RELEASE:
		return take_number(&x->release, value, e);
	case WORD_ABOUT:
		return take_number(&x->about, value, e);
	case WORD_CORRECTS:
		return take_number(&x->corrects, value, e);
	case WORD_PRODUCT:
		x->product = value;
		return 0;
	case WORD_DAMAGED:
		x->is_damaged = true;
		return 0;
	case WORD_TOKEN:
		x->import.token = value;
		return 0;
	case WORD_QUERY:
		x->import.query = value;
		return 0;
	}
	return -1;
}

/* What an event asks for, and what belongs to others. */
static int
check_words(const struct entering * x, struct err * e)
{
	const char * const * value = x->facts.value;
	enum custody_event event = x->event;

	if (x->package == NULL)
		return words_refuse(e, "no package was named", "");
	if (((event == CUSTODY_RELEASED) || (event == CUSTODY_RETURNED)) &&
	    (value[FACT_TO_NAME] == NULL))
		return words_refuse(e, "--to-name is missing", "");
	if ((event == CUSTODY_STORED) && (value[FACT_PLACE] == NULL))
		return words_refuse(e, "--place is missing", "");
	if (((event == CUSTODY_NOTED) || (event == CUSTODY_CORRECTED)) &&
	    (value[FACT_REMARKS] == NULL))
		return words_refuse(e, "--remarks is missing", "");
	if ((event == CUSTODY_CORRECTED) != (x->corrects > 0))
		return words_refuse(
		    e, "--corrects belongs to correct, which needs it", "");
	if ((x->about > 0) && (event != CUSTODY_NOTED))
		return words_refuse(e, "--about belongs to note", "");
	if ((event == CUSTODY_TIMESTAMPED) != (x->import.token != NULL))
		return words_refuse(
		    e, "--token belongs to stamp-import, which needs it", "");
	if ((x->import.query != NULL) && (event != CUSTODY_TIMESTAMPED))
		return words_refuse(e, "--query belongs to stamp-import", "");
	if (x->is_damaged && (event != CUSTODY_NOTED))
		return words_refuse(e, "--damaged belongs to note", "");
	if ((x->release > 0) && (event != CUSTODY_RECEIVED))
		return words_refuse(e, "--release belongs to receive", "");
	if ((x->product != NULL) && (event != CUSTODY_COPIED) &&
	    (event != CUSTODY_ENCRYPTED))
		return words_refuse(
		    e, "--product belongs to copied and encrypted", "");
	if ((x->product == NULL) && (event == CUSTODY_ENCRYPTED))
		return words_refuse(e, "--product is missing", "");
	return 0;
}

/* Whether a reception answers ${release} already. */
static bool
is_answered(const struct ledger * ledger, const struct ledger_entry * release)
{
	for (size_t i = 0; i < ledger->n_entries; i++)
		if (ledger->entries[i].entry.release.seq == release->entry.seq)
			return true;
	return false;
}

/*
 * The release that ${x} answers: the one named, or the last open one that names
 * ${by}, or the last open one.
 */
static const struct ledger_entry *
find_release(
    const struct entering * x, const struct place * place, const char * by)
{
	const struct ledger_entry * open = NULL;

	for (size_t i = place->ledger->n_entries; i > 0; i--) {
		const struct ledger_entry * one =
		    &place->ledger->entries[i - 1];

		if ((one->entry.event != CUSTODY_RELEASED) &&
		    (one->entry.event != CUSTODY_RETURNED))
			continue;
		if (x->release > 0) {
			if (one->entry.seq == x->release)
				return one;
			continue;
		}
		if (is_answered(place->ledger, one) ||
		    (ledger_story_withdrawal(place->ledger, one) != NULL))
			continue;
		if (strcmp(one->entry.to.name, by) == 0)
			return one;
		open = (open == NULL) ? one : open;
	}
	return open;
}

/* The receiver quotes the release, and is whom it names. */
static int
answer(const struct entering * x, const struct place * place,
    struct custody_entry * entry, struct err * e)
{
	const struct ledger_entry * release =
	    find_release(x, place, entry->by.name);
	const struct ledger_entry * back = NULL;

	if (release == NULL) {
		err_set(e, ERR_INPUT, "let the giver enter the release first",
		    "no release in the ledger waits for an answer");
		return -1;
	}
	if (is_answered(place->ledger, release)) {
		err_set(e, ERR_USAGE, NULL, "entry %06lld was received already",
		    (long long)release->entry.seq);
		return -1;
	}
	back = ledger_story_withdrawal(place->ledger, release);
	if (back != NULL) {
		err_set(e, ERR_USAGE, "let the giver enter another release",
		    "entry %06lld was taken back by entry %06lld",
		    (long long)release->entry.seq, (long long)back->entry.seq);
		return -1;
	}
	if (strcmp(release->entry.to.name, entry->by.name) != 0) {
		err_set(e, ERR_USAGE,
		    "let the giver enter a release that names you",
		    "entry %06lld gives it to \"%s\", not to \"%s\"",
		    (long long)release->entry.seq, release->entry.to.name,
		    entry->by.name);
		return -1;
	}
	entry->release.seq = release->entry.seq;
	memcpy(entry->release.sha256, release->file->sha256, DIGEST_SHA256_LEN);
	if (entry->from.name == NULL)
		entry->from = release->entry.by;
	if (entry->to.name == NULL)
		entry->to = entry->by;
	return 0;
}

/* Hash the file that was made. */
static int
describe_product(
    const char * path, struct custody_product * product, struct err * e)
{
	struct place file = { .package = path, .around = -1, .dir = -1 };
	const char * slash = strrchr(path, '/');
	int rc = -1;

	file.fd = io_open_read(IO_PATH, path, e);
	if ((file.fd < 0) || (place_hash(&file, e) != 0))
		goto out;
	product->what = (slash == NULL) ? path : slash + 1;
	memcpy(product->sha256, file.sha256, DIGEST_SHA256_LEN);
	product->size = file.size;
	rc = 0;

out:
	if (rc != 0)
		err_in(e, "--product");
	if (file.fd >= 0)
		(void)close(file.fd);
	return rc;
}

/* Make the entry for the place that is open and judged. */
static int
make_entry(struct entering * x, struct place * place,
    struct custody_entry * entry, struct err * e)
{
	entry->event = x->event;
	entry->product.size = -1;
	if (facts_fill(&x->facts, entry, e) != 0)
		return -1;
	if (place_follow(place, entry, e) != 0)
		return -1;
	if (place->fd >= 0)
		place_pin(place, entry);
	entry->corrects = x->corrects;
	entry->about = x->about;
	if (x->event == CUSTODY_TIMESTAMPED) {
		if (stamp_load(&x->import, place->ledger, x->trust, &x->token,
			&entry->about, e) != 0)
			return -1;
		entry->token.bytes = x->token.bytes;
		entry->token.len = x->token.len;
	}
	if ((entry->corrects >= entry->seq) || (entry->about >= entry->seq))
		return words_refuse(e, "the ledger has no such entry yet", "");
	if (((x->event == CUSTODY_RELEASED) ||
		(x->event == CUSTODY_RETURNED)) &&
	    (entry->from.name == NULL))
		entry->from = entry->by;
	if ((x->event == CUSTODY_RECEIVED) && (answer(x, place, entry, e) != 0))
		return -1;
	if (x->product != NULL)
		return describe_product(x->product, &entry->product, e);
	return 0;
}

/* Words and what is about the ledger alone: the package may be gone. */
static bool
is_about_ledger(enum custody_event event)
{
	return (event == CUSTODY_NOTED) || (event == CUSTODY_CORRECTED) ||
	    (event == CUSTODY_TIMESTAMPED);
}

/* Nothing but those may follow what was destroyed. */
static int
check_destroyed(
    const struct entering * x, const struct place * place, struct err * e)
{
	if (is_about_ledger(x->event))
		return 0;
	for (size_t i = 0; i < place->ledger->n_entries; i++)
		if (place->ledger->entries[i].entry.event ==
		    CUSTODY_DESTROYED) {
			err_set(e, ERR_USAGE, NULL,
			    "it was destroyed by entry %06lld",
			    (long long)place->ledger->entries[i].entry.seq);
			return -1;
		}
	return 0;
}

static int
enter(struct entering * x, struct err * e)
{
	struct signing_defaults defaults = { .role = role_of(x->event) };
	struct signer_key keys[SIGNER_MAX];
	struct custody_entry entry;
	struct place place;
	bool is_alone = is_about_ledger(x->event);
	int rc = -1;

	memset(&entry, 0, sizeof(entry));
	is_alone = is_alone && place_is_ledger(x->package);
	if (is_alone && x->is_damaged)
		return words_refuse(
		    e, "--damaged needs the package, not its ledger", "");
	rc = is_alone ? place_open_ledger(&place, x->package, e)
		      : place_open(&place, x->package, x->ledger, e);
	if (rc != 0)
		goto out;
	rc = -1;
	if (((place.fd >= 0) && (place_hash(&place, e) != 0)) ||
	    (place_judge(&place, x->trust, x->is_damaged, e) != 0) ||
	    (check_destroyed(x, &place, e) != 0) ||
	    (make_entry(x, &place, &entry, e) != 0))
		goto out;
	defaults.name = entry.by.name;
	if (signing_load(&x->signing, place.around, &defaults, e) != 0)
		goto out;
	rc = place_append(
	    &place, &entry, keys, signing_keys(&x->signing, keys), e);

out:
	place_close(&place);
	return rc;
}

static int
run(int argc, char ** argv, struct entering * x, struct err * e)
{
	int rc = -1;

	x->trust = trust_new(e);
	if (x->trust == NULL)
		return -1;
	if ((words_parse(argc, argv, words, take, x, e) == 0) &&
	    (facts_load(&x->facts, e) == 0) && (check_words(x, e) == 0))
		rc = enter(x, e);
	signing_free(&x->signing);
	facts_free(&x->facts);
	trust_free(x->trust);
	buf_free(&x->token);
	return rc;
}

#define VERB(word, happening, text)                                   \
	static int run_##word(int argc, char ** argv, struct err * e) \
	{                                                             \
		struct entering x = { .event = (happening) };         \
                                                                      \
		return run(argc, argv, &x, e);                        \
	}                                                             \
	const struct verb verb_##word = { #word, run_##word, text, true }

VERB(release, CUSTODY_RELEASED,
    "  release PACKAGE       give the package to somebody: --to-name, and\n"
    "                        --transport and the medium for how\n");
VERB(receive, CUSTODY_RECEIVED,
    "  receive PACKAGE       sign for what was released to you, quoting it\n"
    "    --release N         the entry that gave it (default: the last that\n"
    "                        names you and nobody has answered)\n");
VERB(store, CUSTODY_STORED,
    "  store PACKAGE         it lies at --place from now on\n");
VERB(copy, CUSTODY_COPIED,
    "  copy PACKAGE          a copy was made\n"
    "    --product FILE      the copy, whose digest is computed\n");
VERB(note, CUSTODY_NOTED,
    "  note PACKAGE|LEDGER   a remark, --remarks\n"
    "    --about N           the entry that it explains\n"
    "    --damaged           the package is not what the ledger says any "
    "more\n");
VERB(correct, CUSTODY_CORRECTED,
    "  correct PACKAGE|LEDGER   put an entry right; that entry stays\n"
    "    --corrects N        the entry, and --remarks for what is right; a\n"
    "                        release that its giver corrects is taken back\n");
VERB(destroy, CUSTODY_DESTROYED,
    "  destroy PACKAGE       it is about to be destroyed (this does not do\n"
    "                        it): nothing but note and correct may follow\n");

static int
run_return(int argc, char ** argv, struct err * e)
{
	struct entering x = { .event = CUSTODY_RETURNED };

	return run(argc, argv, &x, e);
}

static int
run_enter(int argc, char ** argv, struct err * e)
{
	struct entering x = { .is_any = true };

	return run(argc, argv, &x, e);
}

const struct verb verb_return = { "return", run_return,
	"  return PACKAGE        give it back: --to-name\n", true };

static int
run_stamp_import(int argc, char ** argv, struct err * e)
{
	struct entering x = { .event = CUSTODY_TIMESTAMPED };

	return run(argc, argv, &x, e);
}

const struct verb verb_stamp_import = { "stamp-import", run_stamp_import,
	"  stamp-import PACKAGE|LEDGER   put the authority's answer into the "
	"ledger\n"
	"    --token FILE        the answer, whole\n"
	"    --query FILE        what stamp-query wrote: its nonce is compared\n"
	"                        With --tsa-ca, it must be by one under those\n"
	"                        roots\n",
	true };

const struct verb verb_enter = { "enter", run_enter,
	"  enter EVENT PACKAGE   accessed, verified, copied, encrypted, stored "
	"or\n"
	"                        noted, with --product FILE for what was made\n"
	"                        of it\n",
	true };
