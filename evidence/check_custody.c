#include <string.h>

#include "evidence/check.h"
#include "evidence/ledger.h"
#include "evidence/ledger_verdict.h"
#include "evidence/text.h"

/* What stands beside the package: its digest, its checksum file, its ledger. */

/* Compare with the digest that the examiner brought. */
static void
check_expected(struct check * c)
{
	char hex[DIGEST_SHA256_HEX];

	if (!c->options->has_expected ||
	    (memcmp(c->options->expected_sha256, c->result->archive_sha256,
		 DIGEST_SHA256_LEN) == 0))
		return;
	text_hex_encode(c->result->archive_sha256, DIGEST_SHA256_LEN, hex);
	check_find(c, CHECK_EXPECTED, "",
	    "the file's SHA-256 is %s, not the one that was expected", hex);
}

/* Compare with the .sha256 file: HEX, two blanks, a name, LF. */
static void
check_checksum(struct check * c)
{
	const char * text = c->options->checksum;
	char hex[DIGEST_SHA256_HEX];
	size_t digits = sizeof(hex) - 1;

	if (text == NULL)
		return;
	text_hex_encode(c->result->archive_sha256, DIGEST_SHA256_LEN, hex);
	if ((c->options->checksum_len < digits + 4) || (text[digits] != ' ') ||
	    (text[digits + 1] != ' ') ||
	    (memchr(text, '\n', c->options->checksum_len) !=
		text + c->options->checksum_len - 1))
		check_find(c, CHECK_CHECKSUM, ".sha256",
		    "the checksum file is not one line of sha256sum");
	else if (memcmp(text, hex, digits) != 0)
		check_find(c, CHECK_CHECKSUM, ".sha256",
		    "the checksum file says another SHA-256");
}

void
check_archive(struct check * c, struct package_read * r)
{
	struct frames_read * frames = package_read_frames(r);
	struct err why;

	err_init(&why);
	c->result->archive_bytes = frames_read_size(frames);
	if (frames_read_digest(frames, c->result->archive_sha256, &why) != 0) {
		check_find_err(c, CHECK_UNREAD, "", &why);
		return;
	}
	c->result->has_archive_digest = true;
	check_expected(c);
	check_checksum(c);
}

/* What the ledger's own check reports. */
static void
take_finding(void * context, enum ledger_problem problem, const char * file,
    const char * why)
{
	struct check * c = context;
	enum check_id id = CHECK_LEDGER;

	if (ledger_problem_weight(problem, c->options->trust) ==
	    LEDGER_UNDECIDED)
		id = ((problem == LEDGER_UNTRUSTED) ||
			 (problem == LEDGER_SIGNER))
		    ? CHECK_LEDGER_TRUST
		    : CHECK_LEDGER_OPEN;
	check_find(c, id, file, "%s: %s", ledger_problem_code(problem), why);
}

static void
check_ledger(struct check * c, struct ledger * ledger)
{
	struct package_result * r = c->result;
	struct ledger_expect expect = { .trust = c->options->trust };
	const struct ledger_entry * head = NULL;
	struct receipt_proof proof = { 0, CLOCK_UNKNOWN };
	char end[256];

	expect.package = r->is_sealed ? r->package : c->top;
	if (r->is_sealed)
		expect.seal_sha256 = r->seal_sha256;
	if (r->has_archive_digest) {
		expect.archive_sha256 = r->archive_sha256;
		expect.archive_size = r->archive_bytes;
	}
	r->ledger_entries = (int64_t)ledger->n_entries;
	(void)ledger_check(ledger, &expect, take_finding, c);
	for (size_t i = 0; i < c->options->n_receipts; i++)
		(void)receipt_check(&c->options->receipts[i], ledger, &expect,
		    &proof, take_finding, c);
	head = ledger_head(ledger);
	ledger_verdict_end(&proof, end, sizeof(end));
	if (head != NULL)
		check_find(c, CHECK_LEDGER_END, head->file->name, "%s", end);
}

void
check_load_ledger(struct check * c)
{
	err_init(&c->ledger_e);
	if (c->options->has_ledger)
		c->ledger = ledger_load(c->options->ledger_dir, &c->ledger_e);
}

void
check_custody(struct check * c)
{
	if (!c->options->has_ledger) {
		check_find(c, CHECK_NO_LEDGER, "",
		    "there is no custody ledger beside the package");
		for (size_t i = 0; i < c->options->n_receipts; i++)
			check_find(c, CHECK_LEDGER,
			    c->options->receipts[i].path,
			    "receipt: it was given for a ledger that is not "
			    "here");
		return;
	}
	if (c->ledger == NULL)
		check_find_err(c, CHECK_LEDGER, "", &c->ledger_e);
	else
		check_ledger(c, c->ledger);
}
