/*
 * The verb receipt: who has the ledger before them says in a file of their own
 * which entry is the last, for whoever gave it to keep.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/receipt.h"
#include "evidence/signing.h"
#include "evidence/text.h"
#include "evidence/words.h"

#include "ledger/facts.h"
#include "ledger/place.h"
#include "ledger/verb.h"

enum receipt_word {
	WORD_TRUST = FACTS + SIGNING_WORDS_COUNT,
	WORD_OUT = WORD_TRUST + TRUST_WORDS
};

static const struct word words[] = {
	FACT_WORDS,
	SIGNING_WORDS,
	TRUST_WORD_LIST,
	{ "out", true, false },
	{ NULL, false, false },
};

struct giving {
	struct facts facts;
	struct signing signing;
	struct signer_key keys[SIGNER_MAX];
	size_t n_keys;
	struct trust * trust;
	const char * ledger;
	const char * out; /* A folder. */
};

static int
take(void * context, int word, const char * value, struct err * e)
{
	struct giving * x = context;

	if (word == WORDS_OPERAND) {
		if (x->ledger != NULL)
			return words_refuse(e, "one ledger, not also ", value);
		x->ledger = value;
		return 0;
	}
	if (word < FACTS) {
		facts_take(&x->facts, (enum fact)word, value);
		return 0;
	}
	if (word < FACTS + SIGNING_WORDS_COUNT)
		return signing_take(
		    &x->signing, (enum signing_word)(word - FACTS), value, e);
	if (word < WORD_OUT)
		return trust_take(x->trust, word - WORD_TRUST, value, e);
	x->out = value;
	return 0;
}

/* Sign ${bytes} and write all files, the receipt itself last. */
static int
write_files(const struct giving * x, const struct receipt * r, int dir,
    const struct buf * bytes, struct err * e)
{
	char name[RECEIPT_NAME_SIZE], comment[RECEIPT_COMMENT_SIZE];

	for (size_t i = 0; i < x->n_keys; i++) {
		struct buf sig = { 0 };
		int rc = -1;

		receipt_comment(
		    r->package, r->seq, r->signers[i].role, comment);
		if (signer_sign(&x->keys[i], comment, bytes->bytes, bytes->len,
			&sig, e) == 0)
			rc = io_save_new(dir, r->signers[i].file, sig.bytes,
			    sig.len, 0444, e);
		buf_free(&sig);
		if (rc != 0)
			return -1;
	}
	receipt_name(r->seq, name);
	if (io_save_new(dir, name, bytes->bytes, bytes->len, 0444, e) != 0)
		return -1;
	(void)printf("receipt: %s for entry %06lld\n", name, (long long)r->seq);
	return 0;
}

/* Fill in the receipt for the head of ${place}. */
static int
make_receipt(struct giving * x, const struct place * place, struct receipt * r,
    char (*files)[SIGNER_FILE_SIZE], struct err * e)
{
	const struct custody_entry * head = &place->head->entry;
	struct custody_entry said;
	char stem[RECEIPT_NAME_SIZE];

	memset(&said, 0, sizeof(said));
	if (facts_fill(&x->facts, &said, e) != 0)
		return -1;
	r->package = head->package;
	memcpy(r->seal_sha256, head->seal_sha256, DIGEST_SHA256_LEN);
	r->seq = head->seq;
	memcpy(r->head, place->head->file->sha256, DIGEST_SHA256_LEN);
	r->at = clock_now();
	r->clock = buf_text(&place->clock);
	r->by = said.by;
	r->remarks = said.remarks;
	receipt_stem(r->seq, stem);
	for (size_t i = 0; i < x->n_keys; i++)
		signer_describe(&x->keys[i], stem, files[i], &r->signers[i]);
	r->n_signers = x->n_keys;
	return 0;
}

static int
give(struct giving * x, struct err * e)
{
	const struct signing_defaults defaults = { .role = "receiver",
		.name = x->facts.value[FACT_BY_NAME] };
	char files[SIGNER_MAX][SIGNER_FILE_SIZE];
	struct receipt r, again;
	struct buf bytes = { 0 }, folder = { 0 };
	struct place place = { .fd = -1, .around = -1, .dir = -1 };
	int out = -1;
	int rc = -1;

	memset(&r, 0, sizeof(r));
	if ((place_name_ledger(x->ledger,
		 place_is_package(x->ledger) ? NULL : x->ledger, &folder,
		 e) != 0) ||
	    (place_open_ledger(&place, buf_text(&folder), e) != 0))
		goto out;
	out = io_open_dir((x->out == NULL) ? "." : x->out, e);
	if ((out < 0) || (place_judge(&place, x->trust, false, e) != 0) ||
	    (signing_load(&x->signing, place.dir, &defaults, e) != 0))
		goto out;
	x->n_keys = signing_keys(&x->signing, x->keys);
	if ((make_receipt(x, &place, &r, files, e) != 0) ||
	    (receipt_format(&r, &bytes, e) != 0) ||
	    (receipt_parse(bytes.bytes, bytes.len, &again, e) != 0))
		goto out;
	receipt_free(&again);
	rc = write_files(x, &r, out, &bytes, e);

out:
	buf_free(&bytes);
	buf_free(&folder);
	if (out >= 0)
		(void)close(out);
	place_close(&place);
	return rc;
}

static int
run(int argc, char ** argv, struct err * e)
{
	struct giving x = { .trust = trust_new(e) };
	int rc = -1;

	if (x.trust == NULL)
		return -1;
	if ((words_parse(argc, argv, words, take, &x, e) == 0) &&
	    (facts_load(&x.facts, e) == 0)) {
		if (x.ledger == NULL)
			rc = words_refuse(e, "no ledger was named", "");
		else
			rc = give(&x, e);
	}
	signing_free(&x.signing);
	facts_free(&x.facts);
	trust_free(x.trust);
	return rc;
}

const struct verb verb_receipt = { "receipt", run,
	"  receipt LEDGER|PACKAGE   sign for the ledger's last entry, in a file "
	"for\n"
	"                        whoever gave it to you\n"
	"    --out DIR           where to write it (default: here)\n",
	true };
