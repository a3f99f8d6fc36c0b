#include <string.h>

#include "evidence/clock.h"
#include "evidence/text.h"

#include "ledger/form_parts.h"

static void
begin_field(struct html * h, const char * key, const char * label,
    const char * of_div, const char * of_dd)
{
	html_rawf(h, "<div%s><dt>%s</dt><dd data-field=\"%s\"%s>", of_div,
	    label, key, of_dd);
}

static void
end_field(struct html * h)
{
	html_raw(h, "</dd></div>\n");
}

void
form_field(
    struct html * h, const char * key, const char * label, const char * text)
{
	if (text == NULL)
		return;
	begin_field(
	    h, key, label, (strlen(text) > 60) ? " class=\"wide\"" : "", "");
	html_text(h, text);
	end_field(h);
}

void
form_field_hex(struct html * h, const char * key, const char * label,
    const uint8_t sha256[DIGEST_SHA256_LEN])
{
	char hex[DIGEST_SHA256_HEX];

	text_hex_encode(sha256, DIGEST_SHA256_LEN, hex);
	begin_field(h, key, label, " class=\"wide\"", " class=\"hex\"");
	html_raw(h, hex);
	end_field(h);
}

void
form_field_time(
    struct html * h, const char * key, const char * label, int64_t at)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(at, text);
	begin_field(h, key, label, "", "");
	html_raw(h, text);
	end_field(h);
}

void
form_field_number(
    struct html * h, const char * key, const char * label, int64_t n)
{
	begin_field(h, key, label, "", "");
	html_rawf(h, "%lld", (long long)n);
	end_field(h);
}

void
form_blank(struct html * h, const char * key, const char * label)
{
	begin_field(h, key, label, "", " class=\"blank\"");
	end_field(h);
}

/* A text that the case file gives, or room for it. */
static void
field_or_blank(
    struct html * h, const char * key, const char * label, const char * text)
{
	if ((text == NULL) || (text[0] == '\0'))
		form_blank(h, key, label);
	else
		form_field(h, key, label, text);
}

/* All texts of a list, with commas. */
static void
field_list(struct html * h, const char * key, const char * label,
    const char * const * list, size_t n)
{
	if (n == 0)
		return;
	begin_field(h, key, label, " class=\"wide\"", "");
	for (size_t i = 0; i < n; i++) {
		html_raw(h, (i == 0) ? "" : ", ");
		html_text(h, list[i]);
	}
	end_field(h);
}

/* What the item is: only of a package that was proved. */
static void
put_description(struct html * h, const struct form * form)
{
	const struct case_file * c = form->case_file;
	const struct package_result * r = form->package;

	if (c == NULL) {
		form_blank(h, "case", "Case number");
		form_blank(h, "exhibit", "Exhibit");
		form_blank(h, "description", "Description");
		return;
	}
	field_or_blank(h, "case", "Case number", c->case_number);
	field_or_blank(h, "exhibit", "Exhibit", c->exhibit);
	form_field(h, "description", "Description",
	    (strcmp(c->acquisition, "received") == 0)
		? "Evidence package of Azure resource logs that somebody else "
		  "exported: received, not acquired"
		: "Evidence package of Azure resource logs, acquired from the "
		  "service");
	form_field_number(h, "objects", "Objects in it", r->objects);
	form_field_number(
	    h, "object-bytes", "Bytes of objects", r->object_bytes);
	field_list(
	    h, "accounts", "Accounts", c->scope.accounts, c->scope.n_accounts);
	field_list(h, "containers", "Containers", c->scope.containers,
	    c->scope.n_containers);
	if (c->scope.from != CLOCK_UNKNOWN)
		form_field_time(h, "from", "Records from", c->scope.from);
	if (c->scope.to != CLOCK_UNKNOWN)
		form_field_time(h, "to", "Records to", c->scope.to);
	form_field_time(h, "started", "Collection began", c->started_at);
	form_field_time(h, "sealed", "Sealed", r->sealed_at);
	field_or_blank(h, "examiner", "Collected by", c->examiner);
	field_or_blank(h, "organisation", "Organisation", c->organisation);
	field_or_blank(h, "authority", "Authority", c->authority);
	field_or_blank(h, "purpose", "Purpose", c->purpose);
}

/* Where it is, by the last entry that says so. */
static void
put_place(struct html * h, const struct form * form)
{
	const char * place = NULL;

	for (size_t i = 0; i < form->ledger->n_entries; i++)
		if (form->ledger->entries[i].entry.place != NULL)
			place = form->ledger->entries[i].entry.place;
	field_or_blank(h, "place", "Last place said", place);
}

/* By what it is told from every other file. */
static void
put_identity(struct html * h, const struct form * form)
{
	const struct custody_entry * first = &form->ledger->entries[0].entry;
	const struct package_result * r = form->package;
	const struct ledger_entry * head = ledger_head(form->ledger);

	form_field(h, "package", "Package", first->package);
	form_field(h, "file", "Form made from", form->path);
	form_field_hex(
	    h, "seal-sha256", "SHA-256 of its seal", first->seal_sha256);
	if (first->has_archive) {
		form_field_hex(h, "archive-sha256",
		    "SHA-256 of the file, by entry 1", first->archive_sha256);
		form_field_number(h, "archive-bytes", "Bytes, by entry 1",
		    first->archive_size);
	}
	if ((r != NULL) && r->has_archive_digest) {
		form_field_hex(h, "computed-sha256",
		    "SHA-256, computed for this form", r->archive_sha256);
		form_field_number(h, "computed-bytes", "Bytes, for this form",
		    r->archive_bytes);
		form_field(h, "match", "The two are",
		    (first->has_archive &&
			(memcmp(first->archive_sha256, r->archive_sha256,
			     DIGEST_SHA256_LEN) == 0))
			? "identical"
			: "DIFFERENT");
	}
	if (head != NULL)
		form_field_hex(h, "head-sha256", "SHA-256 of the last entry",
		    head->file->sha256);
}

void
form_item(struct html * h, const struct form * form)
{
	html_raw(h, "<section id=\"item\"><h2>The item</h2><dl>\n");
	put_description(h, form);
	put_identity(h, form);
	put_place(h, form);
	form_blank(h, "in-charge", "Person in charge");
	form_blank(h, "mark", "Exhibit mark");
	html_raw(h, "</dl></section>\n");
}
