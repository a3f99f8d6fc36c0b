#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/text.h"
#include "evidence/version.h"

#include "ledger/form_parts.h"

#define BLANK_PAIRS 4

void
form_verdict(struct html * h, const char * word)
{
	html_rawf(h, "<span class=\"verdict %s\">%s</span>", word, word);
}

/* The word for everything that was found. */
static const char *
word_of_all(const struct form * form)
{
	return (form->verdict->wrong > 0)    ? "FAIL"
	    : (form->verdict->undecided > 0) ? "UNDECIDED"
					     : "PASS";
}

static void
put_head(struct html * h, const struct form * form)
{
	char at[CLOCK_TEXT_SIZE];

	clock_format(form->made_at, at);
	html_raw(h,
	    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src ");
	form_style_hash(h);
	html_raw(h,
	    "\"><meta name=\"viewport\" content=\"width=device-width\">"
	    "<meta name=\"referrer\" content=\"no-referrer\">"
	    "<title>Chain of custody: ");
	html_text(h, form->ledger->entries[0].entry.package);
	html_raw(h, "</title><style>");
	form_style(h);
	html_raw(h, "</style></head><body>\n<h1>Chain of custody</h1>\n<p>");
	html_text(h, form->ledger->entries[0].entry.package);
	html_rawf(h,
	    "</p>\n<p>Made %s by azcustody-ledger %s (%s) from the custody "
	    "ledger, which this sheet does not replace: the ledger's own "
	    "files are what is signed. Clock: ",
	    at, version_number(), version_commit());
	html_text(h, form->clock);
	html_raw(h,
	    ". Prepared to support the proof of custody. All times are UTC. "
	    "Ruled fields are filled in by hand.</p>\n");
}

static void
put_verdict(struct html * h, const struct form * form)
{
	html_raw(h, "<div class=\"notice\" id=\"verdict\">Custody: ");
	form_verdict(h, word_of_all(form));
	html_rawf(h,
	    " &#8211; %zu entries; %zu findings wrong; %zu that could not be "
	    "judged.",
	    form->ledger->n_entries, form->verdict->wrong,
	    form->verdict->undecided);
	if (form->package != NULL)
		for (int i = 0; i < PACKAGE_QUESTIONS; i++) {
			if ((i == PACKAGE_CUSTODY) || (i == PACKAGE_TIME))
				continue;
			html_rawf(h, " The package's %s: ",
			    package_question_text((enum package_question)i));
			form_verdict(
			    h, package_verdict_text(form->package->verdict[i]));
			html_raw(h, ".");
		}
	html_raw(h, "</div>\n");
}

static void
put_findings(struct html * h, const struct form * form)
{
	html_raw(h, "<section id=\"findings\"><h2>What was found</h2>\n");
	if (form->verdict->n == 0) {
		html_raw(h, "<p>Nothing is wrong or open.</p></section>\n");
		return;
	}
	html_raw(h, "<ul>\n");
	for (size_t i = 0; i < form->verdict->n; i++) {
		const struct ledger_finding * f = &form->verdict->findings[i];

		html_rawf(h, "<li data-code=\"%s\">",
		    ledger_problem_code(f->problem));
		form_verdict(
		    h, (f->weight == LEDGER_WRONG) ? "FAIL" : "UNDECIDED");
		html_rawf(h, " [%s] ", ledger_problem_code(f->problem));
		html_text(h, f->file);
		html_raw(h, ": ");
		html_text(h, f->why);
		html_raw(h, "</li>\n");
	}
	html_raw(h, "</ul></section>\n");
}

/* By what it was judged. */
static void
put_trusted(struct html * h, const struct form * form)
{
	html_raw(h, "<li data-fact=\"trusted\">Trusted, from outside: ");
	if (form->n_trusted == 0)
		html_raw(h, "nothing, so that no signature could be judged");
	for (size_t i = 0; i < form->n_trusted; i++) {
		html_rawf(
		    h, "%s--%s ", (i == 0) ? "" : ", ", form->trusted[i].word);
		html_text(h, form->trusted[i].path);
	}
	html_raw(h, ".</li>\n");
}

static void
put_checked(struct html * h, const struct form * form)
{
	struct form_signatures count;
	char end[256];

	form_count_signatures(form, &count);
	ledger_verdict_end(&form->verdict->proof, end, sizeof(end));
	html_raw(h,
	    "<section id=\"checked\"><h2>What was verified</h2><ul>\n"
	    "<li>That each entry holds the digest of the entry before it and "
	    "of its signatures; that numbers and times follow one another; "
	    "that each hand-over has two halves by two hands.</li>\n");
	html_rawf(h,
	    "<li data-fact=\"signatures\">Signatures: %zu by keys that are "
	    "trusted, %zu by keys that were not given, %zu right if made when "
	    "they say, %zu wrong.</li>\n",
	    count.of[SIGNER_GOOD], count.of[SIGNER_UNTRUSTED],
	    count.of[SIGNER_UNTIMED], count.of[SIGNER_BAD]);
	put_trusted(h, form);
	if (form->package != NULL)
		html_raw(h,
		    "<li data-fact=\"package\">The package, read whole for "
		    "this form; its verdicts stand above.</li>\n");
	html_raw(
	    h, "</ul><h2>What could not be verified</h2><ul id=\"limits\">\n");
	if (form->package == NULL)
		html_raw(h,
		    "<li>The package: it was not at hand, and digests of it "
		    "are those that the entries say.</li>\n");
	else if (form->case_file == NULL)
		html_raw(h,
		    "<li>What the item is: the package is not intact, and "
		    "nothing that is not proved is quoted from it.</li>\n");
	html_raw(h, "<li data-fact=\"end\">The end: ");
	html_text(h, end);
	html_raw(h,
	    ".</li>\n<li>That what people say in an entry is true, and "
	    "that nothing happened of which nobody made an entry.</li>\n"
	    "<li>When an entry was made, beyond the clock of whoever made it, "
	    "unless a time stamp is shown with it.</li>\n"
	    "<li>Who held a key when it signed: the keys were trusted by "
	    "whoever made this form.</li>\n</ul></section>\n");
}

/* Hand-overs to come, by hand alone. */
static void
put_blanks(struct html * h)
{
	html_raw(h,
	    "<section id=\"further\"><h2>Further hand-overs, in ink</h2>"
	    "<p>Enter each one in the ledger as well.</p>"
	    "<table><thead><tr><th>Date, time, zone</th><th>Released by: "
	    "name, signature</th><th>Received by: name, signature</th>"
	    "<th>Purpose, place, seal, condition</th></tr></thead><tbody>\n");
	for (int i = 0; i < BLANK_PAIRS; i++)
		html_raw(h,
		    "<tr><td class=\"ink\"></td><td></td><td></td><td></td>"
		    "</tr>\n");
	html_raw(h,
	    "</tbody></table></section>\n<footer><dl>"
	    "<div><dt>Form checked by</dt><dd class=\"blank\" "
	    "data-field=\"checked-by\"></dd></div>"
	    "<div><dt>Signature, date</dt><dd class=\"blank\" "
	    "data-field=\"checked-date\"></dd></div></dl></footer>\n");
}

int
form_write(const struct form * form, struct buf * out, struct err * e)
{
	struct html h = { { 0 }, e, 0 };

	put_head(&h, form);
	put_verdict(&h, form);
	form_item(&h, form);
	form_handovers(&h, form);
	put_findings(&h, form);
	put_checked(&h, form);
	form_entries(&h, form);
	put_blanks(&h);
	html_raw(&h, "</body></html>\n");
	if (h.failed) {
		buf_free(&h.out);
		return -1;
	}
	*out = h.out;
	return 0;
}
