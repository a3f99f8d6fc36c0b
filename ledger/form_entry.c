#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/ledger_signature.h"
#include "evidence/ledger_stamp.h"
#include "evidence/ledger_story.h"
#include "evidence/text.h"

#include "ledger/form_parts.h"

/* In the order of enum signer_verdict. */
static const char * const signature_words[] = { "PASS", "UNDECIDED",
	"UNDECIDED", "FAIL" };

const char *
form_entry_word(const struct form * form, const struct ledger_entry * one)
{
	enum ledger_weight weight = LEDGER_UNDECIDED;

	if (!ledger_verdict_of(form->verdict, one, &weight))
		return "PASS";
	return (weight == LEDGER_WRONG) ? "FAIL" : "UNDECIDED";
}

static void
put_person(struct html * h, const char * key, const char * label,
    const struct custody_person * person)
{
	if (person->name == NULL)
		return;
	html_rawf(h, "<div class=\"wide\"><dt>%s</dt><dd data-field=\"%s\">",
	    label, key);
	html_text(h, person->name);
	if (person->title != NULL) {
		html_raw(h, ", ");
		html_text(h, person->title);
	}
	if (person->organisation != NULL) {
		html_raw(h, ", ");
		html_text(h, person->organisation);
	}
	if (person->contact != NULL) {
		html_raw(h, ", ");
		html_text(h, person->contact);
	}
	html_raw(h, "</dd></div>\n");
}

/* Each signature, with what it was trusted by or why not. */
static void
put_signatures(
    struct html * h, const struct form * form, const struct ledger_entry * one)
{
	for (size_t i = 0; i < one->entry.n_signers; i++) {
		const struct signer * signer = &one->entry.signers[i];
		char hex[DIGEST_SHA256_HEX];
		struct signer_proof proof;
		enum signer_verdict verdict;
		struct err why;

		err_init(&why);
		verdict = ledger_signature_verify(
		    form->ledger, one, i, form->trust, &proof, &why);
		text_hex_encode(signer->key_sha256, DIGEST_SHA256_LEN, hex);
		html_raw(h,
		    "<div class=\"wide\"><dt>Signature</dt>"
		    "<dd data-field=\"signature\">");
		form_verdict(h, signature_words[verdict]);
		html_raw(h, " as ");
		html_text(h, signer->role);
		if (signer->name != NULL) {
			html_raw(h, ": ");
			html_text(h, signer->name);
		}
		html_rawf(h, " (%s, key <span class=\"hex\">%.16s...</span>) ",
		    signer_kind_text(signer->kind), hex);
		if (verdict == SIGNER_GOOD)
			html_text(h, proof.by);
		else
			html_text(h,
			    (why.text[0] != '\0') ? why.text
						  : "its key was not given");
		html_raw(h, "</dd></div>\n");
	}
}

void
form_count_signatures(const struct form * form, struct form_signatures * count)
{
	memset(count, 0, sizeof(*count));
	for (size_t i = 0; i < form->ledger->n_entries; i++) {
		const struct ledger_entry * one = &form->ledger->entries[i];

		for (size_t k = 0; k < one->entry.n_signers; k++) {
			struct signer_proof proof;
			struct err why;

			err_init(&why);
			count->of[ledger_signature_verify(
			    form->ledger, one, k, form->trust, &proof, &why)]++;
		}
	}
}

/* The time stamp that an entry brings. */
static void
put_token(
    struct html * h, const struct form * form, const struct ledger_entry * one)
{
	const struct ledger_stamp_rules rules = { .trust = form->trust };
	char at[CLOCK_TEXT_SIZE] = "unknown";
	struct timestamp_facts facts;
	enum proof proof;
	struct err why;

	if (one->entry.token.file == NULL)
		return;
	err_init(&why);
	proof = ledger_stamp_verify(form->ledger, one, &rules, &facts, &why);
	clock_format(facts.at, at);
	html_raw(h,
	    "<div class=\"wide\"><dt>Time stamp</dt>"
	    "<dd data-field=\"time-stamp\">");
	form_verdict(h,
	    (proof == PROOF_GOOD)            ? "PASS"
		: (proof == PROOF_UNTRUSTED) ? "UNDECIDED"
					     : "FAIL");
	html_raw(h, " ");
	html_raw(h, at);
	html_raw(h, ", ");
	html_text(h, (proof == PROOF_GOOD) ? facts.subject : why.text);
	html_raw(h, "</dd></div>\n");
}

/* How long after the entry before it. */
static void
put_elapsed(struct html * h, const struct form * form, size_t i)
{
	const struct ledger_entry * all = form->ledger->entries;
	long long seconds;
	char text[64];

	if ((i == 0) || (all[i].entry.at == CLOCK_UNKNOWN) ||
	    (all[i - 1].entry.at == CLOCK_UNKNOWN) ||
	    (all[i].entry.at < all[i - 1].entry.at))
		return;
	seconds = (long long)((all[i].entry.at - all[i - 1].entry.at) /
	    CLOCK_TICKS_PER_SECOND);
	(void)snprintf(text, sizeof(text),
	    "%lld d %02lld h %02lld min %02lld s", seconds / 86400,
	    seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
	form_field(h, "elapsed", "After entry before", text);
}

static void
put_seq(struct html * h, const char * key, const char * label, int64_t seq)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "entry %06lld", (long long)seq);
	if (seq > 0)
		form_field(h, key, label, text);
}

/* The digest before, by the first entry, and as it was computed then. */
static void
put_digests(struct html * h, const struct custody_entry * first,
    const struct custody_entry * entry)
{
	if (!entry->has_archive)
		return;
	if ((entry->seq > 1) && first->has_archive)
		form_field_hex(h, "before", "SHA-256 of the package before",
		    first->archive_sha256);
	form_field_hex(h, "computed", "SHA-256 of the package then",
	    entry->archive_sha256);
	form_field_number(h, "bytes", "Bytes then", entry->archive_size);
	if ((entry->seq > 1) && first->has_archive)
		form_field(h, "match-then", "The two are",
		    ((memcmp(first->archive_sha256, entry->archive_sha256,
			  DIGEST_SHA256_LEN) == 0) &&
			(first->archive_size == entry->archive_size))
			? "identical"
			: "DIFFERENT");
}

/* What this entry is about: the original, or what was made of it. */
static const char *
object_of(const struct custody_entry * entry)
{
	if (entry->product.what == NULL)
		return "the original";
	if (!entry->has_archive)
		return "what was derived from it";
	return (memcmp(entry->archive_sha256, entry->product.sha256,
		    DIGEST_SHA256_LEN) == 0)
	    ? "a verified copy: the same digest"
	    : "what was derived from it: another digest";
}

/* Entries that correct or explain ${entry}. */
static void
put_later(struct html * h, const struct form * form,
    const struct custody_entry * entry)
{
	for (size_t i = 0; i < form->ledger->n_entries; i++) {
		const struct custody_entry * one =
		    &form->ledger->entries[i].entry;

		if (one->corrects == entry->seq)
			put_seq(h, "corrected-by", "CORRECTED by", one->seq);
	}
}

/* What was computed, made, or pointed to. */
static void
put_things(struct html * h, const struct form * form,
    const struct custody_entry * entry)
{
	form_field(h, "object", "What it happened to", object_of(entry));
	put_digests(h, &form->ledger->entries[0].entry, entry);
	put_seq(h, "answers", "Answers", entry->release.seq);
	put_seq(h, "corrects", "Corrects", entry->corrects);
	put_later(h, form, entry);
	put_seq(h, "about", "Is about", entry->about);
	if (entry->product.what != NULL) {
		form_field(h, "product", "Made of it", entry->product.what);
		form_field_hex(
		    h, "product-sha256", "Its SHA-256", entry->product.sha256);
	}
}

/* Who, when, where, why. */
static void
put_said(struct html * h, const struct custody_entry * entry)
{
	put_person(h, "by", "Entered by", &entry->by);
	put_person(h, "from", "From", &entry->from);
	put_person(h, "to", "To", &entry->to);
	form_field(h, "purpose", "Purpose", entry->purpose);
	form_field(h, "authority", "Authority", entry->authority);
	form_field(h, "where", "Place", entry->place);
	form_field(h, "medium", "Medium", entry->medium.kind);
	form_field(h, "serial", "Serial number", entry->medium.serial);
	form_field(h, "physical-seal", "Physical seal", entry->medium.seal);
	form_field(h, "transport", "Transport", entry->transport);
	form_field(h, "condition", "Condition", entry->condition);
}

/* What was found about this one. */
static void
put_findings(
    struct html * h, const struct form * form, const struct ledger_entry * one)
{
	char stem[CUSTODY_NAME_SIZE];

	custody_stem(one->entry.seq, one->entry.event, stem);
	for (size_t i = 0; i < form->verdict->n; i++) {
		const struct ledger_finding * f = &form->verdict->findings[i];

		if (!text_has_prefix(f->file, stem))
			continue;
		html_raw(h,
		    "<div class=\"wide\"><dt>Found</dt>"
		    "<dd data-field=\"found\">");
		form_verdict(
		    h, (f->weight == LEDGER_WRONG) ? "FAIL" : "UNDECIDED");
		html_rawf(h, " [%s] ", ledger_problem_code(f->problem));
		html_text(h, f->why);
		html_raw(h, "</dd></div>\n");
	}
}

void
form_entries(struct html * h, const struct form * form)
{
	html_raw(h, "<section id=\"entries\"><h2>Every entry</h2>\n");
	for (size_t i = 0; i < form->ledger->n_entries; i++) {
		const struct ledger_entry * one = &form->ledger->entries[i];
		const struct custody_entry * entry = &one->entry;
		const char * event = custody_event_text(entry->event);

		html_rawf(h,
		    "<div class=\"entry\" data-entry=\"%06lld-%s\">"
		    "<h3>%06lld %s ",
		    (long long)entry->seq, event, (long long)entry->seq, event);
		form_verdict(h, form_entry_word(form, one));
		html_raw(h, "</h3><dl>\n");
		form_field_time(h, "at", "When (UTC)", entry->at);
		put_elapsed(h, form, i);
		put_said(h, entry);
		put_things(h, form, entry);
		form_field(h, "remarks", "Remarks", entry->remarks);
		form_field(h, "clock", "Clock", entry->clock);
		form_field(h, "tool", "Program", entry->tool);
		form_field_hex(h, "prev-sha256", "SHA-256 of the entry before",
		    entry->prev);
		form_field_hex(h, "entry-sha256", "SHA-256 of the entry",
		    one->file->sha256);
		put_signatures(h, form, one);
		put_token(h, form, one);
		put_findings(h, form, one);
		html_raw(h, "</dl></div>\n");
	}
	html_raw(h, "</section>\n");
}

/* One half of a hand-over, with room for ink. */
static void
put_half(struct html * h, const struct form * form, bool is_given,
    const struct ledger_entry * one)
{
	const char * half = is_given ? "Released" : "Received";

	html_rawf(h, "<div data-half=\"%s\"><h3>%s ", half, half);
	if (one == NULL)
		form_verdict(h, "UNDECIDED");
	else
		form_verdict(h, form_entry_word(form, one));
	html_raw(h, "</h3><dl>\n");
	if (one == NULL)
		form_field(h, "missing", "In the ledger",
		    is_given ? "nobody released it by an entry of this ledger"
			     : "NOBODY HAS SIGNED FOR IT");
	else {
		put_seq(h, "seq", "In the ledger", one->entry.seq);
		form_field_time(h, "at", "When (UTC)", one->entry.at);
		put_person(h, "by", "By", &one->entry.by);
		put_person(h, "to", "To", &one->entry.to);
		form_field(h, "condition", "Condition", one->entry.condition);
		put_signatures(h, form, one);
	}
	form_blank(h, "ink-name", "Name in print");
	form_blank(h, "ink-signature", "Signature in ink");
	form_blank(h, "ink-date", "Date and time");
	html_raw(h, "</dl></div>\n");
}

/* In place of the other half: that there will be none. */
static void
put_withdrawal(
    struct html * h, const struct form * form, const struct ledger_entry * back)
{
	html_raw(h, "<div data-half=\"Taken back\"><h3>Taken back ");
	form_verdict(h, form_entry_word(form, back));
	html_raw(h, "</h3><dl>\n");
	put_seq(h, "seq", "In the ledger", back->entry.seq);
	form_field_time(h, "at", "When (UTC)", back->entry.at);
	put_person(h, "by", "By", &back->entry.by);
	form_field(h, "remarks", "Remarks", back->entry.remarks);
	put_signatures(h, form, back);
	html_raw(h, "</dl></div>\n");
}

static void
put_pair(struct html * h, const struct form * form,
    const struct ledger_entry * release, const struct ledger_entry * reception)
{
	const struct ledger_entry * back = NULL;

	if ((release != NULL) && (reception == NULL))
		back = ledger_story_withdrawal(form->ledger, release);
	html_raw(h, "<div class=\"pair\"><div class=\"half\">\n");
	put_half(h, form, true, release);
	if (back != NULL)
		put_withdrawal(h, form, back);
	else
		put_half(h, form, false, reception);
	html_raw(h, "</div></div>\n");
}

/* The first reception that answers ${release}, or NULL. */
static const struct ledger_entry *
find_answer(const struct form * form, const struct ledger_entry * release)
{
	for (size_t i = 0; i < form->ledger->n_entries; i++)
		if (ledger_story_is_answer(&form->ledger->entries[i], release))
			return &form->ledger->entries[i];
	return NULL;
}

/* Whether ${reception} is shown beside its release. */
static bool
is_shown(const struct form * form, const struct ledger_entry * reception)
{
	for (size_t i = 0; i < form->ledger->n_entries; i++) {
		const struct ledger_entry * one = &form->ledger->entries[i];

		if (ledger_story_is_giving(one) &&
		    (find_answer(form, one) == reception))
			return true;
	}
	return false;
}

void
form_handovers(struct html * h, const struct form * form)
{
	size_t n = 0;

	html_raw(h, "<section id=\"handovers\"><h2>Hand-overs</h2>\n");
	for (size_t i = 0; i < form->ledger->n_entries; i++) {
		const struct ledger_entry * one = &form->ledger->entries[i];

		if (ledger_story_is_giving(one))
			put_pair(h, form, one, find_answer(form, one));
		else if ((one->entry.event == CUSTODY_RECEIVED) &&
		    !is_shown(form, one))
			put_pair(h, form, NULL, one);
		else
			continue;
		n++;
	}
	if (n == 0)
		html_raw(h, "<p>The ledger has none.</p>\n");
	html_raw(h, "</section>\n");
}
