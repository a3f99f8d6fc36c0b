#include <string.h>

#include "evidence/buf.h"
#include "evidence/clock.h"
#include "evidence/text.h"

#include "timeline/certificate.h"

#define DRAFT "======== DRAFT - NOT SIGNED ========\n"

static const char head[] = DRAFT
    "\n"
    "This is a draft made by a program.  Nobody has certified anything in it.\n"
    "A lawyer has to compare its form with the law of the day, and the person\n"
    "who signs must be able to answer for each sentence.  ____ is to be filled\n"
    "in by that person.  What does not hold is to be struck out.\n"
    "\n";

static const char process[] =
    "B. The process\n"
    "\n"
    "  1. The data are objects as a cloud service gave them when they were\n"
    "     asked for.  \"Original\" below means an object as it was received.\n"
    "  2. The collecting program computed the SHA-256 of each object from the\n"
    "     bytes as they were received, and wrote it into the package's\n"
    "     catalogue.  The seal covers the catalogue, each object, and the\n"
    "     record of each request.  Where the service gave an MD5 of its own, the\n"
    "     catalogue says so and whether it was equal; not every object has one.\n"
    "  3. Each SHA-256 was computed again from the package in hand and compared;\n"
    "     the results are those in section A.  Date: ____  By whom: ____\n"
    "  4. Why the program is known to be reliable (validation, tests, peer\n"
    "     review): ____\n"
    "\n"
    "C. Not certified\n"
    "\n"
    "  1. That what a log says is true.\n"
    "  2. That the provider logged everything: storage logging is best-effort.\n"
    "  3. Objects that were listed and not taken (section A, gaps); the package\n"
    "     names each with its reason.\n"
    "  4. Any inference of a rule or of a timeline.\n"
    "\n";

static const char united_states[] = DRAFT
    "\n"
    "D. United States: Federal Rules of Evidence 902(14), 902(11); 28 U.S.C.\n"
    "   1746\n"
    "\n"
    "  I, ____ (name), am ____ (position, employer).  I am qualified to make\n"
    "  this certification by ____ (training, experience).  The data of section A\n"
    "  were copied from an electronic storage medium and are authenticated by\n"
    "  the process of digital identification in section B: the digests of the copy\n"
    "  in hand are those made from the data when they were received.\n"
    "\n"
    "  I declare under penalty of perjury [outside the United States: under the\n"
    "  laws of the United States of America] that the foregoing is true and\n"
    "  correct.\n"
    "\n"
    "  Executed on (date): ____    Place: ____\n"
    "  Signature: ____\n"
    "\n";

static const char india[] = DRAFT
    "\n"
    "E. India: Bharatiya Sakshya Adhiniyam 2023, section 63(4)\n"
    "\n"
    "  Compare with the form in the Schedule of the Act; both parts are needed.\n"
    "\n"
    "  Part A, by the party: I, ____ (name), ____ (address, occupation), produce\n"
    "  the electronic record of section A.\n"
    "  Device or source: [ ] computer or storage medium  [ ] server  [ ] cloud\n"
    "  [ ] other: ____   Make, model, serial number, identifier: ____\n"
    "  Who had lawful control of it and used it regularly: ____\n"
    "  It was working properly, or if not, how that bears on the record: ____\n"
    "  Digest of the record: as in section A.  Algorithm: SHA-256.\n"
    "  Date, time (IST), place: ____   Name and signature: ____\n"
    "\n"
    "  Part B, by the expert: I, ____ (name, designation), state that the digest\n"
    "  of the record is as in section A, by the algorithm SHA-256.\n"
    "  Date, time (IST), place: ____   Name, designation, signature: ____\n"
    "\n";

static const char australia[] = DRAFT
    "\n"
    "F. Australia: Evidence Act 1995 (Cth), sections 146, 147\n"
    "\n"
    "  I, ____ (name, position), state: the documents of section A were produced by\n"
    "  a process or device.  [147:] It was, at that time, used for the purposes\n"
    "  of a business, namely ____.  If properly used, it ordinarily produces that\n"
    "  outcome: the process of section B.\n"
    "  Date, place: ____   Signature: ____   Witness, if one is needed: ____\n"
    "\n" DRAFT;

static int
put_text(
    struct buf * out, const char * label, const char * text, struct err * e)
{
	if (buf_addf(out, e, "     %-18s", label) != 0)
		return -1;
	if (text_escape(out, text, strlen(text), e) != 0)
		return -1;
	return buf_add_text(out, (text[0] == '\0') ? "____\n" : "\n", e);
}

static int
put_digest(struct buf * out, const char * label, bool is_known,
    const uint8_t * digest, struct err * e)
{
	char hex[DIGEST_SHA256_HEX] = "";

	if (is_known)
		text_hex_encode(digest, DIGEST_SHA256_LEN, hex);
	return put_text(out, label, hex, e);
}

static int
put_package(
    struct buf * out, size_t number, const struct feed_head * h, struct err * e)
{
	char sealed[CLOCK_TEXT_SIZE];

	clock_format(h->sealed_at, sealed);
	if ((buf_addf(out, e, "  %zu.\n", number) != 0) ||
	    (put_text(out, "package", h->package, e) != 0) ||
	    (put_text(out, "case", h->case_number, e) != 0) ||
	    (put_text(out, "exhibit", h->exhibit, e) != 0) ||
	    (put_digest(out, "SHA-256 of seal", h->is_sealed, h->seal, e) !=
		0) ||
	    (put_digest(out, "SHA-256 of file", h->has_archive_digest,
		 h->archive_sha256, e) != 0) ||
	    (put_text(out, "sealed at", h->is_sealed ? sealed : "", e) != 0) ||
	    (put_text(out, "verdicts", h->words, e) != 0))
		return -1;
	if ((h->first_failure[0] != '\0') &&
	    (put_text(out, "first failure", h->first_failure, e) != 0))
		return -1;
	if (h->is_received &&
	    (buf_add_text(out,
		 "     RECEIVED, NOT ACQUIRED: nothing in it shows how the "
		 "files left the service.\n",
		 e) != 0))
		return -1;
	if ((h->verdict != FEED_INTACT) &&
	    (buf_add_text(out,
		 "     NOT FIT TO BE CERTIFIED AS IT IS: not every verdict "
		 "that it needs passed.\n",
		 e) != 0))
		return -1;
	return buf_addf(out, e,
	    "     objects           %lld taken of %lld listed; %lld gaps, of "
	    "them lost %lld\n"
	    "     intact            %lld of %lld objects have the digest of "
	    "the catalogue\n\n",
	    (long long)h->taken, (long long)h->listed, (long long)h->gaps,
	    (long long)h->lost, (long long)h->intact, (long long)h->taken);
}

static int
put_all(struct buf * out, const struct report_input * input, struct err * e)
{
	if ((buf_add_text(out, head, e) != 0) ||
	    (buf_addf(out, e, "Drafted by %s\n\nA. The data\n\n",
		 input->program) != 0))
		return -1;
	for (size_t i = 0; i < input->feed_count; i++) {
		if (put_package(out, i + 1, feed_head(input->feeds[i]), e) != 0)
			return -1;
	}
	if ((buf_add_text(out, process, e) != 0) ||
	    (buf_add_text(out, united_states, e) != 0) ||
	    (buf_add_text(out, india, e) != 0))
		return -1;
	return buf_add_text(out, australia, e);
}

int
certificate_write(
    const struct report_input * input, struct output * o, struct err * e)
{
	struct buf text = { 0 };
	struct output_file * f = NULL;
	int rc = -1;

	if (put_all(&text, input, e) != 0)
		goto out;
	f = output_open(o, "certificate-draft.txt", e);
	if (f != NULL)
		rc = output_put_buf(f, &text, e);
	if (output_close(f, e) != 0)
		rc = -1;

out:
	buf_free(&text);
	return rc;
}
