/* One entry of the custody ledger: written, read back, and refused. */
#include "evidence/custody.h"
#include "tests/unit/replace.h"
#include "tests/unit/unit.h"

#define PACKAGE "case-20261123t231613z-deadbeef"

static const int64_t moment = INT64_C(17953821730000000);

static struct custody_entry
entry_of(int64_t seq, enum custody_event event)
{
	struct custody_entry entry = { 0 };

	entry.seq = seq;
	entry.package = PACKAGE;
	entry.seal_sha256[0] = 1;
	entry.prev[0] = 1;
	entry.event = event;
	entry.at = moment;
	entry.by.name = "R. Meyer";
	entry.n_signers = 1;
	entry.signers[0].role = "examiner";
	entry.signers[0].kind = SIGNER_ED25519;
	entry.has_archive = true;
	return entry;
}

static void
an_entry_with_everything_in_it_comes_back(void)
{
	struct custody_entry entry = entry_of(2, CUSTODY_RELEASED);
	struct custody_entry back;
	struct buf text = { 0 };
	struct buf again = { 0 };
	struct err e;

	err_init(&e);
	entry.signers[0].file = "000002-released.examiner.minisig";
	entry.from = (struct custody_person){ "A", "Insp.", "Police", "a@b" };
	entry.to = (struct custody_person){ "B", NULL, "Lab", NULL };
	entry.medium = (struct custody_medium){ "disk", "S/N 1", "seal 2" };
	entry.purpose = "analysis";
	entry.authority = "order 3";
	entry.place = "room 4";
	entry.transport = "courier";
	entry.condition = "intact \x1b[31m";
	entry.clock = "synchronised";
	entry.remarks = "none";
	entry.has_archive_sha512 = true;
	EXPECT(custody_format(&entry, &text, &e) == 0);
	EXPECT(custody_parse(text.bytes, text.len, &back, &e) == 0);
	EXPECT_TEXT(back.to.organisation, "Lab");
	EXPECT(back.to.title == NULL);
	EXPECT(custody_format(&back, &again, &e) == 0);
	EXPECT_TEXT(buf_text(&again), buf_text(&text));
	custody_free(&back);
	replace(&text, "\"released\"", "\"sealed\"");
	EXPECT(custody_parse(text.bytes, text.len, &back, &e) == -1);
	buf_free(&text);
	buf_free(&again);
}

static void
an_entry_that_breaks_a_rule_is_refused(void)
{
	static const char * const bad[][2] = {
		{ "\"seq\":1", "\"seq\":0" },
		{ "\"seq\":1", "\"seq\":2" },
		{ "\"seq\":1", "\"seq\":1000000" },
		{ "\"sealed\"", "\"released\"" },
		{ "\"sealed\"", "\"vanished\"" },
		{ PACKAGE, "x" },
		{ "\"prev\":\"01", "\"prev\":\"02" },
		{ "\"prev_sigs\":[]",
		    "\"prev_sigs\":[{\"file\":\"x\",\"sha256\":\"\"}]" },
		{ "\"archive\":", "\"archives\":" },
		{ "\"role\":\"examiner\"", "\"role\":\"EXAMINER\"" },
		{ "000001-sealed.examiner", "000001-sealed.other" },
		{ "000001-sealed.examiner", "../000001-sealed.examiner" },
		{ "\"ed25519\"", "\"none\"" },
		{ "\"by\":{\"name\":", "\"by\":{\"nom\":" },
		{ "\"by\":{", "\"corrects\":1,\"by\":{" },
		{ "\"package\"", "\"critical\":[\"x\"],\"package\"" },
	};
	struct custody_entry entry = entry_of(1, CUSTODY_SEALED);
	struct custody_entry back;
	struct err e;

	entry.signers[0].file = "000001-sealed.examiner.minisig";
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf text = { 0 };

		err_init(&e);
		EXPECT(custody_format(&entry, &text, &e) == 0);
		EXPECT(custody_parse(text.bytes, text.len, &back, &e) == 0);
		custody_free(&back);
		replace(&text, bad[i][0], bad[i][1]);
		EXPECT(custody_parse(text.bytes, text.len, &back, &e) == -1);
		if (e.kind == ERR_NONE)
			(void)printf("# accepted: %s\n", bad[i][1]);
		buf_free(&text);
	}
}

static void
every_event_has_a_word_and_a_file_name(void)
{
	char name[CUSTODY_NAME_SIZE], stem[CUSTODY_NAME_SIZE];
	enum custody_event back;

	for (int i = 0; i < CUSTODY_EVENT_COUNT; i++) {
		enum custody_event event = (enum custody_event)i;

		EXPECT(
		    custody_event_parse(custody_event_text(event), &back) == 0);
		EXPECT(back == event);
		custody_entry_name(CUSTODY_MAX_SEQ, event, name);
		EXPECT(strlen(name) < CUSTODY_NAME_SIZE - 1);
	}
	custody_entry_name(1, CUSTODY_SEALED, name);
	EXPECT_TEXT(name, "000001-sealed.json");
	custody_stem(999999, CUSTODY_TIMESTAMPED, stem);
	signer_file(stem, "a23456789012345678901234", SIGNER_ED25519, name);
	EXPECT_TEXT(
	    name, "999999-timestamped.a23456789012345678901234.minisig");
}

/* Whether an entry of ${event}, changed by ${change}, is refused. */
static bool
is_refused(enum custody_event event, void (*change)(struct custody_entry *))
{
	struct custody_entry entry = entry_of(5, event);
	struct custody_entry back;
	struct buf text = { 0 };
	char stem[CUSTODY_NAME_SIZE], file[SIGNER_FILE_SIZE];
	struct err e;
	int rc;

	err_init(&e);
	custody_stem(5, event, stem);
	signer_file(stem, "examiner", SIGNER_ED25519, file);
	entry.signers[0].file = file;
	entry.to.name = "B";
	entry.product.size = -1;
	change(&entry);
	EXPECT(custody_format(&entry, &text, &e) == 0);
	rc = custody_parse(text.bytes, text.len, &back, &e);
	if (rc == 0)
		custody_free(&back);
	buf_free(&text);
	return rc != 0;
}

static void
as_it_is(struct custody_entry * entry)
{
	(void)entry;
}

static void
to_nobody(struct custody_entry * entry)
{
	entry->to.name = NULL;
}

static void
without_archive(struct custody_entry * entry)
{
	entry->has_archive = false;
}

static void
answering_entry_4(struct custody_entry * entry)
{
	entry->release.seq = 4;
}

static void
answering_itself(struct custody_entry * entry)
{
	entry->release.seq = 5;
}

static void
making_something(struct custody_entry * entry)
{
	entry->product.what = "a copy";
}

static void
correcting_entry_4(struct custody_entry * entry)
{
	entry->corrects = 4;
}

static void
about_entry_4(struct custody_entry * entry)
{
	entry->about = 4;
}

static void
about_itself(struct custody_entry * entry)
{
	entry->about = 5;
}

static void
what_belongs_to_one_event_is_refused_in_others(void)
{
	EXPECT(!is_refused(CUSTODY_RELEASED, as_it_is));
	EXPECT(is_refused(CUSTODY_RELEASED, to_nobody));
	EXPECT(is_refused(CUSTODY_RETURNED, to_nobody));
	EXPECT(!is_refused(CUSTODY_STORED, to_nobody));
	EXPECT(!is_refused(CUSTODY_RECEIVED, as_it_is));
	EXPECT(is_refused(CUSTODY_RECEIVED, without_archive));
	EXPECT(is_refused(CUSTODY_DESTROYED, without_archive));
	EXPECT(!is_refused(CUSTODY_NOTED, without_archive));
	EXPECT(!is_refused(CUSTODY_RECEIVED, answering_entry_4));
	EXPECT(is_refused(CUSTODY_RECEIVED, answering_itself));
	EXPECT(is_refused(CUSTODY_STORED, answering_entry_4));
	EXPECT(is_refused(CUSTODY_DERIVED, as_it_is));
	EXPECT(is_refused(CUSTODY_DISCLOSED, as_it_is));
	EXPECT(is_refused(CUSTODY_ENCRYPTED, as_it_is));
	EXPECT(!is_refused(CUSTODY_DERIVED, making_something));
	EXPECT(!is_refused(CUSTODY_COPIED, making_something));
	EXPECT(!is_refused(CUSTODY_COPIED, as_it_is));
	EXPECT(is_refused(CUSTODY_STORED, making_something));
	EXPECT(is_refused(CUSTODY_CORRECTED, as_it_is));
	EXPECT(!is_refused(CUSTODY_CORRECTED, correcting_entry_4));
	EXPECT(is_refused(CUSTODY_NOTED, correcting_entry_4));
	EXPECT(!is_refused(CUSTODY_NOTED, about_entry_4));
	EXPECT(is_refused(CUSTODY_NOTED, about_itself));
	EXPECT(is_refused(CUSTODY_STORED, about_entry_4));
}

int
main(void)
{
	RUN(an_entry_with_everything_in_it_comes_back);
	RUN(an_entry_that_breaks_a_rule_is_refused);
	RUN(every_event_has_a_word_and_a_file_name);
	RUN(what_belongs_to_one_event_is_refused_in_others);
	return unit_failed;
}
