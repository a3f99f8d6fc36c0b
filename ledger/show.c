#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/ledger.h"
#include "evidence/text.h"
#include "evidence/trust.h"
#include "evidence/words.h"

#include "ledger/place.h"
#include "ledger/verb.h"

struct showing {
	struct trust * trust;
	const char * path;
};

static const struct word words[] = {
	TRUST_WORD_LIST,
	{ NULL, false, false },
};

static int
take(void * context, int word, const char * value, struct err * e)
{
	struct showing * x = context;

	if (word != WORDS_OPERAND)
		return trust_take(x->trust, word, value, e);
	if (x->path != NULL)
		return words_refuse(e, "one folder, not also ", value);
	x->path = value;
	return 0;
}

/* Print "LABEL  TEXT", the text made safe; nothing for NULL. */
static void
print_text(const char * label, const char * text)
{
	struct buf safe = { 0 };
	struct err e;

	if (text == NULL)
		return;
	err_init(&e);
	if (text_escape(&safe, text, strlen(text), &e) == 0)
		(void)printf("    %-12s %s\n", label, buf_text(&safe));
	buf_free(&safe);
}

static void
print_hex(const char * label, const uint8_t bytes[DIGEST_SHA256_LEN])
{
	char hex[DIGEST_SHA256_HEX];

	text_hex_encode(bytes, DIGEST_SHA256_LEN, hex);
	(void)printf("    %-12s %s\n", label, hex);
}

static void
print_person(const char * label, const struct custody_person * person)
{
	print_text(label, person->name);
	print_text("  title", person->title);
	print_text("  of", person->organisation);
	print_text("  contact", person->contact);
}

static void
print_entry(const struct custody_entry * entry)
{
	char at[CLOCK_TEXT_SIZE];

	clock_format(entry->at, at);
	(void)printf("%06lld %s %s\n", (long long)entry->seq, at,
	    custody_event_text(entry->event));
	print_person("by", &entry->by);
	print_person("from", &entry->from);
	print_person("to", &entry->to);
	print_text("purpose", entry->purpose);
	print_text("authority", entry->authority);
	print_text("place", entry->place);
	print_text("medium", entry->medium.kind);
	print_text("  serial", entry->medium.serial);
	print_text("  seal", entry->medium.seal);
	print_text("transport", entry->transport);
	print_text("condition", entry->condition);
	if (entry->has_archive) {
		print_hex("archive", entry->archive_sha256);
		(void)printf("    %-12s %lld bytes\n", "",
		    (long long)entry->archive_size);
	}
	if (entry->release.seq > 0) {
		(void)printf("    %-12s entry %06lld\n", "answers",
		    (long long)entry->release.seq);
		print_hex("", entry->release.sha256);
	}
	if (entry->product.what != NULL) {
		print_text("made", entry->product.what);
		print_hex("", entry->product.sha256);
	}
	if (entry->corrects > 0)
		(void)printf("    %-12s entry %06lld\n", "corrects",
		    (long long)entry->corrects);
	if (entry->about > 0)
		(void)printf("    %-12s entry %06lld\n", "about",
		    (long long)entry->about);
	if (entry->token.file != NULL) {
		print_text("time stamp", entry->token.file);
		print_hex("", entry->token.sha256);
	}
	for (size_t i = 0; i < entry->n_signers; i++) {
		print_text("signed as", entry->signers[i].role);
		print_text("  name", entry->signers[i].name);
		print_hex("  key", entry->signers[i].key_sha256);
	}
	print_text("clock", entry->clock);
	print_text("remarks", entry->remarks);
}

/* Counts of what was found. */
struct tally {
	const struct trust * trust;
	int wrong;
	int undecided;
};

static void
print_finding(void * context, enum ledger_problem problem, const char * file,
    const char * why)
{
	struct tally * tally = context;
	struct buf safe = { 0 };
	struct err e;

	if (ledger_problem_weight(problem, tally->trust) == LEDGER_WRONG)
		tally->wrong++;
	else
		tally->undecided++;
	err_init(&e);
	if ((text_escape(&safe, file, strlen(file), &e) == 0) &&
	    (buf_add_text(&safe, ": ", &e) == 0) &&
	    (text_escape(&safe, why, strlen(why), &e) == 0))
		(void)printf(
		    "%s: %s\n", ledger_problem_code(problem), buf_text(&safe));
	buf_free(&safe);
}

static int
print_ledger(struct ledger * ledger, const struct trust * trust, struct err * e)
{
	struct ledger_expect expect = { .trust = trust };
	struct tally tally = { trust, 0, 0 };

	if (ledger->n_entries > 0)
		print_text("package", ledger->entries[0].entry.package);
	for (size_t i = 0; i < ledger->n_entries; i++)
		print_entry(&ledger->entries[i].entry);
	(void)ledger_check(ledger, &expect, print_finding, &tally);
	(void)printf("%zu entries, %d wrong, %d that could not be judged\n",
	    ledger->n_entries, tally.wrong, tally.undecided);
	if (tally.wrong == 0)
		return 0;
	err_set(e, ERR_INPUT, "do not rely on it", "%d findings in the ledger",
	    tally.wrong);
	return -1;
}

static int
show(const struct showing * x, struct err * e)
{
	const char * said = place_is_package(x->path) ? NULL : x->path;
	struct ledger * ledger = NULL;
	struct buf folder = { 0 };
	int dir = -1;
	int rc = -1;

	if (place_name_ledger(x->path, said, &folder, e) == 0)
		dir = io_open_dir(buf_text(&folder), e);
	buf_free(&folder);
	if (dir >= 0)
		ledger = ledger_load(dir, e);
	if (ledger != NULL)
		rc = print_ledger(ledger, x->trust, e);
	if (rc != 0)
		err_in(e, "%s", x->path);
	ledger_free(ledger);
	if (dir >= 0)
		(void)close(dir);
	return rc;
}

static int
run(int argc, char ** argv, struct err * e)
{
	struct showing x = { .trust = trust_new(e) };
	int rc = -1;

	if (x.trust == NULL)
		return -1;
	if (words_parse(argc, argv, words, take, &x, e) == 0) {
		if (x.path == NULL)
			rc = words_refuse(
			    e, "show needs a ledger or its package", "");
		else
			rc = show(&x, e);
	}
	trust_free(x.trust);
	return rc;
}

const struct verb verb_show = { "show", run,
	"  show LEDGER|PACKAGE   print a custody ledger and what is wrong with "
	"it\n"
	"    --trust KEY.pub     a public key you have from its owner; may be\n"
	"                        repeated (default: none, so that no signature\n"
	"                        can be judged)\n"
	"    --trust-file F, --ca ROOTS, --tsa-ca ROOTS, --crl FILE\n"
	"                        as azcustody-verify takes them\n",
	false };
