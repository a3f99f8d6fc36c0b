/* The seal and the journal. */
#include "evidence/journal.h"
#include "evidence/seal.h"
#include "tests/unit/replace.h"
#include "tests/unit/unit.h"

#define PACKAGE "case-20261123t231613z-deadbeef"

static const int64_t moment = INT64_C(17953821730000000);

static struct seal
full_seal(void)
{
	struct seal s = { 0 };

	s.package = PACKAGE;
	s.case_number = "117";
	s.sealed_at = moment;
	s.has_skew = true;
	s.skew_lo_ms = -1200;
	s.objects = 10;
	s.bytes = 12345;
	s.listed = 12;
	s.taken = 9;
	s.gaps[GAP_GONE] = 2;
	s.gaps[GAP_OUT_OF_SCOPE] = 1;
	s.gaps[GAP_NO_CONTAINER] = 1;
	s.stream_bytes = 777;
	s.n_tagmanifests = 2;
	s.tagmanifests[0].file = "tagmanifest-sha256.txt";
	s.tagmanifests[0].has_sha512 = true;
	s.tagmanifests[1].file = "tagmanifest-sha512.txt";
	s.tagmanifests[1].has_sha512 = true;
	s.n_signers = 2;
	s.signers[0].role = "examiner";
	s.signers[0].name = "R. Meyer";
	s.signers[0].kind = SIGNER_ED25519;
	s.signers[0].file = "seal/examiner.minisig";
	s.signers[1].role = "witness";
	s.signers[1].kind = SIGNER_ED25519;
	s.signers[1].key_sha256[0] = 1;
	s.signers[1].file = "seal/witness.minisig";
	s.n_tokens = 2;
	s.tokens[0].over = "seal/examiner.minisig";
	s.tokens[0].file = "seal/examiner.minisig.1.tsr";
	s.tokens[1].over = "seal/examiner.minisig";
	s.tokens[1].file = "seal/examiner.minisig.2.tsr";
	s.tool = "azcustody-collect 0.1.0";
	s.previous = "case-20261122t231613z-deadbeef";
	return s;
}

static void
a_seal_comes_back_as_it_was(void)
{
	struct seal s = full_seal();
	struct seal back;
	struct buf text = { 0 };
	struct buf again = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(seal_format(&s, &text, &e) == 0);
	EXPECT(seal_parse(text.bytes, text.len, &back, &e) == 0);
	EXPECT(back.gaps[GAP_GONE] == 2);
	EXPECT(back.exhibit == NULL);
	EXPECT(seal_has_file(&back, "seal/seal.json"));
	EXPECT(seal_has_file(&back, "seal/witness.minisig"));
	EXPECT(seal_has_file(&back, "seal/examiner.minisig.2.tsr"));
	EXPECT(!seal_has_file(&back, "seal/other.minisig"));
	EXPECT(!seal_has_file(&back, ""));
	EXPECT(seal_format(&back, &again, &e) == 0);
	EXPECT_TEXT(buf_text(&again), buf_text(&text));
	seal_free(&back);
	buf_free(&text);
	buf_free(&again);
}

static void
a_seal_that_breaks_a_rule_is_refused(void)
{
	static const char * const bad[][2] = {
		{ PACKAGE, "x" },
		{ "azcustody/seal/1", "azcustody/case/1" },
		{ "\"taken\":9", "\"taken\":11" },
		{ "\"taken\":9", "\"taken\":13" },
		{ "\"listed\":12", "\"listed\":14" },
		{ "\"listed\":12", "\"listed\":8" },
		{ "\"gone\":2", "\"lost\":2" },
		{ "\"gone\":2", "\"gone\":0" },
		{ "\"gone\":2", "\"gone\":-2" },
		{ "\"gone\":2", "\"gone\":\"2\"" },
		{ "tagmanifest-sha512.txt", "tagmanifest-md5.txt" },
		{ "tagmanifest-sha256.txt", "tagmanifest-sha512.txt" },
		{ "seal/examiner.minisig", "seal/other.minisig" },
		{ "\"role\":\"witness\"", "\"role\":\"examiner\"" },
		{ "\"role\":\"witness\"", "\"role\":\"../x\"" },
		{ "\"kind\":\"ed25519\"", "\"kind\":\"rsa\"" },
		{ "\"key_sha256\":\"01", "\"key_sha256\":\"00" },
		{ "examiner.minisig.2.tsr", "examiner.minisig.1.tsr" },
		{ "examiner.minisig.2.tsr", "examiner.minisig.3.tsr" },
		{ "\"over\":\"seal/examiner", "\"over\":\"seal/nobody" },
		{ "\"merkle_root\":\"00", "\"merkle_root\":\"0" },
		{ "\"bytes\":777", "\"bytes\":null" },
		{ "case-20261122t231613z-deadbeef", "none" },
		{ "\"package\"", "\"critical\":[\"x\"],\"package\"" },
	};
	struct seal s = full_seal();
	struct seal back;
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf text = { 0 };

		err_init(&e);
		EXPECT(seal_format(&s, &text, &e) == 0);
		replace(&text, bad[i][0], bad[i][1]);
		EXPECT(seal_parse(text.bytes, text.len, &back, &e) == -1);
		if (e.kind == ERR_NONE)
			(void)printf("# accepted: %s\n", bad[i][1]);
		EXPECT(back.doc.root == NULL);
		buf_free(&text);
	}
}

static void
a_seal_has_sixteen_signers_at_most(void)
{
	struct seal s = full_seal();
	struct seal back;
	struct buf text = { 0 };
	char roles[SIGNER_MAX][16];
	char files[SIGNER_MAX][40];
	struct err e;

	err_init(&e);
	s.n_tokens = 0;
	s.n_signers = SIGNER_MAX;
	for (size_t i = 0; i < SIGNER_MAX; i++) {
		(void)snprintf(roles[i], sizeof(roles[i]), "r%zu", i);
		(void)snprintf(
		    files[i], sizeof(files[i]), "seal/r%zu.minisig", i);
		s.signers[i].role = roles[i];
		s.signers[i].file = files[i];
		s.signers[i].kind = SIGNER_ED25519;
		s.signers[i].key_sha256[0] = (uint8_t)i;
	}
	EXPECT(seal_format(&s, &text, &e) == 0);
	EXPECT(seal_parse(text.bytes, text.len, &back, &e) == 0);
	seal_free(&back);
	replace(&text, "\"signers\":[", "\"signers\":[{},");
	EXPECT(seal_parse(text.bytes, text.len, &back, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	buf_free(&text);
}

static void
the_comment_of_a_seal_names_package_role_and_case(void)
{
	char comment[SEAL_COMMENT_SIZE];

	char many[121];
	char tail[13];

	seal_comment(PACKAGE, "examiner", "2026/117 \xc3\xa4", comment);
	EXPECT_TEXT(comment,
	    "azcustody/seal/1 " PACKAGE " examiner case=2026%2F117%20%C3%A4");
	seal_comment(PACKAGE, "examiner", NULL, comment);
	EXPECT_TEXT(comment, "azcustody/seal/1 " PACKAGE " examiner case=");
	/* At the limit an escape is never cut in two. */
	memset(many, 'a', sizeof(many));
	many[118] = '\xff';
	many[120] = '\0';
	seal_comment(PACKAGE, "examiner", many, comment);
	(void)snprintf(
	    tail, sizeof(tail), "%s", comment + strlen(comment) - 12);
	EXPECT_TEXT(tail, "aaaaaaaaaaaa");
	EXPECT(strlen(strchr(comment, '=') + 1) == 118);
	many[117] = '\xff';
	seal_comment(PACKAGE, "examiner", many, comment);
	EXPECT(strlen(strchr(comment, '=') + 1) == 120);
}

#define LINES 5

/* Write a journal of ${LINES} lines into ${lines}. */
static void
make_journal(struct buf lines[LINES], const uint8_t first[DIGEST_SHA256_LEN])
{
	struct journal journal;
	struct json_out j;
	struct err e;

	err_init(&e);
	journal_start(&journal, first);
	for (int i = 0; i < LINES; i++) {
		journal_begin(&journal, &j, &lines[i], (enum journal_event)i,
		    moment + i, &e);
		json_put_integer(&j, "n", i);
		EXPECT(journal_end(&journal, &j, &e) == 0);
		EXPECT(journal.seq == i + 1);
	}
}

/* Walk ${lines}; return how many of them do not continue the chain. */
static int
walk(const struct buf * lines, size_t n, const uint8_t * first)
{
	struct journal journal;
	struct journal_line line;
	struct err e;
	int bad = 0;

	journal_start(&journal, first);
	for (size_t i = 0; i < n; i++) {
		err_init(&e);
		if (journal_check(&journal, lines[i].bytes, lines[i].len - 1,
			&line, &e) != 0) {
			bad++;
			continue;
		}
		EXPECT((size_t)line.event < JOURNAL_EVENT_COUNT);
		journal_free_line(&line);
	}
	return bad;
}

static void
a_journal_is_a_chain_from_the_case_on(void)
{
	uint8_t first[DIGEST_SHA256_LEN] = { 7 };
	uint8_t other[DIGEST_SHA256_LEN] = { 8 };
	struct buf lines[LINES] = { { 0 } };
	struct buf swapped;

	make_journal(lines, first);
	EXPECT(walk(lines, LINES, first) == 0);
	EXPECT(walk(lines, LINES, other) == 1);
	EXPECT(walk(lines + 1, LINES - 1, first) > 0);
	/* A changed fact breaks the link behind it. */
	replace(&lines[1], "\"n\":1", "\"n\":2");
	EXPECT(walk(lines, LINES, first) == 1);
	replace(&lines[1], "\"n\":2", "\"n\":1");
	/* So does a swap, at each line it touches. */
	swapped = lines[2];
	lines[2] = lines[3];
	lines[3] = swapped;
	EXPECT(walk(lines, LINES, first) == 3);
	for (int i = 0; i < LINES; i++)
		buf_free(&lines[i]);
}

static void
a_journal_line_that_breaks_a_rule_is_refused(void)
{
	static const char * const bad[][2] = { { "\"seq\":1", "\"seq\":2" },
		{ "\"started\"", "\"begun\"" },
		{ "\"facts\":{\"n\":0}", "\"facts\":[]" },
		{ "\"prev\"", "\"before\"" }, { "journal/1", "journal/2" } };
	uint8_t first[DIGEST_SHA256_LEN] = { 7 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf lines[LINES] = { { 0 } };

		make_journal(lines, first);
		replace(&lines[0], bad[i][0], bad[i][1]);
		EXPECT(walk(lines, 1, first) == 1);
		for (int k = 0; k < LINES; k++)
			buf_free(&lines[k]);
	}
}

int
main(void)
{
	RUN(a_seal_comes_back_as_it_was);
	RUN(a_seal_that_breaks_a_rule_is_refused);
	RUN(a_seal_has_sixteen_signers_at_most);
	RUN(the_comment_of_a_seal_names_package_role_and_case);
	RUN(a_journal_is_a_chain_from_the_case_on);
	RUN(a_journal_line_that_breaks_a_rule_is_refused);
	return unit_failed;
}
